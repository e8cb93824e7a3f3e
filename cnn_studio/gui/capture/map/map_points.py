"""The images of a map: what each is called, where it stands, and what becomes of them by edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.marks import renamed
from cnn_studio.gui.capture.map.map_geometry import Places

NOWHERE = -1
"""The label of an image that is of no class now: it was deleted, or its class was."""


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Images and their places; an edit of the dataset moves none of them.

    Attributes:
        names: "Class/file.jpg" of each.
        places: (n, 2), float32.
    """

    names: tuple[str, ...] = ()
    places: Places = field(default_factory=lambda: np.zeros((0, 2), np.float32))

    def __len__(self) -> int:
        return len(self.names)

    def moved(self, moves: Mapping[str, str]) -> MapPoints:
        """The same images after files and folders have moved within the dataset."""
        return replace(self, names=tuple(renamed(name, moves) for name in self.names))

    def labels(self, classes: Sequence[str]) -> NDArray[np.int64]:
        """The class of each as its place among these, (n,), int64; `NOWHERE` where it has none."""
        places = {name: place for place, name in enumerate(classes)}
        found = (places.get(_class_of(name), NOWHERE) for name in self.names)
        return np.fromiter(found, np.int64, len(self.names))

    def counts(self, classes: Sequence[str]) -> dict[str, int]:
        """How many of them each class has, in the order of the classes."""
        found = Counter(_class_of(name) for name in self.names)
        return {name: found[name] for name in classes}

    def names_at(self, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
        """What some of them are called."""
        return tuple(self.names[place] for place in np.flatnonzero(chosen).tolist())


def _class_of(name: str) -> str:
    return name.rpartition("/")[0]
