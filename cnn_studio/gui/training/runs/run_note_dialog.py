"""Asks for the note on a run, which may have many lines."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.figures import whole
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.models.run_notes import MAX_NOTE


class RunNoteDialog(QDialog):
    """A window with one field.

    Signals:
        note_given(str): The note as it shall be kept.
    """

    note_given = Signal(str)

    def __init__(self, run: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runNoteDialog")
        self.setWindowTitle(self.tr("Note on a run"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(440, 260)
        heading = QLabel(run, self)
        heading.setProperty("role", "title")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        self._field = QPlainTextEdit(note, self)
        self._field.setObjectName("runNoteField")
        self._field.setAccessibleName(self.tr("Note"))
        self._field.setToolTip(self.tr("What was tried, and what to remember of it"))
        self._field.setPlaceholderText(self._field.toolTip())
        self._field.setTabChangesFocus(True)
        self._room = QLabel(self)
        self._room.setProperty("role", "error")
        self._save = dialog_button(
            self, "saveNoteButton", self.tr("Save"), self.tr("Keep the note (Ctrl+Enter)")
        )
        self._save.setProperty("kind", "primary")
        self._save.setShortcut(QKeySequence("Ctrl+Return"))
        cancel = dialog_button(
            self, "cancelNoteButton", self.tr("Cancel"), self.tr("Leave the note as it was (Esc)")
        )
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._room, 1)
        foot.addWidget(cancel)
        foot.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(self._field, 1)
        column.addLayout(foot)
        self._field.textChanged.connect(self._on_text_changed)
        self._save.clicked.connect(self._on_save_clicked)
        cancel.clicked.connect(self.reject)

    @Slot()
    def _on_text_changed(self) -> None:
        is_long = len(self._field.toPlainText()) > MAX_NOTE
        text = self.tr("A note may have up to {count} letters.").format(count=whole(MAX_NOTE))
        self._room.setText(text if is_long else "")
        self._save.setEnabled(not is_long)

    @Slot()
    def _on_save_clicked(self) -> None:
        self.note_given.emit(self._field.toPlainText().strip())
        self.accept()
