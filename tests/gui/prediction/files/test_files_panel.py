"""The panel of files as a person uses it: real model, real files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.files.arrangement import Column
from cnn_studio.gui.prediction.files.files_panel import FilesPanel
from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.learned import ImageHashes, hash_of, write_hashes
from tests.gui.prediction.conftest import write_picture
from tests.gui.prediction.files.entries import entry_of
from tests.prediction.answers import answer


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, models: Path) -> Iterator[FilesPanel]:
    """The panel with the model of colours, in a window of its own."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1200, 400)
    panel = FilesPanel(studio, window)
    panel.resize(1200, 400)
    window.show()
    panel.set_model(UsedModel(models / "colours"))
    yield panel
    panel.shutdown()


@pytest.fixture
def exam(qtbot: QtBot, panel: FilesPanel, tmp_path: Path) -> FilesPanel:
    """The panel with four labelled files, one of them wrong, and one broken file."""
    folder = tmp_path / "exam"
    for true, colour, name in (
        ("red", "red", "a"), ("blue", "blue", "b"), ("green", "green", "c"), ("green", "blue", "d")
    ):  # fmt: skip
        write_picture(folder / true / f"{name}.jpg", colour)
    (folder / "broken.jpg").write_bytes(b"no image")
    panel.classify([folder])
    qtbot.waitUntil(lambda: len(panel.model.entries) == 5 and not panel._work.is_running)
    return panel


def _names(panel: FilesPanel) -> list[str]:
    return [entry.name for entry in panel.model.rows]


def _trigger(panel: FilesPanel, name: str) -> None:
    panel.findChild(QAction, name).trigger()


def _count(panel: FilesPanel) -> str:
    return panel.findChild(QLabel, "fileCount").text()


def _choose(qtbot: QtBot, panel: FilesPanel, action: str, path: Path) -> None:
    """Start what an action asks for, with a file or folder in its dialog."""
    _trigger(panel, action)
    dialog = panel.findChild(QFileDialog, "saveDialog")
    dialog.fileSelected.emit(str(path))
    dialog.done(0)
    notice = panel.findChild(Notice)
    qtbot.waitUntil(lambda: notice.text.endswith(".") and "…" not in notice.text)


def test_labelled_files_have_an_accuracy_and_a_matrix_whose_cells_filter(
    qtbot: QtBot, exam: FilesPanel
) -> None:
    button = exam.findChild(QPushButton, "fileScoresButton")
    assert button.text() == "Accuracy 75.0 %"
    exam.window().activateWindow()
    qtbot.waitUntil(exam.isActiveWindow)
    qtbot.keyClick(exam, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    scores = exam.findChild(QWidget, "fileScores")
    qtbot.waitUntil(scores.isVisible)
    assert "4 images in folders of a class" in exam.findChild(QLabel, "fileScoresText").text()
    exam.findChild(ConfusionView).cell_chosen.emit(1, 2)  # green taken for blue
    assert _names(exam) == ["d.jpg"]
    assert _count(exam) == "1 of 5 files · 1 unreadable"
    exam.findChild(QPushButton, "showAllFilesButton").click()
    assert len(_names(exam)) == 5


def test_an_accuracy_on_what_was_learned_from_says_so_and_gives_the_figure_without(
    qtbot: QtBot, panel: FilesPanel, models: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(models / "colours", tmp_path / "run"))
    folder = tmp_path / "exam"
    known = [write_picture(folder / name / "a.jpg", name) for name in ("red", "green")]
    write_picture(folder / "blue" / "b.jpg", "blue")
    shutil.copy(known[1], folder / "blue" / "a.jpg")
    files = np.array([hash_of(path.read_bytes()) for path in known], np.uint64)
    write_hashes(run, {"train": ImageHashes(files, files)})
    panel.set_model(UsedModel(run))
    panel.classify([folder])
    qtbot.waitUntil(lambda: len(panel.model.entries) == 4 and not panel._work.is_running)
    button = panel.findChild(QPushButton, "fileScoresButton")
    assert button.text() == "Accuracy 75.0 %, optimistic"  # a green one is kept under blue
    sentence = "Optimistic: the model has learned from 3 of 4 images. "
    sentence += "Without them: 100.0 % of 1 image."
    assert button.toolTip().startswith(sentence)
    button.click()
    told = panel.findChild(QLabel, "fileScoresText").text()
    assert told.endswith(sentence)
    assert "blue: 1 of 2 right, too few to tell" in told


def test_files_of_no_class_have_no_accuracy(
    qtbot: QtBot, panel: FilesPanel, tmp_path: Path
) -> None:
    panel.classify([write_picture(tmp_path / "one.jpg", "red")])
    qtbot.waitUntil(lambda: len(panel.model.entries) == 1 and not panel._work.is_running)
    assert not panel.findChild(QPushButton, "fileScoresButton").isVisible()
    assert not panel.findChild(QAction, "onlyWrong").isEnabled()


def test_a_filter_is_typed_or_chosen(qtbot: QtBot, exam: FilesPanel) -> None:
    qtbot.keyClicks(exam.findChild(QLineEdit, "fileSearchField"), "green")
    assert _names(exam) == ["c.jpg", "d.jpg"]
    _trigger(exam, "onlyWrong")
    assert _names(exam) == ["d.jpg"]
    exam.findChild(QPushButton, "showAllFilesButton").click()
    assert exam.findChild(QLineEdit, "fileSearchField").text() == ""
    _trigger(exam, "onlyUnreadable")
    assert _names(exam) == ["broken.jpg"]


def test_what_is_listed_is_copied_by_class(qtbot: QtBot, exam: FilesPanel, tmp_path: Path) -> None:
    _choose(qtbot, exam, "copyByClass", tmp_path / "target")
    found = sorted(
        path.relative_to(tmp_path / "target").as_posix()
        for path in (tmp_path / "target").rglob("*.jpg")
    )
    assert found == ["blue/b.jpg", "blue/d.jpg", "green/c.jpg", "red/a.jpg"]
    text = exam.findChild(Notice).text
    assert text.startswith("4 images copied into 3 folders")
    assert "Not copied, since they cannot be read: broken.jpg." in text


def test_what_is_selected_is_saved_as_json_and_csv(
    qtbot: QtBot, exam: FilesPanel, tmp_path: Path
) -> None:
    exam._table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    exam._table.setCurrentIndex(exam.model.index(0, 0))
    qtbot.keyClick(exam._table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert _count(exam).endswith("2 selected")
    _choose(qtbot, exam, "saveJson", tmp_path / "out.json")
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [Path(line["path"]).name for line in told] == ["a.jpg", "b.jpg"]
    (tmp_path / "tables").mkdir()
    _choose(qtbot, exam, "saveCsv", tmp_path / "tables" / "out.csv")
    assert (tmp_path / "tables" / "out.csv").read_text("utf-8").count("\n") == 3
    for action in ("saveJson", "copyByClass"):
        _trigger(exam, action)
        dialog = exam.findChild(QFileDialog, "saveDialog")
        assert Path(dialog.directory().path()) == tmp_path / "tables", "Remembered."
        dialog.reject()
        qtbot.waitUntil(lambda: exam.findChild(QFileDialog, "saveDialog") is None)


def test_a_table_that_cannot_be_saved_is_told(
    qtbot: QtBot, exam: FilesPanel, tmp_path: Path
) -> None:
    _choose(qtbot, exam, "saveCsv", tmp_path / "nowhere" / "out.csv")
    assert "cannot be written" in exam.findChild(Notice).text


def test_the_table_asks_for_room_and_gives_it_back_for_a_file(
    qtbot: QtBot, exam: FilesPanel
) -> None:
    asked: list[bool] = []
    exam.room_requested.connect(asked.append)
    exam.findChild(QPushButton, "fileScoresButton").click()  # the matrix needs it
    assert exam.findChild(QToolButton, "fileRoomButton").isChecked()
    exam._table.activated.emit(exam.model.index(0, 0))
    assert asked == [True, False]
    assert not exam.findChild(QWidget, "fileScores").isVisible()


def test_what_is_unknown_follows_the_share_to_answer(qtbot: QtBot, panel: FilesPanel) -> None:
    scores = [number / 3000 for number in range(3000)]
    entries = [entry_of(answer(Path("x.jpg"), true="cap", score=score)) for score in scores]
    panel.model.add(1, entries[:2500])
    with qtbot.waitSignal(panel.model.accept_applied):
        panel.set_accept(0.8)
    panel.model.add(1, entries[2500:])
    assert [entry.is_unknown for entry in panel.model.rows] == [score < 0.2 for score in scores]
    assert panel._tally.unknown == 600
    assert sum(e.answer.prediction.unknown for e in panel.model.rows if e.answer.prediction) == 600


def _said(panel: FilesPanel) -> dict[str, str]:
    """What the table says of each file."""
    model = panel.model
    shown = range(model.rowCount())
    return {model.index(row, 0).data(): model.index(row, Column.CLASS).data() for row in shown}


def test_another_model_is_asked_about_every_file_and_nothing_is_mixed(
    qtbot: QtBot, exam: FilesPanel, models: Path
) -> None:
    exam.findChild(QPushButton, "fileScoresButton").click()
    exam._table.setCurrentIndex(exam.model.index(1, 0))
    names = _names(exam)
    runs: list[set[str]] = []
    exam.model.dataChanged.connect(
        lambda: runs.append({e.model.folder.name for e in exam.model.rows if e.is_readable})
    )
    exam.set_model(UsedModel(models / "grey"))
    pending = dict.fromkeys(("a.jpg", "b.jpg", "c.jpg", "d.jpg"), "…")
    assert _said(exam) == {**pending, "broken.jpg": "unreadable"}
    assert exam._tally.count == 0
    for name in ("fileScoresButton", "classifyAgainButton"):
        assert not exam.findChild(QPushButton, name).isVisible()
    assert not exam.findChild(QWidget, "fileScores").isVisible()
    assert not exam._pictures.icon(exam.model.rows[0]).isNull()
    qtbot.waitUntil(lambda: not exam._work.is_running)
    assert set(_said(exam).values()) == {"dark", "unreadable"}
    assert _names(exam) == names  # each in its place
    assert exam._table.selected_entries()[0].name == names[1]
    assert runs
    assert all(each == {"grey"} for each in runs)
    assert _count(exam) == "5 files · 1 unreadable"


def test_going_back_to_a_model_brings_its_answers_back(
    qtbot: QtBot, exam: FilesPanel, models: Path
) -> None:
    before = _said(exam)
    exam.set_model(UsedModel(models / "grey"))
    exam.set_model(UsedModel(models / "colours"))
    assert _said(exam) == before
    qtbot.waitUntil(lambda: not exam._work.is_running)
    assert _said(exam) == before
    assert exam.findChild(QPushButton, "fileScoresButton").text() == "Accuracy 75.0 %"
    exam.set_model(UsedModel(models / "grey"))
    qtbot.waitUntil(lambda: not exam._work.is_running)
    exam.set_model(UsedModel(models / "colours"))
    assert set(_said(exam).values()) == {"…", "unreadable"}
    qtbot.waitUntil(lambda: not exam._work.is_running)
    assert _said(exam) == before


def test_models_are_changed_while_files_are_being_answered(
    qtbot: QtBot, panel: FilesPanel, models: Path, tmp_path: Path
) -> None:
    """A list that is sorted, and one that is not: no row ever speaks for another model."""
    for number in range(400):
        write_picture(tmp_path / "many" / f"{number:03}.jpg", "red")
    words = {"colours": {"red", "green", "blue"}, "grey": {"dark", "light"}}

    def is_of(run: str) -> bool:
        return set(_said(panel).values()) <= {*words[run], "…"}

    panel.classify([tmp_path / "many"])
    for run in ("grey", "colours", "grey", "colours", "grey"):
        with qtbot.waitSignal(panel._work.classified):
            pass
        panel.set_model(UsedModel(models / run))
        assert is_of(run)
        panel._table.sortByColumn(Column.CLASS, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: not panel._work.is_running)
    panel.model.rearrange()
    assert len(panel.model.entries) == len(panel.model.rows) == 400
    assert set(_said(panel).values()) == {"dark"}
    panel._table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert _names(panel) == [f"{number:03}.jpg" for number in range(400)]


def test_what_is_left_unasked_is_neither_saved_nor_counted_until_it_is_asked(
    qtbot: QtBot, exam: FilesPanel, models: Path
) -> None:
    exam.set_model(UsedModel(models / "gone"))
    qtbot.waitUntil(lambda: not exam._work.is_running)
    again = exam.findChild(QPushButton, "classifyAgainButton")
    assert again.isVisible()
    _trigger(exam, "saveCsv")
    assert exam.findChild(QFileDialog, "saveDialog") is None
    assert "has not been asked about 4 of these files" in exam.findChild(Notice).text
    _trigger(exam, "onlyUnreadable")
    assert _names(exam) == ["broken.jpg"]
    exam.findChild(QPushButton, "showAllFilesButton").click()
    with qtbot.waitSignal(exam._work.failed):
        again.click()  # there is still no such model
    exam.set_model(UsedModel(models / "grey"))
    qtbot.waitUntil(lambda: not exam._work.is_running)
    assert not again.isVisible()


def test_a_class_that_another_model_has_not_is_no_filter_any_more(
    qtbot: QtBot, exam: FilesPanel, models: Path
) -> None:
    exam.findChild(QPushButton, "fileScoresButton").click()
    exam.findChild(ConfusionView).cell_chosen.emit(1, 2)
    assert exam.model.filter.said == "blue"
    exam.set_model(UsedModel(models / "grey"))
    qtbot.waitUntil(lambda: len(_names(exam)) == 5)
    assert exam.model.filter.is_empty


def test_a_number_key_is_about_the_one_file_that_is_selected(
    qtbot: QtBot, exam: FilesPanel
) -> None:
    exam.window().activateWindow()
    qtbot.waitUntil(exam.isActiveWindow)
    exam._table.setFocus()
    taught: list[tuple[str, int]] = []
    exam.entry_taught.connect(lambda entry, number: taught.append((entry.name, number)))
    exam._table.setCurrentIndex(exam.model.index(1, 0))
    qtbot.keyClick(exam._table, Qt.Key.Key_3)
    assert taught == [(_names(exam)[1], 3)]
    qtbot.keyClick(exam._table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(exam._table, Qt.Key.Key_3)
    assert len(taught) == 1
    assert exam.findChild(Notice).text == "Select one file to say what it shows."


def test_clearing_forgets_filter_and_accuracy(qtbot: QtBot, exam: FilesPanel) -> None:
    _trigger(exam, "onlyWrong")
    exam.findChild(QPushButton, "clearFilesButton").click()
    assert exam.is_empty
    assert exam.model.filter.is_empty
    assert exam.findChild(QWidget, "dropZone").isVisible()
    assert exam._tally.count == 0


def test_every_tool_has_a_name_and_a_tooltip(exam: FilesPanel) -> None:
    for control in (*exam.findChildren(QPushButton), *exam.findChildren(QToolButton)):
        if control.parent().objectName() == "notice" or not control.objectName():
            continue
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
