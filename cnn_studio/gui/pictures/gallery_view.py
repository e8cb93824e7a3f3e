"""The thumbnails on the screen: selecting them, and dragging them away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from cnn_studio.data.samples import Sample
from cnn_studio.gui.dropped_files import dropped_paths
from cnn_studio.gui.figures import whole
from cnn_studio.gui.pictures.gallery_delegate import LEAST_SIDE, GalleryDelegate
from cnn_studio.gui.pictures.gallery_model import SAMPLES_MIME, GalleryModel
from cnn_studio.gui.pictures.thumbnail_view import ThumbnailView
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme

_DRAG_SIDE = 72
_SCREENS_AHEAD = 2
_MOST_AHEAD = 512  # small tiles make many in a screen


class GalleryView(ThumbnailView):
    """Shows a GalleryModel.

    Signals:
        files_dropped(list): Files and folders from elsewhere were dropped here; paths.
        look_requested(int): The sample in this row shall be shown large.
    """

    files_dropped = Signal(list)
    look_requested = Signal(int)

    def __init__(
        self,
        model: GalleryModel,
        thumbnails: Thumbnails,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        least_side: int = LEAST_SIDE,
    ) -> None:
        super().__init__(model, thumbnails, theme, parent, least_side=least_side)
        self._gallery = model
        self._theme = theme
        self._in_sight: dict[Path, int] = {}  # rows
        self._is_heading_up = False
        self.setObjectName("gallery")
        self.setAccessibleName(self.tr("Images of the class"))
        self.setItemDelegate(GalleryDelegate(model, theme, self))
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        thumbnails.ready.connect(self._on_thumbnails_ready)

    def selected_samples(self) -> list[Sample]:
        """What is selected, newest first."""
        samples = self._gallery.samples
        return [
            sample for first, last in self.selected_ranges() for sample in samples[first : last + 1]
        ]

    @Slot()
    def look_at_current(self) -> None:
        """Ask for a large view of the current sample, or the first selected, or the first."""
        if not self._gallery.samples:
            return
        selected = self.selected_ranges()
        current = self.currentIndex()
        if selected and not self.selectionModel().isSelected(current):
            self.look_requested.emit(selected[0][0])
        else:
            self.look_requested.emit(max(0, current.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.look_at_current()
            event.accept()
        else:
            super().keyPressEvent(event)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [(self.tr("Space"), self.tr("Show the selected image large"))]

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.look_requested.emit(index.row())
        super().mouseDoubleClickEvent(event)

    def startDrag(self, _supported: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        samples = self.selected_samples()
        if not samples:
            return
        drag = QDrag(self)
        drag.setMimeData(self._gallery.mime_data(samples))
        picture = self._drag_picture(samples)
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(12, 12))
        # To another program it is a copy; that a class takes the samples over is its own doing.
        drag.exec(Qt.DropAction.CopyAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._answer(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._answer(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._answer(event)
        if event.isAccepted():
            self.files_dropped.emit(dropped_paths(event.mimeData()))

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's name
        self._is_heading_up = dy > 0
        super().scrollContentsBy(dx, dy)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._ask_for_pictures()

    @Slot(object)
    def _on_thumbnails_ready(self, path: Path) -> None:
        row = self._in_sight.get(path)
        if row is not None:
            self.viewport().update(self.grid.rect(row).translated(0, -self.verticalOffset()))

    def _ask_for_pictures(self) -> None:
        """Have made what is in sight, and the screens that scrolling on would bring into sight."""
        samples, (first, last) = self._gallery.samples, self.rows_in_sight()
        self._in_sight = {samples[row].path: row for row in range(first, last + 1)}
        more = min((last + 1 - first) * _SCREENS_AHEAD, _MOST_AHEAD)
        ahead = (
            samples[max(0, first - more) : first][::-1]
            if self._is_heading_up
            else samples[last + 1 : last + 1 + more]
        )
        self._thumbnails.focus(list(self._in_sight), [sample.path for sample in ahead])

    def _answer(self, event: QDropEvent) -> None:
        mime = event.mimeData()
        if dropped_paths(mime) and not mime.hasFormat(SAMPLES_MIME):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def _drag_picture(self, samples: Sequence[Sample]) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(_DRAG_SIDE, _DRAG_SIDE) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self._theme.color("line"))
        thumbnail = self._thumbnails.get(samples[0].path)
        painter = QPainter(picture)
        if thumbnail is not None and thumbnail.pixmap is not None:
            painter.drawPixmap(0, 0, _DRAG_SIDE, _DRAG_SIDE, thumbnail.pixmap)
        badge = whole(len(samples))
        width = painter.fontMetrics().horizontalAdvance(badge) + 12
        painter.fillRect(0, 0, width, 20, self._theme.color("accent"))
        painter.setPen(QColor(self._theme.tokens.on_accent))
        painter.drawText(0, 0, width, 20, Qt.AlignmentFlag.AlignCenter, badge)
        painter.end()
        return picture
