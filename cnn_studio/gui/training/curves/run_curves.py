"""The curves of runs on disk, read beside the window and kept as long as they do not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

from cnn_studio.gui.training import wording
from cnn_studio.gui.training.curves import curve_wording
from cnn_studio.gui.training.curves.curve_wording import Highest
from cnn_studio.gui.training.curves.curves import (
    Curve,
    Curves,
    NamedCurves,
    Overlay,
    curves_of_history,
)
from cnn_studio.gui.training.curves.run_colours import run_colour
from cnn_studio.gui.training.runs.runs_order import dataset_title
from cnn_studio.models.batch_history import BATCHES_FILE, MOST_STEPS, read_batches, read_steps
from cnn_studio.models.bundle import BUNDLE_FILE
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import HISTORY_FILE, EpochRecord, Run, read_history

_KEPT = 2000
_Stamp = tuple[int, int]
_State = tuple[_Stamp, _Stamp, _Stamp, int]


class RunCurves:
    """Reads histories; used by one job at a time or several, which may read the same run twice."""

    def __init__(self) -> None:
        # Without their records: so many objects would hold up every search for lost ones.
        self._kept: OrderedDict[Path, tuple[_State, Curves, Highest | None]] = OrderedDict()

    def of_one(self, run: Run) -> tuple[tuple[EpochRecord, ...], Curves]:
        """The epochs of a run, and its curves with those of its batches."""
        records, batches = read_history(run), read_batches(run)
        lines = (Curve(batches.x, batches.losses), Curve(batches.x, batches.accuracies))
        steps = batches.steps_per_epoch or steps_per_epoch(run)
        return records, curves_of_history(records, lines, steps)

    def of_several(self, runs: Sequence[Run]) -> list[tuple[Curves, Highest | None]]:
        """The curves of several runs, without their batches, and the best epoch of each."""
        return [self._of(run) for run in runs]

    def _of(self, run: Run) -> tuple[Curves, Highest | None]:
        steps = steps_per_epoch(run)
        files = (HISTORY_FILE, BUNDLE_FILE, BATCHES_FILE)
        history, contract, batches = (_stamp(run.folder / name) for name in files)
        stamp = (history, contract, batches, steps)
        known = self._kept.get(run.folder)
        if known is not None and known[0] == stamp:
            return known[1], known[2]
        records = read_history(run)
        curves = curves_of_history(records, steps_per_epoch=read_steps(run) or steps)
        best = curve_wording.highest(records)
        self._kept[run.folder] = (stamp, curves, best)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return curves, best


def several(
    reader: RunCurves, runs: Sequence[Run], places: Mapping[Path, int], left_out: int
) -> tuple[Overlay, str, str]:
    """The curves of several runs over each other, their title, and what is said of them.

    Args:
        reader: Reads them.
        runs: Which runs.
        places: The place that each has among the colours.
        left_out: How many more were selected.
    """
    found = reader.of_several(runs)
    titles = {dataset_title(run) for run in runs}
    in_all_names = f"{titles.pop()} " if len(titles) == 1 else ""  # the title says it already
    named = []
    for run, (curves, _best) in zip(runs, found, strict=True):
        name, place = wording.run_name(run), places[run.folder]
        short = name.removeprefix(in_all_names)
        named.append(NamedCurves(name, run_colour(place), place, curves, str(run.folder), short))
    best = [(run, of_run) for run, (_curves, of_run) in zip(runs, found, strict=True)]
    return (
        Overlay(tuple(named)),
        curve_wording.heading(runs),
        curve_wording.several(best, left_out),
    )


def steps_per_epoch(run: Run) -> int:
    """How many steps an epoch of a run had; 0 where that is not known."""
    if run.network is NetworkKind.PRETRAINED:
        return 1
    size = run.recipe.get("batch_size")
    count = run.bundle.train.count if run.bundle is not None and run.bundle.train else 0
    if not isinstance(size, int) or size <= 0 or not count:
        return 0
    steps = -(-count // size)
    return steps if steps <= MOST_STEPS else 0


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
