"""What every way to know the classes of other people's images has in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

from cnn_studio.data.class_names import in_order
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.marks import Mark

Found = tuple[Path, Incoming]
"""A file, with the folder or zip that was chosen and holds it."""


class GivenPart(StrEnum):
    """The part of a split that whoever made a collection put an image into."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"

    @property
    def mark(self) -> Mark | None:
        """How the image is marked in a dataset; None for one to learn from, as all others are."""
        return {GivenPart.VALIDATION: Mark.VALIDATION, GivenPart.TEST: Mark.TEST}.get(self)


@dataclass(frozen=True)
class GivenLabel:
    """What is known of one image.

    Attributes:
        class_name: Its class, as it is written there; empty where there is none.
        part: The part of a split that it was given to; None if to none.
        problem: Why it has no class, without a full stop; empty where a person left it out.
    """

    class_name: str
    part: GivenPart | None = None
    problem: str = ""


class LabelSource(Protocol):
    """One way to read the classes of some files."""

    @property
    def key(self) -> str:
        """What it is called in a note, so that an import that was broken off finds it again."""
        ...

    @property
    def options(self) -> str:
        """The command line's options that choose it; empty for the usual way."""
        ...

    @property
    def summary(self) -> str:
        """The classes that come of it, and of how many images, for a person to choose by."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """Sentences on what it rests on, and what it leaves out."""
        ...

    @property
    def read_from(self) -> frozenset[Path]:
        """The files that it is read from, which are no images."""
        ...

    @property
    def classes(self) -> frozenset[str]:
        """The classes, as they are written there."""
        ...

    @property
    def is_by_file(self) -> bool:
        """Whether images of one folder may have several classes."""
        ...

    def labelled(self) -> Iterable[tuple[Path, Incoming, GivenLabel]]:
        """Every image with its label, in order; parts of photos are images of their own."""
        ...


@dataclass(frozen=True, eq=False)
class OneClass:
    """Every image is of the class that a person has named."""

    found: Sequence[Found]
    class_name: str

    key = "class"
    options = "--class"
    notes = ()
    read_from: ClassVar[frozenset[Path]] = frozenset()
    is_by_file = False

    @property
    def classes(self) -> frozenset[str]:
        return frozenset({self.class_name})

    @property
    def summary(self) -> str:
        return f"{self.class_name} ({counted(len(self.found), 'image')})"

    def labelled(self) -> Iterator[tuple[Path, Incoming, GivenLabel]]:
        label = GivenLabel(self.class_name)
        for root, entry in self.found:
            yield root, entry, label


def given_parts(
    sizes: Iterable[tuple[GivenPart | None, str, int]],
) -> dict[GivenPart, Counter[str]]:
    """How many images of each class every part of a given split has.

    Args:
        sizes: Parts and classes, each with a number of images.

    Returns:
        The parts, in the order of `GivenPart`; none where all is there to be learned from.
    """
    by_part: dict[GivenPart, Counter[str]] = {part: Counter() for part in GivenPart}
    for part, class_name, count in sizes:
        by_part[part or GivenPart.TRAIN][class_name] += count
    found = {part: counts for part, counts in by_part.items() if counts}
    return {} if set(found) <= {GivenPart.TRAIN} else found


def in_words(parts: Mapping[GivenPart, Counter[str]]) -> list[str]:
    """What becomes of a given split, in sentences; none where there is none."""
    if not parts:
        return []
    sizes = ", ".join(f"{part} {counts.total():,}" for part, counts in parts.items())
    kept = f"The given split is kept: {sizes}. Images for the test are never learned from."
    return [kept, *missing_in_words(parts)]


def missing_in_words(parts: Mapping[GivenPart, Counter[str]]) -> list[str]:
    """Which classes a part of a given split lacks, a sentence for each part."""
    notes = []
    every = set().union(*parts.values())
    for part, counts in parts.items():
        missing = in_order(every - set(counts))
        if missing:
            notes.append(f"Its part {part} has no image of {listed(missing)}.")
    return notes


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its word, as in "1 image" and "1,200 images"."""
    return f"1 {one}" if count == 1 else f"{count:,} {many or one + 's'}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Some names in a row, and how many more there are."""
    shown = ", ".join(names[:most])
    rest = len(names) - most
    return f"{shown} and {rest:,} more" if rest > 0 else shown
