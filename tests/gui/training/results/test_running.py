"""What the results say while a training runs, and of runs that have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import find_dataset
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Mode, Theme
from cnn_studio.gui.training.progress import Phase, TrainingProgress
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.gui.training.results.results_panel import (
    CLASSES,
    LOG,
    MATRIX,
    MISTAKES,
    RELIABILITY,
    ResultsPanel,
)
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.bundle import RunStatus
from cnn_studio.models.runs import LOCK_FILE, RECIPE_FILE, open_run, usable_runs
from cnn_studio.training.events import EpochDone, Measured, Ready, Started
from tests.gui.training.results.test_results import scores, write_run
from tests.gui.training.test_training_tab import (
    TRAINING_MS,
    part,
    set_field,
    text_of,
    wait_for_epoch,
)
from tests.gui.training.test_training_tab import counted as counted

PAGES = (MATRIX, CLASSES, RELIABILITY, MISTAKES)


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> ResultsPanel:
    from PySide6.QtCore import QSettings

    theme = Theme(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    theme.set_mode(Mode.LIGHT)
    panel = ResultsPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(480, 320)
    panel.set_other_subjects([("all:objects", "All of Objects")])
    panel.show()
    return panel


def texts(panel: ResultsPanel) -> str:
    """Everything that can be read on it now."""
    labels = panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_a_running_training_says_so_on_every_page_and_shows_what_is_known(
    panel: ResultsPanel,
) -> None:
    progress = TrainingProgress("Objects", 10, engine_ready=False)
    panel.show_live(None, progress)
    for page in PAGES:
        panel.show_page(page)
        assert "This training is running" in texts(panel)
        assert "Getting ready, about 5 seconds" in texts(panel)
    progress.feed(Ready())
    progress.feed(Started("/runs/live", 1000, 60, 30, 0, 10, 4, 20))
    panel.show_live(None, progress)
    said = "Round 1 of 10. The first figures come when its first round ends."
    assert said in texts(panel)
    progress.feed(Measured(1, scores()))
    progress.feed(EpochDone(1, 0.9, 0.6, 0.8, 28 / 30, 900.0, 2.0, best=True))
    panel.show_live(None, progress)
    assert "It names 28 of 30 pictures rightly that were held back." in texts(panel)
    assert "comes at its end" in texts(panel)
    for page in (MATRIX, CLASSES):
        panel.show_page(page)
        assert "Best so far, epoch 1: 93.3 %" in panel._head.summary
        assert "This training is running" not in texts(panel)
    assert panel._head.subjects == ["validation"]
    progress.feed(Measured(4, scores(("shoe", "cap", "mug"))))
    panel.show_live(None, progress)
    assert "epoch 4" in panel._head.summary
    panel.show_page(MATRIX)
    assert "mug" in panel._matrix.describe(2, 2)
    panel.show_page(LOG)
    panel.show_run(None)
    panel.show_page(MATRIX)
    assert "After a training" in texts(panel)


def test_without_images_held_back_the_figures_come_at_the_end(panel: ResultsPanel) -> None:
    progress = TrainingProgress("Objects", 10)
    progress.feed(Started("/runs/live", 1000, 90, 0, 0, 10, 4, 20))
    progress.feed(EpochDone(1, 0.9, 0.6, None, None, 900.0, 2.0, best=True))
    panel.show_live(None, progress)
    for page in PAGES:
        panel.show_page(page)
        assert "No images are held back, so its figures come at its end." in texts(panel)


def test_a_model_that_was_not_measured_has_no_figure_and_asks_for_none(
    qtbot: QtBot, panel: ResultsPanel, workspace: object
) -> None:
    folder = write_run(
        workspace, "stopped", status=RunStatus.STOPPED, best_epoch=0, epochs_done=0,
        train=None, validation=None,
    )  # fmt: skip
    chosen: list[str] = []
    panel.subject_changed.connect(chosen.append)
    panel.show_run(open_run(folder))
    for page in PAGES:
        panel.show_page(page)
        assert panel._head.summary == ""
        assert "before its first epoch ended" in texts(panel)
    assert set(chosen) == {""}
    parts = panel.findChild(QComboBox, "partChooser")
    assert parts is not None
    assert [parts.itemText(place) for place in range(parts.count())] == [
        "Choose images …", "All of Objects",
    ]  # fmt: skip
    assert parts.isVisible()
    parts.setCurrentIndex(1)
    parts.activated.emit(1)
    assert chosen[-1] == "all:objects"


def test_a_weak_class_is_named_beside_the_figure(panel: ResultsPanel, workspace: object) -> None:
    from cnn_studio.models.scores import score_counts

    confusion = np.array([[80, 0, 0], [1, 79, 0], [2, 0, 0]])
    measured = score_counts(confusion, ("shoe", "cap", "book"))
    panel.show_run(open_run(write_run(workspace, "weak", validation=measured, train=measured)))
    assert panel._head.summary.startswith("98.1 %")
    assert panel._head.cautions == "book: 0 of 2 right, too few to tell."
    panel.show_page(LOG)
    assert panel._head.cautions == ""
    panel.show_page(CLASSES)
    assert "book: 0 of 2 right" in panel._head.cautions


def test_a_run_in_training_elsewhere_is_not_called_failed(
    panel: ResultsPanel, workspace: object
) -> None:
    folder = workspace.runs / "elsewhere"  # type: ignore[attr-defined]
    folder.mkdir(parents=True)
    (folder / RECIPE_FILE).write_text("{}")
    (folder / LOCK_FILE).touch()  # as a kill leaves it
    panel.show_run(open_run(folder))
    assert "did not reach its end" in texts(panel)
    with FileLock(folder / LOCK_FILE):
        run = open_run(folder)
        panel.show_run(run)
    assert run.is_training
    assert "is running, so it has no model yet" in texts(panel)
    assert not open_run(folder).is_training


@pytest.mark.slow
def test_a_live_training_is_looked_at_and_stopped_within_its_first_epoch(
    qtbot: QtBot, counted: TrainingTab, studio: Studio
) -> None:
    tab, panel = counted, counted._results
    set_field(tab, "epochsField", 10_000)
    qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    for page in PAGES:
        panel.show_page(page)
        assert "This training is running" in texts(panel)
    wait_for_epoch(qtbot, tab, 2)
    panel.show_page(MATRIX)
    matrix = part(tab, ConfusionView, "confusionView")
    assert matrix.isVisible()
    assert "Best so far, epoch" in panel._head.summary
    for page in (RELIABILITY, MISTAKES):
        panel.show_page(page)
        assert "This training is running" in texts(panel)
        assert "comes at its end" in texts(panel)
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "stopButton"), Qt.MouseButton.LeftButton)
    assert "Best so far" not in panel._head.summary
    assert panel._head.summary != ""

    # The next one is stopped before its first epoch ends: it is never asked about anything.
    fill_many(studio)
    set_field(tab, "batchSizeField", 1)
    tab._control.progressed.connect(lambda: stop_in_first_epoch(tab))
    with qtbot.waitSignal(tab.training_ended, timeout=TRAINING_MS):
        qtbot.mouseClick(part(tab, QPushButton, "startButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.jobs._running)
    run = tab._runs.selected_run()
    assert run is not None
    assert run.bundle is not None
    assert run.bundle.stopped_in_first_epoch
    assert (panel.subject, panel._head.summary) == ("", "")
    assert "before its first epoch ended" in texts(panel)
    assert text_of(tab, "validationAccuracy") == "\N{EN DASH}"
    assert not part(tab, QPushButton, "tryButton").isVisible()
    assert [each.has_learned for each in usable_runs(studio.workspace)] == [False, True]


def fill_many(studio: Studio) -> None:
    """So many copies of the images that an epoch takes a while."""
    dataset = find_dataset(studio.workspace, "colours")
    for path in sorted(dataset.folder.glob("*/*.jpg")):
        for number in range(6):
            (path.parent / f"{path.stem}-{number}.jpg").write_bytes(path.read_bytes())
    studio.dataset_was_edited()


def stop_in_first_epoch(tab: TrainingTab) -> None:
    if tab._control.progress.phase is Phase.TRAINING and tab._control.progress.steps_done > 0:
        tab._control.stop()
