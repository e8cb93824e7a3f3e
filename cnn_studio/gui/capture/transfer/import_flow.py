"""From files that were dropped or chosen to images in a class, and a report of what was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from cnn_studio.camera.video_reader import is_video_name
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import ImportPlan
from cnn_studio.data.import_removal import TakenBack
from cnn_studio.data.intake import IntakeReport, run_import
from cnn_studio.data.left_out import without_present
from cnn_studio.data.samples import Sample
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.errands import Errand, Errands
from cnn_studio.gui.capture.transfer.import_choice import ImportChoice
from cnn_studio.gui.capture.transfer.import_look import Look, look_at
from cnn_studio.gui.capture.transfer.import_report import kind_of, summary
from cnn_studio.gui.capture.transfer.import_strip import ImportStrip
from cnn_studio.gui.capture.transfer.unpack_flow import UnpackFlow
from cnn_studio.gui.capture.transfer.video_flow import VideoFlow
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.work_notes import Halt

if TYPE_CHECKING:
    from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog


@dataclass(frozen=True)
class _Request:
    """What shall be brought in; see `ImportFlow.bring_in`."""

    folders: ClassFolders
    paths: tuple[Path, ...]
    class_name: str
    is_for_class: bool
    names_encoding: str = ""


class ImportFlow(QObject):
    """Asks for files, looks at them, asks where they go, brings them in, says what came of it.

    Attributes:
        errands: What is being done in the background; other work on the images may join.
        videos: The same for the frames of videos.

    Signals:
        imported: The dataset has new images.
        sort_requested(list): These files and folders shall be sorted into classes.
    """

    imported = Signal()
    sort_requested = Signal(list)

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        strip: ImportStrip,
        messages: Messages,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._messages = messages
        self._window = parent
        self._dialog: ImportDialog | None = None
        self.errands = Errands(studio.jobs, strip, self)
        self._unpacking = UnpackFlow(studio, contents, self.errands, parent)
        self._unpacking.ended.connect(self.tell)
        self.videos = VideoFlow(studio, contents, edits, self.errands, messages, parent)
        self.videos.taken_back.connect(self.tell_taken_back)
        self.videos.imported.connect(self.imported)
        self.errands.failed.connect(self._on_errands_failed)
        contents.dataset_changed.connect(self._close_dialog)

    @Slot(list, str)
    def bring_in(
        self, paths: Sequence[Path], class_name: str, *, is_for_class: bool = True
    ) -> None:
        """Import files, folders and archives; asks where it is not plain what goes where.

        Of videos it is asked which of their frames, after all else.

        Args:
            paths: What was dropped or chosen.
            class_name: The class that it was brought to; empty if there was none.
            is_for_class: Whether class folders go to that class too until it is said otherwise.
        """
        dataset = self._contents.dataset
        if dataset is None or not paths:
            return
        self._studio.endings.end(Until.CHANGE)
        videos = [path for path in paths if is_video_name(path) and not path.is_dir()]
        others = tuple(path for path in paths if path not in videos)
        if others:
            for_class = is_for_class and bool(class_name)
            request = _Request(ClassFolders(dataset), others, class_name, for_class)
            self.errands.add(self._looking(request))
        if videos:
            self.videos.bring_in(videos, class_name)

    @Slot(str)
    def ask_for_images(self, class_name: str) -> None:
        """Ask for image files and import them."""
        title = self.tr("Import images into {name}").format(name=class_name)
        self._choice(title, class_name).ask_for_images()

    @Slot(str)
    def ask_for_folder(self, class_name: str) -> None:
        """Ask for a folder of images and import it."""
        title = self.tr("Import a folder of images into {name}").format(name=class_name)
        self._choice(title, class_name).ask_for_folder()

    @Slot()
    def ask_for_tree(self) -> None:
        """Ask for a folder of class folders and import it."""
        self._choice(self.tr("Import a folder of class folders"), "").ask_for_folder()

    @Slot()
    def ask_for_zip(self) -> None:
        """Ask for an archive of class folders, or a packed dataset, and import it."""
        self._choice(self.tr("Import an archive"), "").ask_for_zip()

    def shutdown(self) -> None:
        """The window closes; what is in stays, and the next start asks about it."""
        self.errands.cancel(Halt.LATER)
        self._unpacking.close()
        self.videos.close()
        self._close_dialog()

    def _choice(self, title: str, class_name: str) -> ImportChoice:
        choice = ImportChoice(title, self._studio.settings, self._window)
        choice.chosen.connect(lambda paths: self.bring_in(paths, class_name))
        return choice

    def _looking(self, request: _Request) -> Errand:
        def work(task: Task) -> Look:
            return look_at(
                request.folders, request.paths, request.class_name, task, request.names_encoding
            )

        name = request.paths[0].name
        if len(request.paths) == 1:
            text = self.tr("Looking at {name} …").format(name=name)
        else:
            count = whole(len(request.paths) - 1)
            text = self.tr("Looking at {name} and {count} more …").format(name=name, count=count)
        about = About(text, self.tr("nothing is imported"))
        return Errand(about, work, partial(self._on_looked, request))

    def _importing(self, plan: ImportPlan, moves: bool) -> Errand:
        def work(task: Task) -> IntakeReport:
            with plan:
                return run_import(
                    plan,
                    move=moves,
                    progress=task.report,
                    cancelled=task.cancelled,
                    halted=task.halted,
                    waits=task.say,
                )

        text = self.tr("Importing {images} into {title}").format(
            images=self._edits.images(len(plan.files)), title=plan.folders.dataset.title
        )
        about = About(text, self.tr("what is in stays"), can_take_back=True)
        return Errand(about, work, partial(self.tell, plan.folders))

    def _on_looked(self, request: _Request, look: Look) -> None:
        if look.plan is not None and look.is_plain:
            self.errands.add_next([self._importing(look.plan, moves=False)])
        elif look.plan is not None:
            self._ask(look.plan, request)
        elif look.packed:
            others = _Request(
                request.folders, look.others, request.class_name, request.is_for_class
            )
            rest = [self._looking(others)] if look.others else []
            self.errands.add_next([*map(self._unpacking.looking, look.packed), *rest])
        else:
            text = self.tr("Drop images on the class that they show.")
            self._messages.say(
                text,
                Kind.WARN,
                self.tr("Sort these for me"),
                partial(self.sort_requested.emit, list(request.paths)),
                until=AFTER_A_CHANGE,
            )

    def _ask(self, plan: ImportPlan, request: _Request) -> None:
        if self.errands.was_cancelled or not self._contents.shows(plan.folders.dataset):
            plan.close()
            return
        self.errands.hold()
        # The window's start need not wait for it.
        from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog

        dialog = ImportDialog(
            plan, request.class_name, request.is_for_class, self._studio.theme, self._window
        )
        dialog.sort_requested.connect(partial(self.sort_requested.emit, list(request.paths)))
        dialog.names_encoding_chosen.connect(partial(self._look_again, request))
        dialog.finished.connect(partial(self._on_dialog_finished, dialog, plan))
        self._dialog = dialog
        dialog.open()

    def _look_again(self, request: _Request, names_encoding: str) -> None:
        """The names in the archives are written otherwise: what comes of it is shown next."""
        self.errands.add_next([self._looking(replace(request, names_encoding=names_encoding))])

    def _on_dialog_finished(self, dialog: ImportDialog, plan: ImportPlan, result: int) -> None:
        self._dialog = None
        if result == QDialog.DialogCode.Accepted:
            self.errands.add_next([self._importing(plan, dialog.moves)])
        else:
            plan.close()
        self.errands.release()

    @Slot()
    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    @Slot(object, object)
    def tell(self, folders: ClassFolders, report: IntakeReport) -> None:
        """Say what came of an import, and make it undoable."""
        if report.taken_back is not None:
            self.tell_taken_back(folders, report.taken_back)
            return
        self.remember(folders, report.imported)
        text = summary(report, self.errands.was_cancelled)
        if not self._contents.shows(folders.dataset):
            text = self.tr("{title}: {text}").format(title=folders.dataset.title, text=text)
        kind = kind_of(report)
        if kind is Kind.WARN:
            self.errands.warn()
        reasons = [reason for _path, reason in without_present(report.skipped)[0]]
        self._messages.report(text, kind, reasons, until=AFTER_A_CHANGE)
        if report.imported:
            self.imported.emit()

    def remember(self, folders: ClassFolders, samples: Sequence[Sample]) -> None:
        """Make an import undoable."""
        classes = {sample.class_name for sample in samples}
        only = classes.pop() if len(classes) == 1 else ""
        self._edits.remember_imported(folders, only, samples)

    def tell_taken_back(self, folders: ClassFolders, taken: TakenBack) -> None:
        """Say that an import was taken back, and make that undoable."""
        images = self._edits.images(taken.images)
        if taken.is_dataset_gone:
            text = self.tr("The import was taken back, and the new dataset is gone with it.")
            self._studio.datasets_were_changed()
        else:
            text = self.tr("The import into {title} was taken back: {images} lie in the trash.")
            text = text.format(title=folders.dataset.title, images=images)
            what = self.tr("Take back the import of {images}").format(images=images)
            self._edits.remember_change(folders, taken.change, what)
        self._messages.say(text, Kind.INFO, until=AFTER_A_CHANGE)
        self.imported.emit()

    @Slot(str)
    def _on_errands_failed(self, sentence: str) -> None:
        self._messages.say(sentence, Kind.ERROR, until=AFTER_A_CHANGE)
        self.imported.emit()  # what came in before it failed is there
