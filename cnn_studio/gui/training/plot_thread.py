"""The thread that draws the plots. It draws the newest curves and never queues older ones."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject, QThread, Signal

from cnn_studio.gui.training.curves import Curves
from cnn_studio.gui.training.plot_look import PlotLook

_log = logging.getLogger(__name__)


class PlotThread(QThread):
    """Imports Matplotlib and draws on demand.

    Signals:
        drawn(PlotPicture): The picture of the newest curves that were asked for.
    """

    drawn = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots")
        self._changed = threading.Condition()
        self._asked: tuple[Curves, PlotLook] | None = None
        self._is_leaving = False

    def ask(self, curves: Curves, look: PlotLook) -> None:
        """Have curves drawn; whatever was asked for and not begun is forgotten."""
        with self._changed:
            self._asked = (curves, look)
            self._changed.notify()

    def leave(self) -> None:
        """End the thread after the picture in hand."""
        with self._changed:
            self._is_leaving = True
            self._changed.notify()

    def run(self) -> None:
        # Imported here, on this thread, because it takes most of a second.
        from cnn_studio.gui.training.plot_drawing import PlotDrawing

        drawing = PlotDrawing()
        while (asked := self._next()) is not None:
            try:
                self.drawn.emit(drawing.draw(*asked))
            except Exception:  # noqa: BLE001 - the thread's outermost edge; the next may be drawn
                _log.exception("The curves could not be drawn")
                drawing = PlotDrawing()

    def _next(self) -> tuple[Curves, PlotLook] | None:
        with self._changed:
            while self._asked is None and not self._is_leaving:
                self._changed.wait()
            asked, self._asked = self._asked, None
            return None if self._is_leaving else asked
