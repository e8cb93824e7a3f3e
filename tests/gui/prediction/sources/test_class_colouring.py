"""A class has the colour of its dataset's card, and text on it can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSettings
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from cnn_studio.data.cards import write_card
from cnn_studio.data.catalog import create_dataset, list_datasets
from cnn_studio.gui.class_colours import USUAL_COLOURS
from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring, colours_of
from cnn_studio.gui.theme import CLASS_COLOURS, Mode, Theme
from cnn_studio.models.bundle import read_bundle
from cnn_studio.paths import Workspace


@pytest.fixture
def theme(qapp: QApplication, tmp_path: Path) -> Theme:
    theme = Theme(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    theme.set_mode(Mode.LIGHT)
    return theme


def test_the_colours_are_the_dataset_s_where_it_is_known(
    models: Path, workspace: Workspace
) -> None:
    bundle = read_bundle(models / "colours")
    assert list(colours_of(bundle, ()).values()) == list(CLASS_COLOURS[:3])
    dataset = create_dataset(workspace, "Tints", ("red", "blue", "green"))
    write_card(dataset.folder, replace(dataset.card, colours={"blue": "#102030"}))
    learned = replace(bundle, dataset=dataset.name)
    found = colours_of(learned, list_datasets(workspace))
    assert found["blue"] == "#102030"
    assert set(found) == {"red", "green", "blue"}


def test_every_class_colour_has_ink_that_can_be_read(theme: Theme) -> None:
    colouring = ClassColouring(theme)
    colouring.add({colour: colour for colour in USUAL_COLOURS})
    for colour in USUAL_COLOURS:
        assert _contrast(colouring.ink_on(colour), colouring.colour_of(colour)) > 4.0
    for mode in (Mode.LIGHT, Mode.DARK):
        theme.set_mode(mode)
        assert _contrast(colouring.ink_on(None), colouring.colour_of(None)) > 4.5


def test_unknown_is_hatched_so_that_it_is_told_from_a_grey_class(theme: Theme) -> None:
    colouring = ClassColouring(theme)
    colouring.add({"fog": theme.color("line_strong").name()})
    assert len(_colours_painted(colouring, "fog")) == 1
    assert len(_colours_painted(colouring, None)) > 1


def _colours_painted(colouring: ClassColouring, name: str | None) -> set[int]:
    image = QImage(24, 24, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    colouring.fill(painter, QRectF(image.rect()), name)
    painter.end()
    return {image.pixel(x, y) for x in range(24) for y in range(24)}


def _contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2.1, 1 to 21."""
    lights = sorted(_light(colour) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
