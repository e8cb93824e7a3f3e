"""Likely wrong labels in the checkup's window and in the gallery."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.label_doubts import Doubt, LabelDoubts, content_of, write_doubts
from cnn_studio.data.marks import Mark
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
from cnn_studio.gui.capture.gallery.arrangement import Order, Show
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene
from tests.gui.capture.conftest import OpenTab


@pytest.fixture
def doubted(workspace: Workspace) -> Dataset:
    """Two classes of four photos; two of the pens are more likely cups."""
    dataset = create_dataset(workspace, "Doubted", ["pen", "cup"])
    for number in range(8):
        path = dataset.folder / ("pen", "cup")[number % 2] / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(scene(number)))
    doubts = tuple(
        Doubt(name, content_of(dataset.folder / name), "cup", score)
        for name, score in (("pen/4.jpg", 0.01), ("pen/0.jpg", 0.1))
    )
    write_doubts(dataset.folder, LabelDoubts("key", 8, doubts))
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


def _press(dialog: CheckupDialog, name: str) -> None:
    (button,) = [b for b in dialog.findChildren(QPushButton, name) if b.isVisible()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_worst_stands_first_and_goes_where_it_belongs(
    qtbot: QtBot, doubted: Dataset, dialog: CheckupDialog
) -> None:
    assert [sample.path.name for sample in dialog.samples] == ["4.jpg", "0.jpg"]
    dialog.view.setCurrentIndex(dialog.view.model().index(0, 0))
    _press(dialog, "relabel-to-suggested-button")
    qtbot.waitUntil(lambda: len(dialog.samples) == 1, timeout=20_000)
    assert ClassFolders(doubted).counts() == {"pen": 3, "cup": 5}
    _press(dialog, "undoBarButton")
    qtbot.waitUntil(lambda: len(dialog.samples) == 2, timeout=20_000)


def test_what_is_right_is_not_asked_again(
    qtbot: QtBot, doubted: Dataset, dialog: CheckupDialog
) -> None:
    assert not [b for b in dialog.findChildren(QPushButton, "reviewed-button") if b.isVisible()]
    dialog.view.selectAll()
    _press(dialog, "reviewed-button")
    empty = dialog.findChild(EmptyState)
    assert empty is not None
    qtbot.waitUntil(lambda: empty.title == "Nothing to put right", timeout=20_000)
    assert ClassFolders(doubted).marks.names(Mark.REVIEWED) == {"pen/0.jpg", "pen/4.jpg"}


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
    qtbot.waitUntil(lambda: "of 8 labels are doubted" in dialog.notice.text, timeout=120_000)
    qtbot.waitUntil(lambda: dialog.is_finished, timeout=20_000)


def test_the_gallery_shows_what_is_doubted_the_worst_first(
    qtbot: QtBot, doubted: Dataset, tab: CaptureTab
) -> None:
    tab._arranging.show_only(Show.DOUBTED, all_classes=True)
    qtbot.waitUntil(lambda: len(tab._gallery.samples) == 2)
    assert [sample.path.name for sample in tab._gallery.samples] == ["4.jpg", "0.jpg"]
    assert tab._arranging._note(tab._gallery.samples[0]) == "cup?"
    order = tab.findChild(QComboBox, "orderChooser")
    assert order is not None
    assert order.currentData() == str(Order.LEAST_PROBABLE)
    tab._edits.move([tab._gallery.samples[0]], "cup")
    qtbot.waitUntil(lambda: [s.path.name for s in tab._gallery.samples] == ["0.jpg"])
