"""A new answer that can be heard: by a sound, or spoken by the system's own command."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from PySide6.QtCore import QObject, QProcess, QStandardPaths, Slot
from PySide6.QtWidgets import QApplication

SETTLED_S = 0.7
"""An answer is told once it has stood so long."""

_END_TIMEOUT_MS = 1000


class Settling:
    """Says when an answer has settled that is another one than the last that had."""

    def __init__(self) -> None:
        self._current: str | None = None
        self._since_s = 0.0
        self._settled: str | None = None

    def settled(self, name: str | None, now_s: float) -> bool:
        """Whether `name`, the answer now, is to be told now; each is told once.

        None stands for an answer that is changing, which never settles.
        """
        if name != self._current:
            self._current, self._since_s = name, now_s
        if name in (None, self._settled) or now_s - self._since_s < SETTLED_S:
            return False
        self._settled = name
        return True


@dataclass(frozen=True)
class SpeechCommand:
    """A program that speaks a text, and ends when it has spoken.

    Attributes:
        program: Its path.
        arguments: What it is given.
        reads_text: Whether it reads the text, in UTF-8, from its standard input; else the text is
            its last argument. It is never part of a command line that a shell takes apart.
    """

    program: str
    arguments: tuple[str, ...]
    reads_text: bool


_WINDOWS_SCRIPT = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)


def speech_command() -> SpeechCommand | None:
    """The system's way to speak; None if it has none that is known here."""
    if sys.platform == "win32":
        name, arguments, reads = "powershell", ("-NoProfile", "-Command", _WINDOWS_SCRIPT), True
    elif sys.platform == "darwin":
        name, arguments, reads = "say", (), True
    else:
        name, arguments, reads = "spd-say", ("--wait", "--"), False
    program = QStandardPaths.findExecutable(name)
    return SpeechCommand(program, arguments, reads) if program else None


class Announcer(QObject):
    """Tells an answer once. While something is being spoken, a newer one is not: no queue.

    Args:
        command: How to speak; None if that is not possible here.
        parent: Whose it is.

    Attributes:
        sounds: Whether an answer is told by a sound.
        speaks: Whether it is spoken.
    """

    def __init__(self, command: SpeechCommand | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sounds = self.speaks = False
        self._command = command
        self._settling = Settling()
        self._process = QProcess(self)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.started.connect(self._on_process_started)
        self._text = ""

    @property
    def can_speak(self) -> bool:
        """Whether this computer has a way to speak."""
        return self._command is not None

    def take(self, name: str | None, now_s: float) -> None:
        """Take in the answer as it is now.

        Args:
            name: What is named; None while that is changing.
            now_s: When, by any clock that only goes forward.
        """
        has_settled = self._settling.settled(name, now_s)
        if name is None or not has_settled:
            return
        if self.sounds:
            QApplication.beep()
        if self.speaks and self._command is not None:
            self._speak(self._command, name)

    def shutdown(self) -> None:
        """Be silent at once."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(_END_TIMEOUT_MS)

    def _speak(self, command: SpeechCommand, text: str) -> None:
        if self._process.state() != QProcess.ProcessState.NotRunning:
            return
        self._text = text if command.reads_text else ""
        last = () if command.reads_text else (text,)
        self._process.start(command.program, [*command.arguments, *last])

    @Slot()
    def _on_process_started(self) -> None:
        if self._text:
            self._process.write(self._text.encode("utf-8"))
        self._process.closeWriteChannel()
