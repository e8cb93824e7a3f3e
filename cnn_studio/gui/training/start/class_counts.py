"""The classes of a dataset with how many images each has, as bars."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnn_studio.gui.figures import images, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.start.counts import LEAST_PER_CLASS
from cnn_studio.untrusted_text import shown

_ROW_PX = 24
_BAR_PX = 6
_GAP_PX = 8
_NAME_SHARE = 0.45


class ClassCounts(QWidget):
    """One row a class: its name, a bar beside the others', its count."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classCounts")
        self.setAccessibleName(self.tr("Classes and their images"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._counts: list[tuple[str, int]] = []
        theme.changed.connect(self.update)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show counts, in their order."""
        self._counts = list(counts.items())
        self.setAccessibleDescription(
            ", ".join(f"{name} {whole(count)}" for name, count in self._counts)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW_PX * len(self._counts))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._counts:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = painter.fontMetrics()
        most = max(max(count for _, count in self._counts), 1)
        number_width = metrics.horizontalAdvance(whole(most)) + 2
        longest = max(metrics.horizontalAdvance(name) for name, _ in self._counts) + 2
        name_width = min(longest, round(self.width() * _NAME_SHARE))
        bar_left = name_width + _GAP_PX
        bar_width = max(0, self.width() - bar_left - number_width - _GAP_PX)
        for row, (name, count) in enumerate(self._counts):
            is_short = count < LEAST_PER_CLASS
            top = row * _ROW_PX
            painter.setPen(self._theme.color("warn" if is_short else "text"))
            elided = metrics.elidedText(shown(name), Qt.TextElideMode.ElideRight, name_width)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, name_width + 1, _ROW_PX), middle, elided)
            painter.drawText(
                QRectF(self.width() - number_width, top, number_width, _ROW_PX),
                middle | Qt.AlignmentFlag.AlignRight,
                whole(count),
            )
            bar_top = top + (_ROW_PX - _BAR_PX) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("line"))
            painter.drawRoundedRect(QRectF(bar_left, bar_top, bar_width, _BAR_PX), 3, 3)
            if count:
                painter.setBrush(self._theme.color("accent"))
                filled = max(_BAR_PX, bar_width * count / most)
                painter.drawRoundedRect(QRectF(bar_left, bar_top, filled, _BAR_PX), 3, 3)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = event.pos().y() // _ROW_PX
            if 0 <= row < len(self._counts):
                name, count = self._counts[row]
                text = f"{name}: {images(count)}"
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
