"""Which colour is which class, and which share of the time it had."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring
from cnn_studio.gui.prediction.sources.segment_bar import name_of
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

_HEIGHT = 20
_SWATCH = 10.0
_GAP = 6.0
_BETWEEN = 16.0
_LONGEST_NAME = 140


class ClassLegend(QWidget):
    """One line; classes that do not fit are counted at its end and stand in its tooltip."""

    def __init__(
        self, colouring: ClassColouring, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("classLegend")
        self.setAccessibleName(self.tr("Shares of the classes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colouring = colouring
        self._theme = theme
        self._shares: tuple[tuple[str | None, float], ...] = ()
        theme.changed.connect(self._on_theme_changed)

    @property
    def texts(self) -> list[str]:
        """What stands there, whether it fits or not."""
        return [self._text(name, share) for name, share in self._shares]

    def set_shares(self, shares: Sequence[tuple[str | None, float]]) -> None:
        """Show these classes; None is unknown."""
        if tuple(shares) != self._shares:
            self._shares = tuple(shares)
            self.setToolTip("\n".join(self.texts))
            self.setAccessibleDescription(", ".join(self.texts))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        more_width = metrics.horizontalAdvance("+99")
        x = 0.0
        for place, (name, share) in enumerate(self._shares):
            text = self._text(name, share)
            width = _SWATCH + _GAP + metrics.horizontalAdvance(text)
            is_last = place + 1 == len(self._shares)
            room = self.width() - x - (0.0 if is_last else _BETWEEN + more_width)
            painter.setPen(self._theme.color("text_quiet"))
            if width > room:
                left = f"+{len(self._shares) - place}"
                painter.drawText(
                    QRectF(x, 0, more_width, _HEIGHT), Qt.AlignmentFlag.AlignVCenter, left
                )
                return
            swatch = QRectF(x, (_HEIGHT - _SWATCH) / 2, _SWATCH, _SWATCH)
            self._colouring.fill(painter, swatch, name)
            words = QRectF(x + _SWATCH + _GAP, 0, width, _HEIGHT)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
            x += width + _BETWEEN

    def _text(self, name: str | None, share: float) -> str:
        called = name_of(name)
        if name is not None:
            called = self.fontMetrics().elidedText(
                shown(name), Qt.TextElideMode.ElideRight, _LONGEST_NAME
            )
        return self.tr("{name} {percent} %").format(name=called, percent=round(share * 100))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()
