"""What the three tabs share: the workspace, the dataset, the camera, the look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal, Slot

from cnn_studio.camera.feed import FeedState, FeedStatus
from cnn_studio.data.catalog import Dataset, create_dataset, list_datasets
from cnn_studio.data.leftovers import remove_leftovers
from cnn_studio.gui.camera_service import CameraService
from cnn_studio.gui.edit_requests import EditRequests
from cnn_studio.gui.endings import Endings, Until
from cnn_studio.gui.feature_work import FeatureWork
from cnn_studio.gui.instant_work import InstantWork
from cnn_studio.gui.jobs import Jobs, Task
from cnn_studio.gui.theme import Theme
from cnn_studio.paths import RENAMING, Workspace
from cnn_studio.untrusted_text import unicode_text

if TYPE_CHECKING:
    from cnn_studio.gui.training.training_control import TrainingControl

_WORK_NOTES = ".studio.work"
_LAST_DATASET = "dataset/last"


class Studio(QObject):
    """The state above the tabs. It decides; the tabs and the header show and ask.

    Attributes:
        training_views: What shows how far a training is; each says whether it is on the screen.

    Signals:
        datasets_changed: The list of datasets is another one.
        dataset_changed(Dataset | None): Another dataset was chosen.
        dataset_edited: Images or classes of the chosen dataset changed on disk.
        runs_changed: A training has left a run, or a run was removed.
        training_changed(bool): A training has begun or ended.
        status_changed(str): What is going on, for the line at the bottom.
        page_requested(str): "capture", "training" or "prediction" should be shown.
        recording_requested: The capture tab should be shown, and its keys record at once.
    """

    datasets_changed = Signal()
    dataset_changed = Signal(object)
    dataset_edited = Signal()
    runs_changed = Signal()
    training_changed = Signal(bool)
    status_changed = Signal(str)
    page_requested = Signal(str)
    recording_requested = Signal()

    def __init__(
        self, workspace: Workspace, settings: QSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.settings = settings
        self.theme = Theme(settings, self)
        self.jobs = Jobs(self)
        self.edit_requests = EditRequests(self)
        self.camera = CameraService(settings, self.jobs, self)
        self.features = FeatureWork(self.jobs, self)
        self.instant = InstantWork(self.features, self)
        self.endings = Endings(self)
        self.endings.came.connect(self._on_endings_came)
        self._said_until = Until.REPLACED
        self.camera.announced.connect(self._on_camera_announced)
        self.camera.state_changed.connect(self._on_camera_state_changed)
        self.camera.spec_changed.connect(self._on_camera_choice_changed)
        self.camera.cameras_changed.connect(self._on_camera_choice_changed)
        self._datasets: list[Dataset] = []
        self._dataset: Dataset | None = None
        self._run_to_try: Path | None = None
        self._training: TrainingControl | None = None
        self.training_views: list[Callable[[], bool]] = []

    @property
    def training(self) -> TrainingControl:
        """The one training that may run, wherever it was begun; made when it is first asked for."""
        if self._training is None:
            # The window is there sooner without what this imports.
            from cnn_studio.gui.training.training_activity import TrainingActivity
            from cnn_studio.gui.training.training_control import TrainingControl

            self._training = control = TrainingControl(self.workspace, self)
            TrainingActivity(control, self.jobs.activities, self.training_views, control)
            control.began.connect(self._on_training_began)
            control.run_made.connect(self.runs_changed)
            control.ended.connect(self._on_training_ended)
        return self._training

    @property
    def is_training(self) -> bool:
        """Whether a training is under way."""
        return self._training is not None and self._training.progress.is_under_way

    @property
    def work_notes(self) -> Path:
        """Where notes of long work lie that is not within one dataset; see `WorkNote`."""
        return self.workspace.root / _WORK_NOTES

    @property
    def datasets(self) -> list[Dataset]:
        """The datasets of the workspace and those that come with the program."""
        return self._datasets

    @property
    def dataset(self) -> Dataset | None:
        """The chosen dataset."""
        return self._dataset

    def load_datasets(self) -> None:
        """Read the list of datasets and choose the one used last."""
        if (self.workspace.datasets / RENAMING).is_dir():
            # The window's start need not wait for it, but after a crash in the very moment.
            from cnn_studio.models.dataset_moves import finish_renames

            finish_renames(self.workspace)
        self._datasets = list_datasets(self.workspace)
        folders = [dataset.folder for dataset in self._datasets]
        self.jobs.create(partial(_tidy, self.workspace.datasets, folders)).start()
        self.datasets_changed.emit()
        last = str(self.settings.value(_LAST_DATASET, ""))
        names = [unicode_text(dataset.name) for dataset in self._datasets]
        if names:
            self.choose_dataset(last if last in names else names[0])

    def choose_dataset(self, name: str) -> None:
        """Choose a dataset by its name; an unknown name changes nothing.

        Args:
            name: The folder's; Qt takes only text, so it may be the `unicode_text` of it as well.
        """
        names = (name, unicode_text(name))
        chosen = next((d for d in self._datasets if d.name == name), None) or next(
            (d for d in self._datasets if unicode_text(d.name) in names), None
        )
        if chosen is None or chosen == self._dataset:
            return
        self._dataset = chosen
        self.settings.setValue(_LAST_DATASET, unicode_text(chosen.name))
        self.endings.end(Until.DATASET)
        self.features.follow(self._dataset)
        self.dataset_changed.emit(chosen)

    def create_dataset(self, title: str, classes: Iterable[str] = ()) -> None:
        """Make a new dataset without images and choose it.

        Raises:
            DatasetError: The title or the name of a class cannot be used.
        """
        self.datasets_were_changed(create_dataset(self.workspace, title, classes).name)

    def datasets_were_changed(self, chosen: str = "") -> None:
        """Datasets have come, gone or been renamed: read the list, and choose one.

        Args:
            chosen: The name of the one to choose; empty for the same as before, if it is there.
        """
        self._datasets = list_datasets(self.workspace)
        self.datasets_changed.emit()
        names = [dataset.name for dataset in self._datasets]
        before = self._dataset.name if self._dataset is not None else ""
        wanted = next((name for name in (chosen, before) if name in names), names[0])
        if wanted != before or chosen:
            self.choose_dataset(wanted)

    def dataset_was_edited(self) -> None:
        """Tell the tabs that images or classes have changed on disk; the card is read again."""
        self._datasets = list_datasets(self.workspace)
        if self._dataset is not None:
            name = self._dataset.name
            self._dataset = next((d for d in self._datasets if d.name == name), self._dataset)
        self.features.follow(self._dataset)
        self.dataset_edited.emit()

    def try_run(self, folder: Path) -> None:
        """Show the prediction tab with this run's model."""
        self._run_to_try = folder
        self.page_requested.emit("prediction")

    def take_run_to_try(self) -> Path | None:
        """The run that `try_run` was last called with, once; the prediction tab asks for it."""
        folder, self._run_to_try = self._run_to_try, None
        return folder

    def say(self, text: str, until: Until) -> None:
        """Show a sentence in the status line until one of these comes."""
        self._said_until = until
        self.status_changed.emit(text)

    def shutdown(self) -> bool:
        """End all background work; False if a hung camera or network would not let go."""
        self.settings.sync()  # what hangs may take the program down before Qt writes them
        if self._training is not None:
            self._training.shutdown()
        released = self.camera.shutdown()
        return self.instant.shutdown() and self.jobs.shutdown() and released

    @Slot()
    def _on_training_began(self) -> None:
        self.features.hold("training", True)
        self.endings.end(Until.TRAINING)
        self.training_changed.emit(True)

    @Slot()
    def _on_training_ended(self) -> None:
        self.features.hold("training", False)
        self.endings.end(Until.TRAINING)
        self.training_changed.emit(False)
        self.runs_changed.emit()

    @Slot(object)
    def _on_endings_came(self, came: Until) -> None:
        if came & self._said_until:
            self.say("", Until.REPLACED)

    @Slot(str)
    def _on_camera_announced(self, sentence: str) -> None:
        self.say(sentence, Until.CAMERA_CHOSEN)

    @Slot(object)
    def _on_camera_state_changed(self, state: FeedState) -> None:
        if state.status is FeedStatus.RUNNING:
            self.endings.end(Until.CAMERA_WORKS)

    @Slot()
    def _on_camera_choice_changed(self) -> None:
        self.endings.end(Until.CAMERA_CHOSEN)


def _tidy(datasets: Path, folders: list[Path], task: Task) -> None:
    """Delete what a kill has left of files that were being written or removed."""
    for folder in (datasets, *folders):
        if task.cancelled():
            return
        remove_leftovers(folder)
