"""No number on the prediction tab is cut, however large it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui import figures
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.prediction.files.files_head import FilesHead
from cnn_studio.gui.prediction.live.accept_row import AcceptRow
from cnn_studio.gui.prediction.live.correction_row import CorrectionRow
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.prediction.retraining.training_row import TrainingRow
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.training.events import Batches, FinalStep, Started
from tests.gui.numbers.conftest import ALL, LONG_NAME, MANY, assert_whole, part
from tests.gui.prediction.conftest import some_rule
from tests.gui.prediction.files.entries import bad_entry, entry_of
from tests.models.small_run import bundle
from tests.prediction.answers import CLASSES, answer


@pytest.fixture
def tab(qtbot: QtBot, window: MainWindow) -> PredictionTab:
    """The tab as with a model, which none of its parts asks here."""
    window.show_page("prediction")
    tab = part(window, PredictionTab)
    qtbot.waitUntil(lambda: tab._pages.currentWidget() is tab._no_model)
    tab._pages.setCurrentWidget(tab._halves)
    return tab


def test_what_is_said_of_files(qtbot: QtBot, window: MainWindow, tab: PredictionTab) -> None:
    files, head = tab._files, part(window, FilesHead)
    entries = [bad_entry("bad.jpg")]
    for number in range(60):
        true, said = CLASSES[number % 3], CLASSES[(number + (number % 4 == 0)) % 3]
        path = Path(f"{LONG_NAME}/{true}/photo {number}.jpg")
        given = answer(path, said, true=true, score=0.5, unknown=number % 7 == 0)
        entries.append(entry_of(given))
    files._work.classified.emit(0, entries)
    files._work.ended.emit()
    files.emptiness_changed.emit()
    qtbot.waitUntil(lambda: not files._counting.isActive())
    files._table.selectAll()
    assert_whole(window, figures.whole(61), figures.whole(1))
    part(head, QPushButton, "fileScoresButton").setChecked(True)
    assert_whole(window, figures.whole(60), figures.whole(9))
    head.show_count(2, ALL, 3, 5)
    head.show_running(running=True, unasked=True)
    head.show_progress(1, 1_000_000)
    assert_whole(window, figures.whole(2), figures.whole(ALL), figures.whole(3), figures.whole(5))
    head.show_running(running=False, unasked=True)
    assert_whole(window, figures.whole(2), figures.whole(ALL), figures.whole(3), figures.whole(5))


def test_what_is_said_beside_the_picture(window: MainWindow, tab: PredictionTab) -> None:
    part(window, CorrectionRow).set_count(4)
    row, rule = part(window, AcceptRow), some_rule([0.1] * 50, [True] * 50)
    row.show_model(bundle(classes=(LONG_NAME, "pencil", "shoe"), unknown=rule), 0.9)
    assert_whole(window, figures.whole(4), figures.whole(50))
    row.show_model(bundle(), 0.9)
    assert_whole(window, figures.whole(4))
    progress, training = TrainingProgress(LONG_NAME, 10_000, True), part(window, TrainingRow)
    for event in (
        Started("run", 9, ALL, MANY, ALL, 10_000, 59_800, 128),
        Batches(9998, 0, (1.0,), (0.5,), MANY // 40, 59_800, 1_234_567.0, 3e6),
        FinalStep(MANY, ALL, ALL, 3e6),
    ):
        progress.feed(event)
        training.show_progress(progress)
        assert_whole(window)
