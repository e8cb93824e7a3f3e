"""A look over the files of an import that are not plain: how their pixels are read, all alike.

What is stored is of 8 bits. Which values become black and white, and which bands are shown, is
found once from all files, can be decided otherwise, and does not change while they come in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cnn_studio.data.incoming import Incoming
from cnn_studio.errors import DatasetError, ImageError, UsageError
from cnn_studio.vision.images import look_into
from cnn_studio.vision.pixel_ranges import (
    STRETCH,
    Decision,
    PixelChoice,
    PixelFacts,
    PixelReading,
    Span,
    decide,
    together,
    values_of,
)
from cnn_studio.vision.stored_pixels import may_be_deep

_READERS = 2
_AT_A_TIME = 64
_HEAD_BYTES = 1024  # so many tell whether a file is plain
_MOST_VALUES = 2_000_000  # pixels of all files that are looked at for what is usual
_HALF = 0.5
_EIGHT_BITS = frozenset({"uint8", "bool"})  # black and white are plain
_LONG = 1e15


@dataclass(frozen=True)
class PixelSurvey:
    """How the files of an import are read that have more than 8 bits or three bands.

    Attributes:
        families: What is known of the files that are read alike, by their family.
        choice: What a person decided.
        frozen: How such files were read before, by an import that goes on now, or by the one that
            brought the dataset's images.
    """

    families: Mapping[str, PixelFacts] = field(default_factory=dict)
    choice: PixelChoice = PixelChoice()  # noqa: RUF009 - it is frozen
    frozen: Mapping[str, PixelReading] = field(default_factory=dict)

    @property
    def readings(self) -> dict[str, PixelReading]:
        """How the files of each family are read."""
        found = {name: decision.reading for name, decision in self._decisions.items()}
        return {**found, **self.frozen}

    @property
    def sentences(self) -> list[str]:
        """What is done with the files of each family."""
        return [self._sentence(name, decision) for name, decision in self._decisions.items()]

    @property
    def warnings(self) -> list[str]:
        """Of the files that use little of their range what is done with them."""
        return [
            self._sentence(name, decision)
            for name, decision in self._decisions.items()
            if decision.used < _HALF
        ]

    @property
    def doubts(self) -> list[str]:
        """Where so little of the likely range is used that a person has to decide."""
        return [
            _doubt(self.families[name], decision)
            for name, decision in self._decisions.items()
            if decision.is_doubtful
        ]

    @property
    def has_tiles(self) -> bool:
        """Whether files have so many bands that some are chosen."""
        return any(facts.is_tile for facts in self.families.values())

    @property
    def asks(self) -> bool:
        """Whether a person should look at it before the files come in."""
        return self.has_tiles or bool(self.doubts)

    @property
    def spans(self) -> list[Span]:
        """The ranges that may be chosen: the likely ones, and from end to end of what is in it."""
        found: list[Span] = []
        for facts in self.families.values():
            if facts.is_tile:
                continue
            for span in (decide(facts).likely, facts.content):
                if span not in found and span[1] > span[0]:
                    found.append(span)
        return found

    def chosen(self, choice: PixelChoice) -> PixelSurvey:
        """The same files, read as a person decided.

        Raises:
            UsageError: None of them has such bands, or all files are plain.
        """
        if choice != PixelChoice() and not self.families:
            raise UsageError(
                "No image has more than 8 bits or more than three bands, so there is no range and "
                "no band to choose."
            )
        most = max((facts.bands for facts in self.families.values()), default=0)
        if choice.bands and max(choice.bands) >= most:
            raise UsageError(
                f"The bands must be from 1 to {most}, as many as the images have, "
                f"not {','.join(str(band + 1) for band in choice.bands)}."
            )
        return replace(self, choice=choice, frozen={} if choice != PixelChoice() else self.frozen)

    def to_values(self) -> dict[str, Any]:
        """What is decided, as JSON can hold it."""
        return values_of(self.readings)

    @property
    def _decisions(self) -> dict[str, Decision]:
        return {name: self._decision(name, facts) for name, facts in self.families.items()}

    def _sentence(self, name: str, decision: Decision) -> str:
        facts = self.families[name]
        if name not in self.frozen:
            return _sentence(facts, decision, self.choice)
        images = "1 image is" if facts.files == 1 else f"{facts.files:,} images are"
        spans = ", ".join(map(span_text, dict.fromkeys(decision.reading.spans)))
        shown = f"{_shown(facts, decision.reading)}, " if facts.is_tile else ""
        use = f"; only {_percent(decision.used)} of that is used" if decision.used < _HALF else ""
        return f"{images} read as those before: {shown}{spans} from black to white{use}."

    def _decision(self, name: str, facts: PixelFacts) -> Decision:
        reading = self.frozen.get(name)
        if reading is None:
            return decide(facts, self.choice)
        span = reading.spans[0]
        return Decision(reading, span, facts.used(span))


def survey_pixels(
    entries: Sequence[Incoming],
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    known: Mapping[str, PixelReading] | None = None,
) -> PixelSurvey:
    """Look over the files of an import.

    Of a plain file only the beginning is read; of the others all is. One that cannot be read is
    passed over: the import says why.

    Args:
        entries: The files.
        cancelled: Called often; once it returns True, what was found by then is returned.
        progress: Called with how many files are done, and of how many.
        known: How the dataset's images were read; others of their kind are read alike.
    """
    entries = list({id(each): each for each in (each.photo or each for each in entries)}.values())
    most_values = max(64, _MOST_VALUES // max(len(entries), 1))
    found: dict[str, list[PixelFacts]] = {}
    with ThreadPoolExecutor(_READERS, thread_name_prefix="survey") as readers:
        for done, few in _parts(entries):
            if cancelled():
                break
            for facts in readers.map(_facts_of, filter(_may_be_deep, few)):
                if facts is not None and (facts.is_tile or facts.kind not in _EIGHT_BITS):
                    thinned = facts.values[:: max(1, len(facts.values) // most_values)]
                    found.setdefault(facts.family, []).append(replace(facts, values=thinned))
            progress(done + len(few), len(entries))
    families = {name: together(found[name]) for name in sorted(found)}
    frozen = {name: reading for name, reading in (known or {}).items() if name in families}
    return PixelSurvey(families, frozen=frozen)


def _parts(entries: Sequence[Incoming]) -> Iterator[tuple[int, Sequence[Incoming]]]:
    for done in range(0, len(entries), _AT_A_TIME):
        yield done, entries[done : done + _AT_A_TIME]


def _may_be_deep(entry: Incoming) -> bool:
    try:
        return entry.look is not None and may_be_deep(entry.look(_HEAD_BYTES))
    except DatasetError:
        return False


def _facts_of(entry: Incoming) -> PixelFacts | None:
    try:
        return look_into(entry.read(), entry.path.name)
    except (ImageError, DatasetError):
        return None


def _sentence(facts: PixelFacts, decision: Decision, choice: PixelChoice) -> str:
    images = "1 image" if facts.files == 1 else f"{facts.files:,} images"
    have = "has" if facts.files == 1 else "have"
    reading = decision.reading
    if facts.is_tile:
        low, high = STRETCH
        how = f"stretched for all alike from the {low:.0f}nd to the {high:.0f}th percentile"
        if choice.span is not None:
            how = f"{span_text(choice.span)} from black to white"
        else:
            how += f" ({', '.join(map(span_text, reading.spans))})"
        return f"{images} {have} {facts.bands} bands: {_shown(facts, reading)}, {how}."
    span = reading.spans[0]
    text = f"{images} of {_kind(facts)}, with values of {span_text(facts.content)}: "
    text += f"{span_text(span)} is black to white"
    if choice.span is None and facts.said is not None and span == facts.said:
        text += ", as the file says" if facts.files == 1 else ", as the files say"
    elif facts.files > 1:
        text += ", for all alike"
    if choice.bands and facts.bands > 1:
        text += f"; {_shown(facts, reading)}"
    if facts.content[0] < facts.content[1] and decision.used < _HALF and not decision.is_doubtful:
        text += f"; only {_percent(decision.used)} of that is used"
    return f"{text}."


def _shown(facts: PixelFacts, reading: PixelReading) -> str:
    named = [str(band + 1) for band in reading.bands]
    if len(named) == 1:
        return f"{named[0]} is shown as grey"
    which = f"{named[0]}, {named[1]} and {named[2]} are shown as red, green and blue"
    described = facts.is_described and reading.bands == facts.shown
    return (
        f"{which}, as {'it is' if facts.files == 1 else 'they are'} named" if described else which
    )


def _doubt(facts: PixelFacts, decision: Decision) -> str:
    images = "1 image" if facts.files == 1 else f"{facts.files:,} images"
    use, values = "uses" if facts.files == 1 else "use", span_text(facts.content)
    return (
        f"{images} of {_kind(facts)} {use} only {_percent(decision.used)} of "
        f"{span_text(decision.likely)}, and would be nearly even: the values are {values}"
    )


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else f"{share:.1%}".replace("%", " %")


def _kind(facts: PixelFacts) -> str:
    if facts.kind.startswith("float"):
        return f"floating-point numbers of {facts.kind[5:]} bits"
    if facts.kind.startswith("int"):
        return f"signed numbers of {facts.kind[3:]} bits"
    return f"{facts.kind.removeprefix('uint')} bits"


def span_text(span: Span) -> str:
    """A range as a person reads and types it, as in "0..4095"."""
    return "..".join(
        f"{end:.0f}" if float(end).is_integer() and abs(end) < _LONG else f"{end:.4g}"
        for end in span
    )


def parsed_span(text: str) -> Span:
    """The range that a person typed, as in "0..4095".

    Raises:
        UsageError: It is none.
    """
    low, separator, high = text.replace(" ", "").partition("..")
    try:
        span = (float(low), float(high))
    except ValueError:
        span = (0.0, 0.0)
    if not separator or not np.isfinite(span).all() or span[0] >= span[1]:
        raise UsageError(f"A range must be as in 0..4095, from black to white, not {text}.")
    return span


def parsed_bands(text: str) -> tuple[int, ...]:
    """The bands that a person typed, as in "4,3,2", counted from 0.

    Raises:
        UsageError: They are none.
    """
    parts = text.replace(" ", "").split(",")
    if len(parts) not in (1, 3) or not all(part.isascii() and part.isdigit() for part in parts):
        raise UsageError(
            f"The bands must be three numbers as in 4,3,2, or one for grey, not {text}."
        )
    bands = tuple(int(part) - 1 for part in parts)
    if min(bands) < 0:
        raise UsageError(f"The bands are counted from 1, so that {text} has one too few.")
    return bands


def choice_of(span: str = "", bands: str = "") -> PixelChoice:
    """What a person typed of the range and the bands, each empty where it is left open.

    Raises:
        UsageError: It is no range, or no bands.
    """
    return PixelChoice(
        parsed_span(span) if span.strip() else None, parsed_bands(bands) if bands.strip() else None
    )


def surveyed(entries: Iterable[tuple[str, Incoming]], **about: Any) -> PixelSurvey:
    """`survey_pixels` of the files of a plan, which come with their classes."""
    return survey_pixels([entry for _name, entry in entries], **about)
