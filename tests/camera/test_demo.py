"""The demo camera: five objects, nothing, something strange; never twice the same frame."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from cnn_studio.camera.demo import FRAMES_PER_SCENE, DemoCamera
from cnn_studio.camera.demo_art.grounds import GROUND_COUNT
from cnn_studio.errors import UsageError
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare


def _frames(name: str, count: int, *, seed: int = 1, skip: int = 0) -> list[ImageArray]:
    camera = DemoCamera(name, seed=seed, paced=False)
    camera.open()
    frames = [camera.read() for _frame in range(skip + count)]
    camera.close()
    return frames[skip:]


def test_the_five_objects_are_offered_by_name() -> None:
    assert DemoCamera.OBJECTS == ("shoe", "cap", "cellphone", "pencil", "book")
    assert DemoCamera.SHOWN[5:] == ("nothing", "strange")
    assert DemoCamera().shown == "shoe"


@pytest.mark.parametrize("name", DemoCamera.SHOWN)
def test_frames_are_rgb_of_a_webcams_size_and_all_different(name: str) -> None:
    frames = _frames(name, 40)
    assert {frame.shape for frame in frames} == {(480, 640, 3)}
    assert {frame.dtype for frame in frames} == {np.dtype(np.uint8)}
    for earlier, later in itertools.pairwise(frames):
        assert not np.array_equal(earlier, later)


def test_the_same_seed_gives_the_same_frames_and_another_seed_others() -> None:
    first, again, other = (_frames("cap", 3, seed=seed) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_forty_frames_in_a_row_show_at_least_three_scenes() -> None:
    frames = _frames("book", 40, skip=FRAMES_PER_SCENE - 1)
    small = [prepare(frame, InputSpec(32)).astype(int) for frame in frames]
    changes = [np.abs(b - a).mean() for a, b in itertools.pairwise(small)]
    cuts = sum(change > 3 * np.median(changes) for change in changes)
    assert cuts >= 2


def test_light_and_ground_vary() -> None:
    corners = [
        frame[:40, :40].mean(axis=(0, 1))
        for frame in _frames("pencil", GROUND_COUNT * FRAMES_PER_SCENE)[::FRAMES_PER_SCENE]
    ]
    brightness = np.mean(corners, axis=1)
    assert np.ptp(brightness) > 50
    warmth = np.array(corners)[:, 0] - np.array(corners)[:, 2]
    assert warmth.min() < 0 < warmth.max()


def test_objects_differ_and_their_surroundings_do_not() -> None:
    """A network that is shown all five must have nothing to go by but the object."""
    shown = {name: _frames(name, 1, skip=5)[0].astype(int) for name in DemoCamera.OBJECTS}
    for one, other in itertools.combinations(shown, 2):
        difference = np.abs(shown[one] - shown[other]).mean(axis=2)
        assert difference[:, 100:540].mean() > 20
        assert difference[:20, :20].max() == 0


def test_nothing_is_what_stands_behind_the_objects_lit_and_noisy_as_with_them() -> None:
    shown = ("nothing", "book", "strange")
    empty, *full = (_frames(name, 3 * FRAMES_PER_SCENE)[::5] for name in shown)
    for bare, held in itertools.chain(*(zip(empty, each, strict=True) for each in full)):
        assert np.array_equal(bare[:20, :20], held[:20, :20])
        assert not np.array_equal(bare[200:280, 280:360], held[200:280, 280:360])
    for earlier, later in itertools.pairwise(empty):
        assert not np.array_equal(earlier, later)


def test_several_strange_things_take_turns() -> None:
    middles = [
        frame[160:320, 220:420].mean(axis=(0, 1))
        - bare[160:320, 220:420].mean(axis=(0, 1))  # without what stands behind it
        for frame, bare in zip(
            _frames("strange", 4 * FRAMES_PER_SCENE)[8::FRAMES_PER_SCENE],
            _frames("nothing", 4 * FRAMES_PER_SCENE)[8::FRAMES_PER_SCENE],
            strict=True,
        )
    ]
    for one, other in itertools.combinations(middles, 2):
        assert np.abs(one - other).max() > 8


def test_another_object_is_shown_from_the_next_frame_on() -> None:
    camera = DemoCamera("shoe", seed=1, paced=False)
    camera.open()
    camera.read()
    camera.show("book")
    assert camera.shown == "book"
    assert np.array_equal(camera.read(), _frames("book", 1)[0])


def test_two_recordings_of_one_object_are_never_copies() -> None:
    camera = DemoCamera("shoe", seed=1, paced=False)
    first = camera.read()
    camera.show("book")
    camera.read()
    camera.show("shoe")
    assert not np.array_equal(camera.read(), first)
    seeds = {frame.tobytes() for frame in (DemoCamera(paced=False).read() for _again in range(4))}
    assert len(seeds) > 1


def test_objects_can_be_changed_from_another_thread_while_it_runs() -> None:
    camera = DemoCamera(paced=False)
    camera.open()
    ended = threading.Event()

    def change() -> None:
        for name in itertools.islice(itertools.cycle(DemoCamera.OBJECTS), 2000):
            camera.show(name)
        ended.set()

    thread = threading.Thread(target=change)
    thread.start()
    while not ended.is_set():
        assert camera.read().shape == (480, 640, 3)
    thread.join()
    assert camera.shown == DemoCamera.OBJECTS[-1]


def test_an_unknown_object_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"shoe, cap, cellphone, pencil, book.*, not car"):
        DemoCamera().show("car")
    with pytest.raises(UsageError, match=", not car"):
        DemoCamera("car")
