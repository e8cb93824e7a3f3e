"""The model files that a person has opened, remembered for as long as they exist."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings

from cnn_studio.models.runs import Run

MOST = 12
_OPENED = "prediction/opened"


@dataclass(frozen=True)
class OpenedFile:
    """A model file.

    Attributes:
        path: Where it is.
        run: What it was opened as in this session; None if it was opened in an earlier one.
    """

    path: Path
    run: Run | None


class OpenedFiles:
    """The list of them, newest first, kept in the settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._runs: dict[Path, Run] = {}

    @property
    def files(self) -> tuple[OpenedFile, ...]:
        """Those that are still there."""
        # Path.exists raises where a text is too long for any name.
        there = [path for path in self._paths() if os.path.exists(path)]  # noqa: PTH110
        return tuple(OpenedFile(path, self._runs.get(path)) for path in there)

    @property
    def runs(self) -> tuple[Run, ...]:
        """What those of this session were opened as."""
        return tuple(file.run for file in self.files if file.run is not None)

    def remember(self, path: Path, run: Run) -> None:
        """Put a file first; the oldest is forgotten."""
        self._runs[path] = run
        self._keep([path, *(other for other in self._paths() if other != path)])

    def forget(self, path: Path) -> None:
        """Leave a file out that cannot be opened any more."""
        self._runs.pop(path, None)
        self._keep([other for other in self._paths() if other != path])

    def _paths(self) -> list[Path]:
        kept = self._settings.value(_OPENED, [])
        # A list of one comes back from a file as its one text.
        return [Path(str(p)) for p in (kept if isinstance(kept, list) else [kept]) if p]

    def _keep(self, paths: list[Path]) -> None:
        self._settings.setValue(_OPENED, [str(path) for path in paths[:MOST]])
