"""Finding photos that are one and the same, though their files differ."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.facts import FactsStore, Pair
from cnn_studio.vision.likeness import (
    COARSE_LIKENESS,
    SAME_LIKENESS,
    coarse_vectors,
    likeness,
)

_THREADS = 2
_ROWS_AT_ONCE = 512
_PAIRS_AT_ONCE = 128
_NEIGHBOURS = 5  # the most alike of each image; more would find the same groups again

_Indices = NDArray[np.int64]


def near_duplicate_groups(
    greys: NDArray[np.uint8],
    contents: Sequence[str],
    bursts: Sequence[str],
    store: FactsStore,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[list[int]]:
    """Groups of images that are nearly the same.

    Args:
        greys: Small grey copies, (n, 64, 64), uint8; see `likeness.small_grey`.
        contents: The SHA-256 of each image.
        bursts: What each image was recorded in, empty if in nothing. Frames of one burst are alike
            by nature and not compared with each other.
        store: Where likenesses are kept.
        progress: Told how many images are done, and of how many.
        cancelled: Asked often; once it says True, the groups found so far are returned.

    Returns:
        The places of the images of each group, in order.
    """
    report = progress or (lambda _done, _total: None)
    vectors = coarse_vectors(greys)
    burst_numbers = _burst_numbers(bursts)
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        if cancelled():
            break
        pairs += _verified(
            _candidates(vectors, burst_numbers, start), greys, contents, store, cancelled
        )
        report(min(start + _ROWS_AT_ONCE, len(vectors)), len(vectors))
    return groups_of(len(vectors), pairs)


def groups_of(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Which places hang together by pairs; only groups of two and more, in order."""
    head = list(range(count))

    def find(place: int) -> int:
        while head[place] != place:
            head[place] = head[head[place]]
            place = head[place]
        return place

    for one, other in pairs:
        first, second = sorted((find(one), find(other)))
        head[second] = first
    groups: dict[Hashable, list[int]] = {}
    for place in range(count):
        groups.setdefault(find(place), []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def _candidates(
    vectors: NDArray[np.float32], bursts: _Indices, start: int
) -> list[tuple[int, int]]:
    """Pairs worth a closer look: for each image the most alike ones that come after it."""
    some = slice(start, start + _ROWS_AT_ONCE)
    products = vectors[some] @ vectors[start:].T
    rows = np.arange(products.shape[0])
    products[np.tril_indices(products.shape[0], m=products.shape[1])] = -1.0
    same_burst = (bursts[some, None] == bursts[None, start:]) & (bursts[some, None] >= 0)
    products[same_burst] = -1.0
    count = min(_NEIGHBOURS, products.shape[1])
    best = np.argpartition(products, -count, axis=1)[:, -count:]
    rows, columns = np.nonzero(products[rows[:, None], best] >= COARSE_LIKENESS)
    return [
        (start + row, start + int(best[row, column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _verified(
    pairs: Sequence[tuple[int, int]],
    greys: NDArray[np.uint8],
    contents: Sequence[str],
    store: FactsStore,
    cancelled: Callable[[], bool],
) -> list[tuple[int, int]]:
    """Those pairs that are nearly the same at a closer look."""
    keys: list[Pair] = [(contents[one], contents[other]) for one, other in pairs]
    known = store.likenesses(key for key in keys if key[0] != key[1])
    unknown = [place for place, key in enumerate(keys) if key not in known and key[0] != key[1]]

    def compare(place: int) -> float:
        one, other = pairs[place]
        return likeness(greys[one], greys[other])

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="likeness") as pool:
        for start in range(0, len(unknown), _PAIRS_AT_ONCE):
            if cancelled():
                break
            some = unknown[start : start + _PAIRS_AT_ONCE]
            new = {keys[n]: value for n, value in zip(some, pool.map(compare, some), strict=True)}
            store.keep_likenesses(new)
            known.update(new)
    return [
        pair
        for pair, key in zip(pairs, keys, strict=True)
        if key[0] != key[1] and known.get(key, -1.0) >= SAME_LIKENESS
    ]


def _burst_numbers(bursts: Sequence[str]) -> _Indices:
    numbers = {name: number for number, name in enumerate(dict.fromkeys(bursts)) if name}
    return np.array([numbers.get(name, -1) for name in bursts], np.int64)
