"""Renaming and deleting whole datasets, and bringing them back.

The runs that learned from them stay linked, and nothing moves from under a training or an import.

A rename has several steps: the folder, its card, and a line in each run. A note tells of them, so
that the next start ends one that a kill has cut short.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_studio.data.cards import DatasetCard, has_card, read_card, write_card
from cnn_studio.data.catalog import (
    Dataset,
    check_title,
    dataset_in,
    list_datasets,
    remove_ghost,
)
from cnn_studio.data.dataset_hold import Use, use_of
from cnn_studio.data.dataset_trash import TrashedDataset, check_own, move_back, move_to_trash
from cnn_studio.data.file_moves import explained
from cnn_studio.data.import_turn import import_turn
from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError, StudioError
from cnn_studio.models.run_dataset import learned_from
from cnn_studio.models.run_trash import list_trashed
from cnn_studio.models.runs import RECIPE_FILE, Run, list_runs
from cnn_studio.paths import RENAMING, Workspace, is_same_place
from cnn_studio.untrusted_files import read_json
from cnn_studio.untrusted_text import shown
from cnn_studio.whole_files import write_atomically
from cnn_studio.work_notes import LeftNote, WorkNote, left_notes, tidy_notes

_LONGEST_TRIED_S = 7 * 24 * 3600  # what cannot be written for a week is not tried any more
_USES = {
    Use.RECORDING: "images are recorded into it. Stop the recording, or wait for its end",
    Use.COPYING: "it is copied. Stop that, or wait for its end",
}
_CARD_WRITTEN = {"card": "written"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Rename:
    """What a rename's note says.

    Attributes:
        before: The folder's name until then.
        after: Its name from then on.
        title: What a person reads from then on.
        runs: The folders of the runs that learned from it, within that of all runs.
    """

    before: str
    after: str
    title: str
    runs: tuple[str, ...]


def rename_dataset(
    workspace: Workspace,
    dataset: Dataset,
    title: str,
    warn: Callable[[str], object] = lambda _sentence: None,
) -> Dataset:
    """Give a dataset another title, and its folder the name that goes with it.

    The runs that learned from it are told, so that they are found by its new name.

    Args:
        workspace: Where it is.
        dataset: The dataset, one of the workspace's own.
        title: What it is called from now on.
        warn: Gets a sentence if some of the runs cannot be written to.

    Returns:
        The dataset as it is now.

    Raises:
        DatasetError: The title cannot be used, the dataset comes with the program or its card is
            not understood, something is at work on it, or the system does not allow it; it is as
            it was.
    """
    check_own(dataset, "renamed")
    others = (other.name for other in list_datasets(workspace) if other.name != dataset.name)
    title, name = check_title(title, others)
    card = _own_card(dataset)
    if (name, title) == (dataset.name, card.title):
        return dataset
    with _unused(workspace, dataset, "renamed") as runs:
        target = workspace.datasets / name
        if name != dataset.name:
            remove_ghost(target)
            if os.path.lexists(target) and not is_same_place(target, dataset.folder):
                raise DatasetError(f"There is something of that name already: {target}.")
        in_runs = tuple(str(run.folder.relative_to(workspace.runs)) for run in runs)
        rename = _Rename(dataset.name, name, title, in_runs)
        _carry_out(workspace, dataset, rename, warn)
    return dataset_in(target)


def delete_dataset(workspace: Workspace, dataset: Dataset) -> TrashedDataset:
    """Move a dataset into the trash of datasets, from where `restore_dataset` brings it back.

    Raises:
        DatasetError: It comes with the program, something is at work on it, or the system does not
            allow it; it is as it was.
    """
    check_own(dataset, "deleted")
    with _unused(workspace, dataset, "deleted"):
        return move_to_trash(workspace, dataset)


def restore_dataset(workspace: Workspace, trashed: TrashedDataset) -> Dataset:
    """Bring a deleted dataset back, and with it the images of the runs that learned from it.

    Raises:
        DatasetError: There is another dataset of its name now, or the system does not allow it.
    """
    return move_back(workspace, trashed)


def runs_of(workspace: Workspace, dataset: Dataset) -> list[Run]:
    """The runs that learned from a dataset, newest first, then those of them in the trash."""
    runs = (*list_runs(workspace), *list_trashed(workspace))
    return [run for run in runs if learned_from(run, dataset)]


def finish_renames(workspace: Workspace) -> None:
    """End the renames that a kill has cut short: each is done in the end, or has never begun.

    Where something cannot be written, later starts try again, for a week. A note that is not
    understood is dropped.
    """
    folder = workspace.datasets / RENAMING
    if not folder.is_dir():  # as at nearly every start
        return
    for left in left_notes(folder):
        with suppress(OSError):
            is_old = time.time() - left.path.stat().st_mtime > _LONGEST_TRIED_S
            if _is_finished(workspace, left) or is_old:
                left.strike_out()
    tidy_notes(folder)


@contextmanager
def _unused(workspace: Workspace, dataset: Dataset, what: str) -> Iterator[Sequence[Run]]:
    """Hold a dataset while nothing trains on it, imports or records into it, or copies it.

    Yields:
        The runs that learned from it, those in the trash too.

    Raises:
        DatasetError: Something is at work on it.
    """
    runs = runs_of(workspace, dataset)
    training = next((run for run in runs if run.is_training), None)
    if training is not None:
        raise DatasetError(
            f"{dataset.title} cannot be {what} while {training.name} is trained on it. Stop that "
            "training, or wait for its end."
        )
    with import_turn(dataset.folder, cancelled=lambda: True) as has_come:
        if not has_come:
            raise DatasetError(
                f"{dataset.title} cannot be {what} while images are imported into it. Stop the "
                "import, or wait for its end."
            )
        use = use_of(dataset.folder)
        if use is not None:
            raise DatasetError(f"{dataset.title} cannot be {what} while {_USES[use]}.")
        yield runs


def _own_card(dataset: Dataset) -> DatasetCard:
    """The card on the disk, which is never written over where it is not understood."""
    return read_card(dataset.folder) if has_card(dataset.folder) else dataset.card


def _carry_out(
    workspace: Workspace, dataset: Dataset, rename: _Rename, warn: Callable[[str], object]
) -> None:
    """Take the steps of a rename. Its folder and card go together; runs that refuse stay behind.

    Raises:
        DatasetError: The folder or its card refuses; it is as it was.
    """
    target = workspace.datasets / rename.after
    values = {
        "from": rename.before,
        "to": rename.after,
        "title": rename.title,
        "runs": list(rename.runs),
    }
    note = WorkNote.begin(workspace.datasets / RENAMING, values)
    is_half_done = False
    try:
        with explained(f"{dataset.title} cannot be renamed"):
            dataset.folder.rename(target)
        is_half_done = True
        try:
            _write_title(target, rename.title)
        except StudioError:
            with explained(f"{target} cannot be called {dataset.folder.name} again"):
                target.rename(dataset.folder)
            is_half_done = False
            raise
        note.add(_CARD_WRITTEN)
        refused = _write_runs(workspace, rename)
        is_half_done = bool(refused)
    finally:
        note.close(struck_out=not is_half_done)
    if refused:
        of_all = f"{len(refused):,} of its {len(rename.runs):,} runs"
        warn(
            f"{rename.title} has its new name, but {of_all} cannot be written to and still belong "
            f"to {dataset.title}: {shown(', '.join(refused[:3]))}. The next start tries again."
        )


def _is_finished(workspace: Workspace, left: LeftNote) -> bool:
    """Take the steps of a rename that are missing; each may have been taken already.

    Returns:
        Whether nothing is left to do, or nothing can be done.
    """
    try:
        rename = _understood(left)
    except (*NOT_UNDERSTOOD, StudioError) as error:
        _log.warning("The note %s is not understood and is dropped. %s", left.path, error)
        return True
    folder = workspace.datasets / rename.after
    try:
        has_not_begun = rename.before != rename.after and has_card(
            workspace.datasets / rename.before
        )
        if has_not_begun or not folder.is_dir():  # or somebody has moved it on
            return True
        if _CARD_WRITTEN not in left.lines:
            _write_title(folder, rename.title)
        elif has_card(folder):  # it may have got another title since
            rename = replace(rename, title=read_card(folder).title)
        return not _write_runs(workspace, rename)
    except (StudioError, OSError) as error:
        _log.warning("The rename in %s cannot be finished. %s", left.path, error)
        return False


def _understood(left: LeftNote) -> _Rename:
    """What a note says.

    Raises:
        DatasetError: No dataset can have that title.
        ValueError, TypeError, KeyError: It is none of a rename.
    """
    before, after, title, runs = (left.values[key] for key in ("from", "to", "title", "runs"))
    if not isinstance(runs, list):
        raise TypeError(f"The runs are expected as a list. Received: {runs!r}.")
    rename = _Rename(before, after, title, tuple(runs))
    for text in (before, after, title, *rename.runs):
        if not isinstance(text, str) or "\0" in text:
            raise TypeError(f"A text was expected. Received: {text!r}.")
        os.fsencode(text)
    title.encode("utf-8")
    if not _is_plain(before) or check_title(title, ())[1] != after:
        raise ValueError(f"No dataset is renamed so: {before!r} to {after!r}, {title!r}.")
    for name in rename.runs:
        parts = Path(name).parts
        if not parts or ".." in parts or Path(name).is_absolute():
            raise ValueError(f"This is no run's folder: {name!r}.")
    return rename


def _write_title(folder: Path, title: str) -> None:
    card = read_card(folder) if has_card(folder) else dataset_in(folder).card
    write_card(folder, replace(card, title=title))


def _write_runs(workspace: Workspace, rename: _Rename) -> list[str]:
    """Write into all runs what their dataset is called; gives the names of those that refuse."""
    refused = []
    for name in rename.runs:
        try:
            _tell(workspace.runs / name, workspace.datasets / rename.after, rename.title)
        except StudioError as error:
            _log.warning("%s", error)
            refused.append(name)
    return refused


def _tell(run_folder: Path, dataset_folder: Path, title: str) -> None:
    """Write into a run what its dataset is called now, and where it is."""
    path = run_folder / RECIPE_FILE
    if not run_folder.is_dir():  # deleted since
        return
    try:
        values = dict(read_json(path)) if os.path.lexists(path) else {}
    except (StudioError, *NOT_UNDERSTOOD):  # nobody can tell what it says
        return
    values |= {
        "dataset": dataset_folder.name,
        "dataset_title": title,
        "dataset_folder": str(dataset_folder.absolute()),
    }
    text = json.dumps(values, indent=2, ensure_ascii=False)
    with explained(f"{path} cannot be written"):
        write_atomically(path, text.encode("utf-8", "backslashreplace"))


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\")
