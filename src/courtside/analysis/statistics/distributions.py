"""The tails and quantiles everything else is made of, over whole arrays; the one place that asks scipy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
"""Numbers, one for each person, period or draw."""
Flags = npt.NDArray[np.bool_]
"""True or false, one for each person or period."""
Indices = npt.NDArray[np.int64]
"""Whole numbers that point at rows of another array."""
Numbers = npt.ArrayLike


def array(values: Numbers) -> Array:
    """Numbers as an array of doubles."""
    return np.asarray(values, dtype=np.float64)


def normal_quantile(share: float) -> float:
    """The point below which a share of the standard normal distribution lies: 0.975 -> 1.959964."""
    return float(special.ndtri(share))


def normal_below(at: float) -> float:
    """The share of the standard normal distribution below a point: -1.959964 -> 0.025."""
    return float(special.ndtr(at))


def normals_below(at: Numbers) -> Array:
    """The same for many points at once."""
    return array(special.ndtr(at))


def beta_quantile(share: float, a: Numbers, b: Numbers) -> Array:
    """Quantiles of Beta(a, b): share 0.5, a 1, b 1 -> 0.5."""
    return array(special.betaincinv(a, b, share))


def beta_below(at: Numbers, a: Numbers, b: Numbers) -> Array:
    """P(X < at) for X from Beta(a, b); points outside 0-1 are drawn to its ends."""
    return array(special.betainc(a, b, np.clip(at, 0.0, 1.0)))


def gamma_quantile(share: float, shape: Numbers, rate: Numbers) -> Array:
    """Quantiles of Gamma(shape, rate): share 0.5, shape 1, rate 1 -> ln 2."""
    return array(special.gammaincinv(shape, share)) / array(rate)


def gamma_below(at: Numbers, shape: Numbers, rate: Numbers) -> Array:
    """P(X < at) for X from Gamma(shape, rate)."""
    return array(special.gammainc(shape, np.maximum(array(at) * array(rate), 0.0)))


def binomial_at_most(k: Numbers, n: Numbers, p: Numbers) -> Array:
    """P(X <= k) for X from Binomial(n, p), by the incomplete beta function; 0 below k = 0."""
    at, of = array(k), array(n)
    upper = special.betainc(np.maximum(of - at, 1e-9), np.maximum(at, 0) + 1, 1 - array(p))
    return array(np.where(at < 0, 0.0, np.where(at >= of, 1.0, upper)))


def poisson_at_most(k: Numbers, mean: Numbers) -> Array:
    """P(X <= k) for X from Poisson(mean); 0 below k = 0."""
    at = array(k)
    return array(np.where(at < 0, 0.0, special.gammaincc(np.maximum(at, 0) + 1, mean)))


def student_quantile(share: float, freedom: float) -> float:
    """The point below which a share of Student's t lies: share 0.975, 10 degrees of freedom -> 2.228139."""
    return float(special.stdtrit(freedom, share))


def student_above(t: Numbers, freedom: float) -> Array:
    """P(T > t) for Student's t: 2.228139 with 10 degrees of freedom -> 0.025."""
    return array(special.stdtr(freedom, -array(t)))


def f_above(f: float, above: float, below: float) -> float:
    """P(F > f) with so many degrees of freedom above and below; inf below is chi-square over its freedom."""
    if np.isinf(below):
        return float(special.chdtrc(above, f * above))
    return float(special.fdtrc(above, below, f))


def f_quantile(share: float, above: float, below: float) -> float:
    """The point below which a share of F lies: 0.95 with 1 and 10 degrees of freedom -> 4.964603."""
    if np.isinf(below):
        return float(special.chdtri(above, 1 - share) / above)
    return float(special.fdtri(above, below, share))


def binomial_quantile(share: float, n: Numbers, p: float) -> Array:
    """The least k with P(X <= k) >= share for X from Binomial(n, p): share 0.5, n 10, p 0.2 -> 2."""
    of = array(n)
    low, high = np.full(of.shape, -1.0), of.copy()
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        is_enough = binomial_at_most(middle, of, p) >= share
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return array(high)


def poisson_quantile(share: float, mean: Numbers) -> Array:
    """The least k with P(X <= k) >= share for X from Poisson(mean): share 0.5, mean 4 -> 4."""
    due = array(mean)
    low, high = np.full(due.shape, -1.0), np.ceil(due + 12 * np.sqrt(due) + 24)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        is_enough = poisson_at_most(middle, due) >= share
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return array(high)


def log_gamma(x: Numbers) -> Array:
    """ln of the gamma function."""
    return array(special.gammaln(x))


def log_beta(a: Numbers, b: Numbers, x: float = 1.0) -> Array:
    """ln of the beta function of a and b; below x = 1 of the incomplete one, not divided by the whole."""
    whole = array(special.betaln(a, b))
    return whole if x >= 1 else whole + np.log(array(special.betainc(a, b, x)))


def digamma(x: Numbers) -> Array:
    """The first derivative of `log_gamma`."""
    return array(special.psi(x))


def trigamma(x: Numbers) -> Array:
    """Its second derivative: 1 -> pi^2 / 6. By the asymptotic series from 8 on, after 1/x^2 steps up to there.

    Source: Abramowitz and Stegun 6.4.6 and 6.4.12; eight times as fast as the zeta function it equals.
    """
    at = array(x).copy()
    found = np.zeros_like(at)
    for _ in range(8):
        low = at < 8
        if not low.any():
            break
        found[low] += 1 / at[low] ** 2
        at[low] += 1
    one = 1 / at
    two = one * one
    series = 1 / 6 - two * (1 / 30 - two * (1 / 42 - two * (1 / 30 - two * 5 / 66)))
    return array(found + one * (1 + one * (0.5 + one * series)))


def added(group: Indices, values: Array | Flags | None = None, minlength: int = 0) -> Array:
    """The values added up group by group (their number, without values); `minlength` groups at least."""
    return array(np.bincount(group, None if values is None else array(values), minlength))
