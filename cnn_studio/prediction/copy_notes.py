"""Copying by class that was broken off: what is copied, and how to go on or to take it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_studio.errors import ImageError
from cnn_studio.prediction.copying import CopyReport, copy_pictures, remove_copies
from cnn_studio.prediction.pictures import Picture
from cnn_studio.work_notes import Halt, LeftNote, WorkNote, left_work

_KIND = "copy"

Orders = Sequence[tuple[Picture, Path]]
Coming = Callable[[Picture, Path, int], None]


@dataclass(frozen=True)
class BrokenCopy:
    """A copying that a kill or a crash broke off.

    Attributes:
        target: The folder that was copied into.
        total: How many pictures there were to copy.
        copied: The copies that are there whole, as they were written.
        rest: What is still to be copied.
    """

    target: Path
    total: int
    copied: tuple[Path, ...]
    rest: tuple[tuple[Picture, Path], ...]
    note: LeftNote

    @property
    def can_finish(self) -> bool:
        """Whether all that is still to be copied is there."""
        sources = {picture.archive or picture.path for picture, _folder in self.rest}
        return bool(self.rest) and all(path.is_file() for path in sources)


@contextmanager
def noted(
    notes: Path, target: Path, orders: Orders, halted: Callable[[], Halt]
) -> Iterator[Coming]:
    """Keep a note while pictures are copied.

    Args:
        notes: The folder of such notes.
        target: What is copied into.
        orders: What goes where.
        halted: Called at the end; says whether the next start is to ask about it.

    Yields:
        What `copy_pictures` tells of each copy to come.
    """
    values = {"kind": _KIND, "target": str(target.absolute()), "orders": [*map(_plain, orders)]}
    with _closing(WorkNote.begin(notes, values), halted) as coming:
        yield coming


def broken_copies(notes: Path) -> list[BrokenCopy]:
    """What was broken off, oldest first."""
    return left_work(notes, _broken)


def go_on_copying(
    broken: BrokenCopy,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    halted: Callable[[], Halt],
) -> CopyReport:
    """Copy the rest; see `copy_pictures`.

    Raises:
        ImageError: A folder cannot be written to, or another studio goes on with it.
    """
    note = WorkNote.take_up(broken.note)
    if note is None:
        raise ImageError("Another studio goes on with this copying already.")
    _remove_empty(broken.note)
    before = len(broken.copied)
    with _closing(note, halted) as coming:
        report = copy_pictures(
            broken.rest,
            lambda done, total: progress(before + done, before + total),
            cancelled,
            halted,
            coming,
        )
        if report.is_taken_back:
            remove_copies(broken.copied)
            return report
    return CopyReport((*broken.copied, *report.copied), report.left_out)


def take_copies_back(broken: BrokenCopy) -> None:
    """Remove what was copied.

    Raises:
        ImageError: The system does not allow it.
    """
    _remove_empty(broken.note)
    remove_copies(broken.copied)
    broken.note.strike_out()


def keep_copies(broken: BrokenCopy) -> None:
    """Keep what was copied."""
    _remove_empty(broken.note)
    broken.note.strike_out()


@contextmanager
def _closing(note: WorkNote, halted: Callable[[], Halt]) -> Iterator[Coming]:
    def coming(picture: Picture, path: Path, size_bytes: int) -> None:
        note.add({"from": _key(picture), "to": str(path), "bytes": size_bytes})

    is_over = False
    try:
        yield coming
        is_over = halted() is not Halt.LATER
    finally:
        note.close(struck_out=is_over)


def _broken(note: LeftNote) -> BrokenCopy | None:
    if note.values.get("kind") != _KIND:
        return None
    whole = [line for line in note.lines if _is_whole(line)]
    done = Counter(str(line["from"]) for line in whole)  # a picture may be copied twice
    orders = [_order(values) for values in note.values["orders"]]
    rest = []
    for order in orders:
        key = _key(order[0])
        if done[key]:
            done[key] -= 1
        else:
            rest.append(order)
    copied = tuple(Path(line["to"]) for line in whole)
    return BrokenCopy(Path(note.values["target"]), len(orders), copied, tuple(rest), note)


def _is_whole(line: Mapping[str, Any]) -> bool:
    """Whether the copy is there as it was written; another program may have changed it."""
    try:
        return Path(str(line["to"])).stat().st_size == int(line["bytes"])
    except OSError:
        return False


def _remove_empty(note: LeftNote) -> None:
    """Remove the files that were made for copies which never came."""
    for line in note.lines:
        with suppress(OSError):
            path = Path(str(line["to"]))
            if path.stat().st_size == 0:
                path.unlink()


def _key(picture: Picture) -> str:
    return f"{picture.path}#{picture.time_s}"


def _plain(order: tuple[Picture, Path]) -> dict[str, Any]:
    picture, folder = order
    return {
        "path": str(picture.path),
        "folder": picture.folder,
        "archive": None if picture.archive is None else str(picture.archive),
        "time_s": picture.time_s,
        "into": str(folder.absolute()),
    }


def _order(values: Mapping[str, Any]) -> tuple[Picture, Path]:
    archive = values["archive"]
    picture = Picture(
        Path(values["path"]),
        str(values["folder"]),
        None if archive is None else Path(archive),
        values["time_s"],
    )
    return picture, Path(values["into"])
