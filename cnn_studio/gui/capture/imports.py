"""Brings images of other programs into the dataset, one import after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.intake import IntakeReport, import_class_tree, import_images
from cnn_studio.gui.jobs import Job, Jobs, Task
from cnn_studio.video_import import FrameChoice, VideoReport, import_videos


@dataclass(frozen=True)
class ImportRequest:
    """What shall be brought in.

    Attributes:
        folders: The dataset.
        class_name: The class of all the images; empty if each folder in `paths` holds class
            folders of its own.
        paths: Images and folders; zips of class folders only where there is no class name.
    """

    folders: ClassFolders
    class_name: str
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class VideoRequest:
    """Frames of videos that shall be brought in.

    Attributes:
        folders: The dataset.
        class_name: The class that the videos show.
        paths: The videos.
        choice: Which of their frames.
    """

    folders: ClassFolders
    class_name: str
    paths: tuple[Path, ...]
    choice: FrameChoice


Request = ImportRequest | VideoRequest
Report = IntakeReport | VideoReport


class Imports(QObject):
    """Works through requests in the background.

    Signals:
        began(Request): This one is being worked on now.
        progressed(int, int): Files done, files in all; of a video steps of its time.
        ended(Request, Report): What came of it; a cancelled one keeps what it has.
        failed(str): An import could not go on; the sentence that says why.
        finished: No import is left.
    """

    began = Signal(object)
    progressed = Signal(int, int)
    ended = Signal(object, object)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._waiting: deque[Request] = deque()
        self._job: Job | None = None

    @property
    def is_running(self) -> bool:
        """Whether an import is being worked on."""
        return self._job is not None

    def start(self, request: Request) -> None:
        """Bring these in, after the imports that wait already."""
        self._waiting.append(request)
        self._go_on()

    def cancel(self) -> None:
        """End the import that runs and forget those that wait."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    def _go_on(self) -> None:
        if self._job is not None or not self._waiting:
            return
        request = self._waiting.popleft()
        self._job = self._jobs.create(_work(request))
        self._job.progressed.connect(self.progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._on_job_finished)
        self.began.emit(request)
        self._job.start()

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[Request, Report]) -> None:
        self.ended.emit(*answer)

    @Slot()
    def _on_job_finished(self) -> None:
        self._job = None
        self._go_on()
        if self._job is None:
            self.finished.emit()


def _work(request: Request) -> Callable[[Task], tuple[Request, Report]]:
    def work(task: Task) -> tuple[Request, Report]:
        if isinstance(request, VideoRequest):
            return request, import_videos(
                request.folders,
                request.class_name,
                request.paths,
                request.choice,
                progress=task.report,
                cancelled=task.cancelled,
            )
        if request.class_name:
            return request, import_images(
                request.folders,
                request.class_name,
                request.paths,
                progress=task.report,
                cancelled=task.cancelled,
            )
        reports = [
            import_class_tree(request.folders, path, progress=task.report, cancelled=task.cancelled)
            for path in request.paths
        ]
        return request, joined(reports)

    return work


def joined(reports: Sequence[IntakeReport]) -> IntakeReport:
    """Several reports as one."""
    return IntakeReport(
        tuple(sample for report in reports for sample in report.imported),
        tuple(skipped for report in reports for skipped in report.skipped),
    )
