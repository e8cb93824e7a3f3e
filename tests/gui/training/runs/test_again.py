"""A run is extended from the table, and trained once more by its own recipe."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.run_dataset import dataset_folder
from cnn_studio.models.runs import RunStatus, list_runs, open_run, read_history
from cnn_studio.training.run_recipe import recipe_of
from tests.gui.training.results.test_results import write_run
from tests.gui.training.test_training_tab import TRAINING_MS, log_of, part, set_field
from tests.gui.training.test_training_tab import counted as counted


@pytest.mark.slow
def test_a_finished_run_is_extended_and_trained_again_as_it_was(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab = counted
    check = part(tab, QCheckBox, "classWeightsCheck")
    assert isinstance(check, QCheckBox)
    check.setChecked(True)
    set_field(tab, "epochsField", 2)
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.jobs._running)
    (run,) = list_runs(studio.workspace)
    first = read_history(run)

    tab._runs._actions.continue_requested.emit()
    field = tab._runs.findChild(QLineEdit, "popoverField")
    assert field is not None
    field.setText("1")
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not studio.jobs._running)
    run = open_run(run.folder)
    assert run.status is RunStatus.FINISHED
    history = read_history(run)
    assert [record.epoch for record in history] == [1, 2, 3]
    assert history[:2] == first

    # What stands in the fields by now is not asked for.
    check.setChecked(False)
    set_field(tab, "imageSizeField", 24)
    set_field(tab, "seedField", 9)
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        tab._looking._images.train_requested.emit("colours")
    qtbot.waitUntil(lambda: not studio.jobs._running)
    newest = list_runs(studio.workspace)[0]
    assert newest.folder != run.folder
    assert recipe_of(newest) == recipe_of(run)
    assert recipe_of(newest).class_weights
    assert "by the recipe of" in log_of(tab)
    assert part(tab, QCheckBox, "classWeightsCheck") is check
    assert not check.isChecked()  # the recipe on show stays


@pytest.mark.slow
def test_a_run_whose_images_have_moved_goes_on_once_their_folder_is_chosen(
    qtbot: QtBot, counted: TrainingTab, studio: Studio, tmp_path: Path
) -> None:
    tab = counted
    set_field(tab, "epochsField", 1)
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.jobs._running)
    (run,) = list_runs(studio.workspace)
    now = tmp_path / "elsewhere"
    shutil.move(studio.workspace.datasets / "colours", now)
    with qtbot.waitSignal(tab._again.failed) as said:
        tab._again.go_on(run, 1)
    assert "are not in" in said.args[0]
    assert "Choose the folder that they are in now." in said.args[0]
    question = tab.window().findChild(QFileDialog, "runImagesDialog")
    assert question is not None
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        question.fileSelected.emit(str(now))
        question.reject()
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert [record.epoch for record in read_history(open_run(run.folder))] == [1, 2]
    assert dataset_folder(run) == now


def test_a_recipe_that_is_not_understood_is_told(
    qtbot: QtBot, tab: TrainingTab, studio: Studio
) -> None:
    run = open_run(write_run(studio.workspace, "colours", dataset="colours", recipe={"magic": 1}))
    with qtbot.waitSignal(tab._again.failed) as told:
        tab._again.train_again(run, "colours")
    assert "there is no magic" in str(told.args)
    with qtbot.waitSignal(tab._again.failed) as told:
        tab._again.train_again(run, "gone")
    assert told.args == ["There is no dataset gone any more."]
    assert not tab.is_training()
