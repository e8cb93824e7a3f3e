"""A virtual X screen with a window manager, for tests that use a real mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

# Qt's own screen without a display has 800 points a side, less than a window needs.
_NO_DISPLAY = "offscreen"
_LARGE = f"{_NO_DISPLAY}:configfile={Path(__file__).with_name('offscreen.json')}"
_PROGRAMS = ("Xvfb", "openbox", "xdotool")
_SIZE = "1400x1000x24"


def with_large_screen(platform: str) -> str:
    """The platform for Qt whose screen without a display has 2560 x 1600 pixels.

    Args:
        platform: The one that was chosen; another than "offscreen" stays.
    """
    return _LARGE if platform in ("", _NO_DISPLAY) else platform


def missing_programs() -> list[str]:
    """Which of the programs that a screen needs are not installed."""
    return [program for program in _PROGRAMS if shutil.which(program) is None]


class Screen:
    """Runs Xvfb and openbox for as long as it is entered.

    Attributes:
        environment: What a program must be started with to open its window here.
    """

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        number_out, number_in = os.pipe()
        self._start(
            [
                "Xvfb",
                "-displayfd",
                str(number_in),
                "-screen",
                "0",
                _SIZE,
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=(number_in,),
        )
        os.close(number_in)
        with os.fdopen(number_out) as line:
            number = line.readline().strip()  # written once the server takes connections
        if not number:
            raise RuntimeError("Xvfb did not start")
        variables = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"}
        self.environment = {**variables, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        self._start(["openbox"], env=self.environment)
        self._wait_for_the_window_manager()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(10)

    def xdotool(self, *arguments: str) -> str:
        """Run xdotool on this screen and return what it prints."""
        command = ["xdotool", *arguments]
        done = subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=30
        )
        return done.stdout.strip()

    def _start(self, command: list[str], **options: object) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._processes.append(subprocess.Popen(command, **quiet, **options))  # type: ignore[call-overload]

    def _wait_for_the_window_manager(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            asked = subprocess.run(
                ["xdotool", "get_num_desktops"], env=self.environment, capture_output=True
            )
            if asked.returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("openbox did not start")
