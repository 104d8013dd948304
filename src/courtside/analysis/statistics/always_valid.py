"""Intervals of a rate that hold at every look: the confidence sequence of the beta-binomial mixture."""

from __future__ import annotations

from math import log

import numpy as np

from courtside.analysis.statistics.distributions import Array, Numbers, array, log_beta
from courtside.analysis.statistics.intervals import CONFIDENCE, Interval

_TUNED = 0.05
"""The error the mixture is tuned for."""
_HALVINGS = 60
_NONE = 1e-9


def log_mixture(s: Numbers, v: Numbers, rho: float, g: float, h: float, x: float = 1.0) -> Array:
    """ln of the beta-binomial mixture supermartingale at sum s and variance v, for steps within -g and h.

    `x` 1: two-sided; h / (g + h): one-sided. Source: Howard, Ramdas, McAuliffe and Sekhon 2021; confseq.
    s 10, v 100, g 0.2, h 0.8, rho for v 100 -> -0.6941012, one-sided -0.07134019.
    """
    total, variance, r, span = array(s), array(v), max(rho - g * h, 1e-3 * g * h), g + h
    return array(
        variance / (g * h) * log(span)
        - (variance + h * total) / (h * span) * log(g)
        - (variance - g * total) / (g * span) * log(h)
        + log_beta((r + variance - g * total) / (g * span), (r + variance + h * total) / (h * span), x)
        - log_beta(r / (g * span), r / (h * span), x)
    )


def best_rho(v: float, alpha: float = _TUNED, is_one_sided: bool = False) -> float:
    """The mixture's parameter that makes it tightest at variance v: v / (2 ln(1/a) + ln(1 + 2 ln(1/a))).

    One-sided with 2 a for a. Source: Howard et al. 2021, proposition 3. v 100 -> 12.60056.
    """
    twice = 2 * log(1 / (2 * alpha if is_one_sided else alpha))
    return v / (twice + log(1 + twice))


def rate(x: Numbers, n: Numbers, tuned_at: float = 100.0, confidence: float = CONFIDENCE) -> Interval:
    """The rates that x successes in n cases have not ruled out so far; whenever one looks, and however often.

    p is ruled out when B(a + x, b + n - x) / (B(a, b) p^x (1 - p)^(n - x)) >= 1 / (1 - confidence), with
    a + b cases of mean p laid on beforehand, so many that it is tightest at `tuned_at` cases. nan for n = 0.
    Source: METHODS 1.5; confseq's unit tests. 700 of 1,000 at 100 -> 0.651629 to 0.745949.
    """
    seen, of = np.broadcast_arrays(array(x), array(n))
    middle = np.divide(seen, of, out=np.full(of.shape, np.nan), where=of > 0)
    limit, laid = log(1 / (1 - confidence)), max(best_rho(tuned_at) - 1, 1e-3)
    return Interval(
        np.where(seen > 0, _edge(seen, of, laid, limit, np.zeros(of.shape), middle), 0.0) + 0 * middle,
        np.where(seen < of, _edge(seen, of, laid, limit, np.ones(of.shape), middle), 1.0) + 0 * middle,
    )


def _edge(seen: Array, of: Array, laid: float, limit: float, outside: Array, inside: Array) -> Array:
    """By bisection the rate between one that is ruled out and one that is not."""
    for _ in range(_HALVINGS):
        p = np.clip((outside + inside) / 2, 1e-12, 1 - 1e-12)
        a, b = laid * p, laid * (1 - p)
        found = log_beta(a + seen, b + of - seen) - log_beta(a, b) - seen * np.log(p) - (of - seen) * np.log1p(-p)
        is_out = found >= limit
        outside, inside = np.where(is_out, p, outside), np.where(is_out, inside, p)
    edge = (outside + inside) / 2
    return array(np.where(edge < _NONE, 0.0, np.where(edge > 1 - _NONE, 1.0, edge)))


def least_drop(n: int, base: float, confidence: float = CONFIDENCE) -> float | None:
    """The least share by which the rate seen in n cases must lie below `base` to rule it out; None if 0 would not.

    At looks every month, tightest at n cases. 271 cases at 0.2 -> 0.354.
    """
    below = np.arange(0, int(np.ceil(n * base)))
    ruled_out = np.flatnonzero(rate(below, np.full(len(below), n), float(n), confidence).high < base)
    return 1 - float(below[ruled_out[-1]]) / (n * base) if len(ruled_out) else None
