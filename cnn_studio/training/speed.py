"""How fast this machine is, so that what was measured of one recipe tells of the others."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_studio.training.estimates import DatasetFacts, StepTimes, estimates, input_of
from cnn_studio.training.networks import StepWork, network_of
from cnn_studio.training.recipe import Recipe

_LEAST_S = 3.0  # a shorter training, or one that was reckoned so, is mostly its beginning and end
_MOST_FACTOR = 5.0  # the machine had something else to do, or slept


@dataclass(frozen=True)
class Speed:
    """Seconds that a unit of a network's work takes, see `StudioNetwork.step_work`.

    Attributes:
        learning: To learn.
        asking: To answer.
        of_a_run: Whether a whole training has borne it out.

    Raises:
        ValueError: A number is not above 0.
    """

    learning: float
    asking: float
    of_a_run: bool = False

    def __post_init__(self) -> None:
        if not (0 < self.learning < float("inf") and 0 < self.asking < float("inf")):
            raise ValueError(f"A speed must be above 0. Received: {self}.")

    @classmethod
    def measured(cls, recipe: Recipe, facts: DatasetFacts, times: StepTimes) -> Speed:
        """What the times of a recipe's steps say of the machine.

        Raises:
            UsageError: The network takes no images of this size.
            ValueError: A time is not above 0.
        """
        work = _work(recipe, facts)
        return cls(times.learning / work.learning, times.asking / work.asking)

    def seconds(self, recipe: Recipe, facts: DatasetFacts) -> float:
        """About how long a training will take.

        Raises:
            UsageError: The network takes no images of this size.
        """
        work = _work(recipe, facts)
        times = StepTimes(self.learning * work.learning, self.asking * work.asking)
        return estimates(recipe, facts, times).seconds or 0.0

    def borne_out(self, recipe: Recipe, facts: DatasetFacts, taken_s: float) -> Speed:
        """The speed by which a training would have been reckoned as long as it took.

        What does not depend on the speed is left out of it. Itself where the training was too short
        to tell, or took so much longer or shorter that something else was the reason.

        Args:
            recipe: The training's, which it has gone through.
            facts: What it learned from.
            taken_s: How long it took.

        Raises:
            UsageError: The network takes no images of this size.
        """
        around_s = Speed(self.learning * 1e-9, self.asking * 1e-9).seconds(recipe, facts)
        said_s = self.seconds(recipe, facts) - around_s
        if min(taken_s - around_s, said_s) < _LEAST_S:
            return self
        factor = (taken_s - around_s) / said_s
        if not 1 / _MOST_FACTOR <= factor <= _MOST_FACTOR:
            return self
        return Speed(self.learning * factor, self.asking * factor, of_a_run=True)


def _work(recipe: Recipe, facts: DatasetFacts) -> StepWork:
    spec = input_of(recipe, facts)
    return network_of(recipe.network).step_work(spec, facts.num_classes, recipe.batch_size)
