"""What is taught is learned without leaving the tab: the real engine, a real camera, real files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QProgressBar,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.closing_dialog import ClosingDialog
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.prediction.files.file_table import FileTable
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.progress import Phase
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.bundle import read_bundle, write_bundle
from cnn_studio.models.runs import RunStatus, list_runs, open_run
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.run_recipe import recipe_of
from cnn_studio.vision.images import encode_jpeg
from tests.gui.training.conftest import fill

TRAINING_MS = 90_000
RECIPE = Recipe(epochs=12, batch_size=8, learning_rate=0.002, image_size=16, validation_share=0.0)
_SIX = "You taught 6 images. It gets 6 of them right now, before 0."
YELLOW = (225, 215, 40)  # red and green at once: no class of its own
ShowColour = Callable[[str], None]


def _label(tab: QWidget, name: str) -> str:
    return tab.findChild(QLabel, name).text()


def _button(tab: QWidget, name: str) -> QPushButton:
    return tab.findChild(QPushButton, name)


def _shown_questions(window: MainWindow) -> list[ClosingDialog]:
    return [each for each in window.findChildren(ClosingDialog) if each.isVisible()]


def _notice(tab: PredictionTab) -> Notice:
    return tab._training_notice


def _train(qtbot: QtBot, studio: Studio, recipe: Recipe = RECIPE) -> Path:
    """Train as the training tab does; the run's folder."""
    with qtbot.waitSignal(studio.training.ended, timeout=TRAINING_MS):
        studio.training.start(find_dataset(studio.workspace, "colours"), recipe)
    run = studio.training.progress.run
    assert run is not None
    return run


@pytest.fixture
def folders(studio: Studio) -> ClassFolders:
    """The dataset `colours`: three classes of 24 images."""
    folder = studio.workspace.datasets / "colours"
    for name in ("red", "green", "blue"):
        fill(folder, name, 24)
    studio.load_datasets()
    studio.choose_dataset("colours")
    return ClassFolders(find_dataset(studio.workspace, "colours"))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the first run is kept, so that it is trained once."""
    return tmp_path_factory.mktemp("trained") / "first"


@pytest.fixture
def run(qtbot: QtBot, studio: Studio, folders: ClassFolders, trained: Path) -> Path:
    """A run that has learned from `colours`."""
    if not trained.exists():
        shutil.copytree(_train(qtbot, studio), trained)
    return Path(shutil.copytree(trained, studio.workspace.runs / "first", dirs_exist_ok=True))


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Six photos of something yellow, each another one."""
    random = np.random.default_rng(1)
    paths = []
    for number in range(6):
        noise = random.integers(-25, 25, (48, 48, 3))
        pixels = np.clip(np.array(YELLOW) + noise, 0, 255).astype(np.uint8)
        paths.append(tmp_path / "photos" / f"{number}.jpg")
        paths[-1].parent.mkdir(exist_ok=True)
        paths[-1].write_bytes(encode_jpeg(pixels))
    return paths


@pytest.fixture
def taught(
    qtbot: QtBot,
    run: Path,
    tab: PredictionTab,
    studio: Studio,
    photos: list[Path],
    show_colour: ShowColour,
) -> PredictionTab:
    """The tab, whose model was taught six times that yellow is blue."""
    tab.activate()
    show_colour("red")
    tab._model.pick(run)
    qtbot.waitUntil(lambda: _label(tab, "topClass") == "red")
    qtbot.waitUntil(tab._panel.bar._wrong.isVisible)
    tab._files.classify(photos)
    table = tab.findChild(FileTable)
    qtbot.waitUntil(lambda: table.model().rowCount() == 6)
    tab.activateWindow()
    qtbot.waitUntil(tab.isActiveWindow)
    for row in range(6):
        table.setCurrentIndex(table.model().index(row, 0))
        with qtbot.waitSignal(studio.dataset_edited):
            number = tab._live.teaching.classes.index("blue") + 1
            qtbot.keyClick(table, Qt.Key(Qt.Key.Key_0 + number))
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert _label(tab, "correctionCount") == "6 corrections"
    return tab


@pytest.mark.slow
def test_what_is_taught_is_learned_in_place_and_a_sentence_says_what_came_of_it(
    qtbot: QtBot, taught: PredictionTab, studio: Studio, run: Path, show_colour: ShowColour
) -> None:
    tab, pages = taught, []
    studio.page_requested.connect(pages.append)
    again, row = _button(tab, "trainAgainButton"), tab.findChild(QWidget, "trainingRow")
    assert not row.isVisible()
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(row.isVisible)
    assert not again.isEnabled()
    is_ready = studio.training.is_engine_ready
    assert "Getting ready" in _label(tab, "trainingRowHeadline") or is_ready
    bar, seen = tab.findChild(QProgressBar, "trainingRowBar"), set()

    def watched() -> bool:
        seen.add((_label(tab, "trainingRowHeadline"), bar.value()))
        return not studio.is_training

    show_colour("green")  # the camera stays live
    qtbot.waitUntil(lambda: _label(tab, "topClass") == "green")
    qtbot.waitUntil(watched, timeout=TRAINING_MS)
    assert any(text.startswith("Round ") and text.endswith(" of 12") for text, _ in seen)
    assert max(value for _, value in seen) > 0
    assert pages == []
    notice = _notice(tab)
    qtbot.waitUntil(notice.isVisible)
    newest = list_runs(studio.workspace)[0]
    assert recipe_of(newest) == recipe_of(open_run(run))
    qtbot.waitUntil(lambda: tab._model.run is not None and tab._model.run.name == newest.name)
    assert notice.text == _SIX
    assert not row.isVisible()
    assert not again.isVisible()
    assert tab._live.teaching.count == 0
    table = tab.findChild(FileTable)  # the new model is asked about the photos
    qtbot.waitUntil(lambda: not tab._files._work.is_running)
    assert {table.model().index(row, 1).data() for row in range(6)} == {"blue"}
    tab._model.pick(run)  # what was said of the new model goes with it
    assert not notice.isVisible()
    assert _label(tab, "correctionCount") != "6 corrections"


@pytest.mark.slow
def test_a_model_that_the_person_left_meanwhile_is_not_swapped_but_offered(
    qtbot: QtBot, taught: PredictionTab, studio: Studio, run: Path, add_run: Callable[[str], Path]
) -> None:
    tab, notice = taught, _notice(taught)
    other = add_run("grey")
    studio.runs_changed.emit()
    chooser = tab.findChild(QComboBox, "runChooser")
    qtbot.waitUntil(lambda: any(c.startswith("grey") for c in _entries(chooser)))
    _button(tab, "trainAgainButton").click()
    qtbot.waitUntil(lambda: studio.training.progress.run is not None, timeout=TRAINING_MS)
    tab._model.pick(other)
    qtbot.waitUntil(lambda: not studio.is_training, timeout=TRAINING_MS)
    qtbot.waitUntil(notice.isVisible)
    assert notice.text.startswith("New model: colours")
    assert tab._model.run is not None
    assert tab._model.run.folder == other
    qtbot.mouseClick(_button(notice, "noticeAction"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: notice.text.startswith("You taught 6 images."))
    assert tab._model.run.folder == studio.training.progress.run
    assert tab._live.teaching.count == 0


@pytest.mark.slow
def test_a_stop_keeps_the_model_in_use_and_what_was_taught(
    qtbot: QtBot, taught: PredictionTab, studio: Studio, run: Path
) -> None:
    tab, notice = taught, _notice(taught)
    _button(tab, "trainAgainButton").click()
    qtbot.waitUntil(lambda: studio.is_training)
    qtbot.waitUntil(lambda: studio.training.progress.last_epoch is not None, timeout=TRAINING_MS)
    _button(tab, "stopTrainingButton").click()
    qtbot.waitUntil(lambda: not studio.is_training, timeout=TRAINING_MS)
    qtbot.waitUntil(notice.isVisible)
    assert studio.training.progress.phase in (Phase.STOPPED, Phase.FINISHED)
    if studio.training.progress.phase is Phase.STOPPED:
        assert notice.text == "New model: colours, stopped early"
        assert tab._model.run is not None
        assert tab._model.run.folder == run
        assert _label(tab, "correctionCount") == "6 corrections"
        assert _button(tab, "trainAgainButton").isEnabled()


@pytest.mark.slow
def test_the_model_of_any_training_is_offered_and_progress_is_seen_in_both_tabs(
    qtbot: QtBot, taught: PredictionTab, studio: Studio, run: Path
) -> None:
    tab, notice = taught, _notice(taught)
    studio.training.start(find_dataset(studio.workspace, "colours"), RECIPE)
    row = tab.findChild(QWidget, "trainingRow")
    assert row.isVisible()
    assert not _button(tab, "trainAgainButton").isEnabled()
    qtbot.waitUntil(lambda: studio.training.progress.last_epoch is not None, timeout=TRAINING_MS)
    training = TrainingTab(studio)  # which was not built when it began
    qtbot.addWidget(training)
    training.show()
    assert training.is_training()
    assert _button(training, "stopButton").isVisible()
    assert training.findChild(QLabel, "progressHeadline").isVisible()
    with qtbot.waitSignal(training.training_ended, timeout=TRAINING_MS):
        pass
    assert _button(training, "startButton").isVisible()
    training.shutdown()
    qtbot.waitUntil(notice.isVisible)
    assert notice.text == "New model: colours"
    assert tab._model.run is not None
    assert tab._model.run.folder == run  # nothing is swapped by itself
    tab._model.pick(list_runs(studio.workspace)[0].folder)  # by the list is as good as by the offer
    qtbot.waitUntil(lambda: notice.text == _SIX)
    assert tab._live.teaching.count == 0


@pytest.mark.slow
def test_one_training_at_a_time(
    qtbot: QtBot, taught: PredictionTab, studio: Studio, run: Path
) -> None:
    studio.training.start(find_dataset(studio.workspace, "colours"), RECIPE)
    taught._retrain.begin()
    assert _notice(taught).text.startswith("A training is under way.")
    studio.training.stop()
    qtbot.waitUntil(lambda: not studio.is_training, timeout=TRAINING_MS)


@pytest.mark.slow
def test_the_window_asks_before_it_closes_on_a_training_that_no_tab_of_its_own_has(
    qtbot: QtBot, folders: ClassFolders, studio: Studio
) -> None:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    window.show()
    studio.training.start(folders.dataset, RECIPE)
    assert window._pages == {}
    for answer in ("doNotClose", "stopAndClose"):
        window.close()
        qtbot.waitUntil(lambda: _shown_questions(window) != [])
        _button(_shown_questions(window)[0], answer).click()
        assert window.isVisible()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=TRAINING_MS)
    assert not studio.is_training


def test_why_no_training_can_begin_is_a_sentence(
    qtbot: QtBot, add_run: Callable[[str], Path], tab: PredictionTab, studio: Studio
) -> None:
    colours = add_run("colours")
    tab.activate()
    qtbot.waitUntil(lambda: tab._model.run is not None)
    notice = _notice(tab)

    def refusal() -> str:
        notice.hide()
        tab._retrain.begin()
        qtbot.waitUntil(notice.isVisible)
        return notice.text

    assert "The dataset of colours (Colours) is not in this workspace. Choose the" in refusal()
    question = tab.window().findChild(QFileDialog, "runImagesDialog")
    assert question is not None
    question.reject()
    own = ClassFolders(create_dataset(studio.workspace, "Colours", ["red"]))
    assert refusal() == "It is not written down how colours was trained."
    _write_recipe(colours)
    tab._model.refresh()
    qtbot.waitUntil(lambda: bool(tab._model.run and tab._model.run.recipe))
    assert "needs at least two classes" in refusal()
    own.add_class("blue")
    assert "has no images yet" in refusal()
    assert not studio.is_training
    assert open_run(colours).status is RunStatus.FINISHED


def _entries(chooser: QComboBox) -> list[str]:
    return [chooser.itemText(row) for row in range(chooser.count())]


def _write_recipe(folder: Path) -> None:
    bundle = read_bundle(folder)
    write_bundle(folder, replace(bundle, recipe=RECIPE.to_dict()))
