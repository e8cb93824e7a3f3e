"""Exports that were broken off: which formats were handed over, and what is still to be written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.exporting.export import ExportOrder, aside_folder
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.work_notes import Halt, LeftNote, WorkNote, left_work

_KIND = "export"


@dataclass(frozen=True)
class BrokenExport:
    """An export that a kill or a crash broke off.

    Attributes:
        run_folder: The run.
        dataset_name: What it was trained on.
        out: The folder that was exported into.
        done: The formats that were compared by then.
        rest: Those that are still to be written.
    """

    run_folder: Path
    dataset_name: str
    out: Path
    done: tuple[ExportFormat, ...]
    rest: tuple[ExportFormat, ...]
    token: str
    note: LeftNote

    def strike_out(self) -> None:
        """Keep what was handed over; nothing is left of the rest."""
        shutil.rmtree(aside_folder(self.out, self.token), ignore_errors=True)
        self.note.strike_out()


@contextmanager
def noted_export(
    notes: Path, order: ExportOrder, halted: Callable[[], Halt]
) -> Iterator[Callable[[ExportReport], None]]:
    """Keep a note while a run is exported.

    Args:
        notes: The folder of such notes.
        order: What is exported.
        halted: Called at the end; says whether the next start is to ask about it.

    Yields:
        What to call with the report on each format that is through.
    """
    values = {
        "kind": _KIND,
        "run": str(order.run_folder),
        "dataset": order.dataset.name,
        "formats": [str(form) for form in order.formats],
        "out": str(order.out.absolute()),
        "token": order.token,
    }
    note = WorkNote.begin(notes, values)
    try:
        yield lambda report: note.add({"done": report.format})
    finally:
        note.close(struck_out=halted() is not Halt.LATER)


def broken_exports(notes: Path) -> list[BrokenExport]:
    """What was broken off, oldest first."""
    return left_work(notes, _broken)


def _broken(note: LeftNote) -> BrokenExport | None:
    values = note.values
    if values.get("kind") != _KIND:
        return None
    through = [ExportFormat(str(line["done"])) for line in note.lines]
    formats = [ExportFormat(str(name)) for name in values["formats"]]
    return BrokenExport(
        run_folder=Path(values["run"]),
        dataset_name=str(values["dataset"]),
        out=Path(values["out"]),
        done=tuple(form for form in formats if form in through),
        rest=tuple(form for form in formats if form not in through),
        token=str(values["token"]),
        note=note,
    )
