"""Images of many bits or bands: asked for once in the preview, said before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.data.pixel_survey import choice_of, surveyed
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.capture.transfer.import_pixels import PixelRow
from cnn_studio.vision.images import read_image
from tests.gui.capture.conftest import OpenTab
from tests.gui.capture.test_capture_tab import drop, files, message, part, row_of
from tests.gui.capture.transfer.test_import_preview import drop_beside, label, press, preview
from tests.vision.test_bands import tile_file
from tests.vision.test_pixel_ranges import tif


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _tiles(folder: Path) -> Path:
    random = np.random.default_rng(2)
    for number in range(3):
        pixels = random.integers(0, 3000, (24, 24, 8)).astype(np.uint16)
        _put(folder / "field" / f"{number}.tif", tile_file(pixels))
    return folder


def _warm(folder: Path) -> Path:
    for number in range(3):
        values = np.linspace(29_000, 30_000 + number, 1600).reshape(40, 40)
        _put(folder / "warm" / f"{number}.tif", tif(values.astype(np.uint16)))
    return folder


def _opened(qtbot: QtBot, tab: CaptureTab, source: Path) -> ImportDialog:
    drop_beside(tab, files(source))
    return preview(qtbot, tab)


def _type(field: QWidget, text: str) -> None:
    line = field.lineEdit() if isinstance(field, QComboBox) else field
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def _stored(dataset: Dataset, name: str) -> list[Path]:
    return sorted((dataset.folder / name).iterdir())


def test_bands_are_asked_for_and_the_pictures_follow(
    qtbot: QtBot, open_tab: OpenTab, things: Dataset, tmp_path: Path
) -> None:
    tab = open_tab()
    dialog = _opened(qtbot, tab, _tiles(tmp_path / "in"))
    assert "1, 2 and 3 are shown as red, green and blue" in label(dialog, "importPixels")
    field = dialog.findChild(QLineEdit, "importBandsField")
    assert field is not None
    assert field.text() == "1,2,3"
    changed = dialog.findChild(PixelRow)
    assert changed is not None
    with qtbot.waitSignal(changed.changed):
        _type(field, "8,4,2")
    assert dialog.isVisible()  # Enter ended the typing and nothing else
    assert "8, 4 and 2 are shown as red, green and blue" in label(dialog, "importPixels")
    _type(field, "9,4,2")
    assert "must be from 1 to 8" in label(dialog, "importPixels")
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "8, 4 and 2 are shown" in message(tab))
    assert len(_stored(things, "field")) == 3


def test_hardly_used_is_said_before_it_is_stored(
    qtbot: QtBot, open_tab: OpenTab, things: Dataset, tmp_path: Path
) -> None:
    tab = open_tab()
    dialog = _opened(qtbot, tab, _warm(tmp_path / "in"))
    assert "use only 2 % of 0..65535" in label(dialog, "importPixels")
    chooser = dialog.findChild(QComboBox, "importRangeChooser")
    assert chooser is not None
    shown = [chooser.itemText(place) for place in range(chooser.count())]
    assert shown == ["By the files", "0..65535", "29000..30002"]
    _type(chooser, "29000..31000")
    assert "29000..31000 is black to white" in label(dialog, "importPixels")
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "29000..31000 is black to white" in message(tab))
    assert 120 < read_image(_stored(things, "warm")[0]).max() < 132


def test_single_tiles_are_asked_for_too_and_plain_photos_are_not(
    qtbot: QtBot, open_tab: OpenTab, things: Dataset, tmp_path: Path
) -> None:
    tab = open_tab()
    source = _tiles(tmp_path / "in") / "field"
    assert drop(part(tab, ClassView), row_of(tab, 0), files(source / "0.tif"))
    dialog = preview(qtbot, tab)
    assert "1 image has 8 bands" in label(dialog, "importPixels")
    dialog.reject()


@pytest.mark.parametrize("text", ["5", "a..b", "9..3"])
def test_what_is_no_range_is_said_and_changes_nothing(
    qtbot: QtBot, open_tab: OpenTab, tmp_path: Path, text: str
) -> None:
    dialog = _opened(qtbot, open_tab(), _warm(tmp_path / "in"))
    chooser = dialog.findChild(QComboBox, "importRangeChooser")
    assert chooser is not None
    _type(chooser, text)
    assert "as in 0..4095" in label(dialog, "importPixels")
    chooser.setCurrentIndex(0)
    chooser.activated.emit(0)
    assert "use only 2 %" in label(dialog, "importPixels")
    dialog.reject()


def test_later_tiles_are_read_as_those_before_unless_a_person_decides_otherwise(
    qtbot: QtBot, open_tab: OpenTab, things: Dataset, tmp_path: Path
) -> None:
    with plan_import(ClassFolders(things), [_tiles(tmp_path / "in")]) as plan:
        plan.pixels = surveyed(plan.files).chosen(choice_of(bands="8,4,2"))
        run_import(plan)
    tab = open_tab()
    random = np.random.default_rng(9)
    _put(tmp_path / "later" / "field" / "a.tif", tile_file(_deep(random)))
    _put(tmp_path / "later" / "river" / "b.tif", tile_file(_deep(random)))
    dialog = _opened(qtbot, tab, tmp_path / "later")
    said = label(dialog, "importPixels")
    assert said.startswith("2 images are read as those before: 8, 4 and 2 are shown")
    field = dialog.findChild(QLineEdit, "importBandsField")
    assert field is not None
    assert field.text() == "8,4,2"
    _type(field, "8,4,2")
    assert label(dialog, "importPixels") == said
    _type(field, "1,2,3")
    assert "1, 2 and 3 are shown" in label(dialog, "importPixels")
    _type(field, "8,4,2")
    assert label(dialog, "importPixels") == said
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "8, 4 and 2 are shown" in message(tab))


def _deep(random: np.random.Generator) -> np.ndarray:
    return random.integers(0, 900, (24, 24, 8)).astype(np.uint16)
