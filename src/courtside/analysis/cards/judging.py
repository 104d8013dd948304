"""From counts to judgement, column by column: shrunken figures, time frames, and who lies apart from their pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from courtside.analysis.cards.pools import EVERYBODY, Fitted, Levels, fitted
from courtside.analysis.counted import Counted, Stretch
from courtside.analysis.kinds import Kind
from courtside.analysis.statistics import funnel
from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    Indices,
    Numbers,
    added,
    array,
    beta_below,
    gamma_below,
)
from courtside.analysis.statistics.intervals import exact_poisson, wilson
from courtside.analysis.statistics.shrinkage import (
    FLOOR,
    Pools,
    Shrunk,
    counts_missing,
    fit_counts,
    fit_rates,
    rates_missing,
    shrink_counts,
    shrink_rates,
)
from courtside.analysis.statistics.time_frame import COUNT_FRAMES, RATE_FRAMES, bursts, dispersion, smallest
from courtside.analysis.statistics.window import ENOUGH_EVENTS, cases_needed

Targets = Callable[[Indices], Array]
"""The targets of some figures for the stretch they are judged over; nan without one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Raw figures over one stretch each: hits of cases for rates, events over working days for counts."""

    hits: Array
    of: Array
    days: Array

    def exposure(self, kind: Kind) -> Array:
        """What the hits are measured by: cases, or days present."""
        return self.of if kind is Kind.RATE else self.days

    def as_usual(self, share: Array) -> Seen:
        """The same figures with each case counted as so much of a usual one; never fewer cases than hits."""
        return Seen(self.hits, np.maximum(self.of * share, self.hits), self.days)


@dataclass(slots=True)
class Judged:
    """What is known of each figure over its own stretch; nan where nothing is."""

    seen: Seen
    low: Array
    high: Array
    shrunk: Array
    likely_low: Array
    likely_high: Array
    expected: Array
    """What the pool leads one to expect of it."""
    people: Array
    level: Indices
    is_alike: Flags
    misses: Array
    below: Array
    apart: Array
    fit: Fitted | None = None

    def copied(self) -> Judged:
        """The same, to be overwritten in part."""
        seen = Seen(self.seen.hits.copy(), self.seen.of.copy(), self.seen.days.copy())
        return replace(self, seen=seen, **{name: getattr(self, name).copy() for name in _COLUMNS})

    def put(self, other: Judged, where: Indices) -> None:
        """Take over what another judgement says of some figures."""
        for part in ("hits", "of", "days"):
            getattr(self.seen, part)[where] = getattr(other.seen, part)[where]
        for name in _COLUMNS:
            getattr(self, name)[where] = getattr(other, name)[where]


_COLUMNS = (
    "low", "high", "shrunk", "likely_low", "likely_high", "expected", "people", "level", "is_alike", "misses", "below",
    "apart",
)  # fmt: skip


def frames_of(kind: Kind) -> Sequence[str]:
    """The time frames a kind of figure may be judged over."""
    return {Kind.RATE: RATE_FRAMES, Kind.COUNT: COUNT_FRAMES}.get(kind, ())


def judged(
    kind: Kind, is_down: bool, seen: Seen, levels: Levels | None, target: Array, wanted: Flags,
    share: Array | None = None,
) -> Judged:  # fmt: skip
    """The wanted figures beside their pools; without `levels` (groups) each on its own.

    A pool of fewer than three people is not fitted: shrunken figure and likely range are nan then, and
    the chance to miss the target is that of the raw figure (Jeffreys' prior). `share`: what is typical of the
    cases handed to each person over what is typical of everybody's (METHODS 7). A case then counts as so much
    of a usual one, which makes people and target comparable; figures are told for the cases as they are.
    """
    size = len(seen.hits)
    fair = np.ones(size) if share is None else share
    found = _alone(kind, is_down, seen, target * fair)
    if levels is None or not wanted.any():
        return found
    like = seen.as_usual(fair)
    fit = _fitted(kind, like, levels, wanted)
    shrink = shrink_rates if kind is Kind.RATE else shrink_counts
    shrunk = shrink(like.hits, like.exposure(kind), fit.pools, fit.pool)
    known = fit.is_known & wanted & (seen.exposure(kind) > 0)
    missing = rates_missing if kind is Kind.RATE else counts_missing
    for column, values in (
        ("shrunk", shrunk.mean * fair), ("likely_low", shrunk.low * fair),
        ("likely_high", np.minimum(shrunk.high * fair, 1.0) if kind is Kind.RATE else shrunk.high),
        ("misses", missing(target, shrunk, is_down)), ("below", _wrong_side(kind, is_down, target, shrunk)),
    ):  # fmt: skip
        getattr(found, column)[known] = values[known]
    # beside people of other roles nobody is called apart: that pool is not like with like
    found.apart = np.where(known & (fit.level < EVERYBODY), _apart(kind, like, fit, size), np.nan)
    return _beside(found, kind, fit, known, fair)


def beside_pools(kind: Kind, seen: Seen, levels: Levels | None) -> Judged:
    """Only what the pools lead one to expect of each figure, and how they were fitted."""
    size = len(seen.hits)
    found = _unknown(seen)
    if levels is None:
        return found
    fit = _fitted(kind, seen, levels, np.ones(size, dtype=np.bool_))
    return _beside(found, kind, fit, fit.is_known & (seen.exposure(kind) > 0))


def _beside(found: Judged, kind: Kind, fit: Fitted, known: Flags, share: Array | None = None) -> Judged:
    """A judgement with what is known of each figure's pool."""
    usual = np.ones(len(known)) if share is None else share
    expected = fit.pools.mean[fit.pool] * (found.seen.days if kind is Kind.COUNT else usual)
    for column, values in (
        ("expected", expected), ("people", fit.pools.people[fit.pool]), ("level", fit.level),
        ("is_alike", fit.pools.is_alike[fit.pool]),
    ):  # fmt: skip
        getattr(found, column)[known] = values[known]
    found.fit = fit
    return found


def _fitted(kind: Kind, seen: Seen, levels: Levels, wanted: Flags) -> Fitted:
    return fitted(_fit_rates if kind is Kind.RATE else fit_counts, seen.hits, seen.exposure(kind), levels, wanted)


def _fit_rates(x: Numbers, n: Numbers, pool: Indices, pools: int) -> Pools:
    return fit_rates(x, n, pool, pools).floored(FLOOR)


def _alone(kind: Kind, is_down: bool, seen: Seen, target: Array) -> Judged:
    """Each figure with its own interval and nothing beside it."""
    size = len(seen.hits)
    raw = wilson(seen.hits, seen.of) if kind is Kind.RATE else exact_poisson(np.maximum(seen.hits, 0))
    own = Shrunk(
        seen.hits, seen.hits, seen.hits, seen.hits + 0.5,
        np.maximum(seen.of - seen.hits, 0) + 0.5 if kind is Kind.RATE else np.ones(size),
    )  # fmt: skip
    missing = rates_missing if kind is Kind.RATE else counts_missing
    there = seen.of > 0 if kind is Kind.RATE else np.isfinite(seen.hits)
    found = _unknown(seen)
    found.low, found.high = np.where(there, raw.low, np.nan), np.where(there, raw.high, np.nan)
    found.misses = np.where(there, missing(target, own, is_down), np.nan)
    found.below = np.where(there, _wrong_side(kind, is_down, target, own), np.nan)
    return found


def _unknown(seen: Seen) -> Judged:
    """Raw figures of which nothing is known yet."""
    size = len(seen.hits)
    nan: dict[str, Any] = {
        name: np.full(size, np.nan) for name in _COLUMNS if name not in ("people", "level", "is_alike")
    }
    people, level, is_alike = np.zeros(size), np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    return Judged(seen, people=people, level=level, is_alike=is_alike, **nan)


def _wrong_side(kind: Kind, is_down: bool, target: Array, shrunk: Shrunk) -> Array:
    """P(the truth lies on the wrong side of the target)."""
    if not np.isfinite(target).any():
        return target
    under = (beta_below if kind is Kind.RATE else gamma_below)(target, shrunk.first, shrunk.second)
    return array((1 - under if is_down else under) + 0 * target)


def _apart(kind: Kind, seen: Seen, fit: Fitted, size: int) -> Array:
    """How many standard deviations each member of a pool with real differences lies from the others."""
    found = np.full(size, np.nan)
    counts = added(fit.member_of, minlength=len(fit.pools.people))
    counts = counts.astype(np.int64)
    ends = np.cumsum(counts)
    for pool, (end, count) in enumerate(zip(ends, counts, strict=True)):
        if count < funnel.LEAST_UNITS or fit.pools.is_alike[pool] or not fit.pools.total[pool]:
            continue
        members = fit.members[end - count : end]
        own = members[fit.pool[members] == pool]
        if len(own):
            found[members] = np.where(fit.pool[members] == pool, _distances(kind, seen, members), found[members])
    return found


def _distances(kind: Kind, seen: Seen, members: Indices) -> Array:
    hits = seen.hits[members]
    if kind is Kind.RATE:
        return funnel.rates_apart(hits, seen.of[members])
    days = seen.days[members]
    return funnel.counts_apart(hits, days * hits.sum() / days.sum())


@dataclass(frozen=True, slots=True)
class Framed:
    """For each figure the number of its time frame (-1: none), and how much it needs there."""

    frame: Indices
    needed: Array
    """Cases of a rate, expected events of a count."""
    size: Array
    """s of each figure's pool; 0 without one, and of counts. Fewer cases tell nobody apart from the pool."""
    enough_asked: Flags
    """Whether the stretch asked for would do by itself."""
    phi: Array
    year: Judged


def framed(
    kind: Kind,
    asked: Judged,
    over: Sequence[Seen],
    levels: Levels | None,
    target: Array,
    weeks: Callable[[], tuple[Array, Array]],
    share: Array | None = None,
) -> Framed:
    """The smallest frame with cases enough (rates) or expected events >= 22 phi (counts). Source: METHODS 1.2, 1.5.

    `over` are the figures over each frame, the year last: that one gives the pool's s, its rate and phi. Cases are
    enough from s on, or from where a real 30 % drop at the usual mix would show: a pool without spread has an infinite
    s, as nobody's own cases ever tell them apart from it, and waiting longer would tell no more. `weeks` gives
    chi-square and freedom of each figure's weeks. `share`: what was handed over the year, as for `judged`.
    """
    year = beside_pools(kind, over[-1] if share is None else over[-1].as_usual(share), levels)
    if kind is Kind.RATE:
        size = np.where(year.people > 0, year.fit.pools.size[year.fit.pool], 0.0) if year.fit else np.zeros(len(target))
        needed, phi = _cases_needed(year, size, target), np.ones(len(target))
        enough = [seen.of >= needed for seen in over]
        return Framed(smallest(enough), needed, size, asked.seen.of >= needed, phi, year)
    squares, freedom = weeks()
    phi = dispersion(*_pooled(squares, freedom, year))
    needed = ENOUGH_EVENTS * phi
    enough = [_due(seen, year, asked, target) >= needed for seen in over]
    is_enough = _due(asked.seen, year, asked, target) >= needed
    return Framed(smallest(enough), needed, np.zeros(len(target)), is_enough, phi, year)


def _cases_needed(year: Judged, size: Array, target: Array) -> Array:
    """The cases a 30 % drop takes to show, or s of each figure's pool where that is less."""
    own = np.divide(year.seen.hits, year.seen.of, out=np.full(len(target), np.nan), where=year.seen.of > 0)
    base = np.where(np.isfinite(target), target, np.where(np.isfinite(year.expected), year.expected, own))
    # two digits are exact enough for "how many", and few different rates have to be looked up
    bases = np.round(np.clip(np.nan_to_num(base, nan=0.0), 0.0, 1.0), 2)
    found = {rate: max(cases_needed(float(rate)), FLOOR) for rate in np.unique(bases)}
    shows = np.array([found[base] for base in bases])
    return array(np.where(year.people > 0, np.minimum(size, shows), shows))


def _pooled(squares: Array, freedom: Array, year: Judged) -> tuple[Array, Array]:
    """Each figure's own scatter, or that of all in its pool."""
    fit = year.fit
    if fit is None:
        return squares, freedom
    count = len(fit.pools.people)
    whole = [added(fit.member_of, values[fit.members], count)[fit.pool] for values in (squares, freedom)]
    return whole[0], whole[1]


def _due(seen: Seen, year: Judged, asked: Judged, target: Array) -> Array:
    """The events expected of each figure over a stretch: its target's share, else its pool's, else what it counts."""
    by_target = np.divide(
        target * seen.days, asked.seen.days, out=np.full(len(target), np.nan), where=asked.seen.days > 0
    )
    rate = np.divide(year.expected, year.seen.days, out=np.full(len(target), np.nan), where=year.seen.days > 0)
    expected = np.where(np.isfinite(by_target), by_target, rate * seen.days)
    return array(np.where(np.isfinite(expected), expected, seen.hits))


def scatter(weekly: Sequence[tuple[Counted, Sequence[Stretch], Indices, Indices]], size: int) -> tuple[Array, Array]:
    """Chi-square and freedom of each figure's weeks: for each period its weeks, its figures and their keys."""
    squares, freedom = np.zeros(size), np.zeros(size)
    for counts, weeks, figures, keys in weekly:
        rows = [counts.number[week] for week in weeks]
        if rows:
            squares[figures], freedom[figures] = bursts(counts.hits[rows][:, keys].T, counts.days[rows][:, keys].T)
    return squares, freedom
