"""Where things are: the workspace of a person, and what comes with the program."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path, user_documents_path

_PACKAGE = Path(__file__).resolve().parent
DATASETS_FOLDER = "datasets"
RENAMING = ".renaming"
"""Where in that folder a note lies while a dataset is being renamed."""

_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


@dataclass(frozen=True)
class Workspace:
    """The folder that holds a person's datasets and runs.

    Attributes:
        root: The folder. It need not exist yet; whoever writes creates it.
    """

    root: Path

    @property
    def datasets(self) -> Path:
        """Where each dataset has its folder."""
        return self.root / DATASETS_FOLDER

    @property
    def runs(self) -> Path:
        """Where each training has its folder."""
        return self.root / "runs"


def default_workspace() -> Workspace:
    """The workspace when none is named: `CNN Studio` in the person's documents."""
    return Workspace(user_documents_path() / "CNN Studio")


def cache_folder() -> Path:
    """Where what can be made again is kept."""
    return user_cache_path("cnn-studio", appauthor=False)


def resources() -> Path:
    """The folder of icons, styles and translations, in a checkout or in an installed wheel."""
    return _beside_or_inside("resources")


def built_in_datasets() -> Path:
    """The folder of the dataset cards that come with the program."""
    return _beside_or_inside("datasets")


def is_path(text: str) -> bool:
    """Whether a place on the disk is meant and no name: "./pets", "pets/" or "..", not "pets".

    What lies in the present folder must not decide what a bare name means.
    """
    is_place = text in (".", "..", "~") or bool(Path(text).drive)
    return is_place or any(separator in text for separator in _SEPARATORS)


def overlap(one: Path, other: Path) -> bool:
    """Whether two folders are the same, or one lies within the other, by whatever names.

    Links are followed, and folders are compared as the system tells them apart, so that upper and
    lower case count where they do there. A folder need not exist yet.
    """
    real = one.resolve(), other.resolve()
    return _is_within(*real) or _is_within(real[1], real[0])


def _is_within(inner: Path, outer: Path) -> bool:
    return any(is_same_place(place, outer) for place in (inner, *inner.parents))


def is_same_place(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file or folder; those of the same text always do."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return one == other


def _beside_or_inside(name: str) -> Path:
    # A wheel carries the folder inside the package, a checkout beside it.
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
