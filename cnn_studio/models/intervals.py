"""How far a measured share can be trusted: its 95 % interval, and whether another is lower."""

from __future__ import annotations

import math
from dataclasses import dataclass

_NEGLIGIBLE = 1e-15
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


def lower_by_chance(hits: int, count: int, others_hits: int, others_count: int) -> float:
    """How probable it is that a share comes out so low beside another one if the two are equal.

    Source: R. A. Fisher, "The logic of inductive inference", Journal of the Royal Statistical
    Society 98 (1935), his exact test, one-sided: of all ways to place the hits of both, the part
    that gives the first one as few or fewer. It never claims more than it may, however few.

    Args:
        hits: How often it was so, of `count` times.
        others_hits: How often it was so with the other one, of `others_count` times.
    """
    every = hits + others_hits
    least = max(0, every - others_count)
    whole = _log_ways(count + others_count, every)
    likeliest = (count + 1) * (every + 1) // (count + others_count + 2)
    total = 0.0
    for chosen in range(hits, least - 1, -1):
        ways = _log_ways(count, chosen) + _log_ways(others_count, every - chosen)
        part = math.exp(ways - whole)
        total += part
        if chosen < likeliest and part <= _NEGLIGIBLE * total:
            break  # the rest is less still, and of a million images it is long
    return min(1.0, total)


def _log_ways(count: int, chosen: int) -> float:
    """The logarithm of in how many ways so many of a number can be chosen."""
    return math.lgamma(count + 1) - math.lgamma(chosen + 1) - math.lgamma(count - chosen + 1)


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
