"""The engine as the window sees it: a child process that trains. No TensorFlow is imported here.

Training in a process of its own keeps the window's event loop free while TensorFlow loads and
builds its graph, keeps a crash or a lack of memory from taking the person's work along, makes a
stop certain, and gives all its memory back at the end.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from cnn_studio.errors import TrainingError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.cluster import PEER_LOST, Cluster
from cnn_studio.training.engine_process import CLOSE, CONTINUE, PAUSE, STOP, serve
from cnn_studio.training.engine_task import EngineTask
from cnn_studio.training.events import LAST_EVENTS, Event, Failed
from cnn_studio.training.request import (
    EstimateRequest,
    PreviewRequest,
    TrainingRequest,
    WarmRequest,
)

_KILLED = (
    "The training was ended by the system, most likely because memory ran out. "
    "Choose a smaller image size or batch size, or close other programs."
)
_ENDED = "The training was ended before it could write its model."
_CRASHED = (
    "The training crashed (exit code {code}). What you captured and older models are untouched; "
    "please try again."
)
_WORK_KILLED = (
    "The work was ended by the system, most likely because memory ran out. "
    "Close other programs and try again."
)
_WORK_CRASHED = "The work crashed (exit code {code}). Nothing was changed; please try again."
_KILLED_CODE = -9  # by signal 9, which Windows does not have
_EXIT_S = 5.0  # from closing its pipe to being gone


class Engine:
    """A process that trains on request, and holds what that needs.

    With a cluster it first waits for the other workers, for ever if they do not come: whoever
    started it kills it when it takes too long to say `Ready`.

    Args:
        cluster: The workers that train together, this one among them; None is this machine alone.

    `start`, `train`, `estimate`, `preview`, `stop`, `pause`, `go_on` and `kill` may be called from
    any thread. `poll_event`, `events` and at the end `close` belong to one thread at a time.
    """

    def __init__(self, cluster: Cluster | None = None) -> None:
        self._cluster = cluster
        self._context = multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._is_killed = self._is_training = False

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        with self._lock:
            return self._process is not None and self._process.is_alive()

    @property
    def process_id(self) -> int | None:
        """The process's number with the system, or None if there is none."""
        with self._lock:
            return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process and return at once; it loads TensorFlow and then says `Ready`.

        Does nothing while it runs, and starts a new one after it has died.

        Raises:
            TrainingError: The system gives no process.
        """
        if self._launch() and self._cluster is None:
            self._send(WarmRequest(NetworkKind.CNN))

    def warm(self, network: NetworkKind) -> None:
        """Load ahead what a network needs; `Ready` follows, unless that was loaded before.

        Starts the process if needed.

        Raises:
            TrainingError: The system gives no process.
        """
        self._ask(WarmRequest(network))

    def _launch(self) -> bool:
        """Start the process unless it runs; whether it was started."""
        with self._lock:
            if self._process is not None and self._process.is_alive():
                return False
            self._release()
            ours, theirs = self._context.Pipe()
            process = self._context.Process(
                target=serve, args=(theirs, self._cluster), name="cnn-studio-engine", daemon=True
            )
            try:
                process.start()
            except OSError as error:
                ours.close()
                reason = error.strerror or error
                raise TrainingError(f"The training engine cannot be started ({reason}).") from error
            finally:
                theirs.close()  # else the pipe would stay open when the process dies
            self._process, self._connection, self._is_killed = process, ours, False
            return True

    def train(self, request: TrainingRequest | EngineTask) -> None:
        """Ask for a training, or for other work; it begins once what it needs is loaded.

        Starts the process if needed.

        Raises:
            TrainingError: The process cannot be reached.
        """
        self._is_training = isinstance(request, TrainingRequest)
        self._ask(request)

    def estimate(self, request: EstimateRequest) -> None:
        """Ask what a training will cost; `Estimated` follows once its network is loaded.

        While a training is under way the answer waits for its end.

        Raises:
            TrainingError: The process cannot be reached.
        """
        self._ask(request)

    def preview(self, request: PreviewRequest) -> None:
        """Ask for images varied as a training would; `Previewed` follows, like `Estimated`.

        Raises:
            TrainingError: The process cannot be reached.
        """
        self._ask(request)

    def stop(self) -> None:
        """Stop the training between two steps, keeping the best model so far."""
        self._send(STOP)

    def pause(self) -> None:
        """Let the training stand still between two steps; it is saved, and says `Paused`."""
        self._send(PAUSE)

    def go_on(self) -> None:
        """Let a training that is paused go on; it says `Continued`."""
        self._send(CONTINUE)

    def poll_event(self, timeout_s: float) -> Event | None:
        """The next event, or None if none comes in time.

        If the process has died, the answer is a `Failed` that says why, once, and then None.

        Args:
            timeout_s: How long to wait, in seconds.
        """
        connection = self._connection
        if connection is None:
            return None
        try:
            if not connection.poll(timeout_s):
                return None
            event: Event = connection.recv()
        except (EOFError, OSError):
            return self._obituary(connection)
        return event

    def events(self, timeout_s: float) -> Iterator[Event]:
        """The events of a training up to its last one.

        Args:
            timeout_s: How long to wait for each event, in seconds.

        Raises:
            TrainingError: No event came in time.
        """
        while True:
            begun = time.monotonic()
            event = self.poll_event(timeout_s)
            if event is None:
                waited_s = time.monotonic() - begun
                raise TrainingError(f"The training engine did not answer for {waited_s:.0f} s.")
            yield event
            if isinstance(event, LAST_EVENTS):
                return

    def kill(self) -> None:
        """End the process at once, whatever it does. What it had written so far stays."""
        with self._lock:
            if self._process is not None and self._process.is_alive():
                self._is_killed = True
                self._process.kill()

    def close(self, timeout_s: float = 5.0) -> None:
        """End the process: in order if it is idle, or stops in time; else by a kill.

        Args:
            timeout_s: How long it may take to stop a training and leave, in seconds.
        """
        self._send(STOP)
        self._send(CLOSE)
        deadline = time.monotonic() + timeout_s
        connection = self._connection
        if connection is not None:
            # Its last events are read and dropped, or it could wait for room in the pipe for ever.
            with contextlib.suppress(EOFError, OSError):
                while connection.poll(max(0.0, deadline - time.monotonic())):
                    connection.recv()
        self.kill()
        with self._lock:
            self._release()

    def _ask(self, request: object) -> None:
        self._launch()
        if not self._send(request):
            raise TrainingError("The training engine has ended. Please try again.")

    def _send(self, message: object) -> bool:
        with self._lock:
            if self._connection is None:
                return False
            try:
                self._connection.send(message)
            except OSError:  # it has died; poll_event says so
                return False
            return True

    def _obituary(self, connection: Connection) -> Event | None:
        """Say once why the process has died."""
        with self._lock:
            if self._process is None or self._connection is not connection:
                return None
            self._process.join(_EXIT_S)
            code = self._process.exitcode
            self._release()
            if self._is_killed:
                return Failed(_ENDED)
            if self._cluster is not None and code != _KILLED_CODE:
                return Failed(PEER_LOST)  # TensorFlow ends a process whose chief is gone
            killed, crashed = _KILLED, _CRASHED
            if not self._is_training:
                killed, crashed = _WORK_KILLED, _WORK_CRASHED
            return Failed(killed if code == _KILLED_CODE else crashed.format(code=code))

    def _release(self) -> None:
        """Give back the pipe and the process's entry with the system. The lock must be held."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.join(_EXIT_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
