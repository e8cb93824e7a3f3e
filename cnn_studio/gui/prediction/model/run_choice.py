"""Which run classifies: the one that a person picked, else the one that they would pick."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cnn_studio.models.runs import Run, accuracy_or_less


class UsedModel(NamedTuple):
    """Which model: a run that learns on has another one at its end.

    Attributes:
        folder: The run's folder.
        created: When its training ended.
    """

    folder: Path
    created: datetime | None = None


class RunChoice:
    """The runs that can be chosen and the one that is."""

    def __init__(self) -> None:
        self._runs: tuple[Run, ...] = ()
        self._opened: tuple[Run, ...] = ()
        self._dataset: str | None = None
        self._picked: Path | None = None
        self._held: Path | None = None

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs with a model, newest first."""
        return self._runs

    @property
    def chosen(self) -> Run | None:
        """The picked run while it is there, else the one that is held to, else the best one."""
        all_runs = (*self._runs, *self._opened)
        for wanted in (self._picked, self._held):
            found = next((run for run in all_runs if run.folder == wanted), None)
            if found is not None:
                return found
        return suggested_run(self._runs, self._dataset)

    @property
    def used(self) -> UsedModel | None:
        """The chosen run's model as it is now; None if there is none at all."""
        run = self.chosen
        return UsedModel(run.folder, run.created) if run is not None else None

    def set_runs(self, runs: Sequence[Run]) -> None:
        """Take in the runs as they are on disk now, newest first."""
        self._runs = tuple(run for run in runs if run.is_usable)

    def set_opened(self, runs: Sequence[Run]) -> None:
        """Take in what files of other people were opened as; they are never suggested."""
        self._opened = tuple(runs)

    def set_dataset(self, name: str | None) -> None:
        """Work with another dataset; what was picked for the one before is forgotten."""
        if name != self._dataset:
            self._dataset = name
            self._picked = self._held = None

    def pick(self, folder: Path) -> None:
        """Hold on to one run, whatever better ones come."""
        self._picked = folder

    def hold(self) -> None:
        """Stay with the chosen run while somebody looks at it, whatever better ones come."""
        run = self.chosen
        self._held = run.folder if run is not None else None

    def release(self) -> None:
        """Nobody looks: the best one may take its place, unless a person has picked one."""
        self._held = None


def suggested_run(runs: Sequence[Run], dataset: str | None) -> Run | None:
    """The run with the best validation accuracy of a dataset; the newest of all if it has none.

    One that was stopped before its first epoch ended is only taken if a person picks it.

    Args:
        runs: The runs with a model, newest first.
        dataset: The name of the dataset.
    """
    learned = [run for run in runs if run.has_learned]
    of_dataset = [run for run in learned if run.dataset == dataset]
    return max(of_dataset, key=accuracy_or_less, default=learned[0] if learned else None)
