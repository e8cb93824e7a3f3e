"""The pretrained network in the training tab, from Start to its results, with the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.progress import Phase, TrainingProgress
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.bundle import read_bundle
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import RunStatus, list_runs
from cnn_studio.training.events import EpochDone, Measuring, Ready, Started
from tests.gui.training.conftest import choose_recipe

TRAINING_MS = 90_000


def text_of(tab: QWidget, name: str) -> str:
    label = tab.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def test_it_is_offered_first_for_ones_own_datasets_alone(
    tab: TrainingTab, studio: Studio, qtbot: QtBot
) -> None:
    """`tab` has chosen Classic itself, so a fresh tab is looked at."""
    window = QWidget()
    qtbot.addWidget(window)
    fresh = TrainingTab(studio, window)
    try:
        field = fresh.findChild(QComboBox, "recipeField")
        assert field is not None
        assert field.currentText() == "Pretrained"
        studio.choose_dataset("satellite")
        assert field.currentText() == "Best"
        studio.choose_dataset("colours")
        assert field.currentText() == "Pretrained"
        choose_recipe(fresh, "Best")
        studio.choose_dataset("satellite")
        studio.choose_dataset("colours")
        assert field.currentText() == "Best"  # what a person has chosen stays
    finally:
        fresh.shutdown()


@pytest.mark.slow
def test_a_pretrained_training_is_watched_from_start_to_results(
    qtbot: QtBot, tab: TrainingTab, studio: Studio
) -> None:
    choose_recipe(tab, "Pretrained")
    start = tab.findChild(QPushButton, "startButton")
    assert start is not None
    qtbot.waitUntil(lambda: "72 images" in text_of(tab, "trainingDatasetLine"))
    assert "3,843 weights on 3.4 M that it brings along" in text_of(tab, "weightsLabel")
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(tab.is_training)
    (run,) = list_runs(studio.workspace)
    bundle = read_bundle(run.folder)
    assert (bundle.status, bundle.network) == (RunStatus.FINISHED, NetworkKind.PRETRAINED)
    assert bundle.folds == 5
    assert text_of(tab, "validationAccuracy") == f"{100 * (bundle.val_accuracy or 0):.1f} %"
    assert "learned from all 72 images" in text_of(tab, "runOutcome")
    log = tab.findChild(QPlainTextEdit, "trainingLog")
    assert log is not None
    assert "72 images to learn from, each measured in one of 5 parts" in log.toPlainText()
    curves = tab._control.progress.curves()
    assert len(curves.accuracy.validation.x) == bundle.epochs_done


def test_a_training_that_has_settled_is_measuring() -> None:
    progress = TrainingProgress("Colours", 30, engine_ready=False, network=NetworkKind.PRETRAINED)
    progress.feed(Ready(NetworkKind.PRETRAINED))
    progress.feed(Started("/run", 10, 4, 4, 0, 30, 1, 4, folds=2))
    progress.feed(EpochDone(1, 0.1, 1.0, 0.1, 1.0, 100.0, 0.1, True))
    assert progress.phase is Phase.TRAINING
    progress.feed(Measuring())
    assert progress.phase is Phase.MEASURING
    assert progress.fraction == 1.0
    assert progress.run == Path("/run")
