"""Finding photos that are one and the same, though their files differ.

Coarse vectors say which pairs are worth a closer look, and that look is saved where it could tell
nothing new: images that hang together already need none. So its number grows with the number of
images, however many show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.chains import Chains
from cnn_studio.data.closer_look import CloserLook, Places
from cnn_studio.data.facts import FactsStore
from cnn_studio.vision.likeness import COARSE_LIKENESS, SmallCopy, coarse_vectors

_NEIGHBOURS = 5  # the most alike of each image; more would find the same groups again
_ROWS_AT_ONCE = 256
_VECTOR_SIZE = 144

Progress = Callable[[int, int], None]
_Vectors = NDArray[np.float32]
_Indices = NDArray[np.int64]
_Group = list[int]


class NearDuplicates:
    """Looks for near duplicates among images that come in blocks, from the last to the first.

    For one thread.

    Args:
        count: How many images there will be.
        store: Where likenesses are kept.
        cancelled: Asked often; once it says True, what was found so far counts.
    """

    def __init__(
        self, count: int, store: FactsStore, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self.copies: dict[int, SmallCopy] = {}
        self._contents: dict[int, str] = {}
        self._look = CloserLook(self.copies, self._contents, store, cancelled)
        self._cancelled = cancelled
        self._vectors = np.zeros((count, _VECTOR_SIZE), np.float32)
        self._bursts = np.full(count, -1, np.int64)
        self._burst_numbers: dict[str, int] = {}
        self._chains = Chains(count)

    @property
    def seconds_each(self) -> float:
        """How long a closer look at a pair has taken on the average."""
        return self._look.seconds_each

    @property
    def chained(self) -> int:
        """How many images have a near duplicate, as far as is known."""
        return self._chains.linked

    @property
    def longest(self) -> int:
        """How many images the longest chain has, as far as is known."""
        return self._chains.longest

    def add(
        self,
        start: int,
        copies: Sequence[SmallCopy | None],
        contents: Sequence[str],
        bursts: Sequence[str],
    ) -> None:
        """Compare a block of images with each other and with all that come after it.

        Args:
            start: The place of its first; all after its last have been added before.
            copies: Small copies of its images; None for one that is like no other.
            contents: The SHA-256 of each.
            bursts: What each was recorded in, empty if in nothing. Frames of one burst are alike
                by nature and not compared with each other.
        """
        places = range(start, start + len(copies))
        there = {n: copy for n, copy in zip(places, copies, strict=True) if copy is not None}
        self.copies.update(there)
        self._contents.update(zip(places, contents, strict=True))
        self._vectors[list(there)] = coarse_vectors([copy.grey for copy in there.values()])
        numbers = self._burst_numbers
        self._bursts[places.start : places.stop] = [
            numbers.setdefault(burst, len(numbers)) if burst else -1 for burst in bursts
        ]
        for stop in range(places.stop, places.start, -_ROWS_AT_ONCE):
            self._link(range(max(places.start, stop - _ROWS_AT_ONCE), stop))

    def chains(self) -> list[_Group]:
        """Images that hang together, each with the next; its two ends may show different things."""
        self._look.keep()
        return self._chains.found()

    def groups(
        self, worth: Sequence[tuple[float, ...]], progress: Progress | None = None
    ) -> list[_Group]:
        """Images that are nearly the same as one of them.

        Args:
            worth: Of each image of all; the greater ones are kept rather than the others.
            progress: Told how many of the images that hang together are sorted in, and of how many.

        Returns:
            The places of the images of each group. The first is the one to keep, and every other
            one is nearly the same as it: a chain of small steps does not put its two ends together.
        """
        report = progress or (lambda _done, _total: None)
        chains = self.chains()
        partings = [_Parting(places, worth, self._vectors, self._bursts) for places in chains]
        total = sum(map(len, chains))
        waiting = partings
        while waiting and not self._cancelled():
            # One step in each chain at a time, so that there is work for every processor.
            asked = [(parting, pair) for parting in waiting if (pair := parting.pair) is not None]
            alike = self._look.alike([pair for _parting, pair in asked])
            for (parting, _pair), is_alike in zip(asked, alike, strict=True):
                parting.answer(is_alike)
            waiting = [parting for parting, _pair in asked]
            report(sum(parting.sorted_in for parting in partings), total)
        self._look.keep()
        return [group for parting in partings for group in parting.groups if len(group) > 1]

    def _link(self, block: range) -> None:
        """Link the images of a block with those after them that are nearly the same."""
        nearest = self._nearest(block)
        for rank in range(nearest.shape[1]):
            if self._cancelled():
                return
            pairs = [
                (place, other)
                for place, other in zip(block, nearest[:, rank].tolist(), strict=True)
                if other >= 0 and not self._chains.are_linked(place, other)
            ]
            for pair, is_alike in zip(pairs, self._look.alike(pairs), strict=True):
                if is_alike:
                    self._chains.link(*pair)

    def _nearest(self, block: range) -> _Indices:
        """For each image of a block the most alike ones after it, (block, 5), the nearest first.

        Returns:
            Places; -1 where there is none that is worth a closer look.
        """
        rows = len(block)
        products = self._vectors[block.start : block.stop] @ self._vectors[block.start :].T
        products[:, :rows][np.tri(rows, dtype=np.bool_)] = -1.0
        bursts = self._bursts[block.start : block.stop, None]
        if bursts.max() >= 0:
            same = (bursts == self._bursts[None, block.start :]) & (bursts >= 0)
            np.copyto(products, -1.0, where=same)  # as an index it would hold other threads up
        count = min(_NEIGHBOURS, products.shape[1])
        best = np.argpartition(products, -count, axis=1)[:, -count:]
        values = np.take_along_axis(products, best, axis=1)
        order = np.argsort(-values, axis=1)
        nearest = np.take_along_axis(best, order, axis=1) + block.start
        nearest[np.take_along_axis(values, order, axis=1) < COARSE_LIKENESS] = -1
        return nearest


class _Parting:
    """Parts images into groups around the ones that are most worth keeping, pair by pair.

    Args:
        places: The images.
        worth: Of each image of all.
        vectors: Coarse vectors of all.
        bursts: Numbers of the bursts of all.
    """

    def __init__(
        self,
        places: Sequence[int],
        worth: Sequence[tuple[float, ...]],
        vectors: _Vectors,
        bursts: _Indices,
    ) -> None:
        self._order = sorted(places, key=lambda place: worth[place], reverse=True)
        self._vectors = vectors
        self._bursts = bursts
        self._firsts = np.empty((len(places), vectors.shape[1]), np.float32)
        self._bursts_of_firsts = np.empty(len(places), np.int64)
        self._groups: list[_Group] = []
        self._nearest: list[int] = []  # numbers of groups that the image in hand may belong to
        self.sorted_in = 0

    @property
    def groups(self) -> list[_Group]:
        """The groups so far, each with the image that is most worth keeping first."""
        return self._groups

    @property
    def pair(self) -> Places | None:
        """Two images that must be compared to go on; None at the end."""
        while not self._nearest and self.sorted_in < len(self._order):
            self._begin_group(self._order[self.sorted_in])
            self._look_for_groups()
        if self.sorted_in == len(self._order):
            return None
        place, first = self._order[self.sorted_in], self._groups[self._nearest[0]][0]
        return min(place, first), max(place, first)

    def answer(self, is_alike: bool) -> None:
        """Whether those two are nearly the same."""
        if not is_alike:
            self._nearest.pop(0)
            return
        self._groups[self._nearest[0]].append(self._order[self.sorted_in])
        self.sorted_in += 1
        self._look_for_groups()

    def _begin_group(self, place: int) -> None:
        count = len(self._groups)
        self._firsts[count] = self._vectors[place]
        self._bursts_of_firsts[count] = self._bursts[place]
        self._groups.append([place])
        self.sorted_in += 1

    def _look_for_groups(self) -> None:
        """Find the groups that the next image may belong to, the most alike first."""
        self._nearest = []
        if self.sorted_in == len(self._order):
            return
        place, count = self._order[self.sorted_in], len(self._groups)
        products = self._firsts[:count] @ self._vectors[place]
        if self._bursts[place] >= 0:
            products[self._bursts_of_firsts[:count] == self._bursts[place]] = -1.0
        near = np.flatnonzero(products >= COARSE_LIKENESS)
        order = np.argsort(-products[near])[:_NEIGHBOURS]
        self._nearest = near[order].tolist()
