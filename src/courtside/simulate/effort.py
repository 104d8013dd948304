"""How much a person does on each day: weekday and season, ramp, good and bad weeks, and the big project."""

from __future__ import annotations

import numpy as np

from courtside.simulate.cells import Floats, Ints
from courtside.simulate.horizon import Horizon
from courtside.simulate.presence import Axis
from courtside.simulate.rates import RAMP, RAMP_DAYS, RAMP_SKILL
from courtside.simulate.roster import Person
from courtside.simulate.shapes import Shape
from courtside.simulate.stories import PROJECT_SHARE

_WEEKDAY = np.array([0.92, 1.08, 1.1, 1.05, 0.85, 0.0, 0.0])
"""Calls and e-mails from Monday on; the mean of the five is 1."""
_MEMORY = 0.6
"""How much of this week's effort carries over to the next."""


def months_of_employment(person: Person, days: Ints) -> Ints:
    """Whole months since the person was hired, on each day."""
    return np.maximum((days - person.hired) / RAMP_DAYS, 0).astype(np.int64)


def _ramped(curve: tuple[float, ...], person: Person, days: Ints) -> Floats:
    table = np.array([*curve, 1.0])
    return np.take(table, np.minimum(months_of_employment(person, days), len(curve)))


def ramp(person: Person, days: Ints) -> Floats:
    """Share of usual work and leads on each day: 0.4 in the first month, 1 after the sixth."""
    return _ramped(RAMP, person, days)


def ramp_of_skill(person: Person, days: Ints) -> Floats:
    """Share of the usual chance to win on each day: 0.7 in the first month, 1 after the sixth."""
    return _ramped(RAMP_SKILL, person, days)


def weekdays(horizon: Horizon, days: Ints) -> Floats:
    """The weekday's part in how much is done."""
    return np.take(_WEEKDAY, horizon.weekdays[days])


def weeks(horizon: Horizon, axis: Axis, shape: Shape, rng: np.random.Generator) -> Floats:
    """The week's part on each day present: an autoregressive series with mean 1."""
    week = (axis.days[: axis.length] + horizon.weekdays[0]) // 7
    count = int(week.max(initial=0)) + 1
    steps = rng.standard_normal(count) * np.sqrt(1 - _MEMORY**2)
    series = np.empty(count)
    last = float(rng.standard_normal())
    for n in range(count):
        last = _MEMORY * last + steps[n]
        series[n] = last
    factors: Floats = np.exp(shape.week_sd * series - shape.week_sd**2 / 2)
    of_days: Floats = factors[week]
    return of_days


def on_project(person: Person, days: Ints) -> Floats:
    """What is left of prospecting on each day: 0.45 during the big project, else 1."""
    if person.traits.project is None:
        return np.ones(len(days))
    first, last = person.traits.project
    return np.where((days >= first) & (days <= last), PROJECT_SHARE, 1.0)


def spread_over_days(counts: Ints, rng: np.random.Generator) -> Floats:
    """So many moments in each day present, in order of time: [2, 0, 1] -> two in [0, 1), one in [2, 3)."""
    return np.sort(np.repeat(np.arange(len(counts)), counts) + rng.random(int(counts.sum())))
