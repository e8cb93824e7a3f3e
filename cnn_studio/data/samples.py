"""Samples: single image files of a class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.listing import image_files
from cnn_studio.data.sessions import Session, place_of, session_of


@dataclass(frozen=True)
class Sample:
    """An image file in a class folder."""

    path: Path
    class_name: str

    @property
    def session(self) -> Session | None:
        """The session that its name tells of; None for a file from elsewhere."""
        return session_of(self.path.name)

    @property
    def mark_name(self) -> str:
        """How the marks call it: its path within the dataset."""
        return f"{self.class_name}/{self.path.name}"


def list_samples(folder: Path, class_name: str, known: Iterable[Sample] = ()) -> list[Sample]:
    """The images in a class's folder, newest first: by session and place in it, else by file time.

    A folder that is not there has none.

    Args:
        folder: The folder.
        class_name: The class.
        known: Samples in this folder that were listed before. Those that are still there stay the
            same objects, which also takes a third of the time.
    """
    dated: dict[float, list[tuple[int, str]]] = {}
    for entry in image_files(folder):
        session, place = place_of(entry.name) or (None, 0)
        try:
            time_s = session.started.timestamp() if session else entry.stat().st_mtime
        except OSError:  # deleted by another program since it was listed
            continue
        dated.setdefault(time_s, []).append((place, entry.name))
    # Sorted in parts: one large sort would hold Python's lock, and the window, for some 40 ms.
    names = (
        name
        for time_s in sorted(dated, reverse=True)
        for _place, name in sorted(dated[time_s], reverse=True)
    )
    same = {sample.path.name: sample for sample in known}
    return [same.get(name) or Sample(folder / name, class_name) for name in names]
