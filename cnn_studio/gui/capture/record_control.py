"""Lets buttons and keys record, and tells the tab what comes of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_studio.camera.source import Frame
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture.recording import Burst, FrameGiver, Recording, take_shot
from cnn_studio.gui.jobs import Jobs, Task

_POLL_INTERVAL_MS = 66


class RecordControl(QObject):
    """Runs bursts and shots; what they wrote is collected on the window's thread.

    Signals:
        began(str): Frames are being recorded into this class.
        counted(int, int): Frames kept and lost of the newest burst.
        written(list): Samples that are on the disk now, oldest first.
        stopped: No more frames are taken; the last ones may still be being written.
        ended(Burst): All of a burst or shot is on the disk.
        failed(str): Frames could not be written; the sentence that says why.
    """

    began = Signal(str)
    counted = Signal(int, int)
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
        self._timer = QTimer(self, interval=_POLL_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_recording(self) -> bool:
        """Whether frames are being taken."""
        return self._recording.burst is not None

    @property
    def is_writing(self) -> bool:
        """Whether frames are being taken or still being written."""
        return bool(self._open)

    def begin(self, folders: ClassFolders, class_name: str, frames_per_second: float) -> None:
        """Record until `end`."""
        if self.is_recording:
            return
        self._follow(self._recording.begin(folders, class_name, frames_per_second))
        self.began.emit(class_name)
        self.counted.emit(0, 0)

    def end(self) -> None:
        """Take no more frames."""
        ended = self._recording.end()
        if ended is not None:
            self._finish(ended)
            self.stopped.emit()

    def shoot(self, folders: ClassFolders, class_name: str, frame: Frame) -> None:
        """Keep one frame."""
        burst = take_shot(folders, class_name, frame)
        self._follow(burst)
        self._finish(burst)

    def shutdown(self) -> None:
        """End the recording and wait until its frames are on the disk; for closing the window."""
        self._recording.end()
        for burst in self._open:
            burst.finish()

    def _follow(self, burst: Burst) -> None:
        self._open.append(burst)
        self._newest = burst
        self._timer.start()

    def _finish(self, burst: Burst) -> None:
        job = self._jobs.create(_finishing(burst))
        job.succeeded.connect(self._on_burst_finished)
        job.start()

    def _collect(self, burst: Burst) -> None:
        samples = burst.unreported_samples()
        if samples:
            self.written.emit(samples)
        if burst is self._newest:
            self.counted.emit(burst.kept, burst.lost)

    @Slot()
    def _on_timer_timeout(self) -> None:
        for burst in list(self._open):
            self._collect(burst)
        running = self._recording.burst
        if running is not None and running.error is not None:
            self.end()  # what fails once fails thirty times a second

    @Slot(object)
    def _on_burst_finished(self, burst: Burst) -> None:
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
