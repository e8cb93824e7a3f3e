"""All images of a dataset in two dimensions: those that look alike stand side by side.

All of it is done by one thread. Two wait for each other as soon as anything else runs: on two busy
processors they took ten times as long as one, and on idle ones they are hardly faster.

The principal components are there at once; t-SNE (van der Maaten and Hinton, 2008, as scikit-learn
has it) then arranges them by who is next to whom. That takes seconds, and Python's lock, so it is
done in a process of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnn_studio.training.engine_task import EngineTask, work_in_engine
from cnn_studio.training.events import Done, Event, Noted

MOST_ARRANGED = 10_000
"""So many images t-SNE arranges; each of the others then stands beside the one most like it."""

COMPONENTS = 50
LEAST_IMAGES = 5
"""Of fewer there is nothing to arrange."""

_SEED = 1
# Neighbours are kept as well as by twice as many steps (trustworthiness 0.988 and 0.988 on the
# satellite photos), in half the time.
_STEPS = 500
_ANGLE = 0.8  # as coarse as is advised: as true, and a little faster
_LARGEST_PERPLEXITY = 30.0
_FIRST_SPREAD = 1e-4  # of the places that t-SNE begins with, as its authors advise
_LEAST_SPREAD = 1e-12
_ROUNDS, _MORE_DIRECTIONS = 4, 10
_AT_ONCE = 512
_BESIDE = 0.004  # how far from the one most like it an image stands, as a share of the map's width

Components = NDArray[np.float32]
Places = NDArray[np.float32]


def principal_components(
    features: NDArray[np.float16],
    count: int = COMPONENTS,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> Components | None:
    """The features in the few directions in which they differ most, the greatest first.

    The directions are found by subspace iteration from random ones (Halko, Martinsson and Tropp,
    2011), with a fixed seed. Their signs are fixed too, so that a map drawn again is not turned
    over.

    Args:
        features: Of images, (n, size), float16 or float32.
        count: How many directions.
        cancelled: Called often; True ends it.

    Returns:
        Components (n, count), fewer where the features have fewer values; None if cancelled.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        try:
            return _components(_Blocks(features, cancelled), count)
        except _CancelledError:
            return None


class _CancelledError(Exception):
    pass


class _Blocks:
    """Features about their mean, as float32, a block at a time."""

    def __init__(self, features: NDArray[np.float16], cancelled: Callable[[], bool]) -> None:
        self._features, self._cancelled = features, cancelled
        total = np.zeros(features.shape[1])
        self._mean = np.zeros(features.shape[1], np.float32)
        for block in self:
            total += block.sum(0, dtype=np.float64)
        self._mean = (total / max(len(features), 1)).astype(np.float32)

    @property
    def size(self) -> int:
        """How many values each has."""
        return int(self._features.shape[1])

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for start in range(0, len(self._features), _AT_ONCE):
            if self._cancelled():
                raise _CancelledError
            yield self._features[start : start + _AT_ONCE].astype(np.float32) - self._mean


def _components(blocks: _Blocks, count: int) -> Components:
    width = min(count + _MORE_DIRECTIONS, blocks.size)
    random = np.random.default_rng(_SEED).normal(size=(blocks.size, width))
    directions = np.linalg.qr(random.astype(np.float32))[0]
    for _ in range(_ROUNDS):
        directions = np.linalg.qr(_spread(blocks, directions))[0]
    _values, turns = np.linalg.eigh(directions.T @ _spread(blocks, directions))
    directions = directions @ turns[:, ::-1][:, :count]
    largest = np.abs(directions).argmax(0)
    directions *= np.sign(directions[largest, np.arange(directions.shape[1])])
    none = np.zeros((0, directions.shape[1]), np.float32)
    return np.concatenate([none, *(block @ directions for block in blocks)])


def _spread(blocks: _Blocks, directions: Components) -> Components:
    """The covariance, times the number of images, times directions (size, m)."""
    total = np.zeros_like(directions)
    for block in blocks:
        total += block.T @ (block @ directions)
    return total


def first_places(components: Components) -> Places:
    """Where the images stand until they are arranged: by the two directions of greatest difference.

    Args:
        components: See `principal_components`.

    Returns:
        Places (n, 2), float32, about 0.
    """
    places = np.zeros((len(components), 2), np.float32)
    places[:, : min(2, components.shape[1])] = components[:, :2]
    return places


def arranged_places(components: Components, *, most: int = MOST_ARRANGED) -> Places:
    """Arrange images by t-SNE, and beyond `most` each beside the one most like it.

    It cannot be ended early: whoever may want that has it done by `arrange`. One input gives one
    answer on one machine.

    Args:
        components: See `principal_components`; of at least `LEAST_IMAGES` images.
        most: How many images t-SNE arranges.

    Returns:
        Places (n, 2), float32, about 0.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    chosen = evenly_chosen(len(components), most)
    some = components[chosen]
    first = first_places(some)
    first *= _FIRST_SPREAD / max(float(first[:, 0].std()), _LEAST_SPREAD)
    arranging = TSNE(
        init=first,
        perplexity=min(_LARGEST_PERPLEXITY, (len(some) - 1) / 3),
        max_iter=_STEPS,
        angle=_ANGLE,
        random_state=_SEED,
    )
    with threadpool_limits(1):
        arranged: Places = arranging.fit_transform(some).astype(np.float32)
    if len(some) == len(components):
        return arranged
    return _with_the_others(components, chosen, arranged)


def evenly_chosen(count: int, most: int) -> NDArray[np.int64]:
    """Places of at most so many of a number of things, evenly through all of them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def _with_the_others(components: Components, chosen: NDArray[np.int64], arranged: Places) -> Places:
    """Places of all images: each that was not arranged stands just beside its nearest one."""
    known = components[chosen]
    lengths = (known**2).sum(1)
    places = np.empty((len(components), 2), np.float32)
    for start in range(0, len(components), _AT_ONCE):
        block = components[start : start + _AT_ONCE]
        nearest = (lengths - 2 * (block @ known.T)).argmin(1)  # the block's own lengths are equal
        places[start : start + len(block)] = arranged[nearest]
    reach = _BESIDE * float(np.ptp(arranged, axis=0).max())
    places += np.random.default_rng(_SEED).normal(0, reach, places.shape).astype(np.float32)
    places[chosen] = arranged
    return places


@dataclass(frozen=True, eq=False)
class MapTask(EngineTask):
    """Arrange the images of a map in the engine's process.

    Attributes:
        components: See `principal_components`.
    """

    needs_tensorflow: ClassVar[bool] = False

    components: Components

    def run(self, emit: Callable[[Event], None], stop: threading.Event) -> None:  # noqa: ARG002
        """See `arranged_places`; it is ended by a kill."""
        emit(Noted({"places": arranged_places(self.components)}))
        emit(Done(""))


def arrange(
    components: Components, *, cancelled: Callable[[], bool] = lambda: False
) -> Places | None:
    """Arrange images in a process of its own; see `arranged_places`.

    Args:
        components: See `principal_components`.
        cancelled: Called ten times a second; True ends the process.

    Returns:
        Places (n, 2), float32; None if cancelled.

    Raises:
        TrainingError: The process could not be started, or has died.
    """
    found: list[Places] = []
    work_in_engine(
        MapTask(components),
        progress=lambda _done, _total: None,
        cancelled=cancelled,
        noted=lambda values: found.append(values["places"]),
    )
    return found[0] if found else None
