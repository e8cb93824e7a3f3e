"""Which dataset a run learned from, and whether its images are still there."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset, find_dataset, list_datasets
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError, ModelError, StudioError
from cnn_studio.models.runs import RECIPE_FILE, Run, split_names
from cnn_studio.paths import DATASETS_FOLDER, Workspace, is_same_place
from cnn_studio.untrusted_files import read_json
from cnn_studio.whole_files import write_atomically

_FOLDER = "dataset_folder"


class ImagesGoneError(DatasetError):
    """The images that a run learned from are gone or have changed, so they are asked for."""


def learned_from(run: Run, dataset: Dataset) -> bool:
    """Whether a run learned from this dataset, and not from another one of the same name.

    Where the workspace was copied or moved, the name decides. A run from a folder outside of any
    workspace that is gone learned from a dataset of that name if its images are in it.
    """
    folder = dataset_folder(run)
    if folder is not None and is_same_place(folder, dataset.folder):
        return True
    if run.dataset != dataset.name:
        return False
    if folder is None:
        return True
    if not folder.is_dir():
        was_in_workspace = folder.parent.name == DATASETS_FOLDER
        return was_in_workspace or not _noted(run) or _what_differs(run, dataset) == ""
    return (Workspace(folder.parent.parent).runs / run.name).is_dir()


def dataset_of(run: Run, workspace: Workspace) -> Dataset | None:
    """The dataset that a run learned from: one of the workspace, or the folder of a person's.

    Returns:
        The dataset; None if it is gone, or if a folder outside the workspace has changed so that
        images or classes of the run are not in it any more.
    """
    datasets = list_datasets(workspace)
    own = next((dataset for dataset in datasets if learned_from(run, dataset)), None)
    if own is not None:
        return own
    outside = _outside(run, workspace)
    return outside if outside is not None and not _what_differs(run, outside) else None


def why_no_dataset(run: Run, workspace: Workspace) -> str:
    """Why `dataset_of` finds none, as a sentence."""
    folder = dataset_folder(run)
    called = (run.bundle.dataset_title if run.bundle else "") or run.dataset or "not known"
    if folder is None:
        return f"The dataset of {run.name} ({called}) is not in this workspace."
    outside = _outside(run, workspace)
    if outside is None:
        return f"The images that {run.name} learned from are not in {folder} any more."
    return f"{folder}, which {run.name} learned from, has changed: {_what_differs(run, outside)}."


def dataset_folder(run: Run) -> Path | None:
    """The folder whose images a run learned from, as it was noted; None if it was not."""
    try:
        folder = Path(_read_recipe(run)[_FOLDER])
        with suppress(FileNotFoundError, NotADirectoryError):
            folder.stat()
    except (StudioError, OSError, *NOT_UNDERSTOOD):
        return None  # a model that came without it, or what no folder can be called
    return folder


def note_folder(run: Run, dataset: Dataset) -> bool:
    """Note where the images of a run are now, if they are all in this dataset.

    Returns:
        Whether they are, and it is noted. Of another dataset nothing is noted.

    Raises:
        ModelError: The run's folder cannot be written to.
    """
    if dataset_folder(run) is None or not _noted(run) or _what_differs(run, dataset):
        return False
    try:
        values = {**_read_recipe(run), _FOLDER: str(dataset.folder.absolute())}
        text = json.dumps(values, indent=2, ensure_ascii=False)
        write_atomically(run.folder / RECIPE_FILE, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ModelError(
            f"{run.folder} cannot be written to ({error.strerror or error})."
        ) from error
    return True


def _outside(run: Run, workspace: Workspace) -> Dataset | None:
    folder = dataset_folder(run)
    if folder is None or not folder.is_dir():
        return None
    try:
        return find_dataset(workspace, f"{folder.absolute()}{os.sep}")
    except DatasetError:
        return None


def _what_differs(run: Run, dataset: Dataset) -> str:
    """What a run noted of its images and is not so in a dataset; "" if nothing.

    Their names tell, which takes one listing a folder: images are not opened, and what was added
    since is no difference.
    """
    if dataset.card.storage is not Storage.FOLDERS:
        return ""
    noted = _noted(run)
    if not noted:
        lost = [name for name in _classes(run) if name not in ClassFolders(dataset).classes()]
        return f"the class {lost[0]} is missing" if lost else ""
    by_folder: dict[str, set[str]] = defaultdict(set)
    for name in noted:
        parent, _slash, file_name = name.rpartition("/")
        by_folder[parent].add(file_name)
    gone = sum(len(names - _listing(dataset.folder / at)) for at, names in by_folder.items())
    return f"{gone:,} of the {len(noted):,} images are gone" if gone else ""


def _noted(run: Run) -> frozenset[str]:
    """The names of all images of a run's split; none where that is not known."""
    try:
        return split_names(run, "train") | split_names(run, "validation")
    except ModelError:
        return frozenset()


def _listing(folder: Path) -> set[str]:
    try:
        return {entry.name for entry in os.scandir(folder)}
    except (OSError, ValueError):  # a name with a zero byte is no name
        return set()


def _classes(run: Run) -> tuple[str, ...]:
    if run.bundle is not None:
        return run.bundle.classes
    try:
        return tuple(map(str, _read_recipe(run)["classes"]))
    except (StudioError, *NOT_UNDERSTOOD):
        return ()


def _read_recipe(run: Run) -> dict[str, Any]:
    return dict(read_json(run.folder / RECIPE_FILE))
