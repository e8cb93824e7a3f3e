"""What single batches of a training were like, kept beside its epochs for the plots."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.runs import MAX_EPOCHS, Run
from cnn_studio.untrusted_files import open_regular

BATCHES_FILE = "batches.csv"
COLUMNS = ("epoch", "step", "steps_per_epoch", "loss", "accuracy")
MOST_STEPS = 10**9
"""An epoch that is said to have more is not believed."""

_MOST_BYTES = 16 << 20
_LAST_ROWS_BYTES = 2048

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

    Rows of a training that was taken up at an earlier moment stand instead of those after it; a
    damaged row is passed over.
    """
    rows: list[tuple[float, float, float, int]] = []
    for line in _lines(run, _MOST_BYTES):
        row = _row(line)
        if row is None:
            continue
        while rows and rows[-1][0] >= row[0]:
            rows.pop()
        rows.append(row)
    if not rows:
        return BatchHistory()
    x, losses, accuracies = np.array([row[:3] for row in rows], np.float64).T.copy()
    return BatchHistory(x, losses, accuracies, rows[-1][3])


def read_steps(run: Run) -> int:
    """How many batches an epoch of a run has, read from its last rows only; 0 if not known."""
    rows = map(_row, reversed(_lines(run, _LAST_ROWS_BYTES)))
    return next((row[3] for row in rows if row is not None), 0)


def _lines(run: Run, most_bytes: int) -> list[str]:
    """The last lines of the file, as many as are whole in so many bytes; none if it is too long."""
    path = run.folder / BATCHES_FILE
    try:
        with open_regular(path) as stream:
            size = stream.seek(0, os.SEEK_END)
            if size > _MOST_BYTES:
                return []
            stream.seek(max(0, size - most_bytes))
            lines = stream.read(most_bytes).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines if size <= most_bytes else lines[1:]


def _row(line: str) -> tuple[float, float, float, int] | None:
    """Where a batch ended, its loss, its accuracy and the steps of its epoch; None if damaged."""
    cells = line.split(",")
    try:
        epoch, step, steps = map(int, cells[:3])
        loss, accuracy = map(float, cells[3:])
    except ValueError:  # the header, or a row that a kill cut short
        return None
    is_within = 1 <= epoch <= MAX_EPOCHS and 1 <= step <= steps <= MOST_STEPS
    if not (is_within and math.isfinite(loss) and math.isfinite(accuracy)):
        return None
    return epoch - 1 + step / steps, loss, accuracy, steps
