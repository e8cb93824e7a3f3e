"""Near duplicates: the same groups however large they are, at a cost that grows with the images."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.facts import FactsStore
from cnn_studio.data.near_duplicates import NearDuplicates
from cnn_studio.vision.likeness import SmallCopy, small_copy
from tests.data.test_checkup import scene


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facts.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[FactsStore]:
    with FactsStore(path) as opened:
        yield opened


def copies_of(photos: int, each: int) -> list[SmallCopy]:
    """Noisy copies of so many photos, in turn."""
    noise = np.random.default_rng(0)
    found = []
    for number in range(photos * each):
        image = scene(number % photos)
        noisy = np.clip(image + noise.normal(0, 12, image.shape), 0, 255).astype(np.uint8)
        found.append(small_copy(noisy))
    return found


def searched(
    copies: list[SmallCopy],
    store: FactsStore,
    *,
    block: int = 10**6,
    bursts: list[str] | None = None,
) -> NearDuplicates:
    """A search that has seen all of them, so many at a time."""
    search = NearDuplicates(len(copies), store)
    for stop in range(len(copies), 0, -block):
        places = range(max(0, stop - block), stop)
        search.add(
            places.start,
            [copies[place] for place in places],
            [f"content {place}" for place in places],
            [bursts[place] if bursts else "" for place in places],
        )
    return search


def test_large_clusters_are_found_whole_by_about_one_look_an_image(
    store: FactsStore, path: Path
) -> None:
    photos, each = 6, 40
    search = searched(copies_of(photos, each), store)
    clusters = [list(range(photo, photos * each, photos)) for photo in range(photos)]
    assert search.chains() == clusters
    with sqlite3.connect(path) as database:
        looks_at_chains = database.execute("SELECT COUNT(*) FROM pairs").fetchone()[0]
    assert looks_at_chains < 1.1 * photos * each
    groups = search.groups([(float(place),) for place in range(photos * each)])
    assert sorted(map(sorted, groups)) == clusters
    assert {group[0] for group in groups} == {cluster[-1] for cluster in clusters}
    with sqlite3.connect(path) as database:
        looks = database.execute("SELECT COUNT(*) FROM pairs").fetchone()[0]
    database.close()
    assert looks < 2.2 * photos * each


@pytest.mark.parametrize("block", [7, 16])
def test_the_groups_do_not_depend_on_the_blocks(
    store: FactsStore, tmp_path: Path, block: int
) -> None:
    copies = copies_of(5, 8)
    worth = [(float(place % 3),) for place in range(len(copies))]
    at_once = searched(copies, store).groups(worth)
    with FactsStore(tmp_path / "other.sqlite") as other:
        assert searched(copies, other, block=block).groups(worth) == at_once


def test_frames_of_one_burst_are_not_compared_but_with_those_of_another_one(
    store: FactsStore,
) -> None:
    copies = copies_of(1, 6)
    one = searched(copies, store, bursts=["first"] * 6)
    assert one.chains() == []
    two = searched(copies, store, bursts=["first"] * 3 + ["second"] * 3)
    assert two.chains() == [[0, 1, 2, 3, 4, 5]]
    groups = two.groups([(0.0,)] * 6)
    assert sorted(place for group in groups for place in group) == list(range(6))
    assert all(group[0] < 3 <= min(group[1:]) for group in groups)


def test_an_image_that_is_like_none_has_no_near_duplicate(store: FactsStore) -> None:
    copies: list[SmallCopy | None] = [*copies_of(1, 3), None]
    search = NearDuplicates(4, store)
    search.add(0, copies, ["a", "b", "b", "d"], [""] * 4)
    assert search.chains() == [[0, 1, 2]]


def test_what_is_known_is_not_looked_at_again(store: FactsStore) -> None:
    copies = copies_of(4, 5)
    groups = searched(copies, store).groups([(0.0,)] * 20)
    nothing = np.zeros((64, 64), np.uint8), np.zeros((16, 16, 2), np.uint8)
    again = searched(copies, store)
    again.copies.update({place: SmallCopy(*nothing) for place in range(20)})
    assert again.groups([(0.0,)] * 20) == groups


def test_a_cancelled_search_has_what_was_found_so_far(store: FactsStore) -> None:
    copies = copies_of(2, 10)
    ended = False
    search = NearDuplicates(20, store, lambda: ended)
    contents = [f"content {place}" for place in range(20)]
    search.add(10, copies[10:], contents[10:], [""] * 10)
    ended = True
    search.add(0, copies[:10], contents[:10], [""] * 10)
    assert search.chains() == [[10, 12, 14, 16, 18], [11, 13, 15, 17, 19]]
