"""The engine's own process: it loads TensorFlow, trains on request, and dies with its parent."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from cnn_studio.errors import StudioError
from cnn_studio.training.engine_task import EngineTask
from cnn_studio.training.events import Event, Failed, Ready
from cnn_studio.training.request import TrainingRequest

STOP = "stop"
CLOSE = "close"

_NICENESS = 5  # below the window's, so that camera and plots stay smooth on two cores
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000
_Request = TrainingRequest | EngineTask
_logger = logging.getLogger(__name__)


class _Desk:
    """Where the listening thread lays what the parent asks for.

    Every training has a stop flag of its own, so that a stop that comes late, when its training
    has ended already, does not stop the next one.
    """

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[tuple[_Request, threading.Event] | None] = queue.SimpleQueue()
        self._newest_stop = threading.Event()
        self._lock = threading.Lock()
        self._open_jobs = 0

    def take(self, message: object) -> None:
        """Act on one message of the parent."""
        if isinstance(message, TrainingRequest | EngineTask):
            with self._lock:
                self._open_jobs += 1
            self._newest_stop = threading.Event()
            self.jobs.put((message, self._newest_stop))
        elif message == STOP:
            self._newest_stop.set()
        elif message == CLOSE:
            with self._lock:
                if self._open_jobs == 0:  # idle, or still loading TensorFlow: nothing to wait for
                    os._exit(0)
            self.jobs.put(None)

    def job_done(self) -> None:
        """A training has ended."""
        with self._lock:
            self._open_jobs -= 1


def serve(connection: Connection) -> None:
    """Train what the parent asks for until it says `CLOSE` or is gone.

    Args:
        connection: A duplex pipe. TrainingRequest, STOP and CLOSE come in, events go out.
    """
    # Ctrl+C in a terminal reaches this process too, but the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _lower_priority()
    desk = _Desk()
    threading.Thread(
        target=_listen, args=(connection, desk), name="engine-listener", daemon=True
    ).start()

    def emit(event: Event) -> None:
        try:
            connection.send(event)
        except OSError:  # the parent is gone, and so is whoever would want the model
            os._exit(1)

    if not _is_warm(emit):
        return
    emit(Ready())
    while (job := desk.jobs.get()) is not None:
        request, stop = job
        _train(request, emit, stop)
        gc.collect()  # the images go back now, not when the next training needs the room
        desk.job_done()


def _listen(connection: Connection, desk: _Desk) -> None:
    """Hand on what the parent says. When it is gone, end this process, even within a step."""
    try:
        while True:
            desk.take(connection.recv())
    except (EOFError, OSError):
        os._exit(1)


def _is_warm(emit: Callable[[Event], None]) -> bool:
    """Load TensorFlow; if that fails, say so and give False."""
    try:
        from cnn_studio.training.warming import warm_up

        warm_up()
    except Exception as error:
        _logger.exception("TensorFlow could not be loaded.")
        emit(Failed(f"TensorFlow cannot be loaded ({error}). Please install CNN Studio again."))
        return False
    return True


def _train(request: _Request, emit: Callable[[Event], None], stop: threading.Event) -> None:
    """Train, and end whatever goes wrong as one sentence: this is the process's outermost edge."""
    from cnn_studio.training.loop import train

    try:
        if isinstance(request, EngineTask):
            request.run(emit, stop)
        else:
            train(request, emit, stop)
    except StudioError as error:
        emit(Failed(str(error)))
    except Exception as error:
        _logger.exception("The training failed.")
        emit(Failed(f"The training failed by a fault of the program: {error!r}."))


def _lower_priority() -> None:
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)
