"""The checkup in its window: findings, their images, and fixes that can be undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import cv2
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.findings import FindingKind, Fix
from cnn_studio.data.marks import Mark
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
from cnn_studio.gui.capture.gallery.arrangement import Show
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene
from tests.gui.capture.conftest import OpenTab


@pytest.fixture
def copies(workspace: Workspace) -> Dataset:
    """One image in two classes, and one twice in a class."""
    dataset = create_dataset(workspace, "Copies", ["pen", "cup"])
    for name, seed in (("pen/a", 1), ("pen/b", 1), ("pen/c", 2), ("cup/d", 2), ("cup/e", 3)):
        path = dataset.folder / f"{name}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(scene(seed)))
    return dataset


@pytest.fixture
def tab(qtbot: QtBot, copies: Dataset, open_tab: OpenTab) -> CaptureTab:
    tab = open_tab("copies", camera="")
    qtbot.waitUntil(lambda: len(tab._contents.samples) == 3)
    return tab


def _open(qtbot: QtBot, tab: CaptureTab) -> CheckupDialog:
    tab._checkup.open()
    dialog = tab.findChild(CheckupDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.tree.titles), timeout=20_000)
    return dialog


def _button(dialog: CheckupDialog, name: str) -> QPushButton:
    (button,) = [b for b in dialog.findChildren(QPushButton, name) if b.isVisible()]
    return button


def _press(dialog: CheckupDialog, name: str) -> None:
    QTest.mouseClick(_button(dialog, name), Qt.MouseButton.LeftButton)


def _text(dialog: CheckupDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return label.text()


def _notes(dialog: CheckupDialog) -> list[str]:
    model = dialog.page._model
    return [model.note(model.index(row, 0)) for row in range(len(dialog.samples))]


def test_a_copy_is_deleted_and_comes_back_by_undo(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    dialog = _open(qtbot, tab)
    assert dialog.tree.titles == ["Same image in two classes", "Same image twice"]
    assert "cannot be both" in _text(dialog, "setReason")
    QTest.keyClick(dialog.tree, Qt.Key.Key_Down)
    assert "Copies teach nothing new" in _text(dialog, "findingReason")
    assert _notes(dialog) == ["stays", "to the trash"]
    assert not _button(dialog, "checkupUndoButton").isEnabled()
    _press(dialog, "delete-button")
    qtbot.waitUntil(lambda: dialog.tree.titles == ["Same image in two classes"], timeout=20_000)
    assert ClassFolders(copies).counts() == {"pen": 2, "cup": 2}
    assert _text(dialog, "checkupDone") == "Done: Delete 1 image."
    assert _button(dialog, "checkupUndoButton").toolTip() == "Undo: Delete 1 image (Ctrl+Z)"
    QTest.keyClick(dialog.tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(dialog.tree.titles) == 2, timeout=20_000)
    assert ClassFolders(copies).counts() == {"pen": 3, "cup": 2}


def test_undo_takes_back_what_was_done_here_and_nothing_of_before(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    with qtbot.waitSignal(tab._edits.edited):
        tab._edits.add_class("key")
    dialog = _open(qtbot, tab)
    undo = _button(dialog, "checkupUndoButton")
    assert not undo.isEnabled()
    QTest.keyClick(dialog.tree, Qt.Key.Key_Down)
    _press(dialog, "delete-button")
    qtbot.waitUntil(undo.isEnabled)
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not undo.isEnabled())
    QTest.keyClick(dialog.tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert tab._edits.stack.undoText() == "Add class key"
    assert ClassFolders(copies).counts() == {"pen": 3, "cup": 2, "key": 0}


def test_more_than_twenty_are_asked_about_first(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    for number in range(21):
        path = copies.folder / "cup" / f"more-{number}.jpg"
        path.write_bytes(encode_jpeg(scene(3)))
    dialog = _open(qtbot, tab)
    QTest.keyClick(dialog.tree, Qt.Key.Key_Down)
    assert _button(dialog, "delete-button").text() == "Move 22 to the trash"
    _press(dialog, "delete-button")
    assert dialog.row.question == "Move 22 images to the trash?"
    qtbot.waitUntil(lambda: _button(dialog, "checkupNoButton").hasFocus())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.row.is_asking
    assert dialog.isVisible()
    assert ClassFolders(copies).counts() == {"pen": 3, "cup": 23}
    _press(dialog, "delete-button")
    _press(dialog, "checkupYesButton")
    qtbot.waitUntil(lambda: "Same image twice" not in dialog.tree.titles, timeout=20_000)
    assert ClassFolders(copies).counts() == {"pen": 2, "cup": 2}


def test_enter_presses_no_button_that_does_not_have_the_keyboard(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    dialog = _open(qtbot, tab)
    QTest.keyClick(dialog.tree, Qt.Key.Key_Down)
    QTest.keyClick(dialog.tree, Qt.Key.Key_Return)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not tab._edits._history.is_busy
    button = _button(dialog, "delete-button")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ClassFolders(copies).counts() == {"pen": 2, "cup": 2})


def test_blurred_images_are_left_out_where_they_are_selected(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    for seed in (11, 12):
        blurred = cv2.GaussianBlur(scene(seed), (0, 0), 6)
        (copies.folder / "cup" / f"{seed}.jpg").write_bytes(encode_jpeg(blurred))
    dialog = _open(qtbot, tab)
    while dialog.tree.finding is None or dialog.tree.finding.kind is not FindingKind.BLURRED:
        QTest.keyClick(dialog.tree, Qt.Key.Key_Down)
    buttons = dialog.page.findChildren(QPushButton)
    assert [b.text() for b in buttons if b.isVisible()] == ["Select all 2"]
    assert _notes(dialog) == ["stays", "stays"]
    dialog.page.view.setCurrentIndex(dialog.page.view.model().index(1, 0))
    assert _notes(dialog) == ["stays", "left out"]
    delete = _button(dialog, "delete-button")
    QApplication.sendEvent(delete, QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1)))
    assert _notes(dialog) == ["stays", "to the trash"]
    _press(dialog, "exclude-button")
    qtbot.waitUntil(lambda: len(dialog.samples) == 1, timeout=20_000)
    assert ClassFolders(copies).marks.names(Mark.EXCLUDED) == {"cup/12.jpg"}


def test_two_recordings_of_one_picture_become_one_after_a_question_with_their_number(
    qtbot: QtBot, workspace: Workspace, open_tab: OpenTab
) -> None:
    folders = ClassFolders(create_dataset(workspace, "Takes", ["pen", "cup"]))
    start = datetime(2026, 3, 1, tzinfo=UTC)
    takes = [Session(SessionKind.RECORDING, start + timedelta(days=n), "0001") for n in range(2)]
    for number in range(24):
        folders.add_image("pen", scene(100 + number), takes[number % 2], number)
    same = encode_jpeg(scene(100), 60)  # nearly the same as one of the first recording
    folders.add_encoded("pen", same, ".jpg", takes[1], 50)
    folders.add_image("cup", scene(7), takes[0], 1)
    tab = open_tab("takes", camera="")
    dialog = _open(qtbot, tab)
    while dialog.tree.finding is None or Fix.MERGE_SESSIONS not in dialog.tree.finding.fixes:
        QTest.keyClick(dialog.tree, Qt.Key.Key_Down)
    _press(dialog, "merge-sessions-button")
    qtbot.waitUntil(lambda: dialog.row.is_asking)
    question = "Give 25 images the name of one recording? They stay in their folders."
    assert dialog.row.question == question
    _press(dialog, "checkupYesButton")
    qtbot.waitUntil(
        lambda: {s.session for s in folders.samples("pen")} == {takes[0]}, timeout=20_000
    )
    assert folders.counts() == {"pen": 25, "cup": 1}


def test_a_clean_dataset_has_nothing_to_put_right(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    for name in ("pen/b", "cup/d"):
        (copies.folder / f"{name}.jpg").unlink()
    tab._checkup.open()
    dialog = tab.findChild(CheckupDialog)
    assert dialog is not None
    empty = dialog.findChild(EmptyState)
    assert empty is not None
    qtbot.waitUntil(lambda: empty.title == "Nothing to put right", timeout=20_000)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: tab.findChild(CheckupDialog) is None)


def test_findings_of_one_kind_are_put_right_at_once(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    (copies.folder / "cup" / "d.jpg").unlink()  # it contradicts one of pen
    for name, seed in (("cup/f", 3), ("pen/g", 4), ("pen/h", 4)):
        (copies.folder / f"{name}.jpg").write_bytes(encode_jpeg(scene(seed)))
    dialog = _open(qtbot, tab)
    assert dialog.tree.titles == ["Same image twice"]
    assert len(dialog.samples) == 6
    assert _button(dialog, "delete-button").text() == "Move 3 to the trash"
    assert _notes(dialog) == [
        *("cup\nstays", "cup\nto the trash"),
        *("pen\nstays", "pen\nto the trash") * 2,
    ]
    _press(dialog, "delete-button")
    empty = dialog.findChild(EmptyState)
    assert empty is not None
    qtbot.waitUntil(lambda: empty.title == "Nothing to put right", timeout=20_000)
    assert ClassFolders(copies).counts() == {"pen": 3, "cup": 1}
    _press(dialog, "checkupUndoButton")
    qtbot.waitUntil(lambda: len(dialog.samples) == 6, timeout=20_000)


def test_the_gallery_shows_what_is_there_more_than_once(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    tab._arranging.show_only(Show.COPIES, all_classes=True)
    shown = tab._gallery
    qtbot.waitUntil(lambda: len(shown.samples) == 4, timeout=20_000)
    assert {sample.path.stem for sample in shown.samples} == {"a", "b", "c", "d"}
    assert tab.findChild(CheckupDialog) is None
