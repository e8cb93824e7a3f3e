"""Renaming, deleting and bringing back datasets: their runs stay linked, and a kill is survived."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import pytest
from filelock import FileLock

from cnn_studio.data.cards import CARD_NAME, read_card
from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset, list_datasets
from cnn_studio.data.dataset_copy import duplicate_dataset
from cnn_studio.data.dataset_hold import Use, dataset_hold
from cnn_studio.data.dataset_trash import (
    TrashedDataset,
    count_trashed_datasets,
    find_trashed,
    list_trashed_datasets,
    remove_for_good,
    trash_folder,
)
from cnn_studio.data.image_sets import count_images
from cnn_studio.data.import_turn import import_turn
from cnn_studio.data.leftovers import remove_leftovers
from cnn_studio.data.trash import LEAVING
from cnn_studio.errors import DatasetError
from cnn_studio.models.bundle import LITE_FILE, write_bundle
from cnn_studio.models.dataset_moves import (
    delete_dataset,
    finish_renames,
    rename_dataset,
    restore_dataset,
)
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.run_trash import trash_run
from cnn_studio.models.runs import LOCK_FILE, RECIPE_FILE, Run, list_runs, open_run
from cnn_studio.paths import RENAMING, Workspace
from cnn_studio.work_notes import WorkNote
from tests.data.pictures import put_photo
from tests.killed import kill_after
from tests.models.small_run import bundle
from tests.rights import like_anybody, needs_refusals

COUNT = 5


@pytest.fixture
def things(workspace: Workspace) -> Dataset:
    """Five images, and three runs that learned from them: one without recipe.json, one trashed."""
    things = create_dataset(workspace, "Things", ["cup", "pen"])
    for number in range(COUNT):
        put_photo(things.folder / "cup" / f"{number}.jpg", number)
    for name in ("one", "two", "three"):
        folder = workspace.runs / name
        folder.mkdir(parents=True)
        write_bundle(folder, bundle(dataset="things"))
        (folder / LITE_FILE).write_bytes(b"weights")
        values = {
            "dataset": "things",
            "dataset_title": "Things",
            "dataset_folder": str(things.folder),
            "own": name,
        }
        if name != "two":
            (folder / RECIPE_FILE).write_text(json.dumps(values))
    trash_run(workspace, workspace.runs / "three")
    return things


def _runs(workspace: Workspace) -> list[Run]:
    return [open_run(workspace.runs / name) for name in ("one", "two", ".trash/three")]


def _names(workspace: Workspace) -> list[str]:
    """The datasets that are on the disk."""
    return [dataset.name for dataset in list_datasets(workspace) if dataset.folder.exists()]


def test_a_renamed_dataset_keeps_its_images_and_its_runs(
    workspace: Workspace, things: Dataset
) -> None:
    renamed = rename_dataset(workspace, things, " My   mugs ")
    assert (renamed.name, renamed.title) == ("my-mugs", "My mugs")
    assert _names(workspace) == ["my-mugs"]
    assert sum(count_images(renamed).values()) == COUNT
    for run in _runs(workspace):
        assert (run.dataset, run.bundle and run.bundle.dataset_title) == ("my-mugs", "My mugs")
        assert dataset_of(run, workspace) == renamed
    kept = json.loads((workspace.runs / "one" / RECIPE_FILE).read_text())
    assert kept["own"] == "one"
    assert not (workspace.datasets / RENAMING).exists()


def test_a_new_dataset_of_the_old_name_gets_none_of_its_runs(
    workspace: Workspace, things: Dataset
) -> None:
    renamed = rename_dataset(workspace, things, "Mugs")
    create_dataset(workspace, "Things", ["cup", "pen"])
    assert [dataset_of(run, workspace) for run in _runs(workspace)] == [renamed] * 3


def test_a_renamed_dataset_is_found_after_the_workspace_has_moved(
    workspace: Workspace, things: Dataset, tmp_path: Path
) -> None:
    rename_dataset(workspace, things, "Mugs")
    moved = Workspace(workspace.root.rename(tmp_path / "moved"))
    found = dataset_of(open_run(moved.runs / "one"), moved)
    assert found is not None
    assert found.folder == moved.datasets / "mugs"


def test_only_the_title_changes_where_the_folder_would_be_called_the_same(
    workspace: Workspace, things: Dataset
) -> None:
    renamed = rename_dataset(workspace, things, "THINGS")
    assert (renamed.name, renamed.title) == ("things", "THINGS")
    assert renamed.folder == things.folder
    assert _runs(workspace)[0].bundle is not None
    assert all(run.bundle and run.bundle.dataset_title == "THINGS" for run in _runs(workspace))


def test_what_a_person_wrote_on_the_card_stays(workspace: Workspace, things: Dataset) -> None:
    card = things.folder / CARD_NAME
    card.write_text(f"# mine\nmy_own = 7\n{card.read_text()}")
    renamed = rename_dataset(workspace, things, "Mugs")
    text = (renamed.folder / CARD_NAME).read_text()
    assert "# mine" in text
    assert "my_own = 7" in text


@pytest.mark.parametrize("title", ["", "..", "🎉", "Objects", "SATELLITE", "x" * 81, "con", "nul."])
def test_a_title_that_cannot_be_used_changes_nothing(
    workspace: Workspace, things: Dataset, title: str
) -> None:
    with pytest.raises(DatasetError):
        rename_dataset(workspace, things, title)
    assert _names(workspace) == ["things"]
    assert find_dataset(workspace, "things").title == "Things"


@pytest.mark.parametrize("title", ["x" * 60, "Tasse 🎉", "trailing.", "../up", "한국어" * 20])
def test_an_unusual_title_is_taken(workspace: Workspace, things: Dataset, title: str) -> None:
    renamed = rename_dataset(workspace, things, title)
    assert renamed.title == title
    assert renamed.folder.parent == workspace.datasets
    assert find_dataset(workspace, renamed.name) == renamed


def test_a_card_that_is_not_understood_is_never_written_over(
    workspace: Workspace, things: Dataset
) -> None:
    (things.folder / CARD_NAME).write_text("title =")
    broken = find_dataset(workspace, "things")
    with pytest.raises(DatasetError, match="not understood"):
        rename_dataset(workspace, broken, "Mugs")
    assert (things.folder / CARD_NAME).read_text() == "title ="


def test_a_deleted_dataset_comes_back_with_its_images_and_runs(
    workspace: Workspace, things: Dataset
) -> None:
    trashed = delete_dataset(workspace, things)
    assert _names(workspace) == []
    assert [one.dataset.title for one in list_trashed_datasets(workspace)] == ["Things"]
    assert count_trashed_datasets(workspace) == 1
    assert dataset_of(_runs(workspace)[0], workspace) is None
    restored = restore_dataset(workspace, find_trashed(workspace, "THINGS"))
    assert restored == find_dataset(workspace, "things")
    assert sum(count_images(restored).values()) == COUNT
    assert [dataset_of(run, workspace) for run in _runs(workspace)] == [restored] * 3
    assert list_trashed_datasets(workspace) == []
    assert not trashed.dataset.folder.parent.exists()


def test_two_deleted_datasets_of_one_name_are_told_apart(workspace: Workspace) -> None:
    for classes in (["a"], ["b"]):
        delete_dataset(workspace, create_dataset(workspace, "Things", classes))
    first, second = list_trashed_datasets(workspace)
    assert {first.dataset.name, second.dataset.name} == {"things"}
    restore_dataset(workspace, find_trashed(workspace, second.key))
    with pytest.raises(DatasetError, match="another dataset of that name now"):
        restore_dataset(workspace, first)
    assert count_trashed_datasets(workspace) == 1


def test_what_is_in_the_trash_goes_for_good_only_from_there(
    workspace: Workspace, things: Dataset
) -> None:
    trashed = delete_dataset(workspace, things)
    remove_for_good(workspace, trashed)
    assert list_trashed_datasets(workspace) == []
    assert not list(workspace.datasets.glob(f"{LEAVING}*"))
    with pytest.raises(DatasetError, match="not in the trash any more"):
        remove_for_good(workspace, trashed)
    with pytest.raises(DatasetError, match="It is empty"):
        find_trashed(workspace, "things")


@pytest.mark.parametrize("name", ["objects", "satellite", "fashion-mnist"])
def test_what_comes_with_the_program_stays(workspace: Workspace, name: str) -> None:
    dataset = find_dataset(workspace, name)
    with pytest.raises(DatasetError, match="comes with the program and cannot be deleted"):
        delete_dataset(workspace, dataset)
    with pytest.raises(DatasetError, match="comes with the program and cannot be renamed"):
        rename_dataset(workspace, dataset, "Mine")


def test_a_folder_outside_and_a_link_are_refused(
    workspace: Workspace, things: Dataset, tmp_path: Path
) -> None:
    put_photo(tmp_path / "photos" / "cup" / "1.jpg", 1)
    outside = find_dataset(workspace, f"{tmp_path / 'photos'}{os.sep}")
    with pytest.raises(DatasetError, match="outside the workspace"):
        delete_dataset(workspace, outside)
    (workspace.datasets / "linked").symlink_to(tmp_path / "photos")
    with pytest.raises(DatasetError, match="is a link to"):
        delete_dataset(workspace, find_dataset(workspace, "linked"))
    assert (tmp_path / "photos" / "cup" / "1.jpg").is_file()
    assert things.folder.is_dir()


def test_a_training_on_it_holds_a_dataset(workspace: Workspace, things: Dataset) -> None:
    with FileLock(workspace.runs / "one" / LOCK_FILE):
        with pytest.raises(DatasetError, match="cannot be renamed while one is trained on it"):
            rename_dataset(workspace, things, "Mugs")
        with pytest.raises(DatasetError, match="cannot be deleted while one is trained on it"):
            delete_dataset(workspace, things)
        other = create_dataset(workspace, "Other")
        delete_dataset(workspace, other)
    assert rename_dataset(workspace, things, "Mugs").name == "mugs"


def test_an_import_into_it_holds_a_dataset(workspace: Workspace, things: Dataset) -> None:
    with import_turn(things.folder, cancelled=lambda: True) as has_come:
        assert has_come
        with pytest.raises(DatasetError, match="while images are imported into it"):
            rename_dataset(workspace, things, "Mugs")
        with pytest.raises(DatasetError, match="while images are imported into it"):
            delete_dataset(workspace, things)
    assert _names(workspace) == ["things"]


def test_a_recording_into_it_holds_a_dataset(workspace: Workspace, things: Dataset) -> None:
    with dataset_hold(things.folder, Use.RECORDING):
        with pytest.raises(DatasetError, match="cannot be renamed while images are recorded"):
            rename_dataset(workspace, things, "Mugs")
        with pytest.raises(DatasetError, match="cannot be deleted while images are recorded"):
            delete_dataset(workspace, things)
    assert rename_dataset(workspace, things, "Mugs").name == "mugs"


def test_a_copy_of_it_holds_a_dataset(workspace: Workspace, things: Dataset) -> None:
    refusals = []

    def delete(_done: int, _total: int) -> None:
        try:
            delete_dataset(workspace, things)
        except DatasetError as error:
            refusals.append(str(error))

    copy = duplicate_dataset(workspace, things, "Two", progress=delete)
    assert copy is not None
    assert sum(count_images(copy).values()) == COUNT
    assert "while it is copied" in refusals[0]
    assert len(refusals) == COUNT + 1  # but for the last word, when it is done
    assert _names(workspace) == ["two"]


def test_a_link_that_leads_nowhere_in_the_way_is_said(
    workspace: Workspace, things: Dataset
) -> None:
    (workspace.datasets / "mugs").symlink_to(workspace.root / "nowhere")
    with pytest.raises(DatasetError, match="something of that name already"):
        rename_dataset(workspace, things, "Mugs")
    assert _names(workspace) == ["things"]


@needs_refusals
def test_a_card_that_cannot_be_written_leaves_the_name(
    workspace: Workspace, things: Dataset
) -> None:
    things.folder.chmod(0o555)
    try:
        with like_anybody(), pytest.raises(DatasetError, match="cannot be saved"):
            rename_dataset(workspace, things, "Mugs")
    finally:
        things.folder.chmod(0o755)
    assert _names(workspace) == ["things"]
    assert find_dataset(workspace, "things").title == "Things"
    assert not (workspace.datasets / RENAMING).exists()
    assert {run.dataset for run in _runs(workspace)} == {"things"}


@needs_refusals
def test_a_run_that_cannot_be_written_is_said_and_tried_again(
    workspace: Workspace, things: Dataset
) -> None:
    shut, said = workspace.runs / "one", []
    shut.chmod(0o555)
    try:
        with like_anybody():
            renamed = rename_dataset(workspace, things, "Mugs", said.append)
            assert "1 of its 3 runs cannot be written to" in said[0]
            assert [run.dataset for run in _runs(workspace)] == ["things", "mugs", "mugs"]
            finish_renames(workspace)  # in vain
            (note,) = (workspace.datasets / RENAMING).glob("*.json")
            kept = note.read_bytes()
    finally:
        shut.chmod(0o755)
    renamed = rename_dataset(workspace, renamed, "MUGS!")  # the folder stays, the title does not
    finish_renames(workspace)
    assert find_dataset(workspace, "mugs").title == "MUGS!"
    assert [dataset_of(run, workspace) for run in _runs(workspace)] == [renamed] * 3
    assert not (workspace.datasets / RENAMING).exists()
    shut.chmod(0o555)
    note.parent.mkdir()
    note.write_bytes(kept)
    os.utime(note, (0, 0))
    try:
        with like_anybody():
            finish_renames(workspace)  # of long ago: the last time
    finally:
        shut.chmod(0o755)
    assert not (workspace.datasets / RENAMING).exists()


_SOUND = {"from": "gone", "to": "things", "title": "THINGS", "runs": ["one"]}


def _leave_note(workspace: Workspace, values: dict[str, object]) -> None:
    WorkNote.begin(workspace.datasets / RENAMING, values).close(struck_out=False)


def test_a_sound_note_is_carried_out(workspace: Workspace, things: Dataset) -> None:
    _leave_note(workspace, _SOUND)
    finish_renames(workspace)
    assert read_card(things.folder).title == "THINGS"
    assert not (workspace.datasets / RENAMING).exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"runs": 5},
        {"runs": "one"},
        {"runs": [5]},
        {"runs": ["../one"]},
        {"runs": [""]},
        {"runs": ["a\0"]},
        {"title": ""},
        {"title": "Other"},
        {"title": "\ud800 things"},
        {"to": ["things"]},
        {"to": "../things"},
        {"from": "a\0"},
        {"from": "../things"},
        {"from": None},
    ],
    ids=str,
)
def test_a_note_that_is_not_understood_is_dropped(
    workspace: Workspace, things: Dataset, broken: dict[str, object]
) -> None:
    before = (workspace.runs / "one" / RECIPE_FILE).read_bytes()
    _leave_note(workspace, {**_SOUND, **broken})
    finish_renames(workspace)
    assert not (workspace.datasets / RENAMING).exists()
    assert read_card(things.folder).title == "Things"
    assert (workspace.runs / "one" / RECIPE_FILE).read_bytes() == before


def test_a_class_that_is_a_link_goes_for_good_and_what_it_leads_to_stays(
    workspace: Workspace, things: Dataset, tmp_path: Path
) -> None:
    put_photo(tmp_path / "photos" / "1.jpg", 1)
    (things.folder / "linked").symlink_to(tmp_path / "photos")
    remove_for_good(workspace, delete_dataset(workspace, things))
    assert (tmp_path / "photos" / "1.jpg").is_file()
    assert [path.name for path in workspace.datasets.iterdir()] == [".trash"]


@needs_refusals
def test_what_cannot_be_removed_is_in_the_trash_again(
    workspace: Workspace, things: Dataset
) -> None:
    put_photo(things.folder / "pen" / "1.jpg", 1)
    trashed = delete_dataset(workspace, things)
    shut = trashed.dataset.folder / "cup"
    shut.chmod(0o555)
    with like_anybody(), pytest.raises(DatasetError, match=r"removed whole: cup .*in the trash"):
        remove_for_good(workspace, trashed)
    assert list_trashed_datasets(workspace) == [trashed]
    assert not (trashed.dataset.folder / "pen").exists()
    assert not list(workspace.datasets.glob(f"{LEAVING}*"))
    shut.chmod(0o755)
    assert sum(count_images(restore_dataset(workspace, trashed)).values()) == COUNT


def test_a_link_in_the_trash_is_none_of_the_deleted(
    workspace: Workspace, things: Dataset, tmp_path: Path
) -> None:
    trashed = delete_dataset(workspace, things)
    place = trashed.dataset.folder.parent
    outside = tmp_path / "outside"
    place.rename(outside)
    place.symlink_to(outside)
    other = place.with_name("20260101-120000-abcd")
    other.mkdir()
    (other / "things").symlink_to(outside / "things")
    assert list_trashed_datasets(workspace) == []
    assert count_trashed_datasets(workspace) == 0
    linked = find_dataset(workspace, f"{other / 'things'}{os.sep}", to_change=True)
    for one in (trashed, TrashedDataset(linked, trashed.deleted)):
        with pytest.raises(DatasetError, match="not in the trash any more"):
            remove_for_good(workspace, one)
        with pytest.raises(DatasetError, match="not in the trash any more"):
            restore_dataset(workspace, one)
    assert len(list((outside / "things" / "cup").iterdir())) == COUNT


def test_of_two_deleted_at_one_moment_only_one_goes(workspace: Workspace, things: Dataset) -> None:
    trashed = delete_dataset(workspace, things)
    other = create_dataset(workspace, "Other", ["a"])
    other.folder.rename(trashed.dataset.folder.with_name("other"))
    remove_for_good(workspace, trashed)
    assert [one.dataset.name for one in list_trashed_datasets(workspace)] == ["other"]


def test_what_is_not_listed_in_the_trash_is_not_counted(
    workspace: Workspace, things: Dataset
) -> None:
    trashed = delete_dataset(workspace, things)
    (trash_folder(workspace) / "by-hand" / "things" / "cup").mkdir(parents=True)
    (trashed.dataset.folder.parent / "empty").mkdir()
    assert count_trashed_datasets(workspace) == len(list_trashed_datasets(workspace)) == 1


@pytest.mark.parametrize("name", ["Things", "한국어"])
def test_a_name_in_other_letters_is_the_same_name(workspace: Workspace, name: str) -> None:
    wanted = name.lower()
    dataset = create_dataset(workspace, wanted, ["a"])
    assert dataset.name == wanted
    trashed = delete_dataset(workspace, dataset)
    put_photo(workspace.datasets / unicodedata.normalize("NFD", name) / "a" / "1.jpg", 1)
    with pytest.raises(DatasetError, match="another dataset of that name now"):
        restore_dataset(workspace, trashed)
    other = create_dataset(workspace, "Other")
    with pytest.raises(DatasetError, match="a dataset of that name already"):
        rename_dataset(workspace, other, wanted)


def test_a_built_in_name_is_taken_though_it_has_no_folder(
    workspace: Workspace, things: Dataset
) -> None:
    trashed = delete_dataset(workspace, things)
    named = trashed.dataset.folder.rename(trashed.dataset.folder.with_name("Objects"))
    (one,) = list_trashed_datasets(workspace)
    assert one.dataset.folder == named
    with pytest.raises(DatasetError, match="another dataset of that name now"):
        restore_dataset(workspace, one)


def test_an_empty_folder_is_in_nobodys_way(workspace: Workspace, things: Dataset) -> None:
    (workspace.datasets / "mugs").mkdir()
    renamed = rename_dataset(workspace, things, "Mugs")
    trashed = delete_dataset(workspace, renamed)
    (workspace.datasets / "mugs").mkdir()
    assert sum(count_images(restore_dataset(workspace, trashed)).values()) == COUNT


def test_what_work_beside_the_window_writes_late_is_in_nobodys_way(
    workspace: Workspace, things: Dataset
) -> None:
    rename_dataset(workspace, things, "Mugs")
    (things.folder / ".studio").mkdir(parents=True)
    (things.folder / ".studio" / "facts.sqlite").write_bytes(b"late")
    assert create_dataset(workspace, "Things").folder == things.folder


def _steps_of(work: str, workspace: Workspace, *arguments: str) -> int:
    """Kill a work before its first change of the disk, its second, and so on, as far as it goes.

    Returns:
        How often it was killed; each time the dataset was whole after the next start.
    """
    steps = 0
    while True:
        try:
            kill_after(steps + 1, work, workspace.root, *arguments)
        except RuntimeError:
            return steps
        steps += 1
        _next_start(workspace)
        _check_whole(workspace)
        if _names(workspace) != ["things"]:  # it was done all the same: back for the next kill
            _back(workspace)


def _next_start(workspace: Workspace) -> None:
    finish_renames(workspace)
    remove_leftovers(workspace.datasets)


def _check_whole(workspace: Workspace) -> None:
    assert not (workspace.datasets / RENAMING).exists()
    names, trashed = _names(workspace), list_trashed_datasets(workspace)
    assert len(names) + len(trashed) == 1
    where = find_dataset(workspace, names[0]) if names else trashed[0].dataset
    assert sum(count_images(where).values()) == COUNT
    assert read_card(where.folder).title == {"things": "Things", "mugs": "Mugs"}[where.name]
    if names:
        assert [dataset_of(run, workspace) for run in _runs(workspace)] == [where] * 3
        assert {run.dataset for run in list_runs(workspace)} == {where.name}


def _back(workspace: Workspace) -> None:
    if trashed := list_trashed_datasets(workspace):
        restore_dataset(workspace, trashed[0])
    else:
        rename_dataset(workspace, find_dataset(workspace, "mugs"), "Things")


def test_a_kill_at_any_moment_of_a_rename_leaves_before_or_after(
    workspace: Workspace, things: Dataset
) -> None:
    assert _steps_of("rename-dataset", workspace, "things", "Mugs") >= 6
    assert _names(workspace) == ["mugs"]
    assert not things.folder.exists()


def test_a_kill_at_any_moment_of_a_deletion_leaves_before_or_after(
    workspace: Workspace, things: Dataset
) -> None:
    assert _steps_of("delete-dataset", workspace, "things") >= 2
    assert list_trashed_datasets(workspace)[0].dataset.name == "things"
    assert len(list(trash_folder(workspace).iterdir())) >= 1
    assert not things.folder.exists()


def test_an_empty_place_in_the_trash_goes_at_a_later_start(workspace: Workspace) -> None:
    place = trash_folder(workspace) / "20260101-120000-abcd"
    place.mkdir(parents=True)
    remove_leftovers(workspace.datasets)
    assert place.is_dir()  # a deletion may be about to fill it
    os.utime(place, (0, 0))
    remove_leftovers(workspace.datasets)
    assert not place.exists()


def test_a_kill_at_any_moment_of_bringing_back_leaves_before_or_after(
    workspace: Workspace, things: Dataset
) -> None:
    delete_dataset(workspace, things)
    steps = 0
    while True:
        try:
            kill_after(steps + 1, "restore-dataset", workspace.root, "things")
        except RuntimeError:
            break
        steps += 1
        _next_start(workspace)
        _check_whole(workspace)
        if _names(workspace):
            delete_dataset(workspace, find_dataset(workspace, "things"))
    assert steps >= 1
    assert _names(workspace) == ["things"]
