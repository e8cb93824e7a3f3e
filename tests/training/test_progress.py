"""Speed and time left, told at a bounded rate and without losing a step."""

from __future__ import annotations

import pytest

from cnn_studio.training.events import Batches, Event
from cnn_studio.training.progress import Progress
from tests.clock import Clock


def _train(
    step_s: float, epochs: int, steps: int, between_s: float = 0.0, after: int = 0
) -> list[Batches]:
    clock, events = Clock(), list[Event]()
    progress = Progress(epochs, steps, events.append, clock, after)
    for epoch in range(1, epochs + 1):
        progress.begin_epoch(epoch)
        for step in range(steps):
            clock.now_s += 5.0 if (epoch, step) == (1, 0) else step_s
            progress.add_step(loss=epoch + step / 1000, accuracy=0.5, images=10)
        progress.end_epoch()
        clock.now_s += between_s
    return [event for event in events if isinstance(event, Batches)]


def test_no_step_is_lost_and_none_comes_twice() -> None:
    told = _train(step_s=0.013, epochs=2, steps=57)
    for epoch in (1, 2):
        mine = [event for event in told if event.epoch == epoch]
        losses = [loss for event in mine for loss in event.losses]
        assert losses == [epoch + step / 1000 for step in range(57)]
        expected = 1
        for event in mine:
            assert event.first_step == expected
            assert len(event.losses) == len(event.accuracies) == event.step - expected + 1
            expected = event.step + 1
        assert mine[-1].step == event.steps_per_epoch == 57


def test_there_are_ten_events_a_second_and_one_for_the_epochs_end() -> None:
    told = _train(step_s=0.01, epochs=1, steps=501)  # 5 s after the first step
    assert 45 <= len(told) <= 52


def test_speed_leaves_out_the_building_of_the_graph() -> None:
    told = _train(step_s=0.1, epochs=1, steps=50)
    assert told[0].images_per_second == 0
    assert told[0].seconds_left is None
    assert told[-1].images_per_second == pytest.approx(100)


def test_time_left_counts_what_lies_between_epochs() -> None:
    told = _train(step_s=0.1, epochs=4, steps=10, between_s=2.0)
    second = [event for event in told if event.epoch == 2]
    # 10 steps of 0.1 s in each of two epochs to come, and twice 2 s of measuring.
    assert second[-1].seconds_left == pytest.approx(2 * 1.0 + 2 * 2.0)
    assert told[-1].seconds_left == pytest.approx(0)


def test_time_left_counts_the_steps_that_follow_the_last_epoch() -> None:
    told = _train(step_s=0.1, epochs=2, steps=10, after=7)
    assert told[-1].seconds_left == pytest.approx(0.7)
