"""The prediction tab: the camera named live, and dropped files beside it."""

from __future__ import annotations

import time

from PySide6.QtCore import QLocale, Qt, QTimer, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.gui.prediction.files.drop_overlay import DropOverlay, dropped_paths
from cnn_studio.gui.prediction.files.file_choice import FileChoice
from cnn_studio.gui.prediction.files.file_work import FileEntry
from cnn_studio.gui.prediction.files.files_panel import FilesPanel
from cnn_studio.gui.prediction.live.answer_panel import AnswerPanel
from cnn_studio.gui.prediction.live.live_model import LiveModel
from cnn_studio.gui.prediction.live.picture import Picture
from cnn_studio.gui.prediction.live.prediction_thread import LiveResult
from cnn_studio.gui.prediction.live.rate_meter import Rate
from cnn_studio.gui.prediction.live.steady_answer import SteadyAnswer, rows_of
from cnn_studio.gui.prediction.model.no_model import NoModel
from cnn_studio.gui.prediction.model.run_chooser import RunChooser
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.models.bundle import Bundle
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import Fit

_SHOW_INTERVAL_MS = 33
_MARGIN = 16
_ANSWER_WIDTH = 400
_LINE_HEIGHT = 92  # of the files' panel while there are none
_LEAST_LIST_HEIGHT = 176
_MOST_LIST_HEIGHT = 248
_LIST_SHARE = 0.33


class PredictionTab(QWidget):
    """Shows what a trained model says; which model, and how it runs, `LiveModel` decides."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictionTab")
        self.setAcceptDrops(True)
        self._studio = studio
        self._active = False
        self._answer_of_camera: SteadyAnswer | None = None
        self._shown: LiveResult | None = None
        self._reason = ""
        self._model = LiveModel(studio, self)
        self._file_choice = FileChoice(studio.settings, self)
        self._make_parts()
        self._lay_out()
        self._overlay = DropOverlay(studio.theme, self)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._timer = QTimer(self, interval=_SHOW_INTERVAL_MS)
        self._connect()
        self._show_camera()

    def activate(self) -> None:
        """The tab is on the screen now."""
        self._active = True
        self._model.start()
        self._model.refresh()
        self._timer.start()
        if self._answer_of_camera is not None:
            self._say_what_to_do()

    def deactivate(self) -> None:
        """The tab has left the screen; files that were dropped are still classified."""
        self._active = False
        self._timer.stop()
        self._model.pause()

    def shutdown(self) -> None:
        """The window closes."""
        self.deactivate()
        self._files.shutdown()
        self._model.shutdown()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._model.run is not None and dropped_paths(event.mimeData()):
            # Never a move, or the file manager would delete what it gave us.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._overlay.cover()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._files.classify(dropped_paths(event.mimeData()))

    def _make_parts(self) -> None:
        # Each part is made in the place where it stays: a style sheet is worked out anew for
        # everything inside a widget that moves, which took half of the time to open this tab.
        studio, theme = self._studio, self._studio.theme
        self._notice = Notice(theme, self)
        self._pages = QStackedWidget(self)
        self._no_model = NoModel(theme, self._pages)
        self._halves = QSplitter(Qt.Orientation.Vertical, self._pages)
        self._upper = QWidget(self._halves)
        self._picture = Picture(studio, self._upper)
        self._panel = QFrame(self._upper)
        self._chooser = RunChooser(theme, self._panel)
        self._answer = AnswerPanel(theme, self._panel)
        self._files = FilesPanel(studio.jobs, theme, self._halves)

    def _lay_out(self) -> None:
        self._panel.setProperty("panel", True)
        self._panel.setFixedWidth(_ANSWER_WIDTH)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(_MARGIN, 12, _MARGIN, _MARGIN)
        column.setSpacing(_MARGIN)
        column.addWidget(self._chooser)
        column.addWidget(_line(self._panel))
        column.addWidget(self._answer, 1)
        row = QHBoxLayout(self._upper)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_MARGIN)
        row.addWidget(self._picture, 1)
        row.addWidget(self._panel)
        self._halves.setHandleWidth(_MARGIN)
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(self._upper)
        self._halves.addWidget(self._files)
        self._halves.setStretchFactor(0, 1)
        self._pages.addWidget(QWidget(self._pages))  # until the runs are known
        self._pages.addWidget(self._no_model)
        self._pages.addWidget(self._halves)
        self._pages.setCurrentIndex(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(8)
        layout.addWidget(self._notice)
        layout.addWidget(self._pages, 1)
        self._on_files_emptiness_changed()

    def _connect(self) -> None:
        self._timer.timeout.connect(self._on_timer_timeout)
        self._escape.activated.connect(self._show_camera)
        self._model.runs_listed.connect(self._on_model_runs_listed)
        self._model.opening.connect(self._on_model_opening)
        self._model.opened.connect(self._on_model_opened)
        self._model.failed.connect(self._on_model_failed)
        self._chooser.run_picked.connect(self._model.pick)
        self._no_model.training_requested.connect(self._on_no_model_training_requested)
        self._picture.file.back_requested.connect(self._show_camera)
        self._picture.file.prepared.connect(self._on_file_prepared)
        self._file_choice.chosen.connect(self._files.classify)
        self._files.open_files_requested.connect(self._file_choice.ask_for_files)
        self._files.open_folder_requested.connect(self._file_choice.ask_for_folder)
        self._files.entry_opened.connect(self._show_entry)
        self._files.entry_reached.connect(self._on_files_entry_reached)
        self._files.failed.connect(self._on_files_failed)
        self._files.emptiness_changed.connect(self._on_files_emptiness_changed)
        self._files.room_requested.connect(self._upper.setHidden)
        self._studio.camera.state_changed.connect(self._on_camera_state_changed)
        self._studio.runs_changed.connect(self._on_studio_runs_changed)

    @Slot()
    def _show_camera(self) -> None:
        self._picture.show_camera()
        self._escape.setEnabled(False)
        self._wait(self._reason)

    @Slot(object)
    def _show_entry(self, entry: FileEntry) -> None:
        self._escape.setEnabled(True)
        self._answer.show_nothing(self.tr("This file could not be classified."))
        if entry.prediction is not None:
            took_ms = entry.prediction.preparation_ms + entry.prediction.inference_ms
            self._answer.show_answer(rows_of(entry.prediction), self._speed(Rate(0.0, took_ms)))
        self._picture.show_file(entry)

    def _wait(self, reason: str) -> None:
        """Until the next result of the camera, say why there is none."""
        self._reason = reason
        if not self._picture.is_file_shown:
            self._answer.show_nothing(reason)

    def _speed(self, rate: Rate) -> str:
        took = self.tr("{ms} ms").format(ms=QLocale().toString(rate.frame_ms, "f", 1))
        if rate.frames_per_second <= 0:
            return took
        return self.tr("{fps} fps").format(fps=round(rate.frames_per_second)) + f" · {took}"

    def _say_what_to_do(self) -> None:
        self._studio.say(self.tr("Show something to the camera, or drop images anywhere here."))

    def _camera_reason(self) -> str:
        if self._studio.camera.state.status in (FeedStatus.OPENING, FeedStatus.RUNNING):
            return self.tr("Waiting for the camera …")
        return self.tr("The camera gives no picture.")

    @Slot()
    def _on_timer_timeout(self) -> None:
        result = self._model.latest()
        running = self._studio.camera.state.status is FeedStatus.RUNNING
        if result is None or result is self._shown or not running or self._picture.is_file_shown:
            return
        if self._answer_of_camera is None:
            return
        self._shown = result
        rows = self._answer_of_camera.update(result.prediction.probabilities, time.monotonic())
        self._answer.show_answer(rows, self._speed(result.rate))
        self._answer.set_prepared(result.prepared)

    @Slot(object)
    def _on_camera_state_changed(self) -> None:
        if self._answer_of_camera is not None:
            self._wait(self._camera_reason())

    @Slot()
    def _on_studio_runs_changed(self) -> None:
        if self._active:
            self._model.refresh()

    @Slot()
    def _on_model_runs_listed(self) -> None:
        run = self._model.run
        self._chooser.set_runs(self._model.choice.runs, run)
        self._files.set_run(run.folder if run else None)
        self._pages.setCurrentWidget(self._halves if run else self._no_model)

    @Slot()
    def _on_model_opening(self) -> None:
        self._notice.hide()
        self._answer_of_camera = None
        self._wait(self.tr("Opening the model …"))

    @Slot(object)
    def _on_model_opened(self, bundle: Bundle) -> None:
        self._answer_of_camera = SteadyAnswer(bundle.classes)
        self._picture.frames.set_guide_visible(bundle.input.fit is Fit.CROP)
        self._wait(self._camera_reason())
        self._say_what_to_do()

    @Slot(str)
    def _on_model_failed(self, sentence: str) -> None:
        self._answer_of_camera = None
        self._notice.show_message(sentence, Kind.ERROR)
        self._wait(self.tr("This model cannot be used. Choose another one."))

    @Slot()
    def _on_no_model_training_requested(self) -> None:
        self._studio.page_requested.emit("training")

    @Slot(object)
    def _on_file_prepared(self, pixels: ImageArray) -> None:
        if self._picture.is_file_shown:
            self._answer.set_prepared(pixels)

    @Slot(object)
    def _on_files_entry_reached(self, entry: FileEntry) -> None:
        if self._picture.is_file_shown:
            self._show_entry(entry)

    @Slot(str)
    def _on_files_failed(self, sentence: str) -> None:
        self._notice.show_message(sentence, Kind.WARN)

    @Slot()
    def _on_files_emptiness_changed(self) -> None:
        empty = self._files.is_empty
        self._files.setMinimumHeight(_LINE_HEIGHT if empty else _LEAST_LIST_HEIGHT)
        self._files.setMaximumHeight(_LINE_HEIGHT if empty else 16777215)
        if not empty:
            wanted = min(round(self.height() * _LIST_SHARE), _MOST_LIST_HEIGHT)
            self._halves.setSizes([max(1, self._halves.height() - wanted), wanted])
        elif self._picture.is_file_shown:
            self._show_camera()


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("separator", True)
    line.setProperty("orientation", "horizontal")
    return line
