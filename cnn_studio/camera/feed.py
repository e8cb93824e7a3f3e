"""The life of one camera: opened, read, failed, tried again, stopped. On one thread."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import EndOfFrames, Frame, FrameSource, Interruptible
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray

FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 5.0
RATE_WINDOW_S = 1.0

_log = logging.getLogger(__name__)
# One count for all feeds: who has seen frame 500 of one camera must not wait for number 501 of
# the next one.
_sequence = itertools.count(1)

FrameListener = Callable[[Frame], None]


class FeedStatus(StrEnum):
    """Where a feed stands."""

    OPENING = "opening"
    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class FeedState:
    """Where a feed stands, in a word and a sentence.

    Attributes:
        status: The word. FAILED stays while it is tried again and again, until frames come or
            `CameraFeed.retry` is called, which gives OPENING.
        message: What is wrong, if FAILED; why it ended, if STOPPED by itself; else empty.
    """

    status: FeedStatus
    message: str = ""


class CameraFeed:
    """Reads a source until it is stopped, and opens it again whenever it fails.

    Args:
        source: Where the frames come from; opened, read and closed by `run` alone.
        mailbox: Where the newest frame goes.
        on_state: Told of every change of state, on the thread of `run` and first of all.
    """

    def __init__(
        self, source: FrameSource, mailbox: Mailbox, on_state: Callable[[FeedState], None]
    ) -> None:
        self.source = source
        self._mailbox = mailbox
        self._on_state = on_state
        self._state: FeedState | None = None
        self._stopping = threading.Event()
        self._reopening = threading.Event()
        self._wake = threading.Event()
        self._back_off_s = FIRST_BACK_OFF_S
        self._lock = threading.Lock()  # guards the two below
        self._listeners: tuple[FrameListener, ...] = ()
        self._times_s: deque[float] = deque()
        self._alive_s: float | None = None

    def run(self) -> None:
        """Deliver frames until `stop` is called or the source has no more. Blocks.

        A feed runs once.
        """
        message = ""
        try:
            self._announce(FeedStatus.OPENING)
            while not self._stopping.is_set():
                self._reopening.clear()
                failure = self._attempt()
                if self._stopping.is_set():
                    break
                if failure is None:
                    self._announce(FeedStatus.OPENING)
                else:
                    self._announce(FeedStatus.FAILED, failure)
                    self._rest()
        except EndOfFrames as end:
            message = str(end)
        self._announce(FeedStatus.STOPPED, message)

    def stop(self) -> None:
        """Ask `run` to end, and return at once.

        It ends when the read under way does: after 0.5 s at most for a source that keeps its own
        pace, after a few seconds for a device that hangs, at once for one that is interruptible.
        """
        self._stopping.set()
        self._wake.set()
        if isinstance(self.source, Interruptible):
            self.source.interrupt()

    def retry(self) -> None:
        """Try a failed source again now instead of after its pause; thread-safe."""
        self._back_off_s = FIRST_BACK_OFF_S
        self._wake.set()

    def reopen(self) -> None:
        """Close the source and open it again, with what it is to be asked for now; thread-safe."""
        self._reopening.set()
        self.retry()

    def add_listener(self, listener: FrameListener) -> None:
        """Call `listener` with every frame, on the thread of `run`: it must be quick.

        A listener that raises is logged and called no more.
        """
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def remove_listener(self, listener: FrameListener) -> None:
        """Call `listener` no more; one that is not there is ignored."""
        with self._lock:
            self._listeners = tuple(each for each in self._listeners if each != listener)

    @property
    def frames_per_second(self) -> float:
        """Frames that came in the last second, by their times; 0 while none come."""
        with self._lock:
            self._forget_old_times(time.monotonic())
            span_s = self._times_s[-1] - self._times_s[0] if self._times_s else 0.0
            return (len(self._times_s) - 1) / span_s if span_s > 0 else 0.0

    @property
    def seconds_since_frame(self) -> float:
        """How long no frame has come, counted from the last one or from the latest try to open.

        It grows while a device hangs, and that is how others notice. 0 before `run`.
        """
        return 0.0 if self._alive_s is None else time.monotonic() - self._alive_s

    def _attempt(self) -> str | None:
        """Open and read until it fails; the failure as a sentence, None if it was asked to end."""
        try:
            self._alive_s = time.monotonic()
            self.source.open()
            while not (self._stopping.is_set() or self._reopening.is_set()):
                self._deliver(self.source.read())
        except EndOfFrames:
            raise
        except CameraError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - the edge between the program and drivers
            _log.exception("The camera failed in a way that was not foreseen")
            return f"The camera failed in an unexpected way: {error}."
        finally:
            self.source.close()
        return None

    def _deliver(self, image_rgb: ImageArray) -> None:
        frame = Frame(image_rgb, next(_sequence), time.monotonic())
        self._alive_s = frame.captured_s
        with self._lock:
            self._times_s.append(frame.captured_s)
            self._forget_old_times(frame.captured_s)
            listeners = self._listeners
        self._mailbox.put(frame)
        self._back_off_s = FIRST_BACK_OFF_S
        self._announce(FeedStatus.RUNNING)
        for listener in listeners:
            self._tell(listener, frame)

    def _tell(self, listener: FrameListener, frame: Frame) -> None:
        try:
            listener(frame)
        except Exception:  # noqa: BLE001 - a listener's fault must not take the camera from others
            _log.exception("A listener of the camera failed and is not called again")
            self.remove_listener(listener)

    def _rest(self) -> None:
        pause_s = self._back_off_s
        self._back_off_s = min(pause_s * 2, LONGEST_BACK_OFF_S)
        if not self._wake.wait(pause_s) or self._stopping.is_set():
            return
        self._wake.clear()
        self._announce(FeedStatus.OPENING)  # who asks must see that something happens

    def _announce(self, status: FeedStatus, message: str = "") -> None:
        state = FeedState(status, message)
        if state != self._state:
            self._state = state
            self._on_state(state)

    def _forget_old_times(self, now_s: float) -> None:
        while self._times_s and now_s - self._times_s[0] > RATE_WINDOW_S:
            self._times_s.popleft()
