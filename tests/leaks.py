"""Finds threads, processes and windows that a test started and did not end."""

from __future__ import annotations

import os
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QThread, QThreadPool
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from shiboken6 import isValid

PATIENCE_S = 20.0
_POOLS_OF_LIBRARIES = (
    "pydevd",  # a debugger
)
_qthreads: weakref.WeakSet[QThread] = weakref.WeakSet()
_kept: set[QThread] = set()
_never_ended: set[QThread] = set()
_start_qthread = QThread.start


def _start_and_remember(thread: QThread, *arguments: Any) -> None:
    # Qt has no list of its threads, and Python sees only those that have run Python code.
    _qthreads.add(thread)
    _start_qthread(thread, *arguments)


QThread.start = _start_and_remember  # type: ignore[method-assign]


class LeakCheck:
    """Remembers what runs when it is made, and names what has been added since."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._processes = set(_child_processes())
        self._windows = set(_windows())

    def leaks(self) -> list[str]:
        """What is still there after a short wait, in words; leaked processes are ended."""
        for thread in _running_qthreads():  # Qt ends the whole process if it destroys one of them
            thread.setParent(None)
            _kept.add(thread)
        deadline = time.monotonic() + PATIENCE_S
        while (found := self._found()) and time.monotonic() < deadline:
            _let_qt_tidy_up()
            time.sleep(0.02)
        for process in set(_child_processes()) - self._processes:
            os.kill(process, signal.SIGKILL)
        _never_ended.update(_running_qthreads())
        _kept.difference_update([thread for thread in _kept if not thread.isRunning()])
        return found

    def _found(self) -> list[str]:
        return [
            *(f"thread {thread.name}" for thread in _python_threads() if self._is_new(thread)),
            *(f"QThread {thread.objectName()}" for thread in _running_qthreads()),
            *(f"{busy} threads of Qt's pool" for busy in [_busy_pool_threads()] if busy),
            *(
                f"process {process} {_command_line(process)}"
                for process in set(_child_processes()) - self._processes
            ),
            *(
                f"window {type(window).__name__} {window.windowTitle()!r}"
                for window in set(_windows()) - self._windows
            ),
        ]

    def _is_new(self, thread: threading.Thread) -> bool:
        return thread not in self._threads


def _python_threads() -> Iterator[threading.Thread]:
    for thread in threading.enumerate():
        # Python 3.11 keeps a dummy for ever for each foreign thread; QThreads are found by Qt.
        foreign = isinstance(thread, threading._DummyThread)
        if not foreign and not thread.name.startswith(_POOLS_OF_LIBRARIES):
            yield thread


def _running_qthreads() -> list[QThread]:
    known = [thread for thread in list(_qthreads) if thread not in _never_ended]
    return [thread for thread in known if isValid(thread) and thread.isRunning()]


def _busy_pool_threads() -> int:
    return QThreadPool.globalInstance().activeThreadCount() if QCoreApplication.instance() else 0


def _child_processes() -> Iterator[int]:
    """The process numbers of this process's children (Linux only), the dead ones left out."""
    for children in Path("/proc/self/task").glob("*/children"):
        try:
            numbers = [int(number) for number in children.read_text().split()]
        except OSError:  # that thread has just ended
            continue
        # multiprocessing starts one tracker for the whole process and ends it at exit.
        yield from (n for n in numbers if _lives(n) and "resource_tracker" not in _command_line(n))


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _command_line(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        return ""


def _windows() -> list[QWidget]:
    if not isinstance(QCoreApplication.instance(), QApplication):
        return []
    return [
        window
        for window in QApplication.topLevelWidgets()
        if window.isVisible() or isinstance(window, QMainWindow)
    ]


def _let_qt_tidy_up() -> None:
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
