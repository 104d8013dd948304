"""The two kinds of randomness a firm can have: steady, as most statistics assume, and bursty, to keep them honest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from courtside.simulate.cells import Floats, Ints


@dataclass(frozen=True, slots=True)
class Shape:
    """How far things stray: all factors have the mean 1, so that true rates are the same in either shape."""

    name: str
    week_sd: float
    """Spread of a person's effort from week to week, on the log scale."""
    dispersion: float
    """Spread of the day's own rate of counts: their variance is mean + (dispersion x mean)²."""
    time_sd: float
    """Spread of the time a stage takes, on the log scale."""
    tail: float
    """Share of stages whose time has a Pareto tail of exponent 1.5 instead."""
    account_sd: float
    """Spread of a shock that all sales to one account share."""
    month_sd: float
    """Spread of a shock that all sales of one month share, whoever makes them."""
    typed_on_friday: float
    """Share of a person's weeks whose activities are typed in on its last day."""

    def times(self, rng: np.random.Generator, medians: Floats) -> Floats:
        """Times with these medians, in working days: lognormal, or with a heavy tail for some."""
        normal = np.exp(self.time_sd * rng.standard_normal(medians.shape))
        if self.tail == 0:
            return medians * normal
        pareto = 0.63 * (1.0 - rng.random(medians.shape)) ** (-1 / 1.5)
        return medians * np.where(rng.random(medians.shape) < self.tail, pareto, normal)

    def counts(self, rng: np.random.Generator, means: Floats) -> Ints:
        """Counts with these means."""
        if self.dispersion:
            shape = self.dispersion**-2
            means = means * rng.gamma(shape, 1 / shape, means.shape)
        return rng.poisson(means)


def shocks(rng: np.random.Generator, spread: float, count: int) -> Floats:
    """Factors of mean 1 and this spread; all 1 where there is none."""
    return rng.gamma(spread**-2, spread**2, count) if spread else np.ones(count)


SHAPES: Mapping[str, Shape] = {
    "steady": Shape("steady", 0.1, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0),
    "bursty": Shape("bursty", 0.45, 0.6, 1.1, 0.2, 0.35, 0.2, 0.5),
}
"""Each shape by name. The Pareto tail starts at 0.63 of the median, so that half of its draws lie below it."""
