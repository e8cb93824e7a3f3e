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
    """Shows a GalleryModel, and has its thumbnails made anew for a finer screen."""

    def __init__(
        self,
        model: GalleryModel,
        thumbnails: Thumbnails,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(LEAST_SIDE + GAP, parent)
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
        self._thumbnails.set_side(round(PICTURE_SIDE * self.devicePixelRatioF()))
