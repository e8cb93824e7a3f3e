"""Tiles that are thumbnails, as sharp as the screen that they are on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.pictures.gallery_delegate import GAP, LEAST_SIDE
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.picture_zoom import WHEEL_NOTCH
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.pictures.tile_view import TileView
from cnn_studio.gui.theme import Theme

PICTURE_SIDE = 136  # what the widest tile of the usual size shows, on a screen of scale 1

# Pictures are made in a few sizes only: nearly every size of a tile finds its own kept on the disk.
_PICTURE_SIDES = (PICTURE_SIDE, 192, 272, 384, 544, 768, 1088)


class ThumbnailView(TileView):
    """Shows a GalleryModel, and has its thumbnails made again for a finer screen.

    Args:
        model: What is shown.
        thumbnails: Where the pictures are made.
        theme: Where colours come from.
        least_side: How wide and high a tile is at least, in pixels of a screen of scale 1.

    Signals:
        size_step_requested(int): The tiles shall be so many steps larger, or smaller: the wheel
            was turned with Ctrl.
    """

    size_step_requested = Signal(int)

    def __init__(
        self,
        model: GalleryModel,
        thumbnails: Thumbnails,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        least_side: int = LEAST_SIDE,
    ) -> None:
        super().__init__(least_side + GAP, parent)
        self._thumbnails = thumbnails
        self._turned = 0  # of the wheel with Ctrl, since the last step
        self.setModel(model)
        theme.changed.connect(self.viewport().update)

    def set_least_side(self, least_side: int) -> None:
        """Show larger or smaller tiles; what was in the middle stays in sight.

        Args:
            least_side: How wide and high a tile is at least, in pixels of a screen of scale 1.
        """
        bar, height = self.verticalScrollBar(), self.viewport().height()
        in_sight = self.visualRect(self.currentIndex()).intersects(self.viewport().rect())
        index = self.currentIndex() if in_sight else self.indexAt(QPoint(0, height // 2))
        is_at_top = bar.value() == 0 and not in_sight
        above = self.visualRect(index).center().y()
        self.set_least_cell(least_side + GAP)
        if index.isValid() and not is_at_top:
            bar.setValue(bar.value() + self.visualRect(index).center().y() - above)
        self._fit_screen()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() != Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        event.accept()
        self._turned += event.angleDelta().y()
        steps = int(self._turned / WHEEL_NOTCH)  # a touchpad turns it by less than a notch
        self._turned -= steps * WHEEL_NOTCH
        if steps:
            self.size_step_requested.emit(steps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self._fit_screen()

    def showEvent(self, event: QShowEvent) -> None:
        self._fit_screen()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit_screen()
        return super().event(event)

    def _fit_screen(self) -> None:
        wanted = (self.grid.cell - GAP) * self.devicePixelRatioF()
        side = next((each for each in _PICTURE_SIDES if each >= wanted), _PICTURE_SIDES[-1])
        self._thumbnails.set_side(side)
