"""The prediction tab: the camera named live, and dropped files beside it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.dropped_files import dropped_paths
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.exporting.export_flow import ExportFlow
from cnn_studio.gui.prediction.drops import Drops
from cnn_studio.gui.prediction.files.file_choice import FileChoice
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.files.files_panel import FilesPanel
from cnn_studio.gui.prediction.live.live_flow import LiveFlow
from cnn_studio.gui.prediction.live.live_panel import LivePanel
from cnn_studio.gui.prediction.live.picture import Picture
from cnn_studio.gui.prediction.model.no_model import NoModel
from cnn_studio.gui.prediction.model.open_flow import OpenFlow
from cnn_studio.gui.prediction.retraining.retrain_flow import RetrainFlow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.drop_overlay import DropOverlay
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.models.runs import Run

_MARGIN = 16
_LINE_HEIGHT = 72  # of the files' panel while there are none
_LEAST_LIST_HEIGHT = 136
_MOST_LIST_HEIGHT = 256
_LIST_SHARE = 0.36


class PredictionTab(QWidget):
    """Shows what a trained model says; which model, and how it runs, `LiveModel` decides."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictionTab")
        self.setAcceptDrops(True)
        self._studio = studio
        self._active = False
        self._export = ExportFlow(studio, self)
        self._file_choice = FileChoice(studio.settings, self)
        self._make_parts()
        self._live = LiveFlow(studio, self._picture, self._panel, self)
        self._model = self._live.model
        self._open = OpenFlow(studio, self)
        self._retrain = RetrainFlow(
            studio, self._model, self._live.teaching, self._panel, self._training_notice, self
        )
        self._lay_out()
        self._overlay = DropOverlay(studio.theme, self)
        self._drops = Drops(studio.jobs, self)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, autoRepeat=False)
        self._connect()
        self._show_camera()

    def activate(self) -> None:
        """The tab is on the screen now."""
        self._active = True
        self._live.activate()

    def deactivate(self) -> None:
        """The tab has left the screen; files that were dropped are still classified."""
        self._active = False
        self._live.deactivate()

    def shutdown(self) -> None:
        """The window closes."""
        self._active = False
        self._files.shutdown()
        self._live.shutdown()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = dropped_paths(event.mimeData())
        self._drops.drag(paths)
        if paths and (self._drops.may_be_model or self._model.run is not None):
            # Never a move, or the file manager would delete what it gave us.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._overlay.cover()
            if self._drops.is_model:
                self._on_drops_model_dragged()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._drops.drop()

    def _make_parts(self) -> None:
        # Each part is made in the place where it stays: a style sheet is worked out again for
        # everything inside a widget that moves, which took half of the time to open this tab.
        studio, theme = self._studio, self._studio.theme
        self._notice = Notice(theme, self, endings=studio.endings)
        self._training_notice = Notice(theme, self, endings=studio.endings)
        self._pages = QStackedWidget(self)
        self._no_model = NoModel(theme, self._pages)
        self._halves = QSplitter(Qt.Orientation.Vertical, self._pages)
        self._upper = QWidget(self._halves)
        self._picture = Picture(studio, self._upper)
        self._panel = LivePanel(theme, self._upper)
        self._files = FilesPanel(studio, self._halves)

    def _lay_out(self) -> None:
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
        layout.addWidget(self._pages)
        self.lower_edge = LowerEdge(self, self._pages, self._notice, self._training_notice)
        self._files.lower_edge.stand_over(self._files.lower_edge.area, self.lower_edge)
        self._on_files_emptiness_changed()

    def _connect(self) -> None:
        self._escape.activated.connect(self._show_camera)
        self._model.runs_listed.connect(self._on_model_runs_listed)
        self._model.opening.connect(self._on_model_opening)
        self._model.failed.connect(self._on_model_failed)
        self._live.warned.connect(self._on_warned)
        self._panel.accept.accept_chosen.connect(self._files.set_accept)
        self._panel.chooser.run_picked.connect(self._model.pick)
        self._panel.chooser.file_picked.connect(self._open.open)
        self._panel.chooser.open_requested.connect(self._open.ask)
        self._panel.chooser.export_requested.connect(self._on_chooser_export_requested)
        self._panel.chooser.pixels_requested.connect(self._on_chooser_pixels_requested)
        self._no_model.open_requested.connect(self._open.ask)
        self._open.began.connect(self._on_open_began)
        self._open.opened.connect(self._on_open_opened)
        self._open.imported.connect(self._on_open_imported)
        self._open.failed.connect(self._on_open_failed)
        self._open.asked.connect(self._notice.hide)
        self._open.given_up.connect(self._notice.hide)
        self._export.ended_aside.connect(self._on_export_ended_aside)
        self._notice.action_requested.connect(self._on_export_show_requested)
        self._no_model.training_requested.connect(self._on_no_model_training_requested)
        self._picture.file.back_requested.connect(self._show_camera)
        self._drops.model_dragged.connect(self._on_drops_model_dragged)
        self._drops.model_dropped.connect(self._open.open)
        self._drops.pictures_dropped.connect(self._on_drops_pictures_dropped)
        self._file_choice.chosen.connect(self._files.classify)
        self._files.open_files_requested.connect(self._file_choice.ask_for_files)
        self._files.open_folder_requested.connect(self._file_choice.ask_for_folder)
        self._files.entry_opened.connect(self._show_entry)
        self._files.entry_reached.connect(self._on_files_entry_reached)
        self._files.entry_taught.connect(self._on_files_entry_taught)
        self._files.failed.connect(self._on_warned)
        self._files.emptiness_changed.connect(self._on_files_emptiness_changed)
        self._files.room_requested.connect(self._upper.setHidden)
        self._studio.runs_changed.connect(self._on_studio_runs_changed)

    @Slot()
    def _show_camera(self) -> None:
        self._escape.setEnabled(False)
        self._files.leave_file()
        self._live.show_camera()

    @Slot(object)
    def _show_entry(self, entry: FileEntry) -> None:
        self._escape.setEnabled(True)
        self._live.show_entry(entry)

    @Slot(object, int)
    def _on_files_entry_taught(self, entry: FileEntry, number: int) -> None:
        self._escape.setEnabled(True)
        self._live.teach_number(entry, number)

    @Slot()
    def _on_studio_runs_changed(self) -> None:
        if self._active:
            self._model.refresh()

    @Slot()
    def _on_model_runs_listed(self) -> None:
        run = self._model.run
        self._panel.chooser.set_runs(self._model.choice.runs, run, self._open.files)
        self._files.set_accept(self._model.accept)
        self._files.set_model(self._model.choice.used)
        self._pages.setCurrentWidget(self._halves if run else self._no_model)
        if run is None:
            self._open.open_last()

    @Slot()
    def _on_model_opening(self) -> None:
        self._studio.endings.end(Until.MODEL)

    @Slot(str)
    def _on_model_failed(self, sentence: str) -> None:
        self._notice.show_message(sentence, Kind.ERROR, until=Until.MODEL)

    @Slot(str)
    def _on_open_began(self, sentence: str) -> None:
        self._notice.show_message(sentence, Kind.INFO, until=Until.WORK)

    @Slot(str)
    def _on_open_failed(self, sentence: str) -> None:
        self._notice.show_message(sentence, Kind.ERROR, until=Until.MODEL | Until.PAGE)

    @Slot(object)
    def _on_open_opened(self, run: Run) -> None:
        self._studio.endings.end(Until.WORK)
        self._model.choice.set_opened(self._open.runs)
        self._model.pick(run.folder)

    @Slot(object)
    def _on_open_imported(self, run: Run) -> None:
        self._studio.endings.end(Until.WORK)
        text = self.tr("{name} is among your runs now.")
        self._studio.say(text.format(name=run.name), Until.PAGE)
        self._model.choice.pick(run.folder)
        self._studio.runs_changed.emit()

    @Slot()
    def _on_drops_model_dragged(self) -> None:
        if self._overlay.isVisible():
            self._overlay.cover(self.tr("Drop to open this model"))

    @Slot(list)
    def _on_drops_pictures_dropped(self, paths: list[Path]) -> None:
        if self._model.run is None:
            self._on_warned(self.tr("There is no model in it. Train one, or open a model file."))
        else:
            self._files.classify(paths)

    @Slot()
    def _on_chooser_export_requested(self) -> None:
        self._export.ask(self._model.run)

    @Slot()
    def _on_chooser_pixels_requested(self) -> None:
        self._open.ask_for_pixels(self._model.run)

    @Slot(str)
    def _on_export_ended_aside(self, sentence: str) -> None:
        show = self.tr("Show")
        self._notice.show_message(sentence, Kind.INFO, show, until=Until.REPLACED)

    @Slot()
    def _on_export_show_requested(self) -> None:
        self._notice.hide()
        self._export.show()

    @Slot()
    def _on_no_model_training_requested(self) -> None:
        self._studio.page_requested.emit("training")

    @Slot(object)
    def _on_files_entry_reached(self, entry: FileEntry) -> None:
        if self._picture.is_file_shown:
            self._show_entry(entry)

    @Slot(str)
    def _on_warned(self, sentence: str) -> None:
        until = Until.MODEL | Until.PAGE | AFTER_A_CHANGE
        self._notice.show_message(sentence, Kind.WARN, until=until)

    @Slot()
    def _on_files_emptiness_changed(self) -> None:
        empty = self._files.is_empty
        self._files.setMinimumHeight(_LINE_HEIGHT if empty else _LEAST_LIST_HEIGHT)
        self._files.setMaximumHeight(_LINE_HEIGHT if empty else 16777215)
        wanted = min(round(self.height() * _LIST_SHARE), _MOST_LIST_HEIGHT)
        wanted = _LINE_HEIGHT if empty else max(wanted, _LEAST_LIST_HEIGHT)
        self._halves.setSizes([max(1, self._halves.height() - wanted), wanted])
        if empty and self._picture.is_file_shown:
            self._show_camera()
