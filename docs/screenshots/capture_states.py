"""The states of the capture tab that take some clicks to reach, for `make.py --all`."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
from on_screen import Leave, Reach, close, close_popup
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView, QWidget

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.network_dialog import NetworkDialog
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.benchmarks.open_studio import drop_files, named, press, run_for, run_until

_LONG_NAME = "a cellphone of the nineties with antenna"
_CLASSES = 30


def prepare(workspace: Path) -> None:
    """Add what the states need: two copies, a dataset without classes and one with many."""
    place = Workspace(workspace)
    dataset = find_dataset(place, "objects")
    first, second, *_ = sorted((dataset.folder / "shoe").glob("*.jpg"))
    shutil.copy(first, dataset.folder / "cap" / first.name)
    shutil.copy(second, second.with_name("copy.jpg"))
    _bring_together(dataset.folder, workspace / "Holiday photos")
    _film(dataset.folder / "book", workspace / "book.avi")
    create_dataset(place, "No classes yet")
    many = [f"class {number}" for number in range(1, _CLASSES)]
    create_dataset(place, "Many classes", [_LONG_NAME, *many])


def _recording(_studio: Studio, window: MainWindow) -> Leave:
    button = named(window, "recordButton")
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    run_for(1.5)
    return lambda: QTest.mouseRelease(button, Qt.MouseButton.LeftButton)


def _options(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "recordOptionsButton")
    return close_popup


def _filter(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "filterButton")
    run_for(1)
    named(window, "galleryModelChooser").setProperty("currentIndex", 1)
    run_until(lambda: not _text(window, "insightProgress"), "model's opinion of the images")
    run_for(1)
    return lambda: press(window, "filterButton")


def _large(_studio: Studio, window: MainWindow) -> Leave:
    view = _gallery(window)
    view.setFocus()
    view.setCurrentIndex(view.model().index(3, 0))
    QTest.keyClick(view, Qt.Key.Key_Space)
    return lambda: QTest.keyClick(named(window, "largeView"), Qt.Key.Key_Escape)


def _review(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "reviewButton")
    return lambda: QTest.keyClick(named(window, "largeView"), Qt.Key.Key_Escape)


def _history(_studio: Studio, window: MainWindow) -> Leave:
    view = _gallery(window)
    view.setCurrentIndex(view.model().index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    run_for(1)
    press(window, "historyButton")
    return close_popup


def _undo_offer(_studio: Studio, window: MainWindow) -> Leave:
    """An offer to undo that a later message has not pushed away."""
    view = _gallery(window)
    view.setFocus()
    view.selectAll()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    run_until(lambda: _text(window, "undoText"), "offer to undo")
    named(window, "newClassField").setProperty("text", "CAP")
    press(window, "addClassButton")
    run_for(1)

    def leave() -> None:
        named(window, "newClassField").setProperty("text", "")
        press(window, "noticeClose")
        press(window, "undoBarButton")

    return leave


def _delete_class(_studio: Studio, window: MainWindow) -> Leave:
    view = named(window, "classList")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    return lambda: close(window, "removeClassQuestion")


def _trash(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "trashButton")
    run_for(1)
    return lambda: close(window, "trashDialog")


def _checkup(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "checkupButton")
    run_until(lambda: window.findChild(QWidget, "findingTree").isVisible(), "findings")
    run_for(1)
    return lambda: close(window, "checkupDialog")


def _import_preview(studio: Studio, window: MainWindow) -> Leave:
    drop_files(_gallery(window).viewport(), [studio.workspace.root / "Holiday photos"])
    run_until(lambda: window.findChild(QWidget, "importPreview"), "preview of the import")
    run_for(1)
    return lambda: close(window, "importPreview")


def _video(studio: Studio, window: MainWindow) -> Leave:
    drop_files(_gallery(window).viewport(), [studio.workspace.root / "book.avi"])
    run_until(lambda: window.findChild(QWidget, "videoDialog"), "video")
    run_for(1.5)
    return lambda: close(window, "videoDialog")


def _network_camera(studio: Studio, window: MainWindow) -> Leave:
    NetworkDialog(studio, window).open()
    return lambda: close(window, "networkDialog")


def _no_camera(studio: Studio, _window: MainWindow) -> Leave:
    studio.camera.open(parse_spec("/nowhere/holiday.avi"))
    return lambda: studio.camera.open(parse_spec("demo"))


def _no_classes(studio: Studio, _window: MainWindow) -> Leave:
    studio.choose_dataset("no-classes-yet")
    return lambda: None


def _many_classes(studio: Studio, _window: MainWindow) -> Leave:
    studio.choose_dataset("many-classes")
    return lambda: None


def _not_there(studio: Studio, _window: MainWindow) -> Leave:
    studio.choose_dataset("fashion-mnist")
    return lambda: studio.choose_dataset("objects")


STATES: dict[str, Reach] = {
    "recording": _recording,
    "options": _options,
    "filter": _filter,
    "large": _large,
    "review": _review,
    "history": _history,
    "undo-offer": _undo_offer,
    "delete-class": _delete_class,
    "trash": _trash,
    "checkup": _checkup,
    "import": _import_preview,
    "video": _video,
    "network-camera": _network_camera,
    "no-camera": _no_camera,
    "no-classes": _no_classes,
    "many-classes": _many_classes,
    "not-there": _not_there,
}


def _bring_together(dataset: Path, folder: Path) -> None:
    """A folder as a person has it: class folders, one of them under another name, and a text."""
    for name, source in (("shoe", "shoe"), ("CAP", "cap"), ("beach/mug", "book")):
        (folder / name).mkdir(parents=True)
        for path in sorted((dataset / source).glob("*.jpg"))[:9]:
            shutil.copy(path, folder / name / path.name)
    (folder / "notes.txt").write_text("Cannes\n", encoding="utf-8")


def _film(images: Path, target: Path) -> None:
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"MJPG"), 15, (640, 480))
    for path in sorted(images.glob("*.jpg")):
        writer.write(cv2.resize(cv2.imread(str(path)), (640, 480)))
    writer.release()


def _gallery(window: MainWindow) -> QListView:
    return next(v for v in window.findChildren(QListView) if v.objectName() == "gallery")


def _text(window: QWidget, name: str) -> str:
    label = window.findChild(QWidget, name)
    return str(label.property("text")) if label is not None else ""
