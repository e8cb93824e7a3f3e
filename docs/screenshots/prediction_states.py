"""The states of the prediction tab that take some clicks to reach, for `make.py --all`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
from on_screen import Leave, Reach, close, close_popup
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QSlider, QWidget

from cnn_studio.camera.spec import parse_spec
from cnn_studio.exporting.export import Stage, Step
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.exporting.export_dialog import ExportDialog
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.prediction.files.filter_bar import FileFilterBar
from cnn_studio.gui.prediction.sources.region_overlay import RegionOverlay
from cnn_studio.gui.studio import Studio
from cnn_studio.vision.images import ImageArray
from tests.benchmarks.open_studio import drop_files, named, press, run_for, run_until

_FORMATS = (
    ExportFormat.TFLITE,
    ExportFormat.TFLITE_DYNAMIC,
    ExportFormat.TFLITE_INT8,
    ExportFormat.ONNX,
)
_COPIES = 60  # of the dataset, so that its classification is still under way when it is seen
_FRAMES = 60  # of each class in a video


def prepare(workspace: Path) -> None:
    """Add what the states need: a strange thing, videos, files in folders, other models."""
    images = workspace / "datasets" / "objects"
    thing = _strange_thing()
    cv2.imwrite(str(workspace / "strange.png"), thing)
    film = _film(images, thing, workspace / "a shoe, a cap and a book.avi")
    whole = film.read_bytes()
    (workspace / "damaged.avi").write_bytes(whole[: len(whole) * 2 // 3])
    (workspace / "no video.avi").write_bytes(b"This was a film once.\n")
    _file_away(images, thing, workspace / "labelled")
    for number in range(_COPIES):
        folder = workspace / "thousands" / f"{number}"
        folder.mkdir(parents=True)
        for path in images.glob("[a-z]*/*.jpg"):
            os.link(path, folder / path.name)
    models = workspace / "models"
    models.mkdir()
    subprocess.run(
        [sys.executable, "-m", "tests.known_models", str(models)], check=True, capture_output=True
    )
    (models / "teachable.zip").rename(models / "Colours of a friend.zip")
    (models / "network from the web.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(64))


def _known(_studio: Studio, window: MainWindow) -> Leave:
    _wait_for_answer(window)
    return _nothing


def _unknown(studio: Studio, window: MainWindow) -> Leave:
    studio.camera.open(parse_spec(str(studio.workspace.root / "strange.png")))
    run_until(lambda: _text(window, "topClass") == "unknown", "answer that it is unknown")
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
    menu = _menu(window, "wrongMenu")
    menu.actions()[1].trigger()
    run_until(lambda: _text(window, "correctionCount"), "correction")
    button = named(window, "wrongButton")
    _pop_up_above(menu, button)

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


def _switch_large(window: MainWindow) -> None:
    press(window, "liveMoreButton")
    named(window, "largeSwitch").click()  # type: ignore[attr-defined]
    close_popup()


def _video_running(studio: Studio, window: MainWindow) -> Leave:
    _play(studio, window, "a shoe, a cap and a book.avi")
    run_until(lambda: "%" in _text(window, "videoProgress"), "video under way")
    return _nothing


def _video_done(_studio: Studio, window: MainWindow) -> Leave:
    run_until(lambda: not _text(window, "videoProgress"), "end of the video")
    return _nothing


def _video_damaged(studio: Studio, window: MainWindow) -> Leave:
    _play(studio, window, "damaged.avi")
    run_for(4)
    return _nothing


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
    _wait_for_answer(window)
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


def _source_menu(_studio: Studio, window: MainWindow) -> Leave:
    chooser = named(window, "sourceChooser")
    _menu(window, "sourceMenu").popup(chooser.mapToGlobal(QPoint(0, chooser.height())))
    return close_popup


def _files_under_way(studio: Studio, window: MainWindow) -> Leave:
    _drop(window, studio.workspace.root / "thousands")
    run_until(lambda: _rows(window) > 20, "files")
    return lambda: _clear_files(window)


def _files(studio: Studio, window: MainWindow) -> Leave:
    folder = studio.workspace.root / "labelled"
    (folder / "holiday.jpg").write_bytes(b"This was an image once.\n")
    _drop(window, folder / "holiday.jpg", folder / "strange.png", *folder.glob("*/*4.jpg"))
    _wait_for_files(window)
    return _nothing


def _file_large(_studio: Studio, window: MainWindow) -> Leave:
    table = named(window, "fileResults")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    run_for(1)
    return lambda: QTest.keyClick(window, Qt.Key.Key_Escape)


def _filter(_studio: Studio, window: MainWindow) -> Leave:
    button = named(window, "fileFilterButton")
    _pop_up_above(_menu(window, "fileFilterMenu"), button)
    return close_popup


def _filtered(_studio: Studio, window: MainWindow) -> Leave:
    next(a for a in window.findChildren(QAction) if a.objectName() == "onlyUnreadable").trigger()
    run_for(0.5)
    return lambda: window.findChild(FileFilterBar).reset()


def _saved(_studio: Studio, window: MainWindow) -> Leave:
    button = named(window, "saveFilesButton")
    _pop_up_above(_menu(window, "saveFilesMenu"), button)

    def leave() -> None:
        close_popup()
        _clear_files(window)

    return leave


def _labelled(studio: Studio, window: MainWindow) -> Leave:
    folder = studio.workspace.root / "labelled"
    _drop(window, *sorted(path for path in folder.iterdir() if path.is_dir()))
    _wait_for_files(window)
    return _nothing


def _matrix(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "fileScoresButton")
    run_for(1)
    return lambda: _clear_files(window)


def _export(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "exportModelButton")
    return lambda: close(window, "modelExportDialog")


def _exporting(studio: Studio, window: MainWindow) -> Leave:
    _export(studio, window)
    _dialog(window).show_started(_FORMATS)
    _dialog(window).show_report(_report(ExportFormat.TFLITE, 26_000_000))
    _dialog(window).show_step(Step(ExportFormat.TFLITE_DYNAMIC, Stage.COMPARING, 3, 8))
    return lambda: _leave_export(window)


def _exported(studio: Studio, window: MainWindow) -> Leave:
    _exporting(studio, window)
    for number, form in enumerate(_FORMATS[1:]):
        _dialog(window).show_report(_report(form, 6_500_000 * (1 + number)))
    _dialog(window).show_finished()
    return lambda: _leave_export(window)


def _export_refused(studio: Studio, window: MainWindow) -> Leave:
    _exporting(studio, window)
    for form in (ExportFormat.TFLITE_DYNAMIC, ExportFormat.ONNX):
        _dialog(window).show_report(_report(form, 6_500_000))
    _dialog(window).show_report(
        ExportReport(
            "tflite-int8", agreement=0.955, largest_difference=0.214, bytes=6_600_000,
            ms_per_image=0.61, images=200, compared_on="validation",
            why="It names the studio's class for 95.5 % of 200 images only.",
        )
    )  # fmt: skip
    _dialog(window).show_finished()
    return lambda: _leave_export(window)


def _strangers_model(studio: Studio, window: MainWindow) -> Leave:
    _drop(window, studio.workspace.root / "models" / "Colours of a friend.zip")
    chooser = window.findChild(QComboBox, "runChooser")
    run_until(lambda: chooser.currentText().startswith("Colours of"), "model of a friend")
    _wait_for_answer(window)
    press(window, "heatButton")
    run_for(1)
    return _nothing


def _refused_model(studio: Studio, window: MainWindow) -> Leave:
    _drop(window, studio.workspace.root / "models" / "network from the web.h5")
    run_for(1.5)
    return _nothing


def _models(_studio: Studio, window: MainWindow) -> Leave:
    chooser = window.findChild(QComboBox, "runChooser")
    chooser.showPopup()
    return chooser.hidePopup


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
    "files-under-way": _files_under_way,
    "files": _files,
    "file-large": _file_large,
    "filter": _filter,
    "filtered": _filtered,
    "saving": _saved,
    "labelled": _labelled,
    "matrix": _matrix,
    "export": _export,
    "exporting": _exporting,
    "exported": _exported,
    "export-refused": _export_refused,
    "strangers-model": _strangers_model,
    "refused-model": _refused_model,
    "models": _models,
}


def _strange_thing() -> ImageArray:
    """A thing of none of the classes: (480, 640, 3), uint8, BGR."""
    chosen = np.random.default_rng(7)
    thing = np.full((480, 640, 3), (60, 140, 40), np.uint8)
    for radius in range(210, 20, -22):
        colour = tuple(int(value) for value in chosen.integers(0, 255, 3))
        centre = (320 + int(chosen.integers(-18, 18)), 240)
        cv2.ellipse(thing, centre, (radius, radius * 3 // 4), radius, 0, 360, colour, -1)
    return thing


def _film(images: Path, thing: ImageArray, target: Path) -> Path:
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"MJPG"), 15, (640, 480))
    for name in ("shoe", "cap", "", "book"):
        paths = sorted((images / name).glob("*.jpg"))[:_FRAMES] if name else []
        for picture in map(cv2.imread, map(str, paths)) if name else [thing] * (_FRAMES // 2):
            writer.write(cv2.resize(picture, (640, 480)))
    writer.release()
    return target


def _file_away(images: Path, thing: ImageArray, folder: Path) -> None:
    """Folders that are called after a class, with some images that are in the wrong one."""
    places = {"shoe": "shoe", "cap": "cap", "book": "book", "pencil": "cellphone"}
    for source, name in places.items():
        (folder / name).mkdir(parents=True)
        for path in sorted((images / source).glob("*.jpg"))[:25]:
            os.link(path, folder / name / path.name)
    cv2.imwrite(str(folder / "strange.png"), thing)
    cv2.imwrite(str(folder / "cap" / "strange.png"), thing)


def _report(form: ExportFormat, size: int) -> ExportReport:
    return ExportReport(
        form, path="model", agreement=1.0, largest_difference=0.0004, bytes=size,
        ms_per_image=0.42, accepted=True, images=200, compared_on="validation",
    )  # fmt: skip


def _dialog(window: MainWindow) -> ExportDialog:
    return next(d for d in window.findChildren(ExportDialog) if d.isVisible())


def _leave_export(window: MainWindow) -> None:
    _dialog(window).close()


def _nothing() -> None:
    """There is nothing to take back."""


def _text(window: MainWindow, name: str) -> str:
    label = window.findChild(QLabel, name)
    return str(label.text()) if label is not None else ""


def _menu(window: MainWindow, name: str) -> QMenu:
    return next(menu for menu in window.findChildren(QMenu) if menu.objectName() == name)


def _pop_up_above(menu: QMenu, button: QWidget) -> None:
    """As a person sees it; a screen that is drawn by nobody is smaller than the window."""
    size, window = menu.sizeHint(), button.window()
    place = button.mapTo(window, QPoint(0, -size.height()))
    place.setX(min(place.x(), window.width() - size.width()))
    menu.popup(window.mapToGlobal(place))
    menu.move(window.mapToGlobal(place))


def _wait_for_answer(window: MainWindow) -> None:
    run_until(lambda: _text(window, "topClass"), "answer")
    run_for(1)


def _show(studio: Studio, window: MainWindow, name: str) -> None:
    studio.camera.open(parse_spec(f"demo:{name}"))
    run_until(lambda: _text(window, "topClass") == name, f"answer {name}")


def _choose_source(window: MainWindow, name: str) -> None:
    next(a for a in _menu(window, "sourceMenu").actions() if a.objectName() == name).trigger()
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


def _drop(window: MainWindow, *paths: Path) -> None:
    drop_files(named(window, "predictionTab"), paths)


def _rows(window: MainWindow) -> int:
    return int(named(window, "fileResults").model().rowCount())  # type: ignore[attr-defined]


def _wait_for_files(window: MainWindow) -> None:
    run_until(lambda: not window.findChild(QWidget, "fileProgress").isVisible(), "list")
    run_for(1.5)


def _clear_files(window: MainWindow) -> None:
    named(window, "clearFilesButton").click()  # type: ignore[attr-defined]
