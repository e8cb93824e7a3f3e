"""The thread that learns images as they come, and says at once what the camera shows."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.samples import Sample
from cnn_studio.errors import StudioError
from cnn_studio.instant.feature_table import FeatureTable

if TYPE_CHECKING:  # the window is there sooner without them
    from cnn_studio.instant.instant_model import InstantModel
    from cnn_studio.prediction.classifier import Prediction

_AT_ONCE = 8  # images that are learned before the next frame is looked at
_FRAME_INTERVAL_S = 0.1
_FIT_INTERVAL_S = 1.0  # while images are still coming
_LONGEST_WAIT_S = 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class InstantAnswer:
    """What is said of a frame.

    Attributes:
        frame: The frame.
        prediction: What is said of it.
        model: What said it.
    """

    frame: Frame
    prediction: Prediction
    model: InstantModel


@dataclass(frozen=True, eq=False)
class _Subject:
    """What is learned from."""

    dataset: Dataset
    table: FeatureTable


class InstantThread(QThread):
    """Learns new images first, then looks at the newest frame, then finds out how right it is.

    Signals:
        learned(InstantModel | None): The model is another one.
        failed(str): Nothing can be learned; the sentence that says why.
    """

    learned = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("instant")
        self._changed = threading.Condition()
        self._subject: _Subject | None = None
        self._is_new_subject = False
        self._is_noticed = False
        self._new: deque[Sample] = deque()
        self._mailbox: Mailbox | None = None
        self._stopping = False
        self._latest: InstantAnswer | None = None
        self._work: _Work | None = None  # this thread's own

    def follow(self, dataset: Dataset | None, table: FeatureTable) -> None:
        """Learn the images of another dataset; None learns nothing. Thread-safe."""
        with self._changed:
            self._subject = None if dataset is None else _Subject(dataset, table)
            self._is_new_subject = True
            self._new.clear()
            self._latest = None
            self._changed.notify_all()

    def notice(self) -> None:
        """The table has other images; thread-safe."""
        with self._changed:
            self._is_noticed = True
            self._changed.notify_all()

    def learn(self, samples: Sequence[Sample]) -> None:
        """Learn images that have just been written, before all else; thread-safe."""
        with self._changed:
            self._new.extend(samples)
            self._changed.notify_all()

    def watch(self, mailbox: Mailbox | None) -> None:
        """Say what these frames show, or rest; thread-safe."""
        with self._changed:
            self._mailbox = mailbox
            self._latest = None
            self._changed.notify_all()

    def latest(self) -> InstantAnswer | None:
        """What is said of the newest frame; None before the first."""
        with self._changed:
            return self._latest

    def stop(self) -> None:
        """Ask the thread to end; thread-safe, returns at once."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def run(self) -> None:
        from cnn_studio.training.linear_layer import one_thread  # what it imports takes a while

        with one_thread():
            while self._step():
                pass
        self._work = None

    def _step(self) -> bool:
        """Do the one thing that comes first; False once it is to end."""
        with self._changed:
            self._changed.wait_for(self._has_work)
            if self._stopping:
                return False
            subject = self._subject if self._is_new_subject else None
            is_new, self._is_new_subject = self._is_new_subject, False
            samples = [self._new.popleft() for _one in range(min(len(self._new), _AT_ONCE))]
            is_noticed, self._is_noticed = self._is_noticed, False
            mailbox = self._mailbox
        try:
            if is_new:
                self._work = None if subject is None else _Work(subject.dataset, subject.table)
                self.learned.emit(None)
            if self._work is not None:
                self._go_on(self._work, samples, mailbox, is_noticed=is_noticed or is_new)
        except Exception as error:  # noqa: BLE001 - the thread's edge: it must live for other datasets
            if not isinstance(error, StudioError):
                _log.exception("What was recorded could not be learned")
            self._work = None
            self.learned.emit(None)
            self.failed.emit(str(error))
        return True

    def _has_work(self) -> bool:
        if self._stopping or self._is_new_subject:
            return True
        work = self._work
        if work is None:
            self._new.clear()
            return False
        is_watching = self._mailbox is not None and work.model is not None
        return bool(self._new) or self._is_noticed or is_watching or work.is_due

    def _go_on(
        self, work: _Work, samples: list[Sample], mailbox: Mailbox | None, *, is_noticed: bool
    ) -> None:
        if samples:
            work.read(samples)
        if samples or is_noticed:
            work.take()
        if work.is_fit_due and (not self._new or work.has_waited):
            work.fit()
            self.learned.emit(work.model)
        if mailbox is not None and work.model is not None:
            self._look(work, work.model, mailbox)
        if work.is_judging_due and not self._has_news() and work.judge(self._has_news):
            self.learned.emit(work.model)

    def _has_news(self) -> bool:
        with self._changed:
            return bool(self._new) or self._is_new_subject or self._stopping

    def _look(self, work: _Work, model: InstantModel, mailbox: Mailbox) -> None:
        """Look at a frame, if it is time for one."""
        rest_s = work.next_frame_s - time.monotonic()
        if rest_s > 0:
            if not self._has_news() and not work.is_due:
                with self._changed:
                    self._changed.wait_for(lambda: bool(self._new) or self._stopping, rest_s)
            return
        frame = mailbox.wait_for_newer(work.sequence, _LONGEST_WAIT_S)
        if frame is None:
            return
        work.sequence = frame.sequence
        work.next_frame_s = time.monotonic() + _FRAME_INTERVAL_S
        answer = InstantAnswer(frame, work.look(frame, model), model)
        with self._changed:
            if self._mailbox is mailbox and not self._is_new_subject:
                self._latest = answer


class _Work:
    """What is known of one dataset. It is used by the thread alone."""

    def __init__(self, dataset: Dataset, table: FeatureTable) -> None:
        from cnn_studio.instant.dataset_features import reader_of
        from cnn_studio.instant.learner import Learner

        self._dataset, self._table = dataset, table
        self._learner = Learner(dataset.card.background)
        self._reader = reader_of(dataset, threads=1)
        self._fitted_s = 0.0
        self.model: InstantModel | None = None
        self.is_fit_due = self.is_judging_due = False
        self.sequence = 0
        self.next_frame_s = 0.0

    @property
    def is_due(self) -> bool:
        """Whether there is something to do even if nothing comes."""
        return self.is_fit_due or self.is_judging_due

    @property
    def has_waited(self) -> bool:
        """Whether it has not been fitted for a while."""
        return time.monotonic() - self._fitted_s > _FIT_INTERVAL_S

    def read(self, samples: Sequence[Sample]) -> None:
        """Put the features of images that have just been written into the table."""
        from cnn_studio.data.image_sets import FolderImages
        from cnn_studio.instant.dataset_features import read_into, stamps_of

        folder = self._dataset.folder
        files: dict[str, list[str]] = {}
        for sample in samples:
            if (
                folder in sample.path.parents
                and sample.class_name not in self._dataset.card.disabled
            ):
                files.setdefault(sample.class_name, []).append(sample.mark_name)
        images = FolderImages(folder, files)
        stamps = stamps_of(folder, images.names)
        new = set(self._table.unknown(stamps))
        places = [place for place, name in enumerate(images.names) if name in new]
        read_into(self._table, self._reader, images, places, stamps)

    def take(self) -> None:
        """Learn what has come into the table, and forget what has gone."""
        changes = self._table.take_changes()
        if changes.added or changes.removed:
            self._learner.take(changes, self._table.features_of)
            self.is_fit_due = self.is_judging_due = True

    def fit(self) -> None:
        """Let the model know what was taken."""
        self.model = self._learner.fit()
        self._fitted_s = time.monotonic()
        self.is_fit_due = False

    def judge(self, has_news: Callable[[], bool]) -> bool:
        """Find out how right it is; False where something new came first."""
        view = self._table.view()
        if not self._learner.judge(view, lambda: not has_news()):
            return False
        self.is_judging_due = False
        self.fit()
        return True

    def look(self, frame: Frame, model: InstantModel) -> Prediction:
        """What a frame shows."""
        begun_s = time.perf_counter()
        features = self._reader.see(frame.image_rgb)
        seen_ms = (time.perf_counter() - begun_s) * 1000
        return model.predict(features, inference_ms=seen_ms)
