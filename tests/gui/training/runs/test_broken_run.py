"""A training that was broken off is asked about in its tab, and Continue goes on where it stood."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.runs import RunStatus, list_runs, open_run, read_history
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
