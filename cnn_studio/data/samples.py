"""Samples: single image files of a class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.sessions import Session, session_of


@dataclass(frozen=True)
class Sample:
    """An image file in a class folder."""

    path: Path
    class_name: str

    @property
    def session(self) -> Session | None:
        """The session that its name tells of; None for a file from elsewhere."""
        return session_of(self.path.name)


@dataclass(frozen=True)
class TrashedSample:
    """A sample that was deleted and can be brought back.

    Attributes:
        path: Where the file is now.
        sample: What and where it was.
    """

    path: Path
    sample: Sample
