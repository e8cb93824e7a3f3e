"""The engine's own process: it trains on request, and dies with its parent.

TensorFlow is loaded once something needs it.
"""

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
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from cnn_studio.errors import StudioError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.cluster import Cluster
from cnn_studio.training.engine_task import EngineTask
from cnn_studio.training.estimates import estimates
from cnn_studio.training.events import Estimated, Event, Failed, Previewed, Ready
from cnn_studio.training.networks import network_of
from cnn_studio.training.request import (
    EstimateRequest,
    PreviewRequest,
    TrainingRequest,
    WarmRequest,
)

if TYPE_CHECKING:
    from cnn_studio.training.team import Team

STOP = "stop"
PAUSE = "pause"
CONTINUE = "continue"
CLOSE = "close"

_NICENESS = 5  # below the window's, so that camera and plots stay smooth on two cores
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Job:
    """A training or other work, and the flags by which it is steered.

    Every job has flags of its own, so that a stop that comes late, when its training has
    ended already, does not stop the next one.
    """

    request: TrainingRequest | EngineTask
    stop: threading.Event = field(default_factory=threading.Event)
    running: threading.Event = field(default_factory=threading.Event)


class _Desk:
    """Where the listening thread lays what the parent asks for."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[
            _Job | EstimateRequest | PreviewRequest | WarmRequest | None
        ] = queue.SimpleQueue()
        self._newest: _Job | None = None
        self._lock = threading.Lock()
        self._open_jobs = 0

    def take(self, message: object) -> None:
        """Act on one message of the parent."""
        if isinstance(message, TrainingRequest | EngineTask):
            with self._lock:
                self._open_jobs += 1
            self._newest = _Job(message)
            self._newest.running.set()
            self.jobs.put(self._newest)
        elif isinstance(message, EstimateRequest | PreviewRequest):
            with self._lock:
                self._open_jobs += 1
            self.jobs.put(message)
        elif isinstance(message, WarmRequest):
            self.jobs.put(message)  # who does not wait for it to end may end the process
        elif message in (STOP, PAUSE, CONTINUE):
            self._steer(message)
        elif message == CLOSE:
            with self._lock:
                if self._open_jobs == 0:  # idle, or still loading TensorFlow: nothing to wait for
                    os._exit(0)
            self.jobs.put(None)

    def _steer(self, message: object) -> None:
        job = self._newest
        if job is None:
            return
        if message == PAUSE:
            job.running.clear()
            return
        if message == STOP:
            job.stop.set()
        job.running.set()  # a training that stands still could not stop

    def job_done(self) -> None:
        """A training has ended."""
        with self._lock:
            self._open_jobs -= 1


def serve(connection: Connection, cluster: Cluster | None = None) -> None:
    """Train what the parent asks for until it says `CLOSE` or is gone.

    Args:
        connection: A duplex pipe. TrainingRequest, EstimateRequest, PreviewRequest, WarmRequest,
            STOP, PAUSE, CONTINUE and CLOSE come in, events go out.
        cluster: The workers to train with; None is this machine alone.
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

    team = None
    if cluster is not None:
        team = _team(cluster, emit)
        if team is None:
            return
        emit(Ready())
    loaded = set() if team is None else {NetworkKind.CNN}
    while (job := desk.jobs.get()) is not None:
        wanted = _needed(job)
        if wanted is not None and wanted not in loaded:
            if not _is_loaded(wanted, emit):
                return
            loaded.add(wanted)
            emit(Ready(wanted))
        if isinstance(job, WarmRequest):
            continue
        if isinstance(job, PreviewRequest):
            _preview(job, emit)
        else:
            if isinstance(job, EstimateRequest):
                _estimate(job, emit)
            else:
                _train(job, emit, team)
            gc.collect()  # the images go back now, not when the next training needs the room
        desk.job_done()


def _needed(job: _Job | EstimateRequest | PreviewRequest | WarmRequest) -> NetworkKind | None:
    """The network that must be loaded before; None where nothing must."""
    match job:
        case WarmRequest():
            return job.network
        case EstimateRequest():
            return job.recipe.network
        case PreviewRequest():
            return NetworkKind.CNN  # images are varied by TensorFlow
        case _Job(request=EngineTask() as task):
            return NetworkKind.CNN if task.needs_tensorflow else None
        case _Job(request=TrainingRequest() as request):
            return request.recipe.network
    raise TypeError(f"Nothing is known of {job!r}.")


def _listen(connection: Connection, desk: _Desk) -> None:
    """Hand on what the parent says. When it is gone, end this process, even within a step."""
    try:
        while True:
            desk.take(connection.recv())
    except (EOFError, OSError):
        os._exit(1)


def _is_loaded(network: NetworkKind, emit: Callable[[Event], None]) -> bool:
    """Load what a network needs; if that fails, say so and give False."""
    try:
        network_of(network).warm_up()
    except StudioError as error:
        emit(Failed(str(error)))
        return False
    except Exception as error:
        _logger.exception("A network could not be loaded.")
        emit(
            Failed(
                f"The network {network.label} cannot be loaded ({error}). "
                "Please install CNN Studio again."
            )
        )
        return False
    return True


def _team(cluster: Cluster, emit: Callable[[Event], None]) -> Team | None:
    """Meet the other workers; if that fails, say so and give None."""
    try:
        from cnn_studio.training.team import join

        return join(cluster)
    except Exception as error:
        _logger.exception("The cluster could not be joined.")
        emit(Failed(f"The cluster cannot be joined ({error}). Look at the workers' addresses."))
        return None


def _train(job: _Job, emit: Callable[[Event], None], team: Team | None) -> None:
    """Train, and end whatever goes wrong as one sentence: this is the process's outermost edge."""
    try:
        if isinstance(job.request, EngineTask):
            job.request.run(emit, job.stop)
        else:
            train = network_of(job.request.recipe.network).trainer
            train(job.request, emit, job.stop, team=team, running=job.running)
    except StudioError as error:
        emit(Failed(str(error)))
    except Exception as error:
        _logger.exception("The training failed.")
        emit(Failed(f"The training failed by a fault of the program: {error!r}."))


def _estimate(request: EstimateRequest, emit: Callable[[Event], None]) -> None:
    """Answer, without the time if that cannot be measured."""
    recipe, facts = request.recipe, request.facts
    found = estimates(recipe, facts)
    if not found.problem:  # what will not fit is not tried
        try:
            found = estimates(recipe, facts, network_of(recipe.network).measure(recipe, facts))
        except Exception:
            _logger.exception("The time of a step could not be measured.")
    emit(Estimated(request.number, found))


def _preview(request: PreviewRequest, emit: Callable[[Event], None]) -> None:
    """Answer, without pictures if the images cannot be varied."""
    from cnn_studio.training.varying import varied

    try:
        pixels = varied(request)
    except Exception:
        _logger.exception("The preview could not be made.")
        emit(Previewed(request.number, None))
    else:
        emit(Previewed(request.number, pixels))


def _lower_priority() -> None:
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)
