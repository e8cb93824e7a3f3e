"""The colours of the program in one place, light and dark, and the icons drawn in them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QObject, QRectF, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from cnn_studio.paths import cache_folder, resources

# Icons on buttons at 1x and 2x, and the large ones of empty pages; Qt scales down from these.
_BUTTON_SIZES = (16, 18, 32, 36)
_LARGEST_SIZE = 96
_SETTING = "look/mode"


class Mode(StrEnum):
    """Which of the two looks is shown."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Tokens:
    """What each colour is for; values are #RRGGBB."""

    ground: str
    surface: str
    line: str
    line_strong: str
    hover: str
    pressed: str
    selection: str
    text: str
    text_quiet: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    record: str
    on_record: str
    good: str
    warn: str
    training: str
    validation: str


LIGHT = Tokens(
    ground="#F6F7F9",
    surface="#FFFFFF",
    line="#DDE1E7",
    line_strong="#C3C9D2",
    hover="#F0F2F5",
    pressed="#E4E8ED",
    selection="#E6EEFD",
    text="#1B1F24",
    text_quiet="#5B6470",
    text_disabled="#858C97",
    accent="#2563EB",
    accent_hover="#1D56D6",
    accent_pressed="#1849BA",
    on_accent="#FFFFFF",
    record="#DC2626",
    on_record="#FFFFFF",
    good="#15803D",
    warn="#B45309",
    training="#2563EB",
    validation="#D97706",
)

DARK = Tokens(
    ground="#17191D",
    surface="#1F2228",
    line="#30353D",
    line_strong="#434A55",
    hover="#282C33",
    pressed="#31363F",
    selection="#263650",
    text="#E8EAED",
    text_quiet="#9AA3AF",
    text_disabled="#757E8B",
    accent="#6EA8FE",
    accent_hover="#86B6FE",
    accent_pressed="#5B97F0",
    on_accent="#10151D",
    record="#F87171",
    on_record="#1B0F0F",
    good="#4ADE80",
    warn="#FBBF24",
    training="#6EA8FE",
    validation="#F0A043",
)

CLASS_COLOURS = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
    "#8C8C8C",
)
"""Okabe and Ito's colour-blind safe order ("Color Universal Design", 2008), grey last."""

# fmt: off
FURTHER_COLOURS = (
    "#8E2FFF", "#E3004C", "#687142", "#9784E3", "#71A139", "#71687B", "#B3845E", "#A15568",
    "#008E8E", "#8E6826", "#BD7B7B", "#5E7171", "#D02600", "#FF13FF", "#7197A1", "#D0007B",
    "#8E841C", "#555ED9", "#3984FF", "#397B55", "#FF5E39", "#BD13BD", "#7B9784", "#7B5EA1",
    "#8E8468", "#8E7168", "#FF5568", "#687BA1", "#B368C6", "#B3554C", "#FF428E", "#008EBD",
)
# fmt: on
"""For more than eight classes, those that differ most first.

They were searched for, among all colours that have a contrast of 3:1 on both surfaces, as the set
whose closest two lie farthest apart together with the eight: 11.7 by CIEDE2000 (the eight alone:
21.7), and 3.9 as a person without green cones sees them (the eight alone: 7.5).
"""


class Theme(QObject):
    """Follows the system's light or dark look unless the person has chosen one.

    Signals:
        changed: The colours are others now; what paints by itself paints again.
    """

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._icons: dict[tuple[str, str], QIcon] = {}
        try:
            self._mode = Mode(str(settings.value(_SETTING, Mode.SYSTEM)))
        except ValueError:  # written by a newer version or by hand
            self._mode = Mode.SYSTEM
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)

    @property
    def mode(self) -> Mode:
        """What the person has chosen."""
        return self._mode

    @property
    def is_dark(self) -> bool:
        """Which look is on the screen."""
        if self._mode is Mode.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode is Mode.DARK

    @property
    def tokens(self) -> Tokens:
        """The colours on the screen."""
        return DARK if self.is_dark else LIGHT

    def color(self, token: str) -> QColor:
        """One token as a colour to paint with."""
        return QColor(getattr(self.tokens, token))

    def set_mode(self, mode: Mode) -> None:
        """Choose a look and remember it."""
        self._mode = mode
        self._settings.setValue(_SETTING, str(mode))
        self.apply()

    def apply(self) -> None:
        """Give the whole application this look."""
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        self._icons.clear()
        application.setPalette(_palette(self.tokens))
        application.setStyleSheet(_style_sheet(self.tokens, self.is_dark))
        self.changed.emit()

    def icon(self, name: str, token: str = "text") -> QIcon:
        """An icon of resources/icons in one of the colours, sharp on every screen."""
        colour = getattr(self.tokens, token)
        key = (name, colour)
        if key not in self._icons:
            self._icons[key] = _coloured_icon(name, colour, self.tokens.text_disabled)
        return self._icons[key]

    def _on_system_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._mode is Mode.SYSTEM:
            self.apply()


def _svg(name: str, colour: str) -> bytes:
    text = (resources() / "icons" / f"{name}.svg").read_text("utf-8")
    return text.replace("currentColor", colour).encode()


def _coloured_icon(name: str, colour: str, disabled_colour: str) -> QIcon:
    icon = QIcon()
    for mode, drawn, sizes in (
        (QIcon.Mode.Normal, colour, (*_BUTTON_SIZES, _LARGEST_SIZE)),
        (QIcon.Mode.Disabled, disabled_colour, _BUTTON_SIZES),
    ):
        renderer = QSvgRenderer(QByteArray(_svg(name, drawn)))
        for size in sizes:
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            icon.addPixmap(pixmap, mode)
    return icon


def _style_sheet(tokens: Tokens, dark: bool) -> str:
    template = Template((resources() / "style" / "studio.qss").read_text("utf-8"))
    values = {field.name: getattr(tokens, field.name) for field in fields(tokens)}
    for sign, colour in (
        ("chevron-down", tokens.text_quiet),
        ("chevron-up", tokens.text_quiet),
        ("chevron-right", tokens.text_quiet),
        ("check", tokens.on_accent),
    ):
        key = sign.replace("-", "_")
        values[key] = _sign_file(sign, colour, dark).as_posix()
        disabled = _sign_file(sign, tokens.text_disabled, dark, "-disabled")
        values[f"{key}_disabled"] = disabled.as_posix()
    return template.substitute(values)


def _sign_file(name: str, colour: str, dark: bool, state: str = "") -> Path:
    # A style sheet can only name files, so these signs are written once in each look's colour.
    path = cache_folder() / f"{name}-{'dark' if dark else 'light'}{state}.svg"
    # They are drawn small: a line as thin as an icon's would fade into its ground.
    data = _svg(name, colour).replace(b'stroke-width="1.75"', b'stroke-width="2.25"')
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, colour in (
        (role.Window, tokens.ground),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.ground),
        (role.Button, tokens.surface),
        (role.WindowText, tokens.text),
        (role.Text, tokens.text),
        (role.ButtonText, tokens.text),
        (role.PlaceholderText, tokens.text_quiet),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Link, tokens.accent),
        (role.ToolTipBase, tokens.text),
        (role.ToolTipText, tokens.surface),
        (role.Mid, tokens.line),
    ):
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(tokens.text_disabled))
    return palette
