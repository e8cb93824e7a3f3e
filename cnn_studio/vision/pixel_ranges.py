"""Which values of a file become black and white, and which of its bands red, green and blue.

A file of 16 bits may hold 8, 10, 12 or 14; floats go to 1, to 255 or anywhere; a satellite's tile
has more bands than a screen has colours. What the file says counts; else what is in it does, for
all files that are looked at together alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Span = tuple[float, float]

_MOST_COLOURS = 3
_FULL_STEPS = (255, 1023, 4095, 16383, 65535)  # of 8, 10, 12, 14 and 16 bits
_OVERSHOOT = 1.1  # sharpening makes a few floats a little whiter than white
_NEARLY_ALL = 99.9
_CORE = (0.5, 99.5)  # per cent: what lies outside does not count as used
_LITTLE = 1 / 8
STRETCH = (2.0, 98.0)
"""Between these per cent of its values a band of a tile is stretched."""


@dataclass(frozen=True)
class PixelReading:
    """How values become 8 bits: the same for every file of an import.

    Attributes:
        bands: The bands that are shown, from 0: three as red, green and blue, or one as grey.
        spans: For each of them, what becomes black and what becomes white.
    """

    bands: tuple[int, ...]
    spans: tuple[Span, ...]


def readings_from(values: Any) -> dict[str, PixelReading]:
    """What `values_of` wrote; empty for anything else."""
    readings = {}
    for name, value in values.items() if isinstance(values, dict) else ():
        try:
            spans = tuple((float(low), float(high)) for low, high in value["spans"])
            bands = tuple(int(band) for band in value["bands"])
        except (TypeError, ValueError, KeyError):
            continue
        is_sane = all(math.isfinite(low) and low < high < math.inf for low, high in spans)
        if len(bands) in (1, 3) and len(bands) == len(spans) and min(bands) >= 0 and is_sane:
            readings[str(name)] = PixelReading(bands, spans)
    return readings


def values_of(readings: Mapping[str, PixelReading]) -> dict[str, Any]:
    """Readings by their family, as JSON and TOML can hold them."""
    return {
        name: {"bands": list(reading.bands), "spans": [list(span) for span in reading.spans]}
        for name, reading in readings.items()
    }


@dataclass(frozen=True)
class PixelFacts:
    """What is known of the values of one file, or of many that are read alike.

    Attributes:
        kind: Of what type they are, as NumPy calls it: "uint16".
        bands: How many values a pixel has, without alpha.
        least: The smallest one of each band, and `most` the largest; NaN where there is none.
        values: Some of them, (values, bands), float32, evenly from all files.
        said: The range that the file tells; None if it tells none.
        is_said_for_all: Whether that is a property of the kind of file, and not of what is in it.
        shown: The bands that the description names as red, green and blue, or the first ones.
        is_described: Whether a description names them.
        files: How many files these are.
    """

    kind: str
    bands: int
    least: tuple[float, ...]
    most: tuple[float, ...]
    values: NDArray[np.float32]
    said: Span | None = None
    is_said_for_all: bool = False
    shown: tuple[int, ...] = (0,)
    is_described: bool = False
    files: int = 1

    @property
    def family(self) -> str:
        """What all files have in common that are read alike."""
        said = f"/{self.said[0]:g}..{self.said[1]:g}" if self.said and self.is_said_for_all else ""
        return f"{self.kind}x{self.bands}{said}"

    @property
    def is_tile(self) -> bool:
        """Whether it has more bands than a picture has colours, so that some are chosen."""
        return self.bands > _MOST_COLOURS

    @property
    def content(self) -> Span:
        """The smallest and the largest value in all shown bands; 0 and 1 where there is none."""
        least = [self.least[band] for band in self.shown if math.isfinite(self.least[band])]
        most = [self.most[band] for band in self.shown if math.isfinite(self.most[band])]
        return (min(least), max(most)) if least and most else (0.0, 1.0)

    def used(self, span: Span) -> float:
        """How much of a range nearly all values fill, from 0 to 1."""
        shown = self.values[:, list(self.shown)]
        shown = shown[np.isfinite(shown)]
        if not len(shown) or span[1] <= span[0]:
            return 1.0
        low, high = np.percentile(shown, _CORE).clip(*span)
        return float(high - low) / (span[1] - span[0])


@dataclass(frozen=True)
class PixelChoice:
    """What a person decides for all files of an import; None leaves it to what is in them.

    Attributes:
        span: What becomes black and what becomes white.
        bands: The bands to show, from 0: one or three.
    """

    span: Span | None = None
    bands: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Decision:
    """A reading, and how sure it is.

    Attributes:
        reading: How the files are read.
        likely: The range that such files likely have; the reading's own where nothing is in doubt.
        used: How much of that range is used, from 0 to 1.
        is_doubtful: Whether so little is used that a person should decide.
    """

    reading: PixelReading
    likely: Span
    used: float
    is_doubtful: bool = False


def together(facts: Iterable[PixelFacts]) -> PixelFacts:
    """What is known of files of one family, one after the other."""
    every = list(facts)
    first = every[0]
    if len(every) == 1:
        return first
    said = [one.said for one in every if one.said is not None]
    shown = next((one for one in every if one.is_described), first)
    return replace(
        shown,
        least=tuple(np.fmin.reduce([one.least for one in every]).tolist()),
        most=tuple(np.fmax.reduce([one.most for one in every]).tolist()),
        values=np.concatenate([one.values for one in every]),
        said=(min(one[0] for one in said), max(one[1] for one in said))
        if len(said) == len(every)
        else None,
        files=sum(one.files for one in every),
    )


def decide(facts: PixelFacts, choice: PixelChoice = PixelChoice()) -> Decision:
    """Find how files of one family are to be read.

    Args:
        facts: Of all of them.
        choice: What a person decided; bands that they have not are passed over.

    Returns:
        The reading. Where it is doubtful, it takes what is in the files from end to end.
    """
    bands = choice.bands if choice.bands and max(choice.bands) < facts.bands else facts.shown
    facts = replace(facts, shown=bands)
    if choice.span is not None:
        return _alike(facts, choice.span)
    if facts.is_tile:
        spans = tuple(_stretched(facts.values[:, band]) for band in bands)
        whole = (min(low for low, _high in spans), max(high for _low, high in spans))
        return Decision(PixelReading(bands, spans), whole, 1.0)
    span, is_said = _likely(facts)
    used = facts.used(span)
    low, high = facts.content
    if used >= _LITTLE or is_said or low == high:
        return _alike(facts, span)
    likely = replace(_alike(facts, span), is_doubtful=True)
    return replace(likely, reading=PixelReading(bands, ((low, high),) * len(bands)))


def _alike(facts: PixelFacts, span: Span) -> Decision:
    reading = PixelReading(facts.shown, (span,) * len(facts.shown))
    return Decision(reading, span, facts.used(span))


def _likely(facts: PixelFacts) -> tuple[Span, bool]:
    """The range that such values have, and whether the file says so."""
    low, high = facts.content
    if facts.said is not None and (
        facts.is_said_for_all or (facts.said[0] <= low and high <= facts.said[1])
    ):
        return facts.said, True
    if facts.kind in ("uint8", "bool"):
        return (0.0, 255.0 if facts.kind == "uint8" else 1.0), True
    if facts.kind == "int8":
        return (-128.0, 127.0), True
    if facts.kind.startswith("float"):
        return _of_floats(facts, low, high), False
    if low < 0:
        return (low, high), False
    return (0.0, float(next((full for full in _FULL_STEPS if high <= full), high))), False


def _of_floats(facts: PixelFacts, low: float, high: float) -> Span:
    shown = facts.values[:, list(facts.shown)]
    shown = shown[np.isfinite(shown)]
    nearly_all = float(np.percentile(np.abs(shown), _NEARLY_ALL)) if len(shown) else 0.0
    full = next(
        (top for top in (1, *_FULL_STEPS) if nearly_all <= top and high <= top * _OVERSHOOT), None
    )
    below_zero = float(np.mean(shown < 0)) if len(shown) else 0.0
    is_from_zero = below_zero <= 1 - _NEARLY_ALL / 100
    if full is not None and is_from_zero and low >= full * (1 - _OVERSHOOT):
        return 0.0, float(full)
    if -_OVERSHOOT <= low < 0 and high <= _OVERSHOOT:
        return -1.0, 1.0
    return low, high


def _stretched(values: NDArray[np.float32]) -> Span:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    for end in (finite.min(), finite.max()):  # what fills the edge of a tile is no value of it
        inside = finite[finite != end]
        if len(inside) and 1 - len(inside) / len(finite) > STRETCH[0] / 100:
            finite = inside
    low, high = (float(value) for value in np.percentile(finite, STRETCH))
    return (low, high) if high > low else (low, low + 1.0)


def bands_from_names(names: Sequence[str]) -> tuple[int, ...] | None:
    """The bands that are red, green and blue by their names; None if none are.

    Args:
        names: Of each band, as in "red", "B04" or "Band 4 (Red)".
    """
    said = [name.casefold().strip() for name in names]
    for wanted in (("red", "green", "blue"), ("b04", "b03", "b02"), ("b4", "b3", "b2")):
        places = [
            next((n for n, name in enumerate(said) if word in _words(name)), None)
            for word in wanted
        ]
        if None not in places:
            return tuple(place for place in places if place is not None)
    return None


def _words(name: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in name).split()
