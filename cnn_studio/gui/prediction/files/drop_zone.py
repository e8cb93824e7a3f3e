"""The place that says that files can be dropped, with buttons for those who have no mouse."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QWidget

from cnn_studio.gui.theme import Theme

_COLUMN_WIDTH = 216
_RADIUS = 6.0
_ICON = 24


class DropZone(QWidget):
    """A dashed frame: one line while it is wide, a column beside the list otherwise.

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
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = QLabel(self.tr("Drop images or folders here"), self)
        self._words.setProperty("role", "quiet")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._files = self._button("openFilesButton", self.tr("Open images …"), "Ctrl+O")
        self._files.setToolTip(self.tr("Classify image files (Ctrl+O)"))
        self._files.clicked.connect(self.open_files_requested)
        self._folder = self._button("openFolderButton", self.tr("Open a folder …"), "Ctrl+Shift+O")
        self._folder.setToolTip(self.tr("Classify all images in a folder (Ctrl+Shift+O)"))
        self._folder.clicked.connect(self.open_folder_requested)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setSpacing(8)
        self._layout.addStretch(1)
        self._layout.addWidget(self._icon)
        self._layout.addWidget(self._words)
        self._layout.addSpacing(8)
        self._layout.addWidget(self._files)
        self._layout.addWidget(self._folder)
        self._layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.set_wide(True)

    def set_wide(self, wide: bool) -> None:
        """Lie in one line, or stand as a column."""
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._layout.setContentsMargins(16, 12, 16, 12)
        self._words.setWordWrap(not wide)
        self.setMinimumWidth(0 if wide else _COLUMN_WIDTH)
        self.setMaximumWidth(16777215 if wide else _COLUMN_WIDTH)
        self._icon.setVisible(wide)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line_strong"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), _RADIUS, _RADIUS)

    def _button(self, name: str, text: str, keys: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setShortcut(QKeySequence(keys))
        button.setIconSize(QSize(16, 16))
        return button

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._theme
        self._icon.setPixmap(theme.icon("import", "text_quiet").pixmap(_ICON, _ICON))
        self._files.setIcon(theme.icon("images"))
        self._folder.setIcon(theme.icon("folder"))
        self.update()
