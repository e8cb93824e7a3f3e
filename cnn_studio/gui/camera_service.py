"""The one camera of the window: opened, read and released on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSettings, QTimer, Signal, Slot

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.camera.feed import FeedState, FeedStatus
from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.camera.listing import CameraInfo, choose_at_start
from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.network_address import kept_form
from cnn_studio.camera.source import Frame
from cnn_studio.camera.spec import CameraKind, CameraSpec, create_source, parse_spec
from cnn_studio.gui import camera_wording
from cnn_studio.gui.camera_list import CameraList
from cnn_studio.gui.camera_thread import CameraThread
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.picture_size import PictureSize

_LAST_CAMERA = "camera/last"
_MIRRORED = "camera/mirrored/{kind}"
_WATCH_INTERVAL_MS = 500
_SILENT_S = 2.5
_CLOSE_TIMEOUT_MS = 5000  # longer than the time that a hung webcam may block one read


class CameraService(QObject):
    """Opens the chosen camera, keeps its newest frame at hand and says how it is.

    Frames are not signals: widgets paint `latest()` at their own pace, a recorder listens on the
    camera's thread (see `add_frame_listener`).

    Attributes:
        picture_size: The size of a webcam's pictures, and what else there is to choose.

    Signals:
        state_changed(FeedState): Opening, running, failed with a sentence, or stopped.
        spec_changed: Another camera was chosen.
        cameras_changed: The list of cameras was made again.
        demo_object_changed(str): What the demo camera holds up.
        mirrored_changed(bool): The screen shows the picture as a mirror does, or no longer.
        announced(str): A camera came or is missing, or does not do what it was asked.
    """

    state_changed = Signal(object)
    spec_changed = Signal()
    cameras_changed = Signal()
    demo_object_changed = Signal(str)
    mirrored_changed = Signal(bool)
    announced = Signal(str)

    def __init__(self, settings: QSettings, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._list = CameraList(jobs, self)
        self._list.listed.connect(self._on_list_listed)
        self.picture_size = PictureSize(settings, self)
        self.picture_size.refused.connect(self._on_picture_size_refused)
        self._mailbox = Mailbox()
        self._thread: CameraThread | None = None
        self._closing: set[CameraThread] = set()
        self._number = 0
        self._spec: CameraSpec | None = None
        self._state = FeedState(FeedStatus.STOPPED, "")
        self._reported = self._state
        self._listeners: list[Callable[[Frame], None]] = []
        self._demo_object = DemoCamera.OBJECTS[0]
        self._choose_when_listed = False
        self._watch = QTimer(self, interval=_WATCH_INTERVAL_MS)
        self._watch.timeout.connect(self._on_watch_timeout)

    @property
    def mailbox(self) -> Mailbox:
        """Where the newest frame lies; the prediction thread waits here."""
        return self._mailbox

    @property
    def state(self) -> FeedState:
        """How the camera is."""
        return self._state

    @property
    def spec(self) -> CameraSpec | None:
        """Which camera is chosen."""
        return self._spec

    @property
    def cameras(self) -> list[CameraInfo]:
        """The cameras that were found, the demo camera last."""
        return self._list.cameras

    @property
    def description(self) -> str:
        """What the chosen camera is called."""
        if self._spec is None:
            return ""
        for info in self._list.cameras:
            if info.spec == self._spec:
                return info.name
        return self._thread.feed.source.description if self._thread else str(self._spec)

    @property
    def is_demo(self) -> bool:
        """Whether the chosen camera is the one that draws the objects itself."""
        return self._spec is not None and self._spec.kind is CameraKind.DEMO

    @property
    def frames_per_second(self) -> float:
        """The measured rate of the camera; 0 while it gives nothing."""
        if self._thread is None or self._state.status is not FeedStatus.RUNNING:
            return 0.0
        return self._thread.feed.frames_per_second

    def latest(self) -> Frame | None:
        """The newest frame, or None while the camera gives nothing."""
        return self._mailbox.latest() if self._state.status is FeedStatus.RUNNING else None

    def start(self, spec_text: str | None) -> None:
        """Choose a camera: the one named, else the last used, else the first webcam, else demo.

        Raises:
            StudioError: `spec_text` names no camera.
        """
        if spec_text is not None:
            self.open(parse_spec(spec_text))
        else:
            self._choose_when_listed = True
        self._list.start()

    def look_for_cameras(self) -> None:
        """List the cameras again, in the background."""
        self._list.look()

    def open(self, spec: CameraSpec) -> None:
        """Switch to another camera, and remember it as the person's choice."""
        self._settings.setValue(_LAST_CAMERA, kept_form(spec))
        self._open(spec)

    def _open(self, spec: CameraSpec) -> None:
        """Switch to another camera; the old one is released by its own thread."""
        self._release()
        is_webcam = spec.kind is CameraKind.WEBCAM
        source = create_source(
            spec, size=self.picture_size.wanted(spec.target) if is_webcam else None
        )
        if isinstance(source, DemoCamera):
            if spec.target:
                self._demo_object = source.shown
            source.show(self._demo_object)
        self._spec = spec
        self._number += 1
        self._thread = CameraThread(self._number, source, self._mailbox, self)
        for listener in self._listeners:
            self._thread.feed.add_listener(listener)
        self._thread.state_reported.connect(self._on_thread_state_reported)
        self._thread.finished.connect(self._on_thread_finished)
        self._set_state(FeedState(FeedStatus.OPENING, ""))
        self._thread.start()
        self._watch.start()
        self.spec_changed.emit()
        self.mirrored_changed.emit(self.mirrored)
        self.picture_size.follow(spec.target, self._thread.feed)

    def retry(self) -> None:
        """Try again now, without waiting for the next attempt."""
        if self._thread is not None and self._thread.isRunning():
            self._thread.feed.retry()
            if self._state.status is FeedStatus.FAILED:
                # A camera that hangs takes seconds to say so; who asks must see something happen.
                self._set_state(FeedState(FeedStatus.OPENING, ""))
        elif self._spec is not None:
            self._open(self._spec)

    def add_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        """Have every frame given to a function, on the camera's thread; it must not block."""
        self._listeners.append(listener)
        if self._thread is not None:
            self._thread.feed.add_listener(listener)

    def remove_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        """End what `add_frame_listener` began."""
        if listener in self._listeners:
            self._listeners.remove(listener)
            if self._thread is not None:
                self._thread.feed.remove_listener(listener)

    @property
    def demo_object(self) -> str:
        """What the demo camera holds up."""
        return self._demo_object

    def show_demo_object(self, name: str) -> None:
        """Have the demo camera hold up another object."""
        self._demo_object = name
        if self._thread is not None and isinstance(self._thread.feed.source, DemoCamera):
            self._thread.feed.source.show(name)
        self.demo_object_changed.emit(name)

    @property
    def mirrored(self) -> bool:
        """Whether the screen shows the picture as a mirror does; what is stored never is.

        A webcam looks at its person and is mirrored unless switched off; a video or a phone is not.
        """
        if self._spec is None:
            return False
        usual = self._spec.kind is CameraKind.WEBCAM
        return bool(self._settings.value(_MIRRORED.format(kind=self._spec.kind), usual, bool))

    @Slot(bool)
    def set_mirrored(self, mirrored: bool) -> None:
        """Mirror the picture on the screen, and remember it for cameras of this kind."""
        if self._spec is not None and mirrored != self.mirrored:
            self._settings.setValue(_MIRRORED.format(kind=self._spec.kind), mirrored)
            self.mirrored_changed.emit(mirrored)

    def shutdown(self) -> bool:
        """Release the camera and wait for it; False if a hung camera never answered."""
        self._list.stop()
        self._watch.stop()
        self._release()
        return all(thread.wait(_CLOSE_TIMEOUT_MS) for thread in list(self._closing))

    def _release(self) -> None:
        if self._thread is None:
            return
        thread, self._thread = self._thread, None
        thread.feed.stop()
        self._mailbox.clear()
        if not thread.isFinished():
            self._closing.add(thread)

    def _set_state(self, state: FeedState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot(int, object)
    def _on_thread_state_reported(self, number: int, state: FeedState) -> None:
        if number == self._number:
            self._reported = state
            self._set_state(state)
            if state.status is FeedStatus.RUNNING:
                self.picture_size.learn()

    @Slot()
    def _on_thread_finished(self) -> None:
        thread = self.sender()
        if isinstance(thread, CameraThread):
            self._closing.discard(thread)
            if thread is not self._thread:
                thread.deleteLater()

    @Slot()
    def _on_watch_timeout(self) -> None:
        # A hung webcam blocks its thread, so it is this side that must notice the silence.
        if self._thread is None or self._reported.status is not FeedStatus.RUNNING:
            return
        if self._thread.feed.seconds_since_frame > _SILENT_S:
            sentence = camera_wording.silence(self._spec, self.description)
            self._set_state(FeedState(FeedStatus.FAILED, sentence))
        else:
            self._set_state(self._reported)

    @Slot(object, object)
    def _on_picture_size_refused(self, asked: FrameSize, given: FrameSize) -> None:
        self.announced.emit(camera_wording.refusal(self.description, asked, given))

    @Slot(list)
    def _on_list_listed(self, arrived: list[CameraInfo]) -> None:
        sentence = ""
        if self._choose_when_listed:
            self._choose_when_listed = False
            sentence = self._choose()
        elif arrived:
            sentence = self._welcome(arrived)
        self.cameras_changed.emit()
        if sentence:
            self.announced.emit(sentence)

    def _choose(self) -> str:
        """Begin with the camera used last, or say which other one takes its place."""
        last = str(self._settings.value(_LAST_CAMERA) or "")
        self._open(choose_at_start(last, self.cameras))
        if last.startswith(f"{CameraKind.WEBCAM}:") and last != str(self._spec):
            return camera_wording.replacement(last.partition(":")[2], self.description)
        return ""

    def _welcome(self, arrived: list[CameraInfo]) -> str:
        """Say what was plugged in; the chosen webcam, if it was gone, goes on at once."""
        is_missed = self._spec is not None and self._spec.kind is CameraKind.WEBCAM
        if is_missed and self._state.status is FeedStatus.FAILED:
            self.retry()
        return camera_wording.arrival(arrived, self._spec)
