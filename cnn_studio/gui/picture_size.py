"""The size of the chosen webcam's pictures: what it is, what there is to choose, and choosing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal

from cnn_studio.camera.feed import CameraFeed
from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.camera.webcam import SizeAnswer, WebcamSource
from cnn_studio.gui.camera_sizes import CameraSizes


class PictureSize(QObject):
    """Knows nothing of cameras that are no webcams.

    Signals:
        changed: The size, or what there is to choose, is another one.
        refused(FrameSize, FrameSize): The webcam does not have what it was asked for, and gives
            the second one.
    """

    changed = Signal()
    refused = Signal(object, object)

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sizes = CameraSizes(settings)
        self._camera = ""
        self._feed: CameraFeed | None = None

    def wanted(self, camera: str) -> FrameSize | None:
        """The size to open a webcam with; None for the usual one."""
        return self._sizes.wanted(camera)

    def follow(self, camera: str, feed: CameraFeed) -> None:
        """Another camera was chosen."""
        self._camera, self._feed = camera, feed
        self.changed.emit()

    def learn(self) -> None:
        """The camera gives pictures now."""
        answer = self._answer()
        if answer is None:
            return
        if not self._sizes.learn(self._camera, answer):
            self.refused.emit(answer.asked, answer.given)
        self.changed.emit()

    def choose(self, size: FrameSize) -> None:
        """Have the webcam opened again with another size, and remember it for this webcam."""
        webcam = self._webcam()
        present = self._sizes.wanted(self._camera) or self.current
        if webcam is not None and self._feed is not None and size != present:
            self._sizes.choose(self._camera, size)
            webcam.ask_for(size)
            self._feed.reopen()

    @property
    def is_webcam(self) -> bool:
        """Whether the chosen camera is one that can be asked."""
        return self._webcam() is not None

    @property
    def current(self) -> FrameSize | None:
        """The size of the last pictures; None until there are some."""
        answer = self._answer()
        return answer.given if answer is not None else None

    @property
    def choices(self) -> list[FrameSize]:
        """The sizes to choose from, smallest first; none until there are pictures."""
        answer = self._answer()
        return self._sizes.choices(self._camera, answer) if answer is not None else []

    def _webcam(self) -> WebcamSource | None:
        source = self._feed.source if self._feed is not None else None
        return source if isinstance(source, WebcamSource) else None

    def _answer(self) -> SizeAnswer | None:
        webcam = self._webcam()
        return webcam.size_answer if webcam is not None else None
