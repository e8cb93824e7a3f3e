"""Recordings, copies, near duplicates and photos of one origin stay on one side of a split."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_studio.data.facts import FactsStore, gather_facts
from cnn_studio.data.grouping import Grouping, group_files, joined_groups, swallowing
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.vision.exif import Taken
from cnn_studio.vision.images import ImageArray, encode_jpeg
from tests.data.test_checkup import scene


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "facts.sqlite"


def brighter(image: ImageArray, share: float = 1.1) -> ImageArray:
    return np.clip(image * share, 0, 255).astype(np.uint8)


def put(folder: Path, name: str, image: ImageArray) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode_jpeg(image))
    return path


def recorded(folder: Path, class_name: str, images: list[ImageArray]) -> list[Path]:
    session = Session.new(SessionKind.RECORDING)
    return [
        put(folder, f"{class_name}/{session.file_name(number)}", image)
        for number, image in enumerate(images)
    ]


def test_a_photo_saved_again_belongs_to_the_first(tmp_path: Path, store: Path) -> None:
    files = [put(tmp_path, f"shoe/{seed}.jpg", scene(seed)) for seed in range(6)]
    files.append(put(tmp_path, "cap/again.jpg", brighter(scene(2))))
    grouping = group_files(files, store_path=store)
    assert grouping.groups[6] == grouping.groups[2]
    assert len(set(grouping.groups)) == 6
    assert grouping.notes == ()


def test_recordings_that_share_a_near_duplicate_are_joined(tmp_path: Path, store: Path) -> None:
    first = recorded(tmp_path, "shoe", [scene(1), scene(2)])
    second = recorded(tmp_path, "shoe", [scene(3), brighter(scene(1))])
    third = recorded(tmp_path, "shoe", [scene(seed) for seed in range(10, 16)])
    groups = group_files([*first, *second, *third], store_path=store).groups
    assert len(set(groups[:4])) == 1
    assert len(set(groups[4:])) == 1
    assert groups[0] != groups[4]


def test_what_would_swallow_a_class_is_not_joined_and_a_note_says_so(
    tmp_path: Path, store: Path
) -> None:
    first = recorded(tmp_path, "shoe", [scene(1), scene(2), scene(3)])
    second = recorded(tmp_path, "shoe", [scene(4), brighter(scene(1))])
    grouping = group_files([*first, *second], store_path=store)
    assert len(set(grouping.groups)) == 2
    (note,) = grouping.notes
    assert note.startswith("shoe: 5 of 5 images hang together")


def test_within_a_chain_that_is_too_long_copies_and_the_nearest_stay_together(
    tmp_path: Path, store: Path
) -> None:
    recording = recorded(tmp_path, "shoe", [scene(1), scene(2)])
    photos = [
        put(tmp_path, "shoe/a.jpg", brighter(scene(1))),
        put(tmp_path, "shoe/b.jpg", brighter(scene(1), 1.2)),
        put(tmp_path, "shoe/c.jpg", brighter(scene(1))),
    ]
    grouping = group_files([*recording, *photos], store_path=store)
    assert len(grouping.notes) == 1
    assert len(set(grouping.groups[:2])) == 1
    assert len(set(grouping.groups[2:])) == 1
    assert grouping.groups[0] != grouping.groups[2]


def test_a_second_search_finds_the_answer_of_the_first(tmp_path: Path, store: Path) -> None:
    files = [put(tmp_path, f"shoe/{seed}.jpg", scene(seed)) for seed in range(4)]
    files.append(put(tmp_path, "shoe/again.jpg", brighter(scene(2))))
    told: list[tuple[int, int]] = []

    def report(done: int, total: int) -> None:
        told.append((done, total))

    first = group_files(files, progress=report, store_path=store)
    assert told[0] == (0, 10)
    assert told[-1] == (10, 10)
    told.clear()
    assert group_files(files, progress=report, store_path=store) == first
    assert told == [(0, 10), (10, 10)]


def test_a_cancelled_search_is_not_remembered(tmp_path: Path, store: Path) -> None:
    files = [put(tmp_path, f"shoe/{seed}.jpg", scene(seed)) for seed in range(4)]
    files.append(put(tmp_path, "cap/again.jpg", brighter(scene(2))))
    stop = threading.Event()
    stop.set()
    assert len(set(group_files(files, cancelled=stop.is_set, store_path=store).groups)) == 5
    assert len(set(group_files(files, store_path=store).groups)) == 4


def test_a_file_that_cannot_be_read_stands_alone(tmp_path: Path, store: Path) -> None:
    broken = tmp_path / "shoe" / "broken.jpg"
    files = [put(tmp_path, "shoe/a.jpg", scene(1)), broken, tmp_path / "shoe" / "gone.jpg"]
    broken.write_bytes(b"no image")
    assert len(set(group_files(files, store_path=store).groups)) == 3


def test_nothing_is_no_group(store: Path) -> None:
    assert group_files([], store_path=store) == Grouping(())


def test_groups_grow_together_along_chains() -> None:
    assert joined_groups(["a", "b", "b", "c", "d"], [[0, 1], [2, 3]]) == ["a", "a", "a", "a", "d"]


def test_a_recording_that_held_most_of_a_class_before_is_no_fault_of_joining() -> None:
    basis = ["a", "a", "a", "b"]
    assert swallowing(basis, basis, ["shoe"] * 4) == []
    assert swallowing(["a"] * 4, basis, ["shoe"] * 4) == ["a"]


def photographed(folder: Path, name: str, seed: int, minutes: float, camera: str = "Canon") -> Path:
    """A photo that says when it was taken: so many minutes after ten o'clock."""
    exif = Image.Exif()
    exif[271] = camera
    taken = datetime(2024, 5, 1, 10, 0, 0) + timedelta(minutes=minutes)
    exif.get_ifd(34665)[36867] = taken.strftime("%Y:%m:%d %H:%M:%S")
    file = io.BytesIO()
    Image.fromarray(scene(seed)).save(file, "JPEG", exif=exif)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(file.getvalue())
    return path


def unlike(count: int) -> np.ndarray:
    """Features (count, 1280), float32, that have nothing to do with each other."""
    features = np.zeros((count, 1280), np.float32)
    features[np.arange(count), np.arange(count)] = 1
    return features


def test_photos_of_one_afternoon_are_one_group_and_a_note_says_so(
    tmp_path: Path, store: Path
) -> None:
    first = [photographed(tmp_path, f"shoe/a{n}x.jpg", n, 4 * n) for n in range(4)]
    second = [photographed(tmp_path, f"shoe/b{n}x.jpg", 10 + n, 60 + n) for n in range(3)]
    other = [photographed(tmp_path, f"shoe/c{n}x.jpg", 20 + n, 4 * n, "Nikon") for n in range(4)]
    for _time in range(2):  # the second time from what is kept
        grouping = group_files([*first, *second, *other], store_path=store)
        groups = grouping.groups
        assert [len(set(groups[part])) for part in (slice(4), slice(4, 7), slice(7, 11))] == [1] * 3
        assert len(set(groups)) == 3
        (note,) = grouping.notes
        assert note.startswith("11 of 11 photos seem to share their origin with others")


def test_when_a_photo_was_taken_is_kept_with_its_facts(tmp_path: Path, store: Path) -> None:
    files = [photographed(tmp_path, "shoe/a.jpg", 1, 90), put(tmp_path, "shoe/b.jpg", scene(2))]
    with FactsStore(store) as facts:
        found = gather_facts(files, facts)
    with FactsStore(store) as facts:
        assert facts.known(files) == found
    at = int(datetime(2024, 5, 1, 11, 30, tzinfo=UTC).timestamp())
    assert found[files[0]].taken == Taken("Canon", at)
    assert found[files[1]].taken is None


def test_an_afternoon_that_is_a_whole_class_becomes_two_stretches(
    tmp_path: Path, store: Path
) -> None:
    files = [photographed(tmp_path, f"shoe/{n}x.jpg", n, n) for n in range(10)]
    groups = group_files(files, store_path=store).groups
    assert len(set(groups[:5])) == len(set(groups[5:])) == 1
    assert len(set(groups)) == 2


def test_names_that_count_on_are_a_series_where_the_photos_are_alike(
    tmp_path: Path, store: Path
) -> None:
    film = np.zeros((64, 400, 3), np.uint8)
    film[:] = np.linspace(0, 255, 400)[None, :, None]
    film[20:40] = np.random.default_rng(1).integers(0, 255, (1, 400, 3))
    slides = [
        put(tmp_path, f"shoe/clip_{n:03d}.png", film[:, 30 * n : 30 * n + 64]) for n in range(8)
    ]
    others = [put(tmp_path, f"shoe/{chr(97 + n)}.jpg", scene(n)) for n in range(10)]
    shuffled = [put(tmp_path, f"cap/train_{n:03d}.jpg", scene(50 + n)) for n in range(12)]
    groups = group_files([*slides, *others, *shuffled], store_path=store).groups
    assert len(set(groups[:8])) < 4
    assert len(set(groups[8:])) == 22


def test_photos_that_a_pretrained_network_sees_alike_are_one_group(
    tmp_path: Path, store: Path
) -> None:
    files = [put(tmp_path, f"shoe/{chr(97 + n)}.jpg", scene(n)) for n in range(8)]
    features = unlike(8)
    features[3] = features[0] + 0.3 * features[3]
    features[5] = np.nan
    alone = group_files(files, store_path=store)
    assert len(set(alone.groups)) == 8
    assert alone.notes == ()
    for _time in range(2):
        grouping = group_files(files, store_path=store, features=features)
        assert grouping.groups[0] == grouping.groups[3]
        assert len(set(grouping.groups)) == 7
    assert group_files(files, store_path=store) == alone
    assert group_files(files, store_path=store, features=unlike(8)) == alone


def test_recordings_are_grouped_as_they_are_without_features(tmp_path: Path, store: Path) -> None:
    sessions = [
        recorded(tmp_path, name, [scene(10 * place + number) for number in range(4)])
        for place, name in enumerate(["shoe", "shoe", "cap", "cap"])
    ]
    files = [path for session in sessions for path in session]
    alike = np.ones((16, 1280), np.float32)
    grouping = group_files(files, store_path=store, features=alike)
    assert grouping == group_files(files, store_path=store)
    assert len(set(grouping.groups)) == 4
    assert grouping.groups[0] == grouping.groups[3]


def test_a_photo_stays_with_the_recording_it_is_a_copy_of_when_others_are_like_it(
    tmp_path: Path, store: Path
) -> None:
    photos = [put(tmp_path, f"shoe/{chr(97 + n)}.jpg", scene(n)) for n in range(8)]
    recording = recorded(tmp_path, "shoe", [brighter(scene(7)), scene(30)])
    features = unlike(10)
    features[7] = features[0] + 0.3 * features[7]
    groups = group_files([*photos, *recording], store_path=store, features=features).groups
    assert groups[0] == groups[7] == groups[8] == groups[9]
    assert len(set(groups)) == 7


def test_features_of_another_number_of_files_are_refused(tmp_path: Path, store: Path) -> None:
    files = [put(tmp_path, f"shoe/{n}.jpg", scene(n)) for n in range(3)]
    with pytest.raises(ValueError, match=r"3, not 2\."):
        group_files(files, store_path=store, features=unlike(2))
