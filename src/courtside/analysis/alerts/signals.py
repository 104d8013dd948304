"""Alerts: what stands out this week against one's own past, like people or a target, and how often chance does that.

They say that something differs, never that it is bad. At most two a person and week are told, the strongest; the
person is told a working day before the manager.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from math import sqrt

import numpy as np

from courtside.analysis.kinds import Kind
from courtside.analysis.statistics import funnel
from courtside.analysis.statistics.charts import LEAST_BASELINE, RUN, SIGMAS, individuals
from courtside.analysis.statistics.distributions import (
    Array,
    Flags,
    Numbers,
    array,
    normal_below,
    normals_below,
    student_above,
)
from courtside.metrics.metric import Direction
from courtside.records.working_days import is_working_day

MOST_A_WEEK = 2
LEAST_WEEKLY = 5.0
"""Counts that come more rarely in a week are too lumpy for limits made of moving ranges."""
APART = 1.96
_WINSORISED = 0.6787
"""What cutting at 10 and 90 % leaves of the variance of a normal z: where people really differ, the funnel takes
their spread for so much smaller, and more of them than 1 in 20 come to lie beyond 1.96."""
GOAL_CHANCE = 0.05
"""A likely range holds the truth in 90 of 100 cases: on one side it misses it in 5."""
_FREEDOM = 0.75
"""Degrees of freedom a point, of a mean moving range: within 6 % of the tails simulated for 12 to 44 points."""
_ONE_DAY = timedelta(days=1)


class Sort(Enum):
    """What a figure stands out against."""

    TREND = "trend"
    PEER = "peer"
    GOAL = "goal"


class How(Enum):
    """In which way."""

    LIMITS = "limits"
    """The last week lies outside three standard deviations of the weeks before."""
    RUN = "run"
    """The last eight weeks all lie on one side of the weeks before."""
    APART = "apart"
    """Further from like people than 1.96 standard deviations, real differences allowed for."""
    SHORT = "short"
    """The likely range of a period that is over excludes the target, on the wrong side."""


@dataclass(frozen=True, slots=True)
class Signal:
    """That a figure stands out. `side` is 1 above, -1 below; `seen` and `usual` in the unit of what was given.

    `n` is what it rests on: weeks before, people, or cases. `chance` is how often chance alone gives such a
    signal; `strength` the chance of one at least as far out: the smaller, the stronger.
    """

    how: How
    side: int
    seen: float
    usual: float
    low: float
    high: float
    n: int
    chance: float
    strength: float


def trend(weeks: Numbers) -> Signal | None:
    """Whether something changed in a person's complete weeks, oldest first; nan where they were hardly there.

    Limits and centre come from the weeks before the last eight, of which there must be twelve. Without the last
    week, or below five a week, nothing is said. Source: METHODS 1.4 (XmR, 3 sigma and 8 in a row).
    18 weeks around 50, then 80 -> limits, above.
    """
    points = array(weeks)
    if not len(points) or not np.isfinite(points[-1]):
        return None
    known = points[np.isfinite(points)]
    baseline = len(known) - RUN
    if baseline < LEAST_BASELINE:
        return None
    chart = individuals(known, baseline)
    last, centre, low, high = float(known[-1]), chart.centre, float(chart.low[-1]), float(chart.high[-1])
    if centre < LEAST_WEEKLY or not high > centre:
        return None
    side = 1 if last > centre else -1
    shown = (max(low, 0.0), high, baseline)
    if chart.beyond[-1]:
        apart = abs(last - centre) / ((high - centre) / SIGMAS * sqrt(1 + 1 / baseline))
        strength = float(2 * student_above(np.array([apart]), _FREEDOM * (baseline - 1))[0])
        return Signal(How.LIMITS, side, last, centre, *shown, chance_of_limits(baseline), strength)
    recent = known[-RUN:]
    if (recent > centre).all() or (recent < centre).all():
        often = chance_of_run(baseline)
        return Signal(How.RUN, side, float(recent.mean()), centre, *shown, often, often)
    return None


def chance_of_limits(baseline: int) -> float:
    """How often a week in which nothing changed lies outside limits drawn from so many weeks.

    Student's t with 0.75 degrees of freedom a moving range, fitted to simulated weeks. 12 -> 0.020, 44 -> 0.0056;
    known limits -> 0.0027.
    """
    at = SIGMAS / sqrt(1 + 1 / baseline)
    return float(2 * student_above(np.array([at]), _FREEDOM * (baseline - 1))[0])


def chance_of_run(baseline: int) -> float:
    """How often eight weeks in which nothing changed lie on one side of the mean of so many weeks before.

    2 E P(8 of 8 above | how far off the mean is), by Gauss and Hermite. 12 -> 0.0224, 44 -> 0.0112; a known
    mean -> 2 / 2^8 = 0.0078.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    above = normals_below(nodes / sqrt(baseline)) ** RUN
    return float(2 * (weights * above).sum() / weights.sum())


@dataclass(frozen=True, slots=True)
class Beside:
    """Everybody beside like people: distance in standard deviations (nan: no comparison), the pool's figure, people."""

    z: Array
    pool: Array
    people: Array


def beside_peers(
    kind: Kind, hits: Numbers, exposure: Numbers, likes: Sequence[Hashable], is_judged: Flags
) -> Beside:  # fmt: skip
    """Distances within groups of ten or more alike. `exposure` are cases of a rate, days present for a count.

    Source: Spiegelhalter 2005 (over-dispersed funnel); METHODS 1.3.
    """
    seen, of = array(hits), array(exposure)
    found = Beside(*(np.full(len(seen), np.nan) for _ in range(3)))
    numbers = {like: number for number, like in enumerate(dict.fromkeys(likes))}
    group = np.array([numbers[like] for like in likes], dtype=np.int64)
    for number in range(len(numbers)):
        members = np.flatnonzero((group == number) & is_judged & (of > 0))
        x, n = seen[members], of[members]
        if len(members) < funnel.LEAST_UNITS or not x.any() or (kind is Kind.RATE and (x == n).all()):
            continue
        pool = float(x.sum() / n.sum())
        found.z[members] = funnel.rates_apart(x, n) if kind is Kind.RATE else funnel.counts_apart(x, n * pool)
        found.pool[members], found.people[members] = pool, len(members)
    return found


def apart(z: float, seen: float, usual: float, people: int) -> Signal | None:
    """Whether somebody lies apart from like people: beyond 1.96, the alert limit of METHODS 1.3.

    The chance is that of a normal z of which Winsorising left 0.68 of the variance: 0.106, not 0.05; it is the most
    it can be, for where people do not differ at all it is 0.05. z -2.5 -> below, strength 0.039.
    """
    if not abs(z) > APART:
        return None
    reach = abs(seen - usual)
    strength, often = (2 * (1 - normal_below(at * sqrt(_WINSORISED))) for at in (abs(z), APART))
    return Signal(How.APART, 1 if z > 0 else -1, seen, usual, usual - reach, usual + reach, people, often, strength)


def short_of_goal(
    direction: Direction, value: float | None, n: float | None, likely: tuple[float, float] | None, target: float | None
) -> Signal | None:
    """Whether a period that is over fell clearly short: its likely range excludes the target on the wrong side."""
    if value is None or likely is None or not target or direction is Direction.NONE:
        return None
    low, high = likely
    is_short = low > target if direction is Direction.DOWN else high < target
    if not is_short:
        return None
    width = max((high - low) / 2, 1e-12)
    gap = low - target if direction is Direction.DOWN else target - high
    # the edge of a 90 % range lies 1.645 standard errors out: how far beyond it the target is, in the same measure
    strength = 1 - normal_below(1.645 * (1 + gap / width))
    side = 1 if direction is Direction.DOWN else -1
    return Signal(How.SHORT, side, value, target, low, high, int(n or 0), GOAL_CHANCE, strength)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert about a person, in words; `since` and `until` are the first and last day it rests on."""

    sort: Sort
    metric: str
    label: str
    sentence: str
    since: date
    until: date
    signal: Signal

    @property
    def news(self) -> tuple[Sort, str, int]:
        """What makes it the same alert a week later: told once while it lasts."""
        return self.sort, self.metric, self.signal.side


def to_tell(found: Iterable[Alert], before: Iterable[Alert]) -> tuple[Alert, ...]:
    """The strongest two of what is new against the week before, one a metric."""
    told = {alert.news for alert in before}
    kept: dict[str, Alert] = {}
    for alert in sorted(found, key=lambda one: (one.signal.strength, one.metric, one.sort.value)):
        if alert.news not in told:
            kept.setdefault(alert.metric, alert)
    return tuple(kept.values())[:MOST_A_WEEK]


def shown_from(week_ends_on: date, days_off: Collection[date], *, is_self: bool) -> date:
    """The day from which alerts of a week are shown: the first working day after it, to others the next one.

    `week_ends_on` is the Monday after. 2 November 2026 -> that day; to the manager 3 November.
    """
    first = _working_day(week_ends_on, days_off)
    return first if is_self else _working_day(first + _ONE_DAY, days_off)


def _working_day(day: date, days_off: Collection[date]) -> date:
    """The day itself, or the first working day after it."""
    while not is_working_day(day, days_off):
        day += _ONE_DAY
    return day
