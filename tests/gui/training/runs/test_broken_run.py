"""A training that was broken off is asked about in its tab, and Continue goes on where it stood."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.runs import (
    RECIPE_FILE,
    EpochRecord,
    RunStatus,
    list_runs,
    open_run,
    read_history,
)
from cnn_studio.training.checkpoint import (
    CHECKPOINTS_FOLDER,
    BestEpoch,
    Checkpoint,
    Position,
    save_checkpoint,
)
from cnn_studio.training.presets import CLASSIC
from cnn_studio.training.records import append_epoch
from tests.gui.training.test_training_tab import (
    TRAINING_MS,
    engine_process,
    part,
    set_field,
    wait_for_epoch,
)
from tests.gui.training.test_training_tab import counted as counted

EPOCHS = 30


def _offer(tab: TrainingTab) -> BrokenOffOffer:
    offer = tab.findChild(BrokenOffOffer)
    assert offer is not None
    return offer


@pytest.fixture
def broken(qtbot: QtBot, counted: TrainingTab) -> Path:
    """A run whose engine was killed after its second epoch."""
    set_field(counted, "epochsField", EPOCHS)
    qtbot.mouseClick(part(counted, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    wait_for_epoch(qtbot, counted, 2)
    with qtbot.waitSignal(counted.training_ended, timeout=20_000):
        os.kill(engine_process(counted), signal.SIGKILL)
    folder = counted._control.progress.run
    assert folder is not None
    return folder


@pytest.mark.slow
def test_continue_goes_on_where_it_was_broken_off(
    qtbot: QtBot, counted: TrainingTab, broken: Path, studio: Studio
) -> None:
    offer = _offer(counted)
    qtbot.waitUntil(lambda: offer.text != "")
    done = len(read_history(open_run(broken)))
    assert offer.text == (
        f"A training of Colours was broken off after {done} of {EPOCHS} epochs. "
        "Continue goes on from there."
    )
    texts = [each.text() for each in offer.findChildren(QPushButton) if not each.isHidden()]
    assert texts == ["Continue", "Not now"]
    before = read_history(open_run(broken))
    with qtbot.waitSignal(counted.training_ended, timeout=TRAINING_MS):
        QTest.keyClick(counted, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: studio.is_training)
        assert offer.text == ""
    (run,) = list_runs(studio.workspace)
    assert (run.folder, run.status) == (broken, RunStatus.FINISHED)
    history = read_history(run)
    learned = [(record.loss, record.accuracy) for record in history]
    assert learned[:done] == [(record.loss, record.accuracy) for record in before]
    assert [record.epoch for record in history] == list(range(1, EPOCHS + 1))
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert offer.text == ""


@pytest.mark.slow
def test_not_now_is_not_asked_again(
    qtbot: QtBot, counted: TrainingTab, broken: Path, studio: Studio
) -> None:
    offer = _offer(counted)
    qtbot.waitUntil(lambda: offer.text != "")
    offer.findChild(QPushButton, "keepBrokenOff").click()  # type: ignore[union-attr]
    assert offer.text == ""
    counted.activate()
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert offer.text == ""
    assert list_runs(studio.workspace)[0].folder == broken


@pytest.fixture
def left(qtbot: QtBot, tab: TrainingTab, studio: Studio) -> Path:
    """A run as a kill leaves it after its first epoch, which is asked about."""
    folder = studio.workspace.runs / "20261121-120000-colours"
    folder.mkdir(parents=True)
    recipe = CLASSIC.recipe().to_dict()
    begun = {"dataset": "colours", "started": "2026-11-21T12:00:00", "recipe": recipe}
    (folder / RECIPE_FILE).write_text(json.dumps(begun), encoding="utf-8")
    (folder / CHECKPOINTS_FOLDER).mkdir()
    save_checkpoint(folder, Checkpoint(Position(2), BestEpoch(), (np.zeros(3),)))
    append_epoch(folder, EpochRecord(1, 1.0, 0.5, 1.0, 0.5, 900.0, 2.0, best=True))
    studio.runs_changed.emit()
    qtbot.waitUntil(lambda: _offer(tab).text != "")
    qtbot.waitUntil(lambda: not studio.jobs._running)
    return folder


def test_a_look_that_was_under_way_asks_nothing_that_is_answered(
    qtbot: QtBot, tab: TrainingTab, left: Path, studio: Studio
) -> None:
    offer = _offer(tab)
    studio.runs_changed.emit()
    offer.findChild(QPushButton, "keepBrokenOff").click()  # type: ignore[union-attr]
    assert offer.text == ""
    asked: list[bool] = []
    offer.asked.connect(lambda: asked.append(True))
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert asked == []
    studio.runs_changed.emit()
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert asked == []


def test_of_several_looks_the_newest_counts(
    qtbot: QtBot, tab: TrainingTab, left: Path, studio: Studio
) -> None:
    offer = _offer(tab)
    asked: list[bool] = []
    offer.asked.connect(lambda: asked.append(True))
    studio.runs_changed.emit()
    shutil.rmtree(left)
    studio.runs_changed.emit()
    qtbot.waitUntil(lambda: offer.text == "" and not studio.jobs._running)
    assert asked == []
