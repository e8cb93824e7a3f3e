"""Copying by class that is broken off: finished, taken back, or kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_studio.prediction.copy_notes import (
    BrokenCopy,
    broken_copies,
    go_on_copying,
    keep_copies,
    take_copies_back,
)
from cnn_studio.prediction.copying import copy_by_class
from cnn_studio.work_notes import Halt
from tests.killed import kill_after
from tests.prediction.answers import answer

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")

COUNT = 10


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    for number in range(COUNT):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(bytes([number]) * 50)
    return tmp_path / "photos"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder that has a file of somebody else's already."""
    (tmp_path / "target" / "cup").mkdir(parents=True)
    (tmp_path / "target" / "cup" / "0.jpg").write_bytes(b"mine")
    return tmp_path / "target"


@pytest.fixture
def broken(tmp_path: Path, source: Path, target: Path) -> BrokenCopy:
    kill_after(5, "copy", tmp_path / "notes", source, target)
    (broken,) = broken_copies(tmp_path / "notes")
    return broken


def _held(target: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in target.rglob("*.jpg"))


def _photos() -> list[bytes]:
    return [bytes([number]) * 50 for number in range(COUNT)]


def test_the_rest_is_copied_each_once(tmp_path: Path, broken: BrokenCopy, target: Path) -> None:
    assert broken.total == COUNT
    assert 4 <= len(broken.copied) <= 5
    assert broken.can_finish
    seen: list[tuple[int, int]] = []
    report = go_on_copying(
        broken, lambda *step: seen.append(step), lambda: False, lambda: Halt.KEEP
    )
    assert seen[-1] == (COUNT, COUNT)
    assert len(report.copied) == COUNT
    assert _held(target) == sorted([*_photos(), b"mine"])
    assert broken_copies(tmp_path / "notes") == []
    assert not (tmp_path / "notes").exists()


def test_taken_back_only_what_was_there_stays(
    tmp_path: Path, broken: BrokenCopy, target: Path
) -> None:
    take_copies_back(broken)
    assert _held(target) == [b"mine"]
    assert broken_copies(tmp_path / "notes") == []


def test_a_copy_that_somebody_changed_since_is_not_taken_back(
    tmp_path: Path, broken: BrokenCopy, target: Path
) -> None:
    broken.copied[0].write_bytes(b"edited by hand")
    (again,) = broken_copies(tmp_path / "notes")
    take_copies_back(again)
    assert _held(target) == [b"edited by hand", b"mine"]


def test_kept_it_is_not_asked_again(tmp_path: Path, broken: BrokenCopy, target: Path) -> None:
    keep_copies(broken)
    assert len(_held(target)) == 1 + len(broken.copied)
    assert broken_copies(tmp_path / "notes") == []


def test_without_the_sources_it_cannot_be_finished(
    tmp_path: Path, broken: BrokenCopy, source: Path
) -> None:
    (source / "9.jpg").unlink()
    (again,) = broken_copies(tmp_path / "notes")
    assert not again.can_finish


def test_a_cancel_can_take_the_copies_back(source: Path, target: Path) -> None:
    done: list[int] = []
    report = copy_by_class(
        [answer(path) for path in sorted(source.iterdir())],
        target,
        lambda n, _total: done.append(n),
        lambda: len(done) > 3,
        lambda: Halt.TAKE_BACK,
    )
    assert report.is_taken_back
    assert report.copied == ()
    assert _held(target) == [b"mine"]
    assert sorted(path.name for path in target.iterdir()) == ["cup"]  # the other folder is gone
