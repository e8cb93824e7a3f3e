"""Pictures of a video while a person moves along its time, decoded beside the window."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from cnn_studio.camera.video_reader import VideoReader
from cnn_studio.errors import StudioError
from cnn_studio.gui.jobs import Jobs, OneJob, Task
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import shrink_to_fit

_LONGEST_SIDE = 1280
_PATIENCE_S = 0.5  # so long a picture may be looked for when another one is wanted already

_Answer = tuple[Path, QImage | str | None]


class VideoScrub(QObject):
    """Decodes one picture at a time; of those wanted meanwhile only the newest is decoded next.

    A picture that has been overtaken is still shown, for it is newer than the one on the screen:
    otherwise nothing would move as long as a person does. In a file where one takes long, it is
    given up.

    Signals:
        seen(QImage): A picture of the video.
        failed(str): There is none; the sentence that says why.
    """

    seen = Signal(QImage)
    failed = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._video = _OpenVideo()
        self._job = OneJob(jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._on_job_finished)
        self._wanted: tuple[Path, float] | None = None
        self._path: Path | None = None  # of the newest request

    @Slot(object, float)
    def look(self, path: Path, time_s: float) -> None:
        """Ask for the picture of a video at a time; answers to another video are dropped."""
        self._path = path
        self._wanted = (path, time_s)
        self._video.is_overtaken = True
        self._go_on()

    def close(self) -> None:
        """Let go of the video and be gone; nothing is answered any more."""
        self._path = self._wanted = None
        self._video.is_closing = True
        if not self._job.is_running:
            self._end()

    def _go_on(self) -> None:
        if self._job.is_running or self._wanted is None:
            return
        wanted, self._wanted = self._wanted, None
        self._video.is_overtaken = False
        self._job.start(partial(_look, self._video, *wanted))

    @Slot(object)
    def _on_job_succeeded(self, answer: _Answer) -> None:
        path, picture = answer
        if path != self._path:
            return
        if isinstance(picture, QImage):
            self.seen.emit(picture)
        elif picture:
            self.failed.emit(picture)

    @Slot()
    def _on_job_finished(self) -> None:
        if self._video.is_closing:
            self._end()
        self._go_on()

    def _end(self) -> None:
        self._video.close()
        self.deleteLater()


class _OpenVideo:
    """Keeps the last video open; used by one job after the other.

    Attributes:
        is_overtaken: Another picture is wanted already.
        is_closing: None is wanted any more.
    """

    def __init__(self) -> None:
        self.is_overtaken = self.is_closing = False
        self._reader: VideoReader | None = None
        self._path: Path | None = None
        self._began_s = 0.0

    def look(self, path: Path, time_s: float) -> QImage | None:
        self._began_s = time.monotonic()
        if self._reader is None or self._path != path:
            self.close()
            self._reader, self._path = VideoReader(path, self._given_up), path
        frame = self._reader.frame_at(time_s)
        return image_of(shrink_to_fit(frame.image_rgb, _LONGEST_SIDE)) if frame else None

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _given_up(self) -> bool:
        spent_s = time.monotonic() - self._began_s
        return self.is_closing or (self.is_overtaken and spent_s > _PATIENCE_S)


def _look(video: _OpenVideo, path: Path, time_s: float, _task: Task) -> _Answer:
    try:
        return path, video.look(path, time_s)
    except StudioError as error:
        return path, str(error)
