"""A small panel under a button that asks for a line of text or two, without a modal box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal, Slot
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
        accept: Takes the text of each field; returns "" if done, else the sentence that says what
            is wrong.
        parent: What it belongs to.
        text: What stands in the field at first, selected.

    Signals:
        answered: The answer was taken, and the panel has closed.
    """

    answered = Signal()

    def __init__(
        self,
        title: str,
        placeholder: str,
        button: str,
        accept: Callable[..., str],
        parent: QWidget,
        text: str = "",
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._accept = accept
        heading = QLabel(title, self)
        heading.setProperty("role", "title")
        self._fields: list[QLineEdit] = []
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
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(self._lines, 1)
        row.addWidget(done, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addLayout(row)
        layout.addWidget(self._problem)
        done.clicked.connect(self._on_answered)
        self._done = done
        self._add("popoverField", title, placeholder).setText(text)
        self._fields[0].selectAll()

    def add_field(self, name: str, title: str, placeholder: str) -> QLineEdit:
        """Ask for one more line, below the others; Enter in the line above it leads here.

        Args:
            name: What the field is called, for tests and styles.
            title: What is asked.
            placeholder: An example of an answer.
        """
        return self._add(name, title, placeholder)

    def open_below(self, anchor: QWidget) -> None:
        """Show the panel under a widget, its right edge on the widget's."""
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), anchor.height() + 4))
        corner.setX(max(corner.x(), anchor.screen().availableGeometry().left() + _EDGE_PX))
        self.move(corner)
        self.show()
        self._fields[0].setFocus()

    def _add(self, name: str, title: str, placeholder: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName(name)
        field.setPlaceholderText(placeholder)
        field.setAccessibleName(title)
        field.setToolTip(title)
        field.setMinimumWidth(280)
        field.textEdited.connect(self._problem.hide)  # it was of another answer
        field.returnPressed.connect(self._on_return_pressed)
        self._fields.append(field)
        self._lines.addWidget(field)
        self.setTabOrder(field, self._done)
        return field

    @Slot()
    def _on_return_pressed(self) -> None:
        place = next(n for n, field in enumerate(self._fields, 1) if field.hasFocus())
        if place < len(self._fields):
            self._fields[place].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._on_answered()

    @Slot()
    def _on_answered(self) -> None:
        problem = self._accept(*(field.text().strip() for field in self._fields))
        if not problem:
            self.close()
            self.answered.emit()
            return
        self._problem.setText(problem)
        self._problem.show()
        self.adjustSize()
