"""A stage month by month of entry: how many went further within the horizon, and which months can be told yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from courtside.analysis.leaks.cases import Cases
from courtside.analysis.statistics.competing import ADVANCED
from courtside.analysis.statistics.distributions import added
from courtside.analysis.statistics.intervals import wilson
from courtside.records.period import Calendar, Grain, Period

MONTHS = 13
"""So many months are told of: the one under way, and the twelve before it."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The cases that entered a stage in one month; `advanced` of them within the horizon, so far where it is young."""

    month: Period
    entered: int
    advanced: int
    rate: float
    """The share that went further within the horizon, with its 95 % range; nan where nobody entered or it is young."""
    low: float
    high: float
    ready_on: date
    """The first day on which all of them were watched for the horizon."""
    is_ready: bool


def by_month(cases: Cases, stage: int, horizon: int, as_of: date) -> tuple[Cohort, ...]:
    """The latest months of entry into the stage of a number, the earliest first; none before the first entry.

    A month is ready once its last day lies the whole horizon back: nothing is censored then, and its rate is a plain
    share with Wilson's range. One that is not has no rate: its slow cases have not had their time. Source: METHODS 3.
    """
    here = cases.stage == stage
    if not here.any():
        return ()
    calendar = Calendar()
    months = [calendar.period_of(as_of, Grain.MONTH)]
    first = date.fromordinal(int(cases.entered[here].min()))
    while len(months) < MONTHS and months[0].starts_on > first:
        months.insert(0, calendar.previous(months[0]))
    starts = np.array([month.starts_on.toordinal() for month in months])
    here &= cases.entered >= starts[0]
    month = np.searchsorted(starts, cases.entered[here], side="right") - 1
    passed = (cases.end[here] == ADVANCED) & (cases.days[here] <= horizon)
    entered, advanced = added(month, minlength=len(months)), added(month, passed, len(months))
    ready = [one.last_on + timedelta(days=horizon) for one in months]
    is_told = (entered > 0) & np.array([on <= as_of for on in ready])
    told = np.where(is_told, entered, np.nan)
    ends, rates = wilson(advanced, told), advanced / told
    return tuple(
        Cohort(
            one, int(entered[n]), int(advanced[n]), float(rates[n]), float(ends.low[n]), float(ends.high[n]),
            ready[n], ready[n] <= as_of,
        )
        for n, one in enumerate(months)
    )  # fmt: skip
