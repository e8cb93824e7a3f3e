"""Both looks can be read, and changing between them is remembered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from cnn_studio.gui.theme import DARK, LIGHT, Mode, Theme, Tokens
from cnn_studio.paths import resources


def _luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = QColor(colour).getRgbF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, success criterion 1.4.3."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("word", "ground", "least"),
    [
        ("text", "surface", 7.0),
        ("text", "ground", 7.0),
        ("text", "selection", 7.0),
        ("text_quiet", "surface", 4.5),
        ("text_quiet", "ground", 4.5),
        ("accent", "surface", 4.5),
        ("on_accent", "accent", 4.5),
        ("on_record", "record", 4.5),
        ("record", "surface", 4.5),
        ("good", "surface", 4.5),
        ("warn", "surface", 4.5),
        ("training", "surface", 3.0),
        ("validation", "surface", 3.0),
    ],
)
def test_words_stand_out_from_their_ground(
    tokens: Tokens, word: str, ground: str, least: float
) -> None:
    assert _contrast(getattr(tokens, word), getattr(tokens, ground)) >= least


def test_the_chosen_look_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    theme = Theme(settings)
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(Mode.DARK)
    assert theme.is_dark
    assert theme.tokens is DARK
    again = Theme(settings)
    assert again.mode is Mode.DARK
    again.set_mode(Mode.LIGHT)
    assert again.color("ground") == QColor(LIGHT.ground)


def test_a_look_that_nobody_knows_is_the_systems(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("look/mode", "sepia")
    assert Theme(settings).mode is Mode.SYSTEM


def test_every_icon_that_the_code_names_is_drawn(qtbot: QtBot, tmp_path: Path) -> None:
    package = Path(__file__).parents[2] / "cnn_studio" / "gui"
    named = {
        name
        for source in package.rglob("*.py")
        for name in re.findall(r"\.icon\(\s*\"([a-z-]+)\"", source.read_text("utf-8"))
    }
    assert named >= {"more", "dataset"}
    missing = {name for name in named if not (resources() / "icons" / f"{name}.svg").is_file()}
    assert not missing


def test_icons_are_painted_in_the_colour_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    theme = Theme(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    image = theme.icon("record", "record").pixmap(32, 32).toImage()
    centre = image.pixelColor(image.width() // 2, image.height() // 2)
    assert centre == theme.color("record")
