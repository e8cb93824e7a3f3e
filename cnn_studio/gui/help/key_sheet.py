"""All keys on one sheet: grouped by where they work, and found by typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.help.key_lines import KeyLine, Place
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.table_look import make_quiet

_WIDTH, _HEIGHT = 620, 560
_LEAST_KEYS_PX = 150
_ROW_PX = 26
_TO_LIST = (Qt.Key.Key_Down, Qt.Key.Key_PageDown)


class KeySheet(QDialog):
    """Shows lines that were read from the window; it can stay open beside it.

    Args:
        lines: All of them.
        order: The places in the order in which they come, the present one first.
    """

    def __init__(
        self, lines: Sequence[KeyLine], order: Sequence[Place], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("keySheet")
        self.setWindowTitle(self.tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._lines = lines
        self._order = order
        self._field = QLineEdit(self)
        self._table = QTableWidget(0, 2, self)
        self._nothing = QLabel(self)
        self._close = dialog_button(
            self, "closeKeySheet", self.tr("Close"), self.tr("Close this sheet (Esc)")
        )
        # The rows are as high as their words need once the columns have their widths.
        self._fitting = QTimer(self, interval=0, singleShot=True)
        self._fitting.timeout.connect(self._table.resizeRowsToContents)
        self._make_parts()
        self._lay_out()
        self._field.textChanged.connect(self._fill)
        self._close.clicked.connect(self.reject)
        self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # From the field straight to the lines, as in any list that is searched by typing.
        if (
            watched is self._field
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _TO_LIST
        ):
            self._table.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return super().eventFilter(watched, event)

    def _make_parts(self) -> None:
        tip = self.tr("Type a key or a word, such as “Ctrl+K” or “delete”")
        self._field.setObjectName("keySearchField")
        self._field.setPlaceholderText(tip)
        self._field.setAccessibleName(self.tr("Find a key"))
        self._field.setToolTip(tip)
        self._field.setClearButtonEnabled(True)
        self._field.installEventFilter(self)
        self._table.setObjectName("keyTable")
        self._table.setAccessibleName(self.tr("Keys and what they do"))
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        make_quiet(self._table, _ROW_PX)
        self._table.setWordWrap(True)
        self._table.horizontalHeader().hide()
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.horizontalHeader().sectionResized.connect(self._fitting.start)
        self._nothing.setObjectName("keyNothing")
        self._nothing.setProperty("role", "quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        hint = QLabel(self.tr("A button's tooltip names its key in brackets, too."), self)
        hint.setProperty("role", "quiet")
        foot.addWidget(hint, 1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self._field)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._nothing, 1)
        layout.addLayout(foot)

    @Slot()
    def _fill(self) -> None:
        words = self._field.text().casefold().split()
        found = [line for line in self._lines if line.matches(words)]
        self._table.setRowCount(0)
        for place in self._order:
            self._add_group(self._titles()[place], [each for each in found if each.place is place])
        self._table.resizeColumnToContents(0)
        self._table.setColumnWidth(0, max(_LEAST_KEYS_PX, self._table.columnWidth(0)))
        self._fitting.start()
        self._table.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._nothing.setText(self.tr("No key for “{words}”.").format(words=self._field.text()))

    def _add_group(self, title: str, lines: Sequence[KeyLine]) -> None:
        if not lines:
            return
        row = self._table.rowCount()
        self._table.setRowCount(row + 1 + len(lines))
        heading = QTableWidgetItem(title)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._table.setItem(row, 0, heading)
        self._table.setSpan(row, 0, 1, 2)
        for place, line in enumerate(lines, row + 1):
            self._table.setItem(place, 0, QTableWidgetItem(line.keys))
            self._table.setItem(place, 1, QTableWidgetItem(line.text))

    def _titles(self) -> Mapping[Place, str]:
        return {
            Place.EVERYWHERE: self.tr("Everywhere"),
            Place.CAPTURE: self.tr("Capture"),
            Place.TRAINING: self.tr("Train"),
            Place.PREDICTION: self.tr("Predict"),
            Place.DIALOG: self.tr("This window"),
        }
