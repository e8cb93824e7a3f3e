"""From photos without classes to images in theirs: looking at them, asking, bringing them in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import IntakeReport, run_import
from cnn_studio.data.sort_notes import SortNotes
from cnn_studio.errors import DatasetError, StudioError
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.sorting.rest_walk import OUT
from cnn_studio.gui.capture.transfer.errands import Errand
from cnn_studio.gui.capture.transfer.import_choice import ImportChoice
from cnn_studio.gui.capture.transfer.import_flow import ImportFlow
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.figures import images
from cnn_studio.gui.jobs import JobCancelledError, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.work_notes import Halt

if TYPE_CHECKING:  # the window is there sooner without them
    from cnn_studio.gui.capture.sorting.sort_dialog import SortDialog
    from cnn_studio.instant.instant_model import InstantModel
    from cnn_studio.instant.sorting import Sorting


@dataclass(frozen=True)
class _Photos:
    """What is being sorted: into which dataset, from where."""

    folders: ClassFolders
    paths: tuple[Path, ...]

    @property
    def notes(self) -> SortNotes:
        """What was decided of photos and is not carried out yet."""
        return SortNotes(self.folders.dataset.notes_folder)


class SortFlow(QObject):
    """Asks for photos, has them looked at, asks about them, and brings in what was decided.

    Args:
        imports: Whose errands the work joins, and which says what came of it.
    """

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        imports: ImportFlow,
        messages: Messages,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._imports = imports
        self._messages = messages
        self._window = parent
        self._dialog: SortDialog | None = None
        self._is_held = self._is_closing = False
        contents.dataset_changed.connect(self._close_dialog)

    @Slot()
    def ask_for_photos(self) -> None:
        """Ask for image files and sort them."""
        self._choice(self.tr("Sort photos into classes")).ask_for_images()

    @Slot()
    def ask_for_folder(self) -> None:
        """Ask for a folder of images and sort them."""
        self._choice(self.tr("Sort a folder of photos into classes")).ask_for_folder()

    @Slot(list)
    def sort(self, paths: Sequence[Path]) -> None:
        """Look at photos, and then ask about them.

        Args:
            paths: Files, and folders, in which all images are looked for.
        """
        dataset = self._contents.dataset
        if dataset is None or self._contents.folders is None or not paths:
            return
        self._studio.endings.end(Until.CHANGE)
        photos = _Photos(ClassFolders(dataset), tuple(paths))
        about = About(
            self.tr("Looking at the photos to sort"),
            self.tr("nothing is imported"),
            writes=False,
        )
        model = self._model_of(dataset)

        def work(task: Task) -> Sorting:
            return _looked_at(photos, model, task)

        self._imports.errands.add(Errand(about, work, partial(self._on_looked, photos)))

    def shutdown(self) -> None:
        """The window closes. What was decided is noted, and the next start goes on with it."""
        self._is_closing = True
        self._close_dialog()

    def _model_of(self, dataset: Dataset) -> InstantModel | None:
        """What was learned of a dataset already; None where that is still to be done.

        A promise needs to know how right it is.
        """
        instant = self._studio.instant
        is_of_it = instant.dataset is not None and instant.dataset.folder == dataset.folder
        model = instant.model if is_of_it else None
        return model if model is not None and model.held_back is not None else None

    def _choice(self, title: str) -> ImportChoice:
        choice = ImportChoice(title, self._studio.settings, self._window)
        choice.chosen.connect(self.sort)
        return choice

    def _on_looked(self, photos: _Photos, sorting: Sorting) -> None:
        if self._imports.errands.was_cancelled or not self._contents.shows(photos.folders.dataset):
            return
        if not len(sorting):
            left_out = (*sorting.unreadable, *sorting.held)
            text = self.tr("There is no new photo to sort.")
            lines = [reason for _path, reason in left_out]
            self._messages.report(text, Kind.WARN, lines, until=AFTER_A_CHANGE)
            return
        self._imports.errands.hold()
        self._is_held = True
        # The window's start need not wait for it.
        from cnn_studio.gui.capture.sorting.sort_dialog import SortDialog

        dialog = SortDialog(
            sorting,
            self._decided_before(photos, sorting),
            photos.folders.dataset.title,
            photos.folders.classes(),
            self._studio.jobs,
            self._studio.theme,
            self._window,
        )
        dialog.taken.connect(partial(self._on_dialog_taken, photos, sorting))
        dialog.answered.connect(partial(self._on_dialog_answered, photos, sorting))
        dialog.decided.connect(partial(self._on_dialog_decided, photos, sorting))
        self._dialog = dialog
        dialog.open()

    def _decided_before(self, photos: _Photos, sorting: Sorting) -> dict[int, str]:
        """What was decided of these photos and never carried out, as after a crash."""
        known, classes = photos.notes.decided(), photos.folders.classes()
        return {
            place: known[path]
            for place, path in enumerate(_absolute(sorting))
            if known.get(path) in (*classes, OUT)
        }

    def _on_dialog_answered(
        self, photos: _Photos, sorting: Sorting, place: int, answer: str
    ) -> None:
        with suppress(OSError):  # it is carried out at the end all the same
            photos.notes.keep(sorting.photos[place].absolute(), answer)

    def _on_dialog_taken(self, photos: _Photos, sorting: Sorting, places: list[int]) -> None:
        self._import(photos, sorting, {place: sorting.class_of(place) for place in places})

    def _on_dialog_decided(
        self, photos: _Photos, sorting: Sorting, decided: dict[int, str]
    ) -> None:
        self._dialog = None
        if self._is_closing:
            self._note_for_later(photos, sorting, decided)
        else:
            self._import(photos, sorting, decided, is_end=True)
        if not decided:
            _settle(photos, sorting)
        self._release()

    def _import(
        self,
        photos: _Photos,
        sorting: Sorting,
        decided: Mapping[int, str],
        *,
        is_end: bool = False,
    ) -> None:
        if not decided:
            return
        classes = _by_file(sorting, decided)
        text = self.tr("Importing {images} into {title}").format(
            images=images(len(classes)), title=photos.folders.dataset.title
        )
        about = About(text, self.tr("what is in stays"), can_take_back=True)

        def work(task: Task) -> IntakeReport:
            report = _imported(photos, classes, task)
            if is_end:
                _settle(photos, sorting)
            return report

        then = partial(self._imports.tell, photos.folders)
        self._imports.errands.add_next([Errand(about, work, then)])
        self._release()

    def _note_for_later(
        self, photos: _Photos, sorting: Sorting, decided: Mapping[int, str]
    ) -> None:
        """Write down what was decided, as an import that was broken off before its first file."""
        if decided:
            task = Task(lambda _done, _total: None)
            task.cancel(Halt.LATER)
            with suppress(StudioError, OSError):  # there is nobody left to be asked
                _imported(photos, _by_file(sorting, decided), task, is_planned=True)
                _settle(photos, sorting)

    def _release(self) -> None:
        if self._is_held:
            self._is_held = False
            self._imports.errands.release()

    @Slot()
    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()


def _looked_at(photos: _Photos, model: InstantModel | None, task: Task) -> Sorting:
    """The job: learn the classes, if nobody has yet, and look at the photos."""
    from cnn_studio.instant.learner import learn_dataset
    from cnn_studio.instant.unsorted_photos import NOTHING_TO_GO_BY, sort_photos

    if model is None and any(photos.folders.counts().values()):
        dataset = photos.folders.dataset
        model, _table = learn_dataset(dataset, progress=task.report, cancelled=task.cancelled)
    if task.cancelled():
        raise JobCancelledError
    if model is None:
        raise DatasetError(NOTHING_TO_GO_BY)
    sorting = sort_photos(
        photos.folders,
        photos.paths,
        model,
        threads=max(1, (os.cpu_count() or 1) - 1),  # one is for the window
        progress=task.report,
        cancelled=task.cancelled,
    )
    if sorting is None:
        raise JobCancelledError
    _ = sorting.useful_first  # here, and not in the window's thread
    return sorting


def _settle(photos: _Photos, sorting: Sorting) -> None:
    """Forget what was noted of the photos: it is carried out."""
    with suppress(OSError):  # then it is proposed once more
        photos.notes.settle(set(_absolute(sorting)))


def _absolute(sorting: Sorting) -> list[Path]:
    return [path.absolute() for path in sorting.photos]


def _by_file(sorting: Sorting, decided: Mapping[int, str]) -> dict[Path, str]:
    return {sorting.photos[place].absolute(): name for place, name in decided.items()}


def _imported(
    photos: _Photos, classes: Mapping[Path, str], task: Task, *, is_planned: bool = False
) -> IntakeReport:
    """The job: copy photos into the classes that were decided.

    Args:
        photos: Where they are, and where they go.
        classes: The classes by the files' absolute paths.
        task: May end it.
        is_planned: Whether all is planned even if it is to end before the first file.
    """
    looks = (lambda: False) if is_planned else task.cancelled
    with plan_import(photos.folders, photos.paths, cancelled=looks) as plan:
        plan.assign(classes)
        return run_import(
            plan,
            progress=task.report,
            cancelled=task.cancelled,
            halted=task.halted,
            waits=task.say,
        )
