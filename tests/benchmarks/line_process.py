"""A process that the fuzz asks by lines: what takes it along, or holds it up, is found out."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


class LineProcess:
    """Answers each line with a JSON object; it is started again when it has died.

    Args:
        command: What Python runs.
        place: Its home and its working folder.
        limit_s: What takes longer has held it up, and it is ended.
    """

    def __init__(self, command: list[str], place: Path, limit_s: float) -> None:
        self._command = command
        self._place = place
        self._limit_s = limit_s
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, line: bytes) -> dict[str, object] | None:
        """The answer to a line; None if it took the process along."""
        process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("The process has no pipes.")
        try:
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                answer = process.stdout.readline() if selector.select(self._limit_s) else b""
            return dict(json.loads(answer))
        except (OSError, ValueError):
            self.close()
            return None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        home = {"HOME": str(self._place), "XDG_CACHE_HOME": str(self._place / "cache")}
        self._process = subprocess.Popen(
            [sys.executable, *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self._place,
            env={**os.environ, **home, "PYTHONPATH": str(REPOSITORY)},
        )
        return self._process
