"""What a person has chosen for the plots, and how it is kept in the settings."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from PySide6.QtCore import QSettings

MOST_SMOOTHING = 0.99
_GROUP = "training/curves"


class XAxis(StrEnum):
    """What the lines are drawn over."""

    EPOCH = "epoch"
    STEP = "step"
    TIME = "time"


class Line(StrEnum):
    """What a line shows of a run."""

    TRAINING = "training"
    VALIDATION = "validation"
    BATCHES = "batches"
    BEST = "best"


@dataclass(frozen=True)
class PlotChoices:
    """How curves are shown.

    Attributes:
        smoothing: Weight of what was before in the moving average, 0 (as it is) to 0.99.
        is_log: Whether the losses stand on a logarithmic scale.
        x: What the lines are drawn over.
        hidden: The lines of a single run that are not shown.
        hidden_of_several: The same of several runs over each other.
        hidden_runs: The keys of runs that are not shown; not kept in the settings.
    """

    smoothing: float = 0.0
    is_log: bool = False
    x: XAxis = XAxis.EPOCH
    hidden: frozenset[Line] = frozenset()
    hidden_of_several: frozenset[Line] = frozenset({Line.TRAINING})
    hidden_runs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: QSettings) -> Self:
        """What was kept; a value that is not understood is as if there were none."""

        def text(name: str, default: str) -> str:
            return str(settings.value(f"{_GROUP}/{name}", default))

        plain = cls()
        try:
            smoothing = float(text("smoothing", "0"))
        except ValueError:
            smoothing = 0.0
        if not math.isfinite(smoothing):
            smoothing = 0.0
        x = text("x", XAxis.EPOCH)
        return cls(
            min(MOST_SMOOTHING, max(0.0, smoothing)),
            text("log", "0") == "1",
            XAxis(x) if x in list(XAxis) else XAxis.EPOCH,
            _lines(text("hidden", _words(plain.hidden))),
            _lines(text("hiddenOfSeveral", _words(plain.hidden_of_several))),
        )

    def keep(self, settings: QSettings) -> None:
        """Write them down."""
        settings.setValue(f"{_GROUP}/smoothing", f"{self.smoothing:.2f}")
        settings.setValue(f"{_GROUP}/log", "1" if self.is_log else "0")
        settings.setValue(f"{_GROUP}/x", str(self.x))
        settings.setValue(f"{_GROUP}/hidden", _words(self.hidden))
        settings.setValue(f"{_GROUP}/hiddenOfSeveral", _words(self.hidden_of_several))

    def with_line(self, line: Line, is_shown: bool, *, of_several: bool) -> Self:
        """The same with a line shown or hidden."""
        if of_several:
            return replace(self, hidden_of_several=_toggled(self.hidden_of_several, line, is_shown))
        return replace(self, hidden=_toggled(self.hidden, line, is_shown))

    def with_runs(self, keys: Iterable[str], is_shown: bool) -> Self:
        """The same with runs shown or hidden."""
        keys = frozenset(keys)
        hidden = self.hidden_runs - keys if is_shown else self.hidden_runs | keys
        return replace(self, hidden_runs=hidden)


def _toggled(hidden: frozenset[Line], line: Line, is_shown: bool) -> frozenset[Line]:
    return hidden - {line} if is_shown else hidden | {line}


def _words(lines: frozenset[Line]) -> str:
    return " ".join(sorted(lines)) or "none"


def _lines(words: str) -> frozenset[Line]:
    return frozenset(line for line in Line if line in words.split())
