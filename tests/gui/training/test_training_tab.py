"""The training tab with the real engine: start, watch, stop, survive."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import create_dataset
from cnn_studio.gui.endings import Until
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves.curves_view import CurvesView
from cnn_studio.gui.training.progress import Phase
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.bundle import read_bundle
from cnn_studio.models.runs import RunStatus, list_runs
from cnn_studio.paths import Workspace
from tests.gui.training.conftest import fill
from tests.gui.training.results.test_results import write_run

TRAINING_MS = 90_000


def part(tab: TrainingTab, kind: type[QWidget], name: str) -> QWidget:
    found = tab.findChild(kind, name)
    assert found is not None, name
    return found


def text_of(tab: TrainingTab, name: str) -> str:
    label = part(tab, QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def set_field(tab: TrainingTab, name: str, value: int) -> None:
    field = part(tab, QSpinBox, name)
    assert isinstance(field, QSpinBox)
    field.setValue(value)


def log_of(tab: TrainingTab) -> str:
    log = part(tab, QPlainTextEdit, "trainingLog")
    assert isinstance(log, QPlainTextEdit)
    return log.toPlainText()


def engine_process(tab: TrainingTab) -> int:
    process = tab._control._thread._engine._process
    assert process is not None
    assert process.pid is not None
    return process.pid


def wait_for_epoch(qtbot: QtBot, tab: TrainingTab, epoch: int) -> None:
    def reached() -> bool:
        last = tab._control.progress.last_epoch
        return last is not None and last.epoch >= epoch

    qtbot.waitUntil(reached, timeout=TRAINING_MS)


@pytest.fixture
def counted(qtbot: QtBot, tab: TrainingTab) -> TrainingTab:
    """The tab with the images counted and a small, quick recipe."""
    start = part(tab, QPushButton, "startButton")
    qtbot.waitUntil(lambda: "72 images" in text_of(tab, "trainingDatasetLine"))
    assert start.isEnabled()
    set_field(tab, "imageSizeField", 16)
    set_field(tab, "epochsField", 3)
    return tab


@pytest.mark.slow
def test_a_training_is_watched_from_start_to_results(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab, said, training = counted, [], []
    studio.status_changed.connect(said.append)
    studio.training_changed.connect(training.append)
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.keyClick(tab, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(tab.is_training)
        assert text_of(tab, "progressHeadline").startswith("Getting ready")
        assert part(tab, QPushButton, "stopButton").isVisible()
        assert not part(tab, QSpinBox, "epochsField").isEnabled()
    assert training == [True, False]
    assert any(text.endswith("round 1 of 3") for text in said)
    assert "Epoch 3: accuracy" in log_of(tab)
    assert "Finished in" in log_of(tab)

    (run,) = list_runs(studio.workspace)
    bundle = read_bundle(run.folder)
    assert bundle.status is RunStatus.FINISHED
    assert bundle.recipe["image_size"] == 16
    assert text_of(tab, "validationAccuracy") == f"{100 * (bundle.val_accuracy or 0):.1f} %"
    assert text_of(tab, "testAccuracy") == "\N{EN DASH}"
    matrix = part(tab, ConfusionView, "confusionView")
    assert isinstance(matrix, ConfusionView)
    assert matrix.isVisible()
    assert "images of blue" in matrix.describe(0, 0)
    assert part(tab, QPushButton, "startButton").isVisible()
    assert part(tab, QSpinBox, "epochsField").isEnabled()
    curves = tab._control.progress.curves()
    assert curves.accuracy.validation.x.tolist() == [1, 2, 3]
    assert curves.loss.batches.x[-1] == pytest.approx(3)
    view = part(tab, CurvesView, "curvesView")
    assert isinstance(view, CurvesView)
    qtbot.waitUntil(lambda: view._picture is not None, timeout=20_000)
    with qtbot.waitSignal(studio.page_requested) as asked:
        qtbot.mouseClick(part(tab, QPushButton, "tryButton"), Qt.MouseButton.LeftButton)
    assert asked.args == ["prediction"]


@pytest.mark.slow
def test_stop_keeps_the_best_model_and_says_so(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab = counted
    set_field(tab, "epochsField", 10_000)
    qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    wait_for_epoch(qtbot, tab, 2)
    stop = part(tab, QPushButton, "stopButton")
    with qtbot.waitSignal(tab.training_ended, timeout=20_000):
        qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
        assert tab._control.progress.phase is Phase.STOPPING
        assert not stop.isEnabled()
    notice = tab.lower_edge.findChild(Notice)
    assert notice is not None
    assert notice.isVisible()
    assert "best model so far, from epoch" in notice.text
    (run,) = list_runs(studio.workspace)
    assert run.status is RunStatus.STOPPED
    assert run.is_usable


@pytest.mark.slow
def test_an_engine_that_is_killed_ends_as_a_sentence_and_the_next_training_works(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab = counted
    set_field(tab, "epochsField", 10_000)
    qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    wait_for_epoch(qtbot, tab, 1)
    with qtbot.waitSignal(tab.training_ended, timeout=20_000):
        os.kill(engine_process(tab), signal.SIGKILL)
    notice = tab.lower_edge.findChild(Notice)
    assert notice is not None
    assert "memory" in notice.text
    qtbot.waitUntil(lambda: part(tab, QTableView, "runsTable").model().rowCount() == 1)
    start = part(tab, QPushButton, "startButton")
    assert start.isEnabled()
    set_field(tab, "epochsField", 1)
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
        assert not notice.isVisible()
    assert tab._control.progress.phase is Phase.FINISHED
    assert [run.status for run in list_runs(studio.workspace)] == [
        RunStatus.FINISHED,
        RunStatus.INTERRUPTED,
    ]


@pytest.mark.slow
def test_a_class_with_one_image_is_warned_of_and_refused_in_a_sentence(
    qtbot: QtBot, tab: TrainingTab, studio: Studio, dataset_folder: Path
) -> None:
    for image in sorted((dataset_folder / "blue").iterdir())[1:]:
        image.unlink()
    studio.dataset_was_edited()
    qtbot.waitUntil(lambda: "blue has one image" in text_of(tab, "datasetWarnings"))
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    notice = tab.lower_edge.findChild(Notice)
    assert notice is not None
    assert "blue (1)" in notice.text
    assert not part(tab, QLabel, "progressHeadline").isVisible()
    assert part(tab, QPushButton, "startButton").isEnabled()
    fill(dataset_folder, "blue", 5)
    studio.dataset_was_edited()
    qtbot.waitUntil(lambda: not part(tab, QLabel, "datasetWarnings").isVisible())


@pytest.mark.slow
def test_a_training_can_be_called_off_while_tensorflow_loads(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab = counted
    qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    assert tab._control.progress.phase is Phase.WARMING
    began = time.monotonic()
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        studio.training.stop()
    assert time.monotonic() - began < 1
    assert not list_runs(studio.workspace)


def test_an_empty_dataset_leads_to_the_capture_tab(
    qtbot: QtBot, tab: TrainingTab, studio: Studio
) -> None:
    studio.choose_dataset("objects")
    qtbot.waitUntil(lambda: "no images yet" in text_of(tab, "datasetWarnings"))
    assert not part(tab, QPushButton, "startButton").isEnabled()
    with qtbot.waitSignal(studio.page_requested) as asked:
        qtbot.mouseClick(part(tab, QPushButton, "goToCaptureButton"), Qt.MouseButton.LeftButton)
    assert asked.args == ["capture"]


def test_a_dataset_that_is_not_fetched_yet_is_told_of(
    qtbot: QtBot, tab: TrainingTab, studio: Studio
) -> None:
    studio.choose_dataset("fashion-mnist")
    qtbot.waitUntil(lambda: "not on this computer yet" in text_of(tab, "datasetWarnings"))
    size = part(tab, QSpinBox, "imageSizeField")
    assert isinstance(size, QSpinBox)
    assert size.value() == 28
    studio.choose_dataset("colours")
    qtbot.waitUntil(lambda: "72 images" in text_of(tab, "trainingDatasetLine"))
    assert size.value() == 64


def test_the_start_button_stays_in_sight_in_the_smallest_window(
    qtbot: QtBot, counted: TrainingTab
) -> None:
    window = counted.window()
    window.resize(960, 552)
    counted.resize(960, 552)
    start = part(counted, QPushButton, "startButton")
    qtbot.waitUntil(lambda: counted.height() == 552)
    bottom = start.mapTo(counted, start.rect().bottomRight())
    assert counted.rect().contains(bottom)
    assert start.isVisible()
    for name in ("runsPanel", "resultsPanel", "curvesView"):
        panel = part(counted, QWidget, name)
        assert panel.width() >= 280, name
        assert panel.height() >= 150, name
    for kind in (QProgressBar, QTableView, QComboBox):
        for widget in counted.findChildren(kind):
            if widget.isVisible():
                corner = widget.mapTo(counted, widget.rect().bottomRight())
                assert counted.rect().contains(corner), widget.objectName()


def test_every_control_says_what_it_is(counted: TrainingTab) -> None:
    controls = [
        widget
        for kind in (QPushButton, QSpinBox, QComboBox)
        for widget in counted.findChildren(kind)
        if not isinstance(widget.parent(), Notice)
    ]
    assert len(controls) > 8
    for widget in controls:
        assert widget.objectName(), widget
        assert widget.accessibleName(), widget.objectName()
        assert widget.toolTip(), widget.objectName()


def test_what_the_tab_says_goes_with_its_cause(
    qtbot: QtBot, studio: Studio, tab: TrainingTab, workspace: Workspace
) -> None:
    create_dataset(workspace, "Others", ["pen"])
    studio.load_datasets()
    studio.choose_dataset("colours")
    tab._on_failed("The training could not be done.")
    assert tab._notice.isVisible()
    studio.choose_dataset("others")
    assert not tab._notice.isVisible()
    for name in ("a", "b"):
        write_run(workspace, name, notes=(f"{name} has one recording only.",))
    tab._runs.refresh()
    tab._runs.select(workspace.runs / "a")
    qtbot.waitUntil(lambda: [run.name for run in tab._runs.selected_runs()] == ["a"])
    tab._on_notes_requested()
    assert tab._notice.text == "a has one recording only."
    tab._runs.refresh()
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert tab._notice.isVisible()  # the same run is selected
    tab._runs.select(workspace.runs / "b")
    qtbot.waitUntil(lambda: not tab._notice.isVisible())
    tab._on_again_refused("A training is under way.")
    studio.endings.end(Until.TRAINING)
    assert not tab._notice.isVisible()
