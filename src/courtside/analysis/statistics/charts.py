"""Control charts: whether something changed in one series over time. They say that it did, never that it is bad.

A signal is a point beyond three sigma or eight in a row on one side: by chance it comes in 28 of 100 years of
52 weeks (METHODS 1.4). Periods that are not over never enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from courtside.analysis.statistics.distributions import Array, Flags, Numbers, array

LEAST_BASELINE = 12
"""Fewer points give limits that ring falsely too often: with 6, 26 of 100 times within the next 12 points."""
RUN = 8
"""So many points in a row on one side of the centre are no chance any more."""
SIGMAS = 3.0
_OF_RANGES = 1.128
"""The mean range of two draws of a normal distribution in standard deviations (d2)."""


class ShortBaseline(ValueError):
    """Too few points to draw limits from. The message says how many there are and how many it takes."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Points with their centre and limits, in the unit of the points."""

    points: Array
    centre: float
    low: Array
    high: Array

    @property
    def beyond(self) -> Flags:
        """Which points lie outside the limits; a lower limit of what cannot fall below 0 never does at 0."""
        return (self.points < self.low) | (self.points > self.high)

    @property
    def runs(self) -> Flags:
        """Which points end, or go on with, eight in a row on one side of the centre."""
        found = np.zeros(len(self.points), dtype=np.bool_)
        for side in (self.points > self.centre, self.points < self.centre):
            length = 0
            for number, is_there in enumerate(side.tolist()):
                length = length + 1 if is_there else 0
                found[number] |= length >= RUN
        return found

    @property
    def signals(self) -> Flags:
        """Where something changed: outside the limits, or the eighth of a run."""
        return self.beyond | self.runs

    @property
    def can_signal_low(self) -> Flags:
        """Whether a point could lie below its lower limit at all; where not, only runs tell of a fall."""
        return np.asarray(self.low > 0)


def individuals(points: Numbers, baseline: int | None = None, least: int = LEAST_BASELINE) -> Chart:
    """XmR: mean -/+ 3 mean moving ranges / 1.128, both from the first `baseline` points (all, if None).

    Raises ShortBaseline. Source: METHODS 1.4; NIST handbook 6.3.2, part 2 -> 50.81, 45.8159 to 55.8041.
    """
    seen = array(points)
    known = seen[: len(seen) if baseline is None else baseline]
    if len(known) < least:
        raise ShortBaseline(f"{len(known)} points are too few to draw limits from: it takes {least}")
    reach = SIGMAS * float(np.abs(np.diff(known)).mean()) / _OF_RANGES
    centre = float(known.mean())
    return Chart(seen, centre, np.full(len(seen), centre - reach), np.full(len(seen), centre + reach))


def proportions(x: Numbers, n: Numbers, centre: float | None = None, least: int = LEAST_BASELINE) -> Chart:
    """p chart: p -/+ 3 sqrt(p (1 - p) / n_i), within 0 and 1; `centre`: a rate known beforehand.

    Raises ShortBaseline. Source: METHODS 1.4; NIST handbook 6.3.3, part 2 -> 0.2313, 0.0524 to 0.4102.
    """
    seen, of = _enough(x, n, centre, least)
    p = float(seen.sum() / of.sum()) if centre is None else centre
    reach = SIGMAS * np.sqrt(p * (1 - p) / of)
    return Chart(seen / of, p, np.maximum(p - reach, 0.0), np.minimum(p + reach, 1.0))


def rates_of_events(events: Numbers, exposure: Numbers, centre: float | None = None, least: int = LEAST_BASELINE) -> (
    Chart
):  # fmt: skip
    """u chart of events for each day present (or another exposure): u -/+ 3 sqrt(u / n_i), not below 0.

    Exposure 1 makes it a c chart. Raises ShortBaseline. Source: METHODS 1.4; NIST handbook 6.3.3, part 1 (25
    wafers) -> 16, 4 to 28.
    """
    seen, of = _enough(events, exposure, centre, least)
    u = float(seen.sum() / of.sum()) if centre is None else centre
    reach = SIGMAS * np.sqrt(u / of)
    return Chart(seen / of, u, np.maximum(u - reach, 0.0), u + reach)


def _enough(x: Numbers, n: Numbers, centre: float | None, least: int) -> tuple[Array, Array]:
    """Points with exposure, if there are enough of them. Raises ShortBaseline."""
    seen, of = np.broadcast_arrays(array(x), array(n))
    there = of > 0
    if centre is None and there.sum() < least:
        raise ShortBaseline(f"{there.sum()} points are too few to draw limits from: it takes {least}")
    return seen[there], of[there]


@dataclass(frozen=True, slots=True)
class Averages:
    """Exponentially weighted averages with their limits after each point."""

    values: Array
    low: Array
    high: Array

    @property
    def beyond(self) -> Flags:
        """Where the average lies outside its limits."""
        return (self.values < self.low) | (self.values > self.high)


def weighted_averages(
    points: Numbers, centre: float, sigma: float, share: float = 0.3, sigmas: float = SIGMAS
) -> Averages:
    """EWMA: z = share x + (1 - share) z before; centre -/+ L s sqrt(share / (2 - share) (1 - (1 - share)^2t)).

    Source: METHODS 1.4; NIST handbook 6.3.2, part 4: centre 50, sigma 2.0539, share 0.3 -> 50.60 ... 51.99, in the
    long run 47.4116 to 52.5884.
    """
    seen = array(points)
    kept = (1 - share) ** np.arange(1, len(seen) + 1)
    values = np.empty(len(seen))
    last = centre
    for number, point in enumerate(seen.tolist()):
        values[number] = last = share * point + (1 - share) * last
    reach = sigmas * sigma * np.sqrt(share / (2 - share) * (1 - kept**2))
    return Averages(values, centre - reach, centre + reach)


def least_mean(sigmas: float = SIGMAS) -> float:
    """The mean above which a count chart can signal low at all: L^2. Three sigma -> 9. Source: METHODS 1.4."""
    return sigmas**2


def least_cases(p: float, sigmas: float = SIGMAS) -> int:
    """The cases from which a p chart can signal low: more than L^2 (1 - p) / p. 0.2 -> 37 (n > 36), 0.1 -> 82."""
    return ceil(sigmas**2 * (1 - p) / p + 1e-9)


def sigma_of_ranges(points: Numbers) -> float:
    """The standard deviation from moving ranges, which a slow drift does not blow up."""
    return float(np.abs(np.diff(array(points))).mean()) / _OF_RANGES
