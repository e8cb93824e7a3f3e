"""Grabs a part of the screen ten times a second, and less often where that takes long."""

from __future__ import annotations

import os
import time

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen

from cnn_studio.gui.prediction.sources.screen_region import ScreenRegion, is_wayland
from cnn_studio.gui.prediction.sources.screen_source import ScreenSource

INTERVAL_MS = 100
_LONGEST_INTERVAL_MS = 1000
_SHARE = 0.15  # of the window's time that may go into grabbing


def next_interval_ms(took_ms: float) -> int:
    """How long to wait after a grab that took so long, so that the window stays smooth."""
    return min(max(INTERVAL_MS, round(took_ms / _SHARE)), _LONGEST_INTERVAL_MS)


def refusal() -> str:
    """Why no program can read this screen, as a sentence; empty if one can."""
    if not is_wayland(QGuiApplication.platformName(), os.environ):
        return ""
    return QCoreApplication.translate(
        "ScreenGrabber",
        "This session (Wayland) does not let a program read the screen. "
        "Log in with X11, or classify a video of the screen.",
    )


class ScreenGrabber(QObject):
    """Gives pictures of one region to its source; lives on the window's thread."""

    def __init__(self, region: ScreenRegion, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source = ScreenSource(1000 / INTERVAL_MS)
        self._region = region
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def start(self) -> None:
        """Grab from now on."""
        self._timer.start(INTERVAL_MS)

    def stop(self) -> None:
        """Grab no more until it is started again."""
        self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        screen = screen_called(self._region.screen)
        if screen is None:
            self.source.refuse(
                self.tr("This screen is no longer there. Choose the part of the screen again.")
            )
            return
        begun_s = time.perf_counter()
        region = self._region
        grabbed = screen.grabWindow(0, region.left, region.top, region.width, region.height)
        if grabbed.isNull():
            self.source.refuse(
                self.tr("The screen gives no picture. Choose the part of the screen again.")
            )
        else:
            self.source.offer(grabbed.toImage())
        took_ms = (time.perf_counter() - begun_s) * 1000
        self._timer.setInterval(next_interval_ms(took_ms))


def screen_called(name: str) -> QScreen | None:
    """The screen of that name, if it is connected."""
    return next((each for each in QGuiApplication.screens() if each.name() == name), None)
