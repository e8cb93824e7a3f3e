"""Offers the sessions of the samples on show in the filter bar, counted beside the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QLocale, QObject, Slot

from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.gallery.arrangement import count_sessions, session_id
from cnn_studio.gui.capture.gallery.filter_bar import FilterBar
from cnn_studio.gui.figures import short, whole
from cnn_studio.gui.jobs import Jobs, Task

_Counted = tuple[Sequence[Sample], list[tuple[Session | None, int]]]


class SessionOffer(QObject):
    """Says which sessions there are, and how many samples each has."""

    def __init__(
        self, contents: Contents, bar: FilterBar, jobs: Jobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._contents = contents
        self._bar = bar
        self._jobs = jobs

    def update(self) -> None:
        """Count them again."""
        samples = self._contents.samples

        def work(_task: Task) -> _Counted:
            return samples, count_sessions(samples)

        job = self._jobs.create(work)
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def _texts(self, session: Session | None, count: int) -> tuple[str, ...]:
        """What a session is called, with how many images it has; and that in fewer letters."""
        name = f"{self._name(session)} ({whole(count)})"
        brief = self.tr("From elsewhere") if session is None else _when(session, "d MMM")
        return name, f"{brief} · {whole(count)}", f"{brief} · {short(count)}", brief

    def _name(self, session: Session | None) -> str:
        if session is None:
            return self.tr("From elsewhere")
        when = _when(session, "d MMM yyyy")
        if session.kind is SessionKind.RECORDING:
            return self.tr("Recorded {when}").format(when=when)
        if session.kind is SessionKind.CORRECTION:
            return self.tr("Taught {when}").format(when=when)
        return self.tr("Imported {when}").format(when=when)

    @Slot(object)
    def _on_job_succeeded(self, counted: _Counted) -> None:
        samples, counts = counted
        if samples is not self._contents.samples:  # others are on show by now, and being counted
            return
        self._bar.set_sessions(
            [(session_id(session), *self._texts(session, count)) for session, count in counts]
        )


def _when(session: Session, day: str) -> str:
    """When a session began, its day written so."""
    when = session.started.astimezone()
    date = QLocale().toString(QDate(when.year, when.month, when.day), day)
    return f"{date} {when:%H:%M}"
