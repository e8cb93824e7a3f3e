"""The prediction tab as a person uses it: real models, real cameras, real drops."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.spec import parse_spec
from cnn_studio.gui.pictures.zoomed_picture import ZoomedPicture
from cnn_studio.gui.prediction.files.file_view import FileView
from cnn_studio.gui.prediction.files.files_panel import FilesPanel
from cnn_studio.gui.prediction.live.class_bars import ClassBars
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.bundle import LITE_FILE, read_bundle, write_bundle
from tests.gui.prediction.conftest import bundle_of, write_picture

SPEED = r"\d+ fps · \d+[.,]\d ms · p95 \d+[.,]\d ms"
AddRun = Callable[[str], Path]
ShowColour = Callable[[str], None]


def _label(tab: PredictionTab, name: str) -> str:
    return tab.findChild(QLabel, name).text()


def _button(tab: PredictionTab, name: str) -> QPushButton:
    return tab.findChild(QPushButton, name)


def _results(tab: PredictionTab) -> list[str]:
    model = tab.findChild(QAbstractItemView, "fileResults").model()
    said = int(Qt.ItemDataRole.AccessibleTextRole)
    return [model.index(row, 0).data(said) for row in range(model.rowCount())]


def _wait_for_top(qtbot: QtBot, tab: PredictionTab, name: str) -> None:
    qtbot.waitUntil(lambda: _label(tab, "topClass") == name)


def _mime(paths: Sequence[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def _drag_in(tab: PredictionTab, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        tab.rect().center(),
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    QApplication.sendEvent(tab, event)
    return event


def _drop(tab: PredictionTab, *paths: Path) -> QDropEvent:
    data = _mime(paths)
    assert _drag_in(tab, data).isAccepted()
    event = QDropEvent(
        QPointF(tab.rect().center()),
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(tab, event)
    return event


def _open_result(tab: PredictionTab, row: int) -> None:
    view = tab.findChild(QAbstractItemView, "fileResults")
    view.setCurrentIndex(view.model().index(row, 0))
    view.activated.emit(view.currentIndex())


@pytest.fixture
def colours(qtbot: QtBot, add_run: AddRun, tab: PredictionTab) -> PredictionTab:
    """The tab, active, with the model of colours and no camera yet."""
    add_run("colours")
    tab.activate()
    qtbot.waitUntil(lambda: _button(tab, "openFilesButton").isVisible())
    return tab


def test_without_a_run_it_leads_to_the_training(
    qtbot: QtBot, studio: Studio, tab: PredictionTab, tmp_path: Path
) -> None:
    tab.activate()
    button = _button(tab, "trainFirstButton")
    qtbot.waitUntil(button.isVisible)
    photo = write_picture(tmp_path / "photo.jpg", "red")
    assert not _drag_in(tab, _mime([photo])).isAccepted()
    with qtbot.waitSignal(studio.page_requested) as requested:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert requested.args == ["training"]


def test_a_run_that_a_training_leaves_is_used_at_once(
    qtbot: QtBot, studio: Studio, tab: PredictionTab, add_run: AddRun, show_colour: ShowColour
) -> None:
    tab.activate()
    qtbot.waitUntil(_button(tab, "trainFirstButton").isVisible)
    show_colour("green")
    add_run("colours")
    studio.runs_changed.emit()
    _wait_for_top(qtbot, tab, "green")


def test_the_camera_is_named_live(
    qtbot: QtBot, colours: PredictionTab, show_colour: ShowColour
) -> None:
    for colour in ("red", "blue"):
        show_colour(colour)
        _wait_for_top(qtbot, colours, colour)
    rows = colours.findChild(ClassBars).rows
    assert {row.name for row in rows} == {"red", "green", "blue"}
    assert rows[0].name == "blue"
    assert _label(colours, "topProbability") == f"{rows[0].percent} %"
    qtbot.waitUntil(lambda: bool(re.fullmatch(SPEED, _label(colours, "speedText"))))


def test_the_demo_camera_is_classified_too(
    qtbot: QtBot, studio: Studio, colours: PredictionTab
) -> None:
    studio.camera.open(parse_spec("demo:book"))
    qtbot.waitUntil(lambda: _label(colours, "topClass") in ("red", "green", "blue"))
    demo_button = next(
        child for child in colours.findChildren(QWidget) if child.objectName() == "demo-cap"
    )
    assert demo_button.isVisible()


def test_another_run_can_be_chosen(
    qtbot: QtBot, tab: PredictionTab, add_run: AddRun, show_colour: ShowColour
) -> None:
    add_run("colours")
    add_run("grey")
    tab.activate()
    show_colour("red")
    chooser = tab.findChild(QComboBox, "runChooser")
    qtbot.waitUntil(lambda: chooser.count() == 4 and _label(tab, "topClass") != "")
    other, expected = (1, "colours") if chooser.currentText().startswith("grey") else (0, "colours")
    if chooser.currentText().startswith("colours"):
        other, expected = 1 - chooser.currentIndex(), "grey"
    chooser.setCurrentIndex(other)
    chooser.activated.emit(other)
    assert chooser.currentText().startswith(expected)
    _wait_for_top(qtbot, tab, "red" if expected == "colours" else "dark")


def test_the_run_that_the_training_tab_wants_to_try_is_chosen(
    qtbot: QtBot, studio: Studio, tab: PredictionTab, add_run: AddRun
) -> None:
    chooser = tab.findChild(QComboBox, "runChooser")
    studio.page_requested.connect(tab.activate)
    for folder in (add_run("colours"), add_run("grey")) * 2:
        studio.try_run(folder)
        qtbot.waitUntil(lambda name=folder.name: chooser.currentText().startswith(name))
        tab.deactivate()


def test_a_damaged_model_is_told_and_another_one_works(
    qtbot: QtBot, tab: PredictionTab, add_run: AddRun, show_colour: ShowColour
) -> None:
    folder = add_run("colours")
    whole = (folder / LITE_FILE).read_bytes()
    (folder / LITE_FILE).write_bytes(whole[:200])
    tab.activate()
    show_colour("red")
    notice = tab.lower_edge.findChild(Notice)
    qtbot.waitUntil(notice.isVisible)
    assert "damaged" in notice.text
    assert _label(tab, "topClass") == ""
    (folder / LITE_FILE).write_bytes(whole)
    chooser = tab.findChild(QComboBox, "runChooser")
    chooser.activated.emit(chooser.currentIndex())
    _wait_for_top(qtbot, tab, "red")
    assert not notice.isVisible()


def test_it_rests_while_another_tab_is_shown(
    qtbot: QtBot, colours: PredictionTab, show_colour: ShowColour
) -> None:
    show_colour("red")
    _wait_for_top(qtbot, colours, "red")
    colours.deactivate()
    show_colour("blue")
    camera = colours._studio.camera
    qtbot.waitUntil(lambda: camera.state.status is FeedStatus.RUNNING)
    assert colours._model.latest() is None
    colours.activate()
    _wait_for_top(qtbot, colours, "blue")


def test_dropped_files_are_listed_while_the_camera_goes_on(
    qtbot: QtBot, colours: PredictionTab, show_colour: ShowColour, tmp_path: Path
) -> None:
    show_colour("green")
    _wait_for_top(qtbot, colours, "green")
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"bad")
    event = _drop(colours, write_picture(tmp_path / "one.jpg", "red"), bad)
    assert event.isAccepted()
    assert event.dropAction() is Qt.DropAction.CopyAction
    qtbot.waitUntil(lambda: len(_results(colours)) == 2)
    first, second = _results(colours)
    assert re.fullmatch(r"one\.jpg: red, \d+ %", first)
    assert second == "bad.jpg: The file is text and not an image: bad.jpg."
    assert _label(colours, "fileCount") == "2 files · 1 unreadable"
    assert _label(colours, "topClass") == "green"
    show_colour("blue")
    _wait_for_top(qtbot, colours, "blue")


def test_a_dropped_folder_works_without_a_camera(
    qtbot: QtBot, studio: Studio, colours: PredictionTab, tmp_path: Path
) -> None:
    studio.camera.open(parse_spec(str(tmp_path / "none.avi")))
    qtbot.waitUntil(lambda: studio.camera.state.status is FeedStatus.FAILED)
    qtbot.waitUntil(lambda: _label(colours, "answerReason") == "The camera gives no picture.")
    for name in ("a", "b"):
        write_picture(tmp_path / "folder" / f"{name}.jpg", "blue")
    _drop(colours, tmp_path / "folder")
    qtbot.waitUntil(lambda: len(_results(colours)) == 2)
    assert all("blue" in result for result in _results(colours))


def test_the_whole_tab_shows_that_files_can_be_dropped(
    colours: PredictionTab, tmp_path: Path
) -> None:
    overlay = colours.findChild(QWidget, "dropOverlay")
    assert not overlay.isVisible()
    _drag_in(colours, _mime([tmp_path]))
    assert overlay.isVisible()
    assert overlay.geometry() == colours.rect()
    QApplication.sendEvent(colours, QDragLeaveEvent())
    assert not overlay.isVisible()


def test_what_is_not_a_file_of_this_machine_is_refused(colours: PredictionTab) -> None:
    data = QMimeData()
    data.setText("words")
    assert not _drag_in(colours, data).isAccepted()


def test_a_file_is_shown_large_until_escape(
    qtbot: QtBot, colours: PredictionTab, show_colour: ShowColour, tmp_path: Path
) -> None:
    show_colour("green")
    _drop(
        colours, *(write_picture(tmp_path / f"{colour}.jpg", colour) for colour in ("red", "blue"))
    )
    qtbot.waitUntil(lambda: len(_results(colours)) == 2)
    _wait_for_top(qtbot, colours, "green")
    _open_result(colours, 0)
    view = colours.findChild(FileView)
    assert view.isVisible()
    assert _label(colours, "topClass") == "red"
    assert len(colours.findChild(ClassBars).rows) == 3
    qtbot.waitUntil(lambda: view.image is not None)
    assert _label(colours, "topClass") == "red"  # though the camera shows green
    qtbot.keyClick(colours.findChild(QAbstractItemView, "fileResults"), Qt.Key.Key_Down)
    assert _label(colours, "topClass") == "blue"
    qtbot.keyClick(colours, Qt.Key.Key_Escape)
    assert not view.isVisible()
    _wait_for_top(qtbot, colours, "green")


def test_a_file_shown_large_is_looked_at_closely_and_the_next_one_is_whole_again(
    qtbot: QtBot, colours: PredictionTab, tmp_path: Path
) -> None:
    _drop(
        colours, *(write_picture(tmp_path / f"{colour}.jpg", colour) for colour in ("red", "blue"))
    )
    qtbot.waitUntil(lambda: len(_results(colours)) == 2)
    _open_result(colours, 0)
    view = colours.findChild(FileView)
    qtbot.waitUntil(lambda: view.image is not None)
    picture = view.findChild(ZoomedPicture)
    window = colours.window().windowHandle()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert picture.zoom.is_larger
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert picture.zoom.is_fitted
    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(colours.findChild(QAbstractItemView, "fileResults"), Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: view.image is not None)
    assert picture.zoom.is_fitted


def test_an_unreadable_file_shown_large_says_why(
    qtbot: QtBot, colours: PredictionTab, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"bad")
    _drop(colours, bad)
    qtbot.waitUntil(lambda: len(_results(colours)) == 1)
    _open_result(colours, 0)
    assert _label(colours, "fileMessage") == "The file is text and not an image."
    assert _label(colours, "topClass") == ""
    qtbot.mouseClick(_button(colours, "backToCameraButton"), Qt.MouseButton.LeftButton)
    assert not colours.findChild(FileView).isVisible()


def test_files_are_asked_about_again_when_another_model_is_chosen(
    qtbot: QtBot, tab: PredictionTab, add_run: AddRun, tmp_path: Path
) -> None:
    colours, grey = add_run("colours"), add_run("grey")
    tab.activate()
    qtbot.waitUntil(_button(tab, "openFilesButton").isVisible)
    tab._model.pick(colours)
    _drop(tab, write_picture(tmp_path / "one.jpg", "red"))
    qtbot.waitUntil(lambda: [r.split(",")[0] for r in _results(tab)] == ["one.jpg: red"])
    chooser = tab.findChild(QComboBox, "runChooser")
    row = next(row for row in range(2) if chooser.itemText(row).startswith(grey.name))
    chooser.setCurrentIndex(row)
    chooser.activated.emit(row)
    qtbot.waitUntil(lambda: [r.split(",")[0] for r in _results(tab)] == ["one.jpg: dark"])
    assert not _button(tab, "classifyAgainButton").isVisible()


def test_head_and_answer_of_a_file_on_show_are_of_one_model(
    qtbot: QtBot, tab: PredictionTab, add_run: AddRun, tmp_path: Path
) -> None:
    colours, grey = add_run("colours"), add_run("grey")
    tab.activate()
    qtbot.waitUntil(_button(tab, "openFilesButton").isVisible)
    tab._model.pick(colours)
    _drop(tab, write_picture(tmp_path / "one.jpg", "red"))
    qtbot.waitUntil(lambda: len(_results(tab)) == 1)
    _open_result(tab, 0)
    assert _label(tab, "topClass") == "red"
    chooser = tab.findChild(QComboBox, "runChooser")
    for folder, name in ((grey, "dark"), (colours, "red"), (grey, "dark")):
        tab._model.pick(folder)
        assert chooser.currentText().startswith(folder.name)
        assert _label(tab, "topClass") == ""
        assert _label(tab, "answerReason") == "Opening the model …"
        _wait_for_top(qtbot, tab, name)
        assert {row.name for row in tab.findChild(ClassBars).rows} == set(
            read_bundle(folder).classes
        )
        assert tab.findChild(FileView).isVisible()
    (colours / LITE_FILE).write_bytes(b"damaged")
    tab._model.pick(colours)
    qtbot.waitUntil(lambda: "cannot be used" in _label(tab, "answerReason"))
    assert _label(tab, "topClass") == ""


def test_a_run_that_learned_on_is_opened_and_asked_again(
    qtbot: QtBot, models: Path, colours: PredictionTab, show_colour: ShowColour, tmp_path: Path
) -> None:
    tab = colours
    show_colour("red")
    _drop(tab, write_picture(tmp_path / "one.jpg", "red"))
    qtbot.waitUntil(lambda: [r.split(",")[0] for r in _results(tab)] == ["one.jpg: red"])
    _wait_for_top(qtbot, tab, "red")
    assert tab._model.run is not None
    folder = tab._model.run.folder  # the same run has other weights in the end
    shutil.copytree(models / "grey", folder, dirs_exist_ok=True)
    later = read_bundle(folder).created + timedelta(minutes=1)
    write_bundle(folder, bundle_of(folder, created=later))
    tab._studio.runs_changed.emit()
    _wait_for_top(qtbot, tab, "dark")
    qtbot.waitUntil(lambda: [r.split(",")[0] for r in _results(tab)] == ["one.jpg: dark"])
    names = {entry.model for entry in tab._picture.sources.history.entries()}
    assert names == {"colours", "colours (2)"}


def test_the_model_that_is_looked_at_is_not_changed_by_a_better_one(
    qtbot: QtBot, colours: PredictionTab, add_run: AddRun, show_colour: ShowColour
) -> None:
    tab = colours
    show_colour("red")
    _wait_for_top(qtbot, tab, "red")
    newer = add_run("grey")
    write_bundle(newer, bundle_of(newer, created=datetime.now(UTC)))
    chooser = tab.findChild(QComboBox, "runChooser")
    tab._studio.runs_changed.emit()
    qtbot.waitUntil(lambda: chooser.itemText(0).startswith("grey"))
    assert chooser.currentText().startswith("colours")
    tab.deactivate()
    tab.activate()  # as it always was: the suggestion of today
    qtbot.waitUntil(lambda: chooser.currentText().startswith("grey"))


def test_clearing_empties_the_list_and_keeps_the_files(
    qtbot: QtBot, colours: PredictionTab, tmp_path: Path
) -> None:
    path = write_picture(tmp_path / "one.jpg", "red")
    _drop(colours, path)
    qtbot.waitUntil(lambda: len(_results(colours)) == 1)
    clear = _button(colours, "clearFilesButton")
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert _results(colours) == []
    qtbot.waitUntil(lambda: not clear.isVisible())
    assert path.is_file()
    panel = colours.findChild(FilesPanel)
    below = colours.height() - panel.mapTo(colours, panel.rect().bottomLeft()).y()
    assert below < panel.height()  # the picture has the room again


def test_ctrl_o_opens_files_without_stopping_the_window(
    qtbot: QtBot, colours: PredictionTab, show_colour: ShowColour, tmp_path: Path
) -> None:
    path = write_picture(tmp_path / "chosen.jpg", "blue")
    colours.activateWindow()
    qtbot.waitUntil(colours.isActiveWindow)
    qtbot.keyClick(colours, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: colours.findChild(QFileDialog, "fileDialog") is not None)
    dialog = colours.findChild(QFileDialog, "fileDialog")
    show_colour("red")
    _wait_for_top(qtbot, colours, "red")
    dialog.setDirectory(str(tmp_path))
    dialog.findChild(QLineEdit).setText(path.name)
    dialog.accept()
    qtbot.waitUntil(lambda: len(_results(colours)) == 1)
    assert _results(colours)[0].startswith("chosen.jpg: blue")


def test_every_control_has_a_name_and_a_tooltip(colours: PredictionTab) -> None:
    for kind in (QPushButton, QComboBox):
        for control in colours.findChildren(kind):
            if control.parent().objectName() == "notice":
                continue
            assert control.objectName()
            assert control.accessibleName()
            assert control.toolTip()
