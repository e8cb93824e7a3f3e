"""Work beside the window ends in exactly one way, and is told on the window's thread."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QThread
from pytestqt.qtbot import QtBot

from cnn_studio.errors import DatasetError
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.folder_watch import FolderWatch
from cnn_studio.gui.jobs import Job, JobCancelledError, Jobs, OneJob, Task

_ONCE = Qt.ConnectionType.SingleShotConnection
_JOBS_AFTER_LAYOUTS = """
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import delete

from cnn_studio.gui.activities import About
from cnn_studio.gui.jobs import Jobs

app = QApplication([])
window = QWidget()
column = QVBoxLayout(window)
labels = [QLabel("x") for _ in range(900)]
for start in range(0, len(labels), 3):
    row = QHBoxLayout()
    for label in labels[start : start + 3]:
        row.addWidget(label)
    column.addLayout(row)
for label in labels:
    delete(label)
jobs = Jobs()
for about in [None, About("Working", "what is done stays")] * 20:
    loop = QEventLoop()
    job = jobs.create(lambda task: task.report(1, 2), about)
    job.finished.connect(loop.quit)
    job.start()
    loop.exec()
    del job
    app.processEvents()
assert jobs.shutdown()
"""


class Record:
    """Everything that a job said, with the thread it was said on."""

    def __init__(self, job: Job | OneJob) -> None:
        self.said: list[tuple[str, object]] = []
        self.threads: set[QThread] = set()
        job.progressed.connect(lambda done, total: self._add("progressed", (done, total)))
        job.succeeded.connect(lambda result: self._add("succeeded", result))
        job.failed.connect(lambda sentence: self._add("failed", sentence))
        job.cancelled.connect(lambda: self._add("cancelled", None))
        job.finished.connect(lambda: self._add("finished", None))

    def _add(self, what: str, value: object) -> None:
        self.said.append((what, value))
        self.threads.add(QThread.currentThread())

    @property
    def words(self) -> list[str]:
        return [what for what, _ in self.said]


def test_a_result_and_its_progress_arrive_on_the_windows_thread(qtbot: QtBot) -> None:
    def work(task: Task) -> str:
        for done in range(3):
            task.report(done + 1, 3)
        return threading.current_thread().name

    jobs = Jobs()
    job = jobs.create(work)
    record = Record(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert record.words == ["progressed"] * 3 + ["succeeded", "finished"]
    assert record.said[3][1] != threading.main_thread().name
    assert record.threads == {jobs.thread()}


def test_a_failure_is_a_sentence(qtbot: QtBot) -> None:
    def work(_task: Task) -> None:
        raise DatasetError("The folder is empty.")

    jobs = Jobs()
    job = jobs.create(work)
    record = Record(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert record.said == [("failed", "The folder is empty."), ("finished", None)]


def test_a_bug_in_a_task_is_told_too(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def work(_task: Task) -> float:
        return 1 / 0

    jobs = Jobs()
    job = jobs.create(work)
    record = Record(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert record.words == ["failed", "finished"]
    assert "division by zero" in str(record.said[0][1])
    assert "ZeroDivisionError" in caplog.text


def test_cancelling_ends_a_task_that_asks(qtbot: QtBot) -> None:
    begun = threading.Event()

    def work(task: Task) -> None:
        begun.set()
        while not task.cancelled():
            begun.wait(0.001)
        raise JobCancelledError

    jobs = Jobs()
    job = jobs.create(work)
    record = Record(job)
    job.start()
    assert begun.wait(5)
    with qtbot.waitSignal(job.finished):
        job.cancel()
    assert record.words == ["cancelled", "finished"]


def test_shutdown_waits_for_work_in_progress() -> None:
    ended = threading.Event()

    def work(task: Task) -> None:
        waiting = threading.Event()
        while not task.cancelled():
            waiting.wait(0.001)
        ended.set()

    jobs = Jobs()
    jobs.create(work).start()
    jobs.shutdown()
    assert ended.is_set()


def test_nothing_begins_after_the_end(qtbot: QtBot) -> None:
    jobs = Jobs()
    begun = threading.Event()
    created = jobs.create(lambda _task: begun.set(), About("Working", "what is done stays"))
    jobs.shutdown()
    late = jobs.create(lambda _task: begun.set())
    one = OneJob(jobs, jobs)
    for job in (created, late):
        job.start()
        assert job.wait(0)
    one.start(lambda _task: begun.set())
    qtbot.wait(50)
    assert not begun.is_set()


def test_a_folder_that_changes_as_the_window_closes_is_read_no_more(
    qtbot: QtBot, tmp_path: Path
) -> None:
    jobs, watch, reads = Jobs(), FolderWatch(), []
    watch.watch([tmp_path])
    watch.changed.connect(lambda: jobs.create(lambda _task: reads.append(1)).start())
    (tmp_path / "new.jpg").write_bytes(b"")
    jobs.shutdown()
    with qtbot.waitSignal(watch.changed):
        pass
    qtbot.wait(50)
    assert not reads


def test_one_job_at_a_time_and_the_next_may_begin_when_it_has_finished(qtbot: QtBot) -> None:
    go_on = threading.Event()

    def waiting(task: Task) -> str:
        go_on.wait(10)
        return "cancelled" if task.cancelled() else "first"

    one = OneJob(Jobs(parent := QObject()), parent)
    record = Record(one)
    one.cancel()
    one.start(waiting)
    one.start(lambda _task: "meanwhile")
    assert one.is_running
    one.cancel()
    assert one.is_running, "It has yet to end."
    one.finished.connect(lambda: one.start(lambda _task: "second"), _ONCE)
    go_on.set()
    qtbot.waitUntil(lambda: record.words.count("finished") == 2)
    assert not one.is_running
    assert record.said == [
        ("succeeded", "cancelled"),
        ("finished", None),
        ("succeeded", "second"),
        ("finished", None),
    ]


def test_a_job_ends_well_where_items_of_layouts_were() -> None:
    """See docs/decisions/0021-python-deletes-jobs.md; freed memory is overwritten, as by glibc."""
    environment = {**os.environ, "MALLOC_PERTURB_": "90"}
    command = [sys.executable, "-c", _JOBS_AFTER_LAYOUTS]
    ended = subprocess.run(command, env=environment, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == 0
