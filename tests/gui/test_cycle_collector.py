"""Cycles are found, and only ever by the window's thread."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from cnn_studio.gui.cycle_collector import CycleCollector, pass_over_what_is_there
from cnn_studio.gui.jobs import Jobs, Task


class _Ring:
    """Holds itself, and tells on which thread it goes."""

    gone_on: list[int]

    def __init__(self, gone_on: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: gone_on.append(threading.get_ident()))


def test_cycles_that_a_job_leaves_go_on_the_windows_thread(qtbot: QtBot) -> None:
    gone_on: list[int] = []

    def leave_cycles(_task: Task) -> None:
        for _ in range(20_000):
            _Ring(gone_on)

    parent = QObject()
    collector = CycleCollector(parent)
    assert not gc.isenabled()
    jobs = Jobs(parent)
    job = jobs.create(leave_cycles)
    with qtbot.waitSignal(job.finished, timeout=20_000):
        job.start()
    qtbot.waitUntil(lambda: len(gone_on) >= 15_000, timeout=20_000)
    assert set(gone_on) == {threading.get_ident()}
    collector.deleteLater()


def test_what_the_start_has_made_is_passed_over_and_later_cycles_are_found() -> None:
    gone_on: list[int] = []
    pass_over_what_is_there()
    try:
        assert len(gc.get_objects()) < gc.get_freeze_count()
        _Ring(gone_on)
        gc.collect()
        assert gone_on == [threading.get_ident()]
    finally:
        gc.unfreeze()
