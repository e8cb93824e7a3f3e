"""Steps that may hang in a library or the system, each with a time limit, on a thread beside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
_LOOK_S = 0.1


class NotInTimeError(Exception):
    """A step took longer than it may, or nobody waits for it any more."""


class StepsBeside:
    """Runs one step after another, all of them on one thread, which is not the caller's.

    Looking up a name, or FFmpeg while it connects, can be neither ended nor hurried. Whoever waits
    here can be released at once; the step then goes on by itself, and what it gives is dropped.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._steps: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._changed = threading.Condition()  # guards the two below
        self._is_interrupted = False
        self._is_late = False
        # No reason for the program to stay: it may wait for a device that never answers.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(
        self,
        step: Callable[[], Result],
        limit_s: float,
        look: Callable[[], None] | None = None,
    ) -> Result:
        """Run a step and wait for what it gives, or raises.

        Args:
            step: What to do.
            limit_s: How long it may take.
            look: Called a few times a second meanwhile; whatever it raises ends the wait.

        Raises:
            NotInTimeError: It is not done after `limit_s`, or `interrupt` was called. There are no
                more steps then.
        """
        outcome: list[tuple[bool, Any]] = []

        def run() -> None:
            done: tuple[bool, Any]
            try:
                done = True, step()
            except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
                done = False, error
            with self._changed:
                outcome.append(done)
                self._changed.notify_all()

        with self._changed:
            if self._is_interrupted or self._is_late:
                raise NotInTimeError
            self._steps.put(run)
            self._is_late = True  # until it is known better, whatever `look` raises
            deadline_s = time.monotonic() + limit_s
            while not (outcome or self._is_interrupted) and time.monotonic() < deadline_s:
                left_s = left_until(deadline_s)
                self._changed.wait(left_s if look is None else min(left_s, _LOOK_S))
                if look is not None:
                    look()
            self._is_late = not outcome
            if self._is_late:
                raise NotInTimeError
        (is_result, value) = outcome[0]
        if not is_result:
            raise value
        result: Result = value
        return result

    def interrupt(self) -> None:
        """Release whoever waits, now and from now on; thread-safe."""
        with self._changed:
            self._is_interrupted = True
            self._changed.notify_all()

    def end(self, last: Callable[[], None], patience_s: float) -> None:
        """Run one more step, then end the thread; wait for it unless a step is under way."""
        self._steps.put(last)
        self._steps.put(None)
        with self._changed:
            is_hung = self._is_late
        if not is_hung:
            self._thread.join(patience_s)

    def _run(self) -> None:
        while (step := self._steps.get()) is not None:
            step()


def left_until(deadline_s: float) -> float:
    """How many seconds are left until a time of `time.monotonic`; never less than 0."""
    return max(deadline_s - time.monotonic(), 0.0)
