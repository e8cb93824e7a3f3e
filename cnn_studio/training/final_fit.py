"""The final fit: once a network is measured, it learns from all images before it is handed over.

What is held back to measure on is never learned from otherwise, and with two recordings a class
that is half of all. A few epochs more, from the best weights and at a low rate, change little of
what was measured; docs/decisions/0020-final-fit.md says what they bring.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cnn_studio.models.tensorflow import keras
from cnn_studio.training.course import Course
from cnn_studio.training.events import Batches, Event, FinalStep, Message
from cnn_studio.training.pipeline import BatchSource, as_tensors
from cnn_studio.training.progress import Progress
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.steps import Steps, build_steps
from cnn_studio.training.team import Team
from cnn_studio.training.training_data import TrainingData
from cnn_studio.training.wishes import Wishes
from cnn_studio.vision.preparation import InputSpec

_RATE_SHARE = 0.3  # of the recipe's learning rate; it falls to 0


class FinalFit:
    """What a measured network still learns.

    Args:
        network: The network, with the weights that were measured.
        data: All images.
        input_spec: How they were prepared.
        recipe: How they are learned from.
        team: Who trains together.
        emit: Told every event.
        wishes: What the person wants.
    """

    def __init__(
        self,
        network: Any,
        data: TrainingData,
        input_spec: InputSpec,
        recipe: Recipe,
        team: Team,
        emit: Callable[[Event], None],
        wishes: Wishes,
    ) -> None:
        self._network = network
        self._data = data
        self._input_spec = input_spec
        self._recipe = recipe
        self._team = team
        self._emit = emit
        self._wishes = wishes

    def steps_after(self, epochs: int) -> int:
        """How many steps it takes after so many measured epochs."""
        return self._epochs_after(epochs) * -(-len(self._data.images) // self._recipe.batch_size)

    def run(self, course: Course) -> int:
        """Learn from all images.

        After a stop the network has the weights again that were measured.

        Args:
            course: The training so far.

        Returns:
            For how many epochs it has learned from all images; 0 for none, and after a stop.
        """
        epochs, count = self._epochs_after(course.epochs_done), len(self._data.images)
        if epochs == 0 or self._wishes.stop.is_set():
            return 0
        held_back = len(self._data.split.validation)
        self._emit(
            Message(
                f"Measured on {held_back:,} images held back; now it learns from all {count:,}, "
                f"for {epochs} epoch{'' if epochs == 1 else 's'}."
            )
        )
        measured = self._network.get_weights()
        if self._learn(epochs, course):
            return epochs
        self._network.set_weights(measured)
        self._emit(Message("Stopped. The model that was measured is kept."))
        return 0

    def _epochs_after(self, epochs: int) -> int:
        # With several workers only the chief knows the best weights.
        if self._team.workers > 1 or len(self._data.split.validation) == 0:
            return 0
        return self._recipe.final_epochs(epochs)

    def _learn(self, epochs: int, course: Course) -> bool:
        """Take all steps; False if it was stopped before."""
        recipe, split, count = self._recipe, self._data.split, len(self._data.images)
        # A run that is taken up again has its images in this order.
        everything = np.concatenate([split.train, split.validation])
        batches = BatchSource(
            *as_tensors(self._data.images), everything, recipe.batch_size, recipe.seed
        )
        steps = self._steps(epochs * batches.steps)

        def tell(told: Batches) -> None:
            step = (told.epoch - 1) * told.steps_per_epoch + told.step
            in_all = epochs * told.steps_per_epoch
            self._emit(FinalStep(step, in_all, count, told.seconds_left))

        progress = Progress(epochs, batches.steps, tell)
        for epoch in range(1, epochs + 1):
            batches.shuffle(epoch)
            progress.begin_epoch(epoch)
            for step, (pixels, labels) in enumerate(batches.remaining(0)):
                if self._wishes.is_to_pause:
                    course.pause()
                    progress.skip_time()
                if self._wishes.stop.is_set():
                    return False
                loss, accuracy = (float(value) for value in steps.train(pixels, labels))
                progress.add_step(loss, accuracy, batches.images_in(step))
            progress.end_epoch()
        return True

    def _steps(self, count: int) -> Steps:
        """Steps of their own, for this learns at another rate; the same after a resume."""
        keras.utils.set_random_seed(self._recipe.seed)
        rate = keras.optimizers.schedules.CosineDecay(
            _RATE_SHARE * self._recipe.learning_rate, count
        )
        labels = self._data.images.labels
        return build_steps(self._network, self._input_spec, self._recipe, labels, rate, self._team)
