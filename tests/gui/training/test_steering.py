"""A training is paused, continued, stopped and taken up again from the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.progress import Phase, TrainingProgress
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.runs import EpochRecord, RunStatus, list_runs, open_run, read_history
from cnn_studio.training.events import Continued, Paused, Started
from cnn_studio.training.records import rewrite_history
from tests.gui.training.test_training_tab import (
    TRAINING_MS,
    part,
    set_field,
    text_of,
    wait_for_epoch,
)
from tests.gui.training.test_training_tab import counted as counted


def record(epoch: int) -> EpochRecord:
    return EpochRecord(epoch, 1 / epoch, 0.5, 1 / epoch, 0.5, 900.0, 2.0, best=epoch == 2)


def test_a_run_that_is_taken_up_again_shows_what_it_has_behind_it() -> None:
    progress = TrainingProgress("Colours", 6, past=[record(n) for n in (1, 2, 3, 4)])
    started = Started("/runs/a", 1000, 60, 12, 0, 6, 10, 6, epochs_before=3, steps_before=5)
    progress.feed(started)
    curves = progress.curves()
    assert curves.loss.training.x.tolist() == [1, 2, 3]  # the fourth is done once more
    assert curves.best_epoch == 2
    assert progress.epoch == 4
    assert progress.fraction == pytest.approx(35 / 60)


def test_a_pause_is_under_way_until_it_is_over() -> None:
    progress = TrainingProgress("Colours", 6)
    progress.feed(Started("/runs/a", 1000, 60, 12, 0, 6, 10, 6))
    progress.feed(Paused(1, 3))
    assert progress.phase is Phase.PAUSED
    assert progress.is_under_way
    assert progress.seconds_left is None
    progress.feed(Continued())
    assert progress.phase is Phase.TRAINING
    progress.stop_requested()
    progress.feed(Paused(1, 4))
    assert progress.phase is Phase.STOPPING


@pytest.mark.slow
def test_a_training_is_paused_stopped_and_taken_up_again_from_the_table(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab = counted
    set_field(tab, "epochsField", 400)
    qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    wait_for_epoch(qtbot, tab, 2)
    pause = part(tab, QPushButton, "pauseButton")
    assert isinstance(pause, QPushButton)
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab._control.progress.phase is Phase.PAUSED, timeout=20_000)
    assert text_of(tab, "progressHeadline").startswith("Paused in round")
    assert pause.text() == "Continue"
    stood_at = tab._control.progress.steps_done
    qtbot.keyClick(tab, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: tab._control.progress.steps_done > stood_at, timeout=20_000)
    assert pause.text() == "Pause"
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "stopButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.jobs._running)
    (run,) = list_runs(studio.workspace)
    assert run.status is RunStatus.STOPPED
    done = len(read_history(run))

    # A stopped run goes on at once, and its old epochs stand before the new ones.
    tab._runs._actions.continue_requested.emit()
    qtbot.waitUntil(tab.is_training)
    wait_for_epoch(qtbot, tab, done + 1)
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "stopButton"), Qt.MouseButton.LeftButton)
    history = read_history(open_run(run.folder))
    assert [record.epoch for record in history] == list(range(1, len(history) + 1))
    assert len(history) > done
    shown = tab._control.progress.curves().loss.training.x.tolist()
    assert shown == [record.epoch for record in history]


@pytest.mark.slow
def test_the_button_under_the_curves_trains_the_epochs_that_it_names(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab = counted
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.jobs._running)  # the list of runs is read once more
    (run,) = list_runs(studio.workspace)
    falling = [replace(record(n), accuracy=0.8 * n / 3, val_accuracy=0.7) for n in (1, 2, 3)]
    rewrite_history(run.folder, falling)  # as if it had not learned all there is by then
    tab._curves.show_runs([open_run(run.folder)])
    more = part(tab, QPushButton, "moreEpochsButton")
    assert isinstance(more, QPushButton)
    qtbot.waitUntil(more.isVisible)
    assert more.text() == "Train 5 more epochs"
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        more.click()
        qtbot.waitUntil(tab.is_training)
        assert not more.isVisible()
    bundle = open_run(run.folder).bundle
    assert bundle is not None
    assert bundle.epochs_done == 8
    assert [row.epoch for row in read_history(open_run(run.folder))] == list(range(1, 9))


def test_a_run_that_cannot_go_on_says_why(qtbot: QtBot, tab: TrainingTab, studio: Studio) -> None:
    (studio.workspace.runs / "empty").mkdir(parents=True)
    studio.runs_changed.emit()
    qtbot.waitUntil(lambda: tab._runs.selected_run() is not None)
    tab._runs._actions.continue_requested.emit()
    notice = tab.lower_edge.findChild(Notice)
    assert notice is not None
    qtbot.waitUntil(lambda: notice.isVisible())
    assert "no run" in notice.text
    assert not tab.is_training()
