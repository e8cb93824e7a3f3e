"""Duplicating a dataset: the copy is whole or not there, and how much room a dataset takes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_studio.data.cards import CARD_NAME, read_card
from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset, list_datasets
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import deletion
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.dataset_copy import COPYING, disk_use, duplicate_dataset
from cnn_studio.data.image_sets import count_images
from cnn_studio.data.leftovers import remove_leftovers
from cnn_studio.data.marks import Mark, Marking
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo
from tests.killed import kill_after
from tests.rights import like_anybody, needs_refusals

COUNT = 6


@pytest.fixture
def things(workspace: Workspace) -> Dataset:
    """Six images of two classes, one of them for the test, and one more in the trash."""
    folders = ClassFolders(create_dataset(workspace, "Things", ["cup", "pen"]))
    for number in range(COUNT + 1):
        put_photo(folders.folder_of(("cup", "pen")[number % 2]) / f"{number}.jpg", number)
    last = [one for one in folders.samples("cup") if one.path.name == f"{COUNT}.jpg"]
    folders.carry_out(deletion(folders, last))
    folders.carry_out(Change(markings=(Marking(Mark.TEST, True, ("pen/1.jpg",)),)))
    return folders.dataset


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != CARD_NAME and ".trash" not in path.parts
    }


def test_the_copy_has_the_images_the_marks_and_the_card(
    workspace: Workspace, things: Dataset
) -> None:
    card = things.folder / CARD_NAME
    card.write_text(f"# mine\nmy_own = 7\n{card.read_text()}")
    steps: list[tuple[int, int]] = []
    copy = duplicate_dataset(
        workspace, things, "Things two", progress=lambda *step: steps.append(step)
    )
    assert copy is not None
    assert (copy.name, copy.title) == ("things-two", "Things two")
    assert find_dataset(workspace, "things-two") == copy
    own = {name for name in _files(things.folder) if not name.startswith(".studio")}
    assert own == {name for name in _files(copy.folder) if not name.startswith(".studio")}
    assert ClassFolders(copy).marks.names(Mark.TEST) == {"pen/1.jpg"}
    assert not (copy.folder / ".trash").exists()
    text = (copy.folder / CARD_NAME).read_text()
    assert "# mine" in text
    assert "my_own = 7" in text
    assert find_dataset(workspace, "things").title == "Things"
    assert steps[-1][0] == steps[-1][1] >= COUNT
    assert not list(workspace.datasets.glob(f"{COPYING}*"))
    times = [(things.folder / n).stat().st_mtime_ns for n in sorted(own)]
    assert times == [(copy.folder / n).stat().st_mtime_ns for n in sorted(own)]


@pytest.mark.parametrize("title", ["", "..", "  ", "🎉🎉", "Things", "THINGS!", "x" * 81, "con"])
def test_a_title_that_cannot_be_used_leaves_nothing(
    workspace: Workspace, things: Dataset, title: str
) -> None:
    before = sorted(workspace.datasets.iterdir())
    with pytest.raises(DatasetError):
        duplicate_dataset(workspace, things, title)
    assert sorted(workspace.datasets.iterdir()) == before


@pytest.mark.parametrize("title", ["x" * 60, "Tasse 🎉", "trailing.", "한국어" * 20, "con cup"])
def test_an_unusual_title_is_taken(workspace: Workspace, things: Dataset, title: str) -> None:
    copy = duplicate_dataset(workspace, things, title)
    assert copy is not None
    assert copy.title == title
    assert find_dataset(workspace, title) == copy
    assert len(os.fsencode(copy.name)) <= 200


@pytest.mark.parametrize("after", [0, 3, COUNT + 1])
def test_cancelled_nothing_is_left(workspace: Workspace, things: Dataset, after: int) -> None:
    calls = iter(range(100))
    copy = duplicate_dataset(workspace, things, "Two", cancelled=lambda: next(calls) >= after)
    assert copy is None
    assert [path.name for path in workspace.datasets.iterdir()] == ["things"]


@pytest.mark.parametrize("steps", [1, 4, COUNT + 1])
def test_a_kill_leaves_no_half_and_the_next_start_removes_the_rest(
    workspace: Workspace, things: Dataset, steps: int
) -> None:
    kill_after(steps, "duplicate", workspace.root, "things", "Two")
    assert [d.name for d in list_datasets(workspace) if d.folder.exists()] == ["things"]
    assert list(workspace.datasets.glob(f"{COPYING}*"))
    remove_leftovers(workspace.datasets)
    assert not list(workspace.datasets.glob(f"{COPYING}*"))
    assert sum(count_images(things).values()) == COUNT - 1


def test_a_copy_that_is_being_made_is_no_leftover(workspace: Workspace, things: Dataset) -> None:
    def look(done: int, _total: int) -> None:
        if done == 2:
            remove_leftovers(workspace.datasets)

    assert duplicate_dataset(workspace, things, "Two", progress=look) is not None


def test_a_packed_dataset_is_copied_as_it_is(workspace: Workspace, idx_dataset: Dataset) -> None:
    copy = duplicate_dataset(workspace, idx_dataset, "Clothes")
    assert copy is not None
    assert count_images(find_dataset(workspace, "Clothes")) == count_images(idx_dataset)


def test_a_full_disk_is_told_before_anything_is_written(
    workspace: Workspace, things: Dataset
) -> None:
    for number in range(20):
        with (things.folder / "cup" / f"huge-{number}.jpg").open("wb") as file:
            file.truncate(1 << 42)  # takes no room itself
    with pytest.raises(DatasetError, match=r"needs [\d,]+ MB, and the disk has [\d,]+ MB left"):
        duplicate_dataset(workspace, things, "Two")
    assert [path.name for path in workspace.datasets.iterdir()] == ["things"]


def test_the_room_on_the_disk_is_counted(things: Dataset) -> None:
    use = disk_use(things.folder)
    trash = sum(p.stat().st_size for p in (things.folder / ".trash").rglob("*") if p.is_file())
    assert use.trash == trash > 0
    assert use.total == sum(p.stat().st_size for p in things.folder.rglob("*") if p.is_file())
    assert use.is_whole
    assert not disk_use(things.folder, lambda: True).is_whole
    assert disk_use(things.folder / "nowhere").total == 0


def test_a_link_to_another_folder_is_not_counted(things: Dataset, tmp_path: Path) -> None:
    before = disk_use(things.folder).total
    put_photo(tmp_path / "elsewhere" / "1.jpg", 1)
    (things.folder / "round").symlink_to(things.folder)
    assert disk_use(things.folder).total == before
    assert read_card(things.folder).title == "Things"


@pytest.mark.parametrize("what", [".", "cup"])
def test_what_is_moved_away_while_it_is_copied_makes_no_copy(
    workspace: Workspace, things: Dataset, what: str
) -> None:
    def move(done: int, _total: int) -> None:
        if done == 2:
            folder = things.folder / what
            folder.rename(folder.with_name("elsewhere"))

    with pytest.raises(DatasetError, match=r"renamed, deleted or moved meanwhile"):
        duplicate_dataset(workspace, things, "Two", progress=move)
    assert not (workspace.datasets / "two").exists()
    assert not list(workspace.datasets.glob(f"{COPYING}*"))


def test_another_dataset_in_its_place_is_not_copied_half(
    workspace: Workspace, things: Dataset
) -> None:
    def swap(done: int, _total: int) -> None:
        if done == 2:
            things.folder.rename(things.folder.with_name("elsewhere"))
            things.folder.with_name("elsewhere").joinpath("cup").rename(workspace.datasets / "cups")
            create_dataset(workspace, "Things", ["cup", "pen"])

    with pytest.raises(DatasetError, match=r"renamed, deleted or moved meanwhile"):
        duplicate_dataset(workspace, things, "Two", progress=swap)
    assert not (workspace.datasets / "two").exists()


def test_an_image_that_is_deleted_while_it_is_copied_is_so_in_the_copy(
    workspace: Workspace, things: Dataset
) -> None:
    def delete(done: int, _total: int) -> None:
        if done == 0:
            (things.folder / "cup" / "4.jpg").unlink()

    copy = duplicate_dataset(workspace, things, "Two", progress=delete)
    assert copy is not None
    assert count_images(copy) == count_images(things)


@needs_refusals
def test_a_class_that_may_not_be_read_makes_no_copy(workspace: Workspace, things: Dataset) -> None:
    shut = things.folder / "cup"
    shut.chmod(0)
    try:
        with like_anybody(), pytest.raises(DatasetError, match=r"cannot be read: .*cup"):
            duplicate_dataset(workspace, things, "Two")
    finally:
        shut.chmod(0o755)
    assert [path.name for path in workspace.datasets.iterdir()] == ["things"]
