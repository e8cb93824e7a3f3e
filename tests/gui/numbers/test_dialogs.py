"""No number in a dialog is cut, however large it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.camera.video_reader import VideoFacts
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.contradictions import Fate
from cnn_studio.data.finding_groups import grouped
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.import_plan import ImportPlan
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.label_doubts import Doubt
from cnn_studio.data.labels.finding import FoundSources
from cnn_studio.data.labels.folder_sources import FolderSource, FolderTree
from cnn_studio.data.samples import Sample
from cnn_studio.data.trash import TrashedSample
from cnn_studio.data.unpacking import PackedDataset
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui import figures
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
from cnn_studio.gui.capture.checkup.fix_offers import offers
from cnn_studio.gui.capture.checkup.wording import decision_question, offer_question, offer_text
from cnn_studio.gui.capture.editing.history_list import HistoryButton
from cnn_studio.gui.capture.editing.trash_dialog import TrashDialog
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.capture.transfer.unpack_dialog import UnpackDialog
from cnn_studio.gui.capture.transfer.video_dialog import VideoDialog
from cnn_studio.gui.closing_dialog import ClosingDialog
from cnn_studio.gui.exporting.export_choice import ORDER, ExportChoice
from cnn_studio.gui.exporting.export_dialog import ExportDialog
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.results.images_dialog import ImagesDialog
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.question import Question
from tests.gui.numbers.conftest import ALL, LONG_NAME, MANY, SIZES, assert_whole

OTHER_NAME = "a pencil of the nineteen seventies, blue"


@pytest.fixture(params=SIZES, ids=["least", "home"])
def host(
    request: pytest.FixtureRequest, qtbot: QtBot, language: str, in_millions: None, studio: Studio
) -> QWidget:
    """What a dialog lies over, as large as the main window may be."""
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(*request.param)
    host.show()
    return host


def whole_of(*counts: int) -> list[str]:
    return [figures.whole(count) for count in counts]


def test_the_trash(host: QWidget, studio: Studio, tmp_path: Path) -> None:
    dialog = TrashDialog("Things", studio.theme, host)
    trashed = [
        TrashedSample(tmp_path / "trash.jpg", Sample(tmp_path / name / "x.jpg", name), 1.7e9)
        for name in (LONG_NAME, LONG_NAME, "cup")
    ]
    dialog.set_trash(trashed)
    dialog.show()
    assert_whole(dialog, *whole_of(3))
    chooser = next(each for each in dialog.findChildren(QComboBox) if each.count() == 3)
    chooser.setCurrentIndex(chooser.findData(LONG_NAME))
    dialog.view.selectAll()
    assert_whole(dialog, *whole_of(2))
    dialog._on_empty_clicked()
    assert_whole(dialog, *whole_of(3))
    dialog.done(0)


def test_what_is_brought_in(host: QWidget, studio: Studio, tmp_path: Path) -> None:
    dataset = create_dataset(studio.workspace, "Things", [LONG_NAME, "cup"])
    found = [
        (tmp_path, Incoming(tmp_path / "x.jpg", folders, ".jpg", lambda: b""))
        for folders, count in (((LONG_NAME,), 4), (("cup",), 5), (("images",), 6))
        for _ in range(count)
    ]
    sources = FoundSources((FolderSource(FolderTree(found, (LONG_NAME, "cup"))),))
    skipped = [(tmp_path / "note.txt", "This is no image.")] * 7
    plan = ImportPlan(ClassFolders(dataset), sources, skipped, ExitStack(), [tmp_path])
    dialog = ImportDialog(plan, LONG_NAME, False, studio.theme, host)
    dialog.show()
    assert_whole(dialog, *whole_of(4, 5, 6, 7, 9))
    dialog.done(0)
    packed = PackedDataset(Path(f"/x/{LONG_NAME}.zip"), LONG_NAME, (LONG_NAME,) * 9, MANY)
    unpack = UnpackDialog(packed, LONG_NAME, ["Things"], lambda _title: "", host)
    unpack.show()
    assert_whole(unpack, *whole_of(MANY))


def test_videos(host: QWidget, studio: Studio) -> None:
    long = VideoFacts(MANY / 15, 59.94, 3840, 2160)
    short = VideoFacts(600, 30, 640, 480)
    facts: dict[Path, VideoFacts | str] = {Path(f"/x/{LONG_NAME}.mp4"): long}
    for name, more in ((LONG_NAME, {}), ("cup", {Path("/x/a.mp4"): "no", Path("/x/b.mp4"): short})):
        dialog = VideoDialog(
            facts | more, [LONG_NAME, "cup"], name, studio.settings, studio.theme, host
        )
        dialog._options.rate.setCurrentIndex(dialog._options.rate.count() - 1)
        dialog.look()
        dialog.show()
        assert_whole(dialog)
        dialog.close()


@pytest.fixture
def checkup(host: QWidget, studio: Studio, tmp_path: Path) -> Iterator[CheckupDialog]:
    """The checkup with a finding of each manner."""
    dialog = CheckupDialog("Things", [LONG_NAME, OTHER_NAME, "cup"], studio.theme, host)

    def paths(name: str, count: int) -> tuple[Path, ...]:
        return tuple(tmp_path / name / f"{chr(97 + number)}.jpg" for number in range(count))

    first, second = paths(LONG_NAME, 25), paths(OTHER_NAME, 25)
    doubts = tuple(Doubt(f"{LONG_NAME}/{path.name}", "x", OTHER_NAME, 0.1) for path in first)
    findings = [
        Finding(
            FindingKind.NEAR_DUPLICATE,
            first[:3] + second[:4],
            "These show one picture in several classes.",
            (LONG_NAME, OTHER_NAME),
            (Fix.CHOOSE_CLASS,),
            severity=5,
            across_classes=True,
        ),
        Finding(
            FindingKind.EXACT_DUPLICATE,
            first,
            "These are the same.",
            (LONG_NAME,),
            (Fix.DELETE, Fix.EXCLUDE),
            first[1:],
            4,
        ),
        Finding(
            FindingKind.BLURRED,
            second,
            "These are blurred.",
            (OTHER_NAME,),
            (Fix.EXCLUDE, Fix.DELETE, Fix.RELABEL),
            severity=3,
        ),
        Finding(
            FindingKind.WRONG_LABEL,
            first,
            "The model doubts these.",
            (LONG_NAME, OTHER_NAME),
            (Fix.ACCEPT_SUGGESTION, Fix.CONFIRM_LABEL, Fix.EXCLUDE),
            severity=4,
            doubts=doubts,
        ),
    ]
    dialog.set_findings(grouped(findings), ALL)
    dialog.show()
    yield dialog
    dialog.close()


def test_the_checkup(checkup: CheckupDialog) -> None:
    checkup.say_done(f"Moved {figures.images(3)} to {LONG_NAME}.")
    assert_whole(checkup, *whole_of(ALL, 3))
    model = checkup.tree.model()
    for row in range(model.rowCount()):
        checkup.tree.setCurrentIndex(model.index(row, 0))
        assert_whole(checkup)
    question, yes = decision_question([Fate.GOES] * 30, LONG_NAME)
    checkup.sets.row.ask(question, yes, lambda: None)
    assert_whole(checkup)
    checkup.sets.show_end(5)
    assert_whole(checkup)
    checkup.set_progress(5, 10)
    assert_whole(checkup)


def test_what_the_checkup_offers_and_asks(checkup: CheckupDialog) -> None:
    classes, page, model = [LONG_NAME, OTHER_NAME, "cup"], checkup.page, checkup.tree.model()
    for row in range(model.rowCount()):
        checkup.tree.setCurrentIndex(model.index(row, 0))
        finding = checkup.tree.finding
        assert finding is not None
        if finding.across_classes:
            continue
        page.view.selectAll()
        assert_whole(checkup)
        for offer in offers(finding, finding.samples, classes):
            name = OTHER_NAME if offer.fix is Fix.RELABEL else ""
            question, yes = offer_question(offer, name), offer_text(offer, OTHER_NAME)
            page.row.ask(question, yes, lambda: None)
            assert_whole(checkup, *whole_of(25))
            page.row.dismiss()


def test_closing_and_questions(host: QWidget, studio: Studio) -> None:
    activities = []
    for number in (4, 5):
        title = f"Importing {figures.images(number)} into {LONG_NAME}"
        activity = studio.jobs.activities.begin(
            About(title, f"{figures.images(6)} stay", can_take_back=True), lambda _how: None
        )
        activity.set_progress(MANY, ALL)
        activities.append(activity)
    closing = ClosingDialog(host)
    closing.set_activities(activities)
    closing.show()
    assert_whole(closing, *whole_of(4, 5, MANY, ALL))
    closing.close()
    for activity in activities:
        activity.end()
    question = Question(
        "removeClassQuestion",
        f"Delete the class {LONG_NAME} with its {figures.images(8)}?",
        "They go to the trash.",
        f"&Delete class and {figures.images(8)}",
        "&Keep it",
        host,
    )
    question.open()
    assert_whole(question, *whole_of(8))
    question.close()


def test_what_was_changed(host: QWidget, studio: Studio) -> None:
    stack = QUndoStack(host)
    for text in (
        f"Move {figures.images(5)} to {LONG_NAME}",
        f"Import {figures.images(5)} into {LONG_NAME}",
        f"Confirm the class of {figures.images(5)}",
        f"Leave {figures.images(8)} out of training",
    ):
        stack.push(QUndoCommand(text))
    stack.setIndex(2)
    button = HistoryButton(stack, studio.theme, host)
    button._on_clicked()
    assert_whole(button._steps, *whole_of(5, 8))
    button._steps.close()


def test_an_export(host: QWidget, studio: Studio, tmp_path: Path) -> None:
    dialog = ExportDialog(LONG_NAME, ExportChoice(studio.settings, tmp_path), studio.theme, host)
    dialog.show()
    dialog.show_estimate(36_000)
    assert_whole(dialog)
    dialog.show_started(ORDER)
    for form in ORDER:
        why = f"It names the class for 95 % of {figures.images(4)} only." if form == "onnx" else ""
        report = ExportReport(
            str(form),
            agreement=0.99999,
            largest_difference=0.98765,
            bytes=7_654_321_000,
            ms_per_image=12345.6,
            why=why,
            images=9,
            compared_on="validation",
        )
        dialog.show_report(report)
    dialog.show_time(0.5, 3e6)
    assert_whole(dialog)
    dialog.show_finished()
    assert_whole(dialog, *whole_of(9))


def test_images_of_a_cell(host: QWidget, studio: Studio, tmp_path: Path) -> None:
    dialog = ImagesDialog(
        [LONG_NAME, "cup"],
        lambda _path: np.zeros((9, 9, 3), np.uint8),
        studio.theme,
        studio.jobs,
        writable=True,
        parent=host,
    )
    samples = [Sample(tmp_path / "x" / f"{chr(97 + n)}.jpg", LONG_NAME) for n in range(26)]
    dialog.set_title(f"{LONG_NAME} taken for {LONG_NAME}")
    dialog.set_details(lambda _sample: "details")
    gone = f"{figures.images(26)} · {figures.whole(4)} moved or deleted since"
    dialog.set_samples(samples, {}, gone)
    dialog.show()
    dialog.view.selectAll()
    dialog.say(f"{figures.images(5)} moved to {LONG_NAME}.", Kind.GOOD, undoable=True)
    assert_whole(dialog, *whole_of(26, 4, 5))
    dialog._look.look(samples, 5)
    assert_whole(dialog, *whole_of(6))
    dialog.close()
