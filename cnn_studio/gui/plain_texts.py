"""Texts of the window stand as they are: none is taken for HTML, and none turns letters round."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QLabel, QProxyStyle, QWidget

from cnn_studio.untrusted_text import shown, shown_lines


class PlainTexts(QProxyStyle):
    """Fusion, whose labels and tooltips show a class called `<b>x</b>` by its name.

    Qt guesses of each text whether it is HTML, and would fetch the pictures that it names. A
    tooltip is a label of Qt's own: this is the one place where all of them can be had. Titles of
    windows, tooltips and what labels and buttons paint have control characters escaped here.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, what: Any) -> Any:
        if isinstance(what, QLabel) and what.textFormat() == Qt.TextFormat.AutoText:
            what.setTextFormat(Qt.TextFormat.PlainText)
        if isinstance(what, QWidget) and what.isWindow():
            _escape_title(what)
            what.installEventFilter(self)
        return super().polish(what)

    def drawItemText(  # noqa: N802 - Qt's name
        self,
        painter: QPainter,
        rect: QRect,
        flags: int,
        palette: QPalette | Qt.GlobalColor | QColor,
        enabled: bool,
        text: str,
        role: QPalette.ColorRole = QPalette.ColorRole.NoRole,
    ) -> None:
        super().drawItemText(painter, rect, flags, palette, enabled, shown_lines(text), role)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowTitleChange and isinstance(watched, QWidget):
            _escape_title(watched)
        elif event.type() == QEvent.Type.Paint and watched.inherits("QTipLabel"):
            _escape_tip(watched)  # Qt sets another text without any other event
        return super().eventFilter(watched, event)


def _escape_title(window: QWidget) -> None:
    if (title := shown(window.windowTitle())) != window.windowTitle():
        window.setWindowTitle(title)


def _escape_tip(tip: QObject) -> None:
    if isinstance(tip, QLabel) and (text := shown_lines(tip.text())) != tip.text():
        tip.setText(text)
        tip.resize(tip.sizeHint())
