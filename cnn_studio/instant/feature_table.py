"""The features of a dataset's images, at hand in memory."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_studio.pretrained.efficientnet_lite import FEATURES

Units = NDArray[np.float16]
Stamp = tuple[int, int]

_FIRST_ROWS = 256


@dataclass(frozen=True, eq=False)
class TableView:
    """What a table holds at a moment.

    Attributes:
        names: What each image is called: "Class/file.jpg".
        features: Their features, of length one, (n, 1280), float16.
    """

    names: tuple[str, ...]
    features: Units


@dataclass(frozen=True, eq=False)
class Changes:
    """What has come into a table and what has gone.

    Attributes:
        added: Names of images that have come.
        added_features: Theirs, (added, 1280), float16.
        removed: Names of images that have gone. One that was replaced is in both.
        removed_features: What theirs were, (removed, 1280), float16.
    """

    added: tuple[str, ...]
    added_features: Units
    removed: tuple[str, ...]
    removed_features: Units


class FeatureTable:
    """Features of length one, by the names of the images. Safe to use from several threads.

    50,000 images take 128 MB.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, int] = {}
        self._stamps: dict[str, Stamp] = {}
        self._rows: Units = np.zeros((_FIRST_ROWS, FEATURES), np.float16)
        self._free: list[int] = list(range(_FIRST_ROWS))[::-1]
        self._added: dict[str, None] = {}  # since `take_changes`
        self._removed: dict[str, Units] = {}
        self._view: TableView | None = None

    def __len__(self) -> int:
        return len(self._places)

    def keep(
        self, names: Sequence[str], stamps: Sequence[Stamp], features: NDArray[np.floating]
    ) -> None:
        """Keep features of images, in place of what was known of them.

        Args:
            names: The images.
            stamps: Size and time of each file, as `file_stamp` gives them.
            features: Of length one, (n, 1280).
        """
        with self._lock:
            for name, stamp, row in zip(names, stamps, features, strict=True):
                self._discard(name)
                if not self._free:
                    self._grow()
                place = self._places[name] = self._free.pop()
                self._rows[place] = row
                self._stamps[name] = stamp
                self._added[name] = None
            self._view = None

    def retain(self, names: Collection[str]) -> None:
        """Discard all images but these."""
        with self._lock:
            for name in self._places.keys() - names:
                self._discard(name)

    def unknown(self, stamps: Mapping[str, Stamp]) -> list[str]:
        """Those of these images whose features are not at hand, as the files are now."""
        with self._lock:
            return [name for name, stamp in stamps.items() if self._stamps.get(name) != stamp]

    def view(self) -> TableView:
        """What it holds now; what comes later does not change it."""
        with self._lock:
            if self._view is None:
                places = np.fromiter(self._places.values(), np.int64, len(self._places))
                self._view = TableView(tuple(self._places), self._rows[places])
            return self._view

    def features_of(self, names: Sequence[str]) -> Units:
        """The features of images as they were at the last `take_changes`, (n, 1280), float16.

        Raises:
            KeyError: One was not known then.
        """
        with self._lock:
            rows = [
                self._removed[name] if name in self._removed else self._rows[self._places[name]]
                for name in names
            ]
            return np.stack(rows)

    def take_changes(self) -> Changes:
        """What has come and gone since the last call; for one learner."""
        with self._lock:
            added, removed = self._added, self._removed
            self._added, self._removed = {}, {}
            places = [self._places[name] for name in added]
            gone = np.stack(list(removed.values())) if removed else self._rows[:0]
            return Changes(tuple(added), self._rows[places], tuple(removed), gone.copy())

    def _discard(self, name: str) -> None:
        place = self._places.pop(name, None)
        if place is None:
            return
        if name in self._added:  # nobody has learned of it
            del self._added[name]
        else:
            self._removed[name] = self._rows[place].copy()
        del self._stamps[name]
        self._free.append(place)
        self._view = None

    def _grow(self) -> None:
        before = len(self._rows)
        rows = np.zeros((2 * before, FEATURES), np.float16)
        rows[:before] = self._rows
        self._rows = rows
        self._free += list(range(before, 2 * before))[::-1]
