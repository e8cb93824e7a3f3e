"""What was said in the last minutes. Its memory is bounded, however long the camera runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.timeline import Moment

LENGTH_S = 600.0
_MOST_ENTRIES = 36_000  # ten minutes of 60 frames a second
_ENTRY = np.dtype(
    [
        ("time_s", np.float64),
        ("place", np.uint16),
        ("probability", np.float32),
        ("score", np.float32),
        ("unknown", np.bool_),
        ("took_ms", np.float32),
    ]
)


@dataclass(frozen=True)
class Entry:
    """What was said about one frame.

    Attributes:
        time_s: When, in seconds since 1970 (UTC).
        class_name: The most probable class, even where it is likely none of them.
        probability: Of that class, 0..1.
        score: How familiar the frame was, 0..1; None where that was not measured.
        unknown: Whether it is likely none of the classes.
        took_ms: From the frame to the probabilities.
    """

    time_s: float
    class_name: str
    probability: float
    score: float | None
    unknown: bool
    took_ms: float

    @property
    def time_iso(self) -> str:
        """When, as the wall clock here tells it, with its distance from UTC."""
        return datetime.fromtimestamp(self.time_s).astimezone().isoformat(timespec="milliseconds")


class History:
    """Keeps what was said in the last ten minutes, in an array that never grows.

    Used by one thread.

    Args:
        length_s: How far back it reaches.
        most_entries: How many it keeps at most; then the oldest give way.
    """

    def __init__(self, length_s: float = LENGTH_S, most_entries: int = _MOST_ENTRIES) -> None:
        self.length_s = length_s
        self._ring = np.zeros(most_entries, _ENTRY)
        self._names: dict[str, int] = {}
        self.clear()

    def __len__(self) -> int:
        return len(self._kept())

    def add(self, prediction: Prediction, time_s: float) -> None:
        """Keep what was said about a frame.

        Args:
            prediction: What was said.
            time_s: When, in seconds since 1970 (UTC), as `time.time` gives it.
        """
        name, probability = prediction.top
        self._ring[self._added % len(self._ring)] = (
            time_s,
            self._place_of(name),
            probability,
            np.nan if prediction.score is None else prediction.score,
            prediction.unknown,
            prediction.preparation_ms + prediction.inference_ms,
        )
        self._added += 1

    def clear(self) -> None:
        """Forget everything."""
        self._added = 0
        self._names.clear()

    def entries(self) -> tuple[Entry, ...]:
        """What was said in the last minutes before the newest entry, the oldest first."""
        return tuple(self._entries())

    def moments(self, last_s: float, most: int) -> tuple[Moment, ...]:
        """The same in short, for a person to look at.

        Args:
            last_s: Only of so many seconds before the newest entry.
            most: At most so many. Where there are more, evenly chosen ones stand for all; each of
                them stays chosen while newer ones come, so that a picture of them does not flicker.
        """
        kept = self._kept()
        if len(kept):
            kept = kept[kept["time_s"] >= kept["time_s"][-1] - last_s]
        step = max(1, -(-len(kept) // most))
        first = self._added - len(kept)
        kept = kept[-first % step :: step]
        names = list(self._names)
        return tuple(
            Moment(time_s, None if unknown else names[place], probability)
            for time_s, place, probability, _score, unknown, _took_ms in kept.tolist()
        )

    def _place_of(self, name: str) -> int:
        # A dictionary keeps its order, so it is the list of names as well. Far more names than
        # any model has classes can only come from hundreds of models.
        if name not in self._names and len(self._names) > np.iinfo(np.uint16).max:
            self.clear()
        return self._names.setdefault(name, len(self._names))

    def _entries(self) -> Iterator[Entry]:
        names = list(self._names)
        for time_s, place, probability, score, unknown, took_ms in self._kept().tolist():
            known_score = None if np.isnan(score) else score
            yield Entry(time_s, names[place], probability, known_score, unknown, took_ms)

    def _kept(self) -> NDArray[np.void]:
        """The ring in the order of arrival, without what is too old.

        A clock that was set back in between makes entries that seem to come from the future; they
        are not of the last minutes either.
        """
        size = len(self._ring)
        if self._added <= size:
            ordered = self._ring[: self._added]
        else:
            ordered = np.roll(self._ring, -(self._added % size))
        if not len(ordered):
            return ordered
        age_s = ordered["time_s"][-1] - ordered["time_s"]
        kept: NDArray[np.void] = ordered[(age_s >= 0) & (age_s <= self.length_s)]
        return kept
