"""Whether two photos are one and the same: saved anew, resized, lit otherwise or cropped a little.

Two steps, because every image has to be compared with every other one. `coarse_vectors` are
compared by a scalar product, which passes over all but a few pairs in a thousand; `likeness` then
lays one image over the other (Evangelidis and Psarakis, "Parametric Image Alignment using Enhanced
Correlation Coefficient Maximization", 2008) and compares their fine detail.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

SIDE_PX = 64
COARSE_LIKENESS = 0.78
"""Coarse vectors of one and the same photo have at least this scalar product, with few exceptions
(a crop of 6 % that takes all from one side)."""
SAME_LIKENESS = 0.65
"""From this likeness on two images count as one and the same; see tests/benchmarks/README.md."""

_COARSE_SIDE_PX = 12
_COARSE_SIGMA_PX = 3.0
_ECC_FILTERS_PX = (7, 3)
_ECC_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
_MOST_SCALING, _MOST_SHEAR = 0.12, 0.08
_LEAST_OVERLAP = 0.65
_FRAME_PX = 2  # resampling spoils the outermost pixels
_WINDOW_PX = 13
_TEXTURE_VARIANCE = 16.0
_LEAST_TEXTURED_PX = 100
_FLAT_LEVEL = 0.05

_Floats = NDArray[np.float32]
_Mask = NDArray[np.bool_]


def small_grey(image: ImageArray) -> ImageArray:
    """What likeness is told from.

    Args:
        image: Pixels (height, width, 3) RGB or (height, width) grey; uint8.

    Returns:
        Pixels (64, 64), uint8, grey; the whole image, whatever its shape was.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def coarse_vectors(greys: NDArray[np.uint8]) -> _Floats:
    """Vectors whose scalar products tell which images may be one and the same.

    Args:
        greys: What `small_grey` gave, (n, 64, 64), uint8.

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


def likeness(one: ImageArray, other: ImageArray) -> float:
    """How alike two images are, once the second is laid over the first.

    Args:
        one: What `small_grey` gave, (64, 64), uint8.
        other: The same of another image.

    Returns:
        About 1 for one and the same photo, below 0.6 for photos of different things.
    """
    first, second = one.astype(np.float32), other.astype(np.float32)
    inner = np.zeros(one.shape, np.bool_)
    inner[_FRAME_PX:-_FRAME_PX, _FRAME_PX:-_FRAME_PX] = True
    as_they_lie = _detail_likeness(first, second, inner)
    warp = None if as_they_lie > 0.95 else _aligning_warp(first, second)
    if warp is None:
        return as_they_lie
    size, inverse = (SIDE_PX, SIDE_PX), cv2.WARP_INVERSE_MAP
    laid_over = cv2.warpAffine(second, warp, size, flags=cv2.INTER_LINEAR | inverse)
    covered = cv2.warpAffine(np.ones_like(second), warp, size, flags=cv2.INTER_NEAREST | inverse)
    both = inner & (np.asarray(covered) > 0)
    if both.mean() < _LEAST_OVERLAP:
        return as_they_lie
    return max(as_they_lie, _detail_likeness(first, np.asarray(laid_over, np.float32), both))


def _aligning_warp(one: _Floats, other: _Floats) -> _Floats | None:
    """The affine map (2, 3) that lays `other` over `one`; None if there is no small one."""
    warp = np.eye(2, 3, dtype=np.float32)
    everywhere = np.full(one.shape, 255, np.uint8)
    try:
        for filter_px in _ECC_FILTERS_PX:
            _value, found = cv2.findTransformECC(
                one, other, warp, cv2.MOTION_AFFINE, _ECC_STEPS, everywhere, filter_px
            )
            warp = np.asarray(found, np.float32)
    except cv2.error:  # it does not converge: they have nothing in common
        return None
    scaling = max(abs(warp[0, 0] - 1), abs(warp[1, 1] - 1))
    shear = max(abs(warp[0, 1]), abs(warp[1, 0]))
    return warp if scaling <= _MOST_SCALING and shear <= _MOST_SHEAR else None


def _detail_likeness(one: _Floats, other: _Floats, where: _Mask) -> float:
    fine = _correlation(
        _softened(one, 0.5) - _softened(one, 2.0),
        _softened(other, 0.5) - _softened(other, 2.0),
        where,
    )
    local = _local_correlation(_softened(one, 0.6), _softened(other, 0.6), where)
    return (fine + local) / 2


def _correlation(one: _Floats, other: _Floats, where: _Mask) -> float:
    first, second = one[where] - one[where].mean(), other[where] - other[where].mean()
    lengths = np.linalg.norm(first) * np.linalg.norm(second)
    return float(np.vdot(first, second) / (lengths + _FLAT_LEVEL * first.size))


def _local_correlation(one: _Floats, other: _Floats, where: _Mask) -> float:
    """The mean correlation within small windows, over those that show something."""

    def mean(values: _Floats) -> _Floats:
        return np.asarray(cv2.blur(values, (_WINDOW_PX, _WINDOW_PX)), np.float32)

    mean_one, mean_other = mean(one), mean(other)
    variance_one = np.maximum(mean(one * one) - mean_one**2, 0)
    variance_other = np.maximum(mean(other * other) - mean_other**2, 0)
    shared = mean(one * other) - mean_one * mean_other
    correlation = shared / np.sqrt(variance_one * variance_other + 4)
    textured = where & (np.maximum(variance_one, variance_other) > _TEXTURE_VARIANCE)
    if np.count_nonzero(textured) < _LEAST_TEXTURED_PX:
        return 1.0
    return float(np.mean(correlation, where=textured))


def _softened(values: _Floats, sigma_px: float) -> _Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float32)
