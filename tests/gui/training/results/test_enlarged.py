"""Result views in a window of their own, and a matrix of many classes in which all is found."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.gui.training.results.enlarged import EnlargedResults
from cnn_studio.gui.training.results.matrix_page import MatrixPage
from cnn_studio.gui.training.results.results_panel import CLASSES, MATRIX, ResultsPanel
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.bundle import LITE_FILE, write_bundle
from cnn_studio.models.run_trash import trash_run
from cnn_studio.models.scores import ClassScores, Scores
from cnn_studio.training.events import Measured, Started
from tests.gui.drawn_text import drawn_texts
from tests.models.small_run import bundle

NAMES = tuple(f"thing {number}" for number in range(100))


def scores(names: tuple[str, ...], wrong: dict[tuple[int, int], int]) -> Scores:
    """Twenty images of each class, of which so many were taken for another."""
    count = len(names)
    table = [[20 if row == column else 0 for column in range(count)] for row in range(count)]
    for (true, said), number in wrong.items():
        table[true][said] = number
        table[true][true] -= number
    confusion = tuple(map(tuple, table))
    hits = sum(confusion[place][place] for place in range(count))
    classes = tuple(ClassScores(0.8, 0.8, 0.8, 20) for _ in names)
    return Scores(hits / (20 * count), 20 * count, names, confusion, classes, 0.5)


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> MatrixPage:
    """A matrix of 100 classes in the room of the tab."""
    page = MatrixPage(Theme(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)))
    qtbot.addWidget(page)
    page.resize(460, 300)
    page.show()
    qtbot.waitExposed(page)
    page.set_scores(scores(NAMES, {(90, 3): 12, (3, 90): 7, (50, 60): 9}))
    return page


def _field(page: MatrixPage) -> QLineEdit:
    field = page.findChild(QLineEdit, "findClassField")
    assert field is not None
    return field


def _seen(page: MatrixPage) -> set[str]:
    """The names and counts that can be read."""
    area = page.findChild(QScrollArea)
    view = page.view
    seen = area.viewport().rect().translated(-view.pos())
    return {text.text for text in drawn_texts(view) if seen.contains(text.place.center().toPoint())}


def test_the_worst_confusions_are_listed_and_a_choice_goes_there(page: MatrixPage) -> None:
    worst = page.findChild(QComboBox, "worstConfusions")
    assert [worst.itemText(row) for row in range(worst.count())] == [
        "Most confused: thing 90 → thing 3 12",
        "thing 50 → thing 60 9",
        "thing 3 → thing 90 7",
    ]
    assert "thing 90" not in _seen(page)
    worst.activated.emit(0)
    seen = _seen(page)
    assert {"12", "thing 90", "thing 3"} <= seen
    assert "12 of 20 images of thing 90 were taken for thing 3" in (
        page.view.accessibleDescription()
    )


def test_a_class_is_found_by_a_part_of_its_name_and_enter_goes_on(
    qtbot: QtBot, page: MatrixPage
) -> None:
    field = _field(page)
    qtbot.keyClicks(field, "NG 9")
    assert page.view.marked == 9
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert page.view.marked == 90
    assert "thing 90" in _seen(page)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert page.view.marked is None
    assert field.text() == ""
    qtbot.keyClicks(field, "nothing like it")
    assert page.view.marked is None


def test_names_stay_in_sight_where_the_matrix_is_scrolled(page: MatrixPage) -> None:
    area = page.findChild(QScrollArea)
    for bar in (area.horizontalScrollBar(), area.verticalScrollBar()):
        assert bar.maximum() > 1000
        bar.setValue(bar.maximum())
    assert {"thing 99", "20", "true", "predicted"} <= _seen(page)
    assert "thing 0" not in _seen(page)


def test_few_classes_need_no_row_above_them(page: MatrixPage) -> None:
    assert _field(page).isVisible()
    page.set_scores(scores(NAMES[:10], {}))
    assert not _field(page).isVisible()
    assert page.findChild(QComboBox, "worstConfusions").itemText(0) == "Nothing was confused"


def test_ten_classes_are_read_in_the_tab_at_home(qtbot: QtBot, page: MatrixPage) -> None:
    names = (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    )
    page.set_scores(scores(names, {(1, 2): 3, (3, 5): 11}))
    page.resize(430, 240)  # what the tab gives it in a window of 1280x800
    qtbot.waitUntil(
        lambda: set(names) <= {each.text for each in drawn_texts(page.view)}, timeout=5000
    )
    texts = [each.text for each in drawn_texts(page.view)]
    assert texts.count("20") == 8
    assert {"3", "11"} <= set(texts)


@pytest.fixture
def runs(studio: Studio) -> list[Path]:
    """Two runs, the newer one last."""
    folders = []
    for day, count in ((20, 5), (21, 100)):
        folder = studio.workspace.runs / f"202611{day}-120000-colours"
        folder.mkdir(parents=True)
        measured = scores(NAMES[:count], {(1, 2): 4})
        contract = bundle(
            classes=NAMES[:count],
            train=measured,
            validation=measured,
            created=datetime(2026, 11, day, 12, tzinfo=UTC),
        )
        write_bundle(folder, contract)
        (folder / LITE_FILE).write_bytes(b"never opened")
        folders.append(folder)
    return folders


def _enlarge(tab: TrainingTab) -> EnlargedResults:
    before = set(tab.findChildren(EnlargedResults))
    tab.findChild(QToolButton, "enlargeButton").click()
    [window] = set(tab.findChildren(EnlargedResults)) - before
    assert isinstance(window, EnlargedResults)
    return window


def test_the_window_keeps_to_its_run_and_closes_with_escape(
    qtbot: QtBot, runs: list[Path], tab: TrainingTab, studio: Studio
) -> None:
    qtbot.waitUntil(lambda: len(tab._runs._table.runs) == 2)
    tab._runs.select(runs[0])
    tab._results.show_page(CLASSES)
    window = _enlarge(tab)
    panel = window.findChild(ResultsPanel)
    assert window.isWindow()
    assert panel.page == CLASSES
    panel.show_page(MATRIX)
    assert _field(panel.findChild(MatrixPage)).isVisible()
    assert panel.findChild(QToolButton, "logSegment") is None
    assert not panel.findChild(QToolButton, "enlargeButton").isVisible()
    tab._runs.select(runs[1])
    qtbot.waitUntil(lambda: len(tab.findChild(ConfusionView).names) in (5, 100))
    assert len(panel.findChild(ConfusionView).names) == 5
    second = _enlarge(tab)
    assert len(second.findChild(ConfusionView).names) == 100
    for each in (window, second):
        each.activateWindow()
        qtbot.waitUntil(lambda each=each: QApplication.activeWindow() is each)
        with qtbot.waitSignal(each.destroyed):
            QTest.keyClick(each, Qt.Key.Key_Escape)
    assert tab._enlarged == []


def test_it_follows_the_training_that_it_was_opened_for(
    qtbot: QtBot, runs: list[Path], tab: TrainingTab, studio: Studio
) -> None:
    control = studio.training
    progress = control.progress
    progress.feed(Started(str(runs[1]), 9, 80, 20, 0, 10, 3, 32))
    window = EnlargedResults(studio, None, progress, tab)
    window.show()
    view = window.findChild(ConfusionView)
    assert view.names == ()
    progress.feed(Measured(1, scores(NAMES[:7], {(1, 2): 5})))
    control.progressed.emit()
    assert len(view.names) == 7
    control.ended.emit()
    assert len(view.names) == 100
    assert window.run is not None
    assert window.run.folder == runs[1]
    with qtbot.waitSignal(window.destroyed):
        window.close()


def test_a_run_that_goes_on_is_followed_by_the_window_that_shows_it(
    qtbot: QtBot, runs: list[Path], tab: TrainingTab, studio: Studio
) -> None:
    qtbot.waitUntil(lambda: len(tab._runs._table.runs) == 2)
    tab._runs.select(runs[0])
    view = _enlarge(tab).findChild(ConfusionView)
    assert len(view.names) == 5
    control = studio.training
    control.progress.feed(Started(str(runs[0]), 9, 80, 20, 0, 10, 3, 32))  # it is continued
    control.progress.feed(Measured(4, scores(NAMES[:7], {(1, 2): 5})))
    control.progressed.emit()
    assert len(view.names) == 7
    more = scores(NAMES[:6], {(0, 1): 19})
    write_bundle(runs[0], bundle(classes=NAMES[:6], train=more, validation=more))
    control.ended.emit()
    assert len(view.names) == 6


def test_a_run_that_changed_is_read_again(
    qtbot: QtBot, runs: list[Path], tab: TrainingTab, studio: Studio
) -> None:
    qtbot.waitUntil(lambda: len(tab._runs._table.runs) == 2)
    tab._runs.select(runs[0])
    window = _enlarge(tab)
    more = scores(NAMES[:6], {(0, 1): 19})
    write_bundle(runs[0], bundle(classes=NAMES[:6], train=more, validation=more))
    studio.runs_changed.emit()
    assert len(window.findChild(ConfusionView).names) == 6


def test_a_run_has_one_window_which_comes_to_the_front(
    qtbot: QtBot, runs: list[Path], tab: TrainingTab
) -> None:
    qtbot.waitUntil(lambda: len(tab._runs._table.runs) == 2)
    tab._runs.select(runs[0])
    window = _enlarge(tab)
    tab.window().activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is tab.window())
    window.showMinimized()
    tab._results.show_page(CLASSES)
    tab.findChild(QToolButton, "enlargeButton").click()
    assert tab._enlarged == [window]
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    assert not window.isMinimized()
    assert window.findChild(ResultsPanel).page == CLASSES


def test_the_window_of_a_training_that_has_no_run_yet_is_found_again(
    qtbot: QtBot, tab: TrainingTab, studio: Studio
) -> None:
    progress = studio.training.progress
    window = EnlargedResults(studio, None, progress, tab)
    assert window.is_of(None, progress)
    assert not window.is_of(None, None)
    assert not window.is_of(Path("another"), None)
    window.close()


def test_the_window_of_a_run_that_is_deleted_closes(
    qtbot: QtBot, runs: list[Path], tab: TrainingTab, studio: Studio
) -> None:
    qtbot.waitUntil(lambda: len(tab._runs._table.runs) == 2)
    for run in runs:
        tab._runs.select(run)
        _enlarge(tab)
    first, second = tab._enlarged
    trash_run(studio.workspace, runs[0])
    with qtbot.waitSignal(first.destroyed):
        studio.runs_changed.emit()
    assert tab._enlarged == [second]
    shutil.rmtree(runs[1])
    with qtbot.waitSignal(second.destroyed):
        studio.runs_changed.emit()
    assert tab._enlarged == []


def test_alt_e_enlarges_and_closes(qtbot: QtBot, runs: list[Path], tab: TrainingTab) -> None:
    qtbot.waitUntil(lambda: len(tab._runs._table.runs) == 2)
    tab._results.show_page(MATRIX)
    button = tab.findChild(QToolButton, "enlargeButton")
    qtbot.waitUntil(button.isVisible)
    assert "(Alt+E)" in button.toolTip()
    QTest.keyClick(tab.window(), Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(tab._enlarged) == 1)  # a button that a key presses takes a while
    [window] = tab._enlarged
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    with qtbot.waitSignal(window.destroyed):
        QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
