"""Samples: single image files of a class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.listing import image_files
from cnn_studio.data.sessions import Session, sequence_of, session_of


@dataclass(frozen=True)
class Sample:
    """An image file in a class folder."""

    path: Path
    class_name: str

    @property
    def session(self) -> Session | None:
        """The session that its name tells of; None for a file from elsewhere."""
        return session_of(self.path.name)


def list_samples(folder: Path, class_name: str) -> list[Sample]:
    """The images in a class's folder, newest first: by session and place in it, else by file time.

    A folder that is not there has none.
    """
    dated = []
    for entry in image_files(folder):
        session = session_of(entry.name)
        try:
            time_s = session.started.timestamp() if session else entry.stat().st_mtime
        except OSError:  # deleted by another program since it was listed
            continue
        place = sequence_of(entry.name) if session else None
        dated.append((time_s, place or 0, entry.name))
    return [Sample(folder / name, class_name) for *_when, name in sorted(dated, reverse=True)]
