"""The short tour: at the first start alone, over the real controls, and in nobody's way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.help import tour as tour_module
from cnn_studio.gui.help.callout import Callout
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(tour_module, "_FIRST_AFTER_MS", 50)
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def _title(window: MainWindow) -> str:
    label = window.findChild(QLabel, "calloutTitle")
    assert label is not None
    return label.text()


def _press(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert button is not None
    button.click()


def test_it_comes_at_the_first_start_and_never_again(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    window.help.tour.begin_at_first_start()
    qtbot.waitUntil(lambda: window.help.tour.is_shown)
    for title in ("Record", "Train", "Predict"):
        assert _title(window) == title
        _press(window, "tourNext")
    assert not window.help.tour.is_shown
    window.help.tour.begin_at_first_start()
    assert not window.help.tour._first.isActive()
    window.help.tour.begin()  # as chosen in the menu
    assert window.help.tour.is_shown
    _press(window, "tourSkip")
    assert not window.help.tour.is_shown


@pytest.mark.parametrize("size", [(960, 640), (1280, 800)])
def test_each_step_points_at_a_control_that_is_seen_and_does_not_cover_it(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.help.tour.begin()
    for name in ("recordButton", "trainingPage", "predictionPage"):
        callout = window.findChild(Callout)
        target = window.findChild(QWidget, name)
        assert callout is not None
        assert target is not None
        qtbot.waitUntil(lambda c=callout: window.rect().contains(c.geometry()))
        place = target.rect().translated(target.mapTo(window, QPoint(0, 0)))
        card = callout.geometry().adjusted(0, 2, 0, -2)
        assert not card.intersects(place)
        assert abs(callout._tip.x() + callout.x() - place.center().x()) < place.width() / 2
        _press(window, "tourNext")


def test_it_takes_no_focus_and_escape_ends_it(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    before = window.focusWidget()
    window.help.tour.begin()
    next_button = window.findChild(QPushButton, "tourNext")
    qtbot.mouseClick(next_button, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is before
    assert _title(window) == "Train"
    handle = window.windowHandle()
    assert handle is not None
    alt_shift = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(handle, Qt.Key.Key_N, alt_shift)
    qtbot.waitUntil(lambda: _title(window) == "Predict")
    qtbot.keyClick(handle, Qt.Key.Key_Escape)
    assert not window.help.tour.is_shown


def test_a_question_about_broken_off_work_comes_first(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    offer = window.findChild(BrokenOffOffer)
    assert offer is not None
    offer.show()
    window.help.tour.begin_at_first_start()
    qtbot.waitUntil(lambda: not window.help.tour._first.isActive())
    assert not window.help.tour.is_shown
    offer.hide()
    window.help.tour.begin_at_first_start()  # as at the next start
    qtbot.waitUntil(lambda: window.help.tour.is_shown)
    offer.asked.emit()
    assert not window.help.tour.is_shown
    window.help.tour.begin_at_first_start()
    assert window.help.tour._first.isActive()
