"""The thread that classifies the camera. LiteRT is imported, opened and run on it alone."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame
from cnn_studio.errors import StudioError
from cnn_studio.gui.prediction.live.rate_meter import Rate, RateMeter
from cnn_studio.models.unknown import ACCEPT
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.prediction.heatmap import Heat
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import seen_rectangle

_LONGEST_WAIT_S = 0.1  # so long a request waits while the camera gives nothing
_PREPARED_INTERVAL_S = 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class SeenHeat:
    """Where a model looks in a frame.

    Attributes:
        class_name: What it finds there.
        heat: (height, width), float32, 0..1.
        seen: The part of the frame that it covers: top, left, height and width in pixels.
    """

    class_name: str
    heat: Heat
    seen: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class LiveResult:
    """What is known about the newest frame.

    Attributes:
        number: Which `open_run` the model came from.
        frame: The frame.
        prediction: What the model says.
        prepared: What the network saw lately: pixels (size, size, channels), uint8.
        rate: Frames a second and milliseconds a frame.
        is_held: Whether the frame was held, so that this is no moment of a stream.
        heat: Where the model looks; None unless it was asked for, or if the model does not tell.
    """

    number: int
    frame: Frame
    prediction: Prediction
    prepared: ImageArray
    rate: Rate
    is_held: bool = False
    heat: SeenHeat | None = None


class PredictionThread(QThread):
    """Classifies the newest frame over and over, and keeps one result: the newest.

    A frame that is held is classified in place of newer ones: once, and again whenever what could
    be said of it changes with the model or with what is asked for.

    The window reads `latest` at its own pace; nothing is queued, so nothing can be late.

    Signals:
        opened(number, bundle): The model of request `number` classifies from now on.
        heat_missed(number): Where it looks was asked for, and this model does not tell.
        failed(number, sentence): It could not be opened, or broke; no model classifies.
    """

    opened = Signal(int, object)
    heat_missed = Signal(int)
    failed = Signal(int, str)

    def __init__(self, mailbox: Mailbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prediction")
        self._mailbox = mailbox
        self._changed = threading.Condition()
        self._number = 0
        self._folder: Path | None = None  # what is still to be opened
        self._paused = True
        self._stopping = False
        self._accept = ACCEPT
        self._wants_heat = False
        self._looked_for = ""
        self._held: Frame | None = None
        self._is_held_due = False
        self._latest: LiveResult | None = None
        self._classifier: Classifier | None = None
        self._sequence = 0
        self._meter = RateMeter()
        self._prepared: ImageArray | None = None
        self._prepared_s = 0.0

    def open_run(self, folder: Path, accept: float = ACCEPT) -> int:
        """Ask for another model; thread-safe, returns at once.

        Args:
            folder: The run's folder.
            accept: See `set_accept`.

        Returns:
            The number that its answer will carry. Answers with a lower one are out of date.
        """
        with self._changed:
            self._number += 1
            self._folder = folder
            self._accept = accept
            self._looked_for = ""
            self._is_held_due = True
            self._latest = None
            self._changed.notify_all()
            return self._number

    def latest(self) -> LiveResult | None:
        """The result for the newest frame; None before the first with this model."""
        with self._changed:
            return self._latest

    def set_paused(self, paused: bool) -> None:
        """Rest, or go on; thread-safe. A model that is asked for is opened even so."""
        with self._changed:
            self._paused = paused
            self._latest = None
            self._changed.notify_all()

    def set_accept(self, accept: float) -> None:
        """Answer this share of the images held back, 0..1; thread-safe, from the next frame on."""
        with self._changed:
            self._accept = accept
            self._is_held_due = True
            self._changed.notify_all()

    def set_heat(self, is_wanted: bool) -> None:
        """Find out where the model looks, or no longer; thread-safe, from the next frame on."""
        with self._changed:
            self._wants_heat = is_wanted
            self._is_held_due = True
            self._changed.notify_all()

    def look_for(self, class_name: str) -> None:
        """Find out where this class is, which is the one on the screen; thread-safe.

        A frame alone may say something else than the average that is shown. Until this is called
        for a model, it is the most probable class of each frame.
        """
        with self._changed:
            if class_name != self._looked_for:
                self._looked_for = class_name
                self._is_held_due = self._is_held_due or self._wants_heat
                self._changed.notify_all()

    def hold(self, frame: Frame | None) -> None:
        """Stay with a frame, or go on with None; thread-safe."""
        with self._changed:
            self._held = frame
            self._is_held_due = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Ask the thread to end; thread-safe, returns at once."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def run(self) -> None:
        number = 0
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work)
                if self._stopping:
                    break
                folder, self._folder = self._folder, None
                number = self._number if folder is not None else number
            if folder is not None:
                self._open(folder, number)
            else:
                self._classify_next(number)
        self._classifier = None  # LiteRT lets go on the thread that made it

    def _has_work(self) -> bool:
        live = not self._paused and self._classifier is not None
        live = live and (self._held is None or self._is_held_due)
        return self._stopping or self._folder is not None or live

    def _open(self, folder: Path, number: int) -> None:
        self._classifier = self._prepared = None
        self._meter = RateMeter()
        try:
            classifier = Classifier.open(folder)
        except StudioError as error:
            self.failed.emit(number, str(error))
        except Exception as error:  # noqa: BLE001 - the thread's edge: a model file can hold anything
            _log.exception("A model could not be opened")
            self.failed.emit(number, f"The model cannot be opened: {error}")
        else:
            self._classifier = classifier
            self.opened.emit(number, classifier.bundle)

    def _classify_next(self, number: int) -> None:
        frame, is_held = self._next_frame()
        if frame is None or self._classifier is None:
            return
        try:
            result = self._result(self._classifier, frame, number, is_held)
        except Exception as error:  # noqa: BLE001 - the thread's edge: it must live for the next model
            _log.exception("A frame could not be classified")
            self._classifier = None
            self.failed.emit(number, f"The model failed on a frame of the camera: {error}")
            return
        with self._changed:
            if number == self._number and not self._paused and is_held is (self._held is not None):
                self._latest = result

    def _next_frame(self) -> tuple[Frame | None, bool]:
        """The frame that is held, else one that came since the last; and whether it is held."""
        with self._changed:
            if self._held is not None:
                self._is_held_due = False
                return self._held, True
        frame = self._mailbox.wait_for_newer(self._sequence, _LONGEST_WAIT_S)
        if frame is not None:
            self._sequence = frame.sequence
        return frame, False

    def _result(
        self, classifier: Classifier, frame: Frame, number: int, is_held: bool
    ) -> LiveResult:
        classifier.accept = self._accept
        prediction = classifier.classify(frame.image_rgb)
        now_s = time.monotonic()
        if is_held or self._prepared is None or now_s - self._prepared_s >= _PREPARED_INTERVAL_S:
            self._prepared = classifier.prepared(frame.image_rgb)
            self._prepared_s = now_s
        frame_ms = prediction.preparation_ms + prediction.inference_ms
        rate = self._meter.add(now_s, frame_ms)
        heat = self._heat(classifier, frame, prediction, number) if self._wants_heat else None
        return LiveResult(number, frame, prediction, self._prepared, rate, is_held, heat)

    def _heat(
        self, classifier: Classifier, frame: Frame, prediction: Prediction, number: int
    ) -> SeenHeat | None:
        class_name = self._looked_for or prediction.top[0]
        if class_name not in prediction.classes:
            return None  # it was said by the model before
        heat = classifier.heat(prediction.classes.index(class_name))
        if heat is None:
            with self._changed:
                self._wants_heat = False
            self.heat_missed.emit(number)
            return None
        return SeenHeat(class_name, heat, seen_rectangle(frame.image_rgb, classifier.bundle.input))
