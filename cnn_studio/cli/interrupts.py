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

PATIENCE_S = 0.9
"""So long after SIGTERM a command may put things in order, in seconds."""

STOPPED = "Stopped by a signal before it was done. What was already saved stays."
"""The last words of a command that a signal has ended."""

_AT_THE_LATEST_S = PATIENCE_S + 0.3
_LAST_WORDS_S = 0.2  # whoever reads them may have stopped to read
_SHOW_CURSOR = "\x1b[?25h"  # a progress bar has hidden it
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_OF_A_SIGNAL = 128  # and its number: the exit code of what a signal has ended

_own_stderr: int | None = None  # TensorFlow is kept quiet by another one in its place
_interrupts = 0  # of what is going on now
_is_heard = False
_way_on = ""
_last_line = ""


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Within it, the first Ctrl+C or SIGTERM sets the event; the second ends the command."""
    global _interrupts
    _interrupts = 0
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        global _is_heard
        _is_heard = True
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


def say_when_ended(way_on: str, last_line: str) -> None:
    """Have this said too where a signal ends the command by force.

    Args:
        way_on: A sentence on stderr that says what to do now; may be empty.
        last_line: A line of JSON on stdout; may be empty.
    """
    global _way_on, _last_line
    _way_on, _last_line = way_on, last_line


def end_with(code: int) -> None:
    """End here and now with this code if a signal was heard; all is said and done.

    Python would put things in order for longer than SIGTERM allows, and be ended meanwhile.
    """
    if not _is_heard:
        return
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    faulthandler.cancel_dump_traceback_later()
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(code)


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    _end(number)


def _watch(heard: socket.socket, _hears: socket.socket) -> None:
    global _interrupts
    nowhere = Path(os.devnull).open("wb")  # noqa: SIM115 - as long as the process lives
    while True:
        for number in heard.recv(64):
            _interrupts += number == signal.SIGINT
            if number == signal.SIGTERM or _interrupts > 1:
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
            words = f"{STOPPED} {_way_on}".rstrip()
            os.write(_own_stderr, f"{cursor}{words}\n".encode())
    with suppress(OSError, ValueError, RuntimeError, AttributeError):
        sys.stdout.write(_last_line)  # whole lines are written at once, so it stands by itself
        sys.stdout.flush()


def _children() -> set[int]:
    """The numbers of the processes that this one has started, as far as the system tells them."""
    found = {child.pid for child in multiprocessing.active_children() if child.pid is not None}
    with suppress(OSError, ValueError):
        for listed in Path("/proc/self/task").glob("*/children"):
            found |= set(map(int, listed.read_text(encoding="ascii").split()))
    return found
