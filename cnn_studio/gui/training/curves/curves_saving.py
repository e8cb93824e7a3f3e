"""Asks where the curves on show shall be kept, and keeps them there."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QObject, QStandardPaths, Slot
from PySide6.QtGui import QImage, QImageWriter

from cnn_studio.errors import StudioError
from cnn_studio.gui.endings import Until
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves.curves_export import curves_csv
from cnn_studio.gui.training.curves.curves_view import CurvesView
from cnn_studio.gui.widgets.save_dialog import SaveDialog
from cnn_studio.whole_files import write_atomically

_LAST_FOLDER = "training/curvesFolder"
_HOME = QStandardPaths.StandardLocation.HomeLocation


class CurvesSaving(QObject):
    """Writes beside the window, and says in the status line how it went."""

    def __init__(self, studio: Studio, view: CurvesView) -> None:
        super().__init__(view)
        self._studio = studio
        self._view = view
        self._picture_path: Path | None = None
        view.picture_drawn.connect(self._on_view_picture_drawn)
        view.picture_failed.connect(self._on_view_picture_failed)

    @Slot()
    def ask_png(self) -> None:
        """Ask where to keep a picture of what is on show."""
        dialog = self._dialog(self.tr("Save the curves as a picture"), "png")
        if dialog is not None:
            dialog.chosen.connect(self._on_png_chosen)
            dialog.open()

    @Slot()
    def ask_csv(self) -> None:
        """Ask where to keep the values of what is on show."""
        dialog = self._dialog(self.tr("Save the curves as a table"), "csv")
        if dialog is not None:
            dialog.chosen.connect(self._on_csv_chosen)
            dialog.open()

    def _dialog(self, title: str, ending: str) -> SaveDialog | None:
        if self._view.shown.is_empty:
            return None
        kinds, file_name = [f"{ending.upper()} (*.{ending})"], f"curves.{ending}"
        settings = self._studio.settings
        dialog = SaveDialog(title, kinds, file_name, settings, _LAST_FOLDER, self._view, _HOME)
        dialog.setObjectName("saveCurvesDialog")
        return dialog

    @Slot(object)
    def _on_png_chosen(self, path: Path) -> None:
        self._picture_path = path
        self._view.draw_to_keep()

    @Slot(object)
    def _on_view_picture_drawn(self, image: QImage) -> None:
        path, self._picture_path = self._picture_path, None
        if path is None:
            return
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(image)
        self._write(path, bytes(buffer.data().data()))

    @Slot()
    def _on_view_picture_failed(self) -> None:
        self._picture_path = None
        self._studio.say(self.tr("The curves could not be drawn."), Until.PAGE)

    @Slot(object)
    def _on_csv_chosen(self, path: Path) -> None:
        self._write(path, curves_csv(self._view.shown).encode("utf-8"))

    def _write(self, path: Path, data: bytes) -> None:
        job = self._studio.jobs.create(partial(_write, path, data))
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.start()

    @Slot(object)
    def _on_job_succeeded(self, path: Path) -> None:
        self._studio.say(self.tr("The curves are saved in {path}.").format(path=path), Until.PAGE)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._studio.say(sentence, Until.PAGE)


def _write(path: Path, data: bytes, _task: Task) -> Path:
    try:
        write_atomically(path, data)
    except OSError as error:
        raise StudioError(
            f"{path} cannot be written ({error.strerror or error}). Choose another folder."
        ) from error
    return path
