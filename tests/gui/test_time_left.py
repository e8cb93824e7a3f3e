"""The time that is left: there soon, right in the end, and steady on the way."""

from __future__ import annotations

import itertools
import random

import pytest

from cnn_studio.gui.time_left import TimeLeft
from tests.clock import Clock


def test_nothing_is_said_before_anything_was_measured(clock: Clock) -> None:
    left = TimeLeft(clock)
    assert left.seconds is None
    left.update(0, 100)
    clock.now_s += 5
    assert left.seconds is None
    left.update(1, 100)
    assert left.seconds is None  # one step says little of the next


def test_an_even_pace_is_foretold_at_once_and_runs_down_by_itself(clock: Clock) -> None:
    left = TimeLeft(clock)
    for done in range(0, 21):
        left.update(done, 100)
        clock.now_s += 0.1
    assert left.seconds == pytest.approx(8.0, abs=0.3)
    clock.now_s += 3
    assert left.seconds == pytest.approx(5.0, abs=0.3)
    clock.now_s += 60
    assert left.seconds == 0.5  # it has not ended, so some is left


def test_uneven_steps_do_not_make_it_jump(clock: Clock) -> None:
    chance = random.Random(1)
    left = TimeLeft(clock)
    said = []
    for done in range(0, 1001, 5):
        left.update(done, 1000)
        clock.now_s += 0.25 * chance.choice((0.2, 0.4, 3.0, 0.4))
        if left.seconds is not None:
            said.append((clock.now_s, left.seconds))
    ends = [now + seconds for now, seconds in said[20:]]
    assert all(abs(end - clock.now_s) < 0.35 * (clock.now_s - 100) for end in ends)
    jumps = [abs(b - a) for a, b in itertools.pairwise(ends)]
    assert max(jumps) < 3.0


def test_a_pace_that_changes_for_good_is_followed(clock: Clock) -> None:
    left = TimeLeft(clock)
    for done in range(0, 101):
        left.update(done, 400)
        clock.now_s += 0.05
    for done in range(101, 301):  # four times as slow from here
        left.update(done, 400)
        clock.now_s += 0.2
    assert left.seconds == pytest.approx(20.0, rel=0.15)


def test_what_was_done_before_is_no_measure_of_the_speed(clock: Clock) -> None:
    left = TimeLeft(clock)
    for done in range(600, 621):
        left.update(done, 700)
        clock.now_s += 0.1
    assert left.seconds == pytest.approx(8.0, abs=0.3)


def test_another_part_is_measured_by_itself(clock: Clock) -> None:
    left = TimeLeft(clock)
    for done in range(20):
        left.update(done, 20)
        clock.now_s += 0.5
    left.update(0, 100)
    assert left.seconds is None
