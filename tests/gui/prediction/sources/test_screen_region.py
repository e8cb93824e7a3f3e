"""A part of the screen is chosen with the mouse, grabbed, and refused in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.errors import UsageError
from cnn_studio.gui.prediction.sources.region_choice import RegionChoice
from cnn_studio.gui.prediction.sources.region_overlay import RegionOverlay
from cnn_studio.gui.prediction.sources.screen_grabber import ScreenGrabber, next_interval_ms
from cnn_studio.gui.prediction.sources.screen_region import ScreenRegion, is_wayland
from cnn_studio.gui.prediction.sources.screen_source import ScreenSource
from cnn_studio.gui.theme import Theme
from tests.camera.running_feed import RunningFeed


class _Coloured(QWidget):
    """A window without a frame, in one colour."""

    def __init__(self, colour: str) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self.colour = QColor(colour)
        self.setGeometry(40, 30, 200, 150)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.colour)


@pytest.fixture
def coloured(qtbot: QtBot) -> _Coloured:
    window = _Coloured("#1060e0")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def choice(qtbot: QtBot, tmp_path: Path, coloured: _Coloured) -> Iterator[RegionChoice]:
    theme = Theme(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    choice = RegionChoice(theme, coloured)
    yield choice
    choice.close()


def _asked(qtbot: QtBot, choice: RegionChoice) -> RegionOverlay:
    """The overlay, once it covers the screen."""
    choice.ask()
    qtbot.waitUntil(lambda: bool(choice._overlays))
    (overlay,) = choice._overlays
    return overlay


def _region(window: QWidget, margin: int = 0) -> ScreenRegion:
    place = window.geometry().adjusted(margin, margin, -margin, -margin)
    name = QGuiApplication.primaryScreen().name()
    return ScreenRegion(name, place.x(), place.y(), place.width(), place.height())


def test_a_region_that_is_too_small_is_refused() -> None:
    with pytest.raises(UsageError, match=r"at least 16 x 16 pixels, not 15 x 300\."):
        ScreenRegion("screen", 0, 0, 15, 300)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("xcb", {}, False),
        ("xcb", {"XDG_SESSION_TYPE": "x11"}, False),
        ("xcb", {"XDG_SESSION_TYPE": "wayland"}, True),
        ("xcb", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("wayland", {}, True),
        ("wayland-egl", {}, True),
        ("windows", {"XDG_SESSION_TYPE": "wayland"}, False),
        ("cocoa", {}, False),
    ],
)
def test_a_session_that_lets_nobody_look_is_known(
    platform: str, environment: dict[str, str], expected: bool
) -> None:
    assert is_wayland(platform, environment) is expected


def test_a_drag_chooses_a_part_of_the_screen(qtbot: QtBot, choice: RegionChoice) -> None:
    overlay = _asked(qtbot, choice)
    with qtbot.waitSignal(choice.chosen) as chosen:
        QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(300, 250))
        QTest.mouseMove(overlay, QPoint(150, 200))
        assert (overlay.region.width(), overlay.region.height()) == (150, 50)
        overlay.grab()
        QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(100, 50))
    region = chosen.args[0]
    assert (region.left, region.top, region.width, region.height) == (100, 50, 200, 200)
    assert not overlay.isVisible()


def test_a_mere_click_begins_again_and_enter_takes_the_whole_screen(
    qtbot: QtBot, choice: RegionChoice
) -> None:
    choice.ask()
    overlay = _asked(qtbot, choice)  # asked twice, it is still one overlay
    QTest.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(100, 50))
    assert overlay.isVisible()
    assert overlay.region.isEmpty()
    with qtbot.waitSignal(choice.chosen) as chosen:
        QTest.keyClick(overlay, Qt.Key.Key_Return)
    size = QGuiApplication.primaryScreen().size()
    assert (chosen.args[0].width, chosen.args[0].height) == (size.width(), size.height())


def test_escape_leaves_everything_as_it_was(qtbot: QtBot, choice: RegionChoice) -> None:
    chosen: list[ScreenRegion] = []
    choice.chosen.connect(chosen.append)
    overlay = _asked(qtbot, choice)
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    assert chosen == []


def test_closing_the_overlay_is_as_escape(qtbot: QtBot, choice: RegionChoice) -> None:
    overlay = _asked(qtbot, choice)
    overlay.close()
    assert choice._overlays == []


def test_the_overlay_shows_the_screen_dimmed_and_the_part_as_it_is(
    qtbot: QtBot, choice: RegionChoice, coloured: _Coloured
) -> None:
    overlay = _asked(qtbot, choice)
    inside = coloured.geometry().center()
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=inside - QPoint(50, 50))
    QTest.mouseMove(overlay, inside + QPoint(20, 20))
    shown = overlay.grab().toImage()
    assert shown.pixelColor(inside) == coloured.colour
    dimmed = shown.pixelColor(coloured.geometry().topLeft() + QPoint(5, 5))
    assert dimmed.value() < coloured.colour.value() * 0.6


def test_what_is_grabbed_is_what_is_on_the_screen(qtbot: QtBot, coloured: _Coloured) -> None:
    grabber = ScreenGrabber(_region(coloured, margin=10))
    with RunningFeed(grabber.source) as running:
        grabber.start()
        qtbot.waitUntil(lambda: bool(running.frames))
        assert running.frames[0].image_rgb.shape == (130, 180, 3)
        assert (running.frames[0].image_rgb == (0x10, 0x60, 0xE0)).all()
        coloured.colour = QColor("#e01010")
        coloured.update()
        qtbot.waitUntil(lambda: tuple(running.frames[-1].image_rgb[5, 5]) == (0xE0, 0x10, 0x10))
        grabber.stop()


def test_a_screen_that_is_gone_is_told_and_comes_back(qtbot: QtBot, coloured: _Coloured) -> None:
    grabber = ScreenGrabber(ScreenRegion("no such screen", 0, 0, 100, 100))
    with RunningFeed(grabber.source) as running:
        grabber.start()
        qtbot.waitUntil(lambda: running.statuses[-1:] == [FeedStatus.FAILED])
        assert running.states[-1].message.startswith("This screen is no longer there.")
        grabber.stop()
        grabber.source.offer(QImage(20, 20, QImage.Format.Format_RGB32))
        running.feed.retry()
        qtbot.waitUntil(lambda: running.statuses[-1:] == [FeedStatus.RUNNING])


def test_while_the_window_is_busy_the_last_picture_stays() -> None:
    source = ScreenSource(10.0)
    image = QImage(33, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(1, 2, 3))
    source.offer(image)
    first = source.read()
    assert first.shape == (20, 33, 3)
    assert (first == (1, 2, 3)).all()
    assert np.array_equal(source.read(), first)


@pytest.mark.parametrize(
    ("took_ms", "expected"), [(1.0, 100), (15.0, 100), (60.0, 400), (1e6, 1000)]
)
def test_slow_grabbing_is_done_less_often(took_ms: float, expected: int) -> None:
    assert next_interval_ms(took_ms) == expected
