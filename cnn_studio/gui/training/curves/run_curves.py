"""The curves of runs on disk, read beside the window and kept as long as they do not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from cnn_studio.gui.training.curves.curves import Curve, Curves, curves_of_history
from cnn_studio.models.batch_history import read_batches
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import HISTORY_FILE, EpochRecord, Run, read_history

_KEPT = 2000
_Stamp = tuple[int, int]


class RunCurves:
    """Reads histories; used by one job at a time or several, which may read the same run twice."""

    def __init__(self) -> None:
        self._histories: OrderedDict[Path, tuple[_Stamp, tuple[EpochRecord, ...], Curves]] = (
            OrderedDict()
        )

    def of_one(self, run: Run) -> tuple[tuple[EpochRecord, ...], Curves]:
        """The epochs of a run, and its curves with those of its batches."""
        records, batches = read_history(run), read_batches(run)
        lines = (Curve(batches.x, batches.losses), Curve(batches.x, batches.accuracies))
        steps = batches.steps_per_epoch or steps_per_epoch(run)
        return records, curves_of_history(records, lines, steps)

    def of_several(self, runs: Sequence[Run]) -> list[tuple[tuple[EpochRecord, ...], Curves]]:
        """The same of several runs, without their batches."""
        return [self._kept(run) for run in runs]

    def _kept(self, run: Run) -> tuple[tuple[EpochRecord, ...], Curves]:
        stamp = _stamp(run.folder / HISTORY_FILE)
        known = self._histories.get(run.folder)
        if known is not None and known[0] == stamp:
            return known[1], known[2]
        records = read_history(run)
        curves = curves_of_history(records, steps_per_epoch=steps_per_epoch(run))
        self._histories[run.folder] = (stamp, records, curves)
        while len(self._histories) > _KEPT:
            self._histories.popitem(last=False)
        return records, curves


def steps_per_epoch(run: Run) -> int:
    """How many steps an epoch of a run had; 0 where that cannot be told."""
    if run.network is NetworkKind.PRETRAINED:
        return 1
    size = run.recipe.get("batch_size")
    count = run.bundle.train.count if run.bundle is not None and run.bundle.train else 0
    if not isinstance(size, int) or size <= 0 or not count:
        return 0
    return -(-count // size)


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
