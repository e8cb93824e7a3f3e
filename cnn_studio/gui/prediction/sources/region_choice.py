"""Asks for a part of any of the screens."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.prediction.sources.region_overlay import RegionOverlay
from cnn_studio.gui.prediction.sources.screen_region import ScreenRegion
from cnn_studio.gui.theme import Theme

_MENU_GOES_MS = 150  # a menu that was just chosen from shall not be in the picture


class RegionChoice(QObject):
    """Covers every screen until a part of one is chosen, or Escape.

    Signals:
        chosen(ScreenRegion): This part was dragged over.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._theme = theme
        self._overlays: list[RegionOverlay] = []
        self._soon = QTimer(self, interval=_MENU_GOES_MS, singleShot=True)
        self._soon.timeout.connect(self._on_soon_timeout)

    @Slot()
    def ask(self) -> None:
        """Ask, unless it is being asked already."""
        if not self._overlays:
            self._soon.start()

    @Slot()
    def close(self) -> None:
        """Free the screens."""
        self._soon.stop()
        if not self._overlays:
            return
        overlays, self._overlays = self._overlays, []
        for overlay in overlays:
            overlay.hide()
            overlay.deleteLater()
        self._window.window().activateWindow()

    @Slot(object)
    def _on_overlay_chosen(self, region: ScreenRegion) -> None:
        self.close()
        self.chosen.emit(region)

    @Slot()
    def _on_soon_timeout(self) -> None:
        # All pictures are taken before the first overlay is in one of them.
        for screen in QGuiApplication.screens():
            overlay = RegionOverlay(screen, self._theme, self._window)
            overlay.chosen.connect(self._on_overlay_chosen)
            overlay.cancelled.connect(self.close)
            self._overlays.append(overlay)
        for overlay in self._overlays:
            overlay.showFullScreen()
        own = self._window.screen()
        first = next((each for each in self._overlays if each.screen() is own), self._overlays[0])
        first.raise_()
        first.activateWindow()
        first.setFocus()
