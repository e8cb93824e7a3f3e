"""A video measured, and classified from its beginning to its end, beside the window."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.video_reader import VideoFacts, measure_video
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.jobs import Job, JobCancelledError, Jobs, Task
from cnn_studio.models.unknown import ACCEPT
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.timeline import Segment
from cnn_studio.prediction.video import VideoMoments, classify_video


class WorkState(StrEnum):
    """How far the work is."""

    IDLE = "idle"
    MEASURING = "measuring"
    CLASSIFYING = "classifying"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class VideoWork(QObject):
    """One video at a time; another video or another model begins again.

    Attributes:
        is_seen: Whether how far it is is on the screen.

    Signals:
        measured(VideoFacts): What the video is like.
        changed: The state, the progress or the segments are others.
    """

    measured = Signal(object)
    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_seen: Callable[[], bool] = lambda: False
        self._jobs = jobs
        self._job: Job | None = None
        self._path: Path | None = None
        self._model: Path | None = None
        self._facts: VideoFacts | None = None
        self._moments: VideoMoments | None = None
        self._accept = ACCEPT
        self._segments: tuple[Segment, ...] = ()
        self.state = WorkState.IDLE
        self.share = 0.0
        self.problem = ""

    @property
    def seconds_left(self) -> float | None:
        """How long the work will still take; None while that is not known."""
        activity = self._job.activity if self._job is not None else None
        return activity.seconds_left if activity is not None else None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What is known of the video so far."""
        return self._segments

    def open(self, path: Path) -> None:
        """Look at this video from now on."""
        self.close()
        self._path = path
        self._start(partial(_measure, path), WorkState.MEASURING)

    def set_model(self, folder: Path | None) -> None:
        """Say which run's model is asked; None for none, which forgets what was said."""
        self._model = folder
        if folder is None and self._moments is not None:
            self._abandon()
            self._moments, self._segments = None, ()
            self._tell(WorkState.IDLE)
        self.classify()

    def set_accept(self, accept: float) -> None:
        """Answer this share of the images held back, 0..1; nothing is classified again."""
        self._accept = accept
        self._tell(self.state, self.problem)

    @Slot()
    def classify(self) -> None:
        """Begin at the beginning, with the model as it is now."""
        if self._path is None or self._facts is None or self._model is None:
            return
        self._abandon()
        self._moments = VideoMoments(self._facts)
        self._segments = ()
        work = partial(_classify, self._model, self._path, self._moments)
        about = About(
            self.tr("Looking through {name}").format(name=self._path.name),
            self.tr("the time line stays as it is"),
            Unit.SHARE,
            writes=False,
        )
        self._start(work, WorkState.CLASSIFYING, about)

    @Slot()
    def cancel(self) -> None:
        """Leave it at what is known so far."""
        if self._job is not None:
            self._job.cancel()

    def close(self) -> None:
        """Look at no video any more."""
        self._abandon()
        self._path = self._facts = self._moments = None
        self._segments = ()
        self._tell(WorkState.IDLE)

    def _start(
        self, work: Callable[[Task], object], state: WorkState, about: About | None = None
    ) -> None:
        job = self._jobs.create(work, about, lambda: self.is_seen())
        job.progressed.connect(self._on_job_progressed)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.cancelled.connect(self._on_job_cancelled)
        self._job = job
        self.share = 0.0
        self._tell(state)
        job.start()

    def _abandon(self) -> None:
        """What the job under way still says is not listened to."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _tell(self, state: WorkState, problem: str = "") -> None:
        self.state, self.problem = state, problem
        if self._moments is not None:
            self._segments = self._moments.segments(self._accept)
        self.changed.emit()

    @Slot(int, int)
    def _on_job_progressed(self, done: int, total: int) -> None:
        if self.sender() is self._job:
            self.share = done / max(total, 1)
            self._tell(self.state)

    @Slot(object)
    def _on_job_succeeded(self, found: object) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        if isinstance(found, VideoFacts):
            self._facts = found
            self._tell(WorkState.IDLE)
            self.measured.emit(found)
            self.classify()
        else:
            self._tell(WorkState.DONE)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._job = None
            self._tell(WorkState.FAILED, sentence)

    @Slot()
    def _on_job_cancelled(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self._tell(WorkState.CANCELLED)


def _measure(path: Path, task: Task) -> VideoFacts:
    facts = measure_video(path, task.cancelled)
    if task.cancelled():
        raise JobCancelledError
    return facts


def _classify(folder: Path, path: Path, found: VideoMoments, task: Task) -> None:
    classifier = Classifier.open(folder, threads=1)
    classify_video(classifier, path, found, task.report, task.cancelled)
    if task.cancelled():
        raise JobCancelledError
