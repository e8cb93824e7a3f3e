"""Labels that are likely wrong, as they were found last, kept beside the images.

They stand in `.studio/doubts.json`; those of a dataset that is only read, in the cache. A doubt is
of one image's content under one label: it is gone when the image is moved to another class, changed
or deleted, and back when that is undone. What a person has reviewed since is no longer doubted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import STUDIO_FOLDER, Mark
from cnn_studio.errors import ImageError
from cnn_studio.vision.images import read_file
from cnn_studio.whole_files import write_atomically

DOUBTS_NAME = "doubts.json"
_SCORE_DIGITS = 6


@dataclass(frozen=True)
class Doubt:
    """A label that is likely wrong.

    Attributes:
        name: The image's path within the dataset, as in "shoe/photo.jpg".
        content: The SHA-256 of its bytes.
        suggested: The class that is more likely right.
        score: How probable its label is, 0 to 1; the lower, the worse.
    """

    name: str
    content: str
    suggested: str
    score: float

    @property
    def label(self) -> str:
        """The class that the image stands in."""
        return self.name.partition("/")[0]

    @property
    def rank(self) -> tuple[float, str]:
        """What doubts are sorted by wherever they are listed; the most doubted comes first."""
        return round(self.score, _SCORE_DIGITS), self.name


@dataclass(frozen=True)
class LabelDoubts:
    """What a search found.

    Attributes:
        key: Made of all images, their labels, and how they were looked at: the same key, the same
            answer.
        images: How many images were looked at.
        doubts: The worst first.
    """

    key: str
    images: int
    doubts: tuple[Doubt, ...]


def search_key(names: Iterable[str], contents: Iterable[str], how: Sequence[object]) -> str:
    """The key of a search; see `LabelDoubts`."""
    told = json.dumps([list(names), list(contents), list(how)])
    return hashlib.sha256(told.encode()).hexdigest()


def write_doubts(notes_folder: Path, found: LabelDoubts) -> None:
    """Keep what was found in a dataset's folder for notes.

    Raises:
        OSError: The folder cannot be written to.
    """
    values = {
        "key": found.key,
        "images": found.images,
        "doubts": [
            [d.name, d.content, d.suggested, round(d.score, _SCORE_DIGITS)] for d in found.doubts
        ],
    }
    path = notes_folder / STUDIO_FOLDER / DOUBTS_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(values, ensure_ascii=False).encode("utf-8"))


def read_doubts(notes_folder: Path) -> LabelDoubts | None:
    """What was found last, as it was then; None if nothing was, or it cannot be read."""
    try:
        text = (notes_folder / STUDIO_FOLDER / DOUBTS_NAME).read_text(encoding="utf-8")
        values: Any = json.loads(text)
        doubts = tuple(
            Doubt(str(name), str(content), str(suggested), float(score))
            for name, content, suggested, score in values["doubts"]
        )
        return LabelDoubts(str(values["key"]), int(values["images"]), doubts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def standing_doubts(folders: ClassFolders, found: LabelDoubts | None = None) -> list[Doubt]:
    """The doubts that still hold, the worst first: of images that are as they were.

    Reads each of the doubted images, so it is for work beside the window.

    Args:
        folders: The dataset.
        found: What a search found; by default what is kept of the last one.
    """
    found = found or read_doubts(folders.dataset.notes_folder)
    if found is None:
        return []
    card, marks = folders.dataset.card, folders.marks
    settled = marks.names(Mark.REVIEWED) | marks.names(Mark.EXCLUDED)
    classes = set(folders.classes()) - set(card.disabled)
    standing = (
        doubt
        for doubt in found.doubts
        if doubt.name not in settled
        and {doubt.label, doubt.suggested} <= classes
        and content_of(folders.dataset.folder / doubt.name) == doubt.content
    )
    return sorted(standing, key=lambda doubt: doubt.rank)


def content_of(path: Path) -> str:
    """The SHA-256 of a file; empty if it is gone or cannot be read."""
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except ImageError:
        return ""
