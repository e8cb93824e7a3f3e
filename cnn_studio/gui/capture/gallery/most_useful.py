"""The samples whose label would teach most, by what the images of the dataset say at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnn_studio.data.samples import Sample

if TYPE_CHECKING:  # the window is there sooner without them
    from cnn_studio.instant.feature_table import FeatureTable
    from cnn_studio.instant.instant_model import InstantModel

_AT_ONCE = 8192  # images, so that 50,000 take little memory


@dataclass(frozen=True, eq=False)
class Usefulness:
    """Puts samples in order; for a job, since 50,000 take a second or two.

    Attributes:
        table: What the pretrained network sees in the images.
        model: Tells the classes apart.
    """

    table: FeatureTable
    model: InstantModel

    def ordered(self, samples: Sequence[Sample]) -> list[Sample]:
        """The samples, the most useful first; see `label_order`.

        Those that nobody has looked at yet come after the others, as they were.
        """
        from cnn_studio.instant.label_order import label_order

        view = self.table.view()
        row_of = {name: row for row, name in enumerate(view.names)}
        known = [sample for sample in samples if sample.mark_name in row_of]
        rows = np.array([row_of[sample.mark_name] for sample in known], np.int64)
        parts = [self._answers(view.features[some]) for some in _parts(rows)]
        place_of = {name: place for place, name in enumerate(self.model.classes)}
        labels = np.array([place_of.get(sample.class_name, -1) for sample in known], np.int64)
        order = label_order(
            view.features[rows],
            np.concatenate([given for given, _scores in parts]),
            _joined([scores for _given, scores in parts]),
            labels,
        )
        return [
            *(known[place] for place in order.tolist()),
            *(sample for sample in samples if sample.mark_name not in row_of),
        ]

    def _answers(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        units = features.astype(np.float32)
        return self.model.probabilities(units), self.model.scores(units)


def _parts(rows: np.ndarray) -> list[np.ndarray]:
    """Not many at once, but one at least."""
    return [rows[start : start + _AT_ONCE] for start in range(0, max(len(rows), 1), _AT_ONCE)]


def _joined(parts: Sequence[np.ndarray | None]) -> np.ndarray | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None
