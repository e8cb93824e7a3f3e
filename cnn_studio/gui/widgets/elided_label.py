"""One line of text that is cut with an ellipsis where it does not fit, its numbers last of all."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from cnn_studio.untrusted_text import shown_lines

_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"  # in some languages between thousands
# A number that stands by itself: those of a file's name are letters as any other.
_NUMBER = re.compile(rf"((?<![\w.\-])\d(?:[\d.,:{_SPACES}]*\d)?(?![\w\-]))")
_LEAST_PX = 24
_KERNING_PX = 1  # what parts may be wider side by side than each by itself


class ElidedLabel(QLabel):
    """Asks for the width of its whole text, and gets along with less; its tooltip has it all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self._shorter: tuple[str, ...] = ()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        self.set_texts(text)

    def set_texts(self, text: str, *shorter: str) -> None:
        """Show a text, or the first of the shorter ones that fits; it asks for room for the last.

        Args:
            text: The whole text.
            shorter: The same in fewer letters, the shortest last.
        """
        self._whole = shown_lines(text)
        self._shorter = tuple(map(shown_lines, shorter))
        self.setAccessibleName(self._whole)
        self.updateGeometry()
        self._elide()

    def text(self) -> str:
        return self._whole

    def sizeHint(self) -> QSize:
        return QSize(self._width_of(self._whole), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        least = self._width_of(self._shorter[-1]) if self._shorter else _LEAST_PX
        return QSize(least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 2

    def _elide(self) -> None:
        texts = (self._whole, *self._shorter)
        shown = first_that_fits(texts, self.fontMetrics(), self.width())
        super().setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


def first_that_fits(texts: tuple[str, ...], metrics: QFontMetrics, width: int) -> str:
    """The first of some texts that fits in so many pixels; else the last one, elided."""
    fitting = (text for text in texts if metrics.horizontalAdvance(text) <= width)
    return next(fitting, None) or elided(texts[-1], metrics, width)


def elided(text: str, metrics: QFontMetrics, width: int) -> str:
    """A text with an ellipsis where it does not fit in so many pixels; no number is ever cut.

    Where one stretch of words makes up most of it, as a long name does, that gives way; else the
    end does, from a number's beginning on where it would be cut within.
    """
    if metrics.horizontalAdvance(text) <= width:
        return text
    parts = _NUMBER.split(text)  # words and numbers in turn
    longest = max(parts[::2], key=len)
    if len(longest) >= len(text) / 2 and len(parts) > 1:
        place = parts.index(longest)
        before, after = "".join(parts[:place]), "".join(parts[place + 1 :])
        before, words, after = _without_blanks(before, longest, after)
        room = width - metrics.horizontalAdvance(before) - metrics.horizontalAdvance(after)
        mode = Qt.TextElideMode.ElideMiddle if after else Qt.TextElideMode.ElideRight
        cut = metrics.elidedText(words, mode, room - _KERNING_PX)
        if cut:
            return before + cut + after
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    for number in _NUMBER.finditer(text):
        if number.start() < len(shown) - 1 <= number.end():  # at its end it would look cut
            return text[: number.start()].rstrip() + _ELLIPSIS
    return shown


def _without_blanks(before: str, words: str, after: str) -> tuple[str, str, str]:
    """The same three parts with the blanks around the words in their neighbours."""
    start, end = len(words) - len(words.lstrip()), len(words.rstrip())
    return before + words[:start], words[start:end], words[end:] + after
