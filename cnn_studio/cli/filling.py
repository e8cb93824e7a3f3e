"""What the commands share that bring images into a dataset: which one, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_studio.cli.output import Output
from cnn_studio.errors import DatasetError, StudioError
from cnn_studio.paths import Workspace, is_path

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset

_REASONS_SHOWN, _FILES_SHOWN = 12, 3
Skipped = Sequence[tuple[Path, str]]


@contextmanager
def dataset_to_fill(place: Workspace, name: str, output: Output) -> Iterator[Dataset]:
    """The dataset that images go to: the one of this name or folder, else a new one of this name.

    A new one is announced once images are in it, and is gone again where none came.

    Raises:
        DatasetError: There is no such folder, or no dataset can be called so.
    """
    from cnn_studio.data.catalog import create_dataset, discard_if_empty, find_dataset

    try:
        dataset, is_new = find_dataset(place, name, to_change=True), False
    except DatasetError:
        if is_path(name):
            raise
        dataset, is_new = create_dataset(place, name), True
    try:
        yield dataset
    finally:
        if is_new and not discard_if_empty(dataset):
            output.say(f"There was no dataset {name}: a new one was made in {dataset.folder}.")


def say_left_out(output: Output, skipped: Skipped) -> None:
    """Say on stderr what was left out, by the reason, with a few of the files for each.

    What is there already is nothing to be warned of; see `say_present`.
    """
    from cnn_studio.data.left_out import by_reason, without_present

    reasons = list(by_reason(without_present(skipped)[0]).items())
    for reason, paths in reasons[:_REASONS_SHOWN]:
        names = ", ".join(map(str, paths[:_FILES_SHOWN]))
        more = len(paths) - _FILES_SHOWN
        output.warn(f"{reason}: {names}{f' and {more:,} more' if more > 0 else ''}.")
    rest = sum(len(paths) for _reason, paths in reasons[_REASONS_SHOWN:])
    if rest:
        output.warn(f"{rest:,} more files were left out; --json lists all.")


def say_present(output: Output, imported: int, skipped: Skipped) -> None:
    """Say how many images are there already, if any, as one of the things that came of it."""
    from cnn_studio.data.left_out import without_present

    others, present = without_present(skipped)
    if not present:
        return
    if imported or others:
        output.say(f"{present:,} {'is' if present == 1 else 'are'} already here.")
    else:
        output.say("It is already here." if present == 1 else f"All {present:,} are already here.")


def conclude(imported: int, skipped: Skipped, sources: Sequence[Path], stopped: bool) -> None:
    """End the command; one that brought in nothing has not done what it was for.

    One whose images are all there already has.

    Raises:
        StudioError: It was stopped.
        DatasetError: Nothing came in.
    """
    from cnn_studio.data.left_out import without_present

    others, present = without_present(skipped)
    if stopped:
        raise StudioError(f"Stopped; {imported:,} images were brought in.")
    if imported or (present and not others):
        return
    if not skipped:
        raise DatasetError(f"There is no image in {', '.join(map(str, sources))}.")
    if present:
        files = "1 file was" if len(others) == 1 else f"{len(others):,} files were"
        raise DatasetError(f"Nothing new came in: {files} left out, {present:,} already here.")
    files = "the 1 file was" if len(skipped) == 1 else f"all {len(skipped):,} files were"
    raise DatasetError(f"Nothing new came in: {files} left out.")
