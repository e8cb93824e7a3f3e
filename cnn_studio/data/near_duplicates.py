"""Finding photos that are one and the same, though their files differ."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.facts import FactsStore, Pair
from cnn_studio.vision.likeness import (
    COARSE_LIKENESS,
    SAME_LIKENESS,
    SmallCopy,
    coarse_vectors,
    likeness,
)

_THREADS = 2
_ROWS_AT_ONCE = 512
_PAIRS_AT_ONCE = 128
_NEIGHBOURS = 5  # the most alike of each image; more would find the same groups again

_Indices = NDArray[np.int64]
_Places = tuple[int, int]


def near_duplicate_groups(
    copies: Sequence[SmallCopy],
    contents: Sequence[str],
    bursts: Sequence[str],
    worth: Sequence[tuple[float, ...]],
    store: FactsStore,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[list[int]]:
    """Groups of images that are nearly the same.

    Args:
        copies: Small copies of the images.
        contents: The SHA-256 of each image.
        bursts: What each image was recorded in, empty if in nothing. Frames of one burst are alike
            by nature and not compared with each other.
        worth: Which images to keep rather than others: those of the greater value.
        store: Where likenesses are kept.
        progress: Told how many images are done, and of how many.
        cancelled: Asked often; once it says True, the groups found so far are returned.

    Returns:
        The places of the images of each group. The first is the one to keep, and every other one
        is nearly the same as it: a chain of small steps does not put its two ends together.
    """
    comparison = _Comparison(copies, contents, store, cancelled)
    vectors = coarse_vectors([copy.grey for copy in copies])
    numbers = _burst_numbers(bursts)
    pairs = _alike_pairs(vectors, numbers, comparison, progress, cancelled)
    chains = _chains(len(vectors), pairs)
    return [
        group
        for chain in chains
        for group in _around_the_best(chain, vectors, numbers, worth, comparison)
    ]


def near_duplicate_chains(
    copies: Sequence[SmallCopy],
    contents: Sequence[str],
    bursts: Sequence[str],
    store: FactsStore,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[list[int]]:
    """Images that hang together by near duplicates, each with the next one; see above.

    Returns:
        The places of the images of each chain. Its two ends may show different things.
    """
    comparison = _Comparison(copies, contents, store, cancelled)
    vectors = coarse_vectors([copy.grey for copy in copies])
    pairs = _alike_pairs(vectors, _burst_numbers(bursts), comparison, progress, cancelled)
    return _chains(len(vectors), pairs)


def _alike_pairs(
    vectors: NDArray[np.float32],
    bursts: _Indices,
    comparison: _Comparison,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool],
) -> list[_Places]:
    """The pairs of images that are nearly the same, as far as each needs to know of."""
    report = progress or (lambda _done, _total: None)
    pairs: list[_Places] = []
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        if cancelled():
            break
        pairs += comparison.alike(_candidates(vectors, bursts, start))
        report(min(start + _ROWS_AT_ONCE, len(vectors)), len(vectors))
    return pairs


def _chains(count: int, pairs: Iterable[_Places]) -> list[list[int]]:
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


class _Comparison:
    """Takes a closer look at pairs of images, and remembers what it saw."""

    def __init__(
        self,
        copies: Sequence[SmallCopy],
        contents: Sequence[str],
        store: FactsStore,
        cancelled: Callable[[], bool],
    ) -> None:
        self._copies = copies
        self._contents = contents
        self._store = store
        self._cancelled = cancelled

    def alike(self, pairs: Sequence[_Places]) -> list[_Places]:
        """Those pairs that are nearly the same, but not the very same."""
        keys: list[Pair] = [(self._contents[one], self._contents[other]) for one, other in pairs]
        known = self._store.likenesses(key for key in keys if key[0] != key[1])
        unknown = [n for n, key in enumerate(keys) if key not in known and key[0] != key[1]]
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="likeness") as pool:
            for start in range(0, len(unknown), _PAIRS_AT_ONCE):
                if self._cancelled():
                    break
                some = unknown[start : start + _PAIRS_AT_ONCE]
                values = pool.map(self._likeness, [pairs[n] for n in some])
                new = {keys[n]: value for n, value in zip(some, values, strict=True)}
                self._store.keep_likenesses(new)
                known.update(new)
        return [
            pair
            for pair, key in zip(pairs, keys, strict=True)
            if key[0] != key[1] and known.get(key, 0.0) >= SAME_LIKENESS
        ]

    def _likeness(self, pair: _Places) -> float:
        return likeness(self._copies[pair[0]], self._copies[pair[1]])


def _candidates(vectors: NDArray[np.float32], bursts: _Indices, start: int) -> list[_Places]:
    """Pairs worth a closer look: for each image the most alike ones that come after it."""
    some = slice(start, start + _ROWS_AT_ONCE)
    products = vectors[some] @ vectors[start:].T
    rows = np.arange(products.shape[0])
    products[np.tril_indices(products.shape[0], m=products.shape[1])] = -1.0
    same_burst = (bursts[some, None] == bursts[None, start:]) & (bursts[some, None] >= 0)
    np.copyto(products, -1.0, where=same_burst)  # as an index it would hold the other threads up
    count = min(_NEIGHBOURS, products.shape[1])
    best = np.argpartition(products, -count, axis=1)[:, -count:]
    rows, columns = np.nonzero(products[rows[:, None], best] >= COARSE_LIKENESS)
    return [
        (start + row, start + int(best[row, column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _around_the_best(
    chain: Sequence[int],
    vectors: NDArray[np.float32],
    bursts: _Indices,
    worth: Sequence[tuple[float, ...]],
    comparison: _Comparison,
) -> Iterator[list[int]]:
    """Part images that hang together by pairs into groups around the ones most worth keeping."""
    groups: dict[int, list[int]] = {}
    for place in sorted(chain, key=lambda place: worth[place], reverse=True):
        firsts = [n for n in groups if bursts[n] != bursts[place] or bursts[place] < 0]
        products = vectors[firsts] @ vectors[place]
        nearest = np.argsort(-products)[:_NEIGHBOURS]
        pairs = [
            (min(firsts[n], place), max(firsts[n], place))
            for n in nearest.tolist()
            if products[n] >= COARSE_LIKENESS
        ]
        alike = comparison.alike(pairs)
        if alike:
            (first,) = {*alike[0]} - {place}
            groups[first].append(place)
        else:
            groups[place] = [place]
    yield from (group for group in groups.values() if len(group) > 1)


def _burst_numbers(bursts: Sequence[str]) -> _Indices:
    numbers = {name: number for number, name in enumerate(dict.fromkeys(bursts)) if name}
    return np.array([numbers.get(name, -1) for name in bursts], np.int64)
