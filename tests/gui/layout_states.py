"""The states of the window whose layout is tested, with long names and large counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import create_dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.recording.preview_panel import PreviewPanel
from cnn_studio.gui.capture.recording.recording import Counts
from cnn_studio.gui.capture.transfer.broken_off import BrokenOff
from cnn_studio.gui.datasets.dataset_button import DatasetButton
from cnn_studio.gui.datasets.dataset_menu import DatasetMenu
from cnn_studio.gui.endings import Until
from cnn_studio.gui.help.key_sheet import KeySheet
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.prediction.files.files_head import FilesHead
from cnn_studio.gui.prediction.live.accept_row import AcceptRow
from cnn_studio.gui.prediction.live.answer_panel import AnswerPanel
from cnn_studio.gui.prediction.live.correction_row import CorrectionRow
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.prediction.retraining.training_row import TrainingRow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves.comparison_line import ComparisonLine
from cnn_studio.gui.training.curves.curves_view import CurvesView
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.training.results.enlarged import EnlargedResults
from cnn_studio.gui.training.results.results_panel import ResultsPanel
from cnn_studio.gui.training.runs.run_strip import RunStrip
from cnn_studio.gui.training.runs.runs_table import RunsTable
from cnn_studio.gui.training.start.start_panel import StartPanel
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.gui.widgets.drop_overlay import DropOverlay
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.popover import Popover
from cnn_studio.gui.widgets.undo_bar import UndoBar
from cnn_studio.models.bundle import LITE_FILE, RunStatus, write_bundle
from cnn_studio.models.runs import RECIPE_FILE
from cnn_studio.models.scores import ClassScores, Scores
from cnn_studio.paths import Workspace
from cnn_studio.prediction.smoothing import Answer, Row
from cnn_studio.training.events import (
    Batches,
    Event,
    FinalStep,
    Measured,
    Paused,
    Preparing,
    Started,
)
from cnn_studio.training.records import append_epoch
from cnn_studio.vision.images import encode_jpeg
from tests.gui.numbers.conftest import ALL, MANY, part
from tests.gui.prediction.conftest import some_rule
from tests.gui.prediction.files.entries import bad_entry, entry_of
from tests.gui.training.curves.test_curves_panel import records
from tests.models.small_run import bundle
from tests.prediction.answers import CLASSES, answer

LONG = "a dataset of cellphones of the nineteen nineties, with antenna"
NAMES = tuple(
    f"{kind} of the nineteen nineties, with an antenna, worn but good"[:60].strip()
    for kind in ("cellphones", "old mobiles", "televisions", "radio sets", "recorders")
)
SENTENCE = (
    f"3 of 7,654,321 images of {NAMES[0]} cannot be read, because the disk that they lie on is not "
    "there any more; all the others are where they were."
)
PAGES = ("matrix", "classes", "reliability", "mistakes", "log")
States = Iterator[str]


def furnish(workspace: Workspace) -> None:
    """Datasets without classes and with long names; runs of 5, 12, 100 classes, and a bad one."""
    create_dataset(workspace, "No classes", [])
    dataset = create_dataset(workspace, LONG, list(NAMES))
    picture = encode_jpeg(np.full((8, 8, 3), 128, np.uint8))
    for name in NAMES[:2]:
        (dataset.folder / name).mkdir(exist_ok=True)
        for number in range(12):
            (dataset.folder / name / f"photo {number}.jpg").write_bytes(picture)
    for place, count in enumerate((5, 12, 100)):
        names = NAMES if count == 5 else tuple(f"{'abc'[n % 3]} thing {n}" for n in range(count))
        folder = workspace.runs / f"2026112{place}-120000-{dataset.name}"
        folder.mkdir(parents=True)
        contract = bundle(
            classes=names,
            dataset=dataset.name,
            dataset_title=LONG,
            recipe={"epochs": 10_000, "batch_size": 4096, "seed": 2**32 - 1},
            weights=987_654_321,
            status=RunStatus.STOPPED if place else RunStatus.FINISHED,
            epochs_done=9_999,
            best_epoch=9_876,
            created=datetime(2026, 11, 22, 12, place, tzinfo=UTC),
            seconds=3e6,
            train=scores(names),
            validation=scores(names),
            test=scores(names),
            notes=tuple(
                f"{name}: 1,234 of 7,654 images are used for validation, where 987 were asked for, "
                "because what was recorded in one go stays together. More and shorter recordings "
                "help."
                for name in names[:5]
            ),
        )
        write_bundle(folder, contract)
        (folder / LITE_FILE).write_bytes(b"never opened")
    broken = workspace.runs / "20261119-090000-unreadable"
    broken.mkdir()
    (broken / RECIPE_FILE).write_text("{", encoding="utf-8")


def scores(names: tuple[str, ...]) -> Scores:
    """Millions of images in each cell of a matrix."""
    places = range(len(names))
    confusion = tuple(tuple(ALL if row == column else MANY for column in places) for row in places)
    classes = tuple(ClassScores(0.8, 0.8, 0.8, sum(confusion[0])) for _ in names)
    total = sum(confusion[0])
    return Scores(ALL / total, total * len(names), names, confusion, classes, 0.5)


def choose(studio: Studio, title: str) -> None:
    """Choose a dataset by its title."""
    studio.choose_dataset(next(each.name for each in studio.datasets if each.title == title))


def capture_states(qtbot: QtBot, window: MainWindow, studio: Studio) -> States:
    """The capture tab: each state is on the screen as its name is given."""
    choose(studio, "No classes")
    window.show_page("capture")
    yield "no classes"
    choose(studio, LONG)
    gallery, preview = part(window, GalleryPanel), part(window, PreviewPanel)
    tab = part(window, CaptureTab)
    qtbot.waitUntil(lambda: gallery.view.model().rowCount() == 12)
    yield "images"
    gallery._actions.filter.trigger()
    gallery.view.selectAll()
    yield "filter and selection"
    gallery._actions.filter.trigger()
    counts = Counts(1, 2, 3, 4)
    preview.set_recording(NAMES[0])
    preview.set_counts(counts)
    preview.record.set_counts(counts)
    yield "recording"
    preview.set_recording("")
    preview.record.set_locked("Open a camera first: there is none that gives a picture now.")
    yield "locked"
    preview.record.set_locked("")
    preview.instant.show_hint(f"Looking at your images: {MANY} of {ALL}")
    part(tab, UndoBar).offer(SENTENCE)
    yield "undo offered"
    gallery._actions.filter.trigger()
    yield "undo offered while filtered"
    gallery._actions.filter.trigger()
    tab._messages.report(SENTENCE, Kind.WARN, [SENTENCE], until=Until.SHOWN)
    yield "banner with details"
    tab._broken_off.ask(BrokenOff(Path("note"), SENTENCE, True, True, True, keep=lambda: None))
    window.show_problem(SENTENCE)
    yield "banners of all kinds"
    window._notice.hide()
    tab._broken_off.hide()
    tab._messages.clear()
    studio.say(SENTENCE, Until.PAGE)
    yield "status"


def training_states(qtbot: QtBot, window: MainWindow, studio: Studio) -> States:
    """The training tab: each state is on the screen as its name is given."""
    choose(studio, "No classes")
    window.show_page("training")
    table, results = part(window, RunsTable), part(window, ResultsPanel)
    tab = part(window, TrainingTab)
    qtbot.waitUntil(lambda: len(table.runs) == 4)
    yield "nothing to train on"
    choose(studio, LONG)
    line = part(window, StartPanel)
    qtbot.waitUntil(lambda: line.counts is not None and line.counts.dataset.title == LONG)
    yield from _of_curves(qtbot, window, table)
    for row, page in [(0, page) for page in PAGES] + [(1, "matrix"), (2, "classes"), (3, "matrix")]:
        table.selectRow(row)
        results.show_page(page)
        yield f"run {row}, {page}"
    table.selectAll()
    yield "all runs"
    table.selectRow(2)
    part(window, QPushButton, "moreOfRecipeButton").setChecked(True)
    yield "more of the recipe"
    part(window, QPushButton, "moreOfRecipeButton").setChecked(False)
    yield from _enlarged(qtbot, window, table)
    table.selectRow(2)
    results.set_asking(MANY, ALL)
    results.show_page("reliability")
    yield "asking"
    tab._on_notes_requested()
    yield "notes"
    tab._on_failed(SENTENCE)
    results.say(SENTENCE, Kind.WARN)
    part(tab._runs, UndoBar).offer(f"{LONG} is in the trash.")
    yield "banners"
    window.show_problem(SENTENCE)
    yield "banners of all kinds"
    window._notice.hide()
    yield from _while_it_trains(window)


def _of_curves(qtbot: QtBot, window: MainWindow, table: RunsTable) -> States:
    """One run, then two, which are compared in a sentence."""
    for run in table.runs:
        if run.bundle is not None:
            for record in records(40):
                append_epoch(run.folder, record)
    table.selectRow(3)
    qtbot.waitUntil(lambda: not part(window, CurvesView).shown.is_empty)
    yield "curves of a run"
    table.clearSelection()
    for row in (2, 3):
        index = table.model().index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        table.selectionModel().select(index, flags.Select | flags.Rows)
    qtbot.waitUntil(lambda: bool(part(window, QLabel, "comparisonSentence").text()))
    qtbot.waitUntil(part(window, ComparisonLine).isVisible)
    yield "two runs compared"


def _enlarged(qtbot: QtBot, window: MainWindow, table: RunsTable) -> States:
    """The results in a window of their own."""
    table.selectRow(1)
    part(window, ResultsPanel).show_page("matrix")
    part(window, QToolButton, "enlargeButton").click()
    large = part(window, EnlargedResults)
    for page in ("matrix", "classes", "mistakes"):
        large.show_page(page)
        yield f"enlarged, {page}"
    large.close()
    qtbot.waitUntil(lambda: window.findChild(EnlargedResults) is None)


def _while_it_trains(window: MainWindow) -> States:
    strip, results = part(window, RunStrip), part(window, ResultsPanel)
    part(window, StartPanel).set_training(True)
    progress = TrainingProgress(LONG, 10_000, False)
    events: list[Event] = [
        Preparing(MANY, ALL),
        Started("run", 987_654_321, ALL, MANY, ALL, 10_000, 59_800, 128, (SENTENCE,)),
        Batches(9998, 0, (1.0,), (0.5,), MANY // 40, 59_800, 1_234_567.0, 3e6),
        Measured(9998, scores(NAMES)),
        Paused(9998, 33),
        FinalStep(MANY, ALL, ALL, 3e6),
    ]
    for event in events:
        progress.feed(event)
        strip.show_progress(progress)
        results.show_live(None, progress)
        results.show_page("matrix")
        yield f"training, {type(event).__name__}"
    part(window, StartPanel).set_training(False)


def prediction_states(qtbot: QtBot, window: MainWindow, studio: Studio) -> States:
    """The prediction tab: each state is on the screen as its name is given."""
    window.show_page("prediction")
    tab = part(window, PredictionTab)
    qtbot.waitUntil(lambda: tab._pages.currentIndex() > 0)
    tab._pages.setCurrentWidget(tab._no_model)
    yield "no model"
    tab._pages.setCurrentWidget(tab._halves)
    yield "no files"
    row, rule = part(window, AcceptRow), some_rule([0.1] * 50, [True] * 50)
    row.show_model(bundle(classes=NAMES, unknown=rule), 0.9)
    part(window, CorrectionRow).set_count(4)
    part(window, AnswerPanel).show_nothing(SENTENCE)
    yield "no answer"
    studio.camera.open(parse_spec("demo:book"))
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    said = tuple(Row(name, 0.2, 20) for name in NAMES)
    part(window, AnswerPanel).show_answer(Answer(said), "30 fps · 3.1 ms")
    yield "live, an answer"
    part(window, AnswerPanel).show_answer(Answer(said, unknown=True), "30 fps · 3.1 ms")
    yield "live, unknown"
    files, head = tab._files, part(window, FilesHead)
    entries = [bad_entry("bad.jpg")]
    for number in range(60):
        true, said = CLASSES[number % 3], CLASSES[(number + (number % 4 == 0)) % 3]
        path = Path(f"{NAMES[0]}/{true}/photo {number}.jpg")
        given = answer(path, said, true=true, score=0.5, unknown=number % 7 == 0)
        entries.append(entry_of(given))
    files._work.classified.emit(0, entries)
    files._work.ended.emit()
    files.emptiness_changed.emit()
    qtbot.waitUntil(lambda: not files._counting.isActive())
    yield "files"
    part(head, QPushButton, "fileScoresButton").setChecked(True)
    yield "scores of files"
    head.show_running(running=True, unasked=True)
    head.show_progress(1, 1_000_000)
    yield "files under way"
    training, progress = part(window, TrainingRow), TrainingProgress(LONG, 10_000, True)
    for event in (
        Started("run", 9, ALL, MANY, ALL, 10_000, 59_800, 128),
        Batches(9998, 0, (1.0,), (0.5,), MANY // 40, 59_800, 1_234_567.0, 3e6),
    ):
        progress.feed(event)
    training.show_progress(progress)
    tab._notice.show_message(SENTENCE, Kind.ERROR, "Show", until=Until.MODEL)
    files._notice.show_message(SENTENCE, Kind.WARN, until=Until.MODEL)
    yield "training and banners"


def over_states(qtbot: QtBot, window: MainWindow, studio: Studio) -> States:
    """What opens over the window: each state is on the screen as its name is given."""
    choose(studio, LONG)
    window.show_page("capture")
    gallery, tab = part(window, GalleryPanel), part(window, CaptureTab)
    qtbot.waitUntil(lambda: gallery.view.model().rowCount() == 12)
    part(window, DatasetButton).click()
    menu = part(window, DatasetMenu)
    yield "dataset menu"
    menu.hide()
    window._header.datasets.ask_for_new()
    yield "new dataset"
    part(window, Popover).close()
    qtbot.waitUntil(lambda: window.findChild(Popover) is None)
    window.help.show_keys()
    yield "keys"
    part(window, KeySheet).close()
    qtbot.waitUntil(lambda: window.findChild(KeySheet) is None)
    window.help.tour.begin()
    for place in (1, 2, 3):
        yield f"tour, step {place}"
        part(window, QPushButton, "tourNext").click()
    for words in ("Drop to make classes from folders", f"Drop into {NAMES[0]}"):
        part(tab, DropOverlay).cover(words)
        yield words
    part(tab, DropOverlay).hide()
    gallery.view.selectionModel().setCurrentIndex(
        gallery.view.model().index(0, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    gallery._actions.look.trigger()
    large = part(tab, LargeView)
    qtbot.waitUntil(large.isVisible)
    yield "large view"
    large.close_view()


STATES: dict[str, Callable[[QtBot, MainWindow, Studio], States]] = {
    "capture": capture_states,
    "training": training_states,
    "prediction": prediction_states,
    "over": over_states,
}
