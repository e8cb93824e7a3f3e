"""Both looks can be read, and changing between them is remembered."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
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
        ("text_disabled", "surface", 3.0),
        ("text_disabled", "ground", 3.0),
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


def test_deleting_and_opening_the_trash_have_icons_of_different_shapes(
    qtbot: QtBot, tmp_path: Path
) -> None:
    theme = Theme(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    delete, trash = (_ink(theme.icon(name)) for name in ("delete", "trash"))
    assert min(len(delete), len(trash)) > 40
    shared = len(delete & trash) / len(delete | trash)
    assert shared < 0.4  # two shapes of one bin shared more than 0.7


def _ink(icon: QIcon) -> set[tuple[int, int]]:
    image = icon.pixmap(18, 18).toImage()
    size = range(image.width())
    return {(x, y) for x in size for y in size if image.pixelColor(x, y).alpha() > 100}


@pytest.fixture(params=[Mode.LIGHT, Mode.DARK])
def looked(
    request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> Theme:
    """Each look in turn, on the whole program."""
    theme = Theme(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    theme.set_mode(request.param)
    return theme


def _menu_button(menu: QMenu, kind: str = "") -> QToolButton:
    button = QToolButton()
    button.setProperty("menu", "true")
    button.setProperty("kind", kind)
    button.setText("Move to")
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return button


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("kind", ["tool", "segment", "push", "combo", "spin"])
def test_the_arrow_of_whatever_opens_can_be_seen(
    qtbot: QtBot, looked: Theme, kind: str, enabled: bool
) -> None:
    """Where nothing but the arrow is: in the last pixels before the right edge."""
    menu = QMenu()
    menu.addAction("pen")
    qtbot.addWidget(menu)
    widget: QWidget
    if kind == "push":
        widget = QPushButton("Move to")
        widget.setMenu(menu)
    elif kind == "combo":
        widget = QComboBox()
        widget.addItem("pen")
    elif kind == "spin":
        widget = QSpinBox()
    else:
        widget = _menu_button(menu, kind if kind == "segment" else "")
    widget.setEnabled(enabled)
    frame = QFrame()
    frame.setProperty("panel", "true")
    QHBoxLayout(frame).addWidget(widget)
    qtbot.addWidget(frame)
    frame.show()
    image = widget.grab().toImage()
    area = QRect(widget.width() - 24, 6, 20, widget.height() - 12)
    assert _contrast_in(image, area) >= 3.0


def test_the_arrow_of_a_submenu_can_be_seen(qtbot: QtBot, looked: Theme) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)
    action = menu.addMenu("Move to").menuAction()
    menu.resize(menu.sizeHint())
    place = menu.actionGeometry(action)
    image = menu.grab().toImage()
    area = QRect(place.right() - 22, place.top(), 20, place.height())
    assert _contrast_in(image, area) >= 3.0


@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_what_can_be_ticked_has_an_edge_that_can_be_seen(
    qtbot: QtBot, looked: Theme, kind: type[QCheckBox] | type[QRadioButton]
) -> None:
    widget = kind("pen")
    qtbot.addWidget(widget)
    assert _contrast_in(widget.grab().toImage(), QRect(0, 0, 16, widget.height())) >= 3.0


def _contrast_in(image: QImage, area: QRect) -> float:
    """The largest contrast of a pixel against the commonest one of an area."""
    colours = [
        image.pixelColor(x, y).name()
        for x in range(area.left(), area.right() + 1)
        for y in range(area.top(), area.bottom() + 1)
    ]
    ((ground, _count),) = Counter(colours).most_common(1)
    return max(_contrast(colour, ground) for colour in set(colours))
