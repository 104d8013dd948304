"""The guard in front of any formal step: eight conditions, all of which a person's review year must meet.

Each condition is told with its number and its limit, whether it holds or not. That all hold decides nothing:
it says that a person may now weigh a formal step. Source: METHODS 1.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from courtside.analysis.statistics import alarms, sequential
from courtside.analysis.statistics.distributions import Array, Flags, array
from courtside.analysis.statistics.multiplicity import e_benjamini_hochberg, e_needed
from courtside.analysis.statistics.sequential import FORMAL
from courtside.analysis.statistics.shrinkage import SLACK

SURE = 0.9
"""P(true < 0.85 target) from which a shortfall counts as sure."""
EXPECTED = 5.0
"""Successes, or events, that must have been due at the target."""
APART = -1.96
"""Standard deviations from like people, real differences allowed for."""
MANY = 1 / 3
"""Where more of the pool than this falls short, the target is the question and not the person."""


class Condition(Enum):
    """The eight conditions, in the order of METHODS 1.6."""

    EVIDENCE = "evidence of this review year, whatever was handed to them"
    SHORTFALL = "a likely shortfall of more than 15 % beside like people"
    CASES = "enough cases that have had their time"
    AGAIN = "the same at the check a month before"
    PEERS = "below like people too, most of whom reach the target"
    CIRCUMSTANCES = "no ramp, leave, recent move, open dispute or thin records"
    MULTIPLICITY = "stands out among all who were looked at"
    CAUSE = "a cause in their hands is below its own limit"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One condition of one person: whether it holds, by which number, beside which limit; nan where unknown."""

    condition: Condition
    holds: bool
    number: float
    limit: float


@dataclass(frozen=True, slots=True)
class Years:
    """The months of many people's review years, only those that are over and ripe: each array (people, months).

    Of a rate: `hits` among cases `of`, of which `due` would be successes at the target, what was handed to
    them allowed for. Of a count: `hits` are events, `due` those due over the days present; `of` is not
    looked at. `phi` (people): the dispersion of counts.
    """

    hits: Array
    of: Array
    due: Array
    phi: Array
    is_rate: bool
    is_down: bool = False

    @property
    def benchmark(self) -> Array:
        """The mean chance of each month's cases at the target; nan in months without."""
        return array(np.divide(self.due, self.of, out=np.full(self.due.shape, np.nan), where=self.of > 0))

    def evidence(self) -> Array:
        """E after each month: (people, months)."""
        if self.is_rate:
            return sequential.rates(self.hits, self.of, np.nan_to_num(self.benchmark), self.is_down)
        return sequential.counts(self.hits, self.due, self.phi[:, None], self.is_down)

    def alarm(self) -> Flags:
        """Who is to be talked with, as it stands after the last month: (people). Source: METHODS 1.6 "coach".

        Rates: E beyond the threshold that chance passes in 5 % of the years. Counts: rarer than 1 in 100 for
        the year so far, and more than 15 % short, as in large counts less is seen and is nothing to talk about.
        """
        if not self.hits.shape[1]:
            return np.zeros(len(self.hits), dtype=np.bool_)
        if self.is_rate:
            return np.asarray(alarms.rings(self.evidence(), self.of, self.benchmark, self.is_down)[0][:, -1])
        hits, due = self.hits.sum(axis=1), self.due.sum(axis=1)
        is_short = hits > due / SLACK if self.is_down else hits < SLACK * due
        tail = alarms.count_tail(hits, due, self.phi, self.is_down)
        return np.asarray(is_short & (np.nan_to_num(tail, nan=1.0) < alarms.RARE))


def holding(e: Array, misses: Array, due: Array) -> Flags:
    """Conditions 1 to 3 at each check: evidence, likely shortfall, enough due by then."""
    return np.asarray((e >= FORMAL) & (np.nan_to_num(misses) >= SURE) & (due >= EXPECTED))


def sustained(e: Array, misses: Array, due: Array) -> Flags:
    """Conditions 1 to 4: the first three at this check and at the one before; (people, checks), never at the first."""
    now = holding(e, misses, due)
    return np.asarray(now & np.concatenate([np.zeros((len(now), 1), dtype=np.bool_), now[:, :-1]], axis=1))


@dataclass(frozen=True, slots=True)
class Beside:
    """What the guard has to know beyond the months, for each person; `misses` at the last two checks."""

    misses: Array
    """P(true < 0.85 target), (people, 2): a month before, and now."""
    apart: Array
    """Standard deviations from like people towards better; nan where there are none to compare with."""
    share_short: Array
    """The share of like people who fall short of the target."""
    hindered: Mapping[int, Sequence[str]]
    """Person -> what speaks against judging them by this year at all."""
    cause_below: Flags
    """Whether a cause in their own hands is below its own limit."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guard found of many people: each condition in a row, (conditions, people)."""

    holds: Flags
    numbers: Array
    limits: Array

    @property
    def is_eligible(self) -> Flags:
        """For whom a formal step may be weighed: all eight hold."""
        return np.asarray(self.holds.all(axis=0))

    @property
    def is_all_but_cause(self) -> Flags:
        """For whom all but the last hold: something outside their hands may be wrong, and is to be looked into."""
        return np.asarray(self.holds[:-1].all(axis=0) & ~self.holds[-1])

    def outcomes(self, person: int) -> tuple[Outcome, ...]:
        """The conditions of one person, one by one."""
        return tuple(
            Outcome(condition, bool(self.holds[row, person]), float(self.numbers[row, person]),
                    float(self.limits[row, person]))
            for row, condition in enumerate(Condition)
        )  # fmt: skip


def guarded(years: Years, beside: Beside) -> Guarded:
    """The eight conditions of everybody after the last month of their review year."""
    people, months = years.hits.shape
    e, due = _last_two(years.evidence()), _last_two(years.due.cumsum(axis=1))
    again = holding(e, beside.misses, due)
    apart = -beside.apart if years.is_down else beside.apart
    free = np.ones(people, dtype=np.bool_)
    free[list(beside.hindered)] = False
    now, nan = e[:, 1], np.full(people, np.nan)
    rows = (
        (now >= FORMAL, now, FORMAL),
        (np.nan_to_num(beside.misses[:, 1]) >= SURE, beside.misses[:, 1], SURE),
        (due[:, 1] >= EXPECTED, due[:, 1], EXPECTED),
        (again.all(axis=1) & (months > 1), e[:, 0], FORMAL),
        ((np.nan_to_num(apart) < APART) & (beside.share_short <= MANY), apart, APART),
        (free, np.array([len(beside.hindered.get(n, ())) for n in range(people)], dtype=np.float64), 0.0),
        (e_benjamini_hochberg(now), now, e_needed(now) if people else np.nan),
        (beside.cause_below, nan, np.nan),
    )
    return Guarded(
        np.stack([np.asarray(holds, dtype=np.bool_) for holds, *_ in rows]),
        np.stack([number for _, number, _ in rows]),
        np.stack([np.full(people, limit) for *_, limit in rows]),
    )


def _last_two(values: Array) -> Array:
    """The last two columns; what has not begun stands at 0."""
    padded = np.concatenate([np.zeros((len(values), 2)), values], axis=1)
    return np.asarray(padded[:, -2:])


def coach(years: Years, person: int = 0) -> bool:
    """Whether one person's review year calls for a conversation: `Years.alarm` of them alone."""
    return bool(years.alarm()[person])


def eligible(years: Years, beside: Beside, person: int = 0) -> bool:
    """Whether a formal step may be weighed for one of the people looked at."""
    return bool(guarded(years, beside).is_eligible[person])
