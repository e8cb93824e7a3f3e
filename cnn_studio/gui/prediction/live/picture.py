"""The left of the tab: the camera or another source, or a file in its place."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cnn_studio.gui.prediction.files.file_view import FileView
from cnn_studio.gui.prediction.sources.live_source import SourceKind
from cnn_studio.gui.prediction.sources.source_flow import SourceFlow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.demo_objects import DemoObjects
from cnn_studio.gui.widgets.frame_view import FrameView


class Picture(QStackedWidget):
    """Shows the camera until a file is asked for, and again after it.

    Attributes:
        sources: What is shown and classified in place of the camera.
        frames: The picture.
        file: The file in its place.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera = QWidget(self)
        self.sources = SourceFlow(studio, self._camera)
        self.frames = FrameView(self.sources.source, studio.theme, self._camera)
        self._demo = QWidget(self._camera)
        demo = QVBoxLayout(self._demo)
        demo.setContentsMargins(0, 0, 0, 0)
        demo.addWidget(DemoObjects(studio.camera, self._demo))
        column = QVBoxLayout(self._camera)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.sources.bar)
        column.addWidget(self.frames, 1)
        column.addWidget(self.sources.video_bar)
        column.addWidget(self._demo)
        self.file = FileView(studio.jobs, studio.theme, self)
        self.addWidget(self._camera)
        self.addWidget(self.file)
        self.sources.source.source_changed.connect(self._on_source_changed)

    @property
    def is_file_shown(self) -> bool:
        """Whether a file stands in the camera's place."""
        return self.currentWidget() is self.file

    def show_camera(self) -> None:
        """Let the camera come back."""
        self.setCurrentWidget(self._camera)

    def show_file(self) -> None:
        """Put the file in the camera's place."""
        self.setCurrentWidget(self.file)

    def flash(self) -> None:
        """Veil what is on show for a moment: it has been taken."""
        (self.file if self.is_file_shown else self.frames).flash()

    @Slot()
    def _on_source_changed(self) -> None:
        self._demo.setVisible(self.sources.source.kind is SourceKind.CAMERA)
