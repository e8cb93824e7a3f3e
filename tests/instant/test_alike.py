"""The images most alike to one, against a plain sort of exact cosines."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.instant.alike import find_alike
from cnn_studio.models.unknown import unit_length

IMAGES, SIZE = 700, 40


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    """More images than are looked at at once, of length one, as a table keeps them."""
    random = np.random.default_rng(5).normal(size=(IMAGES, SIZE)).astype(np.float32)
    return unit_length(random).astype(np.float16)


def test_the_most_alike_come_first_without_the_image_itself(features: np.ndarray) -> None:
    found = find_alike(features, features[300], 25, itself=300)
    cosines = features.astype(np.float64) @ features[300].astype(np.float64)
    cosines[300] = -1
    expected = np.argsort(-cosines)[:25]
    assert found.places.tolist() == expected.tolist()
    assert found.similarities == pytest.approx(cosines[expected], abs=1e-6)
    assert found.similarities.dtype == np.float32


def test_an_image_that_is_not_in_the_table_is_compared_with_all(features: np.ndarray) -> None:
    found = find_alike(features, features[7].astype(np.float32), 3)
    assert found.places[0] == 7
    assert found.similarities[0] == pytest.approx(1, abs=1e-3)


def test_copies_stand_in_the_order_of_the_table(features: np.ndarray) -> None:
    copies = np.concatenate([features, features[:3], features[:3]])
    found = find_alike(copies, features[1], 2, itself=1)
    assert found.places.tolist() == [IMAGES + 1, IMAGES + 4]


@pytest.mark.parametrize(("held", "itself", "count"), [(4, 0, 3), (1, 0, 0), (0, None, 0)])
def test_there_are_no_more_than_there_are(
    features: np.ndarray, held: int, itself: int | None, count: int
) -> None:
    assert len(find_alike(features[:held], features[0], 200, itself=itself)) == count


def test_features_of_another_network_are_refused(features: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"Expected features of \(40,\) values, not \(39,\)"):
        find_alike(features, features[0, :-1], 3)
