"""What the images of the chosen dataset say at once, without a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.samples import Sample
from cnn_studio.gui.feature_work import FeatureWork
from cnn_studio.gui.instant_thread import InstantAnswer, InstantThread

if TYPE_CHECKING:  # the window is there sooner without it
    from cnn_studio.instant.instant_model import InstantModel

_PATIENCE_MS = 5000


class InstantWork(QObject):
    """Keeps a model in step with the images, and has it look at a camera.

    Signals:
        model_changed: The model is another one, or there is none.
    """

    model_changed = Signal()

    def __init__(self, features: FeatureWork, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._features = features
        self._model: InstantModel | None = None
        self._problem = ""
        self._is_first_look = True  # with some of the classes alone it would be wrong and sure
        self._awaited: int | None = None  # images that are to be learned first; None if not known
        self._thread = InstantThread()
        self._thread.learned.connect(self._on_thread_learned)
        self._thread.failed.connect(self._on_thread_failed)
        features.followed.connect(self._on_features_followed)
        features.changed.connect(self._on_features_changed)

    @property
    def model(self) -> InstantModel | None:
        """What was learned.

        None as long as no two classes have three images each, and until all images of the dataset
        have been looked at for the first time.
        """
        return None if self._is_first_look else self._model

    @property
    def dataset(self) -> Dataset | None:
        """The dataset whose images it learns."""
        return self._features.dataset

    @property
    def problem(self) -> str:
        """Why nothing can be learned, as a sentence; empty if it can."""
        return self._problem

    def latest(self) -> InstantAnswer | None:
        """What is said of the newest frame."""
        return None if self._is_first_look else self._thread.latest()

    def watch(self, mailbox: Mailbox | None) -> None:
        """Say what these frames show; with None it rests."""
        self._thread.watch(mailbox)

    @Slot(list)
    def learn(self, samples: Sequence[Sample]) -> None:
        """Learn images that have just been written, at once."""
        if self._features.dataset is not None:
            self._thread.learn(samples)

    def shutdown(self) -> bool:
        """End the thread; False if it does not end in time."""
        self._thread.stop()
        return self._thread.wait(_PATIENCE_MS)

    @Slot()
    def _on_features_followed(self) -> None:
        dataset = self._features.dataset
        self._is_first_look, self._awaited = True, None
        self._thread.follow(dataset, self._features.table)
        if dataset is not None and not self._thread.isRunning():
            self._thread.start()

    @Slot()
    def _on_features_changed(self) -> None:
        self._thread.notice()
        self._awaited = len(self._features.table) if self._features.is_complete else None
        if self._is_first_look and self._knows_all():
            self._is_first_look = False
            self.model_changed.emit()

    def _knows_all(self) -> bool:
        known = self._model.images if self._model is not None else 0
        return self._awaited is not None and known >= self._awaited

    @Slot(object)
    def _on_thread_learned(self, model: InstantModel | None) -> None:
        self._model, self._problem = model, ""
        self._is_first_look = self._is_first_look and not self._knows_all()
        self.model_changed.emit()

    @Slot(str)
    def _on_thread_failed(self, sentence: str) -> None:
        self._problem = sentence
        self.model_changed.emit()
