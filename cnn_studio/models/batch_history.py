"""What single batches of a training were like, kept beside its epochs for the plots."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError
from cnn_studio.models.runs import Run
from cnn_studio.untrusted_files import read_bytes

BATCHES_FILE = "batches.csv"
COLUMNS = ("epoch", "step", "steps_per_epoch", "loss", "accuracy")
_MOST_BYTES = 16 << 20

Column = NDArray[np.float64]


def _nothing() -> Column:
    return np.empty(0, np.float64)


@dataclass(frozen=True, eq=False)
class BatchHistory:
    """Some of the batches of a training, as many of each epoch.

    Attributes:
        x: Where each ended, in epochs, (n,), float64, ascending.
        losses, accuracies: Of each batch with dropout, (n,), float64.
        steps_per_epoch: How many batches an epoch has; 0 where that is not known.
    """

    x: Column = field(default_factory=_nothing)
    losses: Column = field(default_factory=_nothing)
    accuracies: Column = field(default_factory=_nothing)
    steps_per_epoch: int = 0

    def until(self, epochs: float) -> BatchHistory:
        """Those up to a moment, in epochs."""
        kept = self.x <= epochs + 1e-9
        return BatchHistory(
            self.x[kept], self.losses[kept], self.accuracies[kept], self.steps_per_epoch
        )


def read_batches(run: Run) -> BatchHistory:
    """What a training kept of its batches; nothing where an older version trained it.

    Rows of a training that was taken up at an earlier moment stand instead of those after it.
    """
    rows: list[tuple[float, ...]] = []
    with suppress(StudioError, csv.Error, *NOT_UNDERSTOOD):
        text = read_bytes(run.folder / BATCHES_FILE, _MOST_BYTES).decode("utf-8")
        for row in csv.reader(text.splitlines()[1:]):
            epoch, step, steps, loss, accuracy = map(float, row)
            if steps < 1 or not np.isfinite((epoch, step, steps, loss, accuracy)).all():
                continue
            x = epoch - 1 + step / steps
            while rows and rows[-1][0] >= x:
                rows.pop()
            rows.append((x, loss, accuracy, steps))
    if not rows:
        return BatchHistory()
    x, losses, accuracies, steps = np.array(rows, np.float64).T.copy()
    return BatchHistory(x, losses, accuracies, int(steps[-1]))
