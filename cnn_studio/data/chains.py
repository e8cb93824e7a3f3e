"""What hangs together, told by pairs."""

from __future__ import annotations


class Chains:
    """Numbers from 0 that are linked by pairs; each link takes next to no time.

    Args:
        count: How many numbers there are.
    """

    def __init__(self, count: int) -> None:
        self._toward = list(range(count))
        self._sizes = [1] * count
        self._linked = 0
        self._longest = min(count, 1)

    @property
    def linked(self) -> int:
        """How many numbers are linked with another one."""
        return self._linked

    @property
    def longest(self) -> int:
        """How many numbers the longest chain has."""
        return self._longest

    def head(self, number: int) -> int:
        """The lowest number that this one hangs together with; itself if there is no lower one."""
        toward = self._toward
        while toward[number] != number:
            toward[number] = toward[toward[number]]
            number = toward[number]
        return number

    def are_linked(self, one: int, other: int) -> bool:
        """Whether two numbers hang together."""
        return self.head(one) == self.head(other)

    def link(self, one: int, other: int) -> None:
        """Let two numbers hang together, and all that hang together with either."""
        low, high = sorted((self.head(one), self.head(other)))
        if low == high:
            return
        self._toward[high] = low
        self._linked += sum(self._sizes[head] == 1 for head in (low, high))
        self._sizes[low] += self._sizes[high]
        self._longest = max(self._longest, self._sizes[low])

    def found(self) -> list[list[int]]:
        """The chains of two and more, each in order, by their lowest numbers."""
        chains: dict[int, list[int]] = {}
        for number in range(len(self._toward)):
            head = self.head(number)
            if self._sizes[head] > 1:
                chains.setdefault(head, []).append(number)
        return list(chains.values())
