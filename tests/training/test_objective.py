"""What is made smaller, beside the plain cross-entropy that is shown."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.training.objective import Objective
from cnn_studio.training.selection import balanced_weights

LABELS = np.array([0, 1])
PROBABILITIES = np.array([[0.8, 0.2], [0.4, 0.6]], np.float32)
PLAIN = -np.log([0.8, 0.6])


def test_without_wishes_both_are_the_plain_cross_entropy() -> None:
    losses, objectives = Objective(2)(LABELS, PROBABILITIES)
    assert losses.numpy() == pytest.approx(PLAIN)
    assert objectives.numpy() == pytest.approx(PLAIN)


def test_smoothed_labels_and_weights_leave_what_is_shown_alone() -> None:
    weights = np.array([0.5, 2.0], np.float32)
    losses, objectives = Objective(2, 0.2, weights)(LABELS, PROBABILITIES)
    smoothed = -0.9 * np.log([0.8, 0.6]) - 0.1 * np.log([0.2, 0.4])
    assert losses.numpy() == pytest.approx(PLAIN)
    assert objectives.numpy() == pytest.approx(smoothed * weights)


def test_balanced_weights_make_classes_count_alike() -> None:
    labels = np.repeat([0, 1], [30, 10])
    weights = balanced_weights(labels, 2)
    assert weights * [30, 10] == pytest.approx([20, 20])
    assert weights[labels].mean() == pytest.approx(1)
