"""Labels are doubted by what models say of images that they have not learned from."""

from __future__ import annotations

import numpy as np

from cnn_studio.data.confident_learning import doubted_labels


def test_labels_that_are_contradicted_surely_are_doubted_the_worst_first() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    of_first = np.array([0.9, 0.8, 0.9, 0.05, 0.1, 0.2, 0.1, 0.95])
    probabilities = np.stack([of_first, 1 - of_first], axis=1)
    probabilities[7] = (0.98, 0.02)
    found = doubted_labels(labels, probabilities)
    assert [(one.place, one.suggested) for one in found] == [(7, 0), (3, 1)]
    assert [round(one.score, 2) for one in found] == [0.02, 0.05]


def test_what_is_not_sure_is_not_doubted() -> None:
    labels = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.1, 0.9], [0.1, 0.9], [0.2, 0.8]])
    assert doubted_labels(labels, probabilities) == []


def test_among_many_classes_a_label_may_be_improbable_without_being_doubted() -> None:
    probabilities = np.full((1, 100), 0.8 / 98)
    probabilities[0, :2] = (0.03, 0.17)
    assert doubted_labels(np.array([0]), probabilities) == []


def test_without_a_wrong_label_nothing_is_doubted() -> None:
    assert doubted_labels(np.array([0, 1, 2]), np.eye(3)) == []
