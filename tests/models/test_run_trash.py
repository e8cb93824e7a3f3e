"""Deleted runs are moved whole, can come back, and take nothing else along."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.run_trash import (
    count_trashed,
    delete_for_good,
    is_trashed,
    list_trashed,
    restore_run,
    trash_run,
)
from cnn_studio.models.runs import list_runs
from cnn_studio.paths import Workspace


def _put(workspace: Workspace, name: str) -> Path:
    folder = workspace.runs / name
    folder.mkdir(parents=True)
    (folder / "history.csv").write_text(name)
    return folder


def _names(workspace: Workspace) -> tuple[list[str], list[str]]:
    return (
        sorted(run.name for run in list_runs(workspace)),
        sorted(run.name for run in list_trashed(workspace)),
    )


def test_a_deleted_run_comes_back_as_it_was(workspace: Workspace) -> None:
    assert count_trashed(workspace) == 0
    folder = _put(workspace, "mine")
    _put(workspace, "other")
    trashed = trash_run(workspace, folder)
    assert _names(workspace) == (["other"], ["mine"])
    assert count_trashed(workspace) == 1
    assert all(is_trashed(run) for run in list_trashed(workspace))
    assert not any(is_trashed(run) for run in list_runs(workspace))
    assert restore_run(workspace, trashed) == folder
    assert _names(workspace) == (["mine", "other"], [])
    assert (folder / "history.csv").read_text() == "mine"


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten(
    workspace: Workspace,
) -> None:
    first = trash_run(workspace, _put(workspace, "mine"))
    second = trash_run(workspace, _put(workspace, "mine"))
    assert (first.name, second.name) == ("mine", "mine-2")
    restore_run(workspace, first)
    restore_run(workspace, second)
    assert _names(workspace) == (["mine", "mine-2"], [])


def test_only_runs_can_be_deleted_and_only_trash_for_good(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder = _put(workspace, "mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(ModelError, match="Only runs in"):
        trash_run(workspace, elsewhere)
    with pytest.raises(ModelError, match="not in the trash"):
        delete_for_good(workspace, folder)
    with pytest.raises(ModelError, match="not in the trash"):
        restore_run(workspace, folder)
    trashed = trash_run(workspace, folder)
    delete_for_good(workspace, trashed)
    delete_for_good(workspace, trashed)
    assert _names(workspace) == ([], [])
    with pytest.raises(ModelError, match="cannot be moved"):
        trash_run(workspace, folder)
