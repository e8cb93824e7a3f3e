"""The points of a map: looking around among them, and choosing some with the mouse."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.capture.map.hover_card import paint_card
from cnn_studio.gui.capture.map.map_geometry import Viewport, inside, nearest
from cnn_studio.gui.capture.map.map_points import NOWHERE, MapPoints
from cnn_studio.gui.capture.map.point_drawing import Dot, draw_points, mixed
from cnn_studio.gui.pictures.picture_zoom import WHEEL_NOTCH
from cnn_studio.gui.theme import Theme

_ZOOM_STEP = 1.25
_PAN_PX = 60
_NEAR_PX = 9.0
_CLICK_PX = 4
_RADII = ((3_000, 4.5), (15_000, 3.5), (10**9, 2.5))  # up to so many points
_DIMMED, _RING = 0.72, 0.4
_PANNING = (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)


class MapView(QWidget):
    """Paints the points from a cached picture of them, and says what a person means.

    Signals:
        chosen(object): These points were chosen, (n,), bool; none where they were let go.
        pointed_at(int): The mouse is on this point; -1 for none.
        close_requested: Escape, where nothing is chosen.
    """

    chosen = Signal(object)
    pointed_at = Signal(int)
    close_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapView")
        self.setAccessibleName(self.tr("Map of the images"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._theme = theme
        self._points = MapPoints()
        self._labels = np.zeros(0, np.int64)
        self._colours: dict[str, str] = {}
        self._hidden: frozenset[str] = frozenset()
        self._selected = np.zeros(0, np.bool_)
        self._order = np.zeros(0, np.int64)  # of painting: no class is over the others
        self._viewport = Viewport(1, 1)
        self._positions = np.zeros((0, 2))
        self._picture: QImage | None = None
        self._lasso: list[QPointF] = []
        self._panned_from: QPointF | None = None
        self._is_space_down = False
        self._pointed = -1
        self._card: tuple[QPixmap | None, str] | None = None
        theme.changed.connect(self._on_theme_changed)

    @property
    def viewport(self) -> Viewport:
        """What is in sight."""
        return self._viewport

    @property
    def selected(self) -> NDArray[np.bool_]:
        """Which points are chosen, (n,)."""
        return self._selected

    def set_points(self, points: MapPoints) -> None:
        """Show these points. Where they are other images than before, none is chosen."""
        if points.names != self._points.names:
            self._selected = np.zeros(len(points), np.bool_)
            self._order = np.random.default_rng(0).permutation(len(points))
            self._point_at(-1)
        self._points = points
        self._label()
        self.fit()

    def set_names(self, points: MapPoints) -> None:
        """The same images, at the same places, are called otherwise by now."""
        self._points = points
        self._label()
        self._repaint()

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Say which classes there are, and the colour of each as "#RRGGBB"."""
        self._colours = dict(colours)
        self._label()
        self._repaint()

    def set_hidden(self, classes: frozenset[str]) -> None:
        """Do not show the images of these classes."""
        self._hidden = classes
        self._repaint()

    def set_card(self, picture: QPixmap | None, text: str) -> None:
        """Show the image that the mouse is on, and its name, beside the point."""
        self._card = (picture, text)
        self.update()

    def clear_selection(self) -> None:
        """Choose none; nobody is to hear of it."""
        if self._selected.any():
            self._selected = np.zeros(len(self._points), np.bool_)
            self._repaint()

    def position_of(self, place: int) -> QPointF:
        """Where a point is on the widget."""
        x, y = self._positions[place].tolist()
        return QPointF(x, y)

    @Slot()
    def fit(self) -> None:
        """Show the whole map."""
        shown = self._points.places[self._is_shown()]
        self._look(Viewport.fitted(shown, self.width(), self.height()))

    @Slot()
    def zoom_in(self) -> None:
        """Go nearer to the middle."""
        self._zoom(_ZOOM_STEP, QPointF(self.rect().center()))

    @Slot()
    def zoom_out(self) -> None:
        """Go away from the middle."""
        self._zoom(1 / _ZOOM_STEP, QPointF(self.rect().center()))

    @Slot()
    def escape(self) -> None:
        """Let go of what is chosen; where nothing is, ask to be closed."""
        if self._lasso:
            self._lasso = []
            self.update()
        elif self._selected.any():
            self._choose(np.zeros(len(self._points), np.bool_))
        else:
            self.close_requested.emit()

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("Arrow keys"), self.tr("Move the map")),
            (self.tr("+ / -"), self.tr("Nearer or farther")),
            (self.tr("0"), self.tr("The whole map")),
            (self.tr("Space"), self.tr("Hold it and drag: move the map")),
            (self.tr("Esc"), self.tr("Forget the choice, then close")),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, key = Qt.Key, event.key()
        steps = {
            keys.Key_Left: (_PAN_PX, 0),
            keys.Key_Right: (-_PAN_PX, 0),
            keys.Key_Up: (0, _PAN_PX),
            keys.Key_Down: (0, -_PAN_PX),
        }
        if key in steps:
            self._look(self._viewport.panned(*steps[keys(key)]))
        elif key in (keys.Key_Plus, keys.Key_Equal):
            self.zoom_in()
        elif key == keys.Key_Minus:
            self.zoom_out()
        elif event.isAutoRepeat():
            event.ignore()
        elif key == keys.Key_0:
            self.fit()
        elif key == keys.Key_Space:
            self._is_space_down = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif key == keys.Key_Escape:
            self.escape()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._let_space_go()
        else:
            super().keyReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / WHEEL_NOTCH
        self._zoom(_ZOOM_STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = event.position()
        if event.button() in _PANNING or self._is_space_down:
            self._panned_from = where
            self._lasso = []
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._lasso = [where]
        self._point_at(-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        where = event.position()
        if self._panned_from is not None:
            by = where - self._panned_from
            self._panned_from = where
            self._look(self._viewport.panned(by.x(), by.y()))
        elif self._lasso:
            if (where - self._lasso[-1]).manhattanLength() >= 2:
                self._lasso.append(where)
                self.update()
        else:
            found = nearest(self._positions, where.x(), where.y(), _NEAR_PX)
            self._point_at(-1 if found is None else found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._panned_from is not None:
            self._panned_from = None
            is_open = self._is_space_down
            shapes = Qt.CursorShape
            self.setCursor(shapes.OpenHandCursor if is_open else shapes.CrossCursor)
        elif self._lasso and event.button() == Qt.MouseButton.LeftButton:
            self._end_lasso(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._lasso = []
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(-1)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:
        self._let_space_go()
        super().focusOutEvent(event)  # type: ignore[arg-type]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._viewport.width <= 1:
            self.fit()
        else:
            self._look(self._viewport.resized(self.width(), self.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._picture is None:
            self._picture = self._drawn()
        painter.drawImage(QPoint(0, 0), self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self._lasso) > 1:
            accent = self._theme.color("accent")
            painter.setPen(QPen(accent, 1.5))
            wash = QColor(accent)
            wash.setAlpha(36)
            painter.setBrush(wash)
            painter.drawPolygon(QPolygonF(self._lasso))
        if self._pointed >= 0:
            self._paint_pointed(painter)

    def _paint_pointed(self, painter: QPainter) -> None:
        where = self.position_of(self._pointed)
        painter.setPen(QPen(self._theme.color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(where, self._radius + 3, self._radius + 3)
        if self._card is not None:
            paint_card(painter, where.toPoint(), self.size(), *self._card, self._theme)

    @property
    def _radius(self) -> float:
        return next(radius for most, radius in _RADII if len(self._points) <= most)

    def _is_shown(self) -> NDArray[np.bool_]:
        hidden = [place for place, name in enumerate(self._colours) if name in self._hidden]
        shown: NDArray[np.bool_] = (self._labels != NOWHERE) & ~np.isin(self._labels, hidden)
        return shown

    def _drawn(self) -> QImage:
        """The points as they are in sight now, sharp on the screen that they are on."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        ground = _number(self._theme.color("surface"))
        order = self._order
        if self._selected.any():
            order = np.concatenate([order[~self._selected[order]], order[self._selected[order]]])
        colours = [_number(QColor(colour)) for colour in self._colours.values()]
        is_dim = bool(self._selected.any())
        text = _number(self._theme.color("text"))
        plain = [_dot(mixed(c, ground, _DIMMED if is_dim else 0.0)) for c in colours]
        marked = [Dot(colour, text) for colour in colours]
        looks = self._labels + len(colours) * self._selected
        pixels = draw_points(
            width,
            height,
            ground,
            self._positions[order] * ratio,
            looks[order],
            plain + marked,
            self._radius * ratio,
        )
        picture = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
        picture.setDevicePixelRatio(ratio)
        return picture

    def _label(self) -> None:
        self._labels = self._points.labels(tuple(self._colours))

    def _look(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._point_at(-1)
        self._repaint()

    def _repaint(self) -> None:
        positions = self._viewport.on_screen(self._points.places)
        positions[~self._is_shown()] = np.nan
        self._positions = positions
        self._picture = None
        self.update()

    def _zoom(self, factor: float, where: QPointF) -> None:
        self._look(self._viewport.zoomed(factor, where.x(), where.y()))

    def _point_at(self, place: int) -> None:
        if place != self._pointed:
            self._pointed = place
            self._card = None
            self.pointed_at.emit(place)
            self.update()

    def _end_lasso(self, is_added: bool) -> None:
        lasso, self._lasso = self._lasso, []
        outline = np.array([[point.x(), point.y()] for point in lasso])
        if np.ptp(outline, axis=0).max() <= _CLICK_PX:
            found = np.zeros(len(self._points), np.bool_)
            place = nearest(self._positions, lasso[0].x(), lasso[0].y(), _NEAR_PX)
            if place is not None:
                found[place] = True
        else:
            found = inside(self._positions, outline)
        self.update()
        if found.any():
            self._choose(found | self._selected if is_added else found)

    def _choose(self, selected: NDArray[np.bool_]) -> None:
        self._selected = selected
        self._repaint()
        self.chosen.emit(selected)

    def _let_space_go(self) -> None:
        if self._is_space_down:
            self._is_space_down = False
            if self._panned_from is None:
                self.setCursor(Qt.CursorShape.CrossCursor)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._repaint()


def _number(colour: QColor) -> int:
    return colour.rgb() & 0xFFFFFF


def _dot(colour: int) -> Dot:
    return Dot(colour, mixed(colour, 0, _RING))
