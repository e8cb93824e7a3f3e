"""What is read off a stream of predictions: calm enough to read, never late for a real change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_studio.prediction.classifier import Prediction

LONGEST_HALF_LIFE_S = 1.0
USUAL_HALF_LIFE_S = 0.25

CLEAR_LEAD = 0.25
"""A class this far ahead of the answer replaces it at once: after a real change that is so within
two half-lives, and noise of a tenth on two equal classes never comes so far."""

LASTING_LEAD = 0.05
LASTING_S = 1.0
"""A smaller lead replaces the answer once it has lasted so long without a break.

The answer is named only while no class is ahead of it. Once one was, the answer is changing: none
is named until one leads all others clearly, or for long."""

UNKNOWN_LEAD = 0.5
"""Known or unknown is a yes or no with each frame, so three of four must agree."""

FAR = 0.6
FAR_FOR_S = 0.5
"""Frames whose probabilities are so far (total variation, 0..1) from the average for so long show
something else: the average begins again with them. So it does after a pause of `PAUSE_S`."""

PAUSE_S = 1.0

ROW_LEAD = 0.05
"""Below the first row, a class this far ahead of the one above it passes it at once."""

REORDER_INTERVAL_S = 0.5
"""Smaller differences change the order this often at most."""

NUMBERS_INTERVAL_S = 0.25
"""A number that changes with every frame cannot be read."""


@dataclass(frozen=True)
class Row:
    """One class of an answer.

    Attributes:
        name: The class.
        share: Its probability now, 0..1: how long the bar is.
        percent: The probability to read, 0..100; on a live picture it follows a little later.
    """

    name: str
    share: float
    percent: int


@dataclass(frozen=True)
class Answer:
    """What is shown of a picture.

    Attributes:
        rows: A row a class; the first one is the answer, or what an unknown thing is most like. Its
            bar is the longest, unless the answer is changing.
        unknown: Whether the picture is likely none of the classes.
        changing: Whether none is named: the first row and another one are too close, or are just
            changing places.
    """

    rows: tuple[Row, ...]
    unknown: bool = False
    changing: bool = False

    @property
    def longest(self) -> Row:
        """The row with the longest bar."""
        return max(self.rows, key=lambda row: row.share)

    @property
    def named(self) -> str | None:
        """The class that is named; None while it is unknown or changing."""
        return None if self.unknown or self.changing else self.rows[0].name


def answer_of(prediction: Prediction) -> Answer:
    """The answer about a single picture, the most probable class first."""
    rows = tuple(Row(name, share, _percent(share)) for name, share in prediction.ranked)
    return Answer(rows, prediction.unknown)


class SteadyAnswer:
    """Turns the predictions of a camera into answers that neither flicker nor lag.

    Probabilities are averaged, older ones counting half as much with every half-life. Who comes
    first, and whether it is unknown, changes only by a clear lead or one that lasts; meanwhile the
    answer says that it is changing. For another model make another one.

    Args:
        classes: The class names in the model's order.
        half_life_s: 0 to `LONGEST_HALF_LIFE_S`; 0 averages nothing. It can be set at any time.
    """

    def __init__(self, classes: Sequence[str], half_life_s: float = USUAL_HALF_LIFE_S) -> None:
        self.half_life_s = half_life_s
        self._classes = tuple(classes)
        self._shares: NDArray[np.float64] = np.zeros(len(self._classes))
        self._unknown_share = 0.0
        self._updated_s = self._near_s = 0.0
        self._winner = _Contest(CLEAR_LEAD)
        self._naming = _Contest(CLEAR_LEAD)
        self._unknown = _Contest(UNKNOWN_LEAD)
        self._order: list[int] = []
        self._changing = False
        self._ordered_s = 0.0
        self._percents: list[int] = []
        self._numbered_s = 0.0

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names in the model's order."""
        return self._classes

    def update(self, prediction: Prediction, now_s: float) -> Answer:
        """Take in the newest prediction.

        Args:
            prediction: What the model says.
            now_s: The time in seconds, by any clock that only goes forward.
        """
        shares = self._averaged(prediction, now_s)
        first = self._first(shares, now_s)
        changing = self._is_changing(first, shares, now_s)
        order = self._next_order(first, shares, now_s)
        is_other = order != self._order or changing != self._changing
        if is_other or now_s - self._numbered_s >= NUMBERS_INTERVAL_S:
            self._percents = [_percent(share) for share in shares]
            self._numbered_s = now_s
        self._order, self._changing = order, changing
        rows = tuple(Row(self._classes[i], shares[i], self._percents[i]) for i in order)
        return Answer(rows, self._is_unknown(now_s), changing)

    def _averaged(self, prediction: Prediction, now_s: float) -> list[float]:
        raw = prediction.probabilities.astype(np.float64)
        passed_s, self._updated_s = now_s - self._updated_s, now_s
        shares = self._shares + (raw - self._shares) * _weight(passed_s, self.half_life_s)
        # A yes or no would flicker without an average.
        step = _weight(passed_s, max(self.half_life_s, USUAL_HALF_LIFE_S))
        self._unknown_share += (prediction.unknown - self._unknown_share) * step
        if np.abs(raw - shares).sum() / 2 < FAR:
            self._near_s = now_s
        is_new = self._winner.holder is None or passed_s > PAUSE_S
        if is_new or now_s - self._near_s >= FAR_FOR_S:
            shares, self._unknown_share, self._near_s = raw, float(prediction.unknown), now_s
        self._shares = shares
        return [float(share) for share in shares]

    def _first(self, shares: list[float], now_s: float) -> int:
        best = max(range(len(shares)), key=shares.__getitem__)
        held = self._winner.holder
        lead = 1.0 if held is None else shares[best] - shares[held]
        return self._winner.decided(best, lead, now_s)

    def _is_changing(self, first: int, shares: list[float], now_s: float) -> bool:
        """Whether another class is ahead of the first one, or was and is still close to it."""
        nearest = max((share for index, share in enumerate(shares) if index != first), default=0.0)
        lead = shares[first] - nearest
        is_new = not self._order or first != self._order[0]
        at_once = lead < 0 or is_new
        return bool(self._naming.decided(lead < 0, 1.0 if at_once else lead, now_s))

    def _is_unknown(self, now_s: float) -> bool:
        is_likely = self._unknown_share > 0.5
        held = self._unknown.holder
        lead = 1.0 if held is None else abs(2 * self._unknown_share - 1)
        return bool(self._unknown.decided(is_likely, lead, now_s))

    def _next_order(self, first: int, shares: list[float], now_s: float) -> list[int]:
        if not self._order or now_s - self._ordered_s >= REORDER_INTERVAL_S:
            self._ordered_s = now_s
            # Classes that read the same stay where they are.
            before = self._order or list(range(len(shares)))
            order = sorted(before, key=lambda index: -_percent(shares[index]))
        else:
            order = _with_clear_leads(self._order, shares)
        return [first, *(index for index in order if index != first)]


class _Contest:
    """Who holds a place until somebody else leads clearly, or for long.

    Args:
        clear_lead: A lead that decides at once.

    Attributes:
        holder: Who holds the place; None before the first decision.
    """

    def __init__(self, clear_lead: float) -> None:
        self.holder: int | None = None
        self._clear_lead = clear_lead
        self._challenger: int | None = None
        self._since_s = 0.0

    def decided(self, best: int, lead: float, now_s: float) -> int:
        """Who holds the place now, if `best` is `lead` ahead of who held it."""
        if best == self.holder or lead < LASTING_LEAD:
            self._challenger = None
        elif best != self._challenger:
            self._challenger, self._since_s = best, now_s
        lasts = self._challenger is not None and now_s - self._since_s >= LASTING_S
        if self.holder is None or lead >= self._clear_lead or lasts:
            self.holder, self._challenger = best, None
        return self.holder


def _weight(passed_s: float, half_life_s: float) -> float:
    """How much a new value counts against the average of those before."""
    return 1.0 - 0.5 ** (passed_s / half_life_s) if half_life_s > 0 else 1.0


def _percent(share: float) -> int:
    return round(share * 100)


def _with_clear_leads(order: list[int], shares: list[float]) -> list[int]:
    ordered: list[int] = []
    for index in order:
        place = len(ordered)
        while place > 0 and shares[index] > shares[ordered[place - 1]] + ROW_LEAD:
            place -= 1
        ordered.insert(place, index)
    return ordered
