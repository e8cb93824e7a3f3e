"""Varied copies for what learns from features."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.training.cross_validation import CrossValidation, Folds
from cnn_studio.training.strengths import Augmentation, Flip, Turns
from cnn_studio.training.varied_copies import VariedCopy, drawn
from cnn_studio.vision.preparation import InputSpec
from cnn_studio.vision.variation import Variation

SPEC = InputSpec(32)
KEY = b"\1" * 32


def picture() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, SPEC.shape, np.uint8)


def test_a_copy_depends_on_image_seed_and_number_alone() -> None:
    image = picture()
    copy = VariedCopy(Augmentation.STRONG, SPEC, 1, 0)
    first = copy.vary(image, KEY)
    assert (first == copy.vary(image, KEY)).all()
    assert (first != copy.vary(image, b"\2" * 32)).any()
    keys = {
        VariedCopy(Augmentation.STRONG, SPEC, seed, number).key
        for seed in (1, 2)
        for number in (0, 1)
    }
    assert len(keys | {VariedCopy(Augmentation.LIGHT, SPEC, 1, 0).key}) == 5


def test_quarter_turns_and_mirrors_move_pixels_and_change_none() -> None:
    image, random = picture(), np.random.default_rng(1)
    ways = {drawn(Augmentation(turns=Turns.ALL), random).of(image).tobytes() for _ in range(200)}
    eight = {
        np.ascontiguousarray(np.rot90(side, turns)).tobytes()
        for side in (image, image[:, ::-1])
        for turns in range(4)
    }
    assert ways == eight


def test_an_image_with_an_up_is_mirrored_sideways_alone() -> None:
    image, random = picture(), np.random.default_rng(1)
    ways = {drawn(Augmentation(Flip.SIDEWAYS), random).of(image).tobytes() for _ in range(50)}
    assert ways == {image.tobytes(), np.ascontiguousarray(image[:, ::-1]).tobytes()}


def test_what_is_off_changes_nothing() -> None:
    image = picture()
    assert (drawn(Augmentation.OFF, np.random.default_rng(1)).of(image) == image).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_a_shift_moves_by_a_share_of_the_side(channels: int) -> None:
    image = np.zeros((32, 32, channels), np.uint8)
    image[8:12, 8:12] = 255
    moved = Variation(right=0.25, down=0.125, on_black=True).of(image)
    assert moved.shape == image.shape
    rows, columns = np.nonzero(moved[..., 0] > 128)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (12, 15, 16, 19)


def test_light_and_contrast_stay_within_what_a_pixel_holds() -> None:
    image = picture()
    lighter = Variation(brightness=0.9, contrast=2.0).of(image)
    assert lighter.dtype == np.uint8
    assert lighter.mean() > image.mean()
    assert lighter.max() == 255


def test_a_garment_on_black_is_never_lit() -> None:
    random = np.random.default_rng(1)
    lit = [drawn(Augmentation(brightness=0.5), random, on_black=True) for _ in range(20)]
    assert {one.brightness for one in lit} == {0.0}


def _problem() -> tuple[np.ndarray, np.ndarray, Folds]:
    """Two classes that differ in one number, with few images in five folds."""
    random = np.random.default_rng(0)
    labels = np.arange(40) % 2
    features = random.random((40, 30), np.float32)
    features[:, 0] += labels
    return features, labels, Folds(np.arange(40) // 2 % 5, 5)


def test_copies_that_help_are_learned_from() -> None:
    features, labels, folds = _problem()
    random = np.random.default_rng(1)
    # The copies differ in all that means nothing, so that it is learned to mean nothing.
    copies = random.random((6, 40, 30), np.float32)
    copies[:, :, 0] = features[:, 0]
    layers = CrossValidation(features, labels, 2, folds, copies=copies)
    assert layers.choose(lambda: True)
    assert layers.learns_from_copies
    assert layers.learn(30, lambda *_said: True)
    held_back = layers.held_back()
    assert held_back is not None
    assert held_back.shape == (40, 2)
    plain = CrossValidation(features, labels, 2, folds)
    plain.choose(lambda: True)
    plain.learn(30, lambda *_said: True)
    without = plain.held_back()
    assert without is not None
    right = [float((given.argmax(axis=1) == labels).mean()) for given in (held_back, without)]
    assert right[0] >= right[1]


def test_copies_that_mislead_are_left_out() -> None:
    features, labels, folds = _problem()
    misleading = features[None].copy()
    misleading[0, :, 0] = 2 - misleading[0, :, 0]
    layers = CrossValidation(features, labels, 2, folds, copies=misleading)
    assert layers.choose(lambda: True)
    assert not layers.learns_from_copies
    layers.learn(30, lambda *_said: True)
    plain = CrossValidation(features, labels, 2, folds)
    plain.choose(lambda: True)
    plain.learn(30, lambda *_said: True)
    assert layers.weight_decay == plain.weight_decay
    np.testing.assert_allclose(layers.layer().weights, plain.layer().weights, atol=2e-2)
