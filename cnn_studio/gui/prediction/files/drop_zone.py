"""The line that says that files can be dropped, with buttons for those who have no mouse."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cnn_studio.gui.theme import Theme

_RADIUS = 6.0
_ICON = 24


class DropZone(QWidget):
    """A dashed frame, shown while there are no files yet.

    Signals:
        open_files_requested, open_folder_requested: A button was pressed.
    """

    open_files_requested = Signal()
    open_folder_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dropZone")
        self._theme = theme
        self._icon = QLabel(self)
        self._words = QLabel(self.tr("Drop images, folders, archives or videos here"), self)
        self._words.setProperty("role", "quiet")
        self._files = self._button("openFilesButton", self.tr("Open images …"))
        self._files.setToolTip(self.tr("Classify images, videos and archives (Ctrl+O)"))
        self._files.clicked.connect(self.open_files_requested)
        self._folder = self._button("openFolderButton", self.tr("Open a folder …"))
        self._folder.setToolTip(self.tr("Classify all images in a folder (Ctrl+Shift+O)"))
        self._folder.clicked.connect(self.open_folder_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        layout.addWidget(self._words)
        layout.addSpacing(8)
        layout.addWidget(self._files)
        layout.addWidget(self._folder)
        layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line_strong"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), _RADIUS, _RADIUS)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(f" {text}", self)  # a little room after the icon
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setIconSize(QSize(16, 16))
        return button

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._icon.setPixmap(theme.icon("import", "text_quiet").pixmap(_ICON, _ICON))
        self._files.setIcon(theme.icon("images"))
        self._folder.setIcon(theme.icon("folder"))
        self.update()
