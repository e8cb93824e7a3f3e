"""How the learning rate goes, step by step, also where epochs were added to a run later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """Epochs that were asked for at one time; the schedule begins again with each stretch.

    Attributes:
        start: How many epochs come before it.
        epochs: How many it has.
    """

    start: int
    epochs: int

    @property
    def end(self) -> int:
        """Its last epoch."""
        return self.start + self.epochs


def extended(
    stretches: Sequence[Stretch], epochs_done: int | None, more: int
) -> tuple[Stretch, ...]:
    """Add epochs.

    Args:
        stretches: What was asked for so far.
        epochs_done: Where a run that is finished ended, perhaps early; None if it is not finished.
        more: How many epochs are added; 0 adds none.
    """
    if more == 0:
        return tuple(stretches)
    start = stretches[-1].end if epochs_done is None else epochs_done
    return (*stretches, Stretch(start, more))
