"""The list of cameras, made in the background and kept up to date."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.listing import CameraInfo, arrivals, list_cameras
from cnn_studio.gui.device_watch import DeviceWatch
from cnn_studio.gui.jobs import Jobs, Task


class CameraList(QObject):
    """Looks for cameras when it is asked to, and when one may have been plugged in or out.

    Signals:
        listed(list): The first look is done, or the list is another one; with the CameraInfos
            that have come since the list before, none after the first look.
    """

    listed = Signal(list)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._watch: DeviceWatch | None = None
        self._cameras: list[CameraInfo] = []
        self._is_looking = False
        self._must_look_again = False

    @property
    def cameras(self) -> list[CameraInfo]:
        """The cameras that were found, the demo camera last; none before the first look."""
        return self._cameras

    def start(self) -> None:
        """Look, and again whenever something is plugged in or out."""
        if self._watch is None:
            self._watch = DeviceWatch(self)
            self._watch.changed.connect(self.look)
        self.look()

    def stop(self) -> None:
        """The window closes."""
        self._must_look_again = False
        if self._watch is not None:
            self._watch.stop()

    @Slot()
    def look(self) -> None:
        """List the cameras; asked for meanwhile, once more afterwards."""
        if self._is_looking:
            self._must_look_again = True
            return
        self._is_looking = True
        job = self._jobs.create(_list_cameras)
        job.succeeded.connect(self._on_job_succeeded)
        job.finished.connect(self._on_job_finished)
        job.start()

    @Slot(object)
    def _on_job_succeeded(self, found: list[CameraInfo]) -> None:
        before, self._cameras = self._cameras, found
        if found != before:  # never empty: the demo camera is always there
            self.listed.emit(arrivals(before, found) if before else [])

    @Slot()
    def _on_job_finished(self) -> None:
        self._is_looking = False
        if self._must_look_again:
            self._must_look_again = False
            self.look()


def _list_cameras(_task: Task) -> list[CameraInfo]:
    return list_cameras()
