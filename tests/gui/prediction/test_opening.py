"""Model files of other people on the prediction tab."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.endings import Until
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.opening.studio_zip import pack_run
from cnn_studio.models.runs import open_run
from cnn_studio.paths import Workspace

ShowColour = Callable[[str], None]


def _top(tab: PredictionTab) -> str:
    label = tab.findChild(QLabel, "topClass")
    return str(label.text()) if isinstance(label, QLabel) else ""


def _chooser(tab: PredictionTab) -> QComboBox:
    chooser = tab.findChild(QComboBox, "runChooser")
    assert isinstance(chooser, QComboBox)
    return chooser


def _drop(tab: PredictionTab, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    enter = QDragEnterEvent(tab.rect().center(), copy, data, left, none)
    enter.ignore()
    QApplication.sendEvent(tab, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(tab, QDropEvent(QPointF(tab.rect().center()), copy, data, left, none))


def test_a_dropped_zip_of_teachable_machine_classifies_live(
    qtbot: QtBot, tab: PredictionTab, models: Path, show_colour: ShowColour, tmp_path: Path
) -> None:
    path = Path(shutil.copy(models / "teachable.zip", tmp_path / "fruit.zip"))
    tab.activate()
    show_colour("green")
    qtbot.waitUntil(lambda: bool(tab.findChild(QPushButton, "openModelButton").isVisible()))
    _drop(tab, path)
    qtbot.waitUntil(lambda: _top(tab) == "green", timeout=20_000)
    assert _chooser(tab).currentText() == "fruit.zip"
    assert not tab.lower_edge.findChild(Notice).isVisible()


def test_a_file_is_chosen_in_a_dialog_and_remembered(
    qtbot: QtBot,
    studio: Studio,
    tab: PredictionTab,
    models: Path,
    add_run: Callable[[str], Path],
    show_colour: ShowColour,
) -> None:
    add_run("grey")
    tab.activate()
    show_colour("red")
    chooser = _chooser(tab)
    qtbot.waitUntil(lambda: chooser.count() > 1)
    chooser.activated.emit(chooser.count() - 1)
    dialog = tab.findChild(QFileDialog, "modelDialog")
    dialog.fileSelected.emit(str(models / "teachable-quantised.zip"))
    dialog.close()
    qtbot.waitUntil(lambda: _top(tab) == "red", timeout=20_000)
    tab.shutdown()
    later = PredictionTab(studio)
    qtbot.addWidget(later)
    later.show()
    later.activate()
    chooser = _chooser(later)
    row = lambda: chooser.findText("teachable-quantised.zip")  # noqa: E731
    qtbot.waitUntil(lambda: row() >= 0)
    assert chooser.findText("Opened files") == row() - 1
    chooser.activated.emit(row())
    qtbot.waitUntil(lambda: chooser.currentText() == "teachable-quantised.zip", timeout=20_000)
    qtbot.waitUntil(lambda: _top(later) == "red")
    later.shutdown()


def test_a_run_of_another_studio_becomes_one_of_ours(
    qtbot: QtBot,
    tab: PredictionTab,
    workspace: Workspace,
    models: Path,
    show_colour: ShowColour,
    tmp_path: Path,
) -> None:
    path = pack_run(open_run(models / "colours"), tmp_path / "packed.zip")
    tab.activate()
    show_colour("blue")
    _drop(tab, path)
    qtbot.waitUntil(lambda: _top(tab) == "blue", timeout=20_000)
    assert [folder.name for folder in workspace.runs.iterdir()] == ["colours"]
    assert _chooser(tab).currentText().startswith("colours")


def test_what_cannot_be_opened_is_told(qtbot: QtBot, tab: PredictionTab, tmp_path: Path) -> None:
    notice = tab.lower_edge.findChild(Notice)
    tab.activate()
    for name, words in (("old.h5", "no HDF5 file of Keras"), ("net.tflite", "no LiteRT model")):
        (tmp_path / name).write_bytes(b"x" * 40)
        _drop(tab, tmp_path / name)
        qtbot.waitUntil(lambda words=words: words in notice.text, timeout=20_000)
    assert tab.findChild(QPushButton, "trainFirstButton").isVisible()


def test_pictures_without_a_model_to_name_them_are_told_what_is_missing(
    qtbot: QtBot, tab: PredictionTab, tmp_path: Path
) -> None:
    tab.activate()
    qtbot.waitUntil(lambda: bool(tab.findChild(QPushButton, "openModelButton").isVisible()))
    (tmp_path / "photos").mkdir()
    _drop(tab, tmp_path / "photos")
    notice = tab.lower_edge.findChild(Notice)
    qtbot.waitUntil(lambda: "no model in it" in notice.text)


def test_what_could_not_be_opened_is_said_until_a_model_is_opened_or_the_tab_left(
    qtbot: QtBot,
    studio: Studio,
    tab: PredictionTab,
    add_run: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    path = tmp_path / "broken.tflite"
    path.write_bytes(b"no model")
    notice = tab.lower_edge.findChild(Notice)
    runs = {add_run("grey"), add_run("colours")}
    tab.activate()
    qtbot.waitUntil(lambda: tab._model.run is not None and not studio.jobs._running)
    (other,) = runs - {tab._model.run.folder}
    for end in (lambda: studio.endings.end(Until.PAGE), lambda: tab._model.pick(other)):
        tab._open.open(path)
        assert notice.text == "Opening broken.tflite …"
        qtbot.waitUntil(lambda: "broken.tflite" in notice.text and "…" not in notice.text)
        assert notice.isVisible()
        end()
        qtbot.waitUntil(lambda: not notice.isVisible())


def test_opening_is_said_only_while_it_lasts(
    qtbot: QtBot, tab: PredictionTab, models: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(models / "teachable.zip", tmp_path / "fruit.zip"))
    notice = tab.lower_edge.findChild(Notice)
    tab.activate()
    tab._open.open(path)
    assert notice.text == "Opening fruit.zip …"
    qtbot.waitUntil(lambda: not notice.isVisible(), timeout=20_000)
