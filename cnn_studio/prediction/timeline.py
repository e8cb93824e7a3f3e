"""What was said over a stretch of time, as a few segments of one class each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Moment:
    """What a model said at one time.

    Attributes:
        time_s: When, in seconds by whichever clock the moments share.
        class_name: The most probable class; None where it is likely none of them.
        probability: Of the most probable class, 0..1.
        changing: Whether none was named, since the answer was just changing.
        model: Which model, where there can be several.
    """

    time_s: float
    class_name: str | None
    probability: float
    changing: bool = False
    model: str = ""


@dataclass(frozen=True)
class Segment:
    """A stretch of time with one answer of one model.

    Attributes:
        from_s: When it begins.
        to_s: When it ends.
        class_name: The class; None for unknown.
        probability: The mean of the most probable class's, 0..1.
        model: Which model, where there can be several.
    """

    from_s: float
    to_s: float
    class_name: str | None
    probability: float
    model: str = ""

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.to_s - self.from_s


def segments(
    moments: Sequence[Moment], longest_s: float, slot_s: float = 0.0
) -> tuple[Segment, ...]:
    """Merge neighbours that say the same.

    Args:
        moments: In the order of their times. Where the answer was changing there is a gap.
        longest_s: A moment lasts until the next one, but not longer than this; then nothing is
            known, and there is a gap between two segments.
        slot_s: What is shorter is not told apart: of each slot of time the answer that lasted
            longest counts. So there are never more segments than slots, however an answer
            flickers, but for one more with each change of models. 0 tells every moment apart.

    Returns:
        Segments in the order of time, which do not overlap.
    """
    pieces = _pieces(moments, longest_s)
    if slot_s > 0:
        pieces = _one_a_slot(pieces, slot_s)
    return tuple(_merged(pieces))


def shares(found: Iterable[Segment]) -> tuple[tuple[str | None, float], ...]:
    """Which class had which share of the time, the largest first; None stands for unknown."""
    lengths = defaultdict[str | None, float](float)
    for segment in found:
        lengths[segment.class_name] += segment.length_s
    total = sum(lengths.values())
    largest_first = sorted(lengths.items(), key=lambda item: -item[1])
    return tuple((name, length / total) for name, length in largest_first if total > 0)


def segment_at(found: Sequence[Segment], time_s: float) -> Segment | None:
    """The segment at a time; None in a gap."""
    return next((each for each in found if each.from_s <= time_s < each.to_s), None)


def _pieces(moments: Sequence[Moment], longest_s: float) -> Iterator[Segment]:
    """One segment a moment."""
    for place, moment in enumerate(moments):
        end_s = moment.time_s + longest_s
        if place + 1 < len(moments):
            end_s = min(end_s, moments[place + 1].time_s)
        if end_s > moment.time_s and not moment.changing:
            yield Segment(moment.time_s, end_s, moment.class_name, moment.probability, moment.model)


def _one_a_slot(pieces: Iterable[Segment], slot_s: float) -> Iterator[Segment]:
    slots = groupby(pieces, lambda piece: (int(piece.from_s // slot_s), piece.model))
    for (_slot, model), group in slots:
        together = list(group)
        name = shares(together)[0][0]
        mean = _mean([piece for piece in together if piece.class_name == name])
        yield Segment(together[0].from_s, together[-1].to_s, name, mean, model)


def _merged(pieces: Iterable[Segment]) -> Iterator[Segment]:
    run: list[Segment] = []
    for piece in pieces:
        if run and not _continues(piece, run[-1]):
            yield _joined(run)
            run = []
        run.append(piece)
    if run:
        yield _joined(run)


def _continues(piece: Segment, before: Segment) -> bool:
    """Whether it is the same answer of the same model, without a gap."""
    is_same = (piece.class_name, piece.model) == (before.class_name, before.model)
    return is_same and piece.from_s <= before.to_s


def _joined(run: Sequence[Segment]) -> Segment:
    return Segment(run[0].from_s, run[-1].to_s, run[0].class_name, _mean(run), run[0].model)


def _mean(pieces: Sequence[Segment]) -> float:
    """The mean probability, by time."""
    weighed = sum(piece.probability * piece.length_s for piece in pieces)
    return weighed / sum(piece.length_s for piece in pieces)
