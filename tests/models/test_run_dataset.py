"""Which dataset a run learned from, also after a copy of the workspace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.models.bundle import LITE_FILE, write_bundle
from cnn_studio.models.run_dataset import (
    dataset_folder,
    dataset_of,
    note_folder,
    why_no_dataset,
)
from cnn_studio.models.runs import RECIPE_FILE, SPLIT_FILE, Run, open_run
from cnn_studio.paths import Workspace
from tests.models.small_run import bundle


def _run(workspace: Workspace, dataset_folder: Path | None) -> Run:
    folder = workspace.runs / "one"
    folder.mkdir(parents=True)
    write_bundle(folder, bundle(dataset="things"))
    (folder / LITE_FILE).write_bytes(b"weights")
    if dataset_folder is not None:
        values = {"dataset_folder": str(dataset_folder)}
        (folder / RECIPE_FILE).write_text(json.dumps(values))
    return open_run(folder)


def test_the_name_and_the_folder_decide(workspace: Workspace, tmp_path: Path) -> None:
    run = _run(workspace, None)
    assert dataset_of(run, workspace) is None
    things = create_dataset(workspace, "Things", ["a", "b"])
    assert dataset_of(run, workspace) == things
    values = {"dataset_folder": str(things.folder)}
    (run.folder / RECIPE_FILE).write_text(json.dumps(values))
    assert dataset_of(run, workspace) == things


def test_another_folder_of_the_same_name_is_another_dataset(
    workspace: Workspace, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "photos" / "things"
    elsewhere.mkdir(parents=True)
    run = _run(workspace, elsewhere)
    things = create_dataset(workspace, "Things", ["a", "b"])
    assert dataset_of(run, workspace) is None
    elsewhere.rmdir()  # nothing else can be meant any more
    assert dataset_of(run, workspace) == things


def test_a_copied_workspace_brings_its_dataset_along(workspace: Workspace, tmp_path: Path) -> None:
    things = create_dataset(workspace, "Things", ["a", "b"])
    run = _run(workspace, things.folder)
    copy = Workspace(shutil.copytree(workspace.root, tmp_path / "copy"))
    found = dataset_of(open_run(copy.runs / run.name), copy)
    assert found is not None
    assert found.folder == copy.datasets / "things"


@pytest.fixture
def outside(workspace: Workspace, tmp_path: Path) -> tuple[Run, Path]:
    """A run of a folder of a person's, with its images and the split that it noted."""
    folder = tmp_path / "photos" / "things"
    for class_name in ("a", "b"):
        (folder / class_name).mkdir(parents=True)
        for number in range(3):
            (folder / class_name / f"{number}.jpg").write_bytes(b"x")
    run = _run(workspace, folder)
    names = [f"{class_name}/{number}.jpg" for class_name in "ab" for number in range(3)]
    split = {"train": names[:4], "validation": names[4:]}
    (run.folder / SPLIT_FILE).write_text(json.dumps(split))
    return run, folder


def test_a_folder_outside_the_workspace_is_found_where_it_was(
    outside: tuple[Run, Path], workspace: Workspace
) -> None:
    run, folder = outside
    (folder / "a" / "new.jpg").write_bytes(b"x")  # more images are no harm
    found = dataset_of(run, workspace)
    assert found is not None
    assert (found.folder, found.is_outside) == (folder, True)
    # One of the workspace that is called the same is not meant.
    create_dataset(workspace, "Things", ["a", "b"])
    found = dataset_of(run, workspace)
    assert found is not None
    assert found.folder == folder


def test_a_folder_that_has_changed_or_is_gone_is_said(
    outside: tuple[Run, Path], workspace: Workspace, tmp_path: Path
) -> None:
    run, folder = outside
    create_dataset(workspace, "Things", ["a", "b"])
    (folder / "a" / "0.jpg").unlink()
    assert dataset_of(run, workspace) is None
    assert "has changed: 1 of the 6 images are gone." in why_no_dataset(run, workspace)
    (folder / "b").rename(folder / "c")
    assert "4 of the 6 images are gone" in why_no_dataset(run, workspace)
    folder.rename(tmp_path / "elsewhere")
    assert dataset_of(run, workspace) is None  # the one called the same has other images
    assert f"not in {folder} any more" in why_no_dataset(run, workspace)


def test_where_the_images_are_now_is_noted_if_they_are_all_there(
    outside: tuple[Run, Path], workspace: Workspace, tmp_path: Path
) -> None:
    run, folder = outside
    moved = folder.rename(tmp_path / "moved")
    other = create_dataset(workspace, "Others", ["a", "b"])
    assert not note_folder(run, other)
    assert dataset_folder(run) == folder
    assert note_folder(run, find_dataset(workspace, f"{moved}/"))
    assert dataset_folder(run) == moved
    found = dataset_of(run, workspace)
    assert found is not None
    assert found.folder == moved


def test_images_that_were_brought_into_the_workspace_are_found_there(
    outside: tuple[Run, Path], workspace: Workspace
) -> None:
    run, folder = outside
    shutil.move(folder, workspace.datasets / "things")
    found = dataset_of(run, workspace)
    assert found is not None
    assert found.folder == workspace.datasets / "things"
