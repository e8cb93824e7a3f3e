"""Work that goes on until a test lets it, and tells how it was ended."""

from __future__ import annotations

import threading

from cnn_studio.errors import DatasetError
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.jobs import Job, Jobs, Task
from cnn_studio.work_notes import Halt

_LIMIT_S = 20


class HeldWork:
    """A job that has done 6 of 16 and waits.

    Attributes:
        job: The job, which runs.
        halt: How it was ended early; None if it was not.
    """

    def __init__(
        self,
        jobs: Jobs,
        title: str = "Importing",
        *,
        can_take_back: bool = False,
        writes: bool = True,
        is_seen: bool = False,
    ) -> None:
        self.halt: Halt | None = None
        self._problem = ""
        self._may_end = threading.Event()
        about = About(title, "what is in stays", Unit.COUNT, can_take_back, writes)
        self.job: Job = jobs.create(self._work, about, lambda: is_seen)
        self.job.start()

    def let_end(self, problem: str = "") -> None:
        """Let it end by itself."""
        self._problem = problem
        self._may_end.set()

    def _work(self, task: Task) -> None:
        task.report(6, 16)
        for _ in range(_LIMIT_S * 200):
            if task.cancelled():
                self.halt = task.halted()
                return
            if self._may_end.wait(0.005):
                break
        if self._problem:
            raise DatasetError(self._problem)
