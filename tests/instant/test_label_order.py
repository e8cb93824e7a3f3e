"""What to label next: hard images first, and not one of them twenty times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_studio.instant.label_order import label_order, uncertainties, unknowns
from cnn_studio.models.unknown import unit_length

SIZE = 1280
Array = NDArray[np.float32]


def features_of(count: int, seed: int = 0) -> Array:
    """Different pictures."""
    return unit_length(np.random.default_rng(seed).random((count, SIZE), np.float32) ** 3)


def near_copies(picture: Array, count: int, seed: int = 1) -> Array:
    """The same picture with a little noise."""
    noise = np.random.default_rng(seed).random((count, SIZE), np.float32) * 0.1
    return unit_length(picture * (1 + noise))


def answers(lead: Array) -> Array:
    """Probabilities of three classes, of which the first leads by so much."""
    other = (1 - lead) / 3
    return np.stack([other + lead, other, other], axis=1).astype(np.float32)


def test_each_image_has_one_place() -> None:
    random = np.random.default_rng(2)
    for count in (0, 1, 2, 700):
        order = label_order(features_of(count), random.random((count, 3), np.float32))
        assert order.dtype == np.int64
        assert sorted(order.tolist()) == list(range(count))


def test_the_least_certain_comes_first_and_sure_ones_last() -> None:
    lead = np.full(40, 0.95, np.float32)
    lead[[7, 11, 30]] = 0.1, 0.0, 0.05
    order = label_order(features_of(40), answers(lead))
    assert order[0] == 11
    assert set(order[:3].tolist()) == {7, 11, 30}


def test_near_copies_of_one_hard_image_do_not_fill_the_first_places() -> None:
    pictures = features_of(100)
    copies = near_copies(pictures[:1], 20)
    features = np.concatenate([copies, pictures[1:]])
    lead = np.concatenate([np.full(20, 0.02), np.linspace(0.3, 0.9, 99)]).astype(np.float32)
    by_uncertainty = np.argsort(lead, kind="stable")
    assert set(by_uncertainty[:20].tolist()) == set(range(20))  # as a plain list would have it
    order = label_order(features, answers(lead))
    assert order[0] < 20
    assert (order[:20] < 20).sum() <= 2


def test_a_burst_larger_than_all_that_is_chosen_singly_does_not_either() -> None:
    """Frames of one recording may be thousands, and all of them hard."""
    pictures = features_of(60)
    features = np.concatenate([near_copies(pictures[:1], 5000), pictures[1:]]).astype(np.float16)
    lead = np.concatenate([np.full(5000, 0.02), np.full(59, 0.6)]).astype(np.float32)
    order = label_order(features, answers(lead))
    assert (order[:20] < 5000).sum() <= 2


def test_very_copies_do_not_stop_it() -> None:
    features = np.repeat(features_of(1), 600, axis=0)
    order = label_order(features, answers(np.full(600, 0.5, np.float32)))
    assert sorted(order.tolist()) == list(range(600))


def test_what_is_unknown_is_as_useful_as_what_is_undecided() -> None:
    lead = np.full(30, 0.9, np.float32)
    scores = np.full(30, 0.5, np.float32)
    scores[4] = 0.0
    assert unknowns(scores).tolist() == [place == 4 for place in range(30)]
    assert uncertainties(answers(lead), scores)[4] == 1
    assert label_order(features_of(30), answers(lead), scores)[0] == 4
    assert label_order(features_of(30), answers(lead), None)[0] == 0


def test_one_class_is_no_question() -> None:
    assert uncertainties(np.ones((3, 1), np.float32)).tolist() == [0, 0, 0]
