"""A closer look at pairs of images, which takes milliseconds each and is remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from cnn_studio.data.facts import FactsStore, Pair
from cnn_studio.vision.likeness import SAME_LIKENESS, SmallCopy, likeness

_THREADS = 2
_PAIRS_AT_ONCE = 128
_PAIRS_A_TASK = 8  # handing over each by itself would cost a tenth of the time
_KEPT_AT_ONCE = 512

Places = tuple[int, int]


class CloserLook:
    """Says which pairs of images are nearly the same. For one thread.

    Args:
        copies: Small copies of images, by their places; more may be added.
        contents: The SHA-256 of each.
        store: Where likenesses are kept; see `keep`.
        cancelled: Asked often; once it says True, no pair counts as alike that is not known yet.
    """

    def __init__(
        self,
        copies: Mapping[int, SmallCopy],
        contents: Mapping[int, str],
        store: FactsStore,
        cancelled: Callable[[], bool],
    ) -> None:
        self._copies = copies
        self._contents = contents
        self._store = store
        self._cancelled = cancelled
        self._known: dict[Pair, float] = {}
        self._new: dict[Pair, float] = {}
        self._looks = 0
        self._spent_s = 0.0

    @property
    def seconds_each(self) -> float:
        """How long a pair has taken on the average, those that were known included."""
        return self._spent_s / self._looks if self._looks else 0.0

    def alike(self, pairs: Sequence[Places]) -> list[bool]:
        """Of each pair whether it is nearly the same, but not the very same."""
        begun_s = time.perf_counter()
        keys: list[Pair] = [(self._contents[one], self._contents[other]) for one, other in pairs]
        others = {key: pair for key, pair in zip(keys, pairs, strict=True) if key[0] != key[1]}
        self._known.update(self._store.likenesses(key for key in others if key not in self._known))
        unknown = [key for key in others if key not in self._known]
        for start in range(0, len(unknown), _PAIRS_AT_ONCE):
            if self._cancelled():
                break
            some = unknown[start : start + _PAIRS_AT_ONCE]
            found = self._look_at([others[key] for key in some])
            self._new.update(zip(some, found, strict=True))
            self._known.update(zip(some, found, strict=True))
        if len(self._new) >= _KEPT_AT_ONCE:
            self.keep()
        self._looks += len(pairs)
        self._spent_s += time.perf_counter() - begun_s
        return [key[0] != key[1] and self._known.get(key, 0.0) >= SAME_LIKENESS for key in keys]

    def keep(self) -> None:
        """Write down what is not in the store yet."""
        if self._new:
            self._store.keep_likenesses(self._new)
            self._new = {}

    def _look_at(self, pairs: Sequence[Places]) -> list[float]:
        if len(pairs) <= _PAIRS_A_TASK:
            return self._likenesses(pairs)
        tasks = [pairs[n : n + _PAIRS_A_TASK] for n in range(0, len(pairs), _PAIRS_A_TASK)]
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="likeness") as pool:
            return [value for values in pool.map(self._likenesses, tasks) for value in values]

    def _likenesses(self, pairs: Sequence[Places]) -> list[float]:
        return [likeness(self._copies[one], self._copies[other]) for one, other in pairs]
