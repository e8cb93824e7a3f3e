"""Which dataset a run learned from."""

from __future__ import annotations

import json
from pathlib import Path

from cnn_studio.data.catalog import Dataset, list_datasets
from cnn_studio.models.runs import RECIPE_FILE, Run
from cnn_studio.paths import Workspace, is_same_place


def learned_from(run: Run, dataset: Dataset) -> bool:
    """Whether a run learned from this dataset, and not from another one of the same name.

    Where the folder that it learned from is gone, or the workspace was copied, the name decides.
    """
    if run.dataset != dataset.name:
        return False
    folder = _folder_of(run)
    if folder is None or not folder.is_dir() or is_same_place(folder, dataset.folder):
        return True
    return (Workspace(folder.parent.parent).runs / run.name).is_dir()


def dataset_of(run: Run, workspace: Workspace) -> Dataset | None:
    """The dataset of a workspace that a run learned from; None if it is not there."""
    datasets = list_datasets(workspace)
    return next((dataset for dataset in datasets if learned_from(run, dataset)), None)


def _folder_of(run: Run) -> Path | None:
    try:
        begun = json.loads((run.folder / RECIPE_FILE).read_text(encoding="utf-8"))
        return Path(begun["dataset_folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a model that came without it
