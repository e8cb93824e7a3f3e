"""Temperature scaling and the expected calibration error, on answers whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.calibration import (
    LEAST_IMAGES,
    Calibration,
    calibrated,
    fit_calibration,
)
from cnn_studio.models.reliability import BINS, bins_of, reliability


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _honest(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Logits (count, 5), and labels that are drawn with just those probabilities."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (count, 5))
    uniform = random.random((count, 1))
    labels = (_softmax(logits).cumsum(axis=1) < uniform).sum(axis=1)
    return logits, np.minimum(labels, 4).astype(np.int64)


@pytest.mark.parametrize("boast", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(boast: float) -> None:
    logits, labels = _honest(8000)
    calibration = fit_calibration(labels, _softmax(logits * boast))
    assert calibration is not None
    assert calibration.temperature == pytest.approx(boast, rel=0.05)
    assert calibration.ece_after < 0.025
    assert calibration.count == 8000
    if boast != 1.0:
        assert calibration.ece_after < calibration.ece_before / 3


def test_a_temperature_that_does_harm_to_other_images_is_not_applied() -> None:
    applied = []
    for seed in range(40):
        logits, labels = _honest(60, seed)
        calibration = fit_calibration(labels, _softmax(logits * 1.2))
        assert calibration is not None
        assert calibration.is_applied == (calibration.ece_after < calibration.ece_before)
        assert calibration.is_applied == (calibration.temperature != 1.0)
        applied.append(calibration.is_applied)
    assert 5 < sum(applied) < 35  # both happen with as few images as these


def test_a_recording_is_judged_by_a_temperature_from_others() -> None:
    # Seen one by one, the images of a recording tell what its other images ask for.
    confidences = np.repeat([0.99, 0.6, 0.6, 0.6], [60, 20, 20, 20]).astype(np.float32)
    probabilities = np.stack([confidences, 1 - confidences], axis=1)
    labels = np.array([*[0] * 30, *[1] * 30, *[0] * 60])
    recordings = [f"r{place // 60}" if place < 60 else f"r{place // 20}" for place in range(120)]
    alone = fit_calibration(labels, probabilities)
    together = fit_calibration(labels, probabilities, recordings)
    assert alone is not None
    assert together is not None
    assert alone.ece_before == together.ece_before
    assert together.ece_after > alone.ece_after + 0.05
    shuffled = np.random.default_rng(1).permutation(120)
    again = fit_calibration(
        labels[shuffled], probabilities[shuffled], [recordings[place] for place in shuffled]
    )
    assert again is not None
    assert again.ece_after == pytest.approx(together.ece_after)


@pytest.mark.parametrize("recordings", [["one"] * 40, [""] * 40, ["a", "b"] * 20])
def test_any_recordings_can_be_judged(recordings: list[str]) -> None:
    logits, labels = _honest(40)
    calibration = fit_calibration(labels, _softmax(logits * 3), recordings)
    assert calibration is not None
    assert calibration.temperature == pytest.approx(3, rel=0.4)


def test_scaling_keeps_the_order_and_adds_up_to_one() -> None:
    random = np.random.default_rng(3)
    probabilities = _softmax(random.normal(0, 4, (200, 7)))
    for temperature in (0.1, 0.7, 1.0, 2.0, 10.0):
        scaled = calibrated(probabilities, temperature)
        assert scaled.dtype == np.float32
        assert scaled.sum(axis=1) == pytest.approx(1, abs=1e-5)
        order = probabilities.argsort(axis=1)
        assert (np.diff(np.take_along_axis(scaled, order, axis=1), axis=1) >= 0).all()
        assert (scaled.argmax(axis=1) == probabilities.argmax(axis=1)).all()
    row = probabilities[0]
    assert calibrated(row, 2.0) == pytest.approx(calibrated(probabilities, 2.0)[0])
    assert calibrated(row, 1.0) is row


@pytest.mark.parametrize("temperature", [0.01, 0.1, 1.0, 10.0, 100.0])
def test_extreme_probabilities_stay_numbers(temperature: float) -> None:
    tiny = np.finfo(np.float32)
    rows = np.array([[1, 0, 0], [1, tiny.tiny, tiny.smallest_subnormal], [0.5, 0.5, 0]], np.float32)
    scaled = calibrated(rows, temperature)
    assert np.isfinite(scaled).all()
    assert scaled.sum(axis=1) == pytest.approx(1)
    assert scaled[0].argmax() == 0


@pytest.mark.parametrize("right", [True, False])
def test_certain_answers_can_be_fitted(right: bool) -> None:
    said = np.arange(40) % 3
    labels = said if right else (said + 1) % 3
    calibration = fit_calibration(labels.astype(np.int64), np.eye(3, dtype=np.float32)[said])
    assert calibration is not None
    assert 0.1 <= calibration.temperature <= 10
    assert calibration.ece_before == (0 if right else 1)


def test_a_model_that_was_always_right_is_not_made_certain() -> None:
    logits, _labels = _honest(60)
    probabilities = _softmax(logits)
    calibration = fit_calibration(probabilities.argmax(axis=1).astype(np.int64), probabilities)
    assert calibration is not None
    assert calibration.temperature > 0.15


def test_few_images_give_no_temperature() -> None:
    logits, labels = _honest(LEAST_IMAGES - 1)
    assert fit_calibration(labels, _softmax(logits)) is None


@pytest.mark.parametrize("temperature", [0.0, -1.0, 1e-9, 1e9])
def test_a_temperature_out_of_range_is_refused(temperature: float) -> None:
    with pytest.raises(ModelError, match="temperature"):
        Calibration(temperature, 0.1, 0.1, 20)


def test_the_calibration_error_is_the_one_worked_out_by_hand() -> None:
    confidences = np.array([0.95, 0.95, 0.95, 0.95, 0.6, 0.6], np.float32)
    probabilities = np.stack([confidences, 1 - confidences], axis=1)
    labels = np.array([0, 0, 0, 1, 0, 1])
    result = reliability(labels, probabilities)
    assert result.ece == pytest.approx(4 / 6 * 0.2 + 2 / 6 * 0.1, abs=1e-6)
    filled = [each for each in result.bins if each.count]
    assert [(each.count, each.accuracy) for each in filled] == [(2, 0.5), (4, 0.75)]
    assert [each.confidence for each in filled] == pytest.approx([0.6, 0.95])
    assert sum(each.count for each in result.bins) == 6


def test_every_probability_has_a_bin() -> None:
    ends = np.array([[0.0], [1 / BINS], [0.5], [1.0]], np.float32)
    assert bins_of(ends).tolist()[0] == 0
    assert bins_of(ends).tolist()[-1] == BINS - 1
