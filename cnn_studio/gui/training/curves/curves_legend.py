"""The names of the lines; each is a button that hides its line, or shows it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves.legend_list import LegendList
from cnn_studio.untrusted_text import shown

_LIST_KEY = "Ctrl+Shift+H"
_MOST_CHIPS = 10
_SWATCH, _SIGN_PX = QSize(20, 12), 16  # a swatch keeps a little room beside the name
_GAP_PX, _LONGEST_PX = 2, 150


@dataclass(frozen=True)
class LegendEntry:
    """A line, or a run, that can be hidden.

    Attributes:
        key: What tells it from the others.
        name: What it is called.
        colour: "#rrggbb".
        style: How its line looks: "line", "points", "dashes", "faint" or "ring".
        is_run: Whether it stands for all lines of a run.
    """

    key: str
    name: str
    colour: str
    style: str = "line"
    is_run: bool = False


class CurvesLegend(QWidget):
    """Shows as many names as there is room for, and has a list for the other ones.

    Signals:
        line_toggled(str, bool): A line with this key is to be hidden or shown.
        runs_toggled(list[str], bool): The same of whole runs.
    """

    line_toggled = Signal(str, bool)
    runs_toggled = Signal(list, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curvesLegend")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._entries: tuple[LegendEntry, ...] = ()
        self._hidden: frozenset[str] = frozenset()
        self._chips: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP_PX)
        self._row.addStretch(1)
        self._more = QToolButton(self)
        self._more.setObjectName("legendListButton")
        self._more.setProperty("kind", "chip")
        self._name_list(self.tr("Lines"))
        self._more.clicked.connect(self._on_more_clicked)
        self._row.addWidget(self._more)
        self._more.hide()
        theme.changed.connect(self._dress)

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        """All that can be hidden, whether there is room for its name or not."""
        return self._entries

    def show_entries(self, entries: Sequence[LegendEntry], hidden: frozenset[str]) -> None:
        """Name lines and runs; those whose keys are in `hidden` are not drawn."""
        entries = tuple(entries)
        if (entries, hidden) == (self._entries, self._hidden):
            return
        if entries != self._entries:
            self._entries = entries
            self._make_chips()
        self._hidden = hidden
        self._dress()
        self._fit()

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that a name takes, and what they do."""
        return [(self.tr("Space"), self.tr("Hide the line of this name, or show it again"))]

    def sizeHint(self) -> QSize:
        chips = self._chips[: len(self._entries)]
        return QSize(sum(self._width_of(chip) for chip in chips), 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()  # a name may be wider in another font or style
        return super().event(event)

    def _make_chips(self) -> None:
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for place, entry in enumerate(self._entries[:_MOST_CHIPS]):
            chip = QToolButton(self)
            chip.setObjectName(f"legend-{entry.key}")
            chip.setProperty("kind", "chip")
            chip.setCheckable(True)
            chip.setIconSize(_SWATCH)
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chip.setMaximumWidth(_LONGEST_PX)
            chip.clicked.connect(partial(self._on_chip_clicked, entry))
            self._row.insertWidget(place + 1, chip)
            self._chips.append(chip)
        self.updateGeometry()

    @Slot()
    def _dress(self) -> None:
        for chip, entry in zip(self._chips, self._entries, strict=False):
            is_shown = entry.key not in self._hidden
            name = shown(entry.name)
            chip.setChecked(is_shown)
            font = chip.font()
            font.setStrikeOut(not is_shown)
            chip.setFont(font)
            colour = QColor(entry.colour) if is_shown else self._theme.color("text_quiet")
            chip.setIcon(_swatch(colour, entry.style, self.devicePixelRatioF()))
            _write(chip, name)
            tip = self.tr("Hide {name} (Space)") if is_shown else self.tr("Show {name} (Space)")
            chip.setToolTip(tip.format(name=name))
            state = self.tr("{name}, shown") if is_shown else self.tr("{name}, hidden")
            chip.setAccessibleName(state.format(name=name))

    def _fit(self) -> None:
        """Show the first names that there is room for."""
        runs = [entry for entry in self._entries if entry.is_run]
        for chip in self._chips:
            chip.ensurePolished()  # a new one is narrower without the style that it will have
        widths = [self._width_of(chip) for chip in self._chips]
        is_all = len(self._entries) <= len(self._chips) and sum(widths) <= self.width()
        hidden = len([entry for entry in runs if entry.key in self._hidden])
        if runs:
            drawn = f"{whole(len(runs) - hidden)} / {whole(len(runs))}" if hidden else ""
            text = self.tr("{count} runs").format(count=drawn or whole(len(runs)))
        else:
            text = self.tr("Lines")
        self._name_list(text)
        room = self.width() - (0 if is_all else self._width_of(self._more))
        for chip, width in zip(self._chips, widths, strict=True):
            room -= width
            chip.setVisible(is_all or room >= 0)
        self._more.setVisible(not is_all)

    def _name_list(self, text: str) -> None:
        keys = QKeySequence(_LIST_KEY)
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Choose which lines are drawn ({key})").format(key=native)
        self._more.setText(f"{text} …")
        self._more.setToolTip(tip)
        self._more.setAccessibleName(f"{text}. {tip}")
        self._more.setShortcut(keys)  # Qt forgets it with the text

    def _width_of(self, chip: QToolButton) -> int:
        return min(_LONGEST_PX, chip.sizeHint().width()) + _GAP_PX

    def _on_chip_clicked(self, entry: LegendEntry) -> None:
        is_shown = entry.key in self._hidden
        if entry.is_run:
            self.runs_toggled.emit([entry.key], is_shown)
        else:
            self.line_toggled.emit(entry.key, is_shown)

    @Slot()
    def _on_more_clicked(self) -> None:
        listed = [
            (entry.key, shown(entry.name), _swatch(QColor(entry.colour), entry.style, 2.0))
            for entry in self._entries
        ]
        popup = LegendList(listed, self._hidden, self)
        popup.toggled.connect(self._on_list_toggled)
        popup.open_below(self._more)

    @Slot(list, bool)
    def _on_list_toggled(self, keys: list[str], is_shown: bool) -> None:
        chosen = set(keys)
        runs = [entry.key for entry in self._entries if entry.is_run and entry.key in chosen]
        for entry in self._entries:
            if not entry.is_run and entry.key in chosen:
                self.line_toggled.emit(entry.key, is_shown)
        if runs:
            self.runs_toggled.emit(runs, is_shown)


def _write(chip: QToolButton, name: str) -> None:
    """Write a name, shortened in its middle where the chip would be too long."""
    chip.ensurePolished()
    chip.setText(name.replace("&", "&&"))
    excess = chip.sizeHint().width() - _LONGEST_PX
    if excess > 0:
        metrics = chip.fontMetrics()
        room = metrics.horizontalAdvance(name) - excess
        text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        chip.setText(text.replace("&", "&&"))


def _swatch(colour: QColor, style: str, ratio: float) -> QIcon:
    pixmap = QPixmap(round(_SWATCH.width() * ratio), round(_SWATCH.height() * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = _SWATCH.height() / 2
    if style == "faint":
        colour.setAlphaF(0.5)
    pen = QPen(colour, 1 if style == "faint" else 2)
    if style == "dashes":
        pen.setDashPattern([2, 1.2])
    painter.setPen(pen)
    if style == "ring":
        painter.drawEllipse(QRectF(4, middle - 4, 8, 8))
    else:
        painter.drawLine(QPointF(0, middle), QPointF(_SIGN_PX, middle))
    if style == "points":
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QRectF(5, middle - 3, 6, 6))
    painter.end()
    return QIcon(pixmap)
