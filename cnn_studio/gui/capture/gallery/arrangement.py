"""Which samples the gallery shows, and in which order. Plain values and functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.label_doubts import Doubt
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session
from cnn_studio.gui.capture.gallery.most_useful import Usefulness
from cnn_studio.vision.quality import Flaw


class Show(StrEnum):
    """Which samples are shown."""

    ALL = "all"
    FLAWED = "flawed"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    UNREADABLE = "unreadable"
    COPIES = "copies"
    UNREVIEWED = "unreviewed"
    EXCLUDED = "excluded"
    VALIDATION = "validation"
    TESTED = "test"
    DISAGREES = "disagrees"
    DOUBTED = "doubted"


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LEAST_SHARP = "least-sharp"
    LEAST_PROBABLE = "least-probable"
    MOST_USEFUL = "most-useful"
    GIVEN = "given"


_OF_FACTS = (Show.FLAWED, Show.BLURRED, Show.DARK, Show.BRIGHT, Show.UNREADABLE)


@dataclass(frozen=True)
class Arrangement:
    """What a person wants to see.

    Attributes:
        session: Only samples of this session; empty for all.
        show: Only samples of this kind.
        predicted: Only samples that the model takes for this class; empty for all.
        order: What comes first.
        name: Only files in whose name this stands, in capitals or not; empty for all.
        among: Only these samples, as the marks call them, in their given order; None for all.
    """

    session: str = ""
    show: Show = Show.ALL
    predicted: str = ""
    order: Order = Order.NEWEST
    name: str = ""
    among: tuple[str, ...] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether every sample is shown, newest first."""
        return self == Arrangement()

    @property
    def needs_facts(self) -> bool:
        """Whether images must be looked into for it."""
        return self.show in _OF_FACTS or self.order is Order.LEAST_SHARP

    @property
    def needs_checkup(self) -> bool:
        """Whether all images must be compared with each other for it."""
        return self.show is Show.COPIES


@dataclass(frozen=True)
class Guess:
    """What a model takes a sample for.

    Attributes:
        class_name: The most probable class.
        probability: Its probability, 0 to 1.
        of_label: The probability of the class that the sample is in, 0 to 1.
    """

    class_name: str
    probability: float
    of_label: float


@dataclass(frozen=True)
class Insights:
    """What is known of the samples beyond their names.

    Attributes:
        facts: What looking into them gave.
        guesses: What the chosen model takes them for.
        reviewed: Those that a person has looked at.
        excluded: Those that are left out of trainings.
        validation: Those that came as the validation part of a split.
        tested: Those that are kept for the test.
        copies: Those that the last checkup found more than once; None before the first one.
        doubts: Labels that the last search found likely wrong, by the names of the marks.
        usefulness: Puts first what teaches most; None as long as that is not known.
    """

    facts: Mapping[Path, ImageFacts] = field(default_factory=dict)
    guesses: Mapping[Path, Guess] = field(default_factory=dict)
    reviewed: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    validation: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()
    copies: frozenset[Path] | None = None
    doubts: Mapping[str, Doubt] = field(default_factory=dict)
    usefulness: Usefulness | None = None


def arranged(
    samples: Sequence[Sample], arrangement: Arrangement, insights: Insights
) -> list[Sample]:
    """The samples to show, in their order.

    Args:
        samples: All of them, newest first.
        arrangement: What a person wants to see.
        insights: What is known of them; of what is not known yet, nothing is shown.
    """
    if arrangement.is_plain:
        return list(samples)
    wanted = _filters(arrangement, insights)
    shown = [sample for sample in samples if all(is_wanted(sample) for is_wanted in wanted)]
    return _ordered(shown, arrangement, insights)


def _filters(arrangement: Arrangement, insights: Insights) -> list[Callable[[Sample], bool]]:
    filters: list[Callable[[Sample], bool]] = []
    if arrangement.among is not None:
        among = frozenset(arrangement.among)
        filters.append(lambda sample: sample.mark_name in among)
    if arrangement.name:
        part = arrangement.name.casefold()
        filters.append(lambda sample: part in sample.path.name.casefold())
    if arrangement.session:
        filters.append(lambda sample: session_id(sample.session) == arrangement.session)
    if arrangement.show is not Show.ALL:
        filters.append(lambda sample: _is_shown(sample, arrangement.show, insights))
    if arrangement.predicted:
        filters.append(lambda sample: _predicted(sample, insights) == arrangement.predicted)
    return filters


def session_id(session: Session | None) -> str:
    """A session as text; "none" for files from elsewhere."""
    return "none" if session is None else session.id


def count_sessions(samples: Iterable[Sample]) -> list[tuple[Session | None, int]]:
    """The sessions of samples, the newest first, with how many samples each has."""
    counts = Counter(sample.session for sample in samples)
    return sorted(counts.items(), key=lambda entry: session_id(entry[0]), reverse=True)


def flaws(facts: ImageFacts | None) -> tuple[Flaw, ...]:
    """What is wrong with an image, as far as that is known."""
    return () if facts is None or facts.quality is None else facts.quality.flaws


def _is_shown(sample: Sample, show: Show, insights: Insights) -> bool:
    facts = insights.facts.get(sample.path)
    match show:
        case Show.UNREVIEWED:
            return sample.mark_name not in insights.reviewed
        case Show.EXCLUDED:
            return sample.mark_name in insights.excluded
        case Show.VALIDATION:
            return sample.mark_name in insights.validation
        case Show.TESTED:
            return sample.mark_name in insights.tested
        case Show.DISAGREES:
            return _predicted(sample, insights) not in ("", sample.class_name)
        case Show.COPIES:
            return sample.path in (insights.copies or ())
        case Show.DOUBTED:
            return sample.mark_name in insights.doubts
        case Show.UNREADABLE:
            return facts is not None and bool(facts.error)
        case Show.FLAWED:
            return facts is not None and bool(facts.error or flaws(facts))
        case Show.ALL:
            return True
    return Flaw(show) in flaws(facts)


def _predicted(sample: Sample, insights: Insights) -> str:
    guess = insights.guesses.get(sample.path)
    return "" if guess is None else guess.class_name


def _ordered(shown: list[Sample], arrangement: Arrangement, insights: Insights) -> list[Sample]:
    """Sorting is stable: what is equal stays newest first."""
    match arrangement.order:
        case Order.GIVEN if arrangement.among is not None:
            places = {name: place for place, name in enumerate(arrangement.among)}
            return sorted(shown, key=lambda sample: places[sample.mark_name])
        case Order.OLDEST:
            return shown[::-1]
        case Order.LEAST_SHARP:
            return sorted(shown, key=lambda sample: _sharpness(insights.facts.get(sample.path)))
        case Order.LEAST_PROBABLE if arrangement.show is Show.DOUBTED:
            return sorted(shown, key=lambda sample: insights.doubts[sample.mark_name].rank)
        case Order.LEAST_PROBABLE:
            return sorted(shown, key=lambda sample: _doubt(sample, insights))
        case Order.MOST_USEFUL if insights.usefulness is not None:
            return insights.usefulness.ordered(shown)
    return shown


def _sharpness(facts: ImageFacts | None) -> float:
    if facts is None or facts.quality is None:
        return float("inf")
    return facts.quality.sharpness


def _doubt(sample: Sample, insights: Insights) -> tuple[bool, float]:
    """What the model contradicts comes first, the surest contradiction before all."""
    guess = insights.guesses.get(sample.path)
    if guess is None:
        return True, float("inf")
    if guess.class_name != sample.class_name:
        return False, -guess.probability
    return True, guess.of_label
