"""Imports that ended early: what came in by then, and how to take it back, or to go on.

While an import is under way, a note of it lies in the dataset (`.studio/imports/`), which says what
is being imported from where. What came in is a fact on the disk, and needs no list that grows:

- Files and folders: all images share the session that the note names, and the number in an image's
  name is the place of its file among those that the note lists.
- A packed dataset: its images keep their names, and the note lists those that were not there.
- Videos: each has a session, and each frame is noted just before it is stored.

A note that nobody is at work on tells of an import that was broken off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_removal import TakenBack, remove_dataset, taken_back
from cnn_studio.data.import_turn import import_turn
from cnn_studio.data.listing import class_folder_names, image_files
from cnn_studio.data.marks import STUDIO_FOLDER, Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind, place_of, session_of
from cnn_studio.data.trash import TRASH_NAME
from cnn_studio.errors import DatasetError
from cnn_studio.work_notes import Halt, LeftNote, WorkNote, left_work

_FOLDER = "imports"


class ImportKind(StrEnum):
    """What is imported."""

    IMAGES = "images"
    PACKED = "packed"
    VIDEOS = "videos"


@dataclass(frozen=True)
class BrokenImport:
    """An import that a kill, a crash or a full disk broke off.

    Attributes:
        dataset: What it was to come into.
        kind: What was imported.
        samples: What came in.
        total: How many files there were to import; 0 where that is not known.
        sources: What was imported from.
        values: What else the note says.
    """

    dataset: Dataset
    kind: ImportKind
    samples: tuple[Sample, ...]
    total: int
    sources: tuple[Path, ...]
    values: Mapping[str, Any]
    note: LeftNote

    @property
    def can_finish(self) -> bool:
        """Whether all that it came from is still there."""
        return bool(self.sources) and all(path.exists() for path in self.sources)


def broken_imports(dataset: Dataset) -> list[BrokenImport]:
    """The imports into a dataset that were broken off, oldest first."""

    def understood(note: LeftNote) -> BrokenImport:
        values = note.values
        return BrokenImport(
            dataset,
            ImportKind(values["kind"]),
            tuple(_arrived(dataset.folder, values, note.lines)),
            int(values["total"]),
            tuple(Path(str(path)) for path in values["paths"]),
            values,
            note,
        )

    return left_work(dataset.folder / STUDIO_FOLDER / _FOLDER, understood)


def keep(broken: BrokenImport) -> None:
    """Keep what came in."""
    broken.note.strike_out()


def take_back(broken: BrokenImport) -> TakenBack:
    """Take back what came in.

    Raises:
        DatasetError: The dataset cannot be changed, and the note stays; or another studio is at
            work on the import, or imports into the dataset.
        ChangeEndedError: Whoever looks on ended it, and the note stays.
    """
    with import_turn(broken.dataset.folder, cancelled=lambda: True) as has_come:
        if not has_come:
            raise DatasetError(f"Another import into {broken.dataset.title} is under way.")
        with ImportNote(ClassFolders(broken.dataset), broken.values, broken) as note:
            _kept, taken = note.settle((), ended_early=True, halted=lambda: Halt.TAKE_BACK)
    if taken is None:
        raise RuntimeError("What is to be taken back is taken back, or fails.")
    return taken


class ImportNote:
    """The note of one import, held while it is under way. A context manager.

    Args:
        folders: The dataset.
        values: What the note says.
        broken: The import that this one goes on with; None for a new one.
    """

    def __init__(
        self, folders: ClassFolders, values: Mapping[str, Any], broken: BrokenImport | None = None
    ) -> None:
        self._folders = folders
        self._values = values
        self._lines: list[Mapping[str, Any]] = list(broken.note.lines) if broken else []
        self._sessions = {
            str(line["of"]): session
            for line in self._lines
            if "session" in line and (session := _session(line["session"])) is not None
        }
        self._places = {path: place for place, path in enumerate(values.get("files", ()), 1)}
        self.before = broken.samples if broken else ()
        self._in = _what_is_in(folders.dataset.folder, values, self._lines) if broken else set()
        self._note = self._held(broken)
        self._is_settled = False

    @classmethod
    def begin(
        cls,
        folders: ClassFolders,
        kind: ImportKind,
        paths: Sequence[Path],
        total: int,
        **values: Any,
    ) -> ImportNote:
        """Write the note of an import that begins now.

        Args:
            folders: The dataset.
            kind: What is imported.
            paths: From where.
            total: How many files there are; 0 where that is not known.
            values: What else is needed to go on with it, as JSON can hold it. For files and
                folders "files", all of them, and "session", that of the images to come.
        """
        general = {
            "kind": str(kind),
            "paths": [str(path.absolute()) for path in paths],
            "total": total,
            "classes": list(folders.classes()),
        }
        return cls(folders, {**general, **values})

    def __enter__(self) -> ImportNote:
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._is_settled:  # it failed: the next look finds what came in
            folder = self._folders.dataset.folder
            self._close(struck_out=not _arrived(folder, self._values, self._lines))

    @property
    def session(self) -> Session:
        """The session of the images of files and folders."""
        session = _session(self._values["session"])
        if session is None:
            raise DatasetError("The note of the import is damaged: it names no session.")
        return session

    @property
    def marks_of_files(self) -> dict[Path, Mark]:
        """How files are to be marked that were given to a part of a split, by their paths."""
        known = {str(mark): mark for mark in Mark}
        marks = self._values.get("marks", {})
        found = marks.items() if isinstance(marks, dict) else ()
        return {Path(path): known[mark] for path, mark in found if mark in known}

    def place_of(self, source: Path) -> int | None:
        """The place of a file among all, from 1; None for one that was not there in the beginning.

        It is the number of its image in the session.
        """
        return self._places.get(str(source.absolute()))

    def is_to_come(self, source: Path) -> bool:
        """Whether the image of a file belongs to the import, and had not come in by then."""
        place = self.place_of(source)
        return place is not None and place not in self._in

    def is_stored(self, name: str) -> bool:
        """Whether an image of a packed dataset, as in "cup/1.jpg", had come in by then."""
        return name in self._in

    def names_come(self, names: Sequence[str]) -> None:
        """Note what a packed dataset brings, once, just before the first image is stored."""
        if not any("names" in line for line in self._lines):
            self._add({"names": list(names)})

    def session_of_video(self, video: Path) -> Session:
        """The session of a video's frames."""
        key = str(video.absolute())
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = Session.new(SessionKind.RECORDING)
            self._add({"session": session.id, "of": key})
        return session

    def frame_comes(self, name: str, video: Path, time_s: float) -> None:
        """A frame of a video is about to be stored under this name, as in "cup/r2026….jpg"."""
        self._add({"to": name, "from": _moment(video, time_s)})

    def is_frame_in(self, video: Path, time_s: float) -> bool:
        """Whether a frame had come in when the import was broken off."""
        return bool(self._in) and _moment(video, time_s) in self._in

    def settle(
        self,
        samples: Sequence[Sample],
        *,
        ended_early: bool,
        halted: Callable[[], Halt],
    ) -> tuple[tuple[Sample, ...], TakenBack | None]:
        """The import has ended.

        Args:
            samples: What came in this time.
            ended_early: Whether it was cancelled before all was in.
            halted: Says what becomes of what came in, then.

        Returns:
            What came in and stays, also before it was broken off; and what was taken back.

        Raises:
            DatasetError: It cannot be taken back; the note stays.
        """
        every = (*self.before, *samples)
        halt = halted() if ended_early else Halt.KEEP
        taken = None
        if halt is Halt.TAKE_BACK:
            taken = taken_back(self._folders, every, self._values)
        self._close(struck_out=halt is not Halt.LATER)
        self._is_settled = True
        if taken is not None and taken.is_dataset_gone:
            remove_dataset(self._folders.dataset.folder)
        return (every, None) if taken is None else ((), taken)

    def _held(self, broken: BrokenImport | None) -> WorkNote:
        if broken is None:
            folder = self._folders.dataset.folder / STUDIO_FOLDER / _FOLDER
            return WorkNote.begin(folder, self._values)
        note = WorkNote.take_up(broken.note)
        if note is None:
            raise DatasetError("Another studio goes on with this import already.")
        return note

    def _add(self, line: Mapping[str, Any]) -> None:
        self._lines.append(line)
        self._note.add(line)

    def _close(self, *, struck_out: bool) -> None:
        self._note.close(struck_out=struck_out)
        folder = self._folders.dataset.folder
        with suppress(OSError):  # as a rule there is more in them
            (folder / STUDIO_FOLDER).rmdir()
            folder.rmdir()


def _moment(video: Path, time_s: float) -> str:
    return f"{video.absolute()}#{time_s:.4f}"


def _session(text: object) -> Session | None:
    return session_of(f"{text}-00000")


def _arrived(
    folder: Path, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> list[Sample]:
    """The images that are in the class folders and came with this import."""
    names = _names_in(lines)
    sessions = {str(line["session"]) for line in lines if "session" in line}
    sessions |= {str(values["session"])} if "session" in values else set()
    found = []
    for class_name in class_folder_names(folder):
        for entry in image_files(folder / class_name):
            session = session_of(entry.name) if sessions else None
            is_of_session = session is not None and session.id in sessions
            if is_of_session or f"{class_name}/{entry.name}" in names:
                found.append(Sample(Path(entry.path), class_name))
    return sorted(found, key=lambda sample: sample.path)


def _what_is_in(
    folder: Path, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> set[Any]:
    """What had come in, be it in another class or in the trash by now.

    Returns:
        The places of files, the names in a packed dataset, or the moments of videos.
    """
    there = {
        f"{name}/{entry.name}"
        for root in (folder, folder / TRASH_NAME)
        for name in class_folder_names(root)
        for entry in image_files(root / name)
    }
    if names := _names_in(lines):
        return {name for name in names if name in there}
    alone = {path.rpartition("/")[2] for path in there}  # a name that tells its session is unique
    if "session" in values:
        places = map(place_of, alone)
        return {place for session, place in filter(None, places) if session.id == values["session"]}
    pairs = ((line["from"], str(line["to"])) for line in lines if "to" in line)
    return {source for source, name in pairs if name.rpartition("/")[2] in alone}


def _names_in(lines: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """What a packed dataset brings."""
    return frozenset(str(name) for line in lines for name in line.get("names", ()))
