"""The question about an import that was broken off, and what is done about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import BrokenImport, ImportKind, keep, take_back
from cnn_studio.data.import_removal import TakenBack
from cnn_studio.data.intake import IntakeReport, plan_again, run_import
from cnn_studio.data.journal import ChangeEndedError, Watch, watched_by
from cnn_studio.data.unpacking import unpack_dataset
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.capture.transfer.broken_off import BrokenOff
from cnn_studio.gui.capture.transfer.errands import Errand
from cnn_studio.gui.capture.transfer.import_flow import ImportFlow
from cnn_studio.gui.figures import images, whole
from cnn_studio.gui.jobs import JobCancelledError, Task
from cnn_studio.video_import import go_on_with_videos


class ImportOffers(QObject):
    """Puts it into words, and has the imports' own errands do it.

    Args:
        imports: Tells what comes of it.
    """

    def __init__(self, imports: ImportFlow) -> None:
        super().__init__(imports)
        self._imports = imports

    def of(self, broken: BrokenImport) -> BrokenOff:
        """The question about an import."""
        return BrokenOff(
            note=broken.note.path,
            question=self._question(broken),
            can_finish=broken.can_finish,
            has_results=bool(broken.samples),
            can_take_back=bool(broken.samples),
            keep=partial(keep, broken),
            finish=partial(self._finish, broken),
            take_back=partial(self._take_back, broken),
            kept=partial(self._imports.remember, ClassFolders(broken.dataset), broken.samples),
        )

    def _question(self, broken: BrokenImport) -> str:
        count = len(broken.samples)
        if broken.total:
            text = self.tr("An import into {title} was broken off: {done} of {total} are in.")
        else:
            text = self.tr("An import of frames into {title} was broken off: {frames} are in.")
        text = text.format(
            title=broken.dataset.title,
            done=whole(count),
            total=images(broken.total),
            frames=images(count),
        )
        if broken.can_finish:
            text += " " + self.tr("Continue brings in the rest.")
        else:
            text += " " + self.tr("What it came from is not there any more.")
        return text

    def _finish(self, broken: BrokenImport) -> None:
        text = self.tr("Importing the rest into {title}").format(title=broken.dataset.title)
        unit = Unit.SHARE if broken.kind is ImportKind.VIDEOS else Unit.COUNT
        about = About(text, self.tr("what is in stays"), unit, can_take_back=True)
        then = partial(self._imports.tell, ClassFolders(broken.dataset))
        self._imports.errands.add(Errand(about, partial(_finished, broken), then))

    def _take_back(self, broken: BrokenImport) -> None:
        text = self.tr("Taking the import into {title} back").format(title=broken.dataset.title)
        about = About(text, self.tr("everything stays as it was"))
        then = partial(self._imports.tell_taken_back, ClassFolders(broken.dataset))
        self._imports.errands.add(Errand(about, partial(_taken_back, broken), then))


def _finished(broken: BrokenImport, task: Task) -> IntakeReport:
    """The job: bring in the rest."""
    match broken.kind:
        case ImportKind.IMAGES:
            plan, note = plan_again(broken, task.cancelled)
            with plan:
                return run_import(
                    plan,
                    move=bool(broken.values.get("moves")),
                    progress=task.report,
                    cancelled=task.cancelled,
                    halted=task.halted,
                    waits=task.say,
                    note=note,
                )
        case ImportKind.PACKED:
            unpacked = unpack_dataset(
                broken.dataset,
                broken.sources[0],
                title=str(broken.values.get("title", "")),
                progress=task.report,
                cancelled=task.cancelled,
                halted=task.halted,
                waits=task.say,
                broken=broken,
            )
            return IntakeReport(unpacked.samples, unpacked.skipped, unpacked.taken_back)
        case ImportKind.VIDEOS:
            taken = go_on_with_videos(
                broken,
                progress=task.report,
                cancelled=task.cancelled,
                halted=task.halted,
                waits=task.say,
            )
            return IntakeReport(taken.imported, taken.skipped, taken.taken_back)


def _taken_back(broken: BrokenImport, task: Task) -> TakenBack:
    """The job: take back what came in."""
    try:
        with watched_by(Watch(task.report, task.cancelled)):
            return take_back(broken)
    except ChangeEndedError:
        raise JobCancelledError from None
