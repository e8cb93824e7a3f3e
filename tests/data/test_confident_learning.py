"""Labels are doubted by what networks say of images that they have not learned from."""

from __future__ import annotations

import numpy as np

from cnn_studio.data.confident_learning import doubted_labels


def test_labels_that_networks_contradict_surely_are_doubted_the_worst_first() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    of_first = np.array([0.9, 0.8, 0.9, 0.2, 0.1, 0.2, 0.1, 0.95])
    probabilities = np.stack([of_first, 1 - of_first], axis=1)
    found = doubted_labels(labels, probabilities)
    assert [(one.place, one.suggested) for one in found] == [(7, 0), (3, 1)]
    assert [round(one.score, 2) for one in found] == [0.05, 0.19]


def test_a_class_that_is_rarely_sure_is_not_held_to_the_standard_of_another() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1])
    hesitant = [[0.4, 0.6], [0.45, 0.55], [0.4, 0.6]]  # usual for the first class
    probabilities = np.array([*hesitant, [0.05, 0.95], [0.1, 0.9], [0.45, 0.55]])
    assert [(one.place, one.suggested) for one in doubted_labels(labels, probabilities)] == [(5, 0)]


def test_what_networks_are_not_sure_of_is_not_doubted() -> None:
    labels = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.45, 0.55], [0.1, 0.9], [0.2, 0.8]])
    assert doubted_labels(labels, probabilities) == []


def test_without_a_wrong_label_nothing_is_doubted() -> None:
    assert doubted_labels(np.array([0, 1, 2]), np.eye(3)) == []
