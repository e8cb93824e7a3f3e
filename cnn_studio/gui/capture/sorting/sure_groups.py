"""The photos that are taken as sure, a row for each class: how many, and the least sure of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnn_studio.gui.figures import images
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

_PICTURE, _GAP, _SIDE = 64, 4, 8
_ROW = _PICTURE + 2 * _SIDE
_WORDS = 168
_RADIUS, _ICON = 4, 20
_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_AnyIndex = QModelIndex | QPersistentModelIndex


class SureModel(QAbstractListModel):
    """Photos by class, for Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[tuple[str, Sequence[Path]]] = []

    def set_groups(self, groups: Mapping[str, Sequence[Path]]) -> None:
        """Show these: the photos of each class, the least sure first."""
        self.beginResetModel()
        self._groups = list(groups.items())
        self.endResetModel()

    def group(self, index: _AnyIndex) -> tuple[str, Sequence[Path]]:
        """The class of a row and its photos."""
        return self._groups[index.row()]

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 0 if parent.isValid() else len(self._groups)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        name, paths = self.group(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(name)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            text = self.tr("{images} into {name}, the least sure on the left")
            return text.format(images=images(len(paths)), name=shown(name))
        return None


class SureGroups(QListView):
    """Shows a SureModel; the worst photos of each class are in sight."""

    def __init__(
        self, model: SureModel, thumbnails: Thumbnails, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sureGroups")
        self.setAccessibleName(self.tr("What goes to which class"))
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(model, thumbnails, theme, self))
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        thumbnails.ready.connect(self._on_thumbnails_ready)
        theme.changed.connect(self.viewport().update)

    @Slot()
    def _on_thumbnails_ready(self) -> None:
        self.viewport().update()


class _RowDelegate(QStyledItemDelegate):
    """Draws a class: its name, how many photos, and as many of them as there is room for."""

    def __init__(
        self, model: SureModel, thumbnails: Thumbnails, theme: Theme, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        return QSize(_WORDS + _PICTURE, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        name, paths = self._model.group(index)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if index.row():
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.drawLine(rect.topLeft(), rect.topRight())
        self._paint_words(painter, rect, name, images(len(paths)))
        where = QRectF(rect.left() + _WORDS, rect.top() + _SIDE, _PICTURE, _PICTURE)
        for path in paths:
            if where.right() > rect.right() - _SIDE:
                break
            self._paint_picture(painter, where, path)
            where.translate(_PICTURE + _GAP, 0)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, name: str, count: str) -> None:
        words = QRect(rect.left() + _SIDE, rect.top() + 16, _WORDS - 3 * _SIDE, 24)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        elide = Qt.TextElideMode.ElideMiddle
        elided = painter.fontMetrics().elidedText(shown(name), elide, words.width())
        painter.drawText(words, _MIDDLE, elided)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(self._theme.color("text_quiet"))
        painter.drawText(words.translated(0, 24), _MIDDLE, count)

    def _paint_picture(self, painter: QPainter, where: QRectF, path: Path) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(where, _RADIUS, _RADIUS)
        painter.fillPath(outline, self._theme.color("hover"))
        thumbnail = self._thumbnails.get(path)
        if thumbnail is not None and thumbnail.pixmap is not None:
            painter.save()
            painter.setClipPath(outline)
            painter.drawPixmap(where, thumbnail.pixmap, QRectF(thumbnail.pixmap.rect()))
            painter.restore()
        elif thumbnail is not None:
            icon = QRectF(0, 0, _ICON, _ICON)
            icon.moveCenter(where.center())
            self._theme.icon("warning", "warn").paint(painter, icon.toRect())
