"""Where each person lies in the funnel of a pool: below or above the others by more than chance and real spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.analysis.distributions import Array, Numbers, array, binomial_at_most, poisson_at_most

LEAST_UNITS = 10
"""Fewer people say too little of how far people spread."""
_FEW_EXPECTED = 5.0
_WINSOR = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Dispersion `phi`, spread between people `tau2`, raw `z`, and `z_spread` with the spread allowed for."""

    phi: float
    tau2: float
    z: Array
    z_spread: Array


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


def _rare(below: Array, above: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
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
