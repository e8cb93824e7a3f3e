"""Whether two photos are one and the same: saved again, resized, lit otherwise or cropped a little.

Two steps, because every image has to be compared with every other one. `coarse_vectors` are
compared by a scalar product, which passes over all but a few pairs in a thousand; `likeness` then
lays one image over the other (Evangelidis and Psarakis, "Parametric Image Alignment using Enhanced
Correlation Coefficient Maximization", 2008) and compares their fine detail and their colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

SIDE_PX = 64
COLOUR_SIDE_PX = 16
COARSE_LIKENESS = 0.78
"""Coarse vectors of one and the same photo have at least this scalar product, with few exceptions
(a crop of 6 % that takes all from one side)."""
SAME_LIKENESS = 0.65
"""From this likeness on two images count as one and the same; see tests/benchmarks/README.md."""

_COARSE_SIDE_PX = 12
_COARSE_SIGMA_PX = 3.0
_ECC_FILTERS_PX = (7, 3)
_ECC_STEPS, _FIRST_ECC_STEPS = 50, 5
_ECC_EPSILON = 1e-4
_MOST_SCALING, _MOST_SHEAR = 0.12, 0.08
_MOST_AT_FIRST, _MOST_HALFWAY = 1.4, 2.0  # times as much; what strays farther does not come back
_LEAST_OVERLAP = 0.65
_CERTAIN_LIKENESS = 0.95  # laid otherwise they would be no more alike
_FRAME_PX = 2  # resampling spoils the outermost pixels
_WINDOW_PX = 13
_TEXTURE_VARIANCE = 16.0
_LEAST_TEXTURED_PX = 100
_FLAT_LEVEL = 0.05
_SAME_COLOUR = 9.0  # steps of a and b; a crop of 6 % and light 15 % brighter stay below it
_SHARE_OF_CHANGE = 0.5
_COLOUR_PERCENTILE = 98
_LEAST_COLOUR_CELLS = 60

_Floats = NDArray[np.float32]
_Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class SmallCopy:
    """What likeness is told from: a small copy of a whole image, whatever its shape was.

    Attributes:
        grey: Pixels (64, 64), uint8.
        colour: The channels a and b of CIE Lab, (16, 16, 2), uint8, 128 for grey.
    """

    grey: ImageArray
    colour: ImageArray


def small_copy(image: ImageArray) -> SmallCopy:
    """Make a small copy.

    Args:
        image: Pixels (height, width, 3) RGB or (height, width) grey; uint8.
    """
    if image.ndim == 2:
        no_colour = np.full((COLOUR_SIDE_PX, COLOUR_SIDE_PX, 2), 128, np.uint8)
        return SmallCopy(_shrunk(image, SIDE_PX), no_colour)
    grey = _shrunk(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8), SIDE_PX)
    lab = np.asarray(cv2.cvtColor(_shrunk(image, SIDE_PX), cv2.COLOR_RGB2LAB), np.uint8)
    return SmallCopy(grey, _shrunk(np.ascontiguousarray(lab[..., 1:]), COLOUR_SIDE_PX))


def coarse_vectors(greys: Sequence[ImageArray]) -> _Floats:
    """Vectors whose scalar products tell which images may be one and the same.

    Args:
        greys: Those of n small copies, (64, 64), uint8.

    Returns:
        Vectors (n, 144), float32, of length 1; shorter for images that show next to nothing.
    """
    size = (_COARSE_SIDE_PX, _COARSE_SIDE_PX)
    vectors = np.empty((len(greys), _COARSE_SIDE_PX**2), np.float32)
    for place, grey in enumerate(greys):
        soft = _softened(grey.astype(np.float32), _COARSE_SIGMA_PX)
        vectors[place] = cv2.resize(soft, size, interpolation=cv2.INTER_AREA).ravel()
    vectors -= vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / (lengths + 0.5), np.float32)


def likeness(one: SmallCopy, other: SmallCopy) -> float:
    """How alike two images are, once the second is laid over the first.

    Where they are one and the same as they lie, no better way to lay them is looked for.

    Returns:
        About 1 for one and the same photo, below 0.6 for photos of different things; 0 if they
        differ in colour.
    """
    first, second = one.grey.astype(np.float32), other.grey.astype(np.float32)
    inner = np.zeros(first.shape, np.bool_)
    inner[_FRAME_PX:-_FRAME_PX, _FRAME_PX:-_FRAME_PX] = True
    alike = _detail_likeness(first, second, inner)
    if alike >= SAME_LIKENESS and _have_same_colours(one.colour, other.colour):
        return alike
    used, warp = None, None if alike > _CERTAIN_LIKENESS else _aligning_warp(first, second)
    if warp is not None:
        both = inner & (_laid_over(np.ones_like(second), warp) > 0.99)
        if both.mean() >= _LEAST_OVERLAP:
            aligned = _detail_likeness(first, _laid_over(second, warp), both)
            if aligned > alike:
                alike, used = aligned, warp
    return alike if _have_same_colours(one.colour, other.colour, used) else 0.0


def _shrunk(image: ImageArray, side_px: int) -> ImageArray:
    size = (side_px, side_px)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _laid_over(values: _Floats, warp: _Floats) -> _Floats:
    """An image laid over another of the same size; 0 where it does not reach."""
    size, flags = values.shape[1::-1], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(values, warp, size, flags=flags), np.float32)


def _have_same_colours(one: ImageArray, other: ImageArray, warp: _Floats | None = None) -> bool:
    """Whether each place of either image has its colour in the other, there or beside it.

    What lies beside the outermost cells is not known, so they do not count.
    """
    first, second = one.astype(np.float32), other.astype(np.float32)
    both = None
    if warp is not None:
        warp = warp.copy()
        warp[:, 2] *= COLOUR_SIDE_PX / SIDE_PX
        second = _laid_over(second, warp)
        both = _laid_over(np.ones(one.shape[:2], np.float32), warp)[1:-1, 1:-1] > 0.99
        if np.count_nonzero(both) < _LEAST_COLOUR_CELLS:
            return True
    around_first, around_second = _around(first), _around(second)
    middle_first, middle_second = first[1:-1, 1:-1], second[1:-1, 1:-1]
    apart = np.maximum(
        _distances(around_second, middle_first).min(axis=0),
        _distances(around_first, middle_second).min(axis=0),
    )
    # Where colours change from cell to cell, a shift by a part of a cell mixes them otherwise.
    change = np.minimum(
        _distances(around_first, middle_first).max(axis=0),
        _distances(around_second, middle_second).max(axis=0),
    )
    beyond = np.sqrt(apart) - _SHARE_OF_CHANGE * np.sqrt(change)
    shown = beyond.ravel() if both is None else beyond[both]
    return _percentile(shown, _COLOUR_PERCENTILE) <= _SAME_COLOUR


def _around(cells: _Floats) -> _Floats:
    """The 3x3 cells around each inner one, (9, height - 2, width - 2, 2)."""
    height, width = cells.shape[0] - 2, cells.shape[1] - 2
    corners = product(range(3), repeat=2)
    return np.stack([cells[top : top + height, left : left + width] for top, left in corners])


def _distances(around: _Floats, middle: _Floats) -> _Floats:
    """The squared distances of the colours around each cell to its own, (9, height, width)."""
    apart = around - middle
    return np.asarray(np.einsum("nijc,nijc->nij", apart, apart), np.float32)


def _percentile(values: _Floats, percent: float) -> float:
    """As NumPy's, which takes several times as long for so few values."""
    ordered = np.sort(values)
    below, share = divmod((len(ordered) - 1) * percent / 100, 1)
    low, high = ordered[int(below)], ordered[min(int(below) + 1, len(ordered) - 1)]
    return float(low + share * (high - low))


def _aligning_warp(one: _Floats, other: _Floats) -> _Floats | None:
    """The affine map (2, 3) that lays `other` over `one`; None if there is no small one.

    Three of four pairs of different photos are known by their first few steps: they lead far away.
    """
    coarse, fine = _ECC_FILTERS_PX
    as_it_lies = np.eye(2, 3, dtype=np.float32)
    try:
        first = _nearer(one, other, as_it_lies, coarse, _FIRST_ECC_STEPS)
        if not _is_small(first, _MOST_AT_FIRST):
            return None
        halfway = _nearer(one, other, as_it_lies, coarse, _ECC_STEPS)
        if not _is_small(halfway, _MOST_HALFWAY):
            return None
        warp = _nearer(one, other, halfway, fine, _ECC_STEPS)
    except cv2.error:  # it does not converge: they have nothing in common
        return None
    return warp if _is_small(warp, 1.0) else None


def _nearer(one: _Floats, other: _Floats, warp: _Floats, filter_px: int, steps: int) -> _Floats:
    """A map that lays `other` over `one` better than `warp` does, which stays as it is."""
    everywhere = np.full(one.shape, 255, np.uint8)
    kind = cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT
    _value, found = cv2.findTransformECC(
        one,
        other,
        warp.copy(),
        cv2.MOTION_AFFINE,
        (kind, steps, _ECC_EPSILON),
        everywhere,
        filter_px,
    )
    return np.asarray(found, np.float32)


def _is_small(warp: _Floats, tolerance: float) -> bool:
    scaling = max(abs(warp[0, 0] - 1), abs(warp[1, 1] - 1))
    shear = max(abs(warp[0, 1]), abs(warp[1, 0]))
    return bool(scaling <= _MOST_SCALING * tolerance and shear <= _MOST_SHEAR * tolerance)


def _detail_likeness(one: _Floats, other: _Floats, where: _Mask) -> float:
    fine = _correlation(
        _softened(one, 0.5) - _softened(one, 2.0),
        _softened(other, 0.5) - _softened(other, 2.0),
        where,
    )
    local = _local_correlation(_softened(one, 0.6), _softened(other, 0.6), where)
    return (fine + local) / 2


def _correlation(one: _Floats, other: _Floats, where: _Mask) -> float:
    first, second = one[where], other[where]
    first -= first.mean()
    second -= second.mean()
    lengths = float(np.sqrt(np.vdot(first, first) * np.vdot(second, second)))
    return float(np.vdot(first, second)) / (lengths + _FLAT_LEVEL * first.size)


def _local_correlation(one: _Floats, other: _Floats, where: _Mask) -> float:
    """The mean correlation within small windows, over those that show something."""

    def mean(values: _Floats) -> _Floats:
        return np.asarray(cv2.blur(values, (_WINDOW_PX, _WINDOW_PX)), np.float32)

    mean_one, mean_other = mean(one), mean(other)
    variance_one = np.maximum(mean(one * one) - mean_one**2, 0)
    variance_other = np.maximum(mean(other * other) - mean_other**2, 0)
    textured = where & (np.maximum(variance_one, variance_other) > _TEXTURE_VARIANCE)
    count = np.count_nonzero(textured)
    if count < _LEAST_TEXTURED_PX:
        return 1.0
    shared = mean(one * other) - mean_one * mean_other
    correlation = shared / np.sqrt(variance_one * variance_other + 4)
    return float(np.vdot(correlation, textured.astype(np.float32))) / count


def _softened(values: _Floats, sigma_px: float) -> _Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float32)
