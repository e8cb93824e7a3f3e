"""How fast this machine is, so that what was measured of one recipe tells of the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnn_studio.training.estimates import DatasetFacts, StepTimes, estimates, input_of
from cnn_studio.training.networks import StepWork, network_of
from cnn_studio.training.recipe import Recipe

_MOST_FACTOR = 5.0  # beyond it the machine had something else to do, or slept
_NOTHING = StepTimes(0.0, 0.0)


@dataclass(frozen=True)
class Speed:
    """Seconds that a unit of a network's work takes, see `StudioNetwork.step_work`.

    Attributes:
        learning: To learn.
        asking: To answer.
        around: How many times as long as usual a training takes for all else.
        of_a_run: Whether a whole training has borne it out.

    Raises:
        ValueError: A number is not above 0.
    """

    learning: float
    asking: float
    around: float = 1.0
    of_a_run: bool = False

    def __post_init__(self) -> None:
        numbers = (self.learning, self.asking, self.around)
        if not all(0 < number < float("inf") for number in numbers):
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
        steps_s, around_s = self._parts(recipe, facts)
        return steps_s + self.around * around_s

    def borne_out(self, recipe: Recipe, facts: DatasetFacts, taken_s: float) -> Speed:
        """The speed by which a training would have been reckoned as long as it took.

        What took most of its time is put right: the steps, or all that is around them. It stays as
        it is where the training took so much longer or shorter that something else was the reason.

        Args:
            recipe: The training's, which it has gone through.
            facts: What it learned from.
            taken_s: How long it took.

        Raises:
            UsageError: The network takes no images of this size.
        """
        steps_s, usual_s = self._parts(recipe, facts)
        around_s = self.around * usual_s
        if steps_s >= around_s:
            factor = (taken_s - around_s) / steps_s
            if not 1 / _MOST_FACTOR <= factor <= _MOST_FACTOR:
                return self
            learning, asking = self.learning * factor, self.asking * factor
            return replace(self, learning=learning, asking=asking, of_a_run=True)
        around = (taken_s - steps_s) / usual_s
        if 1 / _MOST_FACTOR <= around <= _MOST_FACTOR:
            return replace(self, around=around)
        return self

    def _parts(self, recipe: Recipe, facts: DatasetFacts) -> tuple[float, float]:
        """How long the steps take, and as a rule all else."""
        work = _work(recipe, facts)
        times = StepTimes(self.learning * work.learning, self.asking * work.asking)
        around_s = estimates(recipe, facts, _NOTHING).seconds or 0.0
        return (estimates(recipe, facts, times).seconds or 0.0) - around_s, around_s


def _work(recipe: Recipe, facts: DatasetFacts) -> StepWork:
    spec = input_of(recipe, facts)
    return network_of(recipe.network).step_work(spec, facts.num_classes, recipe.batch_size)
