"""What was said in the last minutes. Its memory is bounded, however long the camera runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.smoothing import Answer
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
        ("changing", np.bool_),
        ("model", np.uint16),
    ]
)


@dataclass(frozen=True)
class Entry:
    """What was on the screen while one frame was.

    Attributes:
        time_s: When, in seconds since 1970 (UTC).
        class_name: The class with the longest bar, even where it was not named.
        probability: Of that class, 0..1, as its bar showed it.
        score: How familiar the frame was, 0..1; None where that was not measured.
        unknown: Whether it was said to be likely none of the classes.
        took_ms: From the frame to the probabilities.
        changing: Whether no class was named, since the answer was just changing.
        model: Which model said it; see `History.model`.
    """

    time_s: float
    class_name: str
    probability: float
    score: float | None
    unknown: bool
    took_ms: float
    changing: bool = False
    model: str = ""

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

    Attributes:
        model: Which model says what is added from now on, by a name of its own.
    """

    def __init__(self, length_s: float = LENGTH_S, most_entries: int = _MOST_ENTRIES) -> None:
        self.length_s = length_s
        self.model = ""
        self._ring = np.zeros(most_entries, _ENTRY)
        self._names: dict[str, int] = {}
        self._models: dict[str, int] = {}
        self.clear()

    def __len__(self) -> int:
        return len(self._kept())

    def add(self, answer: Answer, prediction: Prediction, time_s: float) -> None:
        """Keep what was said while a frame was on the screen.

        Args:
            answer: What was shown.
            prediction: What the model says of the frame alone.
            time_s: When, in seconds since 1970 (UTC), as `time.time` gives it.
        """
        if max(len(self._names), len(self._models)) >= np.iinfo(np.uint16).max:
            self.clear()  # far more than any model has classes can only come of hundreds of models
        row = answer.longest
        self._ring[self._added % len(self._ring)] = (
            time_s,
            _place_of(row.name, self._names),
            row.share,
            np.nan if prediction.score is None else prediction.score,
            answer.unknown,
            prediction.preparation_ms + prediction.inference_ms,
            answer.changing,
            _place_of(self.model, self._models),
        )
        self._added += 1

    def clear(self) -> None:
        """Forget everything."""
        self._added = 0
        self._names.clear()
        self._models.clear()

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
        names, models = list(self._names), list(self._models)
        return tuple(
            Moment(
                time_s,
                None if unknown else names[place],
                share,
                changing and not unknown,
                models[model],
            )
            for time_s, place, share, _score, unknown, _took_ms, changing, model in kept.tolist()
        )

    def _entries(self) -> Iterator[Entry]:
        names, models = list(self._names), list(self._models)
        kept = self._kept().tolist()
        for time_s, place, share, score, unknown, took_ms, changing, model in kept:
            known_score = None if np.isnan(score) else score
            yield Entry(
                time_s, names[place], share, known_score, unknown, took_ms, changing, models[model]
            )

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


def _place_of(name: str, names: dict[str, int]) -> int:
    # A dictionary keeps its order, so it is the list of names as well.
    return names.setdefault(name, len(names))
