"""The map of a dataset beside the gallery, from the features of real images."""

from __future__ import annotations

import multiprocessing

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.marks import Mark
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.map.map_window import MapWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene
from tests.gui.capture.conftest import OpenTab

PATIENCE_MS = 60_000
EACH = 4
ARRANGED = f"{2 * EACH} images; those that look alike stand side by side."


def _put(dataset: Dataset, name: str, seed: int) -> None:
    path = dataset.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode_jpeg(scene(seed)))


@pytest.fixture
def pictures(workspace: Workspace) -> Dataset:
    """The classes pen and cup, and key without images."""
    dataset = create_dataset(workspace, "Pictures", ["pen", "cup", "key"])
    for number in range(EACH):
        _put(dataset, f"pen/pen-{number}.jpg", number)
        _put(dataset, f"cup/cup-{number}.jpg", 50 + number)
    return dataset


@pytest.fixture
def tab(qtbot: QtBot, pictures: Dataset, open_tab: OpenTab) -> CaptureTab:
    tab = open_tab("pictures", camera="")
    qtbot.waitUntil(lambda: len(_shown(tab)) == EACH)
    return tab


@pytest.fixture
def window(qtbot: QtBot, tab: CaptureTab) -> MapWindow:
    """The map when the images are arranged."""
    window = _open(tab)
    qtbot.waitUntil(lambda: window.text == ARRANGED, timeout=PATIENCE_MS)
    return window


def _open(tab: CaptureTab) -> MapWindow:
    (button,) = tab.findChildren(QToolButton, "mapButton")
    button.click()
    (window,) = tab.findChildren(MapWindow)
    return window


def _panel(tab: CaptureTab) -> GalleryPanel:
    (panel,) = tab.findChildren(GalleryPanel)
    return panel


def _shown(tab: CaptureTab) -> set[str]:
    return {sample.mark_name for sample in _panel(tab).samples}


def _choose(window: MapWindow, *names: str) -> None:
    """Click these points, one after the other, with Shift."""
    view = window.view
    for name in names:
        where = view.position_of(view._points.names.index(name)).toPoint()
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, where)


def _choose_all(window: MapWindow) -> None:
    view = window.view
    rect = view.rect().adjusted(2, 2, -2, -2)
    corners = [rect.topLeft(), rect.topRight(), rect.bottomRight(), rect.bottomLeft()]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(view, corner)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corners[-1])


def test_the_map_waits_for_the_features_and_is_drawn_when_they_are_there(
    qtbot: QtBot, studio: Studio, pictures: Dataset, open_tab: OpenTab
) -> None:
    studio.features.hold("test", True)
    tab = open_tab("pictures", camera="")
    window = _open(tab)
    assert window.empty.title == "Looking at the images"
    title = f"Looking at the images: 0 of {2 * EACH}"
    qtbot.waitUntil(lambda: window.empty.title == title, timeout=PATIENCE_MS)
    assert window.empty.isVisible()
    studio.features.hold("test", False)
    qtbot.waitUntil(lambda: window.text == ARRANGED, timeout=PATIENCE_MS)
    assert set(window.view._points.names) == {
        *(f"pen/pen-{n}.jpg" for n in range(EACH)),
        *(f"cup/cup-{n}.jpg" for n in range(EACH)),
    }


def test_the_window_says_what_it_is_and_can_be_used_beside_the_gallery(
    tab: CaptureTab, window: MapWindow
) -> None:
    assert window.windowTitle() == "Map of Pictures"
    assert not window.isModal()
    rows = [row for row in window.legend.findChildren(QAbstractButton) if row.isCheckable()]
    assert [row.toolTip() for row in rows] == ["Hide pen (4)", "Hide cup (4)", "Hide key (0)"]
    (button,) = tab.findChildren(QToolButton, "mapButton")
    assert button.toolTip() == "Show a map of all images (Ctrl+M)"
    assert _open(tab) is window


def test_first_the_components_are_shown_and_then_the_images_arranged(
    qtbot: QtBot, tab: CaptureTab
) -> None:
    window = _open(tab)
    placed: list[np.ndarray] = []
    said: list[str] = []
    tab._map._work.placed.connect(lambda points: placed.append(points.places))
    tab._map._work.changed.connect(lambda: said.append(window.text))
    qtbot.waitUntil(lambda: window.text == ARRANGED, timeout=PATIENCE_MS)
    assert len(placed) == 2
    assert not np.allclose(placed[0], placed[1])
    assert np.array_equal(window.view._points.places, placed[1])
    assert any(text.startswith("Arranging … ") for text in said)


def test_what_is_chosen_on_the_map_is_shown_in_the_gallery_until_escape(
    qtbot: QtBot, tab: CaptureTab, window: MapWindow
) -> None:
    _choose_all(window)
    qtbot.waitUntil(lambda: len(_shown(tab)) == 2 * EACH)
    assert _panel(tab).chosen_line.text == f"{2 * EACH} images chosen on the map"
    QTest.keyClick(window.view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(_shown(tab)) == EACH)
    assert _panel(tab).chosen_line.text == ""
    assert window.isVisible()
    QTest.keyClick(window.view, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_click_opens_an_image_in_the_gallery_and_its_cross_lets_go(
    qtbot: QtBot, tab: CaptureTab, window: MapWindow
) -> None:
    _choose(window, "cup/cup-2.jpg")
    qtbot.waitUntil(lambda: _shown(tab) == {"cup/cup-2.jpg"})
    assert _panel(tab).chosen_line.text == "1 image chosen on the map"
    (cross,) = _panel(tab).findChildren(QToolButton, "chosenClose")
    cross.click()
    assert not window.view.selected.any()
    qtbot.waitUntil(lambda: len(_shown(tab)) == EACH)


def test_a_hidden_class_is_not_chosen(qtbot: QtBot, tab: CaptureTab, window: MapWindow) -> None:
    (row,) = window.legend.findChildren(QAbstractButton, "mapClass-cup")
    row.click()
    assert row.toolTip() == "Show cup (4)"
    _choose_all(window)
    qtbot.waitUntil(lambda: _shown(tab) == {f"pen/pen-{n}.jpg" for n in range(EACH)})


def test_edits_in_the_gallery_are_seen_on_the_map(
    qtbot: QtBot, studio: Studio, tab: CaptureTab, window: MapWindow
) -> None:
    chosen = ("pen/pen-1.jpg", "cup/cup-1.jpg")
    _choose(window, *chosen)
    qtbot.waitUntil(lambda: _shown(tab) == set(chosen))
    panel = _panel(tab)
    tab.activateWindow()
    panel.view.setFocus()
    qtbot.waitUntil(panel.view.hasFocus)
    panel.view.selectAll()
    QTest.keyClick(panel.view, Qt.Key.Key_3)
    moved = {"key/pen-1.jpg", "key/cup-1.jpg"}
    qtbot.waitUntil(lambda: _shown(tab) == moved)
    qtbot.waitUntil(lambda: window.view._points.counts(("key",)) == {"key": 2})
    assert window.legend.findChildren(QAbstractButton, "mapClass-key")[-1].toolTip() == (
        "Hide key (2)"
    )
    panel.view.selectAll()
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: window.view._points.counts(("key",)) == {"key": 0})
    tab._edits.undo()
    qtbot.waitUntil(lambda: _shown(tab) == moved)
    panel.view.selectAll()
    QTest.keyClick(panel.view, Qt.Key.Key_X)
    qtbot.waitUntil(
        lambda: len(tab._contents.folders.marks.names(Mark.EXCLUDED)) == 2,  # type: ignore[union-attr]
    )
    with qtbot.waitSignal(studio.features.changed, timeout=PATIENCE_MS):
        pass
    qtbot.waitUntil(lambda: studio.features.is_complete, timeout=PATIENCE_MS)
    assert window.text == ARRANGED  # none of it makes the map an old one


def test_new_images_make_it_an_old_map_that_is_drawn_again(
    qtbot: QtBot, pictures: Dataset, tab: CaptureTab, window: MapWindow
) -> None:
    _put(pictures, "key/new.jpg", 77)
    (pictures.folder / "pen" / "pen-0.jpg").unlink()
    tab._on_new_images()
    qtbot.waitUntil(lambda: "from before" in window.text, timeout=PATIENCE_MS)
    assert window.text == "The map is from before. New images: 1. Gone: 1."
    (again,) = window.findChildren(QPushButton, "mapAgainButton")
    again.click()
    qtbot.waitUntil(lambda: window.text == ARRANGED, timeout=PATIENCE_MS)
    assert "key/new.jpg" in window.view._points.names
    assert "pen/pen-0.jpg" not in window.view._points.names


def test_the_image_under_the_mouse_is_shown(
    qtbot: QtBot, tab: CaptureTab, window: MapWindow
) -> None:
    place = window.view._points.names.index("cup/cup-3.jpg")
    window.view.pointed_at.emit(place)
    qtbot.waitUntil(lambda: bool(window.view._card and window.view._card[0]))
    assert window.view._card is not None
    assert window.view._card[1] == "cup-3.jpg"


def test_a_few_images_are_no_map(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> None:
    tab = open_tab(camera="")
    window = _open(tab)
    qtbot.waitUntil(lambda: window.empty.title == "Too few images for a map", timeout=PATIENCE_MS)
    assert window.empty.text == "It needs at least 5; 4 images could be looked at."
    for number in range(3):
        _put(things, f"key/{number}.jpg", number)
    tab._on_new_images()
    qtbot.waitUntil(lambda: window.text.startswith("7 images;"), timeout=PATIENCE_MS)


def test_closing_the_window_ends_the_arranging(
    qtbot: QtBot, studio: Studio, tab: CaptureTab
) -> None:
    window = _open(tab)
    work = tab._map._work
    qtbot.waitUntil(lambda: work.arranging_s is not None, timeout=PATIENCE_MS)
    window.close()
    qtbot.waitUntil(lambda: not work.is_running)
    assert multiprocessing.active_children() == []
    again = _open_new(qtbot, tab)
    qtbot.waitUntil(lambda: again.text == ARRANGED, timeout=PATIENCE_MS)


def _open_new(qtbot: QtBot, tab: CaptureTab) -> MapWindow:
    qtbot.waitUntil(lambda: not tab.findChildren(MapWindow))
    return _open(tab)


def test_arranging_that_is_stopped_leaves_the_first_map_and_says_so(
    qtbot: QtBot, tab: CaptureTab
) -> None:
    window = _open(tab)
    work = tab._map._work
    qtbot.waitUntil(lambda: work.arranging_s is not None, timeout=PATIENCE_MS)
    assert work._arranging.activity is not None
    work._arranging.activity.stop()
    qtbot.waitUntil(lambda: window.text.startswith("Not arranged"), timeout=PATIENCE_MS)
    assert len(window.view._points) == 2 * EACH
    (again,) = window.findChildren(QPushButton, "mapAgainButton")
    again.click()
    qtbot.waitUntil(lambda: window.text == ARRANGED, timeout=PATIENCE_MS)


def test_escape_lets_go_first_wherever_the_focus_is(
    qtbot: QtBot, tab: CaptureTab, window: MapWindow
) -> None:
    _choose(window, "cup/cup-2.jpg")
    (row,) = window.legend.findChildren(QAbstractButton, "mapClass-cup")
    QTest.keyClick(row, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert not window.view.selected.any()
    QTest.keyClick(row, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_another_dataset_closes_the_map(
    qtbot: QtBot, studio: Studio, things: Dataset, tab: CaptureTab, window: MapWindow
) -> None:
    studio.load_datasets()
    studio.choose_dataset("things")
    qtbot.waitUntil(lambda: not tab.findChildren(MapWindow))


def test_the_keys_of_the_map_move_nothing_in_the_gallery(
    qtbot: QtBot, tab: CaptureTab, window: MapWindow
) -> None:
    _choose(window, "cup/cup-2.jpg")
    qtbot.waitUntil(lambda: _shown(tab) == {"cup/cup-2.jpg"})
    _panel(tab).view.selectAll()
    for key in (Qt.Key.Key_1, Qt.Key.Key_X, Qt.Key.Key_Delete):
        QTest.keyClick(window.view, key)
    assert _shown(tab) == {"cup/cup-2.jpg"}
    assert tab._edits.stack.count() == 0


def test_nothing_of_the_window_is_cut_at_its_least_size(
    qtbot: QtBot, tab: CaptureTab, window: MapWindow
) -> None:
    window.resize(window.minimumSize())
    QApplication.processEvents()
    (hint,) = [w for w in window.findChildren(QAbstractButton) if w.objectName() == "mapFit"]
    assert hint.visibleRegion().boundingRect().size() == hint.size()
    assert window.view.mapTo(window, QPoint(0, 0)).x() >= 0
    assert window.view.width() > 300
