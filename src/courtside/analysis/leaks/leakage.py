"""Where cases leak: how many get past each stage in the same time, open ones censored, and who loses more than others.

A group leaks at a stage where its rate lies clearly below that of all others at the same stage within the same
number of days: see `compared`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from courtside.analysis.leaks.stays import Pipeline
from courtside.analysis.statistics.competing import ADVANCED, LOST, Incidence, Stays, incidence, steps
from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    Indices,
    added,
    array,
    binomial_at_most,
    normals_below,
)
from courtside.analysis.statistics.funnel import LEAST_UNITS
from courtside.analysis.statistics.intervals import Interval
from courtside.analysis.statistics.multiplicity import benjamini_hochberg
from courtside.analysis.statistics.shrinkage import SLACK
from courtside.analysis.statistics.window import cases_needed

HORIZONS = (30, 60, 90, 180)
"""Days within which a stage is to be passed: the least that covers what most cases take is chosen."""
COVERED, RIPE = 0.8, 0.95
"""The share of ended stays a horizon is to cover; and that after which a stage's times have stopped moving."""
RECENT_DAYS = (182, 91)
"""The latest ripe entries are looked at by themselves too: a leak that has just begun drowns in years before it."""
HALVED = 0.5
"""A group with too few cases for a rate fallen by so much to show is not judged."""
FEWEST = 30
"""Ripe cases from which something is said of a stage that cannot be compared."""
_WINSOR, _WINSORISED = (0.1, 0.9), 0.6786
"""The quantiles at which z is cut, and the variance that leaves of a standard normal one."""


def horizon_of(pipeline: Pipeline) -> int:
    """The least of `HORIZONS` within which 80 % of the ended stays of every stage ended; the greatest if none is.

    Stays of which four fifths end within 12, 20 and 45 days -> 60.
    """
    slowest = np.nanmax(pipeline.ended_within(COVERED), initial=0.0)
    return next((days for days in HORIZONS if days >= slowest), HORIZONS[-1])


@dataclass(frozen=True, slots=True)
class Compared:
    """Groups beside the others at each stage, in flat arrays of stages x groups.

    `entered` counts stays, `own` is the chance to get past the stage within the horizon, `lost` that to be lost,
    `others` the reference, `chance` how likely a rate so far below it or further were if nothing but chance and
    people's ordinary differences made it, `is_enough` whether a rate halved would show.
    """

    entered: Array
    own: Incidence
    lost: Array
    others: Array
    chance: Array
    is_enough: Flags
    interval: Interval
    is_below: Flags
    """Whether the interval lies wholly below the reference, and the rate below 0.85 of it."""


def compared(pipeline: Pipeline, horizon: int, tau2: Array) -> Compared:
    """Each group's rate at each stage beside that of all the others, at the same stage within the same days.

    On the arcsine scale, as in a funnel (METHODS 1.3): a rate of n cases has the variance 1 / 4n, and the people of
    a group differ by `tau2`, one for each stage (see `spread`). The reference leaves the group out and is shrunken:
    the others weigh 1 / (1 / 4n + spread), so that a large one does not speak for all. The chance is the greater of
    the normal and the exact binomial tail, as the arcsine overstates in small groups.
    """
    stays, stages, groups = pipeline.by_cell, len(pipeline.stages), len(pipeline.groups)
    moments = steps(stays)
    own, lost = incidence(stays, horizon, ADVANCED, moments), incidence(stays, horizon, LOST, moments)
    cases, share, hits = own.cases, np.nan_to_num(own.share), np.nan_to_num(own.hits)
    variance = np.where(cases > 0, 0.25 / np.maximum(cases, 1e-9), np.inf) + _differ(pipeline, own, tau2)
    weight = 1 / variance
    weighs, cases_of_others = (_rest(values, stages, groups) for values in (weight, cases))
    others = np.divide(
        _rest(weight * share, stages, groups), weighs, out=np.full(len(share), np.nan), where=cases_of_others > 1
    )
    others = np.clip(others, 0.0, 1.0)
    apart = np.arcsin(np.sqrt(np.clip(share, 0, 1))) - np.arcsin(np.sqrt(others))
    z = apart / np.sqrt(variance + 1 / np.maximum(weighs, 1e-9))
    exact = binomial_at_most(hits, np.maximum(cases, 1e-9), np.nan_to_num(others, nan=0.5))
    chance = array(np.where((cases > 0) & np.isfinite(others), np.maximum(normals_below(z), exact), np.nan))
    entered = added(stays.group, minlength=stays.groups)
    interval, enough = own.interval, _is_enough(cases, cases_of_others, others)
    is_below = np.nan_to_num(interval.high, nan=2.0) < np.nan_to_num(others, nan=-1.0)
    is_below &= share < SLACK * np.nan_to_num(others)
    return Compared(entered, own, lost.share, others, chance, enough, interval, np.asarray(is_below))


def _rest(values: Array, stages: int, groups: int) -> Array:
    """For every cell the sum over the other groups of its stage."""
    at = values.reshape(stages, groups)
    return array(np.maximum(at.sum(axis=1, keepdims=True) - at, 0.0).ravel())


def _differ(pipeline: Pipeline, own: Incidence, tau2: Array) -> Array:
    """The variance that the ordinary differences of its people give a group's rate, for every cell.

    Of p people who differ by tau2 a group's rate varies by tau2 / p; of unequal ones by tau2 sum n^2 / (sum n)^2.
    """
    people = int(pipeline.member.max(initial=0)) + 1
    pairs, entered = np.unique(pipeline.by_cell.group * people + pipeline.member, return_counts=True)
    size, squares = (added(pairs // people, n, len(own.share)) for n in (entered, entered.astype(float) ** 2))
    share = np.divide(squares, size**2, out=np.ones(len(size)), where=size > 0)
    return array(np.repeat(tau2, len(pipeline.groups)) * share)


def spread(pipeline: Pipeline, horizon: int) -> Array:
    """How far people of one group really differ at each stage; where groups are people, those of the stage."""
    people = int(pipeline.member.max(initial=0)) + 1
    pairs, at = np.unique(pipeline.by_cell.group * people + pipeline.member, return_inverse=True)
    each = incidence(Stays(pipeline.days, pipeline.end, at.astype(np.int64), len(pairs)), horizon)
    cell = pairs // people
    stage = cell // len(pipeline.groups)
    group = stage if len(pairs) == len(np.unique(cell)) else cell
    there = each.cases > 1
    return array(
        [
            tau2_within(each.share[own], each.cases[own], group[own])
            for own in (there & (stage == number) for number in range(len(pipeline.stages)))
        ]
    )


def tau2_within(share: Array, cases: Array, group: Indices) -> float:
    """The variance of the arcsines of people's true rates around the mean of their group; 0 where none shows.

    With z = (Y - mean of the group) / s, s = 1 / (2 sqrt n), Winsorised at 10 and 90 % and scaled up by what that
    takes from a normal variable: tau2 = (sum z^2 - (people - groups)) / (sum w - sum over groups of sum w^2 / sum w),
    w = 4n. With fewer than 10 people nothing is known of it. Source: Spiegelhalter 2005; METHODS 1.3; DerSimonian
    and Laird 1986.
    """
    at = np.unique(group, return_inverse=True)[1]
    freedom = len(share) - (int(at.max(initial=-1)) + 1)
    if freedom < LEAST_UNITS - 1:
        return 0.0
    y, w = np.arcsin(np.sqrt(np.clip(share, 0, 1))), 4 * cases
    total = added(at, w)
    z = (y - (added(at, w * y) / total)[at]) * np.sqrt(w)
    beyond = (np.clip(z, *np.quantile(z, _WINSOR)) ** 2).sum() / _WINSORISED - freedom
    return float(max(beyond, 0.0) / (w.sum() - (added(at, w**2) / total).sum()))


def _is_enough(cases: Array, cases_of_others: Array, others: Array) -> Flags:
    """Whether there are cases enough, here and elsewhere, for half the others' rate to show."""
    needed = array([np.inf if np.isnan(rate) else _needed(round(float(rate), 2)) for rate in others])
    return np.asarray((cases >= needed) & (cases_of_others >= needed))


def _needed(rate: float) -> float:
    return cases_needed(min(max(rate, 0.01), 0.99), HALVED)


@dataclass(frozen=True, slots=True)
class Look:
    """One stretch of entries that was judged, and what was found."""

    since: tuple[date, ...]
    """For each stage the first day of entry; empty where all ripe entries were looked at."""
    found: Compared


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts on stages x groups, and which look each rests on."""

    verdicts: tuple[str, ...]
    looks: tuple[Look, ...]
    look: Indices
    ripe_until: tuple[date, ...]
    """For each stage the last day of entry that is old enough to be judged."""
    ripe_after: tuple[int, ...]
    """For each stage the age in days from which an entry is."""

    def rests_on(self, cell: int) -> Look:
        """What the verdict on a stage and group was read from."""
        return self.looks[int(self.look[cell])]


def judged(pipeline: Pipeline, horizon: int, as_of: date) -> Judged:
    """`leak`, `as_expected` or `too_early` for every stage and group, from entries old enough to be judged.

    An entry is ripe once it is older than 95 % of the stage's ended stays ever became. All ripe entries are looked
    at, and those of the last half year and quarter of them by themselves; the lowest of the chances counts for as
    many as there are (Bonferroni). A group
    leaks where the interval excludes the reference and Benjamini and Hochberg's procedure names it among the groups
    of its stage at a share of 10 %. The only group there is has nothing to be compared with: it is as expected from
    30 ripe cases on. Cases of nobody known are neither judged nor anybody's reference. Source: METHODS 1.6 (7), 3;
    DATA 4.
    """
    stages, groups = len(pipeline.stages), len(pipeline.groups)
    ages = np.ceil(np.nan_to_num(pipeline.ended_within(RIPE), nan=0.0)).astype(np.int64)
    ripe = np.minimum(as_of.toordinal() - ages, int(pipeline.entered.max(initial=1)))
    is_known = np.array([group is not None for group in pipeline.groups])
    is_ripe = (pipeline.entered <= ripe[pipeline.stage]) & is_known[pipeline.group]
    tau2 = spread(pipeline.only(is_ripe), horizon)
    looks = [Look((), compared(pipeline.only(is_ripe), horizon, tau2))]
    for days in RECENT_DAYS:
        newest = ripe - days
        is_recent = is_ripe & (pipeline.entered > newest[pipeline.stage])
        if is_recent.sum() < is_ripe.sum():
            since = tuple(date.fromordinal(max(int(day), 0) + 1) for day in newest)
            looks.append(Look(since, compared(pipeline.only(is_recent), horizon, tau2)))
    chances = np.stack([np.where(one.found.is_enough, one.found.chance, np.nan) for one in looks])
    look = np.argmin(np.nan_to_num(chances, nan=2.0), axis=0)
    cell = np.arange(stages * groups)
    least = np.minimum(chances[look, cell] * len(looks), 1.0)
    is_below = np.stack([one.found.is_below for one in looks])[look, cell]
    named = benjamini_hochberg_by(least, groups)
    enough = looks[0].found.is_enough | np.isfinite(least) | ((groups == 1) & (looks[0].found.entered >= FEWEST))
    verdicts = np.where(named & is_below, "leak", np.where(enough, "as_expected", "too_early"))
    until = tuple(date.fromordinal(max(int(day), 1)) for day in ripe)
    return Judged(tuple(verdicts.tolist()), tuple(looks), look, until, tuple(ages.tolist()))


def benjamini_hochberg_by(chances: Array, groups: int) -> Flags:
    """Who is named within each stage; `chances` are stages x groups, nan for groups that are not judged."""
    rows = chances.reshape(-1, groups) if groups else chances.reshape(0, 1)
    return np.concatenate([benjamini_hochberg(row) for row in rows]) if len(rows) else np.zeros(0, dtype=np.bool_)
