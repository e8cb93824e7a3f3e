"""A bar over several parts moves evenly, and is full only at the end."""

from __future__ import annotations

from cnn_studio.data.paced_progress import PacedProgress
from tests.clock import Clock


def test_what_is_shown_is_the_share_of_the_time(clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    pace = PacedProgress(lambda *step: told.append(step), 100, clock)
    for done in range(1, 11):  # 10 s, and it is known that 30 s will follow
        clock.now_s += 1
        pace.tell(done, 10, then_s=30)
    assert [done for done, _all in told] == [0, *(round(2.5 * n - 0.01) for n in range(1, 11))]
    pace.begin_part()
    for done in range(1, 4):  # three steps of another kind, 10 s each
        clock.now_s += 10
        pace.tell(done, 3)
    assert told[-3:] == [(50, 100), (75, 100), (99, 100)]
    pace.finish()
    assert told[-1] == (100, 100)


def test_it_never_goes_back_when_more_is_to_be_done_than_was_thought(clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    pace = PacedProgress(lambda *step: told.append(step), 100, clock)
    clock.now_s += 10
    pace.tell(5, 10)
    pace.tell(5, 100)
    clock.now_s += 100
    pace.tell(50, 100)
    assert [done for done, _all in told] == [0, 50]
    clock.now_s += 100
    pace.tell(100, 100)
    assert told[-1] == (99, 100)


def test_work_on_nothing_is_done(clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    pace = PacedProgress(lambda *step: told.append(step), 0, clock)
    pace.tell(0, 0)
    pace.finish()
    assert told == [(0, 0), (0, 0)]
