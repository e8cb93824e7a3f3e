"""Photos without classes: what each shows, which are sure, and how many of those are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import UsageError
from cnn_studio.instant.label_order import label_order, unknowns
from cnn_studio.vision.images import ImageArray, read_image

PROMISED_ERROR = 0.02
"""The share of wrong ones among those taken that is usual."""

# How many times as many wrong ones are expected as the probabilities say, and how much of a photo
# more, shared by all labelled images. Probabilities are calibrated on a few labelled images, which
# are more alike than what comes. Measured with 10 labelled a class (tests/benchmarks/sorting.py):
# without it, of the satellite photos taken at a promise of 2 % 2.1 % are wrong, and at 0.5 % 1.0 %;
# with it 1.4 % and 0.4 %. Of the objects 0.2 % are at 2 %: it costs them 4 % of those taken.
CAUTION = 2.0
_OF_ALL_LABELLED = 0.1


@dataclass(frozen=True)
class Taking:
    """What comes of one promise.

    Attributes:
        promised_error: The share of wrong ones that is allowed at most, 0..1.
        count: How many photos are taken.
        wrong: How many of them are expected to be wrong, at most `promised_error` of them.
    """

    promised_error: float
    count: int
    wrong: float


@dataclass(frozen=True, eq=False)
class Sorting:
    """Photos, each with the class that is proposed for it.

    Attributes:
        classes: The classes.
        photos: The files, (n,).
        features: What the network sees in each, of length one, (n, size), float32.
        probabilities: How probable each class is, calibrated, (n, classes), float32.
        scores: The share of known images that are less familiar, (n,), float32; None where that is
            not measured.
        learned_from: How many images the probabilities were learned from.
        held: Files that bring nothing new, since what they hold is there, each with a sentence.
        unreadable: Files that cannot be read, each with a sentence that says why.
        read: Gives the pixels of a photo (height, width, 3), uint8, RGB; some lie in archives,
            which stay open as long as this is there.
        names_said: A sentence for each archive whose names were read by a guess.
    """

    classes: tuple[str, ...]
    photos: tuple[Path, ...]
    features: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    scores: NDArray[np.float32] | None = None
    learned_from: int = 1
    held: tuple[tuple[Path, str], ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()
    read: Callable[[Path], ImageArray] = read_image
    names_said: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.photos)

    @cached_property
    def proposed(self) -> NDArray[np.int64]:
        """The most probable class of each photo, (n,), int64: places in `classes`."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @cached_property
    def certainty(self) -> NDArray[np.float32]:
        """The probability of that class, (n,), float32."""
        return np.asarray(self.probabilities.max(axis=1, initial=0), np.float32)

    @cached_property
    def unknown(self) -> NDArray[np.bool_]:
        """Which photos likely show none of the classes, (n,)."""
        if self.scores is None:
            return np.zeros(len(self), np.bool_)
        return unknowns(self.scores)

    def class_of(self, place: int) -> str:
        """The class that is proposed for a photo."""
        return self.classes[int(self.proposed[place])]

    def ranked(self, place: int) -> list[tuple[str, float]]:
        """(class, probability) of a photo, the most probable first."""
        shares = self.probabilities[place]
        order = np.argsort(-shares, kind="stable").tolist()
        return [(self.classes[number], float(shares[number])) for number in order]

    def sure(self, promised_error: float = PROMISED_ERROR) -> NDArray[np.int64]:
        """The photos that can be taken as sure: as many as keep the promise.

        The most probable come first, as long as the expected share of wrong ones among them stays
        at or below what is promised. Photos of no known class are never among them.

        Args:
            promised_error: See `Taking`.

        Returns:
            Places in `photos`, (count,), int64, the most probable first.

        Raises:
            UsageError: The promise is no share from 0 to 1.
        """
        return self._known_first[: self.taking(promised_error).count]

    def taking(self, promised_error: float = PROMISED_ERROR) -> Taking:
        """How many photos `sure` gives, and how many of those will be wrong.

        Raises:
            UsageError: The promise is no share from 0 to 1.
        """
        if not 0 <= promised_error <= 1:
            raise UsageError(f"The share of wrong ones must be 0 to 1, not {promised_error}.")
        wrong = self._expected_wrong
        shares = wrong / np.arange(1, len(wrong) + 1)  # they ascend
        count = int(np.searchsorted(shares, promised_error, side="right"))
        return Taking(promised_error, count, float(wrong[count - 1]) if count else 0.0)

    def curve(self, promised_errors: Iterable[float]) -> list[Taking]:
        """What comes of each of several promises."""
        return [self.taking(promised) for promised in promised_errors]

    @cached_property
    def useful_first(self) -> NDArray[np.int64]:
        """All photos, those first whose label teaches most, (n,), int64; see `label_order`.

        Of 50,000 photos it takes half a second, once.
        """
        return label_order(self.features, self.probabilities, self.scores)

    def rest(self, taken: NDArray[np.int64]) -> NDArray[np.int64]:
        """The photos that are not taken, those first whose label teaches most.

        Args:
            taken: Places in `photos`, (count,), int64.

        Returns:
            Places in `photos`, (n - count,), int64.
        """
        return self.useful_first[~np.isin(self.useful_first, taken)]

    @cached_property
    def _known_first(self) -> NDArray[np.int64]:
        """The photos of known classes, the most probable first."""
        order = np.argsort(-self.certainty, kind="stable")
        return np.asarray(order[~self.unknown[order]], np.int64)

    @cached_property
    def _expected_wrong(self) -> NDArray[np.float64]:
        """How many of the first so many of them are expected to be wrong, (known,), float64."""
        doubts = 1 - self.certainty[self._known_first].astype(np.float64)
        cautious = CAUTION * doubts + _OF_ALL_LABELLED / max(self.learned_from, 1)
        return np.cumsum(np.minimum(cautious, 1))


def by_class(sorting: Sorting, places: Sequence[int]) -> dict[str, list[int]]:
    """Photos by the class that is proposed, the least sure first; a class without any has no entry.

    Args:
        sorting: The photos.
        places: Which of them.
    """
    some = np.asarray(places, np.int64)
    some = some[np.argsort(sorting.certainty[some], kind="stable")]
    proposed = sorting.proposed[some]
    groups = {
        name: some[proposed == number].tolist() for number, name in enumerate(sorting.classes)
    }
    return {name: group for name, group in groups.items() if group}
