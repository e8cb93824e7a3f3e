"""The states of the prediction tab that take some clicks to reach, for `make.py --all`."""

from __future__ import annotations

import file_states
from on_screen import (
    Leave,
    Reach,
    close,
    close_popup,
    menu_of,
    nothing,
    pop_up_above,
    text_of,
    wait_for_answer,
)
from prediction_props import prepare as prepare
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider

from cnn_studio.camera.spec import parse_spec
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.prediction.sources.region_overlay import RegionOverlay
from cnn_studio.gui.studio import Studio
from tests.benchmarks.open_studio import named, press, run_for, run_until


def _known(_studio: Studio, window: MainWindow) -> Leave:
    wait_for_answer(window)
    return nothing


def _unknown(studio: Studio, window: MainWindow) -> Leave:
    studio.camera.open(parse_spec(str(studio.workspace.root / "strange.png")))
    run_until(lambda: text_of(window, "topClass") == "unknown", "answer that it is unknown")
    run_for(1)
    return lambda: _show(studio, window, "shoe")


def _accept(_studio: Studio, window: MainWindow) -> Leave:
    slider = window.findChild(QSlider, "acceptSlider")
    slider.setFocus()
    before = slider.value()
    slider.setValue(slider.maximum())
    return lambda: slider.setValue(before)


def _heat(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "heatButton")
    run_for(1)
    return lambda: press(window, "heatButton")


def _frozen(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "freezeButton")
    return lambda: press(window, "freezeButton")


def _more(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "liveMoreButton")
    return close_popup


def _wrong(_studio: Studio, window: MainWindow) -> Leave:
    menu = menu_of(window, "wrongMenu")
    menu.actions()[1].trigger()
    run_until(lambda: text_of(window, "correctionCount"), "correction")
    button = named(window, "wrongButton")
    pop_up_above(menu, button)

    def leave() -> None:
        close_popup()
        press(window, "undoCorrectionButton")

    return leave


def _room(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "heatButton")
    press(window, "fullScreenButton")
    room = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "roomView")
    room.showNormal()
    room.setGeometry(window.geometry())
    run_for(1)

    def leave() -> None:
        room.close()
        press(window, "heatButton")

    return leave


def _large_text(_studio: Studio, window: MainWindow) -> Leave:
    _switch_large(window)
    return lambda: _switch_large(window)


def _source_menu(_studio: Studio, window: MainWindow) -> Leave:
    chooser = named(window, "sourceChooser")
    menu_of(window, "sourceMenu").popup(chooser.mapToGlobal(QPoint(0, chooser.height())))
    return close_popup


def _video_running(studio: Studio, window: MainWindow) -> Leave:
    _play(studio, window, "a shoe, a cap and a book.avi")
    run_until(lambda: "%" in text_of(window, "videoProgress"), "video under way")
    return nothing


def _video_done(_studio: Studio, window: MainWindow) -> Leave:
    run_until(lambda: not text_of(window, "videoProgress"), "end of the video")
    return nothing


def _video_damaged(studio: Studio, window: MainWindow) -> Leave:
    _play(studio, window, "damaged.avi")
    run_for(4)
    return nothing


def _no_video(studio: Studio, window: MainWindow) -> Leave:
    _play(studio, window, "no video.avi")
    run_for(2)
    return lambda: _choose_source(window, "sourceCamera")


def _region_overlay(_studio: Studio, window: MainWindow) -> Leave:
    overlay = _open_overlay(window)
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(12, 4))
    QTest.mouseMove(overlay, QPoint(492, 364))
    return lambda: QTest.keyClick(overlay, Qt.Key.Key_Escape)


def _region(_studio: Studio, window: MainWindow) -> Leave:
    overlay = _open_overlay(window)
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(12, 4))
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(492, 364))
    run_for(1.5)
    return lambda: _choose_source(window, "sourceCamera")


def _history(studio: Studio, window: MainWindow) -> Leave:
    wait_for_answer(window)
    _show(studio, window, "cap")
    run_for(3)
    _show(studio, window, "shoe")
    press(window, "liveHistoryButton")
    run_for(1)
    return lambda: close(window, "liveHistoryDialog")


def _empty_history(studio: Studio, window: MainWindow) -> Leave:
    studio.camera.open(parse_spec("/nowhere/holiday.avi"))
    run_for(0.5)
    press(window, "liveHistoryButton")
    press(window, "clearHistory")

    def leave() -> None:
        close(window, "liveHistoryDialog")
        _show(studio, window, "shoe")

    return leave


def _no_camera(studio: Studio, window: MainWindow) -> Leave:
    studio.camera.open(parse_spec("/nowhere/holiday.avi"))
    run_for(1)
    return lambda: _show(studio, window, "shoe")


STATES: dict[str, Reach] = {
    "known": _known,
    "unknown": _unknown,
    "accept": _accept,
    "heat": _heat,
    "frozen": _frozen,
    "more": _more,
    "wrong": _wrong,
    "room": _room,
    "large-text": _large_text,
    "source-menu": _source_menu,
    "video-running": _video_running,
    "video-done": _video_done,
    "video-damaged": _video_damaged,
    "no-video": _no_video,
    "region-overlay": _region_overlay,
    "region": _region,
    "history": _history,
    "empty-history": _empty_history,
    "no-camera": _no_camera,
    **file_states.STATES,
}


def _switch_large(window: MainWindow) -> None:
    press(window, "liveMoreButton")
    named(window, "largeSwitch").click()  # type: ignore[attr-defined]
    close_popup()


def _show(studio: Studio, window: MainWindow, name: str) -> None:
    studio.camera.open(parse_spec(f"demo:{name}"))
    run_until(lambda: text_of(window, "topClass") == name, f"answer {name}")


def _choose_source(window: MainWindow, name: str) -> None:
    next(a for a in menu_of(window, "sourceMenu").actions() if a.objectName() == name).trigger()
    run_for(0.5)


def _play(studio: Studio, window: MainWindow, name: str) -> None:
    tab = named(window, "predictionTab")
    tab._picture.sources.play(studio.workspace.root / name)  # type: ignore[attr-defined]


def _open_overlay(window: MainWindow) -> RegionOverlay:
    _choose_source(window, "sourceScreen")
    found: list[RegionOverlay] = []

    def is_there() -> bool:
        found[:] = (
            w
            for w in QApplication.topLevelWidgets()
            if isinstance(w, RegionOverlay) and w.isVisible()
        )
        return bool(found)

    run_until(is_there, "overlay")
    return found[0]
