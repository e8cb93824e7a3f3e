"""Shows what a report of a problem would say, and copies it; nothing leaves the computer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from cnn_studio.camera.spec import CameraKind
from cnn_studio.gui.help.problem_report import own_names, problem_report
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_WIDTH, _HEIGHT = 640, 520
_COPY_KEYS = "Ctrl+Return"


class ReportDialog(QDialog):
    """The text can be read and changed before it is copied."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reportDialog")
        self.setWindowTitle(self.tr("Report a problem"))
        self.resize(_WIDTH, _HEIGHT)
        about = WrappedLabel(self)
        about.setText(
            self.tr(
                "Copy this text into a mail or an issue, and add what you did and what happened. "
                "Nothing is sent. It has the versions, your system, screens and kind of camera, "
                "and the last warnings and errors, but no images. ~ stands for your home folder "
                "and user name, and words like <class 1> for the names of your workspace, "
                "datasets, classes and cameras. Names of files, other folders and devices may be "
                "left: read it, and delete here what nobody should see."
            )
        )
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("reportText")
        self._text.setAccessibleName(self.tr("What will be copied"))
        self._text.setToolTip(self.tr("What will be copied; it can be changed here"))
        self._text.setTabChangesFocus(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._text.setPlainText(self.tr("Looking up versions …"))
        self._copied = QLabel(self)
        self._copied.setObjectName("reportCopied")
        self._copied.setProperty("role", "good")
        self._close = dialog_button(
            self, "closeReport", self.tr("Close"), self.tr("Close this window (Esc)")
        )
        keys = QKeySequence(_COPY_KEYS)
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Copy the text to the clipboard ({keys})").format(keys=native)
        self._copy = dialog_button(self, "copyReport", self.tr("Copy"), tip)
        self._copy.setProperty("kind", "primary")
        self._copy.setShortcut(keys)
        self._copy.setEnabled(False)
        self._lay_out(about)
        self._close.clicked.connect(self.reject)
        self._copy.clicked.connect(self._on_copy_clicked)
        cameras = [info.name for info in studio.camera.cameras if info.spec.kind != CameraKind.DEMO]
        names = partial(own_names, studio.workspace.root, studio.datasets, cameras)
        job = studio.jobs.create(partial(_compose, _camera(studio), _screens(), names))
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def _lay_out(self, about: QWidget) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._copied, 1)
        foot.addWidget(self._close)
        foot.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(about)
        layout.addWidget(self._text, 1)
        layout.addLayout(foot)

    @Slot(object)
    def _on_job_succeeded(self, text: str) -> None:
        self._text.setPlainText(text)
        self._copy.setEnabled(True)
        self._copy.setFocus()

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
        self._copied.setText(self.tr("Copied. Nothing was sent."))


def _camera(studio: Studio) -> str:
    """What kind of camera it is and how it is; its message may name it, so that it is left out."""
    camera = studio.camera
    if camera.spec is None:
        return ""
    rate = round(camera.frames_per_second)
    latest = camera.latest()
    size = "" if latest is None else ", {1}x{0}".format(*latest.image_rgb.shape)
    return f"{camera.spec.kind}, {camera.state.status}, {rate} fps{size}"


def _screens() -> list[str]:
    return [
        f"{screen.size().width()}x{screen.size().height()}, scale {screen.devicePixelRatio():g}, "
        f"by {QGuiApplication.platformName()}"
        for screen in QGuiApplication.screens()
    ]


def _compose(
    camera: str, screens: list[str], names: Callable[[], dict[str, str]], _task: Task
) -> str:
    return problem_report(camera, screens, names())
