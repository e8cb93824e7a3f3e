"""What lies in the trash, as tiles that say which class each image was in and when it went."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Slot,
)
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cnn_studio.data.samples import Sample
from cnn_studio.data.trash import TrashedSample
from cnn_studio.gui.pictures.gallery_delegate import GAP, GalleryDelegate
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.thumbnail_view import ThumbnailView
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

_CAPTION_HEIGHT = 20
_CAPTION_PX = 11
_AnyIndex = QModelIndex | QPersistentModelIndex


class TrashModel(GalleryModel):
    """The trash as a list for Qt, deleted last first."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(thumbnails, parent)
        self._entries: list[TrashedSample] = []
        self._files: dict[TrashedSample, Sample] = {}

    @property
    def entries(self) -> Sequence[TrashedSample]:
        """What is shown, deleted last first."""
        return self._entries

    def set_entries(self, entries: Sequence[TrashedSample]) -> None:
        """Show these instead; what stays keeps its place and its selection."""
        self._files = {
            entry: self._files.get(entry) or Sample(entry.path, entry.sample.class_name)
            for entry in entries
        }
        self._entries = list(entries)
        self.set_samples(list(self._files.values()))

    def entry(self, index: _AnyIndex) -> TrashedSample:
        """What is in a row."""
        return self._entries[index.row()]

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        spoken = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        if index.isValid() and role in spoken:
            entry = self.entry(index)
            text = self.tr("{class_name}: {file}, deleted {when}").format(
                class_name=entry.sample.class_name,
                file=entry.sample.path.name,
                when=long_time(entry.deleted_s),
            )
            thumbnail = self.thumbnail(index)
            text = shown(text)
            return f"{text}\n{thumbnail.reason}" if thumbnail and thumbnail.reason else text
        return super().data(index, role)

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) & ~Qt.ItemFlag.ItemIsDragEnabled


class TrashView(ThumbnailView):
    """Shows a TrashModel."""

    def __init__(
        self,
        model: TrashModel,
        thumbnails: Thumbnails,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, thumbnails, theme, parent)
        self._trash = model
        self.setObjectName("trashView")
        self.setAccessibleName(self.tr("Images in the trash"))
        self.setItemDelegate(_TrashDelegate(model, theme, self))
        thumbnails.ready.connect(self._on_thumbnails_ready)

    def selected_entries(self) -> list[TrashedSample]:
        """What is selected, deleted last first."""
        entries = self._trash.entries
        return [
            entry for first, last in self.selected_ranges() for entry in entries[first : last + 1]
        ]

    @Slot()
    def _on_thumbnails_ready(self) -> None:
        self.viewport().update()


class _TrashDelegate(GalleryDelegate):
    """A thumbnail with a line below its picture: class and time."""

    def __init__(self, model: TrashModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(model, theme, parent)
        self._trash = model
        self._tokens = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        super().paint(painter, option, index)
        entry = self._trash.entry(index)
        tile = QRectF(option.rect).adjusted(GAP / 2 + 2, GAP / 2 + 2, -GAP / 2 - 2, -GAP / 2 - 2)
        strip = tile.adjusted(0, tile.height() - _CAPTION_HEIGHT, 0, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self._tokens.color("surface")
        ground.setAlpha(225)
        outline = QPainterPath()
        outline.addRoundedRect(strip, 3, 3)
        painter.fillPath(outline, ground)
        font = option.font
        font.setPixelSize(_CAPTION_PX)
        painter.setFont(font)
        words = strip.adjusted(5, 0, -5, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        when = short_time(entry.deleted_s)
        painter.setPen(self._tokens.color("text_quiet"))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, when)
        width = words.width() - painter.fontMetrics().horizontalAdvance(when) - 6
        elide = Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(shown(entry.sample.class_name), elide, round(width))
        painter.setPen(self._tokens.color("text"))
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()


def long_time(time_s: float) -> str:
    """A moment as the system writes it.

    Args:
        time_s: Seconds since 1970.
    """
    moment = QDateTime.fromSecsSinceEpoch(int(time_s))
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def short_time(time_s: float) -> str:
    """The hour where it was today, else the day; see `long_time`."""
    moment = QDateTime.fromSecsSinceEpoch(int(time_s))
    if moment.date() == QDateTime.currentDateTime().date():
        return QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)
    return QLocale().toString(moment.date(), "d MMM")
