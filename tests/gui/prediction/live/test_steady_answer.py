"""The order and the numbers of a live answer: calm, and never late for a real change."""

from __future__ import annotations

import numpy as np

from cnn_studio.gui.prediction.live.steady_answer import (
    NUMBERS_INTERVAL_S,
    REORDER_INTERVAL_S,
    Row,
    SteadyAnswer,
    rows_of,
)
from cnn_studio.prediction.classifier import Prediction

CLASSES = ("shoe", "cap", "book")


def _shares(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def _names(rows: tuple[Row, ...]) -> list[str]:
    return [row.name for row in rows]


def test_the_first_answer_is_in_order() -> None:
    rows = SteadyAnswer(CLASSES).update(_shares(0.1, 0.2, 0.7), 0.0)
    assert _names(rows) == ["book", "cap", "shoe"]
    assert [row.percent for row in rows] == [70, 20, 10]


def test_a_clear_lead_changes_the_order_at_once() -> None:
    answer = SteadyAnswer(CLASSES)
    answer.update(_shares(0.6, 0.3, 0.1), 0.0)
    assert _names(answer.update(_shares(0.2, 0.1, 0.7), 0.03)) == ["book", "shoe", "cap"]


def test_a_near_tie_does_not_swap_rows_with_every_frame() -> None:
    answer = SteadyAnswer(CLASSES)
    answer.update(_shares(0.49, 0.48, 0.03), 0.0)
    orders = {
        tuple(_names(answer.update(_shares(0.48 + tilt, 0.48 - tilt, 0.04), 0.03 * frame)))
        for frame, tilt in enumerate([0.02, -0.02] * 7)
    }
    assert orders == {("shoe", "cap", "book")}


def test_a_small_lead_that_lasts_is_honoured() -> None:
    answer = SteadyAnswer(CLASSES)
    answer.update(_shares(0.49, 0.48, 0.03), 0.0)
    assert _names(answer.update(_shares(0.48, 0.49, 0.03), 0.1))[0] == "shoe"
    later = answer.update(_shares(0.48, 0.49, 0.03), REORDER_INTERVAL_S + 0.1)
    assert _names(later)[0] == "cap"


def test_classes_that_read_the_same_stay_where_they_are() -> None:
    answer = SteadyAnswer(CLASSES)
    before = answer.update(_shares(0.99, 0.0012, 0.0011), 0.0)
    after = answer.update(_shares(0.99, 0.0011, 0.0012), 10.0)
    assert _names(after) == _names(before)


def test_the_first_row_is_the_most_probable_class_even_if_the_numbers_are_equal() -> None:
    answer = SteadyAnswer(CLASSES)
    answer.update(_shares(0.501, 0.499, 0.0), 0.0)
    assert _names(answer.update(_shares(0.499, 0.501, 0.0), 10.0))[0] == "cap"


def test_bars_follow_each_frame_and_numbers_rest_between() -> None:
    answer = SteadyAnswer(CLASSES)
    answer.update(_shares(0.70, 0.20, 0.10), 0.0)
    soon = answer.update(_shares(0.72, 0.18, 0.10), NUMBERS_INTERVAL_S / 2)[0]
    assert soon.share == np.float32(0.72)
    assert soon.percent == 70
    assert answer.update(_shares(0.72, 0.18, 0.10), NUMBERS_INTERVAL_S)[0].percent == 72


def test_a_new_order_brings_its_numbers() -> None:
    answer = SteadyAnswer(CLASSES)
    answer.update(_shares(0.8, 0.2, 0.0), 0.0)
    assert answer.update(_shares(0.1, 0.9, 0.0), 0.01)[0] == Row("cap", float(np.float32(0.9)), 90)


def test_a_single_picture_is_in_exact_order() -> None:
    rows = rows_of(Prediction(CLASSES, _shares(0.301, 0.302, 0.397), 0.0, 0.0))
    assert _names(rows) == ["book", "cap", "shoe"]
