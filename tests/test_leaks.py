"""The leak check of conftest finds what it is there to find."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import isValid

from tests import leaks
from tests.leaks import LeakCheck


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "PATIENCE_S", 0.2)


def test_a_thread_is_found() -> None:
    check = LeakCheck()
    go = threading.Event()
    thread = threading.Thread(target=go.wait, name="left over")
    thread.start()
    assert check.leaks() == ["thread left over"]
    go.set()
    thread.join()
    assert check.leaks() == []


def test_a_qthread_is_found(qapp: QApplication) -> None:
    check = LeakCheck()
    thread = QThread(objectName="left over")
    thread.start()
    assert check.leaks() == ["QThread left over"]
    thread.quit()
    thread.wait()
    assert check.leaks() == []


def test_a_qthread_outlives_its_owner_instead_of_ending_all_tests(qapp: QApplication) -> None:
    check = LeakCheck()
    owner = QObject()
    thread = QThread(owner, objectName="left over")
    thread.start()
    owner.deleteLater()
    assert check.leaks() == ["QThread left over"]
    assert not isValid(owner)
    thread.quit()
    thread.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_is_found_and_ended() -> None:
    check = LeakCheck()
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (leak,) = check.leaks()
    assert leak.startswith(f"process {process.pid} ")
    process.communicate()
    assert process.returncode < 0
    assert check.leaks() == []


def test_a_window_is_found(qapp: QApplication) -> None:
    check = LeakCheck()
    window = QLabel("left over")
    window.setWindowTitle("left over")
    window.show()
    assert check.leaks() == ["window QLabel 'left over'"]
    window.close()
    window.deleteLater()
    assert check.leaks() == []
