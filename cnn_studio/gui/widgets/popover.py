"""A small panel under a button that asks for one line of text, without a modal box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

_EDGE_PX = 8  # kept free at the left edge of the screen


class Popover(QFrame):
    """Asks, and stays open with the reason until the answer can be used, or Esc.

    Args:
        title: What is asked.
        placeholder: An example of an answer.
        button: What the answer does.
        accept: Takes the text; returns "" if done, else the sentence that says what is wrong.
    """

    def __init__(
        self,
        title: str,
        placeholder: str,
        button: str,
        accept: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._accept = accept
        heading = QLabel(title, self)
        heading.setProperty("role", "title")
        self._field = QLineEdit(self)
        self._field.setObjectName("popoverField")
        self._field.setPlaceholderText(placeholder)
        self._field.setAccessibleName(title)
        self._field.setToolTip(title)
        self._field.setMinimumWidth(280)
        done = QPushButton(button, self)
        done.setObjectName("popoverButton")
        done.setProperty("kind", "primary")
        done.setToolTip(title)
        done.setAccessibleName(button)
        self._problem = QLabel(self)
        self._problem.setObjectName("popoverProblem")
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._field, 1)
        row.addWidget(done)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addLayout(row)
        layout.addWidget(self._problem)
        self._field.textEdited.connect(self._problem.hide)  # it was of another answer
        self._field.returnPressed.connect(self._on_answered)
        done.clicked.connect(self._on_answered)

    def open_below(self, anchor: QWidget) -> None:
        """Show the panel under a widget, its right edge on the widget's."""
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), anchor.height() + 4))
        corner.setX(max(corner.x(), anchor.screen().availableGeometry().left() + _EDGE_PX))
        self.move(corner)
        self.show()
        self._field.setFocus()

    @Slot()
    def _on_answered(self) -> None:
        problem = self._accept(self._field.text().strip())
        if not problem:
            self.close()
            return
        self._problem.setText(problem)
        self._problem.show()
        self.adjustSize()
