"""A new answer that can be heard: once, when it has settled, and never in a queue."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.live.announcer import (
    SETTLED_S,
    Announcer,
    Settling,
    SpeechCommand,
)

# Speaks by adding a line to a file, and goes on until another file is there.
SPEAKER = """
import sys, time
from pathlib import Path
said, go_on, *last = sys.argv[1:]
text = last[0] if last else sys.stdin.buffer.read().decode()
with open(said, "a", encoding="utf-8") as file:
    file.write(text + "\\n")
while not Path(go_on).exists():
    time.sleep(0.01)
"""


def _speaker(folder: Path, *, reads_text: bool) -> SpeechCommand:
    arguments = ("-c", SPEAKER, str(folder / "said"), str(folder / "go on"))
    return SpeechCommand(sys.executable, arguments, reads_text)


def _said(folder: Path) -> list[str]:
    path = folder / "said"
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def test_an_answer_that_is_changing_is_never_told_and_ends_what_stood_before() -> None:
    settling = Settling()
    assert not settling.settled("shoe", 0.0)
    assert not settling.settled(None, 0.1)
    assert not settling.settled(None, 0.1 + 2 * SETTLED_S)
    assert not settling.settled("shoe", 2.0)
    assert settling.settled("shoe", 2.0 + SETTLED_S)


def test_an_answer_is_told_once_and_only_when_it_has_settled() -> None:
    settling = Settling()
    assert not settling.settled("shoe", 0.0)
    assert not settling.settled("shoe", SETTLED_S / 2)
    assert settling.settled("shoe", SETTLED_S)
    assert not settling.settled("shoe", 10.0)


def test_what_passes_by_is_not_told() -> None:
    settling = Settling()
    settling.settled("shoe", 0.0)
    settling.settled("shoe", 1.0)
    for moment_s in (1.1, 1.2):
        assert not settling.settled("cap", moment_s)
    assert not settling.settled("shoe", 1.3 + SETTLED_S)
    settling.settled("cap", 3.0)
    assert settling.settled("cap", 3.0 + SETTLED_S)


@pytest.mark.parametrize("reads_text", [True, False])
def test_it_speaks_and_what_comes_meanwhile_is_passed_over(
    qtbot: QtBot, tmp_path: Path, reads_text: bool
) -> None:
    announcer = Announcer(_speaker(tmp_path, reads_text=reads_text))
    announcer.speaks = True
    process = announcer.findChild(QProcess)
    for moment, name in enumerate(["Schuh; rm -rf $HOME", "cap"]):
        announcer.take(name, moment * 10.0)
        announcer.take(name, moment * 10.0 + SETTLED_S)
        qtbot.waitUntil(lambda: bool(_said(tmp_path)))
    (tmp_path / "go on").touch()
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.NotRunning)
    assert _said(tmp_path) == ["Schuh; rm -rf $HOME"]
    announcer.shutdown()


def test_it_is_silent_unless_it_was_asked_for(tmp_path: Path) -> None:
    announcer = Announcer(_speaker(tmp_path, reads_text=True))
    for moment_s in (0.0, SETTLED_S):
        announcer.take("shoe", moment_s)
    assert announcer.findChild(QProcess).state() == QProcess.ProcessState.NotRunning


def test_closing_ends_what_is_being_spoken(qtbot: QtBot, tmp_path: Path) -> None:
    announcer = Announcer(_speaker(tmp_path, reads_text=True))
    announcer.speaks = True
    for moment_s in (0.0, SETTLED_S):
        announcer.take("shoe", moment_s)
    qtbot.waitUntil(lambda: bool(_said(tmp_path)))
    announcer.shutdown()
    assert announcer.findChild(QProcess).state() == QProcess.ProcessState.NotRunning
