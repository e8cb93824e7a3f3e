"""A feed on a thread of its own, with what it said and what it gave, for tests to wait on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

from cnn_studio.camera.feed import CameraFeed, FeedState, FeedStatus
from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame, FrameSource

PATIENCE_S = 30.0


class RunningFeed:
    """Runs a feed while the `with` block lasts, and stops it at its end."""

    def __init__(self, source: FrameSource) -> None:
        self.mailbox = Mailbox()
        self.states: list[FeedState] = []
        self.frames: list[Frame] = []
        self._changed = threading.Condition()
        self.feed = CameraFeed(source, self.mailbox, self._on_state)
        self.feed.add_listener(self._on_frame)
        self._thread = threading.Thread(target=self.feed.run, name="camera")

    def __enter__(self) -> RunningFeed:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.feed.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    @property
    def statuses(self) -> list[FeedStatus]:
        return [state.status for state in self.states]

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        """Wait for a condition, looked at with every frame and state and 20 times a second."""
        deadline_s = time.monotonic() + timeout_s
        with self._changed:
            while not condition():
                assert time.monotonic() < deadline_s, self.states
                self._changed.wait(0.05)

    def wait_for_status(self, status: FeedStatus) -> None:
        self.wait_until(lambda: bool(self.states) and self.states[-1].status is status)

    def wait_for_frames(self, count: int) -> None:
        self.wait_until(lambda: len(self.frames) >= count)

    def wait_for_end(self) -> None:
        """For feeds that end by themselves."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def _on_state(self, state: FeedState) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def _on_frame(self, frame: Frame) -> None:
        with self._changed:
            self.frames.append(frame)
            self._changed.notify_all()
