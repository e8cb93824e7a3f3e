"""The directions of the rule for unknown images, written down and read back without trust."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.discriminants import ClassSums, Discriminants, fit_discriminants
from cnn_studio.models.fields import floats_as_text

GIVEN = Discriminants(
    np.arange(8, dtype=np.float32).reshape(4, 2),
    np.array([1, 2], np.float32),
    np.array([3, 4], np.float32),
)


def test_they_are_read_back_as_they_were() -> None:
    again = Discriminants.from_dict(json.loads(json.dumps(GIVEN.to_dict())))
    for name in ("projection", "centre", "variances"):
        assert np.array_equal(getattr(again, name), getattr(GIVEN, name))
        assert getattr(again, name).dtype == np.float32


def _text(*numbers: float) -> str:
    return floats_as_text(np.array(numbers, np.float32))


@pytest.mark.parametrize("key", ["projection", "centre", "variances"])
@pytest.mark.parametrize(
    "value",
    [None, 5, "", "no base64", _text(1), _text(1, 2, 3), _text(float("nan"), 1), [1.0, 2.0], {}],
)
def test_damaged_values_are_model_errors(key: str, value: Any) -> None:
    values = {**GIVEN.to_dict(), key: value}
    with pytest.raises(ModelError):
        Discriminants.from_dict(values)
    del values[key]
    with pytest.raises(ModelError):
        Discriminants.from_dict(values)


@pytest.mark.parametrize("values", [None, [], "text", 5, {}])
def test_what_is_no_object_is_a_model_error(values: object) -> None:
    with pytest.raises(ModelError):
        Discriminants.from_dict(values)


@pytest.mark.parametrize("variances", [(0, 1), (-1, 1), (float("nan"), 1)])
def test_variances_are_above_0(variances: tuple[float, float]) -> None:
    with pytest.raises(ModelError, match="above 0"):
        Discriminants(GIVEN.projection, GIVEN.centre, np.array(variances, np.float32))


def test_places_and_distances_have_the_shape_of_what_they_are_of() -> None:
    one = np.array([1, 0, 0, 0], np.float32)
    assert GIVEN.places(one).tolist() == [0, 1]
    assert GIVEN.distances(GIVEN.places(one)) == pytest.approx(1 / 3 + 1 / 4)
    many = GIVEN.places(np.tile(one, (5, 1)))
    assert many.shape == (5, 2)
    assert GIVEN.distances(many).shape == (5,)


def test_scaled_ones_tell_distances_in_another_unit() -> None:
    scaled, places = GIVEN.scaled(4.0), GIVEN.places(np.ones((1, 4), np.float32))
    assert scaled.distances(scaled.places(np.ones((1, 4), np.float32))) == pytest.approx(
        4 * GIVEN.distances(places)
    )


@pytest.mark.parametrize("counts", [[], [5], [5, 0]])
def test_fewer_than_two_classes_have_no_directions(counts: list[int]) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    features = np.random.default_rng(0).random((len(labels), 4)).astype(np.float32)
    assert fit_discriminants(ClassSums.of(features, labels, max(len(counts), 1))) is None


def test_a_class_without_images_is_none() -> None:
    features = np.random.default_rng(0).random((20, 4)).astype(np.float32)
    labels = np.repeat([0, 3], 10)
    found = fit_discriminants(ClassSums.of(features, labels, 5))
    assert found is not None
    assert found[1].shape == (2, 1)
