"""Which files are listed, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from cnn_studio.gui.prediction.files.arrangement import Column, FileFilter, arranged
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from tests.gui.prediction.files.entries import bad_entry, entry_of
from tests.prediction.answers import answer

ENTRIES = (
    entry_of(answer(Path("/b/One.jpg"), "shoe", 0.7, true="shoe", score=0.5)),
    bad_entry("bad.jpg"),
    entry_of(answer(Path("/a/two.jpg"), "cap", 0.9, true="shoe", score=0.9)),
    entry_of(answer(Path("/a/three.jpg"), "pencil", 0.5, score=0.01, unknown=True)),
)


def _names(entries: Sequence[FileEntry]) -> list[str]:
    return [entry.name for entry in entries]


@pytest.mark.parametrize(
    ("column", "ascending", "descending"),
    [
        (None, "One bad two three", "One bad two three"),
        (Column.NAME, "bad One three two", "two three One bad"),
        (Column.CLASS, "two three One bad", "One three two bad"),
        (Column.PROBABILITY, "three One two bad", "two One three bad"),
        (Column.UNKNOWN, "three One two bad", "two One three bad"),
        (Column.TRUE, "One two bad three", "One two bad three"),
    ],
)
def test_files_are_ordered_and_what_has_nothing_comes_last(
    column: Column | None, ascending: str, descending: str
) -> None:
    for is_descending, expected in ((False, ascending), (True, descending)):
        found = arranged(ENTRIES, FileFilter(), column, descending=is_descending)
        assert _names(found) == [f"{name}.jpg" for name in expected.split()]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FileFilter(text="one SHOE"), "One"),
        (FileFilter(text="a"), "bad two three"),
        (FileFilter(said="cap"), "two"),
        (FileFilter(said="cap", true="shoe"), "two"),
        (FileFilter(true="shoe"), "One two"),
        (FileFilter(below=0.6), "three"),
        (FileFilter(only_unknown=True), "three"),
        (FileFilter(only_wrong=True), "two"),
        (FileFilter(only_unreadable=True), "bad"),
        (FileFilter(only_wrong=True, below=0.5), ""),
    ],
)
def test_a_filter_takes_what_is_all_that_it_says(wanted: FileFilter, expected: str) -> None:
    assert not wanted.is_empty
    found = arranged(ENTRIES, wanted, None, descending=False)
    assert _names(found) == [f"{name}.jpg" for name in expected.split()]


def test_a_filter_of_spaces_is_none() -> None:
    assert FileFilter(text="  ").is_empty


def test_what_is_unknown_follows_the_share_that_is_to_be_answered() -> None:
    one, _bad, two, three = ENTRIES
    assert [entry.with_accept(0.4).is_unknown for entry in (one, two, three)] == [True, False, True]
    assert three.with_accept(1.0).is_unknown is False
    assert one.with_accept(0.95) is one
    background = entry_of(answer(Path("x.jpg"), "cap", score=0.9, unknown=True))
    assert background.with_accept(1.0).is_unknown
