"""The count of what is right, and that it says the same as the scores of an evaluation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.models.intervals import wilson
from cnn_studio.models.scores import score, score_counts
from cnn_studio.prediction.tally import Tally
from tests.prediction.answers import CLASSES, answer

PATH = Path("x.jpg")


def test_only_what_is_known_and_readable_counts() -> None:
    tally = Tally()
    tally.add([answer(PATH), answer(PATH, true="cap", error="Bad.")])
    assert tally.scores() is None
    tally.add([answer(PATH, "cap", true="cap")] * 3 + [answer(PATH, "shoe", true="cap")])
    tally.add([answer(PATH, "shoe", true="pencil", unknown=True)])
    scores = tally.scores()
    assert scores is not None
    assert scores.confusion == ((3, 0, 1), (0, 0, 1), (0, 0, 0))
    assert (scores.accuracy, tally.count, tally.unknown) == (0.6, 5, 1)
    assert tally.answered_accuracy == (0.75, wilson(3, 4))
    tally.clear()
    assert tally.scores() is None


def test_counts_give_the_scores_that_an_evaluation_gives() -> None:
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, 60)  # the last class never occurs
    probabilities = random.random((60, 3)).astype(np.float32)
    expected = score(labels, probabilities, CLASSES)
    confusion = np.zeros((3, 3), np.int64)
    np.add.at(confusion, (labels, probabilities.argmax(axis=1)), 1)
    found = score_counts(confusion, CLASSES)
    assert found.confusion == expected.confusion
    assert found.accuracy == pytest.approx(expected.accuracy)
    for ours, theirs in zip(found.per_class, expected.per_class, strict=True):
        assert (ours.precision, ours.recall, ours.f1, ours.count) == pytest.approx(
            (theirs.precision, theirs.recall, theirs.f1, theirs.count)
        )
