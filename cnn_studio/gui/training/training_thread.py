"""The thread that owns the engine: it warms it, hands it trainings and reads what it says."""

from __future__ import annotations

import logging
import threading
import time

from PySide6.QtCore import QObject, QThread, Signal

from cnn_studio.errors import StudioError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.engine import Engine
from cnn_studio.training.events import LAST_EVENTS, Estimated, Failed, Previewed, Ready
from cnn_studio.training.request import EstimateRequest, PreviewRequest, TrainingRequest

_log = logging.getLogger(__name__)
_POLL_S = 0.05  # also how soon a start or a stop reaches the engine
_IDLE_POLL_S = 0.1
_KEEP_WARM_S = 60.0  # after the tab was left; then the engine's memory is given back
_LEAVE_S = 3.0
_STOP_LIMIT_S = 60.0  # writing the model of a large dataset takes seconds, never a minute


class TrainingThread(QThread):
    """Runs trainings one after the other, each with an engine of its own.

    The public methods may be called from any thread and return at once. All that is slow, and
    every call of the engine but the last kill, happens on this thread.

    Signals:
        engine_ready_changed(frozenset): The networks that are loaded are others.
        engine_failed(str): A network could not be loaded, or the idle engine was lost; why.
        event_received(number, Event): What the engine says of a training, up to its last event.
        called_off(number): The training was stopped before the engine had begun with it.
        estimated(Estimated): What a training will cost, as it was asked for last.
        previewed(Previewed): Images varied as a training would, as it was asked for last.
    """

    engine_ready_changed = Signal(object)
    engine_failed = Signal(str)
    event_received = Signal(int, object)
    called_off = Signal(int)
    estimated = Signal(object)
    previewed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training")
        self._lock = threading.Lock()
        self._asked: tuple[int, TrainingRequest] | None = None
        self._estimate_asked: EstimateRequest | None = None
        self._preview_asked: PreviewRequest | None = None
        self._previewing = False  # one at a time, so that no old ones wait in line
        self._wants_warm = False
        self._wanted_until_s = 0.0
        self._stop_asked = threading.Event()
        self._steered: bool | None = None  # True to pause, False to go on, None for neither
        self._leaving = threading.Event()
        self._engine = Engine()
        self._up = False  # started and not yet seen to end; its last words may still be unread
        self._network = NetworkKind.CNN  # that is wanted warm
        self._warming: set[NetworkKind] = set()  # asked for, and not yet seen to be loaded
        self._ready: frozenset[NetworkKind] = frozenset()
        self._given_up = False  # warming failed; the next wish tries again
        self._stop_limit_s: float | None = None
        self._number: int | None = None  # the training that the engine has in hand

    def keep_warm(self, warm: bool, network: NetworkKind | None = None) -> None:
        """Have a network loaded ahead, or let it go a minute after it was last wanted.

        What failed before is tried once more.

        Args:
            warm: Whether it is wanted.
            network: Which; None leaves it as it was.
        """
        with self._lock:
            self._network = network or self._network
            if warm:
                self._given_up = False
            if self._wants_warm and not warm:
                self._wanted_until_s = time.monotonic() + _KEEP_WARM_S
            self._wants_warm = warm

    def train(self, number: int, request: TrainingRequest) -> None:
        """Begin a training as soon as its network is loaded."""
        with self._lock:
            self._stop_asked.clear()
            self._steered = None
            self._asked = (number, request)

    def estimate(self, request: EstimateRequest) -> None:
        """Measure what a training would cost, once the engine is ready and has nothing to train."""
        with self._lock:
            self._estimate_asked = request

    def preview(self, request: PreviewRequest) -> None:
        """Vary images once the engine is ready and has nothing to train; the newest counts."""
        with self._lock:
            self._preview_asked = request

    def stop(self) -> None:
        """Stop the training; its last event follows."""
        self._stop_asked.set()

    def pause(self, is_paused: bool) -> None:
        """Let the training stand still between two steps, or go on; it says so."""
        with self._lock:
            self._steered = is_paused

    def leave(self) -> None:
        """End the engine, whatever it does, and then this thread."""
        self._leaving.set()
        self._engine.kill()

    def run(self) -> None:
        """Read, hand on and look what is asked, until told to leave."""
        while not self._leaving.is_set():
            try:
                self._serve()
            except Exception as error:  # noqa: BLE001 - the thread's outermost edge
                _log.exception("The training's thread met something unexpected")
                self._fail(f"Something unexpected happened: {error}")
        self._engine.kill()
        self._engine.close(_LEAVE_S)

    def _serve(self) -> None:
        if self._number is None:
            self._serve_idle()
        elif self._stop_asked.is_set():
            self._stop_asked.clear()
            self._engine.stop()
            self._stop_limit_s = time.monotonic() + _STOP_LIMIT_S
        elif self._stop_limit_s is not None and time.monotonic() > self._stop_limit_s:
            self._engine.kill()  # it hangs; its last word follows
        else:
            self._steer()
        self._read(_IDLE_POLL_S if self._number is None else _POLL_S)

    def _steer(self) -> None:
        with self._lock:
            steered, self._steered = self._steered, None
        if steered is not None:
            self._engine.pause() if steered else self._engine.go_on()

    def _serve_idle(self) -> None:
        with self._lock:
            asked = self._asked
            wants_warm = self._wants_warm or time.monotonic() < self._wanted_until_s
            network = NetworkKind.CNN if self._preview_asked is not None else self._network
        if asked is None:
            if wants_warm and network in self._ready:
                self._preview()
                self._measure()
            elif wants_warm and not self._given_up:
                self._warm(network)
            elif not wants_warm and self._up:
                self._let_go()
        elif self._stop_asked.is_set():
            self._take_asked()
            self.called_off.emit(asked[0])
        elif asked[1].recipe.network in self._ready:
            self._begin(*self._take_asked())
        else:
            self._given_up = False
            self._warm(asked[1].recipe.network)

    def _take_asked(self) -> tuple[int, TrainingRequest]:
        with self._lock:
            asked, self._asked = self._asked, None
        if asked is None:
            raise RuntimeError("There is no training to take; only this thread takes it.")
        return asked

    def _warm(self, network: NetworkKind) -> None:
        if network in self._warming:
            return
        try:
            self._engine.warm(network)
        except StudioError as error:
            self._fail(str(error))
        else:
            self._up = True
            self._warming.add(network)

    def _preview(self) -> None:
        if self._previewing:
            return
        with self._lock:
            asked, self._preview_asked = self._preview_asked, None
        if asked is not None:
            self._previewing = True
            self._engine.preview(asked)

    def _measure(self) -> None:
        with self._lock:
            asked, self._estimate_asked = self._estimate_asked, None
        if asked is not None:
            self._engine.estimate(asked)

    def _begin(self, number: int, request: TrainingRequest) -> None:
        try:
            self._engine.train(request)
        except StudioError as error:
            self.event_received.emit(number, Failed(str(error)))
            self._let_go()
        else:
            self._number = number
            self._stop_limit_s = None

    def _read(self, timeout_s: float) -> None:
        if not self._up:
            self._leaving.wait(timeout_s)
            return
        event = self._engine.poll_event(timeout_s)
        if event is None:
            return
        if isinstance(event, Ready):
            self._warming.discard(event.network)
            self._set_ready(self._ready | {event.network})
        elif isinstance(event, Estimated):
            self.estimated.emit(event)
        elif isinstance(event, Previewed):
            self._previewing = False
            self.previewed.emit(event)
        elif self._number is not None:
            self.event_received.emit(self._number, event)
            if isinstance(event, LAST_EVENTS):
                self._number = None
                self._let_go()
        elif isinstance(event, Failed):
            self._fail(event.message)

    def _fail(self, message: str) -> None:
        """The engine could not be warmed, or died with nothing in hand; say so if it is asked."""
        self._given_up = True
        with self._lock:  # first: what is asked once the loss is known is for the next engine
            asked, self._asked = self._asked, None
        self._let_go()
        number = asked[0] if asked is not None else self._number
        self._number = None
        if number is not None:
            self.event_received.emit(number, Failed(message))
        self.engine_failed.emit(message)

    def _let_go(self) -> None:
        """End an engine that has nothing in hand; the next one starts with all its memory."""
        self._up = self._previewing = False
        self._warming.clear()
        self._set_ready(frozenset())
        self._engine.kill()
        self._engine.close(_LEAVE_S)

    def _set_ready(self, ready: frozenset[NetworkKind]) -> None:
        if ready != self._ready:
            self._ready = ready
            self.engine_ready_changed.emit(ready)
