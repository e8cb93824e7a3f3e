"""The trash in its window, and the list of what was done."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.data import class_changes
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.editing.trash_dialog import TrashDialog
from cnn_studio.gui.capture.editing.trash_view import TrashView, short_time
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind
from tests.gui.capture.conftest import OpenTab, names_in
from tests.gui.capture.test_capture_tab import answer, part, shown_names

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tab(qtbot: QtBot, things: Dataset, folders: ClassFolders, open_tab: OpenTab) -> CaptureTab:
    """The tab, after a start; before it two images of pen and the one of cup were deleted."""
    doomed = [*folders.samples("pen")[:2], *folders.samples("cup")]
    folders.carry_out(class_changes.deletion(folders, doomed))
    opened = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(opened)) == 1)
    return opened


def open_trash(qtbot: QtBot, tab: CaptureTab, count: int) -> TrashDialog:
    part(tab, QToolButton, "trashButton").click()
    dialog = tab.findChild(TrashDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: in_trash(dialog) == count)
    return dialog


def in_trash(dialog: TrashDialog) -> int:
    return dialog.view.model().rowCount()


def button(dialog: TrashDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert found is not None
    return found


def test_the_button_says_how_much_is_in_the_trash(qtbot: QtBot, tab: CaptureTab) -> None:
    trash = part(tab, QToolButton, "trashButton")
    qtbot.waitUntil(lambda: "3 images in the trash" in trash.toolTip())
    part(tab, GalleryView).selectAll()
    part(tab, QToolButton, "deleteButton").click()
    qtbot.waitUntil(lambda: "4 images in the trash" in trash.toolTip())


def test_selected_images_come_back_and_that_can_be_undone(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    dialog = open_trash(qtbot, tab, 3)
    restore = button(dialog, "restoreButton")
    assert not restore.isEnabled()
    chooser = dialog.findChild(QComboBox)
    assert chooser is not None
    assert [chooser.itemText(row) for row in range(3)] == ["All classes", "cup · 1", "pen · 2"]
    chooser.setCurrentIndex(1)
    assert in_trash(dialog) == 1
    dialog.view.selectAll()
    restore.click()
    qtbot.waitUntil(lambda: len(names_in(things.folder / "cup")) == 1)
    qtbot.waitUntil(lambda: dialog.undo_bar.text == "1 image restored.")
    qtbot.waitUntil(lambda: in_trash(dialog) == 2)
    button(dialog, "undoBarButton").click()
    qtbot.waitUntil(lambda: in_trash(dialog) == 3)
    assert names_in(things.folder / "cup") == set()


def test_an_error_leaves_the_offer_to_undo_and_ctrl_z_takes_it(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    dialog = open_trash(qtbot, tab, 3)
    button(dialog, "restoreAllButton").click()
    qtbot.waitUntil(lambda: dialog.undo_bar.text == "3 images restored.")
    dialog.say("The folder cannot be changed.", Kind.ERROR)
    assert dialog.notice.isVisible()
    assert dialog.undo_bar.text == "3 images restored."
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    qtbot.waitUntil(lambda: in_trash(dialog) == 0)
    QTest.keyClick(dialog, Qt.Key.Key_Z, CTRL)
    assert dialog.undo_bar.text == ""
    qtbot.waitUntil(lambda: in_trash(dialog) == 3)
    assert names_in(things.folder / "cup") == set()


def test_all_images_come_back_even_into_a_class_that_was_removed(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Delete)
    answer(tab, "removeClassQuestion-yes")
    qtbot.waitUntil(lambda: "pen" not in ClassFolders(things).classes())
    dialog = open_trash(qtbot, tab, 4)
    button(dialog, "restoreAllButton").click()
    qtbot.waitUntil(lambda: in_trash(dialog) == 0)
    state = dialog.findChild(EmptyState)
    assert state is not None
    assert state.title == "The trash is empty"
    assert len(names_in(things.folder / "pen")) == 3
    qtbot.waitUntil(lambda: part(tab, ClassView).model().rowCount() == 3)
    button(dialog, "emptyStateAction").click()
    assert not dialog.isVisible()


def test_emptying_asks_once_and_ends_what_can_be_undone(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    part(tab, GalleryView).selectAll()
    part(tab, QToolButton, "deleteButton").click()
    undo = part(tab, QToolButton, "undoButton")
    qtbot.waitUntil(undo.isEnabled)
    dialog = open_trash(qtbot, tab, 4)
    dialog.view.selectAll()
    button(dialog, "emptyTrashButton").click()
    question = dialog.findChild(QLabel, "emptyTrashQuestion")
    assert question is not None
    assert "4 images" in question.text()
    QTest.keyClick(dialog.view, Qt.Key.Key_Return)  # must not press what the question covers
    button(dialog, "keepTrashButton").click()
    assert button(dialog, "restoreButton").isEnabled()
    assert in_trash(dialog) == 4
    button(dialog, "emptyTrashButton").click()
    button(dialog, "reallyEmptyButton").click()
    qtbot.waitUntil(lambda: in_trash(dialog) == 0)
    assert not (things.folder / ".trash").exists()
    assert not undo.isEnabled()
    assert len(names_in(things.folder / "pen")) == 0


def test_its_buttons_have_keys_that_their_tooltips_name(qtbot: QtBot, tab: CaptureTab) -> None:
    dialog = open_trash(qtbot, tab, 3)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    alt, question = Qt.KeyboardModifier.AltModifier, dialog.findChild(QLabel, "emptyTrashQuestion")
    assert question is not None
    QTest.keyClick(dialog, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert question.isVisible()
    assert in_trash(dialog) == 3
    QTest.keyClick(dialog, Qt.Key.Key_K, alt)
    assert not question.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_R, alt)
    qtbot.waitUntil(lambda: dialog.undo_bar.text == "3 images restored.")
    for name in ("emptyTrash", "restoreAll", "reallyEmpty", "keepTrash"):
        assert button(dialog, f"{name}Button").toolTip().endswith(")"), name


def test_a_tile_says_its_class_file_and_time(qtbot: QtBot, tab: CaptureTab) -> None:
    dialog = open_trash(qtbot, tab, 3)
    view = dialog.findChild(TrashView)
    assert view is not None
    tips = [str(view.model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole)) for row in range(3)]
    assert sum(tip.startswith("pen: photo-") for tip in tips) == 2
    assert all("deleted" in tip for tip in tips)
    assert short_time(86_400 * 100) in ("10 Apr", "11 Apr")


def test_the_history_lists_steps_and_a_click_goes_there(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    button = part(tab, QToolButton, "historyButton")
    steps = part(tab, QListWidget, "historyList")

    def texts() -> list[str]:
        return [steps.item(row).text() for row in range(steps.count())]

    button.click()
    assert not steps.isVisible()  # a sentence stands in its place
    steps.window().close()
    part(tab, GalleryView).selectAll()
    part(tab, QToolButton, "deleteButton").click()
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Down, CTRL)
    qtbot.waitUntil(lambda: tab.findChild(QToolButton, "undoButton").isEnabled())
    qtbot.waitUntil(lambda: "Reorder" in part(tab, QToolButton, "undoButton").toolTip())
    button.click()
    assert texts() == ["Reorder the classes", "Delete 3 images", "The beginning"]
    assert steps.currentRow() == 0
    steps.itemClicked.emit(steps.item(2))
    qtbot.waitUntil(lambda: steps.currentRow() == 2)
    assert texts()[:2] == ["Undone: Reorder the classes", "Undone: Delete 3 images"]
    assert len(names_in(things.folder / "pen")) == 3
    QTest.keyClick(steps, Qt.Key.Key_Up)
    QTest.keyClick(steps, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names_in(things.folder / "pen") == set())
    qtbot.waitUntil(lambda: steps.currentRow() == 1)
    steps.window().close()
