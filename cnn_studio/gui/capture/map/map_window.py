"""The map in a window beside the gallery: the points, the classes, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.capture.map.map_legend import MapLegend
from cnn_studio.gui.capture.map.map_points import MapPoints
from cnn_studio.gui.capture.map.map_view import MapView
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button, icon_button
from cnn_studio.gui.widgets.empty_state import EmptyState

_LARGEST, _LEAST = QSize(1000, 720), QSize(640, 480)
_AROUND_PX = 32  # of the window behind it
_AGAIN_KEY = "F5"


class MapWindow(QDialog):
    """Shows a map, or why there is none yet.

    Args:
        title: What the dataset is called.
        theme: Where colours and icons come from.
        parent: The window that it belongs to, which stays usable.

    Attributes:
        view: The points.
        legend: The classes.
        empty: What stands there as long as there is no map.

    Signals:
        again_requested: The map is to be drawn again.
        closed: The window is gone.
    """

    again_requested = Signal()
    closed = Signal()

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapWindow")
        self.setWindowTitle(self.tr("Map of {title}").format(title=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_LARGEST)
        self.setMinimumSize(_LEAST)
        self._theme = theme
        self.view = MapView(theme, self)
        self.legend = MapLegend(theme, self)
        self.empty = EmptyState(theme, self)
        self._text = QLabel(self)
        self._text.setObjectName("mapText")
        self._text.setProperty("role", "quiet")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._again = dialog_button(
            self,
            "mapAgainButton",
            self.tr("Draw again"),
            self.tr("Draw the map of the images as they are now ({key})").format(key=_AGAIN_KEY),
        )
        self._buttons: list[tuple[QToolButton, str]] = []
        self._lay_out()
        self._connect()
        self._on_theme_changed()
        self.view.setFocus()

    def stand_beside(self, gallery: QWidget) -> None:
        """Take a place from which the gallery can be seen: beside its window, else above it."""
        behind = gallery.window().frameGeometry()
        screen = gallery.screen().availableGeometry()
        right, left = screen.right() - behind.right(), behind.left() - screen.left()
        beside = max(right, left)
        if beside >= _LEAST.width():
            size = QSize(beside, behind.height()).boundedTo(_LARGEST).expandedTo(_LEAST)
            x = behind.right() + 1 if right >= left else behind.left() - size.width()
        else:
            above = gallery.mapToGlobal(QPoint(0, 0)).y() - behind.top()
            title_bar = behind.height() - gallery.window().height()
            room = QSize(behind.width() - _AROUND_PX, above - title_bar)
            size = room.boundedTo(_LARGEST).expandedTo(_LEAST)
            x = behind.left() + (behind.width() - size.width()) // 2
        self.resize(size)
        self.move(x, behind.top())

    @property
    def text(self) -> str:
        """What is said of the map."""
        return self._text.text()

    def say(self, text: str, *, can_draw: bool, is_old: bool = False) -> None:
        """Say what the map is.

        Args:
            text: The sentence.
            can_draw: Whether it can be drawn again now.
            is_old: Whether it should be.
        """
        self._text.setText(text)
        self._again.setEnabled(can_draw)
        self._again.setProperty("kind", "primary" if is_old else None)
        self._again.style().polish(self._again)

    def show_points(self, points: MapPoints) -> None:
        """Show a map."""
        self._pages.setCurrentWidget(self._map)
        self.view.set_points(points)

    def show_nothing(self, title: str, text: str, share: float | None = None) -> None:
        """Say why there is no map yet, and how far it is: 0 to 1; None where it will not come."""
        self.empty.set_content("map", title, text)
        self.empty.set_progress(share)
        self._pages.setCurrentWidget(self.empty)

    def set_classes(self, colours: Mapping[str, str], counts: Mapping[str, int]) -> None:
        """Say which classes there are, their colours and how many images each has on the map."""
        self.view.set_colours(colours)
        self.legend.set_classes(colours, counts)

    def set_card(self, picture: QPixmap | None, text: str) -> None:
        """Show the image that the mouse is on; see `MapView.set_card`."""
        self.view.set_card(picture, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():  # wherever the focus is
            self.view.escape()

    def done(self, result: int) -> None:
        """The window closes."""
        super().done(result)
        self.closed.emit()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for name, icon, tip, slot in (
            ("mapZoomIn", "zoom-in", self.tr("Nearer (+)"), self.view.zoom_in),
            ("mapZoomOut", "zoom-out", self.tr("Farther (-)"), self.view.zoom_out),
            ("mapFit", "full-screen", self.tr("The whole map (0)"), self.view.fit),
        ):
            button = icon_button(self, name, tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(slot)
            tools.addWidget(button)
            self._buttons.append((button, icon))
        tools.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addLayout(tools)
        side.addWidget(self.legend, 1)
        hint = QLabel(
            self.tr("Draw around images to choose them, or click one; Shift adds.\n")
            + self.tr("Right button or Space: pan · wheel: zoom · double click: all"),
            self,
        )
        hint.setObjectName("mapHint")
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        hint.setFixedWidth(self.legend.width())
        side.addWidget(hint)
        frame = QFrame(self)
        frame.setProperty("panel", "true")
        framed = QVBoxLayout(frame)
        framed.setContentsMargins(1, 1, 1, 1)
        framed.addWidget(self.view)
        self._map = QWidget(self)
        across = QHBoxLayout(self._map)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(16)
        across.addWidget(frame, 1)
        across.addLayout(side)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._map)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self._text, 1)
        foot.addWidget(self._again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._again.clicked.connect(self.again_requested)
        key = QShortcut(QKeySequence(_AGAIN_KEY), self, autoRepeat=False)
        key.activated.connect(self._again.click)
        self.legend.hidden_changed.connect(self.view.set_hidden)
        self.view.close_requested.connect(self.close)
        self._theme.changed.connect(self._on_theme_changed)

    @Slot()
    def _on_theme_changed(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(self._theme.icon(icon))
