"""The thread that draws the plots. It draws the newest curves and never queues older ones."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, QThread, Signal

from cnn_studio.gui.training.curves.curves import Shown
from cnn_studio.gui.training.curves.plot_limits import Limits
from cnn_studio.gui.training.curves.plot_look import PlotLook

_Asked = tuple[Shown, PlotLook, Limits | None]
_log = logging.getLogger(__name__)


class PlotThread(QThread):
    """Imports Matplotlib and draws on demand.

    Signals:
        drawn(PlotPicture): The picture of the newest curves that were asked for.
        drawn_to_keep(PlotPicture): The picture that was asked for to be kept.
        failed: The newest curves could not be drawn.
        failed_to_keep: The picture that was asked for to be kept could not be drawn.
    """

    drawn = Signal(object)
    drawn_to_keep = Signal(object)
    failed = Signal()
    failed_to_keep = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots")
        self._changed = threading.Condition()
        self._asked: _Asked | None = None
        self._asked_to_keep: _Asked | None = None
        self._is_leaving = False

    @property
    def is_leaving(self) -> bool:
        """Whether it has ended for good, or soon has."""
        return self._is_leaving

    def ask(self, shown: Shown, look: PlotLook, zoom: Limits | None = None) -> None:
        """Have curves drawn; whatever was asked for and not begun is forgotten."""
        with self._changed:
            self._asked = (shown, look, zoom)
            self._changed.notify()

    def ask_to_keep(self, shown: Shown, look: PlotLook, zoom: Limits | None = None) -> None:
        """Have a picture drawn beside those on the screen, perhaps of another size."""
        with self._changed:
            self._asked_to_keep = (shown, look, zoom)
            self._changed.notify()

    def leave(self) -> None:
        """End the thread after the picture in hand."""
        with self._changed:
            self._is_leaving = True
            self._changed.notify()

    def run(self) -> None:
        # Imported here, on this thread, because it takes most of a second.
        from cnn_studio.gui.training.curves.plot_drawing import PlotDrawing

        drawing = PlotDrawing()
        while (asked := self._next()) is not None:
            what, to_keep = asked
            try:
                if to_keep:
                    self.drawn_to_keep.emit(PlotDrawing().draw(*what))
                else:
                    self.drawn.emit(drawing.draw(*what))
            except Exception:  # noqa: BLE001 - the thread's outermost edge; the next may be drawn
                _log.exception("The curves could not be drawn")
                drawing = PlotDrawing()
                (self.failed_to_keep if to_keep else self.failed).emit()

    def _next(self) -> tuple[_Asked, bool] | None:
        """What is to be drawn, and whether it is to be kept; None to end."""
        with self._changed:
            while not (self._asked or self._asked_to_keep or self._is_leaving):
                self._changed.wait()
            if self._is_leaving:
                return None
            if self._asked is not None:
                asked, self._asked = self._asked, None
                return asked, False
            kept, self._asked_to_keep = self._asked_to_keep, None
            return (kept, True) if kept is not None else None
