"""Tiles that are thumbnails, as sharp as the screen that they are on."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.pictures.gallery_delegate import GAP, LEAST_SIDE
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.pictures.tile_view import TileView
from cnn_studio.gui.theme import Theme

PICTURE_SIDE = 136  # what the widest tile shows, in pixels of a screen of scale 1


class ThumbnailView(TileView):
    """Shows a GalleryModel, and has its thumbnails made again for a finer screen.

    Args:
        model: What is shown.
        thumbnails: Where the pictures are made.
        theme: Where colours come from.
        least_side: How wide and high a tile is at least, in pixels of a screen of scale 1.
    """

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
        self._picture_side = least_side + PICTURE_SIDE - LEAST_SIDE
        self._thumbnails = thumbnails
        self.setModel(model)
        theme.changed.connect(self.viewport().update)

    def showEvent(self, event: QShowEvent) -> None:
        self._fit_screen()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fit_screen()
        return super().event(event)

    def _fit_screen(self) -> None:
        self._thumbnails.set_side(round(self._picture_side * self.devicePixelRatioF()))
