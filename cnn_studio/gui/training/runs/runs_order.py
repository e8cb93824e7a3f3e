"""Which runs are listed, and in which order: no screen, no disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import Run


class Column(IntEnum):
    """What stands in each column of the table."""

    STAR = 0
    NAME = 1
    TIME = 2
    DATASET = 3
    NETWORK = 4
    STATUS = 5
    EPOCHS = 6
    TRAINING = 7
    VALIDATION = 8
    TEST = 9


@dataclass(frozen=True)
class RunFilter:
    """What a run must have to be listed.

    Attributes:
        text: Words that stand in its title, note, dataset or folder's name, in any order.
        dataset: The name of its dataset; "" for any.
        starred: Whether it must have a star.
        network: Its network; None for either.
    """

    text: str = ""
    dataset: str = ""
    starred: bool = False
    network: NetworkKind | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every run is listed."""
        return not (self.text.split() or self.dataset or self.starred or self.network)

    def takes(self, run: Run) -> bool:
        """Whether a run is listed."""
        if self.starred and not run.notes.starred:
            return False
        if self.dataset and run.dataset != self.dataset:
            return False
        if self.network and run.network is not self.network:
            return False
        said = f"{run.notes.title}\n{run.notes.note}\n{dataset_title(run)}\n{run.name}".casefold()
        return all(word in said for word in self.text.casefold().split())


def dataset_title(run: Run) -> str:
    """What the dataset of a run is called; "" if that cannot be told."""
    return run.bundle.dataset_title if run.bundle else run.dataset


def datasets_of(runs: Iterable[Run]) -> dict[str, str]:
    """The datasets that runs were trained on: what each is called, by its name, in that order."""
    titles = {run.dataset: dataset_title(run) for run in runs if run.dataset}
    return dict(sorted(titles.items(), key=lambda entry: entry[1].casefold()))


def arranged(
    runs: Iterable[Run], wanted: RunFilter, column: Column, *, descending: bool
) -> list[Run]:
    """The runs to list.

    Args:
        runs: All runs.
        wanted: Which of them.
        column: What they are ordered by; equal ones stand newest first.
        descending: Whether the highest comes first.

    Returns:
        The runs in order; those that have nothing in the column come last either way.
    """
    listed = sorted(
        filter(wanted.takes, runs), key=lambda run: (run.created, run.name), reverse=True
    )
    known = [run for run in listed if _value(run, column) is not None]
    unknown = [run for run in listed if _value(run, column) is None]
    known.sort(key=lambda run: _value(run, column), reverse=descending)
    return known + unknown


def _value(run: Run, column: Column) -> Any:
    """What a run is ordered by; None where it has nothing there."""
    if column is Column.STAR:
        return run.notes.starred
    if column is Column.NAME:
        return run.notes.title.casefold() or None
    if column is Column.TIME:
        return run.created
    if column is Column.DATASET:
        return dataset_title(run).casefold() or None
    if column is Column.NETWORK:
        return run.network.label if run.network else None
    if column is Column.STATUS:
        return str(run.status)
    if run.bundle is None:
        return None
    if column is Column.EPOCHS:
        return run.bundle.epochs_done
    if column is Column.TRAINING:
        return run.bundle.train_accuracy
    if column is Column.VALIDATION:
        return run.bundle.val_accuracy
    return run.bundle.test_accuracy
