"""Lets buttons and keys record, and tells the tab what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_studio.camera.source import Frame
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.activities import About, Activity
from cnn_studio.gui.capture.recording.recording import (
    Burst,
    FrameGiver,
    Recording,
    RecordingOptions,
    take_shot,
)
from cnn_studio.gui.figures import images
from cnn_studio.gui.jobs import Jobs, Task
from cnn_studio.work_notes import Halt

_POLL_INTERVAL_MS = 66


@dataclass(frozen=True)
class _Asked:
    """A recording that was asked for and may still be waiting for its delay."""

    folders: ClassFolders
    class_name: str
    options: RecordingOptions
    limit: int | None


class RecordControl(QObject):
    """Runs bursts and shots; what they wrote is collected on the window's thread.

    Signals:
        counting_down(int): So many seconds are left before the first frame; 0 when they are over.
        began(str): Frames are being recorded into this class.
        counted(Counts): What became of the frames of the newest burst.
        written(list): Samples that are on the disk now, oldest first.
        stopped: No more frames are taken; the last ones may still be being written.
        ended(Burst): All of a burst or shot is on the disk.
        failed(str): Frames could not be written; the sentence that says why.
    """

    counting_down = Signal(int)
    began = Signal(str)
    counted = Signal(object)
    written = Signal(list)
    stopped = Signal()
    ended = Signal(object)
    failed = Signal(str)

    def __init__(self, camera: FrameGiver, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._recording = Recording(camera)
        self._open: list[Burst] = []
        self._newest: Burst | None = None
        self._asked: _Asked | None = None
        self._activity: Activity | None = None
        self._seconds_left = 0
        self._timer = QTimer(self, interval=_POLL_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._countdown = QTimer(self, interval=1000)
        self._countdown.timeout.connect(self._on_countdown_timeout)
        self._duration = QTimer(self, singleShot=True)
        self._duration.timeout.connect(self.end)

    @property
    def is_recording(self) -> bool:
        """Whether frames are being taken."""
        return self._recording.burst is not None

    @property
    def is_active(self) -> bool:
        """Whether frames are being taken, or will be once the delay is over."""
        return self.is_recording or self._asked is not None

    @property
    def is_writing(self) -> bool:
        """Whether frames are being taken or still being written."""
        return bool(self._open)

    def begin(
        self,
        folders: ClassFolders,
        class_name: str,
        options: RecordingOptions,
        limit: int | None = None,
        *,
        is_held: bool = True,
    ) -> None:
        """Record until `end`, until the duration is over, or until the limit is reached.

        Args:
            folders: The dataset to write to.
            class_name: The class to write to.
            options: How to record.
            limit: How many frames are kept at most; None has no limit.
            is_held: Whether it ends when a key or button comes up; else the window asks before
                it closes.
        """
        if self.is_active:
            return
        if not is_held:
            about = About(
                self.tr("Recording {name}").format(name=class_name),
                self.tr("the images recorded so far stay"),
            )
            self._activity = self._jobs.activities.begin(about, self._on_stopped, lambda: True)
        self._asked = _Asked(folders, class_name, options, limit)
        self._seconds_left = options.delay_s
        if self._seconds_left:
            self.counting_down.emit(self._seconds_left)
            self._countdown.start()
        else:
            self._begin_now()

    @Slot()
    def end(self) -> None:
        """Take no more frames; a countdown is called off."""
        self._duration.stop()
        if self._asked is not None:
            self._asked = None
            self._countdown.stop()
            self.counting_down.emit(0)
        ended = self._recording.end()
        if ended is not None:
            self._finish(ended)
            self.stopped.emit()
        self._end_activity()

    def _end_activity(self) -> None:
        """The recording is over; its last frames may still be being written."""
        activity, self._activity = self._activity, None
        if activity is not None:
            activity.end()

    def _on_stopped(self, _halt: Halt) -> None:
        self.end()

    def shoot(self, folders: ClassFolders, class_name: str, frame: Frame) -> None:
        """Keep one frame."""
        burst = take_shot(folders, class_name, frame)
        self._follow(burst)
        self._finish(burst)

    def shutdown(self) -> list[Burst]:
        """End the recording and wait until its frames are on the disk; for closing the window.

        Returns:
            What was still being written, for which `ended` does not come any more.
        """
        self._countdown.stop()
        self._duration.stop()
        self._recording.end()
        ended, self._open = self._open, []
        for burst in ended:
            burst.finish()
        return ended

    def _begin_now(self) -> None:
        asked, self._asked = self._asked, None
        if asked is None:
            return
        options = asked.options
        burst = self._recording.begin(
            asked.folders, asked.class_name, options.frames_per_second, asked.limit, options.rules
        )
        if options.duration_s:
            self._duration.start(options.duration_s * 1000)
        self._follow(burst)
        self.began.emit(asked.class_name)
        self.counted.emit(burst.counts)

    def _follow(self, burst: Burst) -> None:
        self._open.append(burst)
        self._newest = burst
        self._timer.start()

    def _finish(self, burst: Burst) -> None:
        about = About(
            self.tr("Writing the last images of {name}").format(name=burst.class_name),
            self.tr("the images recorded so far stay"),
        )
        job = self._jobs.create(_finishing(burst), about)
        job.succeeded.connect(self._on_burst_finished)
        job.start()

    def _collect(self, burst: Burst) -> None:
        samples = burst.unreported_samples()
        if samples:
            self.written.emit(samples)
        if burst is self._newest:
            self.counted.emit(burst.counts)
            if self._activity is not None:
                kept = images(burst.counts.kept)
                self._activity.set_stage(self.tr("{images} so far").format(images=kept))

    @Slot()
    def _on_countdown_timeout(self) -> None:
        self._seconds_left -= 1
        self.counting_down.emit(self._seconds_left)
        if self._seconds_left <= 0:
            self._countdown.stop()
            self._begin_now()

    @Slot()
    def _on_timer_timeout(self) -> None:
        for burst in list(self._open):
            self._collect(burst)
        running = self._recording.burst
        # What fails once fails thirty times a second.
        if running is not None and (running.error is not None or running.is_full):
            self.end()

    @Slot(object)
    def _on_burst_finished(self, burst: Burst) -> None:
        if burst not in self._open:  # the window is closing
            return
        self._collect(burst)
        self._open.remove(burst)
        if not self._open:
            self._timer.stop()
        if burst.error is not None:
            self.failed.emit(burst.error)
        self.ended.emit(burst)


def _finishing(burst: Burst) -> Callable[[Task], Burst]:
    def work(_task: Task) -> Burst:
        burst.finish()
        return burst

    return work
