"""How stays end as time goes by: one of several ways, with those still open censored, many groups at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from courtside.analysis.statistics.distributions import Array, Flags, Indices, added, array
from courtside.analysis.statistics.intervals import Interval, wilson

OPEN, ADVANCED, LOST = 0, 1, 2
"""How a stay ended by the day it was looked at; an open one is censored after its last day."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays in flat arrays: whole days, how each ended, and which of `groups` groups it belongs to."""

    days: Indices
    end: Indices
    group: Indices
    groups: int

    def only(self, kept: Flags) -> Stays:
        """Some of the stays, the groups numbered as before."""
        return Stays(self.days[kept], self.end[kept], self.group[kept], self.groups)


@dataclass(frozen=True, slots=True)
class Steps:
    """Every moment at which stays of a group end, group after group, earliest first.

    `at_risk` were there just before it, `ended` in any way on it, `before` is the share still there just
    before it and `after` just after: Kaplan and Meier's estimate for an end of any kind.
    """

    group: Indices
    day: Indices
    at_risk: Array
    ended: Array
    advanced: Array
    lost: Array
    before: Array
    after: Array


def steps(stays: Stays) -> Steps:
    """The moments at which something ends in each group, with how many were at risk. Ties are exact.

    A stay open after d days was at risk on day d: an end on the same day counts it in, as Kaplan and Meier do.
    """
    order = np.lexsort((stays.days, stays.group))
    days, end, group = stays.days[order], stays.end[order], stays.group[order]
    is_new = np.ones(len(days), dtype=np.bool_)
    is_new[1:] = (days[1:] != days[:-1]) | (group[1:] != group[:-1])
    start = np.flatnonzero(is_new)
    cell = np.cumsum(is_new) - 1
    size = added(group, minlength=stays.groups)
    gone_before = start - np.searchsorted(group, group[start])
    at_risk = size[group[start]] - gone_before
    advanced, lost = added(cell, end == ADVANCED, len(start)), added(cell, end == LOST, len(start))
    happens = advanced + lost > 0
    group, day = group[start][happens], days[start][happens]
    at_risk, advanced, lost = at_risk[happens], advanced[happens], lost[happens]
    after = _running(1 - (advanced + lost) / at_risk, group)
    before = np.ones(len(after))
    before[1:] = np.where(group[1:] == group[:-1], after[:-1], 1.0)
    return Steps(group, day, array(at_risk), advanced + lost, advanced, lost, before, after)


def _running(factor: Array, group: Indices) -> Array:
    """The product of factors so far, within each group. A factor of 0 is a group's last: nobody is left after it."""
    logs = np.log(np.where(factor > 0, factor, 1.0))
    total = np.cumsum(logs)
    first = np.searchsorted(group, group)
    return array(np.where(factor > 0, np.exp(total - total[first] + logs[first]), 0.0))


@dataclass(frozen=True, slots=True)
class Incidence:
    """For each group the chance that a stay ends in some way within the horizon; nan for a group without stays.

    `share` is the estimate, `variance` that of the estimate, `cases` the number of fully watched stays that would
    tell as much.
    """

    share: Array
    variance: Array
    cases: Array

    @property
    def hits(self) -> Array:
        """So many of `cases` ended that way."""
        return array(self.share * self.cases)

    @property
    def interval(self) -> Interval:
        """95 %: Wilson's for the number of cases it is worth; without censoring the very interval of a proportion."""
        return wilson(self.hits, self.cases)


def incidence(stays: Stays, horizon: int, cause: int = ADVANCED, found: Steps | None = None) -> Incidence:
    """Aalen and Johansen's chance that a stay ends by `cause` within `horizon` days, other ends competing.

    F_k(t) = sum over u <= t of S(u-) d_k(u) / n(u). Its variance is that of the delta method, sum over u of
    (F_k(t) - F_k(u))^2 d / (n (n - d)) + S(u-)^2 d_k (n - d_k) / n^3 - 2 (F_k(t) - F_k(u)) S(u-) d_k / n^2
    (Marubini and Valsecchi 1995, 10.2; Dinse and Larson 1986), which is F (1 - F) / n where nothing is censored.
    Source: METHODS 3; Aalen and Johansen 1978. Days 1 2 3 4, ended advance, lost, open, advance -> 0.75 in 30 days.
    """
    all_steps = steps(stays) if found is None else found
    within = all_steps.day <= horizon
    group, n = all_steps.group[within], all_steps.at_risk[within]
    ended, before = all_steps.ended[within], all_steps.before[within]
    hit = (all_steps.advanced if cause == ADVANCED else all_steps.lost)[within]
    jump = before * hit / n
    size = added(stays.group, minlength=stays.groups)
    share = np.where(size > 0, added(group, jump, stays.groups), np.nan)
    so_far = np.cumsum(jump)
    first = np.searchsorted(group, group)
    reached = so_far - so_far[first] + jump[first] if len(jump) else jump
    to_come = np.maximum(share[group] - reached, 0.0)
    left = np.maximum(n - ended, 1.0)  # nobody is left only where nothing is to come
    parts = to_come**2 * ended / (n * left) + before**2 * hit * (n - hit) / n**3 - 2 * to_come * before * hit / n**2
    variance = np.maximum(added(group, parts, stays.groups), 0.0)
    watched = added(stays.group, (stays.end != OPEN) | (stays.days >= horizon), stays.groups)
    return Incidence(share, variance, _worth(share, variance, watched, size))


def _worth(share: Array, variance: Array, watched: Array, size: Array) -> Array:
    """How many cases without censoring would give the variance; where it is 0, those watched to their end."""
    spread = share * (1 - share)
    is_told = (variance > 1e-12) & (spread > 1e-12)
    worth = np.divide(spread, variance, out=watched.copy(), where=is_told)
    return array(np.where(size > 0, np.clip(worth, np.minimum(watched, size), size), 0.0))


def survival(stays: Stays, at: npt.ArrayLike) -> Array:
    """The share of the stays of one group still there after each of some days: Kaplan and Meier 1958."""
    found = steps(stays)
    place = np.searchsorted(found.day, np.asarray(at), side="right")
    return array(np.concatenate([[1.0], found.after])[place])


def medians(stays: Stays, found: Steps | None = None) -> Array:
    """The day on which half of a group's stays have ended in any way; nan where fewer have."""
    all_steps = steps(stays) if found is None else found
    is_half = all_steps.after <= 0.5 + 1e-12
    group, day = all_steps.group[is_half], all_steps.day[is_half]
    there, first = np.unique(group, return_index=True)
    found_days = np.full(stays.groups, np.nan)
    found_days[there] = day[first]
    return found_days
