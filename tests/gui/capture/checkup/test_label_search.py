"""Likely wrong labels in the checkup's window and in the gallery."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.label_doubts import (
    Doubt,
    LabelDoubts,
    content_of,
    standing_doubts,
    write_doubts,
)
from cnn_studio.data.marks import Mark
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
from cnn_studio.gui.capture.gallery.arrangement import Order, Show
from cnn_studio.gui.key_repeat import KeyRepeat
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene
from tests.gui.capture.conftest import OpenTab


@pytest.fixture
def doubted(workspace: Workspace) -> Dataset:
    """Three classes; two of the pens are more likely cups, and a cup a key."""
    dataset = create_dataset(workspace, "Doubted", ["pen", "cup", "key"])
    for number in range(10):
        name = ("pen", "cup")[number % 2] if number < 8 else "key"
        path = dataset.folder / name / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(scene(number)))
    doubts = tuple(
        Doubt(name, content_of(dataset.folder / name), suggested, score)
        for name, suggested, score in (
            ("pen/4.jpg", "cup", 0.01),
            ("cup/5.jpg", "key", 0.05),
            ("pen/0.jpg", "cup", 0.1),
        )
    )
    write_doubts(dataset.folder, LabelDoubts("key", 10, doubts))
    return dataset


@pytest.fixture
def tab(qtbot: QtBot, doubted: Dataset, open_tab: OpenTab) -> CaptureTab:
    tab = open_tab("doubted", camera="")
    qtbot.waitUntil(lambda: len(tab._contents.samples) == 4)
    return tab


@pytest.fixture
def dialog(qtbot: QtBot, tab: CaptureTab) -> CheckupDialog:
    tab._checkup.open()
    dialog = tab.findChild(CheckupDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.tree.titles == ["Likely wrong label"], timeout=20_000)
    return dialog


def _button(dialog: CheckupDialog, name: str) -> QPushButton:
    (button,) = [b for b in dialog.findChildren(QPushButton, name) if b.isVisible()]
    return button


def _press(dialog: CheckupDialog, name: str) -> None:
    QTest.mouseClick(_button(dialog, name), Qt.MouseButton.LeftButton)


def _names(dialog: CheckupDialog) -> list[str]:
    return [sample.mark_name for sample in dialog.samples]


def _selected(dialog: CheckupDialog) -> list[str]:
    return [sample.mark_name for sample in dialog.page.view.selected_samples()]


def _note(dialog: CheckupDialog, row: int) -> str:
    model = dialog.page._model
    return model.note(model.index(row, 0))


def test_the_most_doubted_stands_first_whatever_its_class(
    doubted: Dataset, dialog: CheckupDialog
) -> None:
    assert _names(dialog) == ["pen/4.jpg", "cup/5.jpg", "pen/0.jpg"]
    assert [doubt.name for doubt in standing_doubts(ClassFolders(doubted))] == _names(dialog)
    assert _note(dialog, 0) == "labelled pen\nlooks like cup"
    assert _note(dialog, 1) == "labelled cup\nlooks like key"


def test_number_keys_relabel_and_go_on(
    qtbot: QtBot, doubted: Dataset, dialog: CheckupDialog
) -> None:
    assert _selected(dialog) == ["pen/4.jpg"]
    QTest.keyClick(dialog.tree, Qt.Key.Key_2)
    assert _selected(dialog) == ["cup/5.jpg"]  # at once
    QTest.keyClick(dialog, Qt.Key.Key_S)
    assert _selected(dialog) == ["pen/0.jpg"]
    QTest.keyClick(dialog.page.view, Qt.Key.Key_Backspace)
    QTest.keyClick(dialog.page.view, Qt.Key.Key_3)
    assert _selected(dialog) == ["pen/0.jpg"]
    folders = ClassFolders(doubted)
    qtbot.waitUntil(lambda: folders.counts() == {"pen": 3, "cup": 4, "key": 3}, timeout=20_000)
    qtbot.waitUntil(lambda: not dialog.page._gone)  # the checkup knows of it
    assert _names(dialog) == ["pen/0.jpg"]
    assert folders.marks.names(Mark.REVIEWED) == {"cup/4.jpg", "key/5.jpg"}
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: _names(dialog) == ["cup/5.jpg", "pen/0.jpg"], timeout=20_000)
    assert _selected(dialog) == ["cup/5.jpg"]


def test_a_held_number_key_answers_once(
    qtbot: QtBot, doubted: Dataset, key_repeat: KeyRepeat, dialog: CheckupDialog
) -> None:
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.page.view.setFocus()

    def send(kind: QEvent.Type, is_repeat: bool, time_ms: int) -> None:
        plain = Qt.KeyboardModifier.NoModifier
        event = QKeyEvent(kind, Qt.Key.Key_2, plain, "2", is_repeat)
        event.setTimestamp(time_ms)
        QApplication.sendEvent(dialog.windowHandle(), event)

    send(QEvent.Type.KeyPress, False, 1000)
    for time_ms in (1500, 1540):  # as X11 repeats a key, and Qt sees it as long as it keeps up
        send(QEvent.Type.KeyRelease, True, time_ms)
        send(QEvent.Type.KeyPress, True, time_ms)
    for time_ms in (1580, 1620):  # and where it does not
        send(QEvent.Type.KeyRelease, False, time_ms)
        send(QEvent.Type.KeyPress, False, time_ms)
    send(QEvent.Type.KeyRelease, False, 1700)
    assert _selected(dialog) == ["cup/5.jpg"]
    folders = ClassFolders(doubted)
    qtbot.waitUntil(lambda: folders.counts() == {"pen": 3, "cup": 5, "key": 2}, timeout=20_000)
    send(QEvent.Type.KeyPress, False, 1701)  # pressed again
    assert _selected(dialog) == ["pen/0.jpg"]


def test_what_is_right_is_not_asked_again(
    qtbot: QtBot, doubted: Dataset, dialog: CheckupDialog
) -> None:
    QTest.keyClick(dialog.tree, Qt.Key.Key_Return)
    assert _selected(dialog) == ["cup/5.jpg"]
    dialog.page.view.selectAll()
    _press(dialog, "reviewed-button")
    empty = dialog.findChild(EmptyState)
    assert empty is not None
    qtbot.waitUntil(lambda: empty.title == "Nothing to put right", timeout=20_000)
    reviewed = {"pen/0.jpg", "pen/4.jpg", "cup/5.jpg"}
    assert ClassFolders(doubted).marks.names(Mark.REVIEWED) == reviewed


def test_selected_ones_go_each_to_the_class_it_looks_like(
    qtbot: QtBot, doubted: Dataset, dialog: CheckupDialog
) -> None:
    dialog.page.view.selectAll()
    _press(dialog, "relabel-to-suggested-button")
    folders = ClassFolders(doubted)
    qtbot.waitUntil(lambda: folders.counts() == {"pen": 2, "cup": 5, "key": 3}, timeout=20_000)
    qtbot.waitUntil(_button(dialog, "checkupUndoButton").isEnabled)
    _press(dialog, "checkupUndoButton")
    qtbot.waitUntil(lambda: folders.counts() == {"pen": 4, "cup": 4, "key": 2}, timeout=20_000)
    qtbot.waitUntil(lambda: len(dialog.samples) == 3, timeout=20_000)


def test_a_doubted_image_is_looked_at_large_and_labelled_there(
    qtbot: QtBot, doubted: Dataset, dialog: CheckupDialog
) -> None:
    large = dialog.findChild(LargeView)
    assert large is not None
    QTest.keyClick(dialog.tree, Qt.Key.Key_Space)
    assert large.isVisible()
    details = large.findChild(QLabel, "largeDetails")
    assert details is not None
    assert "looks like cup" in details.text()
    QTest.keyClick(large, Qt.Key.Key_2)
    folders = ClassFolders(doubted)
    qtbot.waitUntil(lambda: folders.counts() == {"pen": 3, "cup": 5, "key": 2}, timeout=20_000)
    QTest.keyClick(large, Qt.Key.Key_Escape)
    assert not large.isVisible()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: _names(dialog) == ["cup/5.jpg", "pen/0.jpg"], timeout=20_000)


def test_a_search_goes_on_beside_the_window_and_can_be_cancelled(
    qtbot: QtBot, tab: CaptureTab, dialog: CheckupDialog
) -> None:
    (button,) = dialog.findChildren(QPushButton, "labelSearchButton")
    assert button.text() == "Look for wrong labels"
    _press(dialog, "labelSearchButton")
    assert button.text() == "Cancel"
    assert dialog.label_search.text == "Getting TensorFlow ready, about 5 seconds"
    dialog.close()
    qtbot.waitUntil(lambda: tab.findChild(CheckupDialog) is None)
    tab._checkup.open()
    again = tab.findChild(CheckupDialog)
    assert again is not None
    _press(again, "labelSearchButton")
    (button,) = again.findChildren(QPushButton, "labelSearchButton")
    qtbot.waitUntil(lambda: button.text() == "Look for wrong labels", timeout=20_000)
    assert again.label_search.text == ""


@pytest.mark.slow
def test_a_search_ends_in_a_sentence_and_other_findings(
    qtbot: QtBot, dialog: CheckupDialog
) -> None:
    _press(dialog, "labelSearchButton")
    qtbot.waitUntil(lambda: "of 10 labels are doubted" in dialog.notice.text, timeout=120_000)
    qtbot.waitUntil(lambda: dialog.is_finished, timeout=20_000)


def test_the_gallery_shows_what_is_doubted_the_worst_first(
    qtbot: QtBot, doubted: Dataset, tab: CaptureTab
) -> None:
    tab._arranging.show_only(Show.DOUBTED, all_classes=True)
    qtbot.waitUntil(lambda: len(tab._gallery.samples) == 3)
    assert [sample.path.name for sample in tab._gallery.samples] == ["4.jpg", "5.jpg", "0.jpg"]
    assert tab._arranging._note(tab._gallery.samples[0]) == "cup?"
    order = tab.findChild(QComboBox, "orderChooser")
    assert order is not None
    assert order.currentData() == str(Order.LEAST_PROBABLE)
    tab._edits.move([tab._gallery.samples[0]], "cup")
    qtbot.waitUntil(lambda: [s.path.name for s in tab._gallery.samples] == ["5.jpg", "0.jpg"])
