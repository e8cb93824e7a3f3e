"""Sentences in as many lines as they need, in whatever layout they stand."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from cnn_studio.untrusted_text import shown_lines

_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_ENDLESS_PX = 1 << 20


class WrappedLabel(QLabel):
    """Asks for the height of all its lines, which a QLabel in nested layouts is not given.

    Where there is less, it ends in an ellipsis after a whole word, and its tooltip, unless it was
    given one, has it all.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = self._tip = ""
        self._most_px: int | None = None
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        self._whole = shown_lines(text)
        self.setAccessibleName(self._whole)
        self.updateGeometry()
        self._fit()

    def text(self) -> str:
        return self._whole

    @property
    def is_limited(self) -> bool:
        """Whether it may have to get along with fewer lines than it needs."""
        return self._most_px is not None

    def limit_height(self, room_px: int) -> None:
        """Take no more lines than have this room, and at least one."""
        # The ellipsis may come from another font, which is higher.
        line = max(self._height_of(f"x {_ELLIPSIS}", _ENDLESS_PX), self.fontMetrics().lineSpacing())
        most = line * max(1, room_px // line)
        if most != self._most_px:
            self._most_px = most
            self.updateGeometry()
            self._fit()

    def setToolTip(self, tip: str) -> None:  # noqa: N802 - Qt's name
        self._tip = tip
        self._show_tip()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        whole = self._height_of(self._whole, width)
        return whole if self._most_px is None else min(whole, self._most_px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._fit()

    def _height_of(self, text: str, width: int) -> int:
        room = QRect(0, 0, width, _ENDLESS_PX)
        flags = int(Qt.TextFlag.TextWordWrap)
        return self.fontMetrics().boundingRect(room, flags, text).height() if text else 0

    def _fit(self) -> None:
        """Show as many words as have room."""
        shown, words = self._whole, self._whole.split(" ")
        if self._height_of(shown, self.width()) > self.height():
            starts = [" ".join((*words[:count], _ELLIPSIS)) for count in range(len(words))]
            fitting = bisect_right(
                starts, self.height(), key=lambda start: self._height_of(start, self.width())
            )
            shown = starts[max(0, fitting - 1)]
        if shown != super().text():
            super().setText(shown)
        self._show_tip()

    def _show_tip(self) -> None:
        is_cut = super().text() != self._whole
        super().setToolTip(self._tip or (self._whole if is_cut else ""))
