"""Ctrl+C and SIGTERM: a polite request first, and an end in time.

A request is heard between two images or two steps. What takes longer (a decoder, a library that is
still loading, a disk that does not answer) is not waited for: on SIGTERM, and on the second Ctrl+C,
the command ends after `PATIENCE_S` whatever it does. That loses nothing that was done: files are
written whole or not at all, and what was begun is gone on with.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

PATIENCE_S = 1.2
"""So long after SIGTERM a command may put things in order, in seconds."""

_AT_THE_LATEST_S = PATIENCE_S + 0.4
_LAST_WORDS_S = 0.2  # whoever reads them may have stopped to read
_STOPPED = "Stopped before it was done; what is whole until here is kept."
_SHOW_CURSOR = "\x1b[?25h"  # a progress bar has hidden it
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_OF_A_SIGNAL = 128  # and its number: the exit code of what a signal has ended

_own_stderr: int | None = None  # TensorFlow is kept quiet by another one in its place


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Within it, the first Ctrl+C or SIGTERM sets the event; the second ends the command."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        for number in _SIGNALS:
            signal.signal(number, signal.default_int_handler)

    for number in _SIGNALS:
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_in_time() -> None:
    """See to it that this process ends soon after SIGTERM, and after the second Ctrl+C.

    It is called once, by the main thread. Python's own handlers wait for the main thread, which may
    be in a decoder or in TensorFlow; a thread of its own waits for the signals here.
    """
    global _own_stderr
    with suppress(OSError, ValueError, AttributeError):  # it may be closed
        _own_stderr = os.dup(sys.stderr.fileno())
    heard, hears = socket.socketpair()
    hears.setblocking(False)
    signal.set_wakeup_fd(hears.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(heard, hears), name="signals", daemon=True).start()
    signal.signal(signal.SIGTERM, _end_at_once)  # where nobody asks whether to stop


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    _end(number)


def _watch(heard: socket.socket, _hears: socket.socket) -> None:
    interrupts = 0
    nowhere = Path(os.devnull).open("wb")  # noqa: SIM115 - as long as the process lives
    while True:
        for number in heard.recv(64):
            interrupts += number == signal.SIGINT
            if number == signal.SIGTERM or interrupts > 1:
                # A library that lets no other thread run, as TensorFlow's converter, is ended too.
                faulthandler.dump_traceback_later(_AT_THE_LATEST_S, exit=True, file=nowhere)
                time.sleep(PATIENCE_S)
                _end(number)


def _end(number: int) -> NoReturn:
    """End this process and what it has started; nothing here may wait for long."""
    words = threading.Thread(target=_say_last_words, daemon=True)
    words.start()
    words.join(_LAST_WORDS_S)
    for process in _children():
        with suppress(OSError):
            os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    os._exit(_OF_A_SIGNAL + number)


def _say_last_words() -> None:
    if _own_stderr is not None:
        with suppress(OSError):
            cursor = _SHOW_CURSOR if os.isatty(_own_stderr) else ""
            os.write(_own_stderr, f"{cursor}{_STOPPED}\n".encode())
    with suppress(OSError, ValueError, RuntimeError, AttributeError):
        sys.stdout.flush()


def _children() -> set[int]:
    """The numbers of the processes that this one has started, as far as the system tells them."""
    found = {child.pid for child in multiprocessing.active_children() if child.pid is not None}
    with suppress(OSError, ValueError):
        for listed in Path("/proc/self/task").glob("*/children"):
            found |= set(map(int, listed.read_text(encoding="ascii").split()))
    return found
