"""How far an import or export is, and the way to end it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import ElidedLabel


class ImportStrip(QWidget):
    """Hidden while nothing is imported or exported.

    Signals:
        cancel_requested: The work shall end.
    """

    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importStrip")
        self._theme = theme
        self._label = ElidedLabel(self)
        self._label.setProperty("role", "quiet")
        self._bar = QProgressBar(self)
        self._bar.setObjectName("importProgress")
        self._bar.setAccessibleName(self.tr("Progress"))
        self._bar.setTextVisible(False)
        self._cancel = QToolButton(self)
        self._cancel.setObjectName("cancelImportButton")
        self._cancel.setIconSize(QSize(16, 16))
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._label)
        words.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(words, 1)
        layout.addWidget(self._cancel)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    def begin(self, text: str, how_it_ends: str) -> None:
        """Show what is being done, and on the cross what ending it means."""
        self._label.setText(text)
        self._cancel.setToolTip(how_it_ends)
        self._cancel.setAccessibleName(how_it_ends)
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        self.show()

    def set_progress(self, done: int, total: int) -> None:
        """Show how many of the files are done."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)

    def end(self) -> None:
        """Show nothing."""
        self.hide()

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self._cancel.setEnabled(False)
        self.cancel_requested.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._cancel.setIcon(self._theme.icon("close", "text_quiet"))
