"""Which dataset a run learned from, also after a copy of the workspace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cnn_studio.data.catalog import create_dataset
from cnn_studio.models.bundle import LITE_FILE, write_bundle
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.runs import RECIPE_FILE, Run, open_run
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
