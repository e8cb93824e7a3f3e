"""The classes of a map with their colours; one can be hidden and shown again."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QVBoxLayout, QWidget

from cnn_studio.gui.figures import short, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import first_that_fits
from cnn_studio.untrusted_text import shown

_WIDTH, _ROW = 200, 28
_DOT, _PADDING, _GAP = 12, 8, 8


class _ClassRow(QAbstractButton):
    """A class: a dot of its colour, its name, and how many images it has; checked while shown."""

    def __init__(self, name: str, colour: str, count: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.colour, self.count = name, colour, count
        self._shown = shown(name)
        self._theme = theme
        self.setObjectName(f"mapClass-{name}")
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(_ROW)
        self.toggled.connect(self._on_toggled)
        self._on_toggled(True)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRoundedRect(box, 6, 6)
        elif self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(box, 6, 6)
        dot = QRectF(_PADDING, (self.height() - _DOT) / 2, _DOT, _DOT)
        colour = QColor(self.colour)
        painter.setPen(QPen(colour.darker(140), 1.5))
        painter.setBrush(colour if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        metrics, flags = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
        count = whole(self.count)
        number = first_that_fits((count, short(self.count)), metrics, _WIDTH // 3)
        room = QRectF(self.rect()).adjusted(_PADDING + _DOT + _GAP, 0, -_PADDING, 0)
        painter.setPen(self._theme.color("text_quiet"))
        painter.drawText(room, flags | Qt.AlignmentFlag.AlignRight, number)
        room.setWidth(room.width() - metrics.horizontalAdvance(number) - _GAP)
        painter.setPen(self._theme.color("text" if self.isChecked() else "text_quiet"))
        text = metrics.elidedText(self._shown, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, flags | Qt.AlignmentFlag.AlignLeft, text)

    @Slot(bool)
    def _on_toggled(self, is_shown: bool) -> None:
        template = (
            self.tr("Hide {name} ({count})") if is_shown else self.tr("Show {name} ({count})")
        )
        text = template.format(name=self._shown, count=whole(self.count))
        self.setToolTip(text)
        self.setAccessibleName(text)


class MapLegend(QScrollArea):
    """A row for each class, in their order.

    Signals:
        hidden_changed(frozenset): The images of these classes are not to be shown.
    """

    hidden_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapLegend")
        self.setAccessibleName(self.tr("Classes on the map"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(_WIDTH)
        self._theme = theme
        self._hidden: frozenset[str] = frozenset()
        self._rows: list[_ClassRow] = []
        theme.changed.connect(self._on_theme_changed)

    @property
    def hidden(self) -> frozenset[str]:
        """The classes that are not shown."""
        return self._hidden

    def set_classes(self, colours: Mapping[str, str], counts: Mapping[str, int]) -> None:
        """Show these classes with their colours and how many images each has on the map."""
        is_same = [(row.name, row.colour, row.count) for row in self._rows] == [
            (name, colour, counts.get(name, 0)) for name, colour in colours.items()
        ]
        if is_same:
            return
        inside = QWidget(self)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._rows = []
        for name, colour in colours.items():
            row = _ClassRow(name, colour, counts.get(name, 0), self._theme, inside)
            row.setChecked(name not in self._hidden)
            row.toggled.connect(self._on_row_toggled)
            layout.addWidget(row)
            self._rows.append(row)
        layout.addStretch(1)
        self.setWidget(inside)
        self._on_row_toggled()

    @Slot()
    def _on_row_toggled(self) -> None:
        hidden = frozenset(row.name for row in self._rows if not row.isChecked())
        if hidden != self._hidden:
            self._hidden = hidden
            self.hidden_changed.emit(hidden)

    @Slot()
    def _on_theme_changed(self) -> None:
        for row in self._rows:
            row.update()
