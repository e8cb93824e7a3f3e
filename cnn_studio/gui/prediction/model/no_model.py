"""What the tab shows before the first training."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme


class NoModel(QWidget):
    """Says that there is nothing to classify with yet, and leads to where that changes.

    Signals:
        training_requested, open_requested: The button for it was pressed.
    """

    training_requested = Signal()
    open_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noModel")
        self._theme = theme
        self._icon = QLabel(self)
        title = QLabel(self.tr("No trained model yet"), self)
        title.setProperty("role", "title")
        words = QLabel(
            self.tr(
                "Once a model is trained, it names what the camera sees here, "
                "and every image that you drop."
            ),
            self,
        )
        words.setProperty("role", "quiet")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setFixedWidth(360)
        button = QPushButton(self.tr("Train a model first"), self)
        button.setObjectName("trainFirstButton")
        button.setProperty("kind", "primary")
        button.setAccessibleName(button.text())
        button.setToolTip(self.tr("Go to the training tab (Ctrl+2)"))
        button.clicked.connect(self.training_requested)
        open_file = QPushButton(self.tr("Open a model file …"), self)
        open_file.setObjectName("openModelButton")
        open_file.setAccessibleName(open_file.text())
        open_file.setToolTip(
            self.tr("Open a model file of another studio or of Teachable Machine (Ctrl+Shift+M)")
        )
        open_file.setShortcut("Ctrl+Shift+M")
        open_file.clicked.connect(self.open_requested)
        # A wrapped label keeps its height only in a row; aligned in the column it is cut.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(words)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(self._icon, 0, centre)
        layout.addSpacing(8)
        layout.addWidget(title, 0, centre)
        layout.addLayout(row)
        layout.addSpacing(16)
        layout.addWidget(button, 0, centre)
        layout.addWidget(open_file, 0, centre)
        layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._icon.setPixmap(self._theme.icon("predict", "text_quiet").pixmap(48, 48))
