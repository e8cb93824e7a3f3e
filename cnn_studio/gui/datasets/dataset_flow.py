"""Decides what the header's dataset menu leads to, and has it done beside the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from cnn_studio.data.catalog import BUILT_IN, Dataset, check_title
from cnn_studio.data.class_names import class_names_in
from cnn_studio.data.dataset_copy import duplicate_dataset
from cnn_studio.data.dataset_hold import Use, use_of
from cnn_studio.data.dataset_trash import TrashedDataset, count_trashed_datasets
from cnn_studio.errors import DatasetError, StudioError
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.datasets.dataset_button import DatasetButton
from cnn_studio.gui.datasets.dataset_counts import ImageCounter
from cnn_studio.gui.datasets.dataset_menu import DatasetMenu
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import data_size, images
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.popover import Popover
from cnn_studio.gui.widgets.question import Question


class DatasetFlow(QObject):
    """Opens the menu, asks what is still to be known, and says what came of it.

    Args:
        studio: The state above the tabs.
        button: Opens the menu, and everything opens below it.

    Attributes:
        messages: Where it says what came of it, with an offer to undo; the window gives it a place.
    """

    def __init__(self, studio: Studio, button: DatasetButton) -> None:
        super().__init__(button)
        self._studio = studio
        self._button = button
        self.messages = Messages(studio.theme, button.window(), endings=studio.endings)
        self.messages.setObjectName("datasetMessages")
        self._menu = DatasetMenu(studio.theme, button)
        self._asked: tuple[Question, Dataset] | None = None  # whether to delete it
        self._counts = ImageCounter(studio.jobs, self)
        self._counts.counted.connect(self._on_counted)
        self._menu.closed.connect(self._counts.stop)
        menu = self._menu
        menu.dataset_chosen.connect(studio.choose_dataset)
        menu.new_requested.connect(self.ask_for_new)
        menu.rename_requested.connect(self._on_menu_rename_requested)
        menu.duplicate_requested.connect(self._on_menu_duplicate_requested)
        menu.settings_requested.connect(self._on_menu_settings_requested)
        menu.folder_requested.connect(self._on_menu_folder_requested)
        menu.delete_requested.connect(self._on_menu_delete_requested)
        menu.trash_requested.connect(self._on_menu_trash_requested)
        button.clicked.connect(self._on_button_clicked)
        studio.datasets_changed.connect(self._on_studio_dataset_changed)
        studio.dataset_changed.connect(self._on_studio_dataset_changed)
        self._on_studio_dataset_changed()

    @Slot()
    def ask_for_new(self) -> None:
        """Ask for the name of a new dataset and its classes."""
        popover = Popover(
            self.tr("New dataset"),
            self.tr("A name, such as: my desk"),
            self.tr("Create"),
            self._create,
            self._button,
        )
        popover.add_field(
            "popoverClasses",
            self.tr("Its classes, apart by commas; they may come later"),
            self.tr("Its classes, such as: mug, pen"),
        )
        popover.answered.connect(self._on_created)
        popover.open_below(self._button)

    def _create(self, title: str, classes: str) -> str:
        try:
            self._studio.create_dataset(title, class_names_in(classes))
        except StudioError as error:
            return str(error)
        return ""

    def _free_title(self, title: str) -> str:
        """What a copy could be called: "objects copy", "objects copy 2"."""
        names = [dataset.name for dataset in self._studio.datasets]
        for number in range(1, len(names) + 2):
            text = self.tr("{title} copy") if number == 1 else self.tr("{title} copy {number}")
            proposed = text.format(title=title, number=number)
            try:
                return check_title(proposed, names)[0]
            except DatasetError:
                continue
        return ""

    def _rename(self, dataset: Dataset, title: str) -> str:
        try:
            others = (each.name for each in self._studio.datasets if each.name != dataset.name)
            check_title(title, others)
        except DatasetError as error:
            return str(error)
        # The window's start need not wait for it.
        from cnn_studio.models.dataset_moves import rename_dataset

        about = About(
            self.tr("Renaming {title}").format(title=dataset.title),
            self.tr("it is renamed all the same"),
        )
        workspace = self._studio.workspace
        warnings: list[str] = []

        def work(_task: Task) -> Dataset:
            return rename_dataset(workspace, dataset, title, warnings.append)

        self._work(about, work, partial(self._on_renamed, dataset.name, warnings))
        return ""

    def _duplicate(self, dataset: Dataset, title: str) -> str:
        try:
            check_title(title, [each.name for each in self._studio.datasets])
        except DatasetError as error:
            return str(error)
        text = self.tr("Copying {title} into {copy}").format(title=dataset.title, copy=title)
        about = About(text, self.tr("no copy is made"))
        workspace = self._studio.workspace

        def work(task: Task) -> Dataset | None:
            return duplicate_dataset(
                workspace, dataset, title, progress=task.report, cancelled=task.cancelled
            )

        self._work(about, work, partial(self._on_duplicated, dataset))
        return ""

    def _delete(self, dataset: Dataset) -> None:
        if self._refuses(dataset):
            return
        from cnn_studio.models.dataset_moves import delete_dataset

        about = About(
            self.tr("Deleting {title}").format(title=dataset.title),
            self.tr("it is moved to the trash all the same"),
        )
        workspace = self._studio.workspace
        self._work(about, lambda _task: delete_dataset(workspace, dataset), self._on_deleted)

    def _restore(self, trashed: TrashedDataset) -> None:
        from cnn_studio.models.dataset_moves import restore_dataset

        about = About(
            self.tr("Bringing {title} back").format(title=trashed.dataset.title),
            self.tr("it comes back all the same"),
        )
        workspace = self._studio.workspace
        then = partial(self._on_restored, self._chosen_name)
        self._work(about, lambda _task: restore_dataset(workspace, trashed), then)

    def _refuses(self, dataset: Dataset) -> bool:
        """Say what is under way with a dataset and must end first, if anything is.

        A training may have no run yet. All else is said by the work itself, but late.
        """
        request = self._studio.training.request if self._studio.is_training else None
        if request is not None and request.dataset.folder == dataset.folder:
            text = self.tr("{title} is being trained on. Stop the training, or wait for its end.")
        elif use_of(dataset.folder) is Use.RECORDING:
            text = self.tr("{title} is being recorded into. Stop the recording first.")
        else:
            return False
        self._say(text.format(title=dataset.title), Kind.WARN)
        return True

    @property
    def _chosen_name(self) -> str:
        dataset = self._studio.dataset
        return dataset.name if dataset is not None else ""

    def _work(self, about: About, work: Callable[[Task], Any], then: Callable[[Any], None]) -> None:
        """Do something beside the window; `then` takes what came of it."""
        job = self._studio.jobs.create(work, about)
        job.succeeded.connect(then)
        job.failed.connect(self._on_job_failed)
        job.start()

    def _say(
        self,
        text: str,
        kind: Kind,
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        self.messages.say(text, kind, action, on_action, until=Until.CHANGE)

    def _show_facts(self) -> None:
        dataset = self._studio.dataset
        name = dataset.name if dataset else ""
        self._menu.set_facts(self._counts.images, name, self._counts.use_of(name))

    @Slot()
    def _on_button_clicked(self) -> None:
        chosen = self._studio.dataset
        self._show_facts()
        self._counts.count(self._studio.datasets, chosen)
        self._menu.open_below(
            self._button,
            self._studio.datasets,
            chosen,
            is_own=chosen is not None and chosen.name not in BUILT_IN,
            trashed=count_trashed_datasets(self._studio.workspace),
        )

    @Slot()
    def _on_counted(self) -> None:
        self._show_facts()
        if self._asked is not None:
            question, dataset = self._asked
            question.set_question(self._deletion_text(dataset))

    @Slot()
    def _on_question_finished(self) -> None:
        self._asked = None
        self._counts.stop()

    @Slot()
    def _on_studio_dataset_changed(self) -> None:
        dataset = self._studio.dataset
        self._button.set_title(dataset.title if dataset else "")

    @Slot()
    def _on_created(self) -> None:
        self._studio.recording_requested.emit()

    @Slot()
    def _on_menu_rename_requested(self) -> None:
        dataset = self._studio.dataset
        if dataset is None or self._refuses(dataset):
            return
        Popover(
            self.tr("Rename the dataset"),
            self.tr("Its new name"),
            self.tr("Rename"),
            partial(self._rename, dataset),
            self._button,
            dataset.title,
        ).open_below(self._button)

    @Slot()
    def _on_menu_duplicate_requested(self) -> None:
        dataset = self._studio.dataset
        if dataset is not None:
            Popover(
                self.tr("Duplicate the dataset"),
                self.tr("The name of the copy"),
                self.tr("Duplicate"),
                partial(self._duplicate, dataset),
                self._button,
                self._free_title(dataset.title),
            ).open_below(self._button)

    @Slot()
    def _on_menu_settings_requested(self) -> None:
        from cnn_studio.gui.datasets.settings_flow import SettingsFlow

        dataset = self._studio.dataset
        if dataset is not None:
            SettingsFlow(self._studio, dataset, self._button.window()).open()

    @Slot()
    def _on_menu_folder_requested(self) -> None:
        dataset = self._studio.dataset
        if dataset is None:
            return
        if not dataset.folder.is_dir():
            text = self.tr("{title} has no folder yet: it is made with the first image.")
            self._say(text.format(title=dataset.title), Kind.INFO)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(dataset.folder)))

    @Slot()
    def _on_menu_delete_requested(self) -> None:
        dataset = self._studio.dataset
        if dataset is None or self._refuses(dataset):
            return
        self._counts.count([], dataset)  # what was counted at an earlier opening may be wrong now
        question = Question(
            "deleteDatasetQuestion",
            self._deletion_text(dataset),
            self.tr("It goes to the trash of datasets with its images, and can be brought back."),
            self.tr("&Delete"),
            self.tr("&Keep it"),
            self._button.window(),
        )
        question.confirmed.connect(partial(self._delete, dataset))
        question.finished.connect(self._on_question_finished)
        self._asked = question, dataset
        question.open()

    def _deletion_text(self, dataset: Dataset) -> str:
        """The question whether to delete a dataset, with how much that is once that is counted."""
        count, use = self._counts.newest_of(dataset.name)
        what = [] if count is None else [images(count)]
        what += [] if use is None else [data_size(use.total)]
        if not what:
            return self.tr("Delete the dataset {title}?").format(title=dataset.title)
        text = self.tr("Delete the dataset {title} ({what})?")
        return text.format(title=dataset.title, what=", ".join(what))

    @Slot()
    def _on_menu_trash_requested(self) -> None:
        from cnn_studio.gui.datasets.trash_flow import DatasetTrashFlow

        self.messages.clear()  # what it offers to undo may be undone there
        flow = DatasetTrashFlow(self._studio, self._button.window())
        flow.restore_requested.connect(self._restore)
        flow.open()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._say(sentence, Kind.ERROR)
        self._studio.datasets_were_changed()  # part of it may have been done

    def _on_renamed(self, before: str, warnings: list[str], dataset: Dataset) -> None:
        self._choose_unless_left(before, dataset)
        self._studio.runs_changed.emit()
        text = self.tr("The dataset is called {title} now; its folder is {name}.")
        said = text.format(title=dataset.title, name=dataset.name)
        self._say(" ".join([said, *warnings]), Kind.WARN if warnings else Kind.GOOD)

    def _choose_unless_left(self, before: str, dataset: Dataset) -> None:
        """Choose a dataset, unless a person has gone from the one chosen before to another one."""
        self._studio.datasets_were_changed(dataset.name if self._chosen_name == before else "")

    def _on_duplicated(self, dataset: Dataset, copy: Dataset | None) -> None:
        if copy is None:
            text = self.tr("Stopped; no copy of {title} was made.").format(title=dataset.title)
            self._say(text, Kind.INFO)
            return
        self._studio.datasets_were_changed()
        text = self.tr("{copy} has the same images as {title}.")
        self._say(
            text.format(copy=copy.title, title=dataset.title),
            Kind.GOOD,
            self.tr("Open it"),
            partial(self._studio.choose_dataset, copy.name),
        )

    @Slot(object)
    def _on_deleted(self, trashed: TrashedDataset) -> None:
        self._studio.datasets_were_changed()
        self._studio.runs_changed.emit()
        text = self.tr("{title} is in the trash of datasets, with its images.")
        self._say(
            text.format(title=trashed.dataset.title),
            Kind.INFO,
            self.tr("Undo"),
            partial(self._restore, trashed),
        )

    def _on_restored(self, before: str, dataset: Dataset) -> None:
        self._choose_unless_left(before, dataset)
        self._studio.runs_changed.emit()
        text = self.tr("{title} is back, with its images.").format(title=dataset.title)
        self._say(text, Kind.GOOD)
