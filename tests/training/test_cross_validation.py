"""Every image is judged by a layer that has not learned from it, nor from what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_studio.models.unknown import LEAST_IMAGES, UnknownRule, is_unknown, unit_length
from cnn_studio.training.cross_validation import (
    CrossValidation,
    Folds,
    deal,
    unknown_rule,
)
from cnn_studio.training.folds import MOST_FOLDS
from cnn_studio.training.linear_layer import (
    WEIGHT_DECAYS,
    LinearLayers,
    Regression,
    one_thread,
    probabilities_of,
)
from tests.training.described_images import Described, described

IMAGES = described()
CLASSES = ("cup", "pen", "shoe")


@pytest.fixture(autouse=True)
def as_in_a_training() -> Iterator[None]:
    with one_thread():
        yield


def _dealt(images: Described = IMAGES, share: float = 0.2, seed: int = 1) -> Folds:
    names = [f"class {label}" for label in range(int(images.labels.max()) + 1)]
    return deal(images.labels, images.groups, names, share, seed)


def _learned(
    images: Described = IMAGES,
    folds: Folds | None = None,
    iterations: int = 300,
    weight_decay: float = 0.0,
    class_weights: NDArray[np.float32] | None = None,
) -> CrossValidation:
    num_classes = int(images.labels.max()) + 1
    validation = CrossValidation(
        images.features,
        images.labels,
        num_classes,
        folds or _dealt(images),
        class_weights,
        weight_decay,
    )
    assert validation.choose(lambda: True)
    assert validation.learn(iterations, lambda *_about: True)
    return validation


def _held_back(validation: CrossValidation) -> NDArray[np.float32]:
    found = validation.held_back()
    assert found is not None
    return found


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.34, 0.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_belongs_together_is_in_one_fold_and_each_class_in_all(
    share: float, seed: int
) -> None:
    images = described((60, 60, 60), recordings=12)
    folds = _dealt(images, share, seed)
    assert folds.count == min(round(1 / share), MOST_FOLDS)
    assert folds.notes == ()
    for group in set(images.groups):
        own = {int(fold) for fold, of in zip(folds.of, images.groups, strict=True) if of == group}
        assert len(own) == 1
    for label in range(3):
        assert set(folds.of[images.labels == label]) == set(range(folds.count))
    sizes = np.bincount(folds.of)
    assert sizes.max() <= 2 * sizes.min()


def test_one_seed_deals_in_one_way() -> None:
    assert np.array_equal(_dealt(seed=3).of, _dealt(seed=3).of)
    assert not np.array_equal(_dealt(seed=3).of, _dealt(seed=4).of)


def test_without_a_share_nothing_is_held_back() -> None:
    folds = _dealt(share=0)
    assert (folds.count, folds.notes) == (0, ())
    validation = _learned(folds=folds)
    assert validation.held_back() is None
    logits = IMAGES.features @ validation.layer().weights.T + validation.layer().bias
    assert (logits.argmax(axis=1) == IMAGES.labels).mean() > 0.95


def test_a_class_of_one_recording_is_cut_up_and_said_so() -> None:
    images = described()
    groups = tuple(
        "one" if label == 0 else group
        for label, group in zip(images.labels, images.groups, strict=True)
    )
    folds = deal(images.labels, groups, CLASSES, 0.2, 1)
    assert set(folds.of[images.labels == 0]) == set(range(5))
    (note,) = folds.notes
    assert note.startswith("cup has one recording only")
    pieces = folds.of[images.labels == 0]  # each has images that follow each other
    assert int((np.diff(pieces) != 0).sum()) == 4


def test_several_such_classes_are_named_in_one_sentence() -> None:
    images = described()
    groups = tuple(f"one {label}" for label in images.labels)
    (note,) = deal(images.labels, groups, CLASSES, 0.2, 1).notes
    assert note.startswith("cup, pen and shoe have one recording only")


def test_two_recordings_are_not_cut_up() -> None:
    images = described(recordings=2)
    folds = _dealt(images)
    assert folds.notes == ()
    for label in range(3):
        parts = [
            {int(fold) for fold, of in zip(folds.of, images.groups, strict=True) if of == group}
            for group in (f"{label}-0", f"{label}-1")
        ]
        assert [len(part) for part in parts] == [1, 1]
        assert parts[0] != parts[1]


def test_a_recording_of_two_classes_is_cut_so_that_neither_is_lost() -> None:
    """All of a small class lies in a recording that has many images of a large one too."""
    labels = np.array([0] * 2 + [1] * 100)
    groups = ["mixed"] * 22 + [str(number) for number in range(80)]
    folds = deal(labels, groups, CLASSES, 0.2, 1)
    assert len(set(folds.of[:2])) == 2
    (note,) = folds.notes
    assert note.startswith("cup has one recording only")  # and pen has many


@pytest.mark.parametrize("counts", [(2, 2), (2, 40), (3, 2, 2), (2, 3, 50)])
@pytest.mark.parametrize("recordings", [0, 1, 2])
def test_two_images_a_class_will_do(counts: tuple[int, ...], recordings: int) -> None:
    images = described(counts, recordings)
    folds = _dealt(images)
    assert 2 <= folds.count <= 5
    assert set(folds.of) == set(range(folds.count))
    for label in range(len(counts)):
        assert len(set(folds.of[images.labels == label])) > 1  # or nobody could judge them
    answers = _held_back(_learned(images, folds))
    assert np.isfinite(answers).all()
    assert np.abs(answers.sum(axis=1) - 1).max() < 1e-5


def test_a_fold_whose_others_lack_a_class_is_judged_all_the_same() -> None:
    images = described((20, 20, 4))
    folds = Folds(np.where(images.labels == 2, 0, np.arange(44) % 5), 5)
    answers = _held_back(_learned(images, folds))
    assert np.isfinite(answers).all()
    assert (answers.argmax(axis=1) == images.labels)[images.labels != 2].mean() > 0.8
    rule = unknown_rule(images.features, images.labels, folds, answers, None)
    assert rule is not None
    assert np.isfinite(rule.levels).all()


def test_a_class_that_is_in_the_card_and_has_no_images_is_never_answered() -> None:
    validation = CrossValidation(IMAGES.features, IMAGES.labels, 5, _dealt(), None, 0.03)
    validation.learn(300, lambda *_about: True)
    assert set(_held_back(validation).argmax(axis=1)) <= {0, 1, 2}
    assert (
        unknown_rule(IMAGES.features, IMAGES.labels, _dealt(), _held_back(validation), None)
        is not None
    )


def test_a_fold_is_judged_by_a_layer_that_has_learned_from_the_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cnn_studio.training.linear_layer._SETTLED", 1e-9)
    folds = _dealt()
    answers = _held_back(_learned(folds=folds, weight_decay=0.03))
    for fold in range(folds.count):
        others, own = folds.of != fold, folds.of == fold
        apart = LinearLayers(
            IMAGES.features[others],
            IMAGES.labels[others],
            3,
            [Regression(np.ones(int(others.sum()), np.float32), 0.03)],
        )
        apart.learn(300, lambda _done: True)
        layer = apart.layer(0)
        expected = probabilities_of(IMAGES.features[own] @ layer.weights.T + layer.bias)
        assert np.abs(answers[own] - expected).max() < 0.01


def _changed(kind: str, fold: int, folds: Folds) -> Described:
    """The images with those of one fold, or their labels, changed wildly."""
    random, own = np.random.default_rng(3), np.flatnonzero(folds.of == fold)
    features, labels = IMAGES.features.copy(), IMAGES.labels.copy()
    if kind == "labels":
        labels[own] = (labels[own] + 1) % 3
    elif kind == "others":
        features[own] = random.permutation(features[own])
    else:
        features[own] = random.uniform(0, 6, features[own].shape)
    return Described(features, labels, IMAGES.groups)


@pytest.mark.parametrize("kind", ["labels", "others", "noise"])
@pytest.mark.parametrize("fold", [0, 3])
def test_what_a_fold_holds_changes_neither_the_layer_that_judges_it_nor_its_weight_decay(
    kind: str, fold: int
) -> None:
    folds = _dealt()
    plain, changed = _learned(folds=folds), _learned(_changed(kind, fold, folds), folds)
    layers = [each._layers for each in (plain, changed) if each._layers is not None]
    decays = [float(each._decays[fold]) for each in layers]
    assert decays[0] == decays[1]
    found = [each.layer(fold) for each in layers]
    answers = [probabilities_of(IMAGES.features @ each.weights.T + each.bias) for each in found]
    assert np.abs(answers[0] - answers[1]).max() < 0.03
    own = folds.of == fold
    if kind == "labels":  # the answers to the very images whose labels were turned
        difference = np.abs(_held_back(plain)[own] - _held_back(changed)[own])
        assert difference.max() < 0.03
    if kind == "labels":  # and the layer that is handed over has learned from them
        handed = [each.layer() for each in (plain, changed)]
        said = [probabilities_of(IMAGES.features @ each.weights.T + each.bias) for each in handed]
        assert np.abs(said[0] - said[1])[own].max() > 0.3


def test_a_weight_decay_that_is_given_is_not_chosen() -> None:
    validation = CrossValidation(IMAGES.features, IMAGES.labels, 3, _dealt(), None, 0.7)
    assert validation.choose(lambda: False)  # nothing is to be done
    assert validation.weight_decay == 0.7


def test_a_strong_weight_decay_is_chosen_for_features_that_say_nothing() -> None:
    random = np.random.default_rng(0)
    nothing = Described(
        random.gamma(0.3, 1, IMAGES.features.shape).astype(np.float32), IMAGES.labels, IMAGES.groups
    )
    assert _learned(nothing).weight_decay == max(WEIGHT_DECAYS)
    assert _learned(described(recordings=0)).weight_decay == min(WEIGHT_DECAYS)


def test_the_choice_can_be_broken_off() -> None:
    validation = CrossValidation(IMAGES.features, IMAGES.labels, 3, _dealt())
    calls = iter([True, True, False])
    assert not validation.choose(lambda: next(calls))
    assert list(calls) == []


def test_nothing_is_there_before_it_has_learned() -> None:
    validation = CrossValidation(IMAGES.features, IMAGES.labels, 3, _dealt())
    assert validation.held_back() is None
    with pytest.raises(ValueError, match="Nothing was learned"):
        validation.layer()


def test_answers_stay_those_of_the_last_iteration_that_was_counted() -> None:
    seen = list[NDArray[np.float32]]()
    validation = CrossValidation(IMAGES.features, IMAGES.labels, 3, _dealt(), None, 0.03)

    def after(
        number: int, learned: NDArray[np.float32], held_back: NDArray[np.float32] | None
    ) -> bool:
        assert held_back is not None
        seen.append(held_back)
        return number < 4

    assert not validation.learn(100, after)
    assert len(seen) == 4
    assert np.array_equal(_held_back(validation), seen[-1])


def test_class_weights_count_in_every_fold() -> None:
    images = described((90, 10), seed=2)
    images = Described(images.features * 0.05, images.labels, images.groups)
    plain = _held_back(_learned(images, weight_decay=0.3))
    even = _held_back(
        _learned(images, weight_decay=0.3, class_weights=np.array([0.55, 5], np.float32))
    )
    assert plain[:, 1].mean() < 0.25
    assert even[:, 1].mean() > plain[:, 1].mean() + 0.08


@pytest.mark.parametrize("kind", ["zeros", "one image", "one image a class"])
def test_images_that_are_all_alike_end_in_even_odds_and_no_rule(kind: str) -> None:
    labels = np.arange(40) % 2
    one = described((1, 1)).features
    features = {
        "zeros": np.zeros((40, 1280), np.float32),
        "one image": one[np.zeros(40, np.int64)],
        "one image a class": one[labels],
    }[kind]
    images = Described(features, labels, tuple(map(str, range(40))))
    folds = _dealt(images)
    answers = _held_back(_learned(images, folds))
    if kind == "one image a class":
        assert (answers.argmax(axis=1) == labels).all()
    else:
        assert np.abs(answers - 0.5).max() < 0.1
    assert unknown_rule(features, labels, folds, answers, None) is None


def _rule(images: Described = IMAGES, background: int | None = None) -> UnknownRule:
    folds = _dealt(images)
    answers = _held_back(_learned(images, folds))
    rule = unknown_rule(images.features, images.labels, folds, answers, background)
    assert rule is not None
    return rule


def test_the_relative_distance_is_that_of_mahalanobis_in_small_dimensions() -> None:
    """With all directions at hand: within-class and whole covariance, both inverted."""
    from cnn_studio.models.discriminants import ClassSums, fit_discriminants

    images = described((40, 30, 50), recordings=0, width=6)
    units = unit_length(images.features).astype(np.float64)
    found = fit_discriminants(ClassSums.of(unit_length(images.features), images.labels, 3))
    assert found is not None
    directions, means = found
    places = directions.places(units.astype(np.float32))
    ours = ((places[:, None] - means) ** 2).sum(axis=2).min(axis=1) - directions.distances(places)

    centres = np.stack([units[images.labels == label].mean(axis=0) for label in range(3)])
    gaps = units - centres[images.labels]
    within = gaps.T @ gaps / len(units)
    within = 0.7 * within + 0.3 * np.trace(within) / 6 * np.eye(6)
    apart = centres[images.labels] - units.mean(axis=0)
    whole = within + apart.T @ apart / len(units)
    precisions = np.linalg.inv(within), np.linalg.inv(whole)
    to_classes = np.stack(
        [np.einsum("ni,ij,nj->n", units - each, precisions[0], units - each) for each in centres]
    ).min(axis=0)
    from_all = units - units.mean(axis=0)
    to_all = np.einsum("ni,ij,nj->n", from_all, precisions[1], from_all)
    assert np.abs(ours - (to_classes - to_all)).max() < 1e-3
    assert np.ptp(ours) > 1


def test_sums_of_parts_are_those_of_the_whole() -> None:
    from cnn_studio.models.discriminants import ClassSums

    units = unit_length(IMAGES.features)
    whole = ClassSums.of(units, IMAGES.labels, 4)
    one, other = (
        ClassSums.of(units[part], IMAGES.labels[part], 4) for part in (slice(50), slice(50, None))
    )
    added, taken = one + other, whole - other
    assert whole.counts.tolist() == added.counts.tolist() == [40, 40, 40, 0]
    assert np.abs(whole.products - added.products).max() < 1e-5
    assert taken.counts.tolist() == one.counts.tolist()
    assert np.abs(taken.sums - one.sums).max() < 1e-9
    assert np.abs(taken.products - one.products).max() < 1e-4


def test_what_is_of_no_class_is_unknown_and_new_images_are_known() -> None:
    images = described((80, 80, 80), recordings=0)
    rule = _rule(images)
    strange = described((60, 60), recordings=0, seed=99).features
    answers = np.full((120, 3), 1 / 3, np.float32)
    said = rule.familiarity(answers, rule.describe(strange, np.zeros((120, 1, 1, 1280))))
    assert (said <= rule.threshold(0.95)).mean() > 0.9
    assert rule.effect(0.95).answered == pytest.approx(0.95, abs=0.01)
    assert rule.effect(0.95).right_of_answered > 0.95


def test_the_levels_come_from_folds() -> None:
    """Images that lie apart are less familiar when nobody has learned from their recording."""
    folds = _dealt()
    answers = _held_back(_learned(folds=folds))
    rule = unknown_rule(IMAGES.features, IMAGES.labels, folds, answers, None)
    assert rule is not None
    known = rule.familiarity(answers, rule.describe(IMAGES.features, np.zeros((120, 1, 1, 1280))))
    assert len(rule.levels) == 120
    assert np.median(rule.levels) < np.median(known)
    expected = (answers.argmax(axis=1) == IMAGES.labels).mean()
    assert rule.right.mean() == pytest.approx(expected)


def test_the_rule_has_a_number_for_each_class_less_one() -> None:
    rule = _rule()
    assert rule.discriminants is not None
    assert rule.discriminants.projection.shape == (1280, 2)
    assert rule.means.shape == (3, 2)
    assert (rule.discriminants.variances >= 1).all()
    again = UnknownRule.from_dict(rule.to_dict())
    assert again.discriminants is not None
    places = rule.describe(IMAGES.features[:5], np.zeros((5, 1, 1, 1280)))
    assert places is not None
    answers = np.full((5, 3), 1 / 3, np.float32)
    assert np.array_equal(rule.familiarity(answers, places), again.familiarity(answers, places))


def test_features_of_another_network_are_not_described() -> None:
    rule = _rule()
    assert (
        rule.describe(np.zeros((1, 128), np.float32), np.zeros((1, 2, 2, 64), np.float32)) is None
    )


def test_many_classes_take_no_more_than_128_directions() -> None:
    images = described((3,) * 150, recordings=0)
    answers = np.full((450, 150), 1 / 150, np.float32)
    folds = Folds(np.arange(450) % 3, 3)
    rule = unknown_rule(images.features, images.labels, folds, answers, None)
    assert rule is not None
    assert rule.discriminants is not None
    assert rule.discriminants.projection.shape == (1280, 128)
    assert rule.means.shape == (150, 128)


def test_the_background_is_left_out() -> None:
    images = described((30, 30, 30))
    rule = _rule(images, background=1)
    assert len(rule.levels) == 60
    assert rule.means.shape == (2, 1)
    strange = images.features[images.labels == 1]
    answers = np.full((30, 3), 1 / 3, np.float32)
    said = rule.familiarity(answers, rule.describe(strange, np.zeros((30, 1, 1, 1280))))
    assert (said <= rule.threshold(0.95)).mean() > 0.3  # which are no help in one direction


def test_one_class_beside_the_background_gives_no_rule() -> None:
    images = described((40, 40))
    folds = _dealt(images)
    answers = _held_back(_learned(images, folds))
    assert unknown_rule(images.features, images.labels, folds, answers, 0) is None


@pytest.mark.parametrize(("counts", "has_rule"), [((10, 10), True), ((10, 9), False)])
def test_few_images_give_no_rule(counts: tuple[int, ...], has_rule: bool) -> None:
    images = described(counts, recordings=0)
    folds = _dealt(images)
    answers = _held_back(_learned(images, folds))
    rule = unknown_rule(images.features, images.labels, folds, answers, None)
    assert (rule is not None) == has_rule == (sum(counts) >= LEAST_IMAGES)


def test_without_folds_there_is_no_rule_and_it_can_be_broken_off() -> None:
    answers = np.full((120, 3), 1 / 3, np.float32)
    nobody = replace(_dealt(), of=np.zeros(120, np.int64), count=0)
    assert unknown_rule(IMAGES.features, IMAGES.labels, nobody, answers, None) is None
    broken = unknown_rule(IMAGES.features, IMAGES.labels, _dealt(), answers, None, lambda: False)
    assert broken is None


def test_scores_go_from_0_to_1_and_ties_are_counted_once() -> None:
    rule = _rule(described(recordings=0))
    descriptions = rule.describe(IMAGES.features, np.zeros((120, 1, 1, 1280)))
    assert descriptions is not None
    twice = replace(rule, levels=np.repeat(rule.levels[::2], 2))
    effect = twice.effect(0.95)
    assert effect.answered <= 0.95 + 1e-9
    assert is_unknown(0.0, 0.95)
