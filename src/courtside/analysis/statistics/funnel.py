"""Where each person lies in the funnel of a pool: below or above the others by more than chance and real spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    Numbers,
    array,
    binomial_at_most,
    binomial_quantile,
    normal_below,
    poisson_at_most,
    poisson_quantile,
)
from courtside.analysis.statistics.intervals import Interval

LEAST_UNITS = 10
"""Fewer people say too little of how far people spread."""
ALERT, ALARM = 1.96, 3.09
"""The limits a funnel is drawn with: outside by chance 1 in 20 and 1 in 500, real differences allowed for."""
MIX_IS_WRONG = 3.0
"""With a greater dispersion the expected figures are wrong: mend what they allow for, do not widen the limits."""
_FEW_EXPECTED = 5.0
_WINSOR = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Dispersion `phi`, spread between people `tau2`, raw `z`, and `z_spread` with the spread allowed for."""

    phi: float
    tau2: float
    z: Array
    z_spread: Array

    @property
    def is_mix_wrong(self) -> bool:
        """Whether people scatter so far that what they are measured by must be wrong. Source: METHODS 1.3."""
        return self.phi > MIX_IS_WRONG


def rates(x: Numbers, n: Numbers) -> Funnel:
    """The funnel of proportions around their common rate, on the arcsine scale.

    Y = asin sqrt(x/n), s = 1 / (2 sqrt n); z is Winsorised at 10 and 90 % for phi and tau2; z_spread =
    (Y - Y0) / sqrt(s^2 + tau2). Source: Spiegelhalter 2005; METHODS 1.3. The 12 units of the surgical
    example -> phi 2.3797915, tau2 0.0018095708, z of the first -3.7753.
    """
    seen, of = array(x), array(n)
    centre = np.arcsin(np.sqrt(seen.sum() / of.sum()))
    return _funnel(np.arcsin(np.sqrt(seen / of)) - centre, 1 / (2 * np.sqrt(of)))


def counts(observed: Numbers, expected: Numbers) -> Funnel:
    """The funnel of observed over expected around 1, on the square-root scale: sqrt(O/E), s = 1 / (2 sqrt E).

    Source: Spiegelhalter 2005; METHODS 1.3. O 100 150 180 80 120 225, E 108 112 165 95 100 220 -> phi
    2.3271783, tau2 0.0034397802.
    """
    seen, due = array(observed), array(expected)
    return _funnel(np.sqrt(seen / due) - 1, 1 / (2 * np.sqrt(due)))


def rates_apart(x: Numbers, n: Numbers) -> Array:
    """z with spread; where fewer than 5 are expected only as far out as the exact binomial tail allows."""
    seen, of = array(x), array(n)
    p = float(seen.sum() / of.sum())
    exact = _rare(binomial_at_most(seen, of, p), 1 - binomial_at_most(seen - 1, of, p))
    return np.where((of * p < _FEW_EXPECTED) & ~exact, 0.0, rates(seen, of).z_spread)


def counts_apart(observed: Numbers, expected: Numbers) -> Array:
    """The same for counts, with the exact Poisson tail."""
    seen, due = array(observed), array(expected)
    exact = _rare(poisson_at_most(seen, due), 1 - poisson_at_most(seen - 1, due))
    return np.where((due < _FEW_EXPECTED) & ~exact, 0.0, counts(seen, due).z_spread)


def rate_limits(n: Numbers, centre: float, tau2: float = 0.0, reach: float = ALERT) -> Interval:
    """Between which rates n cases come to lie: sin^2(asin sqrt(centre) -/+ reach sqrt(1 / 4n + tau2)).

    Where fewer than 5 successes (or failures) are due the exact binomial limits, as there the arcsine overstates
    (0 of 47 at 0.0737: z -3.78, exact one-sided p 0.027), and never narrower than with spread.
    Source: Spiegelhalter 2005; METHODS 1.3. 47 at 0.0737, no spread -> 0 to 0.1489.
    """
    of = array(n)
    middle, width = np.arcsin(np.sqrt(centre)), reach * np.sqrt(1 / (4 * of) + tau2)
    low = np.sin(np.maximum(middle - width, 0.0)) ** 2
    high = np.sin(np.minimum(middle + width, np.pi / 2)) ** 2
    tail = normal_below(-reach)
    exact = Interval(*(binomial_quantile(share, of, centre) / of for share in (tail, 1 - tail)))
    return _chosen(of * min(centre, 1 - centre) < _FEW_EXPECTED, exact, Interval(low, high), tau2)


def count_limits(expected: Numbers, tau2: float = 0.0, reach: float = ALERT) -> Interval:
    """Between which ratios of observed to expected people come to lie: (1 -/+ reach sqrt(1 / 4E + tau2))^2.

    Where fewer than 5 are due the exact Poisson limits. Source: Spiegelhalter 2005; METHODS 1.3.
    100 due -> 0.8136 to 1.2056.
    """
    due = array(expected)
    width = reach * np.sqrt(1 / (4 * due) + tau2)
    low, high = np.maximum(1 - width, 0.0) ** 2, (1 + width) ** 2
    tail = normal_below(-reach)
    exact = Interval(*(poisson_quantile(share, due) / due for share in (tail, 1 - tail)))
    return _chosen(due < _FEW_EXPECTED, exact, Interval(low, high), tau2)


def _chosen(is_few: Flags, exact: Interval, about: Interval, tau2: float) -> Interval:
    """The exact limits where few are due; with real spread never narrower than the others."""
    low, high = (np.minimum(exact.low, about.low), np.maximum(exact.high, about.high)) if tau2 > 0 else (
        exact.low, exact.high)  # fmt: skip
    return Interval(np.where(is_few, low, about.low), np.where(is_few, high, about.high))


def _rare(below: Array, above: Array) -> Flags:
    return (below < 0.025) | (above < 0.025)


def _funnel(distance: Array, s: Array) -> Funnel:
    z = distance / s
    k = len(z)
    inside = np.clip(z, *_ends(z))
    phi, w = float(np.mean(inside**2)), 1 / s**2
    tau2 = 0.0 if k * phi < k - 1 or k < 2 else (k * phi - (k - 1)) / float(w.sum() - (w**2).sum() / w.sum())
    return Funnel(phi, tau2, z, distance / np.sqrt(s**2 + tau2))


def _ends(z: Array) -> tuple[float, float]:
    """The values between which z is kept, by linear interpolation."""
    ordered = np.sort(z)
    low, high = (_at(ordered, share * (len(z) - 1)) for share in _WINSOR)
    return low, high


def _at(ordered: Array, place: float) -> float:
    whole = min(int(place), len(ordered) - 2) if len(ordered) > 1 else 0
    above = ordered[min(whole + 1, len(ordered) - 1)]
    return float(ordered[whole] + (place - whole) * (above - ordered[whole]))
