"""Shows the picture of the curves, or says what will stand there."""

from __future__ import annotations

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

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves.curves import Curves, Shown
from cnn_studio.gui.training.curves.curves_cursor import (
    paint_cursors,
    paint_drag,
    values_in_words,
)
from cnn_studio.gui.training.curves.curves_look import curves_look
from cnn_studio.gui.training.curves.curves_place import PlotPlace
from cnn_studio.gui.training.curves.plot_limits import LOSS, Limits, full_limits
from cnn_studio.gui.training.curves.plot_look import PlotPicture
from cnn_studio.gui.training.curves.plot_thread import PlotThread
from cnn_studio.gui.widgets.empty_text import paint_empty_text

_DRAW_INTERVAL_MS = 150  # 6 to 7 pictures a second
_LEAVE_MS = 5000
_NOTCH = 120  # what a wheel turns by, in Qt's eighths of a degree
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
    """

    zoom_changed = Signal(bool)
    picture_drawn = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curvesView")
        self.setAccessibleName(self.tr("Loss and accuracy over the epochs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._theme = theme
        self._shown: Shown = Curves(0)
        self._picture: PlotPicture | None = None
        self._zoom: Limits | None = None
        self._epoch: int | None = None
        self._plot = LOSS
        self._drag: tuple[int, QPointF, QPointF] | None = None
        self._title = ""
        self._sentence = ""
        self._thread = PlotThread(self)
        self._thread.drawn.connect(self._on_thread_drawn)
        self._thread.drawn_to_keep.connect(self._on_thread_drawn_to_keep)
        self._pause = QTimer(self, interval=_DRAW_INTERVAL_MS, singleShot=True)
        self._pause.timeout.connect(self._on_pause_timeout)
        self._is_stale = False
        theme.changed.connect(self._on_theme_changed)

    def sizeHint(self) -> QSize:
        return QSize(720, 264)

    @property
    def shown(self) -> Shown:
        """What is on show."""
        return self._shown

    def set_curves(self, shown: Shown, *, keep_zoom: bool = False) -> None:
        """Show curves; drawn at once or, if a picture was asked for just now, a moment later.

        Args:
            shown: The curves of one run, or of several.
            keep_zoom: Whether they are those on show, gone on.
        """
        self._shown = shown
        if not keep_zoom:
            self._epoch = None
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
        self._thread.ask_to_keep(self._shown, curves_look(self, self._theme, ratio), self._zoom)

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
        self._plot = LOSS if plot_at is None else plot_at
        epoch = None if plot_at is None else place.value_at(plot_at, event.position())[0]
        self._set_epoch(None if epoch is None else round(epoch))
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
        if min(abs(start.x() - end.x()), abs(start.y() - end.y())) < _DRAG_PX:
            return
        (x0, y0), (x1, y1) = place.value_at(plot, start), place.value_at(plot, end)
        self._set_zoom(place.picture.limits.cut(plot, (x0, x1), (y0, y1), full_limits(self._shown)))

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
            _ZOOM_STEP ** (event.angleDelta().y() / _NOTCH),
            plot,
            place.value_at(plot, event.position()),
        )

    def leaveEvent(self, _event: QEvent) -> None:
        self._set_epoch(None)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("Left / Right"), self.tr("Another epoch · Curves")),
            (self.tr("+ / -"), self.tr("Zoom · Curves")),
            (self.tr("Esc / 0"), self.tr("Show all · Curves")),
        ]

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
            epoch = sum(limits.epochs) / 2 if self._epoch is None else float(self._epoch)
            self._zoom_by(factors[key], LOSS, (epoch, limits.values[LOSS][0]))
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_0):
            self.reset_zoom()
        else:
            super().keyPressEvent(event)

    def _place(self) -> PlotPlace | None:
        if self._picture is None or self._shown.is_empty:
            return None
        return PlotPlace(self._picture, QSizeF(self.size()))

    def _limits(self) -> Limits:
        return self._zoom or full_limits(self._shown)

    def _zoom_by(self, factor: float, plot: int, at: tuple[float, float]) -> None:
        full = full_limits(self._shown)
        self._set_zoom(self._limits().about(plot, at, factor, full))

    def _set_zoom(self, zoom: Limits | None) -> None:
        if zoom == full_limits(self._shown):
            zoom = None
        if zoom == self._zoom:
            return
        self._zoom = zoom
        self.zoom_changed.emit(zoom is not None)
        if not self._shown.is_empty:
            self._ask()

    def _step(self, step: int) -> None:
        first, last = self._limits().epochs
        now = round(last) if self._epoch is None else self._epoch + step
        self._set_epoch(min(max(now, round(first)), round(last)))

    def _set_epoch(self, epoch: int | None) -> None:
        if epoch == self._epoch:
            return
        self._epoch = epoch
        said = ""
        if epoch is not None:
            said = values_in_words(self._shown, curves_look(self, self._theme), epoch)
        self.setAccessibleDescription(said)
        self.update()

    def _paint_over(self, painter: QPainter, place: PlotPlace) -> None:
        if self._drag is not None:
            plot, start, end = self._drag
            paint_drag(painter, self._theme, place.box(plot), QRectF(start, end).normalized())
        elif self._epoch is not None:
            look = curves_look(self, self._theme)
            paint_cursors(painter, self._theme, place, (self._shown, look), self._epoch, self._plot)

    def _ask(self) -> None:
        self._is_stale = True
        if not self._pause.isActive():
            self._on_pause_timeout()

    @Slot()
    def _on_pause_timeout(self) -> None:
        if self._is_stale and self.isVisible():
            self._is_stale = False
            self._thread.ask(self._shown, curves_look(self, self._theme), self._zoom)
            self._pause.start()

    @Slot(object)
    def _on_thread_drawn(self, picture: PlotPicture) -> None:
        if not self._shown.is_empty:
            self._picture = picture
            self.update()

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
