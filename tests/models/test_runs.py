"""The folders of trainings: made, listed, found, and read even where a kill has cut them short."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import LITE_FILE, write_bundle
from cnn_studio.models.runs import (
    HISTORY_FILE,
    RECIPE_FILE,
    EpochRecord,
    RunStatus,
    best_run,
    create_run,
    find_run,
    list_runs,
    newest_run,
    open_run,
    read_history,
    usable_runs,
)
from cnn_studio.paths import Workspace
from cnn_studio.training.records import append_epoch
from tests.models.small_run import bundle, some_scores


def _put_run(workspace: Workspace, name: str, day: int, **changes: object) -> Path:
    folder = workspace.runs / name
    folder.mkdir(parents=True)
    write_bundle(folder, bundle(created=datetime(2026, 11, day, tzinfo=UTC), **changes))
    (folder / LITE_FILE).write_bytes(b"not opened here")
    return folder


def test_a_new_run_never_takes_an_existing_folder(tmp_path: Path) -> None:
    folders = {create_run(tmp_path / "runs", "objects") for _ in range(3)}
    assert len(folders) == 3
    assert all(folder.is_dir() and "-objects" in folder.name for folder in folders)


def test_a_runs_name_is_safe_whatever_the_dataset_is_called(tmp_path: Path) -> None:
    folder = create_run(tmp_path, "../Caps & Shoes/ü")
    assert folder.parent == tmp_path
    assert folder.name.endswith("-Caps-Shoes-ü")


def test_runs_are_listed_newest_first_and_the_broken_ones_with_them(workspace: Workspace) -> None:
    _put_run(workspace, "old", 1)
    _put_run(workspace, "new", 3)
    (workspace.runs / "damaged").mkdir()
    (workspace.runs / "damaged" / "studio.json").write_text("{")
    (workspace.runs / "empty").mkdir()
    (workspace.runs / ".hidden").mkdir()
    (workspace.runs / "a file").touch()
    runs = {run.name: run for run in list_runs(workspace)}
    assert [name for name in runs if name in {"old", "new"}] == ["new", "old"]
    assert set(runs) == {"old", "new", "damaged", "empty"}
    assert "damaged" in str(runs["damaged"].problem)
    assert runs["empty"].status is RunStatus.INTERRUPTED
    assert [run.name for run in usable_runs(workspace)] == ["new", "old"]


def test_there_are_no_runs_before_the_first_training(workspace: Workspace) -> None:
    assert list_runs(workspace) == []
    assert best_run(workspace) is None
    assert newest_run(workspace) is None


def test_a_killed_training_says_what_it_was_to_become(workspace: Workspace) -> None:
    folder = create_run(workspace.runs, "objects")
    begun = {"dataset": "objects", "started": "2026-11-22T20:00:00+00:00"}
    (folder / RECIPE_FILE).write_text(json.dumps(begun))
    run = open_run(folder)
    assert (run.status, run.dataset) == (RunStatus.INTERRUPTED, "objects")
    assert run.created == datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert not run.is_usable
    with pytest.raises(ModelError, match="has no model"):
        find_run(workspace, run.name)


def test_a_run_is_found_by_name_folder_and_file(workspace: Workspace) -> None:
    folder = _put_run(workspace, "mine", 1)
    for wanted in ("mine", str(folder), str(folder / "studio.json")):
        assert find_run(workspace, wanted).folder == folder


def test_an_unknown_run_names_those_that_are_there(workspace: Workspace) -> None:
    _put_run(workspace, "mine", 1)
    with pytest.raises(ModelError, match=r"no run 'yours'.*mine"):
        find_run(workspace, "yours")
    with pytest.raises(ModelError, match="no run ''"):
        find_run(workspace, "")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("net.tflite", "net.tflite is a model file of others; it can be used with predict"),
        ("net.h5", "net.h5 is a model file of others"),
        ("net.pt", "net.pt is "),
    ],
)
def test_a_model_file_of_others_is_no_training_that_was_broken_off(
    workspace: Workspace, tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / "downloads").mkdir()
    path = tmp_path / "downloads" / name
    path.write_bytes(b"")
    with pytest.raises(ModelError, match=re.escape(sentence)):
        find_run(workspace, str(path))
    if name.endswith(".tflite"):
        with pytest.raises(ModelError, match="downloads is a model file of others"):
            find_run(workspace, str(path.parent))
    (path.parent / RECIPE_FILE).write_text("{}")
    with pytest.raises(ModelError, match="did not reach its end"):
        find_run(workspace, str(path))


def test_a_run_without_its_model_file_is_not_usable(workspace: Workspace) -> None:
    folder = _put_run(workspace, "half", 1)
    (folder / LITE_FILE).unlink()
    assert usable_runs(workspace) == []
    with pytest.raises(ModelError, match=r"model\.tflite is missing"):
        find_run(workspace, "half")


def test_the_best_run_is_best_on_images_it_did_not_learn(workspace: Workspace) -> None:
    _put_run(workspace, "learned by heart", 1, validation=some_scores(1, 3))
    _put_run(workspace, "best", 2, validation=None, test=some_scores(9, 1))
    _put_run(workspace, "other dataset", 3, dataset="satellite")
    _put_run(workspace, "unmeasured", 4, validation=None)
    best = best_run(workspace)
    assert best is not None
    assert best.name == "best"
    assert [run.name for run in usable_runs(workspace, "satellite")] == ["other dataset"]


def test_history_comes_back_and_a_row_cut_short_ends_it(workspace: Workspace) -> None:
    folder = _put_run(workspace, "mine", 1)
    records = (
        EpochRecord(1, 1.5, 0.4, 1.2, 0.5, 900.0, 2.5, True),
        EpochRecord(2, 0.1 + 0.2, 0.6, None, None, 950.0, 2.0, False),
    )
    for record in records:
        append_epoch(folder, record)
    assert read_history(open_run(folder)) == records
    with (folder / HISTORY_FILE).open("a") as stream:
        stream.write("3,0.2,0.")
    assert read_history(open_run(folder)) == records


def test_only_ascending_epochs_of_rows_that_are_whole_are_history(workspace: Workspace) -> None:
    folder = _put_run(workspace, "mine", 1)
    for epoch in (1, 2):
        append_epoch(folder, EpochRecord(epoch, 1.5, 0.4, 1.2, 0.5, 900.0, 2.5, True))
    with (folder / HISTORY_FILE).open("a") as stream:
        for epoch in ("2", "1", "0", "-5", "1" + "0" * 30, "10001", "1.5", "?"):
            stream.write(f"{epoch},1.5,0.4,1.2,0.5,900.0,2.5,1\n")
        stream.write("3,1.5,0.4,4,1.5,0.4,1.2,0.5,900.0,2.5,1\n3,0.2,0.")
    append_epoch(folder, EpochRecord(4, 1.5, 0.4, None, None, 900.0, 2.5, True))
    assert [record.epoch for record in read_history(open_run(folder))] == [1, 2, 4]


def test_a_run_without_history_has_none(workspace: Workspace) -> None:
    assert read_history(open_run(_put_run(workspace, "mine", 1))) == ()
