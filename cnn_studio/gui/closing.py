"""What happens when the window is to close while work is under way."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.activities import Activities, Activity
from cnn_studio.gui.closing_dialog import ClosingDialog
from cnn_studio.work_notes import Halt

_GRACE_S = 0.5  # most of what has only just begun is over before anybody could read a question
_STOP_LIMIT_MS = 10_000
_TAKE_BACK_LIMIT_MS = 60_000


class _State(StrEnum):
    OPEN = "open"
    FINISHING = "finishing"
    STOPPING = "stopping"
    DECIDED = "decided"


class Closing(QObject):
    """Asks once about all that writes; waits for it, or ends it in order.

    Signals:
        ready: Nothing stands in the way any more; the window is to close.
        changed: Whether the window will close by itself is another matter now.
        kept_open(str): It will not, since this did not go well.
    """

    ready = Signal()
    changed = Signal()
    kept_open = Signal(str)

    def __init__(self, activities: Activities, window: QWidget) -> None:
        super().__init__(window)
        self._activities = activities
        self._window = window
        self._state = _State.OPEN
        self._dialog: ClosingDialog | None = None
        self._problem = ""
        self._limit = QTimer(self, singleShot=True)
        self._limit.timeout.connect(self._decide)
        activities.changed.connect(self._on_activities_changed)
        activities.ended.connect(self._on_activities_ended)

    @property
    def is_waiting(self) -> bool:
        """Whether the window closes by itself once all is done."""
        return self._state is _State.FINISHING

    @property
    def is_stopping(self) -> bool:
        """Whether all is being ended so that the window can close."""
        return self._state is _State.STOPPING

    def may_close(self) -> bool:
        """Whether the window may close now; if not, a question comes, or all is ending."""
        if self._state is _State.DECIDED or not self._activities.writing:
            return True
        if self._state is not _State.STOPPING:
            is_new = all(a.age_s < _GRACE_S for a in self._activities.writing)
            QTimer.singleShot(round(_GRACE_S * 1000) if is_new else 0, self, self._ask)
        return False

    @Slot()
    def stay_open(self) -> None:
        """Do not close by itself after all."""
        if self.is_waiting:
            self._set_state(_State.OPEN)

    def end_in_order(self) -> None:
        """Close without a question, as when the system asks: the next start asks instead."""
        if self._dialog is not None:
            self._dialog.reject()
        if self._activities.writing:
            self._stop(Halt.LATER)
        else:
            self._decide()

    @Slot()
    def _ask(self) -> None:
        if not self._activities.writing:  # it was over in no time
            self._decide()
        if self._dialog is not None or self._state in (_State.STOPPING, _State.DECIDED):
            return
        dialog = self._dialog = ClosingDialog(self._window)
        dialog.finish_requested.connect(self._on_dialog_finish_requested)
        dialog.stop_requested.connect(self._stop)
        dialog.close_requested.connect(self._decide)
        dialog.finished.connect(self._on_dialog_finished)
        dialog.set_activities(self._activities.writing)
        dialog.open()

    def _set_state(self, state: _State) -> None:
        self._state = state
        self._problem = ""
        self.changed.emit()

    @Slot(object)
    def _stop(self, halt: Halt) -> None:
        self._set_state(_State.STOPPING)
        is_slow = halt is Halt.TAKE_BACK
        self._limit.start(_TAKE_BACK_LIMIT_MS if is_slow else _STOP_LIMIT_MS)
        for activity in self._activities.running:
            activity.stop(halt)
        self._look_soon()

    @Slot()
    def _decide(self) -> None:
        self._limit.stop()
        self._set_state(_State.DECIDED)
        self.ready.emit()

    def _look_soon(self) -> None:
        # What follows on what has just ended begins in the same moment.
        QTimer.singleShot(0, self, self._look)

    @Slot()
    def _look(self) -> None:
        if self._activities.writing:
            return
        if self._state is _State.FINISHING and self._problem:
            problem = self._problem
            self._set_state(_State.OPEN)
            self.kept_open.emit(problem)
        elif self._state in (_State.FINISHING, _State.STOPPING):
            self._decide()

    @Slot()
    def _on_dialog_finish_requested(self) -> None:
        self._set_state(_State.FINISHING)
        self._look_soon()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._dialog = None

    @Slot()
    def _on_activities_changed(self) -> None:
        if self._dialog is not None and self._activities.writing:
            self._dialog.set_activities(self._activities.writing)

    @Slot(object)
    def _on_activities_ended(self, activity: Activity) -> None:
        if activity.has_problem and activity.about.writes:
            self._problem = activity.about.title
        if self._dialog is not None:
            self._dialog.set_activities(self._activities.writing)
        self._look_soon()
