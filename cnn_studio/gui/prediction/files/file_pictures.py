"""The thumbnails of classified files, made for the rows that are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPixmap

from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.theme import Theme

SIDE_PX = 32
_RADIUS = 4.0
_MOST_KEPT = 1000
_ICON_PX = 18


class FilePictures(QObject):
    """Gives the picture of an entry. Files are read again, small and beside the window.

    Frames of videos and what lies in zips would take long to find again; their entries hold a
    small JPEG.

    Signals:
        changed: A picture that was not there is there now.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ratio = 1.0
        self._thumbnails = Thumbnails(SIDE_PX, self)
        self._thumbnails.ready.connect(self._on_thumbnails_ready)
        self._kept: OrderedDict[int, QIcon] = OrderedDict()
        self._in_sight: set[Path] = set()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_ratio(self, ratio: float) -> None:
        """Make them for a screen of another scale."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._thumbnails.set_side(round(SIDE_PX * ratio))
            self._on_theme_changed()

    def icon(self, entry: FileEntry) -> QIcon:
        """The picture of an entry as a square; an empty one until it is made."""
        kept = self._kept.get(entry.key)
        if kept is not None:
            self._kept.move_to_end(entry.key)
            return kept
        if entry.is_unreadable:
            return self._broken
        picture = self._raw(entry)
        if picture is None:
            return self._empty
        self._kept[entry.key] = rounded = as_it_is(self._rounded(picture))
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return rounded

    def focus(self, in_sight: Sequence[FileEntry], ahead: Sequence[FileEntry]) -> None:
        """Make these from now on and nothing that was asked for before."""
        paths = [entry.path for entry in in_sight if self._is_read_again(entry)]
        self._in_sight = set(paths)
        self._thumbnails.focus(paths, [e.path for e in ahead if self._is_read_again(e)])

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()

    def shutdown(self) -> None:
        """End the threads."""
        self._thumbnails.shutdown()

    def _is_read_again(self, entry: FileEntry) -> bool:
        is_file = not entry.is_unreadable and not entry.answer.thumbnail
        return is_file and entry.key not in self._kept

    def _raw(self, entry: FileEntry) -> QPixmap | None:
        if entry.answer.thumbnail:
            pixmap = QPixmap()
            pixmap.loadFromData(entry.answer.thumbnail)
            return pixmap
        thumbnail = self._thumbnails.get(entry.path)
        return thumbnail.pixmap if thumbnail is not None else None

    def _rounded(self, picture: QPixmap) -> QPixmap:
        result = self._blank()
        painter = QPainter(result)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        square = QRectF(0, 0, SIDE_PX, SIDE_PX)
        outline = QPainterPath()
        outline.addRoundedRect(square, _RADIUS, _RADIUS)
        painter.setClipPath(outline)
        side = min(picture.width(), picture.height())
        left, top = (picture.width() - side) / 2, (picture.height() - side) / 2
        painter.drawPixmap(square, picture, QRectF(left, top, side, side))
        painter.end()
        return result

    def _plain(self, icon: str) -> QPixmap:
        """A square without a picture, perhaps with a sign in it."""
        result = self._blank()
        painter = QPainter(result)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(QRectF(0, 0, SIDE_PX, SIDE_PX), _RADIUS, _RADIUS)
        if icon:
            place = (SIDE_PX - _ICON_PX) // 2
            self._theme.icon(icon, "warn").paint(painter, place, place, _ICON_PX, _ICON_PX)
        painter.end()
        return result

    def _blank(self) -> QPixmap:
        side = round(SIDE_PX * self._ratio)
        pixmap = QPixmap(side, side)
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    @Slot(object)
    def _on_thumbnails_ready(self, path: Path) -> None:
        if path in self._in_sight:
            self.changed.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._kept.clear()
        self._empty = as_it_is(self._plain(""))
        self._broken = as_it_is(self._plain("warning"))
        self.changed.emit()


def as_it_is(pixmap: QPixmap) -> QIcon:
    """An icon that looks the same in a selected row, where Qt would tint it."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
