"""Sessions: which photos were taken in one go, told by the names of their files.

The name `r20261122T210520-3f9a-00042.jpg` says: recorded (r) in the session that began on
22 November 2026 at 21:05:20 UTC, and the 42nd of its images. Because it stands in the name, it
survives a copy, a zip and a renamed folder.

The frames of one recording differ by a thirtieth of a second, so a recording never stands on both
sides of a split. An import says only when the photos came in: they are independent of each other.
A correction is a recording as well, of what a model got wrong; it is always learned from.
What was cut out of one photo belongs together, too: `i20261122T210520-3f9a-00042-p00007.jpg` is the
42nd image of an import, and was cut out of the 7th photo.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

_TIME_FORMAT = "%Y%m%dT%H%M%S"
_TAG = re.compile(r"[0-9a-f]{4}")
# Searched for, not matched: a file manager puts "Copy of" before a name and " (1)" behind it.
_NAME = re.compile(
    r"(?<![0-9A-Za-z])([ric])(\d{8}T\d{6})-([0-9a-f]{4})-(\d{5,})(?:-p(\d{5,}))?(?!\d)"
)


class SessionKind(StrEnum):
    """How the images of a session came to be."""

    RECORDING = "r"
    IMPORT = "i"
    CORRECTION = "c"


@dataclass(frozen=True)
class Session:
    """One press of the record button, one import, or corrections one after the other.

    Attributes:
        kind: Recording, import or correction.
        started: When it began: UTC, whole seconds.
        tag: Four hexadecimal digits that keep apart what began in the same second.

    Raises:
        ValueError: A value is outside what is said above.
    """

    kind: SessionKind
    started: datetime
    tag: str

    def __post_init__(self) -> None:
        if self.started.tzinfo is not UTC or self.started.microsecond:
            raise ValueError(f"A session starts at a whole second, UTC, not {self.started}.")
        if not _TAG.fullmatch(self.tag):
            raise ValueError(f"A session's tag is four hexadecimal digits, not {self.tag}.")

    @classmethod
    def new(cls, kind: SessionKind) -> Session:
        """A session that begins now."""
        return cls(kind, datetime.now(UTC).replace(microsecond=0), secrets.token_hex(2))

    @property
    def id(self) -> str:
        """What its files' names begin with, as in `r20261122T210520-3f9a`."""
        return f"{self.kind}{self.started.strftime(_TIME_FORMAT)}-{self.tag}"

    def file_name(self, sequence: int, suffix: str = ".jpg", photo: int = 0) -> str:
        """The name of its image number `sequence`, cut out of a photo unless that number is 0."""
        cut_out = f"-p{photo:05d}" if photo else ""
        return f"{self.id}-{sequence:05d}{cut_out}{suffix}"


def session_of(file_name: str) -> Session | None:
    """The session that a file's name tells of; None where it tells of none."""
    found = _NAME.search(file_name)
    return _session(*found.group(1, 2, 3)) if found else None


def recording_of(file_name: str) -> str:
    """The id of the recording that a file's name tells of; empty if it was not recorded."""
    session = session_of(file_name)
    recorded = session is not None and session.kind is not SessionKind.IMPORT
    return session.id if session is not None and recorded else ""


def origin_of(file_name: str) -> str:
    """The recording, or the photo that it was cut out of; empty for a photo of its own.

    Images of one origin never stand on both sides of a split.
    """
    found = _NAME.search(file_name)
    if found is not None and found[5]:
        return f"{found[1]}{found[2]}-{found[3]}-p{found[5]}"
    return recording_of(file_name)


def is_correction(file_name: str) -> bool:
    """Whether a file's name tells that a model was corrected with this image."""
    session = session_of(file_name)
    return session is not None and session.kind is SessionKind.CORRECTION


def sequence_of(file_name: str) -> int | None:
    """The place within its session that a file's name tells of; None where it tells of none."""
    found = place_of(file_name)
    return found[1] if found else None


def place_of(file_name: str) -> tuple[Session, int] | None:
    """The session that a file's name tells of, and the place in it; None where it tells of none."""
    found = _NAME.search(file_name)
    session = _session(*found.group(1, 2, 3)) if found else None
    return (session, int(found[4])) if found and session else None


def recordings_of(file_names: Iterable[str]) -> frozenset[str]:
    """The ids of the recordings that files belong to; "" stands for files that were not recorded.

    It takes some 10 ms for 20,000 files: what a file's name has before its last hyphen is looked
    into once.
    """
    beginnings = {name.rpartition("-")[0]: name for name in file_names}
    return frozenset(map(recording_of, beginnings.values()))


@lru_cache(maxsize=1024)  # a folder has thousands of files, and few sessions
def _session(kind: str, time: str, tag: str) -> Session | None:
    try:
        started = datetime.strptime(time, _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:  # eight digits that are no date
        return None
    return Session(SessionKind(kind), started, tag)
