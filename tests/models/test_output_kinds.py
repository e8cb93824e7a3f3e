"""What a network's numbers are, and the probabilities that they become."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.output_kinds import SIGMOID, SOFTMAX, OutputKind, kind_of_outputs


def _rows(*rows: list[float]) -> list[np.ndarray]:
    return [np.array(row, np.float32) for row in rows]


@pytest.mark.parametrize(
    ("rows", "ends_in", "kind"),
    [
        (_rows([0.2, 0.8], [1, 0]), SOFTMAX, OutputKind.PROBABILITIES),
        (_rows([0.25, 0.75]), "", OutputKind.PROBABILITIES),
        (_rows([0.2, 0.7, 0.9]), SIGMOID, OutputKind.SIGMOIDS),
        (_rows([0.2, 0.7, 0.9]), "", OutputKind.LOGITS),
        (_rows([-3, 8, 1], [0, 0, 0]), "", OutputKind.LOGITS),
        (_rows([0.3], [0.9]), SIGMOID, OutputKind.SIGMOID),
        (_rows([0.3], [0.9]), "", OutputKind.SIGMOID),  # an end that is not known: a hard sigmoid
        (_rows([0.3], [1.9]), "", OutputKind.SIGMOID_LOGIT),
        (_rows([0.3], [1.9]), SIGMOID, OutputKind.SIGMOID_LOGIT),
        (_rows([0.5, 0.5], [0.52, 0.5]), SIGMOID, OutputKind.SIGMOIDS),
        (_rows([0.001] * 1_000), SOFTMAX, OutputKind.PROBABILITIES),
        (_rows([0.0021] * 1_000, [0.0015] * 1_000), "", OutputKind.LOGITS),
        (_rows([0.0] * 1_000, [2 / 256] * 150 + [0.0] * 850), "", OutputKind.PROBABILITIES),
        (_rows([2 / 256] * 999 + [0.0]), "", OutputKind.LOGITS),
        (_rows([1 / 300] * 120 + [0.0] * 880), SOFTMAX, OutputKind.PROBABILITIES),
        (_rows([1 / 300] * 120 + [0.0] * 880), "", OutputKind.LOGITS),
        (_rows([1.0] * 10), SOFTMAX, OutputKind.LOGITS),  # of each class by itself
        (_rows([-7.0], [4.0]), "", OutputKind.SIGMOID_LOGIT),
    ],
)
def test_what_numbers_are(rows: list[np.ndarray], ends_in: str, kind: OutputKind) -> None:
    assert kind_of_outputs(rows, ends_in) is kind


@pytest.mark.parametrize("kind", OutputKind)
def test_every_kind_becomes_probabilities(kind: OutputKind) -> None:
    given = [0.25] if kind.is_single else [0.25, 0.75]
    probabilities = kind.probabilities(np.array(given, np.float32))
    assert probabilities.shape == (2,)
    assert probabilities.dtype == np.float32
    assert probabilities.sum() == pytest.approx(1)
    assert (kind.in_words == "") == (kind is OutputKind.PROBABILITIES)


def test_large_numbers_end_in_no_overflow() -> None:
    far = np.array([1e4, -1e4], np.float32)
    assert OutputKind.LOGITS.probabilities(far).tolist() == [1, 0]
    for number, second in ((1e4, 1), (-1e4, 0)):
        one = np.array([number], np.float32)
        assert OutputKind.SIGMOID_LOGIT.probabilities(one).tolist() == [1 - second, second]
    none = OutputKind.SIGMOIDS.probabilities(np.zeros(2, np.float32))
    assert none.tolist() == [0.5, 0.5]


def test_no_numbers_are_refused() -> None:
    with pytest.raises(ModelError, match="gives no numbers"):
        kind_of_outputs(_rows([float("nan"), 1]), "")
