"""How many photos are sure, what that promises, and which come first of the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.errors import UsageError
from cnn_studio.instant.sorting import Sorting, by_class
from cnn_studio.models.unknown import unit_length

COUNT = 1000


def sorting(count: int = COUNT, *, with_scores: bool = True) -> Sorting:
    """Photos of three classes; the first are the surest, and every tenth is of no class."""
    random = np.random.default_rng(0)
    top = np.linspace(1, 0.4, count).astype(np.float32)
    probabilities = np.stack([(1 - top) / 2] * 3, axis=1)
    probabilities[np.arange(count), np.arange(count) % 3] = top
    scores = np.where(np.arange(count) % 10 == 0, 0.01, 0.5).astype(np.float32)
    return Sorting(
        ("cap", "cup", "shoe"),
        tuple(Path(f"/photos/{number:04d}.jpg") for number in range(count)),
        unit_length(random.random((count, 40), np.float32)),
        probabilities,
        scores if with_scores else None,
        learned_from=60,
    )


def test_the_surest_are_taken_as_long_as_the_promise_holds() -> None:
    photos = sorting()
    before: set[int] = set()
    for promised in (0.005, 0.02, 0.1):
        sure, taking = photos.sure(promised), photos.taking(promised)
        assert sure.dtype == np.int64
        assert len(sure) == taking.count > len(before)
        assert (np.diff(photos.certainty[sure]) <= 0).all()
        assert taking.wrong <= promised * taking.count
        # What is expected is not less than what the probabilities say.
        assert taking.wrong >= float((1 - photos.certainty[sure]).sum())
        assert before < set(sure.tolist())  # who promises less takes more
        before = set(sure.tolist())


def test_one_more_would_break_the_promise() -> None:
    photos = sorting(with_scores=False)
    count = photos.taking(0.02).count
    assert 0 < count < COUNT
    more = photos.curve([0.02, 0.0201, 0.03])
    assert more[0].count == count
    assert more[2].count > count
    assert more[2].wrong / more[2].count <= 0.03


def test_what_is_of_no_class_is_never_taken() -> None:
    photos = sorting()
    assert photos.unknown.sum() == COUNT / 10
    assert not photos.unknown[photos.sure(0.02)].any()
    assert photos.taking(1).count == COUNT * 9 / 10  # whatever is promised
    assert sorting(with_scores=False).taking(1).count == COUNT


def test_from_a_few_images_nobody_can_promise_that_none_is_wrong() -> None:
    assert len(sorting().sure(0)) == 0
    # The fewer images it was learned from, the less can be promised.
    by_images = [replace(sorting(), learned_from=n).taking(0.005).count for n in (6, 60, 600)]
    assert by_images[0] == 0 < by_images[1] < by_images[2]


@pytest.mark.parametrize("promised", [-0.1, 1.5])
def test_a_promise_is_a_share(promised: float) -> None:
    with pytest.raises(UsageError, match="must be 0 to 1"):
        sorting().taking(promised)


def test_the_rest_is_all_else_the_most_useful_first() -> None:
    photos = sorting()
    sure = photos.sure()
    rest = photos.rest(sure)
    assert sorted([*sure.tolist(), *rest.tolist()]) == list(range(COUNT))
    # Those of no class are wholly uncertain, and come before what is nearly sure.
    assert photos.unknown[rest[:20]].sum() > 12
    assert photos.unknown[rest].mean() < 0.2
    assert photos.certainty[rest[:200]].mean() < photos.certainty[rest[-200:]].mean()


def test_a_photo_has_its_classes_the_most_probable_first() -> None:
    photos = sorting()
    assert photos.class_of(4) == "cup"
    ranked = photos.ranked(4)
    assert ranked[0] == ("cup", pytest.approx(float(photos.certainty[4])))
    assert [name for name, _share in ranked[1:]] == ["cap", "shoe"]


def test_groups_begin_with_the_least_sure() -> None:
    photos = sorting()
    groups = by_class(photos, photos.sure().tolist())
    assert list(groups) == ["cap", "cup", "shoe"]
    for name, places in groups.items():
        assert {photos.class_of(place) for place in places} == {name}
        assert (np.diff(photos.certainty[places]) >= 0).all()
    assert by_class(photos, [4, 7]) == {"cup": [7, 4]}


def test_nothing_to_sort_is_no_fault() -> None:
    empty = sorting(0)
    assert len(empty.sure()) == len(empty.rest(empty.sure())) == 0
    assert empty.taking().wrong == 0
