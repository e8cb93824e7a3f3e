"""Which images to label next: those that tell most, and not the same thing over and over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.unknown import ACCEPT, is_unknown

_DIRECTIONS = 64
_SEED = 0
_VARIED = 512  # places that are chosen one by one: more than anyone labels at a sitting
_SURE = 1e-3  # how uncertain an image is at least, so that sure ones are varied as well
_AT_ONCE = 8192  # rows


def label_order(
    features: NDArray[np.floating],
    probabilities: NDArray[np.float32],
    scores: NDArray[np.float32] | None = None,
    labels: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """The order in which labels of images teach most, the most useful first.

    The next one is always that which is both uncertain and unlike those before: of the gap to the
    nearest one chosen, squared, times the uncertainty, the largest. So near copies of one hard
    image come far apart. Choosing what is farthest from all chosen is the core-set method (Sener &
    Savarese, "Active Learning for Convolutional Neural Networks", ICLR 2018); weighing it with
    uncertainty is the idea of BADGE (Ash et al., "Deep Batch Active Learning by Diverse, Uncertain
    Gradient Lower Bounds", ICLR 2020), which draws by the squared gap where this takes the largest.

    Gaps are measured in 64 random directions, which keep them well enough to tell a copy from
    another picture (Johnson & Lindenstrauss 1984) and make 50,000 images a matter of a second.

    Args:
        features: What the network sees in each image, of length one, (n, size).
        probabilities: How probable each class is, (n, classes), 0..1.
        scores: The share of known images that are less familiar, (n,), 0..1; None where that is
            not measured. Images of no known class count as wholly uncertain.

    Returns:
        All places, (n,), int64. After the first 512 the order is by what is left of each one's use.
    """
    count = len(features)
    worth = np.maximum(uncertainties(probabilities, scores), _SURE)
    if labels is not None:
        of_label = probabilities[np.arange(count), labels] * (labels >= 0)
        worth = np.maximum(worth, 1 - of_label)
    worth = worth.astype(np.float32)
    places = _in_few_directions(features)
    lengths = np.einsum("ij,ij->i", places, places)
    gaps = np.ones(count, np.float32)  # of length-one features, at most 4; to none it is all equal
    chosen = np.zeros(min(count, _VARIED), np.int64)
    is_open = np.ones(count, np.float32)
    for place in range(len(chosen)):
        best = int((worth * gaps * is_open).argmax())
        if not is_open[best]:  # only copies of chosen ones are left
            best = int(is_open.argmax())
        chosen[place] = best
        is_open[best] = 0
        to_best = np.maximum(lengths + lengths[best] - 2 * (places @ places[best]), 0)
        gaps = to_best if place == 0 else np.minimum(gaps, to_best)
    rest = np.flatnonzero(is_open)
    use = (worth * gaps)[rest]
    return np.concatenate([chosen, rest[np.argsort(-use, kind="stable")]])


def uncertainties(
    probabilities: NDArray[np.float32], scores: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """How undecided each answer is: one less the lead of the first class over the second.

    Args:
        probabilities: (n, classes), 0..1.
        scores: As `label_order` takes them.

    Returns:
        (n,), float32, 0..1; 1 for images of no known class.
    """
    ascending = np.sort(probabilities, axis=1)
    second = ascending[:, -2] if ascending.shape[1] > 1 else 0.0
    undecided = np.asarray(1 - (ascending[:, -1] - second), np.float32)
    if scores is not None:
        undecided[unknowns(scores)] = 1
    return undecided


def unknowns(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which images are too little familiar to be of a known class, (n,); see `is_unknown`."""
    return np.array([is_unknown(float(score), ACCEPT) for score in scores], np.bool_)


def _in_few_directions(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """Where images lie in a few random directions, (n, 64), float32."""
    count, size = features.shape
    random = np.random.default_rng(_SEED)
    directions = random.standard_normal((size, _DIRECTIONS), np.float32) / _DIRECTIONS**0.5
    places = np.empty((count, _DIRECTIONS), np.float32)
    for start in range(0, count, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        places[some] = features[some].astype(np.float32) @ directions
    return places
