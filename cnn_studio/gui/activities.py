"""What goes on beside the window and takes its time: known in one place, for all that shows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.time_left import TimeLeft
from cnn_studio.work_notes import Halt


class Unit(StrEnum):
    """What progress is counted in, for a person."""

    COUNT = "count"
    BYTES = "bytes"
    SHARE = "share"


@dataclass(frozen=True)
class About:
    """What a person is to know of a piece of work.

    Attributes:
        title: What is being done: "Importing 1,636 images into Satellite".
        how_it_ends: What becomes of it where it is cancelled: "What is in stays".
        unit: What its progress is counted in.
        can_take_back: Whether what is done can be taken back where it is cancelled.
        writes: Whether it changes anything on the disk: the window asks before it closes.
    """

    title: str
    how_it_ends: str
    unit: Unit = Unit.COUNT
    can_take_back: bool = False
    writes: bool = True


class Activity(QObject):
    """One piece of work that is under way.

    Attributes:
        about: What it is.
        done, total: How far it is; the total is 0 while that is not known.
        stage: What of it is being done, in a few words; empty where a count says it all.
        can_be_shown: Whether there is more to see of it than this, see `show`.

    Signals:
        changed: It is further, or something else of it is being done.
        stop_requested(Halt): It is to end early; whoever does the work heeds it.
        show_requested: A person wants to see it: its dialog, say.
        ended: It is over.
    """

    changed = Signal()
    stop_requested = Signal(object)
    show_requested = Signal()
    ended = Signal()

    def __init__(self, about: About, is_seen: Callable[[], bool]) -> None:
        super().__init__()  # without a parent, for the same reason as a `Job`
        self.about = about
        self.done = self.total = 0
        self.stage = ""
        self.can_be_shown = False
        self._is_seen = is_seen
        self._begun_s = time.monotonic()
        self._time_left = TimeLeft()
        self._given_s: float | None = None
        self._halt: Halt | None = None
        self._is_over = self._has_problem = False

    @property
    def age_s(self) -> float:
        """How long it has been under way."""
        return time.monotonic() - self._begun_s

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take; None while that is not known, or it is ending early."""
        if self._halt is not None:
            return None
        return self._time_left.seconds if self._given_s is None else self._given_s

    @property
    def is_stopping(self) -> bool:
        """Whether it is ending early."""
        return self._halt is not None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._is_over

    @property
    def has_problem(self) -> bool:
        """Whether a person should see what came of it."""
        return self._has_problem

    @property
    def is_seen(self) -> bool:
        """Whether a part of the window that is about it is on the screen."""
        return self._is_seen()

    def describe(self, about: About) -> None:
        """Another part of it begins, which is counted by itself."""
        self.about = about
        self.done = self.total = 0
        self.stage = ""
        self._time_left, self._given_s = TimeLeft(), None
        self._halt = None
        self.changed.emit()

    @Slot(int, int)
    def set_progress(self, done: int, total: int) -> None:
        """It is so far."""
        self.done, self.total = done, total
        self._time_left.update(done, total)
        self.changed.emit()

    def set_stage(self, text: str, seconds_left: float | None = None) -> None:
        """Say what of it is being done, and how long all will take, where that is known better."""
        self.stage, self._given_s = text, seconds_left
        self.changed.emit()

    def stop(self, halt: Halt = Halt.KEEP) -> None:
        """Ask it to end early; what cannot be taken back stays."""
        if self._is_over:
            return
        if halt is Halt.TAKE_BACK and not self.about.can_take_back:
            halt = Halt.KEEP
        self._halt = halt
        self.stop_requested.emit(halt)
        self.changed.emit()

    def show(self) -> None:
        """Ask for what shows more of it."""
        if not self._is_over:
            self.show_requested.emit()

    def warn(self) -> None:
        """Something of it did not go well: a person should see it before the window closes."""
        self._has_problem = True

    @Slot()
    def end(self) -> None:
        """It is over."""
        if not self._is_over:
            self._is_over = True
            self.ended.emit()


class Activities(QObject):
    """All that is under way, oldest first.

    Signals:
        changed: One has begun, got on, or ended.
        ended(Activity): One is over, and not among them any more.
    """

    changed = Signal()
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Activity] = []

    @property
    def running(self) -> tuple[Activity, ...]:
        """What is under way."""
        return tuple(self._running)

    @property
    def writing(self) -> tuple[Activity, ...]:
        """What is under way and changes something on the disk."""
        return tuple(activity for activity in self._running if activity.about.writes)

    def begin(
        self,
        about: About,
        on_stop: Callable[[Halt], None],
        is_seen: Callable[[], bool] = lambda: False,
    ) -> Activity:
        """A piece of work begins; whoever does it tells how far it is, and `end`s it.

        Args:
            about: What it is.
            on_stop: Ends it early.
            is_seen: Whether a part of the window that is about it is on the screen.
        """
        activity = Activity(about, is_seen)
        activity.stop_requested.connect(on_stop)
        activity.changed.connect(self.changed)
        activity.ended.connect(self._on_activity_ended)
        self._running.append(activity)
        self.changed.emit()
        return activity

    @Slot()
    def _on_activity_ended(self) -> None:
        activity = self.sender()
        if isinstance(activity, Activity):
            self._running.remove(activity)
            self.ended.emit(activity)
            self.changed.emit()
