"""Recording: frames go from the camera's thread to the disk, and none is lost in silence."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import ExitStack

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.dataset_hold import Use, dataset_hold
from cnn_studio.data.frame_gate import FrameGate, GateRules
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session
from cnn_studio.errors import StudioError
from cnn_studio.vision.images import ImageArray

_END = None
_HICCUP_S = 0.25


class Recorder:
    """Writes the frames of one session on a thread of its own.

    It holds the dataset until the last one is written, so that nobody moves it away.

    Args:
        folders: The dataset.
        class_name: The class that the frames show.
        session: The session they belong to.
        frames_per_second: At most this many are kept, evenly spaced; None keeps every frame.
        capacity: How many frames may wait for the disk, in memory.
        limit: No frames are taken once this many are kept; None has no end.
        rules: Which frames are passed over though they are due.
    """

    def __init__(
        self,
        folders: ClassFolders,
        class_name: str,
        session: Session,
        *,
        frames_per_second: float | None = None,
        capacity: int = 64,
        limit: int | None = None,
        rules: GateRules | None = None,
    ) -> None:
        self._gate = FrameGate(rules or GateRules())
        self._folders = folders
        self._class_name = class_name
        self._session = session
        self._interval_s = 1 / frames_per_second if frames_per_second else 0.0
        self._due_s = self._last_s = float("-inf")
        self._limit = limit
        self._waiting: queue.Queue[tuple[int, ImageArray] | None] = queue.Queue(capacity)
        self._lock = threading.Lock()
        self._taken = 0  # written, or still waiting for the disk
        self._next_sequence = 1
        self._lost = 0
        self._samples: list[Sample] = []
        self._error: str | None = None
        self._is_open = False
        self._hold = ExitStack()
        self._thread = threading.Thread(target=self._write, name="recorder", daemon=True)

    @property
    def kept(self) -> int:
        """How many frames are on the disk."""
        return len(self._samples)

    @property
    def lost(self) -> int:
        """How many frames were due but could not be kept."""
        return self._lost

    @property
    def is_full(self) -> bool:
        """Whether as many frames as the limit says are on the disk."""
        return self._limit is not None and self.kept >= self._limit

    @property
    def skipped_same(self) -> int:
        """How many frames were due but showed the same as the last one kept."""
        return self._gate.same

    @property
    def skipped_flawed(self) -> int:
        """How many frames were due but blurred, too dark or burnt out."""
        return self._gate.flawed

    @property
    def error(self) -> str | None:
        """Why the first lost frame could not be written, as a sentence; None if none failed."""
        return self._error

    @property
    def samples(self) -> tuple[Sample, ...]:
        """What is on the disk, oldest first."""
        return tuple(self._samples)

    def start(self) -> None:
        """Take frames from now on."""
        folder = self._folders.dataset.folder
        self._hold.enter_context(dataset_hold(folder, Use.RECORDING))
        self._is_open = True
        self._thread.start()

    def offer(self, image_rgb: ImageArray, captured_s: float) -> None:
        """Take a frame if one is due. Never blocks; called on the camera's thread.

        Args:
            image_rgb: Pixels (height, width, 3), uint8, RGB; must not be changed afterwards.
            captured_s: When it was taken, by time.monotonic().
        """
        with self._lock:
            is_full = self._limit is not None and self._taken >= self._limit
            if not self._is_open or is_full or not self._is_due(captured_s):
                return
            if not self._gate.admits(image_rgb):
                return
            try:
                self._waiting.put_nowait((self._next_sequence, image_rgb))
            except queue.Full:
                self._lost += 1
                return
            self._next_sequence += 1
            self._taken += 1

    def finish(self, timeout_s: float) -> None:
        """Take no more frames, and wait until those that were taken are written.

        Args:
            timeout_s: What is not written by then counts as lost.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._lock:
            was_open, self._is_open = self._is_open, False
        if was_open:
            self._send_end(deadline_s)
        if self._thread.ident is not None:
            self._thread.join(max(0.0, deadline_s - time.monotonic()))
        if self._thread.is_alive():
            self._give_up()

    def _is_due(self, captured_s: float) -> bool:
        """Whether this frame is the nearest to the time when the next one is wanted.

        A camera's frames come a little unevenly: at its own rate, waiting until the time has come
        would pass over every second one.
        """
        between_frames_s, self._last_s = captured_s - self._last_s, captured_s
        early_s = min(between_frames_s, self._interval_s) / 2
        if captured_s < self._due_s - early_s:
            return False
        # What a busy machine hands over late, and then in quick succession, is made up for; a pause
        # is not.
        is_late = captured_s - self._due_s > max(self._interval_s, _HICCUP_S)
        self._due_s = (captured_s if is_late else self._due_s) + self._interval_s
        return True

    def _send_end(self, deadline_s: float) -> None:
        try:
            self._waiting.put(_END, timeout=max(0.0, deadline_s - time.monotonic()))
        except queue.Full:
            self._give_up()

    def _give_up(self) -> None:
        """Drop what waits, so that the thread ends as soon as the disk answers."""
        while True:
            try:
                entry = self._waiting.get_nowait()
            except queue.Empty:
                break
            if entry is not _END:
                self._lost += 1
        self._waiting.put_nowait(_END)

    def _write(self) -> None:
        with self._hold:
            self._write_all()

    def _write_all(self) -> None:
        while (entry := self._waiting.get()) is not _END:
            sequence, image_rgb = entry
            try:
                sample = self._folders.add_image(
                    self._class_name, image_rgb, self._session, sequence
                )
            except StudioError as error:
                with self._lock:
                    self._taken -= 1
                    self._lost += 1
                    self._error = self._error or str(error)
            else:
                self._samples.append(sample)
