"""Checks the dataset on show, and keeps what was found in step with edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_studio.data.checkup import check_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.finding_groups import FindingGroup, grouped
from cnn_studio.data.findings import Checkup, Finding
from cnn_studio.data.standing_findings import standing_findings
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.jobs import Jobs, OneJob, Task

_QUIET_MS = 1500  # after the last of several edits, before all images are compared again
_MOST_PAST = 1000


@dataclass(frozen=True)
class StandingCheckup:
    """What a checkup has found, as far as it still holds.

    Attributes:
        checkup: The checkup itself.
        groups: Its findings that still hold, kind by kind.
        past: Findings of earlier checkups that have been put right; an undo brings them back.
    """

    checkup: Checkup
    groups: tuple[FindingGroup, ...] = ()
    past: tuple[Finding, ...] = ()


class CheckupRuns(QObject):
    """Runs one checkup at a time.

    After an edit it first looks at which findings still hold, which takes no longer than listing
    the folders, and checks again once no edit has followed for a while.

    Signals:
        progressed(int, int): How far a checkup is.
        found(StandingCheckup): What holds now.
        checked(Checkup): A checkup has ended, and this is all that it found.
        failed(str): A checkup could not be made; the sentence that says why.
        ended: No checkup is under way.
    """

    progressed = Signal(int, int)
    found = Signal(object)
    checked = Signal(object)
    failed = Signal(str)
    ended = Signal()

    def __init__(
        self,
        contents: Contents,
        jobs: Jobs,
        parent: QObject | None = None,
        is_seen: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self._contents = contents
        self._is_seen = is_seen
        self._found: StandingCheckup | None = None
        self._number = 0  # of the dataset, or the look at it, that answers are wanted for
        self._check_follows = self._look_follows = False
        self._check = OneJob(jobs, self)
        self._check.progressed.connect(self.progressed)
        self._check.succeeded.connect(self._on_check_succeeded)
        self._check.failed.connect(self.failed)
        self._check.finished.connect(self._on_check_finished)
        self._look = OneJob(jobs, self)
        self._look.succeeded.connect(self._on_look_succeeded)
        self._look.failed.connect(self.failed)
        self._look.finished.connect(self._on_look_finished)
        self._quiet = QTimer(self, interval=_QUIET_MS, singleShot=True)
        self._quiet.timeout.connect(self.check)

    @Slot()
    def check(self) -> None:
        """Check all images; while one checkup runs, again after it."""
        self._quiet.stop()
        folders, before = self._contents.folders, self._found
        self._check_follows = self._check.is_running
        if folders is None or self._check.is_running:
            return
        dataset, number = folders.dataset, self._number

        def work(task: Task) -> tuple[int, StandingCheckup]:
            checkup = check_dataset(dataset, progress=task.report, cancelled=task.cancelled)
            groups = grouped(checkup.findings, before.groups if before else ())
            past = _put_right(before, checkup, folders) if before else ()
            return number, StandingCheckup(checkup, groups, past)

        about = About(
            self.tr("Checking {title}").format(title=dataset.title),
            self.tr("nothing is found"),
            writes=False,
        )
        self._check.start(work, about, self._is_seen)

    def look_again(self) -> None:
        """There was an edit: see what still holds, and check again once nothing more follows."""
        self._check.cancel()
        self._quiet.start()
        folders, found = self._contents.folders, self._found
        self._look_follows = self._look.is_running
        if folders is None or found is None or self._look.is_running:
            return

        number = self._number

        def work(_task: Task) -> tuple[int, StandingCheckup]:
            groups = grouped(_standing(found, folders), found.groups)
            return number, replace(found, groups=groups)

        self._look.start(work)

    def stop(self) -> None:
        """Nobody looks at the findings any more, or another dataset is on show."""
        self._number += 1
        self._quiet.stop()
        self._check_follows = self._look_follows = False
        self._check.cancel()
        self._found = None

    def _take(self, found: StandingCheckup) -> None:
        self._found = found
        self.found.emit(found)

    @Slot(object)
    def _on_check_succeeded(self, answer: tuple[int, StandingCheckup]) -> None:
        number, found = answer
        is_wanted = number == self._number and found.checkup.is_complete
        if is_wanted and not self._check_follows:  # else another one follows
            self.checked.emit(found.checkup)
            self._take(found)

    @Slot()
    def _on_check_finished(self) -> None:
        if self._check_follows:
            self.check()
        elif not self._quiet.isActive():
            self.ended.emit()

    @Slot(object)
    def _on_look_succeeded(self, answer: tuple[int, StandingCheckup]) -> None:
        number, found = answer
        last = self._found
        is_of_last = last is not None and found.checkup is last.checkup
        if number == self._number and is_of_last and not self._look_follows:
            self._take(found)

    @Slot()
    def _on_look_finished(self) -> None:
        if self._look_follows:
            self.look_again()


def _put_right(
    before: StandingCheckup, checkup: Checkup, folders: ClassFolders
) -> tuple[Finding, ...]:
    """What was found earlier, is not any more, and no longer holds: an undo may bring it back."""
    known = {(finding.kind, finding.paths) for finding in checkup.findings}
    earlier = [*before.past, *before.checkup.findings]
    over = [finding for finding in earlier if (finding.kind, finding.paths) not in known]
    standing = set(map(id, standing_findings(over, folders)))
    return tuple(finding for finding in over if id(finding) not in standing)[-_MOST_PAST:]


def _standing(found: StandingCheckup, folders: ClassFolders) -> list[Finding]:
    """What still holds, and what holds again since an edit was undone."""
    past = set(map(id, found.past))
    again = [one for one in standing_findings(found.past, folders) if id(one) in past]
    again.sort(key=lambda finding: len(finding.paths), reverse=True)
    covered: set[tuple[object, object]] = set()
    standing = []
    for one in again:  # a set as it was, not also what was left of it
        keys = {(one.kind, path) for path in one.paths}
        if not keys <= covered:
            standing.append(one)
        covered |= keys
    for one in standing_findings(found.checkup.findings, folders):
        if not covered or not {(one.kind, path) for path in one.paths} <= covered:
            standing.append(one)
    return sorted(standing, key=lambda finding: finding.order)
