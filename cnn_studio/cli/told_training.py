"""A training as the command line tells it: in words with a bar, or as JSON lines."""

from __future__ import annotations

import shlex
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_studio.cli.evaluation import say_weak
from cnn_studio.cli.interrupts import STOPPED, say_when_ended
from cnn_studio.cli.output import Bar, Output, json_line, percent

if TYPE_CHECKING:
    from cnn_studio.training.events import EpochDone, Event, Finished, Started

_MUCH_WAITING = 0.05


class Teller:
    """Puts the events of a training into words, or into JSON lines."""

    def __init__(self, output: Output, bar: Bar, stop: threading.Event, runs_folder: Path) -> None:
        self._runs_folder = runs_folder
        self._output = output
        self._bar = bar
        self._stop = stop
        self._started: Started | None = None
        self._finished: Finished | None = None
        self._lost_reader: BrokenPipeError | None = None

    def tell(self, event: Event) -> None:
        """Tell one event; if nobody reads any more, the training is stopped in order."""
        if self._lost_reader is not None:
            return
        self._say_way_on(event)
        try:
            self._output.line(event.to_dict())
        except BrokenPipeError as error:
            self._lost_reader = error
            self._stop.set()
            return
        self._put_into_words(event)

    def conclude(self) -> None:
        """Say how the training came out.

        Raises:
            BrokenPipeError: Whoever read the events has gone meanwhile.
        """
        from cnn_studio.models.runs import open_run
        from cnn_studio.models.weak_classes import weak_classes

        if self._lost_reader is not None:
            raise self._lost_reader
        end = self._finished
        if end is None:
            return
        figures = (
            ("training", end.accuracy),
            ("validation", end.val_accuracy),
            ("test", end.test_accuracy),
        )
        told = ", ".join(f"{percent(share)} {name}" for name, share in figures if share is not None)
        is_stopped = end.status == "stopped" and bool(end.run)
        bundle = open_run(Path(end.run)).bundle if end.run else None
        has_learned = bundle is not None and not bundle.stopped_in_first_epoch
        kept = ": the best model so far is kept" if is_stopped and has_learned else ""
        self._output.say(f"The training {end.status} after {end.seconds:.0f} s{kept}.")
        if not end.run:  # a worker that is not the chief
            return
        self._output.say(f"Accuracy: {told or 'not measured'}.")
        if bundle is not None and bundle.basis:
            self._output.say(bundle.basis)
        if bundle is not None and bundle.validation is not None:
            say_weak(weak_classes(bundle.validation), self._output)
        self._output.say(f"The run is in {end.run}.")
        model = self._named(end.run)
        if has_learned:
            self._output.say(f"Try it: cnn-studio predict {shlex.quote(model)} PHOTO...")
        if is_stopped:
            self._output.say(_way_on(model))

    def _named(self, run: str) -> str:
        folder = Path(run)
        return folder.name if folder.parent == self._runs_folder else run

    def _say_way_on(self, event: Event) -> None:
        """From the first epoch on, which is saved, a signal that ends this loses no more."""
        from cnn_studio.training.events import EpochDone, Failed, Finished

        if isinstance(event, EpochDone) and self._started is not None:
            way_on = _way_on(self._named(self._started.run))
            failed = Failed(f"{STOPPED} {way_on}").to_dict()
            say_when_ended(way_on, json_line(failed) if self._output.is_json else "")
        elif isinstance(event, Finished):
            say_when_ended("", "")

    def _put_into_words(self, event: Event) -> None:
        from cnn_studio.training import events

        match event:
            case events.Preparing():
                comparing = "Looking for near duplicates"
                self._bar.describe(comparing if event.comparing else "Reading images")
                self._bar(event.done, event.total)
            case events.Started():
                self._started = event
                self._say_started(event)
            case events.Batches():
                done = (event.epoch - 1) * event.steps_per_epoch + event.step
                rate = f"{event.images_per_second:,.0f} images/s"
                ending = done == self._epochs * event.steps_per_epoch or self._stop.is_set()
                self._bar.describe(
                    "Measuring and saving"
                    if ending
                    else f"Epoch {event.epoch} of {self._epochs}, {rate}"
                )
                self._bar(done, self._epochs * event.steps_per_epoch)
            case events.FinalStep():
                self._bar.describe(f"Learning from all {event.images:,} images")
                self._bar(event.step, event.steps)
            case events.Measuring():
                self._bar.describe("Measuring and saving")
            case events.EpochDone():
                self._say_epoch(event)
            case events.Message():
                self._bar.say(event.text)
            case events.Finished():
                self._finished = event

    @property
    def _epochs(self) -> int:
        return self._started.epochs if self._started else 0

    def _say_started(self, event: Started) -> None:
        tested = f" and {event.test_count:,} to test on" if event.test_count else ""
        measured = f"{event.validation_count:,} held back"
        if event.folds:
            measured = f"each measured in one of {event.folds} parts"
        self._bar.say(
            f"{event.train_count:,} images to learn from, {measured}{tested}; "
            f"{event.weights:,} weights, {event.batch_size} images a step."
        )
        if event.epochs_before or event.steps_before:
            self._bar.say(
                f"It goes on after epoch {event.epochs_before}"
                + (f" and {event.steps_before} steps." if event.steps_before else ".")
            )
        for note in event.notes:
            self._bar.say(note)

    def _say_epoch(self, event: EpochDone) -> None:
        validated = ""
        if event.val_accuracy is not None and event.val_loss is not None:
            validated = f"   validation {percent(event.val_accuracy)}, loss {event.val_loss:.3f}"
        best = "   best so far" if event.best else ""
        if event.data_wait > _MUCH_WAITING:
            best += f"   {percent(event.data_wait)} of the time spent waiting for images"
        self._bar.say(
            f"Epoch {event.epoch:>{len(str(self._epochs))}}   training {percent(event.accuracy)}, "
            f"loss {event.loss:.3f}{validated}   {event.images_per_second:,.0f} images/s{best}"
        )


def _way_on(model: str) -> str:
    return f"Go on with it: cnn-studio resume {shlex.quote(model)}"
