"""A live answer: calm where the model wavers, and soon there where something changes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
import pytest

from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.smoothing import (
    FAR_FOR_S,
    LASTING_S,
    NUMBERS_INTERVAL_S,
    PAUSE_S,
    REORDER_INTERVAL_S,
    Answer,
    Row,
    SteadyAnswer,
    answer_of,
)

CLASSES = ("shoe", "cap", "book")
SHOE, CAP, BOOK = (0.94, 0.03, 0.03), (0.03, 0.94, 0.03), (0.03, 0.03, 0.94)
FPS = 30
HALF_LIVES = [0.0, 0.1, 0.25, 0.6, 1.0]


def _said(*shares: float, unknown: bool = False) -> Prediction:
    return Prediction(CLASSES, np.array(shares, np.float32), 0.0, 0.0, None, unknown)


def _names(answer: Answer) -> list[str]:
    return [row.name for row in answer.rows]


def _fed(
    answer: SteadyAnswer, predictions: Iterable[Prediction], begun_s: float = 0.0
) -> list[Answer]:
    """The answers to frames of an even rate; the first comes at `begun_s`."""
    return [answer.update(said, begun_s + n / FPS) for n, said in enumerate(predictions)]


def _changes(answers: Iterable[str | bool]) -> int:
    shown = list(answers)
    return sum(1 for one, other in itertools.pairwise(shown) if one != other)


def test_the_first_answer_is_in_order() -> None:
    answer = SteadyAnswer(CLASSES).update(_said(0.1, 0.2, 0.7), 5.0)
    assert _names(answer) == ["book", "cap", "shoe"]
    assert [row.percent for row in answer.rows] == [70, 20, 10]
    assert not answer.unknown


@pytest.mark.parametrize("half_life_s", HALF_LIVES)
def test_a_real_change_shows_within_two_half_lives(half_life_s: float) -> None:
    answer = SteadyAnswer(CLASSES, half_life_s)
    _fed(answer, [_said(*SHOE)] * 90)
    after = _fed(answer, [_said(*BOOK)] * 90, begun_s=3.0)
    first = next(n for n, said in enumerate(after) if _names(said)[0] == "book")
    assert first / FPS <= 2 * half_life_s
    assert all(_names(said)[0] == "book" for said in after[first:])


@pytest.mark.parametrize("half_life_s", HALF_LIVES)
@pytest.mark.parametrize("seed", range(3))
def test_noise_of_a_tenth_between_two_classes_never_flips_it(half_life_s: float, seed: int) -> None:
    answer = SteadyAnswer(CLASSES, half_life_s)
    random = np.random.default_rng(seed)
    noise = random.uniform(-0.1, 0.1, 60 * FPS)
    shown = _fed(answer, [_said(0.48 + tilt, 0.48 - tilt, 0.04) for tilt in noise])
    assert _changes(_names(said)[0] for said in shown) == 0


def test_irregular_frames_are_weighed_by_their_time() -> None:
    even, uneven = SteadyAnswer(CLASSES), SteadyAnswer(CLASSES)
    even.update(_said(*SHOE), 0.0)
    uneven.update(_said(*SHOE), 0.0)
    for moment_s in (0.05, 0.1, 0.15, 0.2, 0.25):
        often = even.update(_said(*CAP), moment_s)
    rarely = uneven.update(_said(*CAP), 0.25)
    assert {row.name: pytest.approx(row.share) for row in rarely.rows} == {
        row.name: row.share for row in often.rows
    }
    assert next(row.share for row in rarely.rows if row.name == "cap") == pytest.approx(0.485)


def test_a_small_lead_that_lasts_is_honoured() -> None:
    answer = SteadyAnswer(CLASSES)
    _fed(answer, [_said(0.5, 0.4, 0.1)] * 30)
    later = _fed(answer, [_said(0.4, 0.5, 0.1)] * FPS * 3, begun_s=1.0)
    assert _names(later[int(LASTING_S * FPS) - 1])[0] == "shoe"
    assert _names(later[-1])[0] == "cap"


def test_a_long_half_life_begins_again_with_something_else() -> None:
    answer = SteadyAnswer(CLASSES, 1.0)
    _fed(answer, [_said(*SHOE)] * 90)
    after = _fed(answer, [_said(*CAP)] * 90, begun_s=3.0)
    soon = after[int((FAR_FOR_S + 0.1) * FPS)]
    assert soon.rows[0].share == pytest.approx(0.94)


def test_two_pictures_in_turn_are_no_new_beginning() -> None:
    answer = SteadyAnswer(CLASSES, 1.0)
    shown = _fed(answer, [_said(*(SHOE if n % 2 else CAP)) for n in range(300)])
    assert _changes(_names(said)[0] for said in shown) == 0


def _streams() -> list[list[Prediction]]:
    """Twenty seconds each of what a camera may bring: changes, wavering, three alike, noise."""
    random = np.random.default_rng(5)
    wavering = [_said(0.5 + tilt, 0.45 - tilt, 0.05) for tilt in np.linspace(-0.2, 0.2, 60)]
    three = random.dirichlet((8, 8, 8), 600)
    noise = random.dirichlet((0.4, 0.4, 0.4), 600)
    scenes = [(SHOE, CAP, BOOK)[place] for place in random.integers(0, 3, 60)]
    return [
        [_said(*scene) for scene in scenes for _ in range(10)],
        [*wavering, *reversed(wavering)] * 5,
        [_said(*shares) for shares in three],
        [_said(*shares, unknown=shares.max() < 0.5) for shares in noise],
    ]


@pytest.mark.parametrize("half_life_s", HALF_LIVES)
@pytest.mark.parametrize("stream", range(4))
def test_what_is_named_has_the_longest_bar_and_the_highest_number(
    stream: int, half_life_s: float
) -> None:
    shown = _fed(SteadyAnswer(CLASSES, half_life_s), _streams()[stream])
    for said in shown:
        if said.named is not None:
            assert said.named == said.rows[0].name == said.longest.name
            assert said.rows[0].percent == max(row.percent for row in said.rows)
    assert any(said.named is not None for said in shown)
    assert {said.named for said in shown if said.unknown or said.changing} <= {None}


def test_while_one_class_passes_another_the_answer_is_changing() -> None:
    answer = SteadyAnswer(CLASSES)
    _fed(answer, [_said(*BOOK)] * 30)
    after = _fed(answer, [_said(0.65, 0.0, 0.35)] * 60, begun_s=1.0)
    names = [said.named for said in after]
    assert [name for name, _ in itertools.groupby(names)] == ["book", None, "shoe"]
    passing = after[names.index(None)]
    assert passing.longest.name == "shoe"
    assert _names(passing)[:2] == ["book", "shoe"]


@pytest.mark.parametrize("half_life_s", HALF_LIVES)
def test_two_equal_classes_do_not_make_the_headline_flicker(half_life_s: float) -> None:
    random = np.random.default_rng(1)
    noise = random.uniform(-0.1, 0.1, 60 * FPS)
    answer = SteadyAnswer(CLASSES, half_life_s)
    shown = _fed(answer, [_said(0.48 + tilt, 0.48 - tilt, 0.04) for tilt in noise])
    assert len(list(itertools.groupby(said.named for said in shown))) <= 2
    assert shown[-1].changing


def test_what_was_before_a_pause_counts_no_more() -> None:
    answer = SteadyAnswer(CLASSES, 1.0)
    _fed(answer, [_said(*SHOE)] * 90)
    after = answer.update(_said(*CAP, unknown=True), 3.0 + PAUSE_S)
    assert after.rows[0].share == pytest.approx(0.94)
    assert _names(after)[0] == "cap"
    assert after.unknown


@pytest.mark.parametrize("half_life_s", HALF_LIVES)
def test_unknown_is_an_answer_that_comes_soon_and_stays(half_life_s: float) -> None:
    answer = SteadyAnswer(CLASSES, half_life_s)
    _fed(answer, [_said(*SHOE)] * 90)
    for unknown, begun_s in ((True, 3.0), (False, 6.0)):
        after = _fed(answer, [_said(*SHOE, unknown=unknown)] * 90, begun_s)
        first = next(n for n, said in enumerate(after) if said.unknown is unknown)
        assert first / FPS <= 2 * max(half_life_s, 0.25) + 1 / FPS
        assert all(said.unknown is unknown for said in after[first:])


def test_single_unknown_frames_change_nothing() -> None:
    answer = SteadyAnswer(CLASSES)
    shown = _fed(answer, [_said(*SHOE, unknown=n % 3 == 0) for n in range(300)][1:])
    assert not any(said.unknown for said in shown)


def test_a_near_tie_does_not_swap_the_other_rows_with_every_frame() -> None:
    answer = SteadyAnswer(CLASSES, 0.0)
    tilts = [0.02, -0.02] * 7
    shown = _fed(answer, [_said(0.6, 0.2 + tilt, 0.2 - tilt) for tilt in tilts])
    assert {tuple(_names(said)) for said in shown} == {("shoe", "cap", "book")}


def test_classes_that_read_the_same_stay_where_they_are() -> None:
    answer = SteadyAnswer(CLASSES, 0.0)
    before = answer.update(_said(0.99, 0.0012, 0.0011), 0.0)
    after = answer.update(_said(0.99, 0.0011, 0.0012), REORDER_INTERVAL_S + 0.1)
    assert _names(after) == _names(before)


def test_bars_follow_each_frame_and_numbers_rest_between() -> None:
    answer = SteadyAnswer(CLASSES, 0.0)
    answer.update(_said(0.70, 0.20, 0.10), 0.0)
    soon = answer.update(_said(0.72, 0.18, 0.10), NUMBERS_INTERVAL_S / 2).rows[0]
    assert soon.share == pytest.approx(0.72)
    assert soon.percent == 70
    later = answer.update(_said(0.72, 0.18, 0.10), NUMBERS_INTERVAL_S)
    assert later.rows[0].percent == 72


def test_a_new_order_brings_its_numbers() -> None:
    answer = SteadyAnswer(CLASSES, 0.0)
    answer.update(_said(0.8, 0.2, 0.0), 0.0)
    share = float(np.float32(0.9))
    assert answer.update(_said(0.1, 0.9, 0.0), 0.01).rows[0] == Row("cap", share, 90)


def test_a_single_picture_is_in_exact_order() -> None:
    answer = answer_of(_said(0.301, 0.302, 0.397, unknown=True))
    assert _names(answer) == ["book", "cap", "shoe"]
    assert answer.unknown
