"""Emptying the trash: ended early the rest stays, and a kill leaves nothing in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_changes import deletion
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.leftovers import remove_leftovers
from cnn_studio.data.trash import LEAVING, count_trash, empty_trash, list_trash, remove_leaving
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo
from tests.killed import kill_after

COUNT = 8


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    """Eight deleted images of two classes."""
    folders = ClassFolders(create_dataset(workspace, "Things", ["cup", "pen"]))
    for number in range(COUNT):
        put_photo(folders.folder_of(("cup", "pen")[number % 2]) / f"{number}.jpg", number)
    for name in ("cup", "pen"):
        folders.carry_out(deletion(folders, folders.samples(name)))
    return folders


def _leaving(folders: ClassFolders) -> list[Path]:
    return list(folders.dataset.folder.glob(f"{LEAVING}*"))


def test_it_tells_how_far_it_is(folders: ClassFolders) -> None:
    seen: list[tuple[int, int]] = []
    assert empty_trash(folders.dataset.folder, progress=lambda *step: seen.append(step)) == COUNT
    assert seen == [(done, COUNT) for done in range(COUNT)]
    assert count_trash(folders.dataset.folder) == 0
    assert _leaving(folders) == []


@pytest.mark.parametrize("has_new", [False, True])
def test_ended_early_the_rest_lies_in_the_trash_again(folders: ClassFolders, has_new: bool) -> None:
    calls: list[int] = []

    def ended() -> bool:
        calls.append(1)
        if len(calls) == 2 and has_new:  # somebody deletes one more meanwhile
            put_photo(folders.folder_of("cup") / "1.jpg", 77)
            folders.carry_out(deletion(folders, folders.samples("cup")))
        return len(calls) > 3

    assert empty_trash(folders.dataset.folder, cancelled=ended) == 3
    left = list_trash(folders.dataset.folder)
    assert len(left) == COUNT - 3 + has_new
    assert all(entry.path.is_file() for entry in left)
    assert _leaving(folders) == []


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_what_a_kill_leaves_is_removed_by_the_next_start(folders: ClassFolders) -> None:
    kill_after(4, "empty", folders.dataset.folder)
    assert count_trash(folders.dataset.folder) == 0  # it was to be gone for good
    (leaving,) = _leaving(folders)
    remove_leftovers(folders.dataset.folder)
    assert leaving.exists()  # too young: another studio may be at work on it
    remove_leaving(folders.dataset.folder)
    assert _leaving(folders) == []


def test_what_a_link_in_the_trash_leads_to_is_neither_listed_nor_removed(
    folders: ClassFolders, tmp_path: Path
) -> None:
    photo = put_photo(tmp_path / "photos" / "1.jpg", 1)
    (folders.dataset.folder / ".trash" / "hat").symlink_to(photo.parent)
    assert count_trash(folders.dataset.folder) == COUNT
    assert len(list_trash(folders.dataset.folder)) == COUNT
    assert empty_trash(folders.dataset.folder) == COUNT
    assert photo.is_file()
    assert not (folders.dataset.folder / ".trash").exists()
