"""How often a rule would fire by chance: everybody exactly at target, with their own volumes, mixes and dispersion.

Month by month what was due at the target is drawn anew many times over, and the same alarm and the same evidence
are read from it. Seeded, so that the same replay says the same. Source: METHODS 0 (2) and 1.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from courtside.analysis.statistics import alarms
from courtside.analysis.statistics.distributions import Array, Flags, beta_below, binomial_at_most, gamma_below
from courtside.analysis.statistics.guard import EXPECTED, Years
from courtside.analysis.statistics.sequential import FORMAL
from courtside.analysis.statistics.shrinkage import SLACK
from courtside.rules.decide import FEWEST_OWED, WATCH
from courtside.rules.rule import Level

DRAWS = 200
"""How often each person's review year is drawn: 40 people -> 8,000 years, a standard error of 0.25 points at 5 %."""
_LEAST_PHI = 1.0 + 1e-9


@dataclass(frozen=True, slots=True)
class Chance:
    """In how many of `years` drawn years of people exactly at target a rule fires at least once."""

    fired: int
    years: int

    @property
    def rate(self) -> float | None:
        """The share; None where there was no year to draw."""
        return self.fired / self.years if self.years else None

    @property
    def error(self) -> float:
        """Its standard error by the draws."""
        rate = self.rate or 0.0
        return float(np.sqrt(rate * (1 - rate) / self.years)) if self.years else 0.0


def at_target(years: Sequence[Years], level: Level, months: int, seed: int, draws: int = DRAWS) -> Chance:
    """The chance of a year in which the rule fires, where everybody is exactly at target.

    `months`: the window, over which the figure itself has to be short as well. For `eligible` only the conditions
    on the evidence are asked for (1, 3 and 4 of the guard): the other ones can only make it less.
    """
    generator, fired, total = np.random.default_rng(seed), 0, 0
    for one in years:
        if not one.hits.size:
            continue
        for drawn in _drawn(one, generator, draws):
            found = firing(drawn, level, months)
            has_year = drawn.due.sum(axis=1) > 0
            fired += int((found.any(axis=1) & has_year).sum())
            total += int(has_year.sum())
    return Chance(fired, total)


def _drawn(years: Years, generator: np.random.Generator, draws: int) -> Iterator[Years]:
    for _ in range(draws):
        yield Years(_hits(years, generator), years.of, years.due, years.phi, years.is_rate, years.is_down)


def _hits(years: Years, generator: np.random.Generator) -> Array:
    """What chance makes of a year at the target: binomial, or negative binomial with the dispersion of the pool."""
    if years.is_rate:
        return generator.binomial(years.of.astype(np.int64), np.nan_to_num(years.benchmark)).astype(np.float64)
    phi = np.maximum(years.phi, _LEAST_PHI)[:, None]
    size = np.maximum(years.due, 1e-9) / (phi - 1)
    mean = generator.gamma(size, phi - 1)
    return np.where(years.due > 0, generator.poisson(np.minimum(mean, 1e9)), 0).astype(np.float64)


def firing(years: Years, level: Level, months: int) -> Flags:
    """After each month, whether the level is reached and the window's own figure is short: (people, months)."""
    return np.asarray(_reached(years, level) & _short(years, months))


def _reached(years: Years, level: Level) -> Flags:
    if level is Level.ELIGIBLE:
        e = years.evidence()
        now = (e >= FORMAL) & (years.due.cumsum(axis=1) >= EXPECTED)
        before = np.concatenate([np.zeros((len(now), 1), dtype=np.bool_), now[:, :-1]], axis=1)
        return np.asarray(now & before)
    hits, of, due = (part.cumsum(axis=1) for part in (years.hits, years.of, years.due))
    if level is Level.WATCH:
        return _likely_short(years, hits, of, due)
    if years.is_rate:
        return alarms.rings(years.evidence(), years.of, years.benchmark, years.is_down)[0]
    short = hits > due / SLACK if years.is_down else hits < SLACK * due
    tail = alarms.count_tail(hits, due, years.phi[:, None], years.is_down)
    return np.asarray(short & (np.nan_to_num(tail, nan=1.0) < alarms.RARE))


def _likely_short(years: Years, hits: Array, of: Array, due: Array) -> Flags:
    """P(true < 0.85 target) > 0.8 for the year so far, by the own figures alone (Jeffreys' prior)."""
    if years.is_rate:
        target = np.divide(due, of, out=np.zeros(due.shape), where=of > 0)
        limit = np.minimum(target / SLACK, 1.0) if years.is_down else SLACK * target
        below = beta_below(limit, hits + 0.5, np.maximum(of - hits, 0) + 0.5)
    else:
        spread = np.maximum(years.phi, 1.0)[:, None]
        limit = due / SLACK if years.is_down else SLACK * due
        below = gamma_below(np.maximum(limit, 1e-12) / spread, hits / spread + 0.5, np.ones(due.shape))
    misses = 1 - below if years.is_down else below
    return np.asarray((misses > WATCH) & (due > 0))


def _short(years: Years, months: int) -> Flags:
    """Whether the last months together are more than 15 % short."""
    hits, due = (_last(part, months) for part in (years.hits, years.due))
    return np.asarray((hits > due / SLACK if years.is_down else hits < SLACK * due) & (due > 0))


def _last(part: Array, months: int) -> Array:
    """Sums of the last so many columns up to each."""
    sums = np.concatenate([np.zeros((len(part), 1)), part.cumsum(axis=1)], axis=1)
    since = np.maximum(np.arange(part.shape[1]) + 1 - months, 0)
    return np.asarray(sums[:, 1:] - sums[:, since])


def by_duties(owed: Sequence[int], target: float, level: Level, months: int) -> Chance:
    """The same for managers, worked out exactly: each window's chance of so few kept at the target, over a year.

    Windows of a year are taken to be apart, 12 over their months: overlapping ones find less that is new.
    """
    whole = 1_000_000
    windows = 12 / months
    rates = [1 - (1 - _fires_at(count, target, level)) ** windows for count in owed]
    return Chance(round(sum(rates) * whole), len(rates) * whole)


def _fires_at(owed: int, target: float, level: Level) -> float:
    """P(the rule fires | so many owed, each kept with the target's chance)."""
    if owed < FEWEST_OWED:
        return 0.0
    kept = np.arange(owed + 1, dtype=np.float64)
    likely = beta_below(SLACK * target, kept + 0.5, owed - kept + 0.5) > WATCH
    at_most = binomial_at_most(kept, float(owed), target)
    fires = likely & (at_most < alarms.RARE) if level is Level.COACH else likely
    return float(np.diff(np.concatenate([[0.0], at_most]))[fires].sum())
