"""Frames a second and milliseconds a frame, steady enough to read."""

from __future__ import annotations

import pytest

from cnn_studio.gui.prediction.live.rate_meter import READING_INTERVAL_S, Rate, RateMeter


def _fed(meter: RateMeter, times: list[float], frame_ms: float) -> Rate:
    return [meter.add(now_s, frame_ms) for now_s in times][-1]


def test_a_steady_rate_is_measured() -> None:
    rate = _fed(RateMeter(), [frame / 25 for frame in range(100)], 3.0)
    assert rate.frames_per_second == pytest.approx(25.0)
    assert (rate.p50_ms, rate.p95_ms) == (3.0, 3.0)


def test_one_slow_frame_in_twenty_is_beyond_the_95th_percentile_and_two_are_not() -> None:
    for slow, expected_ms in ((1, 3.0), (2, 40.0)):
        meter = RateMeter()
        _fed(meter, [frame / 30 for frame in range(slow)], 40.0)
        for frame in range(slow, 20):
            rate = meter.add(frame / 30 + (READING_INTERVAL_S if frame == 19 else 0), 3.0)
        assert (rate.p50_ms, rate.p95_ms) == (3.0, expected_ms)


def test_the_figure_rests_between_readings() -> None:
    meter = RateMeter()
    first = meter.add(10.0, 2.0)
    assert meter.add(10.0 + READING_INTERVAL_S / 2, 50.0) is first
    assert meter.add(10.01 + READING_INTERVAL_S, 2.0).p95_ms == 50.0


def test_one_frame_has_a_duration_but_no_rate() -> None:
    assert RateMeter().add(5.0, 4.0) == Rate(0.0, 4.0, 4.0)


def test_what_was_before_a_pause_is_forgotten() -> None:
    meter = RateMeter()
    _fed(meter, [frame / 30 for frame in range(30)], 3.0)
    assert meter.add(60.0, 8.0) == Rate(0.0, 8.0, 8.0)
