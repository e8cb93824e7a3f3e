"""How the tables of every tab look and answer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def make_quiet(table: QTableView, row_px: int) -> None:
    """Take away grid, row numbers and bold heads; whole rows are selected."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row_px)
    table.horizontalHeader().setHighlightSections(False)


def head_answer(title: str, tip: str, alignment: Qt.AlignmentFlag, role: int) -> Any:
    """What a model says of a column's head in one of Qt's roles."""
    answers = {
        int(Qt.ItemDataRole.DisplayRole): title,
        int(Qt.ItemDataRole.ToolTipRole): tip,
        int(Qt.ItemDataRole.TextAlignmentRole): alignment,
    }
    return answers.get(role)
