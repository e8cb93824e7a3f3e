"""The live answer as a person uses it: frozen, unknown, corrected, large, and for a whole room."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.prediction.files.file_table import FileTable
from cnn_studio.gui.prediction.files.file_view import FileView
from cnn_studio.gui.prediction.live.class_bars import ClassBars
from cnn_studio.gui.prediction.live.live_options import LiveOptionsPanel
from cnn_studio.gui.prediction.live.prediction_thread import SeenHeat
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.bundle import write_bundle
from cnn_studio.vision.images import encode_png, read_image
from tests.gui.prediction.conftest import COLOURS, bundle_of, some_rule, write_picture
from tests.videos import write_video

AddRun = Callable[[str], Path]
ShowColour = Callable[[str], None]


def _heat(tab: PredictionTab) -> SeenHeat | None:
    result = tab._model.latest()
    return result.heat if result is not None else None


@pytest.fixture
def run(add_run: AddRun) -> Path:
    """The model of colours, which was measured for what is unknown."""
    folder = add_run("colours")
    rule = some_rule(range(100), [True] * 100)
    write_bundle(folder, bundle_of(folder, unknown=rule))
    return folder


@pytest.fixture
def folders(studio: Studio) -> ClassFolders:
    """The dataset that the model of colours learned from."""
    return ClassFolders(create_dataset(studio.workspace, "Colours", list(COLOURS)))


@pytest.fixture
def live(qtbot: QtBot, run: Path, tab: PredictionTab, show_colour: ShowColour) -> PredictionTab:
    """The tab, naming a red picture."""
    tab.activate()
    show_colour("red")
    _wait_for_top(qtbot, tab, "red")
    return tab


def _label(tab: QWidget, name: str) -> str:
    return tab.findChild(QLabel, name).text()


def _wait_for_top(qtbot: QtBot, tab: QWidget, name: str) -> None:
    qtbot.waitUntil(lambda: _label(tab, "topClass") == name)


def _wait_for_dataset(qtbot: QtBot, tab: PredictionTab) -> None:
    qtbot.waitUntil(tab.findChild(QToolButton, "wrongButton").isVisible)


def _results_seen(tab: PredictionTab) -> int:
    result = tab._model.latest()
    return result.frame.sequence if result is not None else 0


def test_a_frozen_picture_and_its_answer_stand_still(
    qtbot: QtBot, live: PredictionTab, show_colour: ShowColour
) -> None:
    qtbot.keyClick(live, Qt.Key.Key_F)
    assert live.findChild(QToolButton, "freezeButton").isChecked()
    before = live.findChild(QWidget, "frameView").grab().toImage()
    show_colour("blue")
    qtbot.waitUntil(lambda: live._studio.camera.latest() is not None)
    assert live.findChild(QWidget, "frameView").grab().toImage() == before
    assert _label(live, "topClass") == "red"
    qtbot.keyClick(live, Qt.Key.Key_F)
    _wait_for_top(qtbot, live, "blue")


def test_another_model_says_what_it_thinks_of_the_frozen_picture(
    qtbot: QtBot, live: PredictionTab, add_run: AddRun
) -> None:
    qtbot.keyClick(live, Qt.Key.Key_F)
    frozen = live._live._frame_on_show()
    live._model.pick(add_run("grey"))
    live._model.refresh()
    _wait_for_top(qtbot, live, "dark")
    assert live._live._frame_on_show() is frozen


def test_how_much_is_answered_counts_for_the_frozen_picture_too(
    qtbot: QtBot, add_run: AddRun, tab: PredictionTab, show_colour: ShowColour
) -> None:
    folder = add_run("network")
    # Nothing is as familiar as the images held back: all is unknown unless all is answered.
    rule = some_rule([1e9] * 100, [True] * 100, width=192)
    write_bundle(folder, bundle_of(folder, unknown=rule))
    tab.activate()
    show_colour("red")
    _wait_for_top(qtbot, tab, "unknown")
    qtbot.keyClick(tab, Qt.Key.Key_F)
    tab.findChild(QSlider, "acceptSlider").setValue(0)
    qtbot.waitUntil(lambda: _label(tab, "topClass") in ("cap", "pencil", "shoe"))
    tab.findChild(QSlider, "acceptSlider").setValue(10)
    _wait_for_top(qtbot, tab, "unknown")


def test_leaving_the_tab_lets_the_picture_go_on(qtbot: QtBot, live: PredictionTab) -> None:
    qtbot.keyClick(live, Qt.Key.Key_F)
    frozen = _results_seen(live)
    live.deactivate()
    live.activate()
    qtbot.waitUntil(lambda: _results_seen(live) > frozen)


def test_what_is_none_of_the_classes_is_unknown(
    qtbot: QtBot, add_run: AddRun, tab: PredictionTab, show_colour: ShowColour
) -> None:
    folder = add_run("colours")
    write_bundle(folder, bundle_of(folder, background="blue"))
    tab.activate()
    show_colour("blue")
    _wait_for_top(qtbot, tab, "unknown")
    assert _label(tab, "topProbability") == ""
    assert _label(tab, "nearestClass") == "most like blue"
    show_colour("red")
    _wait_for_top(qtbot, tab, "red")
    assert not tab.findChild(QLabel, "nearestClass").isVisible()


def test_how_much_is_answered_is_remembered_for_the_run(
    qtbot: QtBot, live: PredictionTab, add_run: AddRun, run: Path
) -> None:
    slider = live.findChild(QSlider, "acceptSlider")
    assert slider.value() == 5
    slider.setValue(20)
    assert "80 % answered" in _label(live, "acceptEffect")
    live._model.pick(add_run("grey"))
    live._model.refresh()
    _wait_for_top(qtbot, live, "dark")
    assert not slider.isVisible()
    live._model.pick(run)
    _wait_for_top(qtbot, live, "red")
    assert slider.value() == 20


def test_a_number_key_saves_the_picture_and_undo_takes_it_back(
    qtbot: QtBot, folders: ClassFolders, live: PredictionTab, studio: Studio
) -> None:
    _wait_for_dataset(qtbot, live)
    with qtbot.waitSignal(studio.dataset_edited):
        qtbot.keyClick(live, Qt.Key.Key_2)
    (sample,) = folders.samples("green")
    assert read_image(sample.path).shape == (120, 160, 3)  # the frame, not what the network saw
    assert _label(live, "correctionCount") == "1 correction"
    with qtbot.waitSignal(studio.dataset_edited):
        qtbot.keyClick(live, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert folders.samples("green") == []
    assert not live.findChild(QPushButton, "trainAgainButton").isVisible()


def test_a_click_on_a_class_saves_the_frozen_picture(
    qtbot: QtBot,
    folders: ClassFolders,
    live: PredictionTab,
    studio: Studio,
    show_colour: ShowColour,
) -> None:
    _wait_for_dataset(qtbot, live)
    qtbot.keyClick(live, Qt.Key.Key_F)
    show_colour("green")
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    bars = live.findChild(ClassBars)
    with qtbot.waitSignal(studio.dataset_edited):
        rows = bars.findChild(QWidget, "classBarsRows")
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton)
    clicked = bars.rows[1].name
    (sample,) = folders.samples(clicked)
    assert np.abs(read_image(sample.path)[0, 0].astype(int) - COLOURS["red"]).max() < 12


def test_the_menu_names_the_classes_with_their_keys(
    qtbot: QtBot, folders: ClassFolders, live: PredictionTab, studio: Studio
) -> None:
    _wait_for_dataset(qtbot, live)
    menu = live.findChild(QToolButton, "wrongButton").menu()
    actions: list[QAction] = menu.actions()
    assert [action.text() for action in actions] == ["red\t1", "green\t2", "blue\t3"]
    with qtbot.waitSignal(studio.dataset_edited):
        actions[2].trigger()
    assert len(folders.samples("blue")) == 1


def test_the_next_frame_knows_what_was_taught_before_any_training(
    qtbot: QtBot,
    folders: ClassFolders,
    live: PredictionTab,
    studio: Studio,
    show_colour: ShowColour,
) -> None:
    for colour in ("red", "green"):
        for number in range(3):
            write_picture(folders.folder_of(colour) / f"{number}.png", colour)
    studio.load_datasets()
    studio.choose_dataset(folders.dataset.name)
    qtbot.waitUntil(lambda: studio.instant.model is not None)
    _wait_for_dataset(qtbot, live)
    said = live.findChild(QLabel, "taughtAnswer")
    assert said.isHidden()  # the chosen model speaks alone
    show_colour("blue")
    _wait_for_top(qtbot, live, "blue")
    qtbot.keyClick(live, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: said.text().startswith("With what you taught: blue"))
    assert said.isVisible()
    assert "The model above learns it with the next training" in said.toolTip()
    qtbot.keyClick(live, Qt.Key.Key_F)  # of what stands still nothing is said
    assert said.isHidden()
    qtbot.keyClick(live, Qt.Key.Key_F)
    qtbot.waitUntil(said.isVisible)
    live.findChild(QPushButton, "undoCorrectionButton").click()
    qtbot.waitUntil(said.isHidden)
    qtbot.waitUntil(lambda: studio.instant.model is not None and studio.instant.model.images == 6)


def _drop(qtbot: QtBot, tab: PredictionTab, *paths: Path) -> FileTable:
    """Classify files; the table, with the focus, and nothing selected in it."""
    tab._files.classify(paths)
    table = tab.findChild(FileTable)
    qtbot.waitUntil(lambda: table.model().rowCount() == len(paths) and table.isVisible())
    tab.activateWindow()
    qtbot.waitUntil(tab.isActiveWindow)
    table.setFocus()
    return table


def test_a_dropped_photo_is_taught_like_a_frame_of_the_camera(
    qtbot: QtBot, folders: ClassFolders, live: PredictionTab, studio: Studio, tmp_path: Path
) -> None:
    _wait_for_dataset(qtbot, live)
    photo = write_picture(tmp_path / "photo.png", "blue")
    table = _drop(qtbot, live, photo)
    table.setCurrentIndex(table.model().index(0, 0))
    table.activated.emit(table.currentIndex())
    _wait_for_top(qtbot, live, "blue")
    said: list[str] = []
    studio.status_changed.connect(said.append)
    with qtbot.waitSignal(studio.dataset_edited):  # by a key
        qtbot.keyClick(table, Qt.Key.Key_2)
    (sample,) = folders.samples("green")
    assert sample.path.read_bytes() == photo.read_bytes()  # the file as it is
    assert sample.path.suffix == ".png"
    assert said[-1] == "photo.png is saved as green."
    with qtbot.waitSignal(studio.dataset_edited):  # by a click, which puts the slip right
        rows = live.findChild(ClassBars).findChild(QWidget, "classBarsRows")
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert folders.counts() == {"red": 0, "green": 0, "blue": 1}
    assert _label(live, "correctionCount") == "1 correction"
    qtbot.keyClick(live, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: "saved as blue already" in live.lower_edge.findChild(Notice).text)
    with qtbot.waitSignal(studio.dataset_edited):
        qtbot.keyClick(live, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert sum(folders.counts().values()) == 0
    with qtbot.waitSignal(studio.dataset_edited):  # by the menu
        live.findChild(QToolButton, "wrongButton").menu().actions()[0].trigger()
    assert folders.counts() == {"red": 1, "green": 0, "blue": 0}


def test_a_selected_file_is_shown_as_it_is_taught_and_then_the_camera_again(
    qtbot: QtBot, folders: ClassFolders, live: PredictionTab, studio: Studio, tmp_path: Path
) -> None:
    _wait_for_dataset(qtbot, live)
    paths = [write_picture(tmp_path / f"{name}.jpg", name) for name in ("blue", "green")]
    table = _drop(qtbot, live, *paths)
    table.setCurrentIndex(table.model().index(1, 0))
    with qtbot.waitSignal(studio.dataset_edited):
        qtbot.keyClick(table, Qt.Key.Key_1)
    (sample,) = folders.samples("red")
    assert sample.path.read_bytes() == paths[1].read_bytes()
    assert live.findChild(FileView).isVisible()
    assert _label(live, "fileName") == "green.jpg"
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    _wait_for_top(qtbot, live, "red")
    with qtbot.waitSignal(studio.dataset_edited):  # the camera is meant again
        qtbot.keyClick(table, Qt.Key.Key_2)
    (frame,) = folders.samples("green")
    assert np.abs(read_image(frame.path)[0, 0].astype(int) - COLOURS["red"]).max() < 12
    assert not live.findChild(FileView).isVisible()


def test_frames_of_videos_and_what_lies_in_zips_are_taught_too(
    qtbot: QtBot, folders: ClassFolders, live: PredictionTab, studio: Studio, tmp_path: Path
) -> None:
    _wait_for_dataset(qtbot, live)
    photo = write_picture(tmp_path / "photo.jpg", "green")
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.write(photo, "photo.jpg")
    clip = write_video(tmp_path / "clip.avi", range(10))
    (tmp_path / "called otherwise.dat").write_bytes(photo.read_bytes())
    table = _drop(qtbot, live, tmp_path / "some.zip", clip, tmp_path / "called otherwise.dat")
    for row in range(3):
        table.setCurrentIndex(table.model().index(row, 0))
        with qtbot.waitSignal(studio.dataset_edited):
            qtbot.keyClick(table, Qt.Key.Key_1)
    taught = {sample.path: read_image(sample.path).shape for sample in folders.samples("red")}
    assert sorted(taught.values()) == [(64, 96, 3), (120, 160, 3), (120, 160, 3)]
    assert {path.suffix for path in taught} == {".jpg"}


def test_what_cannot_be_read_or_is_in_the_dataset_already_is_not_taught(
    qtbot: QtBot, folders: ClassFolders, live: PredictionTab, tmp_path: Path
) -> None:
    _wait_for_dataset(qtbot, live)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"bad")
    own = write_picture(folders.folder_of("blue") / "own.jpg", "blue")
    table, notice = _drop(qtbot, live, bad, own), live.lower_edge.findChild(Notice)
    whys = ("is text and not an image", "own.jpg is an image of Colours already, in the class")
    for row, said in enumerate(whys):
        table.setCurrentIndex(table.model().index(row, 0))
        qtbot.keyClick(table, Qt.Key.Key_2)
        qtbot.waitUntil(lambda said=said: said in notice.text)
    assert folders.counts() == {"red": 0, "green": 0, "blue": 1}


def test_where_it_looks_is_laid_over_a_file(
    qtbot: QtBot, add_run: AddRun, tab: PredictionTab, show_colour: ShowColour, tmp_path: Path
) -> None:
    add_run("network")
    tab.activate()
    show_colour("red")
    qtbot.waitUntil(lambda: _label(tab, "topClass") != "")
    photo = tmp_path / "noise.png"
    photo.write_bytes(encode_png(np.random.default_rng(0).integers(0, 256, (90, 200, 3), np.uint8)))
    table = _drop(qtbot, tab, photo)
    table.activated.emit(table.model().index(0, 0))
    view = tab.findChild(FileView)
    qtbot.waitUntil(lambda: view.image is not None)
    assert view._picture.overlay is None
    plain = view.grab().toImage()
    qtbot.keyClick(tab, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: view._picture.overlay is not None)
    _image, part = view._picture.overlay
    assert part == QRectF(55, 0, 90, 90)  # the square that the network sees
    assert view.grab().toImage() != plain
    result = tab._model.latest()
    assert result is not None
    assert result.heat is not None
    assert result.heat.class_name == _label(tab, "topClass")
    tab._model.pick(add_run("colours"))  # which does not tell where it looks
    tab._model.refresh()
    qtbot.waitUntil(lambda: _label(tab, "topClass") in COLOURS)
    assert view._picture.overlay is None


def test_without_its_dataset_nothing_is_saved_and_the_reason_is_told(
    qtbot: QtBot, live: PredictionTab
) -> None:
    def told() -> bool:
        qtbot.keyClick(live, Qt.Key.Key_1)
        return "not in this workspace" in live.lower_edge.findChild(Notice).text

    qtbot.waitUntil(told)
    assert not live.findChild(QToolButton, "wrongButton").isVisible()


def test_where_it_looks_is_shown_while_that_is_wanted(
    qtbot: QtBot, add_run: AddRun, tab: PredictionTab, show_colour: ShowColour
) -> None:
    add_run("network")
    tab.activate()
    show_colour("red")
    qtbot.waitUntil(lambda: _label(tab, "topClass") != "")
    assert _heat(tab) is None
    qtbot.keyClick(tab, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: _heat(tab) is not None)
    seen = _heat(tab)
    assert seen is not None
    assert seen.seen == (0, 20, 120, 120)
    qtbot.keyClick(tab, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: _heat(tab) is None)


def test_a_model_that_does_not_tell_where_it_looks_says_so(
    qtbot: QtBot, live: PredictionTab
) -> None:
    button = live.findChild(QToolButton, "heatButton")
    qtbot.keyClick(live, Qt.Key.Key_H)
    qtbot.waitUntil(lambda: not button.isEnabled())
    assert "does not tell where it looks" in button.toolTip()
    assert not button.isChecked()
    assert live._studio.settings.value("prediction/heat_map") is True  # for the next model


def test_a_whole_room_sees_it_until_escape(
    qtbot: QtBot, live: PredictionTab, show_colour: ShowColour
) -> None:
    qtbot.keyClick(live, Qt.Key.Key_F11)
    room = live.findChild(QWidget, "roomView")
    qtbot.waitUntil(room.isActiveWindow)
    assert room.isFullScreen()
    _wait_for_top(qtbot, room, "red")
    show_colour("green")
    _wait_for_top(qtbot, room, "green")
    qtbot.keyClick(room, Qt.Key.Key_F)
    show_colour("red")
    qtbot.waitUntil(lambda: live._studio.camera.latest() is not None)
    assert _label(room, "topClass") == "green"
    with qtbot.waitSignal(room.destroyed):
        qtbot.keyClick(room, Qt.Key.Key_Escape)
    assert live.findChild(QWidget, "frameView").isVisible()


def test_the_choices_hold_at_once(qtbot: QtBot, live: PredictionTab) -> None:
    live.findChild(QToolButton, "liveMoreButton").click()
    options = live.findChild(LiveOptionsPanel)
    rows = options.findChild(QComboBox, "rowsChooser")
    rows.setCurrentIndex(0)
    rows.activated.emit(0)
    options.findChild(QCheckBox, "largeSwitch").click()
    options.findChild(QDoubleSpinBox, "halfLifeField").setValue(0.0)
    answer = live.findChild(QLabel, "topClass")
    assert answer.property("role") == "answer-large"
    assert not live.findChild(QWidget, "preparedView").isVisible()
    assert live._studio.settings.value("prediction/rows") == 3
    with qtbot.waitSignal(options.destroyed):
        options.close()


def test_only_the_first_classes_are_shown_if_that_was_chosen(
    qtbot: QtBot, studio: Studio, add_run: AddRun, tab: PredictionTab, show_colour: ShowColour
) -> None:
    add_run("many")
    studio.settings.setValue("prediction/rows", 5)
    tab._live._take_settings()
    tab.activate()
    show_colour("red")
    qtbot.waitUntil(lambda: len(tab.findChild(ClassBars).rows) == 5)


def test_every_acting_widget_has_a_name_and_a_tooltip(live: PredictionTab) -> None:
    for button in live.findChild(QWidget, "liveBar").findChildren(QToolButton):
        assert button.objectName()
        assert button.accessibleName()
        assert button.toolTip()
