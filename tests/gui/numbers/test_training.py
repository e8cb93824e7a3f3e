"""No number on the training tab is cut, however large it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QPushButton, QScrollArea, QSpinBox
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.gui import figures
from cnn_studio.gui.endings import Until
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import progress_wording, wording
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.training.recipe.recipe_panel import RecipePanel
from cnn_studio.gui.training.results.cautions import about_learned
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.gui.training.results.results_head import ResultsHead
from cnn_studio.gui.training.results.results_panel import (
    CLASSES,
    LOG,
    MATRIX,
    MISTAKES,
    RELIABILITY,
    ResultsPanel,
)
from cnn_studio.gui.training.runs.run_strip import RunStrip
from cnn_studio.gui.training.runs.runs_filter_bar import RunsFilterBar
from cnn_studio.gui.training.runs.runs_table import RunsTable
from cnn_studio.gui.training.start import counts
from cnn_studio.gui.training.training_control import TrainingControl
from cnn_studio.models.answers import Answers
from cnn_studio.models.bundle import LITE_FILE, RunStatus, write_bundle
from cnn_studio.models.scores import ClassScores, Scores
from cnn_studio.training.events import (
    Batches,
    EpochDone,
    Event,
    FinalStep,
    Measured,
    Paused,
    Preparing,
    Started,
)
from tests.gui.numbers.conftest import ALL, LONG_NAME, MANY, assert_whole, part, settle
from tests.models.small_run import bundle

NAMES = (LONG_NAME, "cup", "pen", "book", "key")
PAGES = (MATRIX, CLASSES, RELIABILITY, MISTAKES, LOG)


def huge(names: Sequence[str] = NAMES) -> Scores:
    """Millions of images in each cell of the matrix."""
    places = range(len(names))
    confusion = tuple(tuple(ALL if row == column else MANY for column in places) for row in places)
    total = sum(confusion[0])
    classes = tuple(ClassScores(0.8, 0.8, 0.8, total) for _ in names)
    return Scores(ALL / total, total * len(names), tuple(names), confusion, classes, 0.5)


@pytest.fixture
def things(
    qtbot: QtBot, window: MainWindow, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> Dataset:
    """A dataset of five classes, and three runs of 5, 12 and 30, on show."""
    # Nothing is trained here, and to warm the engine takes seconds of a processor.
    monkeypatch.setattr(TrainingControl, "keep_warm", lambda _control, _warm, _network=None: None)
    monkeypatch.setattr(
        counts, "count_images", lambda dataset, _part=None: dict.fromkeys(dataset.card.classes, ALL)
    )
    create_dataset(studio.workspace, "Things", list(NAMES))
    for place, count in enumerate((5, 12, 30)):
        names = (
            NAMES if count == 5 else tuple(f"thing {'abc'[n % 3]}{'x' * n}" for n in range(count))
        )
        folder = studio.workspace.runs / f"2026112{place}-120000-objects"
        folder.mkdir(parents=True)
        contract = bundle(
            classes=names,
            recipe={"epochs": 10_000, "batch_size": 4096, "seed": 2**32 - 1},
            weights=987_654_321,
            status=RunStatus.STOPPED if place else RunStatus.FINISHED,
            epochs_done=9_999,
            best_epoch=9_876,
            created=datetime(2026, 11, 22, 12, place, tzinfo=UTC),
            seconds=3e6,
            train=huge(names),
            validation=huge(names),
            test=huge(names),
            notes=(f"{LONG_NAME} has {figures.images(5)}.", "cup has one recording only."),
        )
        write_bundle(folder, contract)
        (folder / LITE_FILE).write_bytes(b"never opened")
    studio.load_datasets()
    dataset = next(each for each in studio.datasets if each.title == "Things")
    studio.choose_dataset(dataset.name)
    window.show_page("training")
    line = part(window, QLabel, "trainingDatasetLine")
    qtbot.waitUntil(lambda: figures.whole(5 * ALL) in line.text())
    qtbot.waitUntil(lambda: len(part(window, RunsTable).runs) == 3)
    return dataset


def test_counts_of_the_dataset_and_all_results(
    qtbot: QtBot, window: MainWindow, things: Dataset
) -> None:
    table, results = part(window, RunsTable), part(window, ResultsPanel)
    assert_whole(window, figures.whole(5 * ALL))
    for row in range(3):
        table.selectRow(row)
        run = table.selected_run()
        assert run is not None
        assert run.bundle is not None
        names = run.bundle.classes
        for page in PAGES:
            results.show_page(page)
            assert_whole(window)
        results.set_evaluation(Evaluation(*_answers(names), things, huge(names)))
        for page in PAGES[:-1]:
            results.show_page(page)
            assert_whole(window)


def _answers(names: Sequence[str]) -> tuple[Answers, Scores, object]:
    count = len(names)
    labels = np.arange(40) % count
    said = (labels + (np.arange(40) % 3 == 0)) % count
    probabilities = np.eye(count, dtype=np.float32)[said] * 0.9 + 0.1 / count
    paths = tuple(f"{names[label]}/photo.jpg" for label in labels)
    answers = Answers(
        paths, labels.astype(np.int64), probabilities, tuple(names), np.arange(40) % 2 == 0
    )
    return answers, answers.scores(), answers.reliability()


def test_the_counts_of_fashion_mnist_are_all_there(
    qtbot: QtBot, plain_window: MainWindow, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        counts,
        "count_images",
        lambda dataset, part=None: dict.fromkeys(dataset.card.classes, 1_000 if part else 6_000),
    )
    monkeypatch.setattr(TrainingControl, "keep_warm", lambda _control, _warm, _network=None: None)
    studio.choose_dataset("fashion-mnist")
    plain_window.show_page("training")
    line = part(plain_window, QLabel, "trainingDatasetLine")
    sixty, ten, six = (figures.whole(count) for count in (60_000, 10_000, 6_000))
    said = f"{sixty} images of 10 classes, and {ten} more to test it on"
    qtbot.waitUntil(lambda: line.text() == said)
    assert_whole(plain_window, sixty, ten)
    part(plain_window, QPushButton, "moreOfRecipeButton").setChecked(True)
    area = part(plain_window, QScrollArea, "recipeArea")
    area.verticalScrollBar().setValue(9999)
    assert_whole(plain_window, six)


def test_fields_with_their_largest_numbers(window: MainWindow, things: Dataset) -> None:
    part(window, QPushButton, "moreOfRecipeButton").setChecked(True)
    fields = [*window.findChildren(QSpinBox), *window.findChildren(QDoubleSpinBox)]
    area = part(window, QScrollArea, "recipeArea")
    for fill in (lambda field: field.setValue(field.maximum()), _fill_finely):
        for field in fields:
            fill(field)
        part(window, RecipePanel).set_split(ALL, MANY)
        for place in (0, 9999):
            area.verticalScrollBar().setValue(place)
            assert_whole(window, figures.whole(ALL))


def _fill_finely(field: QSpinBox | QDoubleSpinBox) -> None:
    if isinstance(field, QDoubleSpinBox):
        field.setValue(0.000123456)


def test_a_training_while_it_runs(window: MainWindow, things: Dataset, studio: Studio) -> None:
    strip, results = part(window, RunStrip), part(window, ResultsPanel)
    progress = TrainingProgress(f"Things {LONG_NAME}", 10_000, False)
    note = f"{LONG_NAME} has {figures.images(5)}."
    events: list[Event] = [
        Preparing(MANY, ALL),
        Started("run", 987_654_321, ALL, MANY, ALL, 10_000, 59_800, 128, (note,)),
        Batches(9998, 0, (1.0,), (0.5,), MANY // 40, 59_800, 1_234_567.0, 3e6),
        Measured(9998, huge()),
        EpochDone(9998, 0.1, 0.99, 0.2, 0.88, 1e6, 1e3, True),
        Paused(9998, 33),
        FinalStep(MANY, ALL, ALL, 3e6),
    ]
    for event in events:
        progress.feed(event)
        line = progress_wording.log_line(event)
        if line:
            results.add_to_log(line)
        strip.show_progress(progress)
        results.show_live(None, progress)
        studio.say(progress_wording.status(progress), Until.PAGE)
        for page in (MATRIX, LOG):
            results.show_page(page)
            assert_whole(window)


def test_what_stands_around_the_results(window: MainWindow, things: Dataset) -> None:
    table, results = part(window, RunsTable), part(window, ResultsPanel)
    part(window, RunsFilterBar).set_counts(2, 7)
    table.selectRow(0)
    settle()
    results.show_page(RELIABILITY)
    results.set_asking(MANY, ALL)
    assert_whole(window, figures.whole(2), figures.whole(7), figures.whole(ALL))
    results.show_page(MATRIX)
    caution = about_learned(MANY, ALL, huge())
    part(window, ResultsHead).show_figures(
        wording.summary(huge()), subjects=True, shares=True, cautions=[caution]
    )
    assert_whole(window)
