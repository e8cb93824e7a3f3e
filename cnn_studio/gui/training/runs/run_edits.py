"""Changes to runs that a person asks for, made one after the other beside the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.activities import About
from cnn_studio.gui.jobs import Jobs, Task
from cnn_studio.gui.training import wording
from cnn_studio.models.run_notes import RunNotes, write_notes
from cnn_studio.models.run_trash import delete_for_good, restore_run, trash_run
from cnn_studio.paths import Workspace

_Work = Callable[[Task], list[Path]]


class RunEdits(QObject):
    """Writes notes, and moves runs to the trash and back.

    Signals:
        noted: Notes have been written.
        trashed(list[Path]): Runs have been deleted; where they are in the trash.
        restored(list[Path]): Runs are back; where they are.
        removed(list[Path]): Runs have been removed from the trash.
        failed(str): Something could not be done; the sentence that says why.
    """

    noted = Signal()
    trashed = Signal(list)
    restored = Signal(list)
    removed = Signal(list)
    failed = Signal(str)

    def __init__(self, workspace: Workspace, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._jobs = jobs
        self._waiting: deque[tuple[_Work, Callable[[list[Path]], None], About | None]] = deque()
        self._told: Callable[[list[Path]], None] | None = None

    def note(self, folder: Path, notes: RunNotes) -> None:
        """Write the notes on a run."""
        self._do(partial(_note, folder, notes), self._tell_noted)

    def trash(self, folders: Sequence[Path]) -> None:
        """Delete runs; they can be restored."""
        self._do(partial(_each, partial(trash_run, self._workspace), folders), self.trashed.emit)

    def restore(self, trashed: Sequence[Path]) -> None:
        """Bring deleted runs back."""
        self._do(partial(_each, partial(restore_run, self._workspace), trashed), self.restored.emit)

    def remove(self, trashed: Sequence[Path]) -> None:
        """Remove deleted runs from the disk."""
        about = About(
            self.tr("Deleting {runs} for good").format(runs=wording.runs(len(trashed))),
            self.tr("what is not gone yet stays in the trash"),
        )
        self._do(partial(_remove, self._workspace, trashed), self.removed.emit, about)

    @property
    def is_busy(self) -> bool:
        """Whether a change is being made or waits to be: what is on disk is not the last of it."""
        return self._told is not None

    def _do(
        self, work: _Work, tell: Callable[[list[Path]], None], about: About | None = None
    ) -> None:
        self._waiting.append((work, tell, about))
        if not self.is_busy:
            self._begin_next()

    def _begin_next(self) -> None:
        self._told = None
        if not self._waiting:
            return
        work, self._told, about = self._waiting.popleft()
        job = self._jobs.create(work, about)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.start()

    def _tell_noted(self, _folders: list[Path]) -> None:
        self.noted.emit()

    @Slot(object)
    def _on_job_succeeded(self, folders: list[Path]) -> None:
        told = self._told
        self._begin_next()
        if told is not None:
            told(folders)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._begin_next()
        self.failed.emit(sentence)


def _note(folder: Path, notes: RunNotes, _task: Task) -> list[Path]:
    write_notes(folder, notes)
    return [folder]


def _each(move: Callable[[Path], Path], folders: Sequence[Path], _task: Task) -> list[Path]:
    return [move(folder) for folder in folders]


def _remove(workspace: Workspace, trashed: Sequence[Path], task: Task) -> list[Path]:
    for done, folder in enumerate(trashed):
        if task.cancelled():
            return list(trashed[:done])
        task.report(done, len(trashed))
        delete_for_good(workspace, folder)
    return list(trashed)
