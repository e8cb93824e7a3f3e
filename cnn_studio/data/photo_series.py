"""Photos that were taken one after the other, by their camera's clock or by their files' names.

A clock is believed. A running number is not: it may count an afternoon, but also the images of a
whole collection, in any order. It counts as a series where an image and the next one look more
alike than images of their class do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.sessions import session_of
from cnn_studio.vision.exif import Taken

_PAUSE_S = 300  # a longer one ends an afternoon
_MOST_MISSING = 4  # numbers between two images of a series: photos that were thrown away
_LEAST_LINKS = 2
# The next of a series is more alike than this share of its class, on the whole, and each by itself.
_MORE_ALIKE, _EACH_MORE_ALIKE = 0.8, 0.5
_REFERENCES = 256
_ROUNDING = 1e-5
_AT_ONCE = 1024
_SEED = 1

_COPY = re.compile(r"( ?\(\d+\)| - Copy| copy)+$")
_EXPORTED = re.compile(r"_(jpe?g|png|bmp)\.rf\.[0-9a-z]+$", re.IGNORECASE)  # how Roboflow does
_NUMBER = re.compile(r"^(.*?)(\d{1,9})(\D*)$")
_TIME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)"
    r"(?: at |[-_ T]|, )([0-2]?\d)[-_.:h]?([0-5]\d)[-_.:m]?([0-5]\d)(?:\d{3})?(?!\d)"
    r"(?:\s?([AP])M\b)?",
    re.IGNORECASE,
)

Link = tuple[int, int]
Vectors = NDArray[np.float32]
VectorsOf = Callable[[Sequence[int]], Vectors]


def links_in_time(
    names: Sequence[str], classes: Sequence[str], taken: Sequence[Taken | None]
) -> list[Link]:
    """Photos of one class that one camera took with no more than five minutes between them.

    Args:
        names: What each file is called, without its folder; some tell the time as well.
        classes: The class of each.
        taken: What its file says of when it was taken.

    Returns:
        Places of photos and of the next ones in time.
    """
    rows: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for place, (name, class_name, by_camera) in enumerate(zip(names, classes, taken, strict=True)):
        known = by_camera or _time_in(name)
        if known is not None:
            rows[class_name, known.camera].append((known.time_s, place))
    return [
        (one, other)
        for row in rows.values()
        for (time_s, one), (next_s, other) in pairwise(sorted(row))
        if next_s - time_s <= _PAUSE_S
    ]


def links_in_numbers(
    names: Sequence[str], classes: Sequence[str], vectors_of: VectorsOf
) -> list[Link]:
    """Photos of one class whose names count on, where the next one looks alike.

    Args:
        names: What each file is called, without its folder.
        classes: The class of each.
        vectors_of: Unit vectors (n, size), float32, of images at some places. The greater their
            scalar product, the more alike two images are. A row of zeros is like nothing.

    Returns:
        Places of photos and of the next ones in number.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for place, class_name in enumerate(classes):
        members[class_name].append(place)
    by_class: dict[str, list[list[Link]]] = defaultdict(list)
    for class_name, counted in _counted(names, classes):
        by_class[class_name].append(counted)
    random = np.random.default_rng(_SEED)
    links: list[Link] = []
    for class_name, some_series in by_class.items():
        others = random.permutation(np.array(members[class_name]))[:_REFERENCES]
        vectors = vectors_of(others.tolist())
        for counted in some_series:
            links += _alike(counted, vectors_of, others, vectors)
    return links


def _counted(names: Sequence[str], classes: Sequence[str]) -> Iterator[tuple[str, list[Link]]]:
    """Of the images of a class that are called alike but for a number, each with the next ones."""
    series: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for place, (name, class_name) in enumerate(zip(names, classes, strict=True)):
        if _time_in(name) is None and (found := _NUMBER.match(_stem(name))):
            series[class_name, found[1], found[3]].append((int(found[2]), place))
    for (class_name, _before, _behind), numbered in series.items():
        links = [
            (one, other)
            for (number, one), (following, other) in pairwise(sorted(numbered))
            if following - number <= _MOST_MISSING + 1
        ]
        if len(links) >= _LEAST_LINKS:
            yield class_name, links


def _alike(
    links: Sequence[Link], vectors_of: VectorsOf, others: NDArray[np.int64], vectors: Vectors
) -> list[Link]:
    """Those links of a series that show; none where the numbers do not say what is alike."""
    less = np.concatenate(
        [
            _less_alike(np.array(links[start : start + _AT_ONCE]), vectors_of, others, vectors)
            for start in range(0, len(links), _AT_ONCE)
        ]
    )
    if less.mean() < _MORE_ALIKE:
        return []
    return [link for link, share in zip(links, less, strict=True) if share >= _EACH_MORE_ALIKE]


def _less_alike(
    pairs: NDArray[np.int64], vectors_of: VectorsOf, others: NDArray[np.int64], vectors: Vectors
) -> NDArray[np.float64]:
    """The share of the others that the first of each pair is less alike than the second, (n,)."""
    places, numbers = np.unique(pairs, return_inverse=True)
    own = vectors_of(places.tolist())
    ones, nexts = own[numbers.reshape(pairs.shape).T]
    alike = np.einsum("nd,nd->n", ones, nexts)[:, None]
    is_other = (others != pairs[:, :1]) & (others != pairs[:, 1:])
    is_less = (ones @ vectors.T < alike - _ROUNDING) & is_other
    shares: NDArray[np.float64] = is_less.sum(1) / np.maximum(is_other.sum(1), 1)
    return shares


def _stem(name: str) -> str:
    stem = _EXPORTED.sub("", name.rpartition(".")[0] or name)
    bare = _COPY.sub("", stem)
    return bare if re.search(r"\d", bare) else stem


def _time_in(name: str) -> Taken | None:
    """The time in a name such as "Screenshot 2024-05-01 at 10.11.12.png"; None without one."""
    found = _TIME.search(name)
    if found is None or session_of(name) is not None:  # an import says when photos came in
        return None
    year, month, day, hour, minute, second = (int(found[part]) for part in range(1, 7))
    half = (found[7] or "").upper()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "P" else 0)
    try:
        time = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:  # digits that are no date
        return None
    return Taken(name[: found.start()], int(time.timestamp()))
