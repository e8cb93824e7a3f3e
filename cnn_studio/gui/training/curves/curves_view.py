"""Shows the picture of the curves, or says what will stand there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_studio.gui.pictures.picture_zoom import WHEEL_NOTCH
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves.curves import Curves, Shown, Values
from cnn_studio.gui.training.curves.curves_cursor import Pointed, paint_cursors, paint_drag
from cnn_studio.gui.training.curves.curves_look import curves_look
from cnn_studio.gui.training.curves.curves_place import PlotPlace, stops_of
from cnn_studio.gui.training.curves.curves_reading import BothReadings, readings, values_in_words
from cnn_studio.gui.training.curves.plot_choices import PlotChoices
from cnn_studio.gui.training.curves.plot_limits import ACCURACY, LOSS, Limits, full_limits
from cnn_studio.gui.training.curves.plot_look import PlotLook, PlotPicture
from cnn_studio.gui.training.curves.plot_thread import PlotThread
from cnn_studio.gui.widgets.empty_text import paint_empty_text

_DRAW_INTERVAL_MS = 150  # 6 to 7 pictures a second
_LEAVE_MS = 5000
_ZOOM_STEP = 0.8
_DRAG_PX = 6  # a shorter drag is a click that slipped
_KEPT_RATIO = 2.0


class CurvesView(QWidget):
    """Paints what the plot's thread has drawn; the thread starts after the first paint.

    The line under the mouse and the rectangle of a drag are painted over the picture, so they
    need not wait for another one.

    Signals:
        zoom_changed(bool): What is shown is a part of the curves, or all of them again.
        picture_drawn(QImage): The picture that `draw_to_keep` asked for.
        picture_failed: It could not be drawn.
    """

    zoom_changed = Signal(bool)
    picture_drawn = Signal(object)
    picture_failed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curvesView")
        self.setAccessibleName(self.tr("Loss and accuracy over the epochs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(104)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._theme = theme
        self._shown: Shown = Curves(0)
        self._picture: PlotPicture | None = None
        self._has_failed = False
        self._zoom: Limits | None = None
        self._choices = PlotChoices()
        self._heading = ""
        self._at: Pointed | None = None
        self._stops: tuple[PlotPicture, Values] | None = None
        self._read: tuple[PlotPicture, float, BothReadings] | None = None
        self._drag: tuple[int, QPointF, QPointF] | None = None
        self._title = ""
        self._sentence = ""
        self._thread = PlotThread(self)
        self._thread.drawn.connect(self._on_thread_drawn)
        self._thread.drawn_to_keep.connect(self._on_thread_drawn_to_keep)
        self._thread.failed.connect(self._on_thread_failed)
        self._thread.failed_to_keep.connect(self.picture_failed)
        self._pause = QTimer(self, interval=_DRAW_INTERVAL_MS, singleShot=True)
        self._pause.timeout.connect(self._on_pause_timeout)
        self._is_stale = False
        theme.changed.connect(self._on_theme_changed)

    def sizeHint(self) -> QSize:
        return QSize(720, 264)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes while it has the focus, and what they do."""
        return [
            (self.tr("Left, Right"), self.tr("Read the curves one epoch before or after")),
            ("+, \N{MINUS SIGN}", self.tr("Zoom into the curves, or out")),
            (self.tr("Esc, 0"), self.tr("Show all of the curves")),
        ]

    @property
    def shown(self) -> Shown:
        """What is on show."""
        return self._shown

    @property
    def choices(self) -> PlotChoices:
        """How it is shown."""
        return self._choices

    def set_choices(self, choices: PlotChoices) -> None:
        """Show the curves in another way; what was zoomed in on is left where the axes change."""
        before, self._choices = self._choices, choices
        if (before.x, before.is_log) != (choices.x, choices.is_log):
            self._set_at(None)
            self._set_zoom(None)
        if before != choices and not self._shown.is_empty:
            self._ask()

    def set_heading(self, text: str) -> None:
        """Whose curves they are; it stands above a picture that is kept."""
        self._heading = text
        name = self.tr("Loss and accuracy over the epochs")
        self.setAccessibleName(f"{name}: {text}" if text else name)

    def set_curves(self, shown: Shown, *, keep_zoom: bool = False) -> None:
        """Show curves; drawn at once or, if a picture was asked for just now, a moment later.

        Args:
            shown: The curves of one run, or of several.
            keep_zoom: Whether they are those on show, gone on.
        """
        self._shown = shown
        if not keep_zoom:
            self._forget_failure()
            self._set_at(None)
            self._drag = None
            self._set_zoom(None)
        if shown.is_empty:
            self._picture = None
            self._is_stale = False
            self.update()
            return
        self._ask()

    def set_empty_text(self, title: str, sentence: str) -> None:
        """What to say while there are no curves."""
        self._title, self._sentence = title, sentence
        self.update()

    @Slot()
    def reset_zoom(self) -> None:
        """Show all of the curves."""
        self._set_zoom(None)

    def draw_to_keep(self) -> None:
        """Have what is on show drawn sharp enough to be printed; `picture_drawn` follows."""
        ratio = max(_KEPT_RATIO, self.devicePixelRatioF())
        look = curves_look(self, self._theme, ratio, choices=self._choices, heading=self._heading)
        self._thread.ask_to_keep(self._shown, look, self._zoom)

    def shutdown(self) -> None:
        """End the plot's thread."""
        self._pause.stop()
        self._thread.leave()
        self._thread.wait(_LEAVE_MS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing
        )
        if self._shown.is_empty:
            paint_empty_text(painter, self, self._theme, self._title, self._sentence)
        elif self._picture is not None:
            # Between a change of size and its picture the older one is shown, stretched.
            painter.drawImage(QRectF(self.rect()), self._picture.image)
            self._paint_over(painter, PlotPlace(self._picture, QSizeF(self.size())))
        elif self._has_failed:
            paint_empty_text(painter, self, self._theme, *self._failure())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        if not self._shown.is_empty:
            self._ask()

    def showEvent(self, _event: QShowEvent) -> None:
        # Matplotlib is imported once the tab has been painted, never before.
        QTimer.singleShot(0, self, self._start_thread)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place()
        if place is None:
            return
        if self._drag is not None:
            plot, start, _ = self._drag
            self._drag = (plot, start, event.position())
        plot_at = place.plot_at(event.position())
        if plot_at is None:
            self._set_at(None)
        else:
            x, y = place.value_at(plot_at, event.position())
            self._set_at(Pointed(self._nearest_stop(x), plot_at, y))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place()
        plot = place.plot_at(event.position()) if place else None
        if event.button() is Qt.MouseButton.LeftButton and plot is not None:
            self._drag = (plot, event.position(), event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place, drag = self._place(), self._drag
        self._drag = None
        self.update()
        if place is None or drag is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        plot, start, end = drag
        wide, high = abs(start.x() - end.x()), abs(start.y() - end.y())
        if max(wide, high) < _DRAG_PX:
            return
        (x0, y0), (x1, y1) = place.value_at(plot, start), place.value_at(plot, end)
        if high < _DRAG_PX:  # along one axis: all of the other is kept
            y0, y1 = place.picture.limits.values[plot]
        if wide < _DRAG_PX:
            x0, x1 = place.picture.limits.epochs
        full = place.picture.plotted.full
        self._set_zoom(place.picture.limits.cut(plot, (x0, x1), (y0, y1), full))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._drag = None
        self.reset_zoom()

    def wheelEvent(self, event: QWheelEvent) -> None:
        place = self._place()
        plot = place.plot_at(event.position()) if place else None
        if place is None or plot is None or not event.angleDelta().y():
            event.ignore()
            return
        self._zoom_by(
            _ZOOM_STEP ** (event.angleDelta().y() / WHEEL_NOTCH),
            plot,
            place.value_at(plot, event.position()),
        )

    def leaveEvent(self, _event: QEvent) -> None:
        self._set_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        factors = {
            Qt.Key.Key_Plus: _ZOOM_STEP,
            Qt.Key.Key_Equal: _ZOOM_STEP,
            Qt.Key.Key_Minus: 1 / _ZOOM_STEP,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._step(steps[key])
        elif key in factors and self._picture is not None:
            limits = self._limits()
            epoch = sum(limits.epochs) / 2 if self._at is None else self._at.x
            self._zoom_by(factors[key], LOSS, (epoch, limits.values[LOSS][0]))
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_0):
            self.reset_zoom()
        else:
            super().keyPressEvent(event)

    def _place(self) -> PlotPlace | None:
        if self._picture is None or self._shown.is_empty:
            return None
        return PlotPlace(self._picture, QSizeF(self.size()))

    def _full(self) -> Limits:
        """The limits of all that is drawn, or is to be drawn first."""
        if self._picture is not None and not self._is_stale:
            return self._picture.plotted.full
        return full_limits(self._shown, self._choices)

    def _limits(self) -> Limits:
        return self._zoom or self._full()

    def _zoom_by(self, factor: float, plot: int, at: tuple[float, float]) -> None:
        self._set_zoom(self._limits().about(plot, at, factor, self._full()))

    def _set_zoom(self, zoom: Limits | None) -> None:
        if zoom is not None and zoom == self._full():
            zoom = None
        if zoom == self._zoom:
            return
        self._zoom = zoom
        self.zoom_changed.emit(zoom is not None)
        if not self._shown.is_empty:
            self._ask()

    def _all_stops(self) -> Values:
        """Where the cursor can stand, which takes a while with many runs: once a picture."""
        picture = self._picture
        if picture is None:
            return np.empty(0, np.float64)
        if self._stops is None or self._stops[0] is not picture:
            self._stops = (picture, stops_of(picture))
        return self._stops[1]

    def _nearest_stop(self, x: float) -> float:
        stops = self._all_stops()
        return float(stops[np.abs(stops - x).argmin()]) if stops.size else x

    def _step(self, step: int) -> None:
        stops = self._all_stops()
        if not stops.size:
            return
        last = stops.size - 1
        now = last
        if self._at is not None:
            now = min(max(int(np.abs(stops - self._at.x).argmin()) + step, 0), last)
        self._set_at(Pointed(float(stops[now]), LOSS if self._at is None else self._at.plot))

    def _set_at(self, at: Pointed | None) -> None:
        if at == self._at:
            return
        has_moved = (at and at.x) != (self._at and self._at.x)
        self._at = at
        if has_moved:
            said = ""
            if at is not None and self._picture is not None:
                both = self._readings(self._picture, at.x)
                said = values_in_words(self._picture.plotted, self._look(), at.x, both)
            self.setAccessibleDescription(said)
        self.update()

    def _readings(self, picture: PlotPicture, x: float) -> BothReadings:
        """What the curves are at a place; found once for words and for painting."""
        if self._read is None or self._read[0] is not picture or self._read[1] != x:
            both = (readings(picture.plotted, LOSS, x), readings(picture.plotted, ACCURACY, x))
            self._read = (picture, x, both)
        return self._read[2]

    def _look(self) -> PlotLook:
        return curves_look(self, self._theme, choices=self._choices)

    def _paint_over(self, painter: QPainter, place: PlotPlace) -> None:
        if self._drag is not None:
            plot, start, end = self._drag
            paint_drag(painter, self._theme, place.box(plot), QRectF(start, end).normalized())
        elif self._at is not None:
            both = self._readings(place.picture, self._at.x)
            paint_cursors(painter, self._theme, place, self._look(), self._at, both)

    def _ask(self) -> None:
        self._is_stale = True
        if not self._pause.isActive():
            self._on_pause_timeout()

    @Slot()
    def _on_pause_timeout(self) -> None:
        if self._is_stale and self.isVisible():
            self._is_stale = False
            self._thread.ask(self._shown, self._look(), self._zoom)
            self._pause.start()

    @Slot(object)
    def _on_thread_drawn(self, picture: PlotPicture) -> None:
        if not self._shown.is_empty:
            self._forget_failure()
            self._picture = picture
            self.update()

    @Slot()
    def _on_thread_failed(self) -> None:
        """Show no picture rather than that of other curves, and say why."""
        if not self._shown.is_empty:
            self._set_at(None)
            self._picture, self._has_failed = None, True
            self.setAccessibleDescription(" ".join(self._failure()))
            self.update()

    def _forget_failure(self) -> None:
        if self._has_failed:
            self._has_failed = False
            self.setAccessibleDescription("")

    def _failure(self) -> tuple[str, str]:
        sentence = self.tr("Their values are not what a training writes.")
        return self.tr("The curves could not be drawn."), sentence

    @Slot(object)
    def _on_thread_drawn_to_keep(self, picture: PlotPicture) -> None:
        self.picture_drawn.emit(picture.image)

    @Slot()
    def _on_theme_changed(self) -> None:
        if not self._shown.is_empty:
            self._ask()
        self.update()

    @Slot()
    def _start_thread(self) -> None:
        if not (self._thread.is_leaving or self._thread.isRunning()):
            self._thread.start(self._thread.Priority.LowPriority)
        if not self._shown.is_empty:
            self._ask()
