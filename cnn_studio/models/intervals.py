"""How far a measured share can be trusted: its 95 % interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054  # the normal distribution has 95 % of its mass within so many deviations


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both 0..1; a share of which nothing was seen is anywhere in it."""

    low: float
    high: float

    def to_list(self) -> list[float]:
        """[low, high], for JSON."""
        return [self.low, self.high]


def wilson(hits: int, count: int) -> Interval:
    """The 95 % score interval of a share.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927). Other than the usual plus or minus,
    it stays within 0..1 and holds for few images and for shares of 0 and 1.

    Args:
        hits: How often it was so.
        count: How often it could have been; 0 gives the interval from 0 to 1.
    """
    if count == 0:
        return Interval(0.0, 1.0)
    share, z2 = hits / count, _Z * _Z / count
    middle = share + z2 / 2
    reach = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count))
    low, high = (middle - reach) / (1 + z2), (middle + reach) / (1 + z2)
    # Rounding must not leave a share of 0 or 1 outside of its own interval.
    return Interval(
        0.0 if hits == 0 else max(0.0, low),
        1.0 if hits == count else min(1.0, high),
    )


def f1_interval(right: int, wrong: int) -> Interval:
    """The 95 % interval of an F1 score.

    Source: K. F. Y. Lam, V. Gopal and J. Qian, "Confidence intervals for the F1 score: a
    comparison of four methods", arXiv 2309.14621 (2023), the indirect Wilson method. F1 grows with
    the share of true positives among all images that are of the class or were called so, and of
    that share the Wilson interval is known.

    Args:
        right: Images of the class that were called so (true positives).
        wrong: False positives and false negatives together.
    """
    share = wilson(right, right + wrong)
    return Interval(*(2 * end / (1 + end) for end in (share.low, share.high)))
