"""Looks for unreachable cycles of objects, on the window's thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL_MS = 500
_THRESHOLDS = (5_000, 10, 50)


class CycleCollector(QObject):
    """Takes the place of Python's own search for cycles, for as long as the program runs.

    Python searches on whichever thread happens to make an object. If a worker's search finds a
    widget, it is destroyed there: Qt's destructor holds a lock of Qt's and asks for Python's, while
    the window's thread holds Python's and asks for Qt's, and both wait for ever.

    It searches more rarely than Python does, too: among 50,000 samples that takes some 40 ms, and
    nearly everything here is freed without it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.set_threshold(*_THRESHOLDS)
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        counts = gc.get_count()
        due = [age for age in range(3) if counts[age] > _THRESHOLDS[age]]
        if 0 in due:
            # An older generation's search includes the younger ones.
            gc.collect(max(age for age in due if set(range(age)) <= set(due)))


def pass_over_what_is_there() -> None:
    """Have no search look again at what there is by now.

    Modules make most of all objects, and stay: after they are imported a search of all would take
    up to 300 ms on the window's thread, and one of the younger ones 30 ms, in vain.
    """
    gc.freeze()
