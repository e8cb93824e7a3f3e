"""What a command prints: tables and progress for people, JSON lines for programs."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnn_studio.untrusted_text import plain_values, shown

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_WIDTH_OF_A_PIPE = 1000  # nothing is cut off or wrapped where no person looks on


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers."""

    heading: str
    is_number: bool = False


class Output:
    """Where a command prints.

    Args:
        as_json: Print JSON lines on stdout and nothing else there.
    """

    def __init__(self, as_json: bool) -> None:
        self.is_json = as_json
        if isinstance(sys.stdout, io.TextIOWrapper):  # a name it cannot encode is spelt out
            sys.stdout.reconfigure(errors="backslashreplace")

    def line(self, values: Mapping[str, Any]) -> None:
        """Print one JSON object, at once; see `plain_values`. For people this prints nothing."""
        if self.is_json:
            sys.stdout.write(json_line(values))
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """Print a line for people. With --json this prints nothing."""
        if not self.is_json:
            self.console().print(shown(text))

    def warn(self, text: str) -> None:
        """Print a line on stderr, where it is in nobody's way."""
        self.console(stderr=True).print(shown(text))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Print a table for people. With --json this prints nothing."""
        if self.is_json:
            return
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
        for column in columns:
            table.add_column(
                column.heading, justify="right" if column.is_number else "left", overflow="fold"
            )
        for row in rows:
            table.add_row(*map(shown, row))
        self.console().print(table)

    @contextmanager
    def progress(self, what: str, *, in_bytes: bool = False) -> Iterator[Bar]:
        """Show a bar on stderr while a job runs, if a person sits there.

        Args:
            what: What is going on, in two or three words.
            in_bytes: Whether bytes are counted, which are then shown as megabytes.
        """
        console = self.console(stderr=True)
        if self.is_json or not console.is_terminal:
            yield Bar(None if self.is_json else console)
            return
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TimeRemainingColumn,
        )

        count = DownloadColumn() if in_bytes else MofNCompleteColumn()
        columns = ("{task.description}", BarColumn(), count, TimeRemainingColumn())
        bars = Progress(*columns, console=console, transient=True, redirect_stdout=False)
        with bars:
            yield Bar(console, bars, bars.add_task(shown(what), total=None))

    def console(self, *, stderr: bool = False) -> Console:
        """A rich console that prints names as they are, without markup of its own."""
        from rich.console import Console

        stream = sys.stderr if stderr else sys.stdout
        return Console(
            stderr=stderr,
            markup=False,
            emoji=False,
            highlight=False,
            width=None if stream.isatty() else _WIDTH_OF_A_PIPE,
        )


class Bar:
    """How far a job is. Where no person looks on it shows nothing; call it as often as you like.

    Args:
        console: Where what is said goes; None says nothing.
        bars: The bar that a person sees, and `task` its row.
    """

    def __init__(
        self, console: Console | None, bars: Progress | None = None, task: TaskID | None = None
    ) -> None:
        self._console = console
        self._bars = bars
        self._task = task

    def __call__(self, done: int, total: int) -> None:
        """So much is done, of so much in all."""
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, completed=done, total=total)

    def describe(self, what: str) -> None:
        """Something else is going on now."""
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, description=shown(what))

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        if self._console is not None:
            self._console.print(shown(text))


def json_line(values: Mapping[str, Any]) -> str:
    """A JSON object on one line, with its line feed; see `plain_values`."""
    return json.dumps(plain_values(values)) + "\n"


def percent(share: float | None) -> str:
    """A share from 0 to 1 as a person reads it; a dash where there is none."""
    return "-" if share is None else f"{share:.1%}".replace("%", " %")
