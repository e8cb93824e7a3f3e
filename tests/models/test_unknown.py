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
    described,
    fit_unknown,
    is_unknown,
)
from tests.models.small_run import bundle

UNITS, FILTERS, CLASSES = 12, 4, 3


def pictures(count: int, seed: int, wrong: int = 0) -> list[LiteOutputs]:
    """Images whose features point in the direction of their class; of some the class is missed."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        label = number % CLASSES
        features = np.maximum(random.normal(0, 0.3, UNITS), 0)
        features[label * 4] += 3
        filters = 1 + random.normal(0, 0.1, FILTERS)
        probabilities = np.full(CLASSES, 0.02 + random.uniform(0, 0.02))
        said = (label + 1) % CLASSES if number < wrong else label
        probabilities[said] = 1 - 2 * probabilities[0]
        made.append(told(probabilities, features, filters))
    return made


def told(probabilities: np.ndarray, features: np.ndarray, filters: np.ndarray) -> LiteOutputs:
    """What a model tells of an image; each filter is as strong everywhere."""
    activations = np.tile(filters.astype(np.float32), (2, 2, 1))
    return LiteOutputs(probabilities.astype(np.float32), features.astype(np.float32), activations)


def known(images: list[LiteOutputs]) -> Known:
    """The same, as a training asks for it."""
    features, activations = (
        np.stack([getattr(image, name) for image in images]) for name in ("features", "activations")
    )
    return Known(
        np.arange(len(images)) % CLASSES,
        np.stack([image.probabilities for image in images]),
        described(features, activations.mean(axis=(1, 2))),
    )


def fitted(count: int = 100, wrong: int = 10) -> UnknownRule:
    rule = fit_unknown(known(pictures(300, 1)), known(pictures(count, 2, wrong)))
    assert rule is not None
    return rule


def test_what_lies_elsewhere_is_unknown_however_sure_the_model_is() -> None:
    rule, fresh = fitted(), pictures(60, 3)
    assert np.mean([is_unknown(rule.score(image), 0.95) for image in fresh]) < 0.15
    sure, even = np.array([0.98, 0.01, 0.01]), np.ones(FILTERS)
    features = np.eye(UNITS)[0] * 3
    assert rule.score(told(sure, features, even)) != 0
    assert rule.score(told(sure, np.roll(features, 2), even)) == 0
    assert rule.score(told(sure, features, np.eye(FILTERS)[0])) == 0


def test_what_is_undecided_is_less_familiar() -> None:
    rule, features = fitted(), np.eye(UNITS)[0] * 3
    sure, undecided = np.array([0.98, 0.01, 0.01]), np.array([0.4, 0.3, 0.3])
    scores = [rule.score(told(said, features, np.ones(FILTERS))) for said in (sure, undecided)]
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0] > scores[1]


def test_the_score_is_the_share_that_is_less_familiar() -> None:
    rule = fitted()
    scores = [rule.score(image) for image in pictures(100, 2, 10)]
    assert sorted(round(100 * score) for score in scores if score is not None) == list(range(100))


@pytest.mark.parametrize("count", [20, 37, 100])
@pytest.mark.parametrize("accept", [0, 0.05, 0.5, 0.95, 0.99, 1])
def test_score_threshold_and_effect_draw_one_line(count: int, accept: float) -> None:
    rule, held_back = fitted(count), pictures(count, 2, 10)
    refused = np.array([is_unknown(rule.score(image), accept) for image in held_back])
    assert refused.sum() == (rule.levels <= rule.threshold(accept)).sum()
    effect = rule.effect(accept)
    assert effect.answered == pytest.approx(1 - refused.mean())
    assert effect.answered == pytest.approx(accept, abs=1 / count)
    right = np.arange(count) >= 10
    expected = right[~refused].mean() if not refused.all() else 0
    assert effect.right_of_answered == pytest.approx(expected)


def test_all_are_answered_where_that_is_wished() -> None:
    rule = fitted()
    assert rule.threshold(1) == -math.inf
    assert rule.effect(1).answered == 1
    assert rule.effect(1).right_of_answered == pytest.approx(0.9)
    assert not is_unknown(0.0, 1.0)
    assert not is_unknown(None, 0.5)


def test_too_few_images_give_no_rule() -> None:
    some, many = known(pictures(LEAST_IMAGES - 1, 1)), known(pictures(100, 2))
    assert fit_unknown(many, some) is None
    assert fit_unknown(some, many) is None


def test_the_background_class_is_neither_known_nor_usual() -> None:
    rule = fit_unknown(known(pictures(300, 1)), known(pictures(99, 2)), background=2)
    assert rule is not None
    assert len(rule.means) == 2
    assert len(rule.levels) == 66
    assert rule.score(pictures(3, 3)[2]) == 0
    few = known(pictures(25, 2))
    assert fit_unknown(known(pictures(300, 1)), few, background=2) is None


def test_images_held_back_from_recordings_that_were_learned_from_leave_new_ones_a_margin() -> None:
    train, held_back = known(pictures(300, 1)), known(pictures(100, 2, wrong=10))
    bare, wide = (fit_unknown(train, held_back, seen=seen) for seen in (0, 1))
    assert bare is not None
    assert wide is not None
    assert wide.threshold(0.95) == pytest.approx(bare.threshold(0.95) - wide.margin, abs=1e-4)
    assert bare.effect(0.95).answered == 0.95
    assert wide.effect(0.95).answered == 1, "Told is what happens to them, margin and all."
    refused, refused_with_margin = (
        np.mean([is_unknown(rule.score(image), 0.95) for image in pictures(60, 3)])
        for rule in (bare, wide)
    )
    assert refused_with_margin < refused
    elsewhere = told(np.array([0.98, 0.01, 0.01]), np.roll(np.eye(UNITS)[0], 2), np.ones(FILTERS))
    assert wide.score(elsewhere) == 0
    read = UnknownRule.from_dict(wide.to_dict())
    assert (read.margin, read.effect(0.95)) == (wide.margin, wide.effect(0.95))
    older = {name: value for name, value in wide.to_dict().items() if name != "margin"}
    assert UnknownRule.from_dict(older).margin == 0


def test_a_model_that_tells_less_or_other_things_has_no_score() -> None:
    rule, image = fitted(), pictures(1, 3)[0]
    assert rule.score(LiteOutputs(image.probabilities, None, None)) is None
    assert rule.score(told(image.probabilities, np.ones(UNITS + 1), np.ones(FILTERS))) is None


def test_what_is_not_a_number_is_unknown() -> None:
    image = told(np.ones(CLASSES) / CLASSES, np.full(UNITS, np.nan), np.ones(FILTERS))
    assert fitted().score(image) == 0


@pytest.mark.parametrize("level", [0, 1], ids=["silent", "alike"])
def test_images_that_do_not_differ_give_a_rule_all_the_same(level: int) -> None:
    images = [told(np.ones(CLASSES) / CLASSES, np.full(UNITS, level), np.full(FILTERS, level))] * 30
    alike = known(images)
    rule = fit_unknown(alike, alike)
    assert rule is not None
    assert np.isfinite(rule.precision).all()
    assert rule.score(images[0]) == 0
    assert UnknownRule.from_dict(rule.to_dict()).levels.tolist() == rule.levels.tolist()


def test_a_rule_survives_the_disk_and_an_older_model_has_none(tmp_path: Path) -> None:
    rule, fresh = fitted(), pictures(30, 3)
    write_bundle(tmp_path, bundle(unknown=rule, background="shoe"))
    read = read_bundle(tmp_path)
    assert read.background == "shoe"
    assert read.unknown is not None
    for image in fresh:
        assert read.unknown.score(image) == rule.score(image)
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
        {"margin": -1},
        {"margin": "3"},
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
