"""Where the frames come from that are classified: the camera unless a person chooses otherwise."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.feed import FeedState, FeedStatus
from cnn_studio.camera.inlet import Inlet
from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.played_video import PlayedVideo
from cnn_studio.camera.source import Frame, FrameSource
from cnn_studio.gui.camera_service import CameraService
from cnn_studio.gui.camera_thread import CameraThread
from cnn_studio.gui.prediction.sources.screen_grabber import ScreenGrabber
from cnn_studio.gui.prediction.sources.screen_region import ScreenRegion

_STOP_TIMEOUT_MS = 5000


class SourceKind(StrEnum):
    """What is classified."""

    CAMERA = "camera"
    VIDEO = "video"
    SCREEN = "screen"


class LiveSource(QObject):
    """Brings the frames of one source at a time into one mailbox, and says how the source is.

    The window's camera goes on for the other tabs whatever is chosen here.

    Attributes:
        mailbox: Where the newest frame lies; the prediction thread waits here.

    Signals:
        state_changed(FeedState): Opening, running, failed with a sentence, or stopped.
        mirrored_changed(bool): The screen shows the picture as a mirror does, or no longer.
        source_changed: Something else is classified from now on; its state follows.
    """

    state_changed = Signal(object)
    mirrored_changed = Signal(bool)
    source_changed = Signal()

    def __init__(self, camera: CameraService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self._camera = camera
        self._kind = SourceKind.CAMERA
        self._inlet = Inlet(self.mailbox)
        self._thread: CameraThread | None = None
        self._closing: set[CameraThread] = set()
        self._number = 0
        self._opening = ""
        self._state = camera.state
        self._video: PlayedVideo | None = None
        self._region: ScreenRegion | None = None
        self._grabber: ScreenGrabber | None = None
        self._plays_on = False
        camera.add_frame_listener(self._inlet.put)
        camera.state_changed.connect(self._on_camera_state_changed)
        camera.mirrored_changed.connect(self._on_camera_mirrored_changed)
        camera.spec_changed.connect(self._on_camera_spec_changed)

    @property
    def kind(self) -> SourceKind:
        """What is classified."""
        return self._kind

    @property
    def state(self) -> FeedState:
        """How the source is."""
        return self._state

    @property
    def video(self) -> PlayedVideo | None:
        """The video that is classified, to be played and moved along; None for another source."""
        return self._video

    @property
    def region(self) -> ScreenRegion | None:
        """The part of the screen that is classified; None for another source."""
        return self._region

    @property
    def mirrored(self) -> bool:
        """Whether the screen shows the picture as a mirror does; only a camera's can be."""
        return self._kind is SourceKind.CAMERA and self._camera.mirrored

    @property
    def waiting_reason(self) -> str:
        """Why nothing is classified yet."""
        if self._state.status in (FeedStatus.OPENING, FeedStatus.RUNNING):
            return {
                SourceKind.CAMERA: self.tr("Waiting for the camera …"),
                SourceKind.VIDEO: self.tr("Waiting for the video …"),
                SourceKind.SCREEN: self.tr("Waiting for the screen …"),
            }[self._kind]
        return {
            SourceKind.CAMERA: self.tr("The camera gives no picture."),
            SourceKind.VIDEO: self.tr("The video gives no picture."),
            SourceKind.SCREEN: self.tr("The screen gives no picture."),
        }[self._kind]

    def latest(self) -> Frame | None:
        """The newest frame, or None while the source gives nothing."""
        return self.mailbox.latest() if self._state.status is FeedStatus.RUNNING else None

    @Slot()
    def retry(self) -> None:
        """Try again now, without waiting for the next attempt."""
        if self._thread is None:
            self._camera.retry()
        else:
            self._thread.feed.retry()

    @Slot()
    def show_camera(self) -> None:
        """Give the camera back."""
        if self._kind is not SourceKind.CAMERA:
            self._leave()
            self._follow_camera()
            self._arrive(SourceKind.CAMERA, self._camera.state)

    def play_video(self, path: Path) -> None:
        """Play a video file from its beginning."""
        self._leave()
        self._video = PlayedVideo(path)
        self._start(SourceKind.VIDEO, self._video, self.tr("Opening the video …"))

    def show_screen(self, region: ScreenRegion) -> None:
        """Look at a part of the screen."""
        self._leave()
        self._region = region
        self._grabber = ScreenGrabber(region, self)
        self._grabber.start()
        self._start(SourceKind.SCREEN, self._grabber.source, self.tr("Looking at the screen …"))

    def rest(self) -> None:
        """Leave the processor to others while nobody looks."""
        if self._grabber is not None:
            self._grabber.stop()
        if self._video is not None:
            self._plays_on = self._video.is_playing
            self._video.pause()

    def resume(self) -> None:
        """Go on after `rest`."""
        if self._grabber is not None:
            self._grabber.start()
        if self._video is not None and self._plays_on:
            self._video.play()
        self._plays_on = False

    def shutdown(self) -> bool:
        """End what was started here; False if a thread did not end."""
        self._leave()
        return all(thread.wait(_STOP_TIMEOUT_MS) for thread in list(self._closing))

    def _leave(self) -> None:
        self._inlet.shut()
        self._camera.remove_frame_listener(self._inlet.put)
        if self._video is not None:
            self._video.give_up()
        if self._grabber is not None:
            self._grabber.stop()
            self._grabber.deleteLater()
        self._video = self._region = self._grabber = None
        self._plays_on = False
        if self._thread is not None:
            self._thread.feed.stop()
            if not self._thread.isFinished():
                self._closing.add(self._thread)
            self._thread = None

    def _follow_camera(self) -> None:
        self._inlet = Inlet(self.mailbox)
        self._camera.add_frame_listener(self._inlet.put)

    def _start(self, kind: SourceKind, source: FrameSource, sentence: str) -> None:
        self._number += 1
        # The feed's own mailbox is read by nobody: what it delivers must pass the inlet.
        thread = CameraThread(self._number, source, Mailbox(), self)
        self._inlet = Inlet(self.mailbox)
        thread.feed.add_listener(self._inlet.put)
        thread.state_reported.connect(self._on_thread_state_reported)
        thread.finished.connect(self._on_thread_finished)
        self._thread = thread
        self._opening = sentence
        self._arrive(kind, FeedState(FeedStatus.OPENING, sentence))
        thread.start()

    def _arrive(self, kind: SourceKind, state: FeedState) -> None:
        self._kind = kind
        self._state = state
        self.source_changed.emit()
        self.state_changed.emit(state)
        self.mirrored_changed.emit(self.mirrored)

    @Slot(object)
    def _on_camera_state_changed(self, state: FeedState) -> None:
        if self._kind is SourceKind.CAMERA:
            self._state = state
            self.state_changed.emit(state)

    @Slot(bool)
    def _on_camera_mirrored_changed(self, _mirrored: bool) -> None:
        self.mirrored_changed.emit(self.mirrored)

    @Slot()
    def _on_camera_spec_changed(self) -> None:
        if self._kind is SourceKind.CAMERA:  # no late frame of the camera before
            self._inlet.shut()
            self._camera.remove_frame_listener(self._inlet.put)
            self._follow_camera()

    @Slot(int, object)
    def _on_thread_state_reported(self, number: int, state: FeedState) -> None:
        if number == self._number and self._thread is not None:
            is_opening = state.status is FeedStatus.OPENING
            self._state = FeedState(state.status, self._opening) if is_opening else state
            self.state_changed.emit(self._state)

    @Slot()
    def _on_thread_finished(self) -> None:
        thread = self.sender()
        if isinstance(thread, CameraThread) and thread is not self._thread:
            self._closing.discard(thread)
            thread.deleteLater()
