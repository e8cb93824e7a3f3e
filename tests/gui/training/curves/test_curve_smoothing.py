"""A moving average without a bias towards zero, over epochs, steps and time, by logarithm."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.gui.training.curves.curve_smoothing import smoothed
from cnn_studio.gui.training.curves.curves import Curve, Curves, Measure, NamedCurves, Overlay
from cnn_studio.gui.training.curves.plot_axes import (
    axis_of,
    lacking,
    log_ticks,
    logarithm,
    places_on,
    stops_on,
    time_unit,
    value_label,
)
from cnn_studio.gui.training.curves.plot_choices import XAxis

TIMES = Curve(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 40.0]))


def curves(steps: int = 0, times: Curve = Curve()) -> Curves:  # noqa: B008 - it is frozen
    line = Curve(np.array([1.0, 2.0, 3.0]), np.array([0.9, 0.5, 0.1]))
    return Curves(3, Measure(training=line), Measure(training=line), 0, steps, times)


def test_a_constant_curve_stays_as_it_is_from_the_first_point_on() -> None:
    line = Curve(np.arange(50.0), np.full(50, 0.7))
    for weight in (0.3, 0.9, 0.99):
        assert smoothed(line, weight).y == pytest.approx(line.y)
    assert smoothed(line, 0) is line


def test_each_point_is_the_weighted_mean_of_those_up_to_it() -> None:
    rng = np.random.default_rng(1)
    y = rng.normal(size=40)
    found = smoothed(Curve(np.arange(40.0), y), 0.8).y
    for place in (0, 1, 7, 39):
        weights = 0.8 ** np.arange(place, -1, -1)
        assert found[place] == pytest.approx(np.average(y[: place + 1], weights=weights))


def test_what_is_no_number_is_passed_over() -> None:
    line = Curve(np.arange(4.0), np.array([1.0, np.nan, np.inf, 3.0]))
    found = smoothed(line, 0.5)
    assert found.x.tolist() == [0, 3]
    assert found.y == pytest.approx([1, (0.5 * 1 + 3) / 1.5])


def test_epochs_stand_where_their_steps_and_seconds_are() -> None:
    one = curves(steps=20, times=TIMES)
    epochs = np.array([0.0, 0.5, 2.0, 3.0, 5.0])
    assert places_on(XAxis.EPOCH, one, epochs).tolist() == epochs.tolist()
    assert places_on(XAxis.STEP, one, epochs).tolist() == [0, 10, 40, 60, 100]
    # After the last epoch that has ended time goes on as fast as in that one.
    assert places_on(XAxis.TIME, one, epochs).tolist() == [0, 5, 30, 40, 60]


def test_where_steps_or_times_are_not_known_the_epochs_stand_instead() -> None:
    full, bare = curves(20, TIMES), curves()
    both = Overlay(
        (NamedCurves("a", "#000000", 0, full, "a"), NamedCurves("b", "#000000", 1, bare, "b"))
    )
    assert axis_of(full, XAxis.TIME) is XAxis.TIME
    for axis in (XAxis.STEP, XAxis.TIME):
        assert axis_of(both, axis) is XAxis.EPOCH
        assert lacking(both, axis) == 1
    assert lacking(both, XAxis.EPOCH) == 0


def test_a_logarithmic_axis_has_round_values_and_no_place_for_nothing() -> None:
    assert log_ticks(-2, 0, 3) == [-2, -1, 0]
    assert [value_label(10**tick) for tick in log_ticks(-1.1, 0.4, 4)] == ["0.1", "0.3", "1"]
    assert len(log_ticks(-9, 3, 5)) <= 5
    found = logarithm(np.array([0.01, 0.0, -1.0, np.nan]))
    assert found[0] == -2
    assert np.isnan(found[1:]).all()


def test_times_are_written_in_the_unit_that_suits_them() -> None:
    assert [time_unit(seconds) for seconds in (90, 1200, 40_000)] == [1, 60, 3600]


def test_a_cursor_stands_on_points_unless_there_are_too_many() -> None:
    lines = [np.array([1.0, 2.0]), np.array([1.5, 2.0, 9.0])]
    assert stops_on(lines, (0, 5), 10).tolist() == [1, 1.5, 2]
    assert (
        stops_on([np.linspace(0, 5, 1000)], (0, 5), 11).tolist() == np.linspace(0, 5, 11).tolist()
    )
