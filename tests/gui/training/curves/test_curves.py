"""Curves grow without copies and are thinned without losing what can be seen."""

from __future__ import annotations

import numpy as np

from cnn_studio.gui.training.curves.curves import (
    Curve,
    GrowingCurve,
    curves_of_history,
    thinned,
    times_of,
    within,
)
from cnn_studio.models.runs import EpochRecord


def test_a_short_curve_is_left_as_it_is() -> None:
    curve = Curve(np.arange(20.0), np.arange(20.0))
    assert thinned(curve, 10) is curve


def test_every_peak_and_the_ends_survive_thinning() -> None:
    rng = np.random.default_rng(1)
    x = np.linspace(0, 10, 50_000)
    y = rng.normal(size=x.size)
    y[12_345], y[40_001] = 99.0, -99.0
    thin = thinned(Curve(x, y), 300)
    assert thin.x.size <= 2 * 300 + 2
    assert (thin.x[0], thin.x[-1]) == (x[0], x[-1])
    assert thin.y.max() == 99.0
    assert thin.y.min() == -99.0
    assert (np.diff(thin.x) > 0).all()
    assert np.isin(thin.x, x).all()
    for low in np.linspace(0, 9.9, 50):  # each column keeps its own extremes
        inside, kept = (x >= low) & (x < low + 0.1), (thin.x >= low) & (thin.x < low + 0.1)
        assert thin.y[kept].max() == y[inside].max()


def test_equal_values_do_not_defeat_the_thinning() -> None:
    x = np.linspace(0, 1, 10_000)
    assert thinned(Curve(x, np.ones_like(x)), 100).x.size <= 202


def test_what_is_not_a_number_is_passed_over() -> None:
    x = np.linspace(0, 1, 1000)
    y = np.where(x < 0.5, np.nan, x)
    thin = thinned(Curve(x, y), 50)
    assert np.nanmax(thin.y) == 1.0
    assert np.isnan(thin.y).sum() <= 1  # the first point, where the curve begins


def test_what_is_zoomed_in_on_is_thinned_by_itself() -> None:
    x = np.linspace(0, 100, 20_000)
    part = within(Curve(x, np.sin(50 * x)), (50.0, 51.0))
    assert part.x[0] < 50.0 <= part.x[1]  # a line leads in, and out
    assert part.x[-2] <= 51.0 < part.x[-1]
    assert thinned(part, 225).x.size == part.x.size == ((x >= 50) & (x <= 51)).sum() + 2
    assert within(Curve(x, x), (0.0, 100.0)).x.size == x.size
    assert within(Curve(x, x), (200.0, 300.0)).x.tolist() == [100.0]
    assert within(Curve(), (0.0, 1.0)).is_empty


def test_times_that_no_clock_told_are_none() -> None:
    def row(epoch: int, seconds: float) -> EpochRecord:
        return EpochRecord(epoch, 1.0, 0.5, 1.0, 0.5, 900.0, seconds, best=False)

    assert times_of([row(1, 2.0), row(3, 2.0)]).y.tolist() == [2.0, 4.0]
    for seconds in (0.0, -1.0, np.nan, np.inf, 1e308):
        assert times_of([row(1, 2.0), row(2, seconds)]).is_empty


def test_what_a_growing_curve_gave_stays_as_it_was() -> None:
    growing = GrowingCurve()
    growing.extend([1.0], [10.0])
    early = growing.curve()
    for number in range(2, 5000):
        growing.extend([float(number)], [number * 10.0])
    assert early.x.tolist() == [1.0]
    assert early.y.tolist() == [10.0]
    whole = growing.curve()
    assert whole.x.tolist() == list(range(1, 5000))
    assert whole.y[-1] == 49_990.0


def test_a_run_without_validation_has_no_such_curve() -> None:
    records = [
        EpochRecord(1, 1.5, 0.4, None, None, 900.0, 3.0, True),
        EpochRecord(2, 0.9, 0.7, None, None, 900.0, 3.0, True),
    ]
    curves = curves_of_history(records)
    assert curves.epochs == 2
    assert curves.loss.training.y.tolist() == [1.5, 0.9]
    assert curves.accuracy.validation.is_empty
    assert curves_of_history([]).is_empty
