"""How fast a training goes and how long it will take, told at most ten times a second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from cnn_studio.training.events import Batches, Preparing

INTERVAL_S = 0.1
_SMOOTHED_OVER_S = 3.0


class Progress:
    """Collects the steps of a training and tells them in `Batches` events.

    Within an epoch there are at most ten events a second; the end of an epoch tells the rest. No
    step is left out.

    Args:
        epochs: How many epochs there will be.
        steps_per_epoch: How many steps each has.
        emit: Where the events go.
        clock: Seconds that only ever grow.
        steps_after: Steps that follow the last epoch.
    """

    def __init__(
        self,
        epochs: int,
        steps_per_epoch: int,
        emit: Callable[[Batches], None],
        clock: Callable[[], float] = time.monotonic,
        steps_after: int = 0,
    ) -> None:
        self._epochs = epochs
        self._steps_per_epoch = steps_per_epoch
        self._emit = emit
        self._steps_after = steps_after
        self._clock = clock
        self._losses: list[float] = []
        self._accuracies: list[float] = []
        self._epoch = 0
        self._step = 0
        self._told_s = -math.inf
        self._stepped_s = 0.0
        self._seconds_an_image: float | None = None
        self._seconds_a_step = 0.0
        self._seconds_between_epochs = 0.0
        self._ended_s: float | None = None
        self._has_stepped = False

    def begin_epoch(self, epoch: int, steps_taken: int = 0) -> None:
        """An epoch begins (1 for the first), or goes on after so many of its steps."""
        now = self._clock()
        if self._ended_s is not None:
            self._seconds_between_epochs = now - self._ended_s
        self._epoch, self._step, self._stepped_s = epoch, steps_taken, now

    def skip_time(self) -> None:
        """The training stood still until now, which is no measure of its speed."""
        self._stepped_s = self._clock()

    def add_step(self, loss: float, accuracy: float, images: int) -> None:
        """A step was taken with so many images."""
        now = self._clock()
        self._step += 1
        self._losses.append(loss)
        self._accuracies.append(accuracy)
        if self._has_stepped:  # the first builds the graph, and is no measure of what follows
            self._measure(now - self._stepped_s, images)
        self._has_stepped = True
        self._stepped_s = now
        if now - self._told_s >= INTERVAL_S:
            self._tell(now)

    def end_epoch(self) -> None:
        """The epoch's last step was taken; what is still to be told is told."""
        self._ended_s = self._clock()
        if self._losses:
            self._tell(self._ended_s)

    def _measure(self, seconds: float, images: int) -> None:
        if self._seconds_an_image is None:
            self._seconds_an_image, self._seconds_a_step = seconds / images, seconds
            return
        weight = 1 - math.exp(-seconds / _SMOOTHED_OVER_S)
        self._seconds_an_image += weight * (seconds / images - self._seconds_an_image)
        self._seconds_a_step += weight * (seconds - self._seconds_a_step)

    def _seconds_left(self) -> float | None:
        if self._seconds_an_image is None:
            return None
        epochs_to_come = self._epochs - self._epoch
        steps = epochs_to_come * self._steps_per_epoch + self._steps_per_epoch - self._step
        steps += self._steps_after
        return steps * self._seconds_a_step + epochs_to_come * self._seconds_between_epochs

    def _tell(self, now: float) -> None:
        per_image = self._seconds_an_image
        self._emit(
            Batches(
                epoch=self._epoch,
                first_step=self._step - len(self._losses) + 1,
                losses=tuple(self._losses),
                accuracies=tuple(self._accuracies),
                step=self._step,
                steps_per_epoch=self._steps_per_epoch,
                images_per_second=1 / per_image if per_image else 0.0,
                seconds_left=self._seconds_left(),
            )
        )
        self._losses.clear()
        self._accuracies.clear()
        self._told_s = now


class ReadingProgress:
    """Says how far the reading of images is, at most ten times a second.

    Args:
        total: How many images there are, those of all parts together.
        emit: Where the events go.
    """

    def __init__(self, total: int, emit: Callable[[Preparing], None]) -> None:
        self._total = total
        self._emit = emit
        self._before = 0
        self._said_s = 0.0

    def read(self, done: int) -> None:
        """So many images of a part are read."""
        self.say(Preparing(self._before + done, self._total))

    def end_part(self, count: int) -> None:
        """A part of so many images is read."""
        self._before += count
        self._said_s = 0.0

    def compared(self, done: int, total: int) -> None:
        """So many steps of the search for near duplicates are taken."""
        self.say(Preparing(done, total, comparing=True))

    def say(self, event: Preparing) -> None:
        """Emit an event, unless another one was just now; the last one always is."""
        now = time.monotonic()
        if now - self._said_s >= INTERVAL_S or event.done == event.total:
            self._said_s = now
            self._emit(event)
