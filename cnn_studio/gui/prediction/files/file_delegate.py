"""How one classified file looks in the list: thumbnail, class, probability, name."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnn_studio.gui.prediction.files.file_model import ENTRY_ROLE, Index
from cnn_studio.gui.prediction.files.file_work import FileEntry
from cnn_studio.gui.prediction.live.class_bars import bar_colour, paint_bar
from cnn_studio.gui.theme import Theme

CARD_HEIGHT = 72
LEAST_CARD_WIDTH = 228  # the cards of a row share its whole width
_THUMBNAIL = 56
_PADDING = 8
_RADIUS = 6.0
_SMALL_PX = 12
_CACHE_KIB = 24 * 1024


class FileDelegate(QStyledItemDelegate):
    """Paints one entry as a card of a fixed size."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _CACHE_KIB))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(LEAST_CARD_WIDTH, CARD_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: FileEntry | None = index.data(ENTRY_ROLE)
        if entry is None:
            return
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        card: QRect = option.rect.adjusted(2, 2, -2, -2)
        self._paint_ground(painter, card, option)
        picture = QRect(
            card.left() + _PADDING - 2,
            card.top() + (card.height() - _THUMBNAIL) // 2,
            _THUMBNAIL,
            _THUMBNAIL,
        )
        words = card.adjusted(picture.width() + 2 * _PADDING + 2, 6, -_PADDING, -6)
        self._paint_picture(painter, picture, entry)
        font: QFont = option.font
        if entry.prediction is None:
            self._paint_error(painter, words, entry, font)
        else:
            self._paint_prediction(painter, words, entry, font)
        painter.restore()

    def _paint_ground(self, painter: QPainter, card: QRect, option: QStyleOptionViewItem) -> None:
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            path = QPainterPath()
            path.addRoundedRect(QRectF(card), _RADIUS, _RADIUS)
            painter.fillPath(path, self._theme.color("selection" if selected else "hover"))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(card).adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)

    def _paint_picture(self, painter: QPainter, area: QRect, entry: FileEntry) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(area), 4, 4)
        painter.fillPath(path, self._theme.color("ground"))
        if entry.prediction is None:
            self._theme.icon("warning", "warn").paint(painter, area.adjusted(16, 16, -16, -16))
            return
        pixmap = _pixmap(entry)
        painter.save()
        painter.setClipPath(path)
        side = min(pixmap.width(), pixmap.height())  # fill the square, cut the rest
        left, top = (pixmap.width() - side) // 2, (pixmap.height() - side) // 2
        painter.drawPixmap(area, pixmap, QRect(left, top, side, side))
        painter.restore()

    def _paint_prediction(
        self, painter: QPainter, area: QRect, entry: FileEntry, font: QFont
    ) -> None:
        if entry.prediction is None:
            return
        name, probability = entry.prediction.top
        percent = f"{round(probability * 100)} %"
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        line = QRect(area.left(), area.top(), area.width(), 20)
        number_width = QFontMetrics(bold).horizontalAdvance(percent) + 8
        text, quiet = self._theme.color("text"), self._theme.color("text_quiet")
        _write(painter, line.adjusted(0, 0, -number_width, 0), name, bold, text)
        _write(painter, line, percent, bold, text, Qt.AlignmentFlag.AlignRight)
        bar = QRectF(area.left(), line.bottom() + 5, area.width(), 4)
        paint_bar(
            painter, bar, probability, self._theme.color("line"), bar_colour(self._theme, True)
        )
        below = QRect(area.left(), area.bottom() - 19, area.width(), 20)
        _write(painter, below, entry.path.name, _small(font), quiet, middle=True)

    def _paint_error(self, painter: QPainter, area: QRect, entry: FileEntry, font: QFont) -> None:
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        line = QRect(area.left(), area.top(), area.width(), 20)
        text = self._theme.color("text")
        _write(painter, line, entry.path.name, bold, text, middle=True)
        painter.setFont(_small(font))
        painter.setPen(self._theme.color("text_quiet"))
        area = area.adjusted(0, 22, 0, 2)
        flags = Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignTop.value
        painter.drawText(area, flags, entry.reason)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(_SMALL_PX)
    return small


def _write(
    painter: QPainter,
    area: QRect,
    text: str,
    font: QFont,
    colour: QColor,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    middle: bool = False,
) -> None:
    """One line, elided at its end, or in the middle where the end tells most."""
    elide = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetrics(font).elidedText(text, elide, area.width())
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, shown)


def _pixmap(entry: FileEntry) -> QPixmap:
    key = f"classified-file-{entry.key}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap.loadFromData(entry.thumbnail)
        QPixmapCache.insert(key, pixmap)
    return pixmap
