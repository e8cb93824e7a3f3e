"""A table says what it holds, and what has come and gone since it was last asked."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.instant.feature_table import FeatureTable
from tests.instant.features import features_like

STAMP, LATER = (10, 1), (10, 2)


def names_of(count: int) -> list[str]:
    return [f"cup/{place:03d}.jpg" for place in range(count)]


def test_it_grows_and_gives_back_what_was_put_in() -> None:
    table, features = FeatureTable(), features_like(0, 700, 1)
    table.keep(names_of(700), [STAMP] * 700, features)
    view = table.view()
    assert len(table) == 700
    assert view.names == tuple(names_of(700))
    assert np.array_equal(view.features, features.astype(np.float16))


def test_a_view_stays_as_it_was() -> None:
    table, features = FeatureTable(), features_like(0, 3, 1)
    table.keep(names_of(3), [STAMP] * 3, features)
    before = table.view()
    table.retain(names_of(1))
    table.keep(["cup/new.jpg"], [STAMP], features_like(1, 1, 2))
    assert before.names == tuple(names_of(3))
    assert np.array_equal(before.features, features.astype(np.float16))
    assert table.view().names == ("cup/000.jpg", "cup/new.jpg")


def test_a_file_that_was_written_again_is_unknown() -> None:
    table = FeatureTable()
    table.keep(names_of(2), [STAMP, STAMP], features_like(0, 2, 1))
    stamps = {"cup/000.jpg": STAMP, "cup/001.jpg": LATER, "cup/002.jpg": STAMP}
    assert table.unknown(stamps) == ["cup/001.jpg", "cup/002.jpg"]


def test_changes_are_what_came_and_went_since_the_last_time() -> None:
    table, first, second = FeatureTable(), features_like(0, 3, 1), features_like(1, 1, 2)
    table.keep(names_of(3), [STAMP] * 3, first)
    assert table.take_changes().added == tuple(names_of(3))
    table.retain(names_of(2))
    table.keep(["cup/001.jpg"], [LATER], second)
    changes = table.take_changes()
    assert changes.added == ("cup/001.jpg",)
    assert np.array_equal(changes.added_features, second.astype(np.float16))
    assert set(changes.removed) == {"cup/001.jpg", "cup/002.jpg"}
    gone = dict(zip(changes.removed, changes.removed_features, strict=True))
    assert np.array_equal(gone["cup/001.jpg"], first[1].astype(np.float16))
    assert not table.take_changes().added


def test_what_came_and_went_between_two_calls_was_never_there() -> None:
    table = FeatureTable()
    table.keep(names_of(2), [STAMP] * 2, features_like(0, 2, 1))
    table.retain(names_of(1))
    changes = table.take_changes()
    assert changes.added == ("cup/000.jpg",)
    assert changes.removed == ()


def test_features_are_those_that_were_learned_until_the_change_is_taken() -> None:
    table, first = FeatureTable(), features_like(0, 2, 1)
    table.keep(names_of(2), [STAMP] * 2, first)
    table.take_changes()
    table.retain([])
    assert np.array_equal(table.features_of(names_of(2)), first.astype(np.float16))
    table.take_changes()
    with pytest.raises(KeyError):
        table.features_of(names_of(1))
