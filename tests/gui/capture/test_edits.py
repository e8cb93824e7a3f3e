"""Every edit can be taken back and taken again, down to the files."""

from __future__ import annotations

import pytest

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.errors import DatasetError
from cnn_studio.gui.capture.edits import (
    Arrival,
    ClassAddition,
    ClassRemoval,
    ClassRename,
    Deletion,
    Edit,
    Move,
)


def _state(folders: ClassFolders) -> dict[str, list[bytes]]:
    """Each class in order, with what its files hold."""
    return {
        name: sorted(sample.path.read_bytes() for sample in folders.samples(name))
        for name in folders.classes()
    }


def _edits(folders: ClassFolders) -> list[Edit]:
    pens = folders.samples("pen")
    return [
        Deletion(folders, pens[:2]),
        Move(folders, pens[:2], "cup"),  # photo-000.jpg is the name of an image there already
        Move(folders, pens, "cup"),
        ClassAddition(folders, " box "),
        ClassRename(folders, "pen", "biro"),
        ClassRename(folders, "pen", "Pen"),
        ClassRemoval(folders, "pen"),
        ClassRemoval(folders, "key"),
    ]


@pytest.mark.parametrize("which", range(8))
def test_an_edit_is_taken_back_and_taken_again(folders: ClassFolders, which: int) -> None:
    edit = _edits(folders)[which]
    before = _state(folders)
    edit.apply()
    after = _state(folders)
    assert after != before
    for _ in range(2):
        edit.revert()
        assert _state(folders) == before
        assert list(_state(folders)) == list(before)
        edit.apply()
        assert _state(folders) == after


def test_what_arrived_goes_and_comes_back(folders: ClassFolders) -> None:
    before = _state(folders)
    arrival = Arrival(folders, folders.samples("pen"))
    arrival.revert()
    assert _state(folders)["pen"] == []
    arrival.apply()
    assert _state(folders) == before


def test_a_move_into_its_own_class_moves_nothing(folders: ClassFolders) -> None:
    before = _state(folders)
    move = Move(folders, folders.samples("pen"), "pen")
    move.apply()
    move.revert()
    assert _state(folders) == before


def test_a_name_that_is_taken_is_refused(folders: ClassFolders) -> None:
    with pytest.raises(DatasetError, match="already"):
        ClassAddition(folders, "PEN").apply()
