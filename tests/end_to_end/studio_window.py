"""A studio in a process of its own, looked at from outside and used with mouse and keyboard."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.end_to_end.waiting import eventually
from tests.screen import Screen

_ENTRY = Path(__file__).with_name("observed_studio.py")
_HOME_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_ARRIVAL_S = 5.0
_EXIT_S = 30.0


@dataclass(frozen=True)
class Place:
    """A rectangle on the screen, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def centre(self) -> tuple[int, int]:
        return self.left + self.width // 2, self.top + self.height // 2


@dataclass(frozen=True)
class Row:
    """One line of a list or table."""

    texts: tuple[str, ...]
    accessible: str
    place: Place


@dataclass(frozen=True)
class Widget:
    """What a person sees of a widget."""

    place: Place
    text: str
    accessible: str
    enabled: bool
    checked: bool
    focused: bool
    rows: tuple[Row, ...]


class StudioWindow:
    """Starts the studio on a screen, and ends it when it is left.

    Attributes:
        errors: Where the process's standard error goes.
    """

    def __init__(self, screen: Screen, folder: Path, workspace: Path, camera: str) -> None:
        self._screen = screen
        self._socket = folder / "studio.socket"
        self._arguments = [str(self._socket), "--workspace", str(workspace), "--camera", camera]
        self._folder = folder
        self.errors = folder / "studio-errors.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False  # or it has ended by itself

    def __enter__(self) -> Self:
        self._socket.unlink(missing_ok=True)
        home = {name: os.environ[name] for name in _HOME_VARIABLES if name in os.environ}
        with self.errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, str(_ENTRY), *self._arguments],
                env={**self._screen.environment, **home},
                stderr=errors,
            )
        self.wait_for("pages")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is None or self._is_over:
            return
        if kind is not None and self._process.poll() is None:
            self.picture(self._folder / "failed.png")
        self._screen.xdotool("mouseup", "1", "keyup", "space")  # the screen serves other tests too
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(_EXIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            code = None
        if kind is None:
            assert code == 0, f"The studio ended with {code}: {self.errors.read_text()}"
            assert "Traceback" not in self.errors.read_text(), self.errors.read_text()

    def kill(self) -> list[int]:
        """End the program at once, as `kill -9` does.

        Returns:
            The processes that it had started.
        """
        assert self._process is not None
        started = _descendants(self._process.pid)
        self._process.kill()
        self._process.wait()
        self._is_over = True
        self._screen.xdotool("mouseup", "1")
        return started

    def terminate(self) -> None:
        """Ask the program to end, as the system does when it shuts down."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait_for_end(self) -> int:
        """Wait until the program has ended by itself; its exit code."""
        assert self._process is not None
        code = self._process.wait(_EXIT_S)
        self._is_over = True
        return code

    def find(self, name: str) -> Widget | None:
        """The visible widget of that objectName, or None.

        Raises:
            AssertionError: There are several, or the studio has ended.
        """
        found = self._ask(name)
        assert len(found) < 2, f"{len(found)} visible widgets are called {name}."
        return found[0] if found else None

    def wait_for(
        self,
        name: str,
        condition: Callable[[Widget], object] = lambda widget: True,
        timeout_s: float = 20,
    ) -> Widget:
        """The visible widget of that name, once it is as wanted."""

        def matching() -> Widget | None:
            widget = self.find(name)
            return widget if widget is not None and condition(widget) else None

        try:
            return eventually(matching, f"{name} as wanted", timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error} It is: {self.find(name)}") from error

    def picture(self, path: Path) -> None:
        """Save what is on the screen, as PNG."""
        self._ask(str(path.absolute()))

    def click(self, name: str) -> None:
        """Click the middle of a widget with the left button, once it can be used."""
        self.click_place(self._usable(name))

    def click_row(self, name: str, text: str) -> None:
        """Click the line of a list that says a text."""
        widget = self.wait_for(name, lambda view: any(text in row.texts for row in view.rows))
        row = next(row for row in widget.rows if text in row.texts)
        self.click_place(row.place)

    def click_place(self, place: Place) -> None:
        """Click the middle of a place with the left button."""
        x, y = place.centre
        self._screen.xdotool("mousemove", str(x), str(y), "click", "1")

    def press(self, name: str) -> None:
        """Press the left button on a widget and keep it down."""
        x, y = self._usable(name).centre
        self._screen.xdotool("mousemove", str(x), str(y), "mousedown", "1")

    def release(self) -> None:
        """Let go of the left button."""
        self._screen.xdotool("mouseup", "1")

    def hold_key(self, key: str) -> None:
        """Press a key and keep it down, until `let_go_of_key`."""
        self._screen.xdotool("keydown", key)

    def let_go_of_key(self, key: str) -> None:
        """Let go of a key."""
        self._screen.xdotool("keyup", key)

    def key(self, *keys: str) -> None:
        """Type keys, as xdotool names them: `ctrl+2`, `Return`."""
        self._screen.xdotool("key", *keys)

    def choose(self, name: str, text: str) -> None:
        """Open a chooser and click the entry that says a text.

        A header that is still filling may move the chooser from under the mouse, so as a person
        would, look whether its list has opened, and click once more if not.
        """
        opened = "datasetList" if name == "datasetChooser" else "QComboBoxListView"
        self._retry(lambda: self.click(name), opened, lambda view: bool(view.rows))
        self.click_row(opened, text)

    def enter_text(self, name: str, text: str) -> None:
        """Click into a field and replace what stands there.

        A page that is still filling may move the field from under the mouse, so as a person would,
        look whether the text has arrived, and click once more if not.
        """

        def type_text() -> None:
            self.click(name)
            self._screen.xdotool("key", "ctrl+a", "type", text)

        self._retry(type_text, name, lambda field: field.text.startswith(text))

    def _retry(self, act: Callable[[], None], name: str, arrived: Callable[[Widget], bool]) -> None:
        """Do something until a widget is as it makes it, three times at most."""
        for last_try in (False, False, True):
            act()
            try:
                self.wait_for(name, arrived, _ARRIVAL_S)
            except AssertionError:
                if last_try:
                    raise
            else:
                return

    def _usable(self, name: str) -> Place:
        return self.wait_for(name, lambda widget: widget.enabled and widget.place.width > 0).place

    def _ask(self, question: str) -> list[Widget]:
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(f"The studio has ended: {self.errors.read_text()}")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            try:
                connection.connect(str(self._socket))
            except (FileNotFoundError, ConnectionRefusedError):  # it is still starting
                return []
            with connection.makefile("rw", encoding="utf-8") as line:
                line.write(question + "\n")
                line.flush()
                answer = json.loads(line.readline() or "[]")
        assert isinstance(answer, list), f"Looking at {question} failed: {answer}"
        return [_widget(values) for values in answer]


def is_running(process: int) -> bool:
    """Whether a process is there and not just waiting to be reaped."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _descendants(process: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *_descendants(child)]
    return found


def _widget(values: dict[str, object]) -> Widget:
    rows = [
        Row(tuple(row["texts"]), row["accessible"], Place(*row["rectangle"]))
        for row in values.pop("rows")  # type: ignore[attr-defined]
    ]
    place = Place(*values.pop("rectangle"))  # type: ignore[misc]
    return Widget(place=place, rows=tuple(rows), **values)  # type: ignore[arg-type]
