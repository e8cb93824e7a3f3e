"""Questions about copying and exports that were broken off, and what is done about them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDir, QObject

from cnn_studio.errors import ModelError
from cnn_studio.exporting.export import ExportOrder, Step
from cnn_studio.exporting.export_notes import BrokenExport
from cnn_studio.exporting.task import step_or_report
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.broken_off import BrokenOff
from cnn_studio.gui.capture.transfer.errands import Errand, Errands
from cnn_studio.gui.endings import Until
from cnn_studio.gui.exporting.export_flow import exported
from cnn_studio.gui.figures import images, whole
from cnn_studio.gui.jobs import JobCancelledError, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.models.run_dataset import dataset_of, why_no_dataset
from cnn_studio.models.runs import open_run
from cnn_studio.paths import Workspace
from cnn_studio.prediction.copy_notes import (
    BrokenCopy,
    go_on_copying,
    keep_copies,
    take_copies_back,
)
from cnn_studio.prediction.copying import CopyReport


class WorkOffers(QObject):
    """Puts it into words, and has errands do it.

    Args:
        studio: The state above the tabs.
        errands: Do the work.
        messages: Tell what came of it.
    """

    def __init__(self, studio: Studio, errands: Errands, messages: Messages) -> None:
        super().__init__(errands)
        self._studio = studio
        self._errands = errands
        self._messages = messages

    def of_copy(self, broken: BrokenCopy) -> BrokenOff:
        """The question about pictures that were being copied by class."""
        text = self.tr("Copying into {folder} was broken off: {done} of {total} are there.")
        question = text.format(
            folder=_native(broken.target),
            done=whole(len(broken.copied)),
            total=images(broken.total),
        )
        if broken.can_finish:
            question += " " + self.tr("Continue copies the rest.")
        elif broken.rest:
            question += " " + self.tr("What was copied is not there any more.")
        return BrokenOff(
            note=broken.note.path,
            question=question,
            can_finish=broken.can_finish,
            has_results=bool(broken.copied),
            can_take_back=bool(broken.copied),
            keep=partial(keep_copies, broken),
            finish=partial(self._finish_copy, broken),
            take_back=partial(self._take_copy_back, broken),
        )

    def of_export(self, broken: BrokenExport) -> BrokenOff:
        """The question about a model that was being exported."""
        text = self.tr("An export of {run} was broken off: {done} of {all} formats are through.")
        question = text.format(
            run=broken.run_folder.name,
            done=whole(len(broken.done)),
            all=whole(len(broken.done) + len(broken.rest)),
        )
        can_finish = bool(broken.rest) and broken.run_folder.is_dir()
        if can_finish:
            question += " " + self.tr("Continue exports the others.")
        return BrokenOff(
            note=broken.note.path,
            question=question,
            can_finish=can_finish,
            has_results=bool(broken.done),
            can_take_back=False,  # each format stands for itself, and can be written again
            keep=broken.strike_out,
            finish=partial(self._finish_export, broken),
        )

    def _finish_copy(self, broken: BrokenCopy) -> None:
        text = self.tr("Copying the rest into {folder}").format(folder=broken.target.name)
        about = About(text, self.tr("the files copied so far stay"), can_take_back=True)

        def work(task: Task) -> CopyReport:
            return go_on_copying(broken, task.report, task.cancelled, task.halted)

        self._errands.add(Errand(about, work, partial(self._tell_copied, broken.target)))

    def _take_copy_back(self, broken: BrokenCopy) -> None:
        text = self.tr("Removing the copies in {folder}").format(folder=broken.target.name)
        about = About(text, self.tr("the copies are removed all the same"))

        def then(_result: object) -> None:
            text = self.tr("{images} were removed from {folder} again.")
            count = images(len(broken.copied))
            text = text.format(images=count, folder=_native(broken.target))
            self._messages.say(text, until=Until.PAGE)

        self._errands.add(Errand(about, lambda _task: take_copies_back(broken), then))

    def _finish_export(self, broken: BrokenExport) -> None:
        about = About(
            self.tr("Exporting the rest of {run}").format(run=broken.run_folder.name),
            self.tr("the formats that are verified stay"),
        )
        work = partial(_exported_rest, broken, self._studio.workspace, self._studio.work_notes)
        then = partial(self._tell_exported, broken)
        self._errands.add(Errand(about, work, then))

    def _tell_copied(self, target: Path, report: CopyReport) -> None:
        if report.is_taken_back:
            self._messages.say(self.tr("Stopped; the copies were removed again."), until=Until.PAGE)
            return
        text = self.tr("{images} are copied into {folder}.")
        text = text.format(images=images(len(report.copied)), folder=_native(target))
        kind = Kind.WARN if report.left_out else Kind.GOOD
        lines = [f"{name}: {reason}" for name, reason in report.left_out]
        self._messages.report(text, kind, lines, until=Until.PAGE)

    def _tell_exported(self, broken: BrokenExport, _message: str) -> None:
        text = self.tr("The export of {run} is ready, in {folder}.")
        text = text.format(run=broken.run_folder.name, folder=_native(broken.out))
        self._messages.say(text, Kind.GOOD, until=Until.PAGE)


def _exported_rest(broken: BrokenExport, workspace: Workspace, notes: Path, task: Task) -> str:
    """The job: export the formats that are missing."""
    dataset = dataset_of(open_run(broken.run_folder), workspace)
    if dataset is None:
        why = why_no_dataset(open_run(broken.run_folder), workspace)
        raise ModelError(
            f"Exports are compared on images. {why} Export the run again from the Train tab, which "
            "asks for their folder."
        )
    broken.strike_out()
    order = ExportOrder(broken.run_folder, dataset, broken.rest, broken.out)

    def noted(values: Any) -> None:
        news = step_or_report(values)
        if isinstance(news, Step):
            task.report(news.done, news.total)

    message = exported(order, notes, task, noted)
    if not message:
        raise JobCancelledError
    return message


def _native(path: Path) -> str:
    return QDir.toNativeSeparators(str(path))
