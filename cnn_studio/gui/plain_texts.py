"""Texts of the window stand as they are: nothing in them is taken for a page of HTML."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProxyStyle


class PlainTexts(QProxyStyle):
    """Fusion, whose labels and tooltips show a class called `<b>x</b>` by its name.

    Qt guesses of each text whether it is HTML, and would fetch the pictures that it names. A
    tooltip is a label of Qt's own: this is the one place where all of them can be had.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, what: Any) -> Any:
        if isinstance(what, QLabel) and what.textFormat() == Qt.TextFormat.AutoText:
            what.setTextFormat(Qt.TextFormat.PlainText)
        return super().polish(what)
