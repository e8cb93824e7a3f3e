"""The checkup in its window: findings, their images, and fixes that can be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
from cnn_studio.gui.capture.gallery.arrangement import Show
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind
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


def test_a_copy_is_deleted_and_comes_back_by_undo(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    dialog = _open(qtbot, tab)
    assert dialog.tree.titles == ["Same image in two classes", "Same image twice"]
    why = dialog.findChild(QLabel, "findingReason")
    assert why is not None
    assert "cannot be both" in why.text()
    assert len(dialog.samples) == 2
    QTest.keyClick(dialog.tree, Qt.Key.Key_Down)
    assert "Copies teach nothing new" in why.text()
    _press(dialog, "delete-button")
    qtbot.waitUntil(lambda: dialog.tree.titles == ["Same image in two classes"], timeout=20_000)
    assert ClassFolders(copies).counts() == {"pen": 2, "cup": 2}
    dialog.say("The folder cannot be changed.", Kind.ERROR)
    assert dialog.undo_bar.text == "Delete 1 image."  # an error does not push it away
    _press(dialog, "undoBarButton")
    qtbot.waitUntil(lambda: len(dialog.tree.titles) == 2, timeout=20_000)
    assert dialog.undo_bar.text == ""
    assert ClassFolders(copies).counts() == {"pen": 3, "cup": 2}


def test_a_contradiction_is_put_right_by_moving_one_image(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    dialog = _open(qtbot, tab)
    wrong = next(s for s in dialog.samples if s.class_name == "cup")
    dialog.view.setCurrentIndex(dialog.view.model().index(dialog.samples.index(wrong), 0))
    move = _button(dialog, "relabel-button")
    assert move.text() == "Move 1 to"
    next(action for action in move.menu().actions() if action.text() == "pen").trigger()
    qtbot.waitUntil(lambda: "Same image in two classes" not in dialog.tree.titles, timeout=20_000)
    assert ClassFolders(copies).counts() == {"pen": 4, "cup": 1}


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
    assert _button(dialog, "delete-button").text() == "Delete 3"
    notes = [dialog._model.note(dialog._model.index(row, 0)) for row in range(6)]
    assert notes == ["stays", ""] * 3
    _press(dialog, "delete-button")
    empty = dialog.findChild(EmptyState)
    assert empty is not None
    qtbot.waitUntil(lambda: empty.title == "Nothing to put right", timeout=20_000)
    assert ClassFolders(copies).counts() == {"pen": 3, "cup": 1}
    _press(dialog, "undoBarButton")
    qtbot.waitUntil(lambda: len(dialog.samples) == 6, timeout=20_000)


def test_the_gallery_shows_what_is_there_more_than_once(
    qtbot: QtBot, copies: Dataset, tab: CaptureTab
) -> None:
    tab._arranging.show_only(Show.COPIES, all_classes=True)
    shown = tab._gallery
    qtbot.waitUntil(lambda: len(shown.samples) == 4, timeout=20_000)
    assert {sample.path.stem for sample in shown.samples} == {"a", "b", "c", "d"}
    assert tab.findChild(CheckupDialog) is None
