"""Closing during work: one question about all of it, and each answer does what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import broken_imports
from cnn_studio.data.trash import count_trash
from cnn_studio.gui import closing
from cnn_studio.gui.activity_row import ActivityRow
from cnn_studio.gui.closing_dialog import ClosingDialog
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.paths import Workspace
from cnn_studio.work_notes import Halt
from tests.data.pictures import put_photo
from tests.gui.held_work import HeldWork


@pytest.fixture
def jobs(studio: Studio) -> Jobs:
    return studio.jobs


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(closing, "_GRACE_S", 0.0)
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def ask(qtbot: QtBot, window: MainWindow) -> ClosingDialog:
    """Close the window, and wait for the question."""
    window.close()
    assert window.isVisible()
    return shown_question(qtbot, window)


def shown_question(qtbot: QtBot, window: MainWindow) -> ClosingDialog:
    def shown() -> list[ClosingDialog]:
        return [each for each in window.findChildren(ClosingDialog) if each.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0]


def press(dialog: ClosingDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def buttons(dialog: ClosingDialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(QPushButton) if each.isVisible()]


def notices(window: MainWindow) -> list[str]:
    return [each.text for each in window.findChildren(Notice) if each.isVisible()]


def test_without_work_it_closes_at_once(window: MainWindow) -> None:
    assert window.close()


def test_work_that_only_looks_is_not_worth_a_question(window: MainWindow, jobs: Jobs) -> None:
    HeldWork(jobs, writes=False)
    assert window.close()


def test_all_that_writes_is_named_with_how_far_it_is(
    qtbot: QtBot, window: MainWindow, jobs: Jobs
) -> None:
    works = [HeldWork(jobs, "Importing", can_take_back=True), HeldWork(jobs, "Packing")]
    dialog = ask(qtbot, window)
    rows = dialog.findChildren(ActivityRow)
    qtbot.waitUntil(
        lambda: [row.text for row in rows] == ["Importing: 6 of 16", "Packing: 6 of 16"]
    )
    said = [label.text() for label in dialog.findChildren(QLabel, "howItEnds")]
    assert said == [
        "If it is stopped: what is in stays, or is taken back.",
        "If it is stopped: what is in stays.",
    ]
    assert buttons(dialog) == [
        "Finish, then close",
        "Stop and keep these",
        "Stop and take these back",
        "Do not close",
    ]
    window.close()  # there is one question
    assert shown_question(qtbot, window) is dialog
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert window.isVisible()
    assert all(not work.job.activity.is_stopping for work in works)  # type: ignore[union-attr]
    for work in works:
        work.let_end()
    qtbot.waitUntil(lambda: not jobs.activities.running)
    assert window.isVisible()


@pytest.mark.parametrize(
    ("button", "halt"),
    [("stopAndClose", Halt.KEEP), ("takeBackAndClose", Halt.TAKE_BACK)],
)
def test_stopped_the_work_ends_as_chosen_and_the_window_closes(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, button: str, halt: Halt
) -> None:
    works = [HeldWork(jobs, can_take_back=True), HeldWork(jobs, writes=False)]
    with qtbot.waitSignal(window.closed):
        press(ask(qtbot, window), button)
    writing, looking = works
    assert writing.halt is halt
    assert not window.isVisible()
    qtbot.waitUntil(lambda: looking.halt is Halt.KEEP)  # the window did not wait for it


def test_what_cannot_be_taken_back_is_stopped_all_the_same(
    qtbot: QtBot, window: MainWindow, jobs: Jobs
) -> None:
    work = HeldWork(jobs)
    dialog = ask(qtbot, window)
    assert buttons(dialog) == ["Finish, then close", "Stop and close", "Do not close"]
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(dialog, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert work.halt is Halt.KEEP


def test_it_closes_by_itself_once_all_is_done(qtbot: QtBot, window: MainWindow, jobs: Jobs) -> None:
    work = HeldWork(jobs)
    QTest.keyClick(ask(qtbot, window), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any("closes by itself" in text for text in notices(window)))
    other = HeldWork(jobs, "Packing")  # begun meanwhile, and waited for as well
    work.let_end()
    qtbot.waitUntil(lambda: len(jobs.activities.running) == 1)
    assert window.isVisible()
    with qtbot.waitSignal(window.closed):
        other.let_end()
    assert work.halt is None


def test_while_it_waits_a_person_can_have_it_stay_open(
    qtbot: QtBot, window: MainWindow, jobs: Jobs
) -> None:
    work = HeldWork(jobs)
    press(ask(qtbot, window), "finishAndClose")
    (notice,) = (n for n in window.findChildren(Notice) if "closes by itself" in n.text)
    qtbot.waitUntil(notice.isVisible)
    button = notice.findChild(QPushButton, "noticeAction")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not notice.isVisible()
    work.let_end()
    qtbot.waitUntil(lambda: not jobs.activities.running)
    assert window.isVisible()


def test_what_goes_wrong_keeps_it_open(qtbot: QtBot, window: MainWindow, jobs: Jobs) -> None:
    work = HeldWork(jobs, "Packing")
    press(ask(qtbot, window), "finishAndClose")
    work.let_end("The disk is full.")
    qtbot.waitUntil(lambda: any("stays open" in text for text in notices(window)))
    assert any("Packing" in text for text in notices(window))
    assert window.isVisible()


def test_work_that_ends_while_it_is_asked_about_closes_nothing_by_itself(
    qtbot: QtBot, window: MainWindow, jobs: Jobs
) -> None:
    work = HeldWork(jobs)
    dialog = ask(qtbot, window)
    work.let_end()
    qtbot.waitUntil(lambda: buttons(dialog) == ["Close", "Do not close"])
    heading = dialog.findChild(QLabel, "closeHeading")
    assert heading is not None
    assert heading.text() == "All is done."
    assert window.isVisible()
    with qtbot.waitSignal(window.closed):
        press(dialog, "closeNow")


def test_what_is_over_in_a_moment_is_waited_for_without_a_question(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_GRACE_S", 0.3)
    work = HeldWork(jobs)
    assert not window.close()
    work.let_end()
    with qtbot.waitSignal(window.closed):
        pass
    assert not window.findChildren(ClosingDialog)


@pytest.mark.parametrize("is_asking", [False, True])
def test_when_the_system_asks_all_is_ended_in_order_without_a_question(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, is_asking: bool
) -> None:
    work = HeldWork(jobs, can_take_back=True)
    if is_asking:
        ask(qtbot, window)
    with qtbot.waitSignal(window.closed):
        window.end_in_order()
    assert work.halt is Halt.LATER
    assert not [each for each in window.findChildren(ClosingDialog) if each.isVisible()]


def test_work_that_never_ends_holds_the_window_for_a_while_only(
    qtbot: QtBot, window: MainWindow, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_STOP_LIMIT_MS", 200)
    stuck = jobs.activities.begin(HeldWork(jobs).job.activity.about, lambda _halt: None)  # type: ignore[union-attr]
    with qtbot.waitSignal(window.closed):
        press(ask(qtbot, window), "stopAndClose")
    stuck.end()


@pytest.fixture
def things(workspace: Workspace, tmp_path: Path) -> Dataset:
    """A dataset without images, and a folder of 400 photos to import."""
    for number in range(400):
        put_photo(tmp_path / "photos" / "cup" / f"{number:03}.jpg", number)
    return create_dataset(workspace, "Things", ["cup"])


@pytest.mark.parametrize(
    ("button", "is_kept"), [("stopAndClose", True), ("takeBackAndClose", False)]
)
def test_an_import_in_the_middle_is_kept_or_taken_back(
    qtbot: QtBot,
    things: Dataset,
    window: MainWindow,
    studio: Studio,
    tmp_path: Path,
    button: str,
    is_kept: bool,
) -> None:
    studio.load_datasets()
    studio.choose_dataset("things")
    tab = window._pages["capture"]
    tab._imports.bring_in([tmp_path / "photos" / "cup"], "cup")  # type: ignore[attr-defined]
    folders = ClassFolders(things)
    qtbot.waitUntil(lambda: folders.counts()["cup"] > 20)
    with qtbot.waitSignal(window.closed):
        press(ask(qtbot, window), button)
    count = folders.counts()["cup"]
    assert (20 < count < 400) if is_kept else count == 0
    assert (count_trash(things.folder) > 20) != is_kept
    assert broken_imports(things) == []
    stack = tab._edits.stack  # type: ignore[attr-defined]
    said = stack.text(stack.count() - 1)
    assert said.startswith("Import" if is_kept else "Take back the import")
