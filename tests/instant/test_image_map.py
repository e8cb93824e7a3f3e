"""The places of images on a map: true to the features, alike every time, and ended on request."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cnn_studio.instant.image_map import (
    COMPONENTS,
    LEAST_IMAGES,
    arrange,
    arranged_places,
    evenly_chosen,
    first_places,
    principal_components,
)
from cnn_studio.models.unknown import unit_length

GROUPS, EACH, SIZE = 4, 40, 96


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return np.repeat(np.arange(GROUPS), EACH)


@pytest.fixture(scope="module")
def features(labels: np.ndarray) -> np.ndarray:
    """Four groups of images, as a table keeps their features."""
    random = np.random.default_rng(3)
    middles = random.normal(size=(GROUPS, SIZE))
    images = middles[labels] + 0.3 * random.normal(size=(len(labels), SIZE))
    return unit_length(images.astype(np.float32)).astype(np.float16)


@pytest.fixture(scope="module")
def components(features: np.ndarray) -> np.ndarray:
    found = principal_components(features)
    assert found is not None
    return found


def _own_group(places: np.ndarray, labels: np.ndarray) -> float:
    """The share of images whose nearest one on the map is of their own group."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return float((labels[distances.argmin(1)] == labels).mean())


def test_the_components_are_those_of_a_full_decomposition(
    features: np.ndarray, components: np.ndarray
) -> None:
    exact = features.astype(np.float64) - features.astype(np.float64).mean(0)
    lengths = np.linalg.svd(exact, compute_uv=False)
    assert components.shape == (len(features), COMPONENTS)
    assert components.dtype == np.float32
    assert components.mean(0) == pytest.approx(0, abs=1e-4)
    # The first hold the groups; the later ones are noise of nearly one length.
    assert np.linalg.norm(components[:, :3], axis=0) == pytest.approx(lengths[:3], rel=1e-3)
    assert (components**2).sum() == pytest.approx((lengths[:COMPONENTS] ** 2).sum(), rel=0.01)


def test_a_map_drawn_again_is_not_turned_over(features: np.ndarray, components: np.ndarray) -> None:
    order = np.random.default_rng(0).permutation(len(features))
    again = principal_components(features[order])
    assert again is not None
    assert first_places(again) == pytest.approx(first_places(components)[order], abs=1e-3)


@pytest.mark.parametrize("count", [1, LEAST_IMAGES])
def test_a_few_images_have_places_too(features: np.ndarray, count: int) -> None:
    few = principal_components(features[:count])
    assert few is not None
    assert first_places(few).shape == (count, 2)
    assert np.isfinite(first_places(few)).all()


def test_the_fewest_images_are_arranged(features: np.ndarray) -> None:
    few = principal_components(features[:LEAST_IMAGES])
    assert few is not None
    places = arranged_places(few)
    assert places.shape == (LEAST_IMAGES, 2)
    assert np.isfinite(places).all()


def test_copies_of_one_image_are_arranged(features: np.ndarray) -> None:
    copies = principal_components(np.repeat(features[:1], 12, axis=0))
    assert copies is not None
    assert np.isfinite(arranged_places(copies)).all()


def test_images_that_look_alike_stand_side_by_side(
    components: np.ndarray, labels: np.ndarray
) -> None:
    places = arranged_places(components)
    assert places.dtype == np.float32
    assert _own_group(places, labels) > 0.98
    assert np.array_equal(places, arranged_places(components))


def test_beyond_the_most_each_stands_beside_the_one_most_like_it(
    components: np.ndarray, labels: np.ndarray
) -> None:
    places = arranged_places(components, most=60)
    chosen = evenly_chosen(len(components), 60)
    assert len(chosen) == 60
    assert np.array_equal(places[chosen], arranged_places(components[chosen]))
    assert _own_group(places, labels) > 0.98
    reach = np.ptp(places, axis=0).max()
    away = np.linalg.norm(places[:, None] - places[chosen][None], axis=2).min(1)
    assert away.max() < 0.03 * reach


def test_a_process_of_its_own_gives_the_same_places(components: np.ndarray) -> None:
    places = arrange(components)
    assert places is not None
    assert places == pytest.approx(arranged_places(components), abs=1e-3)


def test_cancelling_ends_the_process_at_once(components: np.ndarray) -> None:
    many = np.tile(components, (30, 1))
    many += np.random.default_rng(0).normal(0, 0.05, many.shape).astype(np.float32)
    begun = time.monotonic()
    assert arrange(many, cancelled=lambda: time.monotonic() - begun > 1) is None


def test_a_cancelled_map_has_no_components(features: np.ndarray) -> None:
    assert principal_components(features, cancelled=lambda: True) is None
