"""Images alike to one in the gallery: found, shown, edited, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_changes import marking
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.gallery.arrangement import Order
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene
from tests.gui.capture.conftest import OpenTab

PATIENCE_MS = 30_000
EACH = 4


@pytest.fixture
def twins(workspace: Workspace) -> Dataset:
    """The classes pen and cup: each image of one has a darker twin in the other; key has none."""
    dataset = create_dataset(workspace, "Twins", ["pen", "cup", "key"])
    for number in range(EACH):
        image = scene(number)
        darker = (image * 0.8).astype(np.uint8)
        for name, pixels in ((f"pen/{number}.jpg", image), (f"cup/twin-{number}.jpg", darker)):
            path = dataset.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(encode_jpeg(pixels))
    return dataset


@pytest.fixture
def tab(qtbot: QtBot, twins: Dataset, open_tab: OpenTab) -> CaptureTab:
    tab = open_tab("twins", camera="")
    tab._contents.choose("pen")
    qtbot.waitUntil(lambda: _names(tab) == {f"pen/{n}.jpg" for n in range(EACH)})
    return tab


def _panel(tab: CaptureTab) -> GalleryPanel:
    (panel,) = tab.findChildren(GalleryPanel)
    return panel


def _shown(tab: CaptureTab) -> list[str]:
    return [sample.mark_name for sample in _panel(tab).samples]


def _names(tab: CaptureTab) -> set[str]:
    return set(_shown(tab))


def _select(tab: CaptureTab, name: str) -> None:
    panel = _panel(tab)
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.view.model().index(_shown(tab).index(name), 0))


def _find(qtbot: QtBot, tab: CaptureTab, name: str = "pen/1.jpg") -> None:
    """Press A on an image, and wait until all that is alike is shown."""
    _select(tab, name)
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: len(_shown(tab)) == 2 * EACH, timeout=PATIENCE_MS)
    text = f"Alike to {name.rpartition('/')[2]}"
    qtbot.waitUntil(lambda: _panel(tab).chosen_line.text == text, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: _shown(tab)[:1] == [name])


def test_a_shows_the_images_of_all_classes_the_most_alike_first(
    qtbot: QtBot, tab: CaptureTab
) -> None:
    _find(qtbot, tab)
    panel = _panel(tab)
    assert _shown(tab)[:2] == ["pen/1.jpg", "cup/twin-1.jpg"]
    notes = [panel._model.note(panel._model.index(row, 0)) for row in range(2 * EACH)]
    assert notes[0] == ""
    shares = [int(note.removesuffix(" %")) for note in notes[1:]]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 90


@pytest.mark.parametrize("way", ["escape", "cross", "class"])
def test_the_way_back(qtbot: QtBot, tab: CaptureTab, way: str) -> None:
    _find(qtbot, tab)
    if way == "escape":
        QTest.keyClick(_panel(tab).view, Qt.Key.Key_Escape)
    elif way == "cross":
        (cross,) = _panel(tab).findChildren(QToolButton, "chosenClose")
        cross.click()
    else:
        tab._contents.choose("cup")
    of_class = "cup/twin-{}.jpg" if way == "class" else "pen/{}.jpg"
    qtbot.waitUntil(lambda: _names(tab) == {of_class.format(n) for n in range(EACH)})
    assert _panel(tab).chosen_line.text == ""
    if way != "class":
        current = _panel(tab).current_sample
        assert current is not None
        assert current.mark_name == "pen/1.jpg"


def test_what_is_moved_or_brought_back_stays_in_its_place(qtbot: QtBot, tab: CaptureTab) -> None:
    _find(qtbot, tab)
    order = _shown(tab)
    _select(tab, "cup/twin-1.jpg")
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_3)
    moved = [order[0], "key/twin-1.jpg", *order[2:]]
    qtbot.waitUntil(lambda: _shown(tab) == moved)
    _select(tab, order[3])
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: _shown(tab) == moved[:3] + moved[4:])
    tab._edits.undo()
    qtbot.waitUntil(lambda: _shown(tab) == moved)
    tab._edits.undo()
    qtbot.waitUntil(lambda: _shown(tab) == order)


def test_the_filter_goes_on_among_them_and_orders_them_otherwise(
    qtbot: QtBot, tab: CaptureTab
) -> None:
    _find(qtbot, tab)
    panel, order = _panel(tab), _shown(tab)
    panel.set_filter_visible(True)
    (chooser,) = panel.findChildren(QComboBox, "orderChooser")
    assert chooser.currentText() == "Most alike"
    (scope,) = panel.findChildren(QComboBox, "scopeChooser")
    scope.setCurrentIndex(0)
    qtbot.waitUntil(lambda: _shown(tab) == [name for name in order if name.startswith("pen/")])
    panel.set_filter_visible(False)
    qtbot.waitUntil(lambda: _shown(tab) == order)
    tab._arranging.end_chosen()
    assert chooser.findData(str(Order.GIVEN)) < 0
    assert chooser.currentData() == str(Order.NEWEST)


def test_the_large_view_finds_alike_too_but_not_by_a_held_key(
    qtbot: QtBot, tab: CaptureTab
) -> None:
    _select(tab, "pen/2.jpg")
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_Space)
    (large,) = [view for view in tab.findChildren(LargeView) if view.isVisible()]
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a", True)
    QApplication.sendEvent(large, held)
    assert large.isVisible()
    QTest.keyClick(large, Qt.Key.Key_A)
    assert not large.isVisible()
    qtbot.waitUntil(lambda: _shown(tab)[:2] == ["pen/2.jpg", "cup/twin-2.jpg"], timeout=PATIENCE_MS)


def test_it_is_said_that_images_are_still_looked_at_and_done_when_they_are(
    qtbot: QtBot, studio: Studio, twins: Dataset, open_tab: OpenTab
) -> None:
    studio.features.hold("test", True)
    tab = open_tab("twins", camera="")
    qtbot.waitUntil(lambda: len(_shown(tab)) == EACH)
    name = _shown(tab)[0]
    _select(tab, name)
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_A)
    line = _panel(tab).chosen_line
    qtbot.waitUntil(lambda: line.text.startswith("Looking at the images"), timeout=PATIENCE_MS)
    assert name.rpartition("/")[2] in line.text
    assert len(_shown(tab)) == EACH
    studio.features.hold("test", False)
    qtbot.waitUntil(lambda: len(_shown(tab)) == 2 * EACH, timeout=PATIENCE_MS)
    assert _shown(tab)[0] == name


def test_it_is_found_again_when_the_last_image_has_been_looked_at(
    qtbot: QtBot, studio: Studio, twins: Dataset, tab: CaptureTab
) -> None:
    _find(qtbot, tab)
    studio.features.hold("test", True)
    copy = twins.folder / "key" / "copy.jpg"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(encode_jpeg((scene(1) * 0.98).astype(np.uint8)))
    tab._on_new_images()
    qtbot.waitUntil(lambda: studio.features.counts == (8, 9), timeout=PATIENCE_MS)
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(_shown(tab)) == EACH)
    _select(tab, "pen/1.jpg")
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_A)
    line = _panel(tab).chosen_line
    partly = "Alike to 1.jpg, of 8 of 9 images looked at so far"
    qtbot.waitUntil(lambda: line.text == partly, timeout=PATIENCE_MS)
    studio.features.hold("test", False)
    qtbot.waitUntil(lambda: line.text == "Alike to 1.jpg", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: _shown(tab)[:2] == ["pen/1.jpg", "key/copy.jpg"])


def test_what_is_waited_for_can_be_called_off(
    qtbot: QtBot, studio: Studio, twins: Dataset, open_tab: OpenTab
) -> None:
    studio.features.hold("test", True)
    tab = open_tab("twins", camera="")
    qtbot.waitUntil(lambda: len(_shown(tab)) == EACH)
    _select(tab, _shown(tab)[0])
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_A)
    line = _panel(tab).chosen_line
    qtbot.waitUntil(lambda: bool(line.text), timeout=PATIENCE_MS)
    QTest.keyClick(_panel(tab).view, Qt.Key.Key_Escape)
    assert line.text == ""
    studio.features.hold("test", False)
    qtbot.waitUntil(lambda: len(studio.features.table) == 2 * EACH, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: studio.features.is_complete, timeout=PATIENCE_MS)
    assert line.text == ""
    assert len(_shown(tab)) == EACH


def test_an_image_that_is_left_out_has_its_like_found(
    qtbot: QtBot, twins: Dataset, open_tab: OpenTab
) -> None:
    folders = ClassFolders(twins)
    left_out = [sample for sample in folders.samples("pen") if sample.path.name == "3.jpg"]
    folders.carry_out(marking(folders, left_out, Mark.EXCLUDED, True))
    tab = open_tab("twins", camera="")
    tab._contents.choose("pen")
    qtbot.waitUntil(lambda: "pen/3.jpg" in _names(tab))
    _find(qtbot, tab, "pen/3.jpg")
    assert _shown(tab)[1] == "cup/twin-3.jpg"


def test_another_dataset_is_shown_whole(
    qtbot: QtBot, studio: Studio, tab: CaptureTab, things: Dataset
) -> None:
    _find(qtbot, tab)
    studio.load_datasets()
    studio.choose_dataset("things")
    qtbot.waitUntil(lambda: len(_shown(tab)) == 3)
    assert _panel(tab).chosen_line.text == ""


def test_the_action_names_its_key_and_needs_a_selection(tab: CaptureTab) -> None:
    action = tab.findChild(QAction, "alike")
    assert action is not None
    assert action.toolTip() == "Find alike (A)"
    assert not action.isEnabled()
    _select(tab, "pen/0.jpg")
    assert action.isEnabled()
