"""A file in the camera's place, and what the model in use says of it."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, QLocale, QObject, QRectF, Signal, Slot

from cnn_studio.camera.source import Frame
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.files.file_view import FileView
from cnn_studio.gui.prediction.live.answer_panel import AnswerPanel
from cnn_studio.gui.prediction.live.heat_image import heat_image
from cnn_studio.gui.prediction.live.prediction_thread import LiveResult
from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.smoothing import Answer, answer_of
from cnn_studio.vision.images import ImageArray


class FileFlow(QObject):
    """Has the file on show classified as a frame that stands still, by whichever model is in use.

    So another model, another share to answer and the heat map reach it as they reach a frozen
    picture. What the table says of the file is shown until then, if the same model said it.

    Args:
        view: Where the file is seen.
        panel: Where the answer is.
        parent: Whose it is.

    Signals:
        frame_changed: There is another frame to classify, or none any more.
    """

    frame_changed = Signal()

    def __init__(self, view: FileView, panel: AnswerPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._panel = panel
        self._entry: FileEntry | None = None
        self._frame: Frame | None = None
        view.read.connect(self._on_view_read)

    @property
    def entry(self) -> FileEntry | None:
        """The file on show; None while it is the camera."""
        return self._entry

    @property
    def frame(self) -> Frame | None:
        """The file's pixels, to be classified; None until they are read, and without a file."""
        return self._frame

    def open(self, entry: FileEntry) -> None:
        """Show a file."""
        self._entry = entry
        self._view.open(entry)
        self._set_frame(None)
        if entry.prediction is None:
            self.go_on()
        else:
            self._panel.show_nothing("")
            self._show_answer(entry.prediction)

    def close(self) -> None:
        """The camera comes back."""
        self._entry = None
        self._set_frame(None)
        self._view.set_overlay(None)

    def show(self, result: LiveResult) -> Answer:
        """Show what the model says of the frame."""
        answer = self._show_answer(result.prediction)
        self._panel.set_prepared(result.prepared)
        heat = result.heat
        if heat is None or heat.class_name != answer.rows[0].name:
            self._view.set_overlay(None)
        else:
            top, left, height, width = heat.seen
            self._view.set_overlay(heat_image(heat.heat), QRectF(left, top, width, height))
        return answer

    def show_nothing(self, reason: str) -> None:
        """Say why no model says anything of it."""
        if self._entry is not None:
            self._panel.show_nothing(reason)
            self._view.set_overlay(None)

    def go_on(self) -> None:
        """A model is there to be asked: its answer follows, unless the file cannot be read."""
        if self._entry is not None and self._entry.is_unreadable:
            self.show_nothing(self.tr("This file could not be classified."))
        else:
            self.show_nothing(self.tr("Asking the model …"))

    def _show_answer(self, prediction: Prediction) -> Answer:
        answer = answer_of(prediction)
        took_ms = prediction.preparation_ms + prediction.inference_ms
        self._panel.show_answer(answer, milliseconds(took_ms))
        return answer

    def _set_frame(self, frame: Frame | None) -> None:
        if frame is not self._frame:
            self._frame = frame
            self.frame_changed.emit()

    @Slot(object, object)
    def _on_view_read(self, entry: FileEntry, pixels_rgb: ImageArray | None) -> None:
        if entry is not self._entry:
            return
        if pixels_rgb is not None:
            self._set_frame(Frame(pixels_rgb, 0, time.monotonic()))
        elif entry.prediction is None:
            self.show_nothing(self.tr("This file could not be classified."))


def milliseconds(took_ms: float) -> str:
    """How long something took, as the person's language writes it."""
    text = QCoreApplication.translate("FileFlow", "{ms} ms")
    return text.format(ms=QLocale().toString(took_ms, "f", 1))
