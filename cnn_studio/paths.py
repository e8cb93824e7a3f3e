"""Where things are: the workspace of a person, and what comes with the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path, user_documents_path

_PACKAGE = Path(__file__).resolve().parent


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
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        """Where each training has its folder."""
        return self.root / "runs"


def default_workspace() -> Workspace:
    """The workspace when none is named: `CNN Studio` in the person's documents."""
    return Workspace(user_documents_path() / "CNN Studio")


def cache_folder() -> Path:
    """Where what can be made anew is kept."""
    return user_cache_path("cnn-studio", appauthor=False)


def resources() -> Path:
    """The folder of icons, styles and translations, in a checkout or in an installed wheel."""
    return _beside_or_inside("resources")


def built_in_datasets() -> Path:
    """The folder of the dataset cards that come with the program."""
    return _beside_or_inside("datasets")


def _beside_or_inside(name: str) -> Path:
    # A wheel carries the folder inside the package, a checkout beside it.
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
