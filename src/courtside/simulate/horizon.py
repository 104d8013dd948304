"""The days of the simulation: which are holidays where, what season it is, and how days are numbered."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property

import numpy as np

from courtside.simulate.cells import DAY, NONE, Flags, Floats, Ints
from courtside.simulate.setting import Setting

REGIONS = ("North", "South", "East", "West")
AHEAD = 28
"""Days after the last one for which work is already planned."""
_HISTORY = 2
"""Months before the first one from which leads, opportunities and orders are still known."""

_MONDAY, _THURSDAY = 0, 3
_DEMAND = (0.96, 1.0, 1.06, 1.03, 1.02, 1.0, 0.9, 0.88, 1.08, 1.08, 1.04, 0.86)
"""How much customers want in each month of the year, the mean being about 1."""


class Horizon:
    """Numbers days from the first one, 0; instants are seconds from its midnight."""

    def __init__(self, setting: Setting) -> None:
        self.until = setting.until
        self.starts_on = _first_of_month(setting.until + timedelta(days=1), setting.months)
        """The first day of the firm's records of activities."""
        self.history_on = _first_of_month(self.starts_on, _HISTORY)
        """The first day that is simulated, so that pipelines are not empty when records of activities begin."""
        self.days = (self.until - self.history_on).days + 1
        """How many days are simulated: the last one is `days - 1`."""
        self.opens = (self.starts_on - self.history_on).days
        """The number of the day from which activities are recorded."""

    @property
    def end(self) -> int:
        """The instant after the last day."""
        return self.days * DAY

    def day(self, on: date) -> int:
        """The number of a day."""
        return (on - self.history_on).days

    def on(self, day: int) -> date:
        """The day of a number."""
        return self.history_on + timedelta(days=int(day))

    def at_share(self, share: float) -> int:
        """The day after that share of the days with records of activities: 0.5 is their middle."""
        return self.opens + round(share * (self.days - self.opens))

    def days_of_share(self, share: float) -> int:
        """That share of the days with records of activities."""
        return round(share * (self.days - self.opens))

    def month_start(self, day: int) -> int:
        """The first day of the month of a day."""
        return self.day(self.on(day).replace(day=1))

    def monday(self, day: int) -> int:
        """The Monday of the week of a day."""
        return day - self.on(day).weekday()

    @cached_property
    def calendar(self) -> tuple[date, ...]:
        """Every day, those planned ahead included."""
        return tuple(self.on(day) for day in range(self.days + AHEAD))

    @cached_property
    def weekdays(self) -> Ints:
        """0 for Monday to 6 for Sunday, for each day of the calendar."""
        return np.array([day.weekday() for day in self.calendar], np.int64)

    @cached_property
    def months(self) -> Ints:
        """The month each day of the calendar lies in, counted from the first one."""
        first = self.history_on.year * 12 + self.history_on.month
        return np.array([day.year * 12 + day.month - first for day in self.calendar], np.int64)

    @cached_property
    def demand(self) -> Floats:
        """What customers want on each day of the calendar, 1 being usual."""
        return np.array([_DEMAND[day.month - 1] for day in self.calendar])

    @cached_property
    def month_starts(self) -> Ints:
        """The first day of each month within the simulated days."""
        return np.array([n for n, day in enumerate(self.calendar[: self.days]) if day.day == 1], np.int64)

    @cached_property
    def holidays(self) -> tuple[tuple[int, str | None], ...]:
        """Every holiday as its day and region, None being everywhere; a year ahead is known."""
        years = range(self.history_on.year, self.until.year + 2)
        return tuple(sorted((self.day(on), region) for year in years for on, region in _holidays(year)))

    def is_working(self, region: str | None) -> Flags:
        """For each day of the calendar whether it is one of Monday to Friday and no holiday of the region."""
        works = self.weekdays < 5
        for day, where in self.holidays:
            if 0 <= day < len(works) and where in (None, region):
                works[day] = False
        return works

    @cached_property
    def business_days(self) -> Ints:
        """Days on which customers are at work: those that are no holiday everywhere."""
        return np.flatnonzero(self.is_working(None)).astype(np.int64)

    def on_business_day(self, days: Ints) -> Ints:
        """The first business day at or after each day; NONE beyond the calendar."""
        place = np.searchsorted(self.business_days, days)
        found = self.business_days[np.minimum(place, len(self.business_days) - 1)]
        return np.where(place < len(self.business_days), found, NONE)


def _first_of_month(day: date, months_before: int) -> date:
    month = day.year * 12 + day.month - 1 - months_before
    return date(month // 12, month % 12 + 1, 1)


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th such weekday of a month; -1 is the last one."""
    if n < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _holidays(year: int) -> tuple[tuple[date, str | None], ...]:
    """A year's holidays: seven everywhere, one or two more in each region."""
    return (
        (date(year, 1, 1), None),
        (_nth(year, 5, _MONDAY, -1), None),
        (date(year, 7, 4), None),
        (_nth(year, 9, _MONDAY, 1), None),
        (_nth(year, 11, _THURSDAY, 4), None),
        (date(year, 12, 24), None),
        (date(year, 12, 25), None),
        (_nth(year, 4, _MONDAY, 3), "North"),
        (_nth(year, 2, _MONDAY, 3), "South"),
        (_nth(year, 10, _MONDAY, 2), "South"),
        (_nth(year, 6, _MONDAY, 3), "East"),
        (_nth(year, 8, _MONDAY, 1), "West"),
    )
