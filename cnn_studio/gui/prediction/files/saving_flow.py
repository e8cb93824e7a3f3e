"""Files copied by class, and their answers saved as a table, each asked for and told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, QObject, QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.gui.activities import About
from cnn_studio.gui.figures import images, time_left, whole
from cnn_studio.gui.jobs import Job, JobCancelledError, Task
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.save_dialog import SaveDialog
from cnn_studio.prediction.answer_files import write_answers_as_csv, write_answers_as_json
from cnn_studio.prediction.batch import FilePrediction
from cnn_studio.prediction.copy_notes import noted
from cnn_studio.prediction.copying import CopyReport, copy_by_class, orders_for

_TOP = 3
_NAMES_SHOWN = 3
_LAST_FOLDER = "prediction/answers-folder"
_HOME = QStandardPaths.StandardLocation.HomeLocation


class SavingFlow(QObject):
    """Asks where to, works in the background, one thing at a time, and says what came of it.

    Signals:
        told(sentence, Kind, action): What goes on; `action` is the text of a button, for `act`.
    """

    told = Signal(str, object, str)

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._job: Job | None = None
        self._done: Path | None = None  # the folder that the last report is about

    def ask_to_copy(self, entries: Sequence[FileEntry]) -> None:
        """Ask for a folder and copy the files into a folder in it for each class."""
        dialog = QFileDialog(self._window, self.tr("Copy into folders by class"))
        dialog.setObjectName("saveDialog")
        home = QStandardPaths.writableLocation(_HOME)
        dialog.setDirectory(str(self._studio.settings.value(_LAST_FOLDER, home)))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(partial(self._on_folder_chosen, _answers(entries)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_for_csv(self, entries: Sequence[FileEntry]) -> None:
        """Ask for a file and write a table of the answers into it."""
        self._ask_for_table(entries, "csv", self.tr("Tables (*.csv)"))

    def ask_for_json(self, entries: Sequence[FileEntry]) -> None:
        """Ask for a file and write the answers into it."""
        self._ask_for_table(entries, "json", self.tr("JSON files (*.json)"))

    def copy(self, answers: Sequence[FilePrediction], target: Path) -> None:
        """Copy pictures by class."""
        notes = self._studio.work_notes

        def work(task: Task) -> CopyReport:
            with noted(notes, target, orders_for(answers, target), task.halted) as coming:
                return copy_by_class(
                    answers, target, task.report, task.cancelled, task.halted, coming
                )

        about = About(
            self.tr("Copying {files} into folders by class").format(files=images(len(answers))),
            self.tr("the files copied so far stay"),
            can_take_back=True,
        )
        job = self._begin(work, self.tr("Copying …"), about)
        if job is not None:
            job.progressed.connect(self._on_copying_progressed)
            job.succeeded.connect(partial(self._on_copied, target))
            job.start()

    def save(self, answers: Sequence[FilePrediction], path: Path) -> None:
        """Write answers into a file, as its ending says."""
        write = write_answers_as_json if path.suffix.lower() == ".json" else write_answers_as_csv

        def work(task: Task) -> Path:
            def look(done: int) -> bool:
                task.report(done, len(answers))
                return not task.cancelled()

            if not write(path, answers, _TOP, look):
                raise JobCancelledError
            return path

        about = About(self.tr("Saving the answers"), self.tr("no file is written"))
        job = self._begin(work, self.tr("Saving …"), about)
        if job is not None:
            job.succeeded.connect(self._on_saved)
            job.start()

    @Slot()
    def act(self) -> None:
        """Do what the button beside the sentence says: cancel, or open the folder."""
        if self._job is not None:
            self._job.cancel()
        elif self._done is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._done)))

    def cancel(self) -> None:
        """Leave it at what has been done."""
        if self._job is not None:
            self._job.cancel()

    def _ask_for_table(self, entries: Sequence[FileEntry], suffix: str, kinds: str) -> None:
        title, name = self.tr("Save the answers"), f"predictions.{suffix}"
        settings = self._studio.settings
        dialog = SaveDialog(title, [kinds], name, settings, _LAST_FOLDER, self._window, _HOME)
        dialog.setObjectName("saveDialog")
        dialog.chosen.connect(partial(self.save, _answers(entries)))
        dialog.open()

    def _begin(self, work: Callable[[Task], object], sentence: str, about: About) -> Job | None:
        if self._job is not None:
            text = self.tr("Wait until what is under way is done, or cancel it.")
            self.told.emit(text, Kind.WARN, self.tr("Cancel"))
            return None
        self._done = None
        job = self._job = self._studio.jobs.create(work, about, self._window.isVisible)
        job.cancelled.connect(self._on_job_cancelled)
        job.failed.connect(self._on_job_failed)
        job.finished.connect(self._on_job_finished)
        self.told.emit(sentence, Kind.INFO, self.tr("Cancel"))
        return job

    def _on_folder_chosen(self, answers: Sequence[FilePrediction], name: str) -> None:
        self._studio.settings.setValue(_LAST_FOLDER, name)
        self.copy(answers, Path(name))

    @Slot(int, int)
    def _on_copying_progressed(self, done: int, total: int) -> None:
        text = self.tr("Copying {done} of {total} …").format(done=whole(done), total=whole(total))
        activity = self._job.activity if self._job is not None else None
        if activity is not None and activity.seconds_left is not None:
            text = f"{text} {time_left(activity.seconds_left)}"
        self.told.emit(text, Kind.INFO, self.tr("Cancel"))

    def _on_copied(self, target: Path, report: CopyReport) -> None:
        if report.is_taken_back:
            self.told.emit(self.tr("Stopped; the copies were removed again."), Kind.INFO, "")
            return
        self._done = target
        folders = len({path.parent for path in report.copied})
        text = self.tr("{files} copied into {folders} folders in {target}.").format(
            files=images(len(report.copied)),
            folders=folders,
            target=QDir.toNativeSeparators(str(target)),
        )
        if report.left_out:
            names = ", ".join(name for name, _reason in report.left_out[:_NAMES_SHOWN])
            more = len(report.left_out) - _NAMES_SHOWN
            if more > 0:
                names = self.tr("{names} and {count} more").format(names=names, count=whole(more))
            text += " " + self.tr("Not copied, since they cannot be read: {names}.").format(
                names=names
            )
        kind = Kind.WARN if report.left_out else Kind.GOOD
        self.told.emit(text, kind, self.tr("Open folder"))

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._done = path.parent
        text = self.tr("The answers are in {path}.").format(path=QDir.toNativeSeparators(str(path)))
        self.told.emit(text, Kind.GOOD, self.tr("Open folder"))

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self.told.emit(sentence, Kind.ERROR, "")

    @Slot()
    def _on_job_cancelled(self) -> None:
        self.told.emit(self.tr("Stopped; no file was written."), Kind.INFO, "")

    @Slot()
    def _on_job_finished(self) -> None:
        self._job = None


def _answers(entries: Sequence[FileEntry]) -> list[FilePrediction]:
    return [entry.answer for entry in entries]
