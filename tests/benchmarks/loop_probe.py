"""Measures how evenly a Qt event loop runs, and who holds it up."""

from __future__ import annotations

import faulthandler
import tempfile
import threading
import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Slot

INTERVAL_MS = 5
_STACK_DEPTH = 60


@dataclass(frozen=True)
class Gaps:
    """Times between two ticks of a 5-ms timer, in milliseconds.

    Attributes:
        p50_ms, p99_ms, largest_ms: By the clock.
        largest_work_ms: The most processor time that the window's thread itself took in one gap.
            What is missing to `largest_ms` it waited, be it for Python's lock or for a processor.
        ticks: How many gaps there were.
    """

    p50_ms: float
    p99_ms: float
    largest_ms: float
    largest_work_ms: float
    ticks: int

    def __str__(self) -> str:
        return (
            f"p50 {self.p50_ms:5.1f} ms   p99 {self.p99_ms:5.1f} ms   "
            f"largest {self.largest_ms:6.1f} ms   own work up to {self.largest_work_ms:5.1f} ms"
        )


class LoopProbe(QObject):
    """A timer in the window's thread, and optionally a watcher of long gaps beside it.

    Args:
        watch_over_ms: Note what all threads do once the window's thread has worked for longer than
            this without a tick, in processor time; None never looks. Not on Windows.
    """

    def __init__(self, watch_over_ms: float | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = QElapsedTimer()
        self._clock.start()
        self._ticks_ns: list[int] = [self._clock.nsecsElapsed()]
        self._work_ns: list[int] = [time.thread_time_ns()]
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._watch_over_ms = watch_over_ms
        self._window_thread = threading.get_ident()
        self._leaving = threading.Event()
        self._stacks: list[str] = []
        self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._timer.start()
        if self._watch_over_ms is not None:
            self._watcher.start()

    def stop(self) -> None:
        """End the timer and the watcher."""
        self._timer.stop()
        self._leaving.set()

    def restart(self) -> None:
        """Forget what was measured, as at the beginning of a phase."""
        self._ticks_ns = [self._clock.nsecsElapsed()]
        self._work_ns = [time.thread_time_ns()]
        self._stacks = []

    def gaps(self) -> Gaps:
        """What was measured since the phase began, the gap that is still open included."""
        ticks = np.array([*self._ticks_ns, self._clock.nsecsElapsed()])
        gaps_ms = np.diff(ticks) / 1e6
        work_ms = np.diff(np.array([*self._work_ns, time.thread_time_ns()])) / 1e6
        p50, p99 = map(float, np.percentile(gaps_ms, (50, 99)))
        return Gaps(p50, p99, float(gaps_ms.max()), float(work_ms.max()), len(ticks) - 1)

    def stacks(self) -> list[str]:
        """What was going on in the long gaps of this phase, if anyone watched."""
        return self._stacks

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._ticks_ns.append(self._clock.nsecsElapsed())
        self._work_ns.append(time.thread_time_ns())

    def _watch(self) -> None:
        limit_ms = self._watch_over_ms or 0.0
        clock = time.pthread_getcpuclockid(self._window_thread)
        noted = 0
        while not self._leaving.wait(INTERVAL_MS / 1000):
            last = self._work_ns[-1]
            work_ms = (time.clock_gettime_ns(clock) - last) / 1e6
            if work_ms > limit_ms and last != noted:
                noted = last
                self._stacks.append(self._all_stacks(work_ms))

    def _all_stacks(self, work_ms: float) -> str:
        # Not sys._current_frames: a frame in hand keeps the painter of a paint event alive beyond
        # that event, and Qt crashes.
        with tempfile.TemporaryFile("w+") as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            threads = file.read().split("\n\n")
        heads = [f"--- {work_ms:.0f} ms of work without a tick, at {time.strftime('%H:%M:%S')}"]
        for thread in threads:
            lines = thread.strip().splitlines()
            if f"0x{self._window_thread:016x}" in lines[0]:
                heads.append("\n".join(["WINDOW", *lines[1:_STACK_DEPTH]]))
            elif "loop_probe" not in thread:
                heads.append("\n".join(["beside it", *lines[1:3]]))
        return "\n".join(heads)
