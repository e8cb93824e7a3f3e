"""The rule for unknown images, on features whose classes lie where the test puts them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.bundle import Bundle, read_bundle, write_bundle
from cnn_studio.models.lite import LiteOutputs
from cnn_studio.models.unknown import (
    LEAST_IMAGES,
    Known,
    UnknownRule,
    checked_accept,
    fit_unknown,
    is_unknown,
)
from tests.models.small_run import bundle

UNITS, CLASSES = 12, 3


def known(count: int, seed: int, wrong: int = 0) -> Known:
    """Images whose features point in the direction of their class; of some the class is missed."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    features = np.maximum(random.normal(0, 0.3, (count, UNITS)), 0)
    features[np.arange(count), labels * 4] += 3
    said = np.where(np.arange(count) < wrong, (labels + 1) % CLASSES, labels)
    probabilities = np.full((count, CLASSES), 0.02) + random.uniform(0, 0.02, (count, 1))
    probabilities[np.arange(count), said] = 0
    probabilities[np.arange(count), said] = 1 - probabilities.sum(axis=1)
    return Known(labels, probabilities.astype(np.float32), features.astype(np.float32))


def fitted(count: int = 100, wrong: int = 10) -> UnknownRule:
    rule = fit_unknown(known(300, 1), known(count, 2, wrong))
    assert rule is not None
    return rule


def outputs(known_images: Known, place: int) -> LiteOutputs:
    return LiteOutputs(known_images.probabilities[place], known_images.features[place], None)


def test_what_points_elsewhere_is_unknown_however_sure_the_model_is() -> None:
    rule, fresh = fitted(), known(60, 3)
    scores = [rule.score(outputs(fresh, place)) for place in range(60)]
    assert np.mean([is_unknown(score, 0.95) for score in scores]) < 0.15
    elsewhere = np.zeros(UNITS, np.float32)
    elsewhere[[1, 6, 11]] = 2
    sure = np.array([0.98, 0.01, 0.01], np.float32)
    assert rule.score(LiteOutputs(sure, elsewhere, None)) == 0


def test_what_is_undecided_is_less_familiar() -> None:
    rule, fresh = fitted(), known(1, 3)
    undecided = np.full(CLASSES, 1 / CLASSES, np.float32)
    assert rule.familiarity(undecided, fresh.features[0]) < rule.familiarity(
        fresh.probabilities[0], fresh.features[0]
    )


def test_the_score_is_the_share_that_is_less_familiar() -> None:
    rule, held_back = fitted(), known(100, 2, 10)
    scores = [rule.score(outputs(held_back, place)) for place in range(100)]
    assert sorted(round(100 * score) for score in scores if score is not None) == list(range(100))


@pytest.mark.parametrize("count", [20, 21, 37, 100])
@pytest.mark.parametrize("accept", [0, 0.05, 0.5, 0.9, 0.95, 0.99, 1])
def test_score_threshold_and_effect_draw_one_line(count: int, accept: float) -> None:
    rule, held_back = fitted(count), known(count, 2, 10)
    refused = [is_unknown(rule.score(outputs(held_back, place)), accept) for place in range(count)]
    below = rule.familiarity(held_back.probabilities, held_back.features) <= rule.threshold(accept)
    assert refused == below.tolist()
    effect = rule.effect(accept)
    assert effect.answered == pytest.approx(1 - np.mean(refused))
    assert effect.answered == pytest.approx(accept, abs=1 / count)
    right = held_back.probabilities.argmax(axis=1) == held_back.labels
    answered = ~np.array(refused)
    assert effect.right_of_answered == (
        pytest.approx(right[answered].mean()) if answered.any() else 0
    )


def test_all_are_answered_where_that_is_wished() -> None:
    rule = fitted()
    assert rule.threshold(1) == -math.inf
    assert rule.effect(1).answered == 1
    assert rule.effect(1).right_of_answered == pytest.approx(0.9)
    assert not is_unknown(0.0, 1.0)
    assert not is_unknown(None, 0.5)


def test_too_few_images_give_no_rule() -> None:
    some, many = known(LEAST_IMAGES - 1, 1), known(100, 2)
    assert fit_unknown(many, some) is None
    assert fit_unknown(some, many) is None


def test_the_background_class_is_neither_known_nor_usual() -> None:
    rule = fit_unknown(known(300, 1), known(99, 2), background=2)
    assert rule is not None
    assert len(rule.means) == 2
    assert len(rule.levels) == 66
    fresh = known(6, 3)
    assert rule.score(outputs(fresh, 2)) == 0
    assert fit_unknown(known(300, 1), known(25, 2), background=2) is None


def test_a_model_that_tells_no_features_or_others_has_no_score() -> None:
    rule, fresh = fitted(), known(1, 3)
    assert rule.score(LiteOutputs(fresh.probabilities[0], None, None)) is None
    assert rule.score(LiteOutputs(fresh.probabilities[0], np.zeros(5, np.float32), None)) is None


def test_what_is_not_a_number_is_unknown() -> None:
    rule, fresh = fitted(), known(1, 3)
    strange = np.full(UNITS, np.nan, np.float32)
    assert rule.score(LiteOutputs(fresh.probabilities[0], strange, None)) == 0


@pytest.mark.parametrize("features", [np.zeros(UNITS), np.ones(UNITS)], ids=["silent", "alike"])
def test_features_that_do_not_differ_give_a_rule_all_the_same(features: np.ndarray) -> None:
    alike = Known(
        np.arange(30) % CLASSES,
        np.full((30, CLASSES), 1 / CLASSES, np.float32),
        np.tile(features.astype(np.float32), (30, 1)),
    )
    rule = fit_unknown(alike, alike)
    assert rule is not None
    assert np.isfinite(rule.precision).all()
    assert rule.score(outputs(alike, 0)) == 0
    assert UnknownRule.from_dict(rule.to_dict()).levels.tolist() == rule.levels.tolist()


def test_a_rule_survives_the_disk_and_an_older_model_has_none(tmp_path: Path) -> None:
    rule, fresh = fitted(), known(30, 3)
    write_bundle(tmp_path, bundle(unknown=rule, background="shoe"))
    read = read_bundle(tmp_path)
    assert read.background == "shoe"
    assert read.unknown is not None
    for place in range(30):
        assert read.unknown.score(outputs(fresh, place)) == rule.score(outputs(fresh, place))
    assert read.unknown.effect(0.9) == rule.effect(0.9)
    older = bundle().to_dict()
    del older["unknown"], older["background"]
    assert (Bundle.from_dict(older).unknown, Bundle.from_dict(older).background) == (None, "")


@pytest.mark.parametrize(
    "change",
    [
        {"means": ""},
        {"means": "AAAA"},
        {"means": "not base64!"},
        {"means": 3},
        {"precision": ""},
        {"precision": "AACAPwAAgD8="},
        {"precision": "AADAfwAAwH8AAMB/AADAfw=="},  # NaN
        {"levels": ""},
        {"levels": "AACAPwAAAAA="},  # 1, 0: does not ascend
        {"right": "1"},
        {"right": [1]},
        {"entropy_weight": "1"},
        {"entropy_weight": None},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(change: dict[str, Any]) -> None:
    values = json.loads(json.dumps(fitted().to_dict())) | change
    with pytest.raises(ModelError, match=r"unknown"):
        UnknownRule.from_dict(values)


def test_a_share_outside_is_refused() -> None:
    assert checked_accept(0.5) == 0.5
    for accept in (-0.1, 1.1, math.nan):
        with pytest.raises(UsageError, match="0 to 1"):
            checked_accept(accept)
