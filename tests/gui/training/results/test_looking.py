"""From every figure to its images, and from there to edits that the capture tab can take back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.gui.training.results.images_dialog import ImagesDialog
from cnn_studio.gui.training.results.results_panel import (
    CLASSES,
    MATRIX,
    MISTAKES,
    RELIABILITY,
    ResultsPanel,
)
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.models.answers import Answers, read_answers, write_answers
from cnn_studio.models.bundle import Calibration, read_bundle, write_bundle
from cnn_studio.models.learned import ImageHashes, write_hashes
from cnn_studio.paths import Workspace
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.vision.images import read_image
from tests.data.pictures import write_part

SHOWN = ("red/000.jpg", "red/001.jpg", "green/odd.jpg", "green/000.jpg", "blue/000.jpg")


@pytest.fixture
def run(models: Path, workspace: Workspace, dataset_folder: Path) -> Path:
    """A run on `colours`, as it was before answers were kept; a red image is kept under green."""
    shutil.copy(dataset_folder / "red" / "003.jpg", dataset_folder / "green" / "odd.jpg")
    folder = Path(shutil.copytree(models / "colours", workspace.runs / "colours"))
    (folder / "split.json").write_text(json.dumps({"validation": SHOWN, "train": []}))
    answers = _answers(folder, dataset_folder)
    calibration = Calibration(1.5, ece_before=0.1, ece_after=0.05, count=30)
    changes = {"validation": answers.scores(), "calibration": calibration}
    write_bundle(folder, replace(read_bundle(folder), **changes))
    return folder


@pytest.fixture
def kept(run: Path, dataset_folder: Path) -> Path:
    """The same with its answers kept."""
    bare = replace(read_bundle(run), calibration=None)
    calibration = read_bundle(run).calibration
    write_bundle(run, bare)
    write_answers(run, "validation", _answers(run, dataset_folder))
    write_bundle(run, replace(bare, calibration=calibration))
    return run


def _answers(folder: Path, dataset_folder: Path) -> Answers:
    classifier = Classifier.open(folder)
    classes = classifier.bundle.classes
    said = [classifier.classify(read_image(dataset_folder / n)).probabilities for n in SHOWN]
    labels = np.array([classes.index(name.partition("/")[0]) for name in SHOWN])
    return Answers(SHOWN, labels, np.stack(said), classes)


@pytest.fixture
def capture(qtbot: QtBot, studio: Studio, tab: TrainingTab) -> Iterator[CaptureTab]:
    """The capture tab, which makes the edits."""
    capture = CaptureTab(studio)
    qtbot.addWidget(capture)
    capture.resize(1280, 700)
    capture.activate()
    yield capture
    capture.deactivate()
    capture.shutdown()


def _panel(qtbot: QtBot, tab: TrainingTab) -> ResultsPanel:
    panel = tab._results
    qtbot.waitUntil(lambda: panel._is_settled)
    return panel


def _dialog(tab: TrainingTab) -> ImagesDialog:
    dialog = tab._looking._images._dialog
    assert dialog is not None
    return dialog


def _names(dialog: ImagesDialog) -> list[str]:
    return [f"{sample.path.parent.name}/{sample.path.name}" for sample in dialog.samples]


def test_a_cell_opens_its_images(qtbot: QtBot, kept: Path, tab: TrainingTab) -> None:
    panel = _panel(qtbot, tab)
    assert panel._head.summary.startswith("80.0 % (37.6 to 96.4 %)")
    left, top, width, height = panel._matrix._grid()
    green, red = 1, 0
    place = QPoint(round(left + (red + 0.5) * width), round(top + (green + 0.5) * height))
    QTest.mouseClick(panel._matrix, Qt.MouseButton.LeftButton, pos=place)
    dialog = _dialog(tab)
    assert dialog.windowTitle() == "green taken for red"
    assert _names(dialog) == ["green/odd.jpg"]
    note = dialog._model.note(dialog._model.index(0, 0))
    assert note.startswith("red ")
    assert note.endswith(" %")
    dialog.view.setCurrentIndex(dialog._model.index(0, 0))
    assert dialog._told.text().startswith("odd.jpg: red ")
    assert "green" in dialog._told.text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert tab._looking._images._dialog is None


def test_cells_bars_and_classes_are_reached_by_keys(
    qtbot: QtBot, kept: Path, tab: TrainingTab
) -> None:
    panel = _panel(qtbot, tab)
    QTest.keyClick(panel._matrix, Qt.Key.Key_Return)
    assert _names(_dialog(tab)) == ["red/000.jpg", "red/001.jpg"] or len(_dialog(tab).samples) == 2
    panel.show_page(CLASSES)
    panel._scores.setCurrentIndex(panel._scores.model().index(1, 0))
    QTest.keyClick(panel._scores, Qt.Key.Key_Return)
    assert _names(_dialog(tab)) == ["green/odd.jpg", "green/000.jpg"]
    panel.show_page(RELIABILITY)
    opened = 0
    for _ in range(15):
        before = tab._looking._images._dialog
        QTest.keyClick(panel._reliability, Qt.Key.Key_Return)
        if tab._looking._images._dialog is not before:
            opened += len(_dialog(tab).samples)
        QTest.keyClick(panel._reliability, Qt.Key.Key_Left)
    assert opened == len(SHOWN)
    assert "temperature 1.50" in panel._head.summary
    tab._looking._images.close()


def test_mistakes_are_listed_and_open_with_the_one_selected(
    qtbot: QtBot, kept: Path, tab: TrainingTab
) -> None:
    panel = _panel(qtbot, tab)
    panel.show_page(MISTAKES)
    (sample,) = panel._mistakes._model.samples
    assert sample.path.name == "odd.jpg"
    panel._mistakes.view.look_requested.emit(0)
    assert _dialog(tab).view.selected_samples() == [sample]
    tab._looking._images.close()


def test_an_image_is_relabelled_and_the_history_has_it(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab, workspace: Workspace
) -> None:
    panel = _panel(qtbot, tab)
    panel.mistake_chosen.emit(SHOWN.index("green/odd.jpg"))
    dialog = _dialog(tab)
    actions = {action.text().split("\t")[0]: action for action in dialog._move.menu().actions()}
    assert set(actions) == {"red", "green", "blue"}
    actions["red"].trigger()
    qtbot.waitUntil(lambda: dialog.undo_bar.text == "Done: Move 1 image to red.")
    folder = workspace.datasets / "colours"
    assert (folder / "red" / "odd.jpg").is_file()
    assert _names(dialog) == []
    assert dialog._pages.currentWidget() is dialog._empty
    assert "Move 1 image to red" in capture._edits._history.undo_text
    qtbot.waitUntil(lambda: not panel._mistakes._model.samples)
    dialog.findChild(QPushButton, "undoBarButton").click()
    qtbot.waitUntil(lambda: _names(dialog) == ["green/odd.jpg"])
    assert (folder / "green" / "odd.jpg").is_file()
    assert "Undone" in dialog.notice.text
    tab._looking._images.close()


def test_number_keys_relabel_and_go_on_to_the_next(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab, workspace: Workspace
) -> None:
    images = tab._looking._images
    _panel(qtbot, tab)
    evaluation = tab._looking._evaluations.evaluation
    assert evaluation is not None
    images.open(evaluation, "All", np.arange(len(SHOWN)))
    dialog = _dialog(tab)
    classes = evaluation.classes()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    keys = dialog._class_keys.text()
    assert keys == "Keys: " + " · ".join(f"{n} {name}" for n, name in enumerate(classes, 1))
    assert dialog._class_keys.isVisible()
    before = _names(dialog)
    odd = before.index("green/odd.jpg")
    dialog.view.setCurrentIndex(dialog._model.index(odd, 0))

    def selected() -> list[str]:
        return [f"{s.path.parent.name}/{s.path.name}" for s in dialog.view.selected_samples()]

    def press(name: str) -> None:
        QTest.keyClick(dialog, Qt.Key(Qt.Key.Key_1 + list(classes).index(name)))

    press("red")
    folder = workspace.datasets / "colours"
    qtbot.waitUntil(lambda: (folder / "red" / "odd.jpg").is_file())
    qtbot.waitUntil(lambda: selected() == [before[odd + 1]])
    press(before[odd + 1].partition("/")[0])  # it is rightly there: on to the next
    assert selected() == [before[odd + 2]]
    assert dialog.undo_bar.text == "Done: Move 1 image to red."
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "green/odd.jpg" in _names(dialog))
    qtbot.waitUntil(lambda: selected() == ["green/odd.jpg"])
    assert (folder / "green" / "odd.jpg").is_file()
    tab._looking._images.close()


def test_images_are_deleted_and_left_out(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab, workspace: Workspace
) -> None:
    panel = _panel(qtbot, tab)
    panel.cell_chosen.emit(0, 0)
    dialog = _dialog(tab)
    assert not dialog._delete.isEnabled()
    dialog.view.selectAll()
    assert dialog._delete.text() == "Delete (2)"
    QTest.mouseClick(dialog._exclude, Qt.MouseButton.LeftButton)
    folders = ClassFolders(find_dataset(workspace, "colours"))
    qtbot.waitUntil(lambda: len(folders.marks.names(Mark.EXCLUDED)) == 2)
    qtbot.waitUntil(lambda: dialog._model.note(dialog._model.index(0, 0)) == "left out")
    dialog.view.selectAll()
    QTest.mouseClick(dialog._exclude, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not folders.marks.names(Mark.EXCLUDED))
    dialog.view.setCurrentIndex(dialog._model.index(0, 0))
    QTest.keyClick(dialog, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(dialog.samples) == 1)
    assert "1 moved or deleted since" in dialog._why.text()
    tab._looking._images.close()


def test_images_are_shown_in_the_gallery(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab, studio: Studio
) -> None:
    panel = _panel(qtbot, tab)
    panel.cell_chosen.emit(0, 0)
    _dialog(tab).view.selectAll()
    with qtbot.waitSignal(studio.page_requested, check_params_cb=lambda page: page == "capture"):
        QTest.mouseClick(_dialog(tab)._gallery, Qt.MouseButton.LeftButton)
    view = capture._gallery.view
    qtbot.waitUntil(lambda: view.selected_count == 2)
    assert {sample.path.name for sample in view.selected_samples()} == {"000.jpg", "001.jpg"}
    assert capture._contents.chosen == "red"


def test_mistakes_of_several_classes_are_shown_among_all(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab
) -> None:
    panel = _panel(qtbot, tab)
    images = tab._looking._images
    evaluation = tab._looking._evaluations.evaluation
    assert evaluation is not None
    images.open(evaluation, "All", np.arange(len(SHOWN)))
    _dialog(tab).view.selectAll()
    QTest.mouseClick(_dialog(tab)._gallery, Qt.MouseButton.LeftButton)
    view = capture._gallery.view
    qtbot.waitUntil(lambda: view.selected_count == len(SHOWN))
    assert panel._head.subject == "validation"


def test_a_run_from_before_is_asked_on_request(
    qtbot: QtBot, run: Path, tab: TrainingTab, dataset_folder: Path
) -> None:
    panel = _panel(qtbot, tab)
    panel.show_page(MATRIX)
    assert panel._matrix.isVisible()
    panel.cell_chosen.emit(1, 0)
    assert tab._looking._images._dialog is None
    assert panel.page == MISTAKES
    assert panel._unasked.title == "Single images were not kept"
    QTest.mouseClick(panel._unasked._action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel._evaluation is not None)
    assert [sample.path.name for sample in panel._mistakes._model.samples] == ["odd.jpg"]
    assert read_answers(run, "validation") is None  # an older run is left as it is
    panel.cell_chosen.emit(1, 0)
    assert _names(_dialog(tab)) == ["green/odd.jpg"]
    tab._looking._images.close()


def test_all_images_of_a_dataset_can_be_asked_about(
    qtbot: QtBot, kept: Path, tab: TrainingTab
) -> None:
    panel = _panel(qtbot, tab)
    assert "all:colours" in panel._head.subjects
    place = panel._head._parts.findData("all:colours")
    panel._head._parts.setCurrentIndex(place)
    panel._head._parts.activated.emit(place)
    qtbot.waitUntil(lambda: panel._evaluation is not None, timeout=20_000)
    assert panel._evaluation is not None
    assert len(panel._evaluation.answers) == 73
    assert "Optimistic: the model may have learned from some" in panel._head.cautions


def test_copies_of_what_was_learned_from_are_not_called_new(
    qtbot: QtBot, kept: Path, tab: TrainingTab
) -> None:
    hashes = np.arange(1, 1 + len(SHOWN), dtype=np.uint64)
    held = ImageHashes(hashes, hashes)
    write_hashes(kept, {"train": held.chosen(np.array([3, 4])), "validation": held})
    tab._runs.clear_selection()
    tab._runs.select(kept)
    panel = _panel(qtbot, tab)
    said = (
        "It named 2 of 3 pictures rightly that it had not seen: too few to be sure. 2 more are "
        "copies of pictures that it learned from."
    )
    qtbot.waitUntil(lambda: tab._strip.findChild(QLabel, "runSentence").text() == said)
    tab.window().resize(1600, 1400)
    tab.resize(1600, 1400)
    qtbot.waitUntil(lambda: panel._head.sentence == said)
    assert "Optimistic: the model has learned from 2 of 5 images." in panel._head.cautions


def test_images_that_are_gone_are_told(
    qtbot: QtBot, kept: Path, tab: TrainingTab, dataset_folder: Path
) -> None:
    panel = _panel(qtbot, tab)
    shutil.rmtree(dataset_folder / "green")
    panel.cell_chosen.emit(1, 0)
    dialog = _dialog(tab)
    assert "1 moved or deleted since" in dialog._why.text()
    tab._looking._images.close()


def test_a_damaged_file_of_answers_is_told(
    qtbot: QtBot, kept: Path, tab: TrainingTab, studio: Studio
) -> None:
    panel = _panel(qtbot, tab)
    (kept / "answers-validation.npz").write_bytes(b"PK")
    tab._looking._evaluations._kept.clear()
    panel._take_subject()
    qtbot.waitUntil(lambda: "damaged" in panel._notice.text)
    qtbot.waitUntil(lambda: panel._is_settled)
    assert panel._matrix._scores is not None


def test_a_report_is_saved_in_the_background(
    qtbot: QtBot, kept: Path, tab: TrainingTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = _panel(qtbot, tab)
    opened: list[str] = []
    monkeypatch.setattr(
        "cnn_studio.gui.training.results.results_flow.QDesktopServices.openUrl",
        lambda url: opened.append(url.toLocalFile()),
    )
    path = tmp_path / "report.html"
    tab._looking.save_report(path)
    qtbot.waitUntil(lambda: opened == [str(path)])
    assert "green taken for red" in path.read_text(encoding="utf-8")
    assert str(path) in panel._notice.text
    tab._looking.save_report(tmp_path / "nowhere" / "report.html")
    qtbot.waitUntil(lambda: "cannot be saved" in panel._notice.text)


def test_train_again_asks_for_a_training(
    qtbot: QtBot, kept: Path, tab: TrainingTab, studio: Studio
) -> None:
    panel = _panel(qtbot, tab)
    panel.cell_chosen.emit(0, 0)
    asked: list[tuple[Path, str]] = []
    tab._looking.train_requested.disconnect(tab._again.train_again)
    tab._looking.train_requested.connect(lambda run, name: asked.append((run.folder, name)))
    dialog = _dialog(tab)
    studio.training_changed.emit(True)
    assert not dialog._train.isEnabled()
    studio.training_changed.emit(False)
    QTest.mouseClick(dialog._train, Qt.MouseButton.LeftButton)
    assert asked == [(kept, "colours")]


def test_published_images_are_looked_at_and_left_alone(
    qtbot: QtBot, tab: TrainingTab, studio: Studio, workspace: Workspace
) -> None:
    dataset = find_dataset(workspace, "fashion-mnist")
    pixels = np.random.default_rng(1).integers(0, 255, (4, 28, 28), np.uint8)
    write_part(dataset.folder, "train", pixels, [0, 1, 2, 3])
    write_part(dataset.folder, "t10k", pixels, [0, 1, 2, 3])
    classes = dataset.card.classes
    said = np.full((4, len(classes)), 0.05, np.float32)
    said[:, 1] = 0.55
    names = tuple(f"test/{number:05d}" for number in range(4))
    answers = Answers(names, np.arange(4), said, classes)
    evaluation = Evaluation(answers, answers.scores(), answers.reliability(), dataset)
    tab._looking._images.open(evaluation, "Mistakes", answers.mistakes())
    dialog = _dialog(tab)
    assert len(dialog.samples) == 3
    assert "as it was published" in dialog._why.text()
    assert not dialog._delete.isVisible()
    assert not dialog._move.isVisible()
    sample = dialog.samples[0]
    qtbot.waitUntil(lambda: dialog._thumbnails.get(sample.path) is not None)
    thumbnail = dialog._thumbnails.get(sample.path)
    assert thumbnail is not None
    assert thumbnail.pixmap is not None
    QTest.keyClick(dialog, Qt.Key.Key_Delete)
    assert len(dialog.samples) == 3
    tab._looking._images.close()


def test_an_edit_of_another_dataset_chooses_it_first(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab, studio: Studio
) -> None:
    panel = _panel(qtbot, tab)
    studio.choose_dataset("objects")
    panel.cell_chosen.emit(1, 0)
    dialog = _dialog(tab)
    dialog.view.selectAll()
    QTest.mouseClick(dialog._delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.samples)
    assert studio.dataset is not None
    assert studio.dataset.name == "colours"
    assert "Delete 1 image" in capture._edits._history.undo_text
    tab._looking._images.close()


def test_an_edit_that_fails_is_told_in_the_window(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab, dataset_folder: Path
) -> None:
    panel = _panel(qtbot, tab)
    panel.cell_chosen.emit(1, 0)
    dialog = _dialog(tab)
    (dataset_folder / ".trash").write_text("no folder")
    dialog.view.selectAll()
    QTest.mouseClick(dialog._delete, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.notice.isVisible())
    assert dialog.notice.property("kind") == "error"
    assert _names(dialog) == ["green/odd.jpg"]
    tab._looking._images.close()


def test_space_shows_an_image_large_and_what_is_done_there_is_done_to_it(
    qtbot: QtBot, kept: Path, tab: TrainingTab, capture: CaptureTab, dataset_folder: Path
) -> None:
    panel = _panel(qtbot, tab)
    panel.cell_chosen.emit(0, 0)
    dialog = _dialog(tab)
    large = dialog._large
    names = _names(dialog)
    assert len(names) == 2
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    assert large.isVisible()
    qtbot.waitUntil(lambda: large._picture.image is not None)
    QTest.keyClick(large, Qt.Key.Key_Right)
    assert dialog.view.selected_samples() == [dialog.samples[1]]
    assert dialog._told.text().startswith(dialog.samples[1].path.name + ": red")
    QTest.keyClick(large, Qt.Key.Key_Right)  # there is none after the last one
    QTest.keyClick(large, Qt.Key.Key_2)  # it is moved to the second class
    qtbot.waitUntil(lambda: _names(dialog) == names[:1])
    assert large.isVisible()
    assert dialog.view.selected_samples() == [dialog.samples[0]]
    QTest.keyClick(large, Qt.Key.Key_Escape)
    assert not large.isVisible()
    assert dialog.isVisible()
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    QTest.keyClick(large, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not dialog.samples)
    assert not large.isVisible()
    assert not (dataset_folder / names[0]).exists()
    tab._looking._images.close()


def test_shares_stand_in_place_of_counts(qtbot: QtBot, kept: Path, tab: TrainingTab) -> None:
    panel = _panel(qtbot, tab)
    assert panel._matrix._word(2, 0.5) == "2"
    QTest.mouseClick(panel._head._shares, Qt.MouseButton.LeftButton)
    assert panel._matrix._word(2, 0.5) == "50 %"


def test_little_room_gives_choosers_in_place_of_segments(
    qtbot: QtBot, kept: Path, tab: TrainingTab
) -> None:
    panel = _panel(qtbot, tab)
    head = panel._head
    head.resize(500, head.height())
    assert not head._page_chooser.isVisible()
    head.resize(260, head.height())
    assert head._page_chooser.isVisible()
    head._page_chooser.setCurrentIndex(head._page_chooser.findData(MISTAKES))
    head._page_chooser.activated.emit(head._page_chooser.currentIndex())
    assert panel.page == MISTAKES
