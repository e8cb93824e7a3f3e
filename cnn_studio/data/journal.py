"""Changes of a dataset, carried out whole whatever happens meanwhile.

A change of many files is written down in `.studio/journal/` before it begins and struck out when
it is done. If the program or the machine ends in between, the next start, or the next change, ends
what was begun. Each single step is a rename, so an image is in one place at any moment. What the
system refuses halfway is taken back. A change with a label is kept as a step that can be undone.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from cnn_studio.data.card_merge import merged_card
from cnn_studio.data.cards import has_card, read_card, write_card
from cnn_studio.data.changes import Change
from cnn_studio.data.file_moves import Stamp, explained, free_path, is_as_left, stamp_of
from cnn_studio.data.kept_steps import KeptSteps, StepLabel
from cnn_studio.data.marks import STUDIO_FOLDER, Marks
from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError, StudioError, UsageError
from cnn_studio.untrusted_files import read_json
from cnn_studio.whole_files import write_atomically

_JOURNAL_FOLDER = "journal"
_LOCK_NAME = "lock"
_LOCK_TIMEOUT_S = 30.0
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_log = logging.getLogger(__name__)


class ChangeEndedError(DatasetError):
    """A change was cancelled before it was done."""


@dataclass(frozen=True)
class Watch:
    """Looks on while a change is carried out.

    Attributes:
        progress: Called with how many of its steps are done, and of how many.
        cancelled: Called with each step; once it returns True, what was done is taken back.
    """

    progress: Callable[[int, int], None] = lambda _done, _total: None
    cancelled: Callable[[], bool] = lambda: False

    def step(self, done: int, total: int) -> None:
        """So many steps are behind it.

        Raises:
            ChangeEndedError: It is to end.
        """
        if self.cancelled():
            raise ChangeEndedError("It was ended, and everything is as it was.")
        self.progress(done, total)


UNWATCHED = Watch()
_watch: ContextVar[Watch] = ContextVar("watch", default=UNWATCHED)


def current_watch() -> Watch:
    """Who looks on at the changes of this thread."""
    return _watch.get()


@contextmanager
def watched_by(watch: Watch) -> Iterator[None]:
    """Within it, and on this thread, changes are carried out under this watch."""
    before = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(before)


def recover(folder: Path) -> bool:
    """End the changes of a dataset that were cut short when the program or the machine ended.

    Args:
        folder: The dataset's folder; it need not exist.

    Returns:
        Whether there was one. False also while another studio is at work on the dataset, or where
        nothing may be written.
    """
    return Journal(folder, Marks(folder)).recover()


class Journal:
    """Carries out the changes of one dataset, one at a time, whoever asks for them.

    Args:
        folder: The dataset's folder; it must exist.
        marks: The marks of its images.
    """

    def __init__(self, folder: Path, marks: Marks) -> None:
        self._folder = folder
        self._marks = marks
        self._entries = folder / STUDIO_FOLDER / _JOURNAL_FOLDER
        self._steps = KeptSteps(folder)

    def carry_out(self, change: Change, label: StepLabel | None = None) -> Change:
        """Carry out a change.

        Args:
            change: What to do.
            label: Keeps what was really done as a step that can be undone; none is kept where
                nothing was done.

        Returns:
            What was really done: without files that had gone or are others than the change was
            made for, and under free names where there was a file already.

        Raises:
            DatasetError: The system does not allow it, and everything is as it was; or another
                program is changing the dataset all the while.
            ChangeEndedError: Whoever looks on (see `watched_by`) ended it, and everything is as it
                was.
        """
        with self._locked(_LOCK_TIMEOUT_S):
            self._finish_interrupted()
            possible = self._possible(change)
            if possible.is_empty:
                return possible
            with explained("The change cannot be written down, so nothing was changed"):
                entry = self._write_down(possible, label)
            self._do(possible, entry)
            self._strike_out(entry, possible, label)
        return possible

    def take_note(self, change: Change, label: StepLabel) -> Change:
        """Keep as a step what was done without the journal, such as recording.

        Returns:
            The change, with the stamps of the files that it has brought.
        """
        found = [_status(self._folder / target) for _source, target in change.moves]
        noted = replace(change, stamps=tuple(status and stamp_of(status) for status in found))
        self._keep(label, noted)
        return noted

    def recover(self) -> bool:
        """See `recover`."""
        try:
            if not any(self._entries.iterdir()):
                return False
            with self._locked(0):
                return self._finish_interrupted()
        except (OSError, DatasetError):
            return False

    @contextmanager
    def _locked(self, timeout_s: float) -> Iterator[None]:
        studio_folder = self._folder / STUDIO_FOLDER
        with explained(f"The folder {self._folder} cannot be changed"):
            studio_folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(studio_folder / _LOCK_NAME)
            try:
                lock.acquire(timeout=timeout_s)
            except Timeout as error:
                raise DatasetError(
                    f"Another program is changing {self._folder.name} just now. Try again later."
                ) from error
        try:
            yield
        finally:
            lock.release()

    def _possible(self, change: Change) -> Change:
        """The change without what has gone or is something else now, and with free names."""
        taken: set[Path] = set()
        moves: list[tuple[str, str]] = []
        stamps: list[Stamp | None] = []
        otherwise: dict[str, str] = {}  # where a file is called otherwise than was planned
        watch, count = current_watch(), len(change.moves)
        if self._renames_what_has_gone(change):
            return Change()
        expected_stamps = change.stamps or (None,) * count
        for number, ((source, target), expected) in enumerate(
            zip(change.moves, expected_stamps, strict=True)
        ):
            watch.step(number // 2, count)
            old = self._folder / source
            status = _status(old)
            if status is None or source == target or not is_as_left(expected, status):
                continue
            new = self._folder / target
            if not _is_same_file(old, new):
                if old.is_dir():
                    _check_free(new)
                else:
                    new = free_path(new, taken)
            taken.add(new)
            free = new.relative_to(self._folder).as_posix()
            moves.append((source, free))
            stamps.append(stamp_of(status))
            otherwise[target] = free
        markings = tuple(
            replace(entry, names=tuple(otherwise.get(name, name) for name in entry.names))
            for entry in change.markings
        )
        return replace(change, moves=tuple(moves), markings=markings, stamps=tuple(stamps))

    def _renames_what_has_gone(self, change: Change) -> bool:
        """Whether a class is to be called otherwise that somebody has called otherwise already."""
        before, after = change.card_before, change.card_after
        if before is None or after is None or not has_card(self._folder):
            return False
        listed, wanted = set(before.classes), set(after.classes)
        renamed = [
            old
            for old, new in change.moves
            if old in listed and new in wanted and not (self._folder / old).is_dir()
        ]
        return bool(renamed) and not set(renamed) & set(read_card(self._folder).classes)

    def _write_down(self, change: Change, label: StepLabel | None) -> Path:
        self._entries.mkdir(exist_ok=True)
        entry = self._entries / f"{uuid.uuid4().hex}.json"
        values = {**change.to_dict(), "step": label and label.to_dict()}
        write_atomically(entry, json.dumps(values).encode("utf-8"))
        return entry

    def _strike_out(self, entry: Path, change: Change, label: StepLabel | None) -> None:
        if label is not None:
            self._keep(label, change)
        entry.unlink(missing_ok=True)

    def _keep(self, label: StepLabel, change: Change) -> None:
        try:
            self._steps.keep(label, change)
        except OSError:  # it is done all the same, and can be undone until the window closes
            _log.warning("The step %s cannot be kept", label.text, exc_info=True)

    def _do(self, change: Change, entry: Path) -> None:
        done: list[tuple[Path, Path]] = []
        watch, count = current_watch(), len(change.moves)
        try:
            with explained(f"{self._folder.name} cannot be changed"):
                for number, (source, target) in enumerate(change.moves):
                    watch.step((count + number) // 2, count)
                    if (step := self._rename(source, target)) is not None:
                        done.append(step)
                self._conclude(change)
        except DatasetError:
            if self._take_back(done, change):
                entry.unlink(missing_ok=True)
            raise

    def _take_back(self, done: list[tuple[Path, Path]], change: Change) -> bool:
        """Undo what was done of a change, the last step first; whether it went well."""
        try:
            for old, new in reversed(done):
                old.parent.mkdir(parents=True, exist_ok=True)
                new.rename(old)
            for name in _new_classes(change):
                with suppress(OSError):  # it was not made yet, or holds something
                    (self._folder / name).rmdir()
            back = change.inverse()
            self._marks.write(back.markings, back.moves)
        except OSError as error:
            _log.warning("A change is only taken back at the next start: %s", error)
            return False
        return True

    def _rename(self, source: str, target: str) -> tuple[Path, Path] | None:
        old, new = self._folder / source, self._folder / target
        new.parent.mkdir(parents=True, exist_ok=True)
        if new.is_dir() and not _is_same_file(old, new):
            new.rmdir()  # only an empty one; see `_check_free`
        try:
            old.rename(new)
        except FileNotFoundError:  # gone since it was looked for
            return None
        return old, new

    def _conclude(self, change: Change) -> None:
        """The marks, the folders of new classes and the card, once all files are in place."""
        self._marks.write(change.markings, change.moves)
        if change.card_after is None:
            return
        for name in _new_classes(change):
            (self._folder / name).mkdir(exist_ok=True)
        card = change.card_after
        if change.card_before is not None and has_card(self._folder):
            card = merged_card(change.card_before, card, read_card(self._folder))
        write_card(self._folder, card)
        for name in _new_classes(change.inverse()):
            with suppress(OSError):  # it holds something, or was never made
                (self._folder / name).rmdir()

    def _finish_interrupted(self) -> bool:
        """Go through the entries that nobody has struck out."""
        found = sorted(self._entries.glob("*.json")) if self._entries.is_dir() else []
        for entry in found:
            try:
                values = read_json(entry, error=DatasetError)
                change = Change.from_dict(self._folder.name, values)
                label = StepLabel.from_dict(values["step"]) if values.get("step") else None
                self._go_on(change)
            except (*NOT_UNDERSTOOD, UsageError, DatasetError) as error:
                if _is_passing(error.__cause__):
                    raise  # it is ended once there is room again
                # Not one of ours, or no longer possible: it is kept, for a person to look at.
                why = error if isinstance(error, StudioError) else "It is not understood."
                _log.warning("The journal entry %s cannot be carried out: %s", entry, why)
                entry.replace(entry.with_suffix(".failed"))
            else:
                self._strike_out(entry, change, label)
        return bool(found)

    def _go_on(self, change: Change) -> None:
        with explained(f"{self._folder.name} cannot be changed"):
            for source, target in change.moves:
                old, new = self._folder / source, self._folder / target
                if os.path.lexists(old) and (not os.path.lexists(new) or _is_same_file(old, new)):
                    self._rename(source, target)
            self._conclude(change)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None


def _new_classes(change: Change) -> list[str]:
    """The classes that are on the card afterwards and were not before."""
    before, after = change.card_before, change.card_after
    known = frozenset(before.classes if before is not None else ())
    return [name for name in after.classes if name not in known] if after is not None else []


def _check_free(folder: Path) -> None:
    """Raise unless a folder could be moved to this place."""
    with explained(f"The folder {folder.name} cannot be moved there"):
        if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise DatasetError(f"There is something in the folder {folder.name} already.")


def _is_passing(cause: BaseException | None) -> bool:
    """Whether what the system refuses now it will allow when the disk has room again."""
    return isinstance(cause, OSError) and cause.errno in _PASSING


def _is_same_file(one: Path, other: Path) -> bool:
    # A system that ignores case finds a folder under its new name, too.
    try:
        return one.samefile(other)
    except OSError:
        return False
