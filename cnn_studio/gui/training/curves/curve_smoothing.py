"""A curve smoothed by a moving average that has no bias towards zero at its beginning."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from cnn_studio.gui.training.curves.curves import Curve, Values


def smoothed(curve: Curve, weight: float) -> Curve:
    """The exponential moving average, divided by the weights that it has had so far.

    Source: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization" (2015), section 3,
    on correcting the bias of a moving average that begins with nothing; TensorBoard draws its
    smoothed lines in the same way.

    Args:
        curve: Points with ascending x; those that are no number are left out.
        weight: Of what was before, 0 to below 1; 0 gives the curve itself.
    """
    if weight <= 0 or curve.is_empty:
        return curve
    known = np.isfinite(curve.y)
    x, y = (curve.x, curve.y) if known.all() else (curve.x[known], curve.y[known])
    return Curve(x, _averaged(y, weight))


def _averaged(y: Values, weight: float) -> Values:
    sums = np.fromiter(
        accumulate(y.tolist(), lambda before, value: before * weight + value), np.float64, y.size
    )
    weights = (1 - weight ** np.arange(1, y.size + 1)) / (1 - weight)
    return sums / weights
