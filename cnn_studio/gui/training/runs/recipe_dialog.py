"""Shows the recipes of runs side by side: what differs, and all of it on demand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.runs.recipe_lines import RecipeLine
from cnn_studio.gui.widgets.table_look import make_quiet

_ROW_PX = 30


class RecipeDialog(QDialog):
    """A table of lines, one column a run.

    Args:
        names: What the runs are called.
        lines: What there is to compare; see `recipe_lines`.
    """

    def __init__(
        self,
        names: Sequence[str],
        lines: Sequence[RecipeLine],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recipeDialog")
        self.setWindowTitle(self.tr("Compare the recipes"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(min(920, 260 + 190 * len(names)), 460)
        self._lines = list(lines)
        self._theme = theme
        self._said = QLabel(self)
        self._said.setObjectName("recipeDifference")
        self._said.setProperty("role", "title")
        self._said.setWordWrap(True)
        self._table = QTableWidget(len(self._lines), 1 + len(names), self)
        self._table.setObjectName("recipeTable")
        self._table.setAccessibleName(self.tr("Recipes, line by line"))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        make_quiet(self._table, _ROW_PX)
        header = self._table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._all = QCheckBox(self.tr("Show what is the same too"), self)
        self._all.setObjectName("allLinesCheck")
        self._all.setToolTip(self.tr("All lines of the recipes (Alt+A)"))
        self._all.setAccessibleName(self._all.text())
        self._all.setShortcut(QKeySequence("Alt+A"))
        self._all.toggled.connect(self._show_lines)
        close = QPushButton(self.tr("Close"), self)
        close.setObjectName("closeRecipesButton")
        close.setToolTip(self.tr("Close this window (Esc)"))
        close.setAccessibleName(close.text())
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(self._all, 1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._said)
        column.addWidget(self._table, 1)
        column.addLayout(foot)
        self._fill(names)
        self._show_lines()

    def _fill(self, names: Sequence[str]) -> None:
        for place, name in enumerate(("", *names)):
            head = QTableWidgetItem(name)
            head.setToolTip(name)
            self._table.setHorizontalHeaderItem(place, head)
        for row, line in enumerate(self._lines):
            for column, text in enumerate((line.name, *line.values)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column == 0 or not line.differs:
                    item.setForeground(self._theme.color("text_quiet"))
                self._table.setItem(row, column, item)
        chosen = sum(line.differs for line in self._lines if not line.is_result)
        if chosen == 0:
            text = self.tr("The recipes are the same.")
        elif chosen == 1:
            text = self.tr("The recipes differ in one line.")
        else:
            text = self.tr("The recipes differ in {count} lines.").format(count=chosen)
        self._said.setText(text)

    @Slot()
    def _show_lines(self) -> None:
        for row, line in enumerate(self._lines):
            self._table.setRowHidden(row, not (line.differs or self._all.isChecked()))
