"""Recordings, copies and near duplicates are kept on one side of a split."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.grouping import Grouping, group_files, joined_groups, swallowing
from cnn_studio.data.sessions import Session, SessionKind
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


def test_a_photo_saved_anew_belongs_to_the_first(tmp_path: Path, store: Path) -> None:
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
