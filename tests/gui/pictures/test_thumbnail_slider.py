"""Larger and smaller thumbnails: by slider, keys and wheel, sharp at every size, remembered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider
from pytestqt.qtbot import QtBot

from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.pictures.gallery_delegate import GAP, LEAST_SIDE
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.thumbnail_slider import SIDES, ThumbnailSlider
from cnn_studio.gui.theme import Theme
from cnn_studio.vision.images import encode_jpeg

_CONTROL = Qt.KeyboardModifier.ControlModifier
_COUNT = 200


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Photos of 900 x 900, all alike, under names of their own."""
    folder = tmp_path_factory.mktemp("pen")
    pixels = np.random.default_rng(1).integers(0, 256, (900, 900, 3), np.uint8)
    data = encode_jpeg(pixels, 60)
    first = folder / "first.jpg"
    first.write_bytes(data)
    paths = [folder / f"pen-{place:03}.jpg" for place in range(_COUNT)]
    for path in paths:
        path.hardlink_to(first)
    return [Sample(path, "pen") for path in paths]


@pytest.fixture
def panel(
    qapp: QApplication, qtbot: QtBot, settings: QSettings, samples: list[Sample]
) -> Iterator[GalleryPanel]:
    """A gallery of many photos in a window of 1000 x 700."""
    panel = GalleryPanel(Theme(settings), settings)
    qtbot.addWidget(panel)
    panel.resize(1000, 700)
    panel.set_class("pen", ["mug"], True)
    panel.set_samples(samples, _COUNT)
    panel.show()
    yield panel
    panel.shutdown()


def _slider(panel: GalleryPanel) -> ThumbnailSlider:
    found = panel.findChild(ThumbnailSlider)
    assert found is not None
    return found


def _turn_wheel(panel: GalleryPanel, eighths: int, keys: Qt.KeyboardModifier = _CONTROL) -> None:
    where = QPointF(200, 200)
    event = QWheelEvent(
        where,
        panel.view.viewport().mapToGlobal(where),
        QPoint(),
        QPoint(0, eighths),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel.view.viewport(), event)


def _tile(panel: GalleryPanel) -> int:
    return panel.view.grid.cell - GAP


def test_slider_keys_and_wheel_change_the_size_and_ctrl_0_leads_back(panel: GalleryPanel) -> None:
    slider, before = _slider(panel), _tile(panel)
    assert slider.isVisible()
    assert slider.side == LEAST_SIDE
    slider.setValue(slider.maximum())
    assert _tile(panel) >= SIDES[-1]
    window = panel.windowHandle()
    QTest.keyClick(window, Qt.Key.Key_0, _CONTROL)
    assert _tile(panel) == before
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Plus):
        QTest.keyClick(window, key, _CONTROL)
    assert slider.side == 192
    QTest.keyClick(window, Qt.Key.Key_Minus, _CONTROL)
    assert slider.side == 160
    _turn_wheel(panel, -240)
    assert slider.side == LEAST_SIDE
    for _touch in range(3):  # a touchpad turns it by less than a notch
        _turn_wheel(panel, 40)
    assert slider.side == 136


def test_the_wheel_alone_scrolls_and_changes_no_size(panel: GalleryPanel) -> None:
    _turn_wheel(panel, -120, Qt.KeyboardModifier.NoModifier)
    assert _slider(panel).side == LEAST_SIDE
    assert panel.view.verticalScrollBar().value() > 0


def test_the_size_is_remembered_and_nonsense_is_the_usual_one(
    panel: GalleryPanel, qtbot: QtBot, settings: QSettings
) -> None:
    _slider(panel).setValue(SIDES.index(232))
    for kept, expected in ((None, 232), ("large", LEAST_SIDE), ("99999", 400), ("150", 160)):
        if kept is not None:
            settings.setValue("gallery/thumbnailSide", kept)
        other = GalleryPanel(Theme(settings), settings)
        qtbot.addWidget(other)
        assert _slider(other).side == expected
        assert other.view.grid.cell >= expected + GAP
        other.shutdown()


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("place", [0, SIDES.index(LEAST_SIDE), SIDES.index(232), len(SIDES) - 1])
def test_pictures_are_as_sharp_as_the_tile(
    panel: GalleryPanel,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    samples: list[Sample],
    ratio: int,
    place: int,
) -> None:
    monkeypatch.setattr(panel.view, "devicePixelRatioF", lambda: float(ratio))
    slider = _slider(panel)
    slider.setValue(0 if place else 1)
    slider.setValue(place)
    model = panel.view.model()
    assert isinstance(model, GalleryModel)

    def is_sharp() -> bool:
        first, last = panel.view.rows_in_sight()
        made = [model.thumbnail(model.index(row, 0)) for row in range(first, last + 1)]
        widths = [each.pixmap.width() for each in made if each is not None and each.pixmap]
        wanted = min(_tile(panel) * ratio, 900)  # the photos have no more pixels
        return len(widths) == len(made) and min(widths) >= wanted

    qtbot.waitUntil(is_sharp, timeout=30_000)


def test_pictures_stay_on_the_screen_until_larger_ones_come(
    panel: GalleryPanel, qtbot: QtBot, samples: list[Sample]
) -> None:
    model = panel.view.model()
    assert isinstance(model, GalleryModel)
    qtbot.waitUntil(lambda: model.thumbnail(model.index(0, 0)) is not None, timeout=30_000)
    _slider(panel).setValue(len(SIDES) - 1)
    shown = model.thumbnail(model.index(0, 0))
    assert shown is not None
    assert shown.pixmap is not None


def test_what_was_in_sight_stays_in_sight(panel: GalleryPanel) -> None:
    view, slider = panel.view, _slider(panel)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    middle = view.indexAt(QPoint(4, view.viewport().height() // 2)).row()
    for place in (len(SIDES) - 1, 0, SIDES.index(160)):
        slider.setValue(place)
        first, last = view.rows_in_sight()
        assert first <= middle <= last
    view.setCurrentIndex(view.model().index(150, 0))
    for place in (len(SIDES) - 1, 0):
        slider.setValue(place)
        first, last = view.rows_in_sight()
        assert first <= 150 <= last


def test_a_narrow_gallery_has_the_keys_and_no_slider(panel: GalleryPanel) -> None:
    panel.resize(640, 500)
    assert not panel.findChild(QSlider, "thumbnailSlider").isVisible()
    QTest.keyClick(panel.windowHandle(), Qt.Key.Key_Plus, _CONTROL)
    assert _slider(panel).side == 136


def test_every_key_is_named_where_the_sheet_of_keys_looks(panel: GalleryPanel) -> None:
    named = {action.objectName(): action.toolTip() for action in panel.actions()}
    assert named["largerThumbnails"].endswith("(Ctrl++)")
    assert named["smallerThumbnails"].endswith("(Ctrl+-)")
    assert named["usualThumbnails"].endswith("(Ctrl+0)")
    assert "Ctrl++" in _slider(panel).toolTip()
