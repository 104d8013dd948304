"""Periods: the names people give to stretches of time, and the days they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

_ONE_DAY = timedelta(days=1)
_FORMS = (
    "2017, 2017-H1, 2017-Q4, 2017-11, 2017-W47, 2017-11-05, FY2018, FY2018-H1, FY2018-Q2, FY2018-P05 "
    "or two days with both included, 2017-05-31/2017-08-30"
)


class PeriodError(ValueError):
    """A text that names no period, or a period beyond the calendar. The message says how to mend it."""


class Grain(Enum):
    """How long the periods of a series are. The value is the word people write."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    FISCAL_PERIOD = "fiscal-period"
    FISCAL_QUARTER = "fiscal-quarter"
    FISCAL_HALF = "fiscal-half"
    FISCAL_YEAR = "fiscal-year"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days with a name. `starts_on` is its first day, `ends_on` the first day after it."""

    name: str
    starts_on: date
    ends_on: date

    @property
    def last_on(self) -> date:
        """The last day that belongs to the period."""
        return self.ends_on - _ONE_DAY

    @property
    def days(self) -> Iterator[date]:
        """Every day of the period in order."""
        return (self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days))

    def contains(self, day: date) -> bool:
        """Whether the day belongs to the period."""
        return self.starts_on <= day < self.ends_on


_YEAR = 12
"""Months in a year."""

_MONTHS: Mapping[Grain, int] = {
    Grain.MONTH: 1,
    Grain.QUARTER: 3,
    Grain.HALF: 6,
    Grain.YEAR: _YEAR,
    Grain.FISCAL_PERIOD: 1,
    Grain.FISCAL_QUARTER: 3,
    Grain.FISCAL_HALF: 6,
    Grain.FISCAL_YEAR: _YEAR,
}
"""Months in one period of each grain that is made of whole months."""

_FISCAL = (Grain.FISCAL_PERIOD, Grain.FISCAL_QUARTER, Grain.FISCAL_HALF, Grain.FISCAL_YEAR)

_LETTERS: Mapping[tuple[bool, str], Grain] = {
    (False, ""): Grain.YEAR,
    (False, "H"): Grain.HALF,
    (False, "Q"): Grain.QUARTER,
    (False, "W"): Grain.WEEK,
    (True, ""): Grain.FISCAL_YEAR,
    (True, "H"): Grain.FISCAL_HALF,
    (True, "Q"): Grain.FISCAL_QUARTER,
    (True, "P"): Grain.FISCAL_PERIOD,
}
"""The grain a name means: whether it begins with FY, and the letter after the year."""

_YEAR_AND_PART = re.compile(r"(FY)?([0-9]{4})(?:-(?:([HQ])([0-9])|([WP])([0-9]{2})))?")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")

_Named = tuple[Grain, int, int]
"""What a name says: the grain, the year, and the number of the period within it (0 for years)."""


def _read(name: str) -> _Named | None:
    """What a name of a year, a part of one or a month says; None if it is not of that form."""
    if found := _MONTH.fullmatch(name):
        return Grain.MONTH, int(found[1]), int(found[2])
    found = _YEAR_AND_PART.fullmatch(name)
    grain = _LETTERS.get((bool(found[1]), found[3] or found[5] or "")) if found else None
    if found is None or grain is None:
        return None
    return grain, int(found[2]), int(found[4] or found[6] or 0)


def _refusal(name: str, why: str) -> PeriodError:
    return PeriodError(f"{name!r} is not a period: {why}. Write one of {_FORMS}.")


def _day(text: str) -> date | None:
    """The day of an ISO date; None if the text has another form. Raises ValueError for 30 February."""
    found = _DAY.fullmatch(text)
    return date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _a_year_earlier(day: date) -> date:
    """The same day of the year before; 28 February for the 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def _month_start(index: int) -> date:
    """The first day of a month counted from the year 0."""
    return date(index // _YEAR, index % _YEAR + 1, 1)


def _one_day(day: date) -> Period:
    return Period(day.isoformat(), day, day + _ONE_DAY)


def _stretch(first: date, last: date) -> Period:
    return Period(f"{first.isoformat()}/{last.isoformat()}", first, last + _ONE_DAY)


def _week(year: int, number: int) -> Period:
    """An ISO week. Raises ValueError if the year has no week of that number."""
    monday = date.fromisocalendar(year, number, 1)
    return Period(f"{year:04}-W{number:02}", monday, monday + timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The firm's calendar: turns names into periods, and days into the periods holding them.

    A fiscal year begins with the month `fiscal_year_starts` (1-12) and is named for the year in which
    it ends: with 7, FY2018 runs from 2017-07-01 to 2018-06-30.
    """

    fiscal_year_starts: int = 1

    def __post_init__(self) -> None:
        if self.fiscal_year_starts not in range(1, _YEAR + 1):
            raise PeriodError(
                f"fiscal_year_starts is {self.fiscal_year_starts!r}: a fiscal year starts with a month, 1 to 12."
            )

    def parse(self, name: str) -> Period:
        """The period of a name. Raises PeriodError. `2017-W47` -> 2017-11-20 to 2017-11-26."""
        try:
            period = self._parsed(name)
        except (ValueError, OverflowError):
            raise _refusal(name, "there is no such day, month, quarter, half, week or year") from None
        if period is None:
            raise _refusal(name, "it has none of the known forms")
        if period.starts_on >= period.ends_on:
            raise _refusal(name, "its last day comes before its first")
        return period

    def period_of(self, day: date, grain: Grain) -> Period:
        """The period of a grain that holds the day. Raises PeriodError for ALL, which has no bounds."""
        if grain is Grain.ALL:
            raise PeriodError("'all' is not the period of one day: ask for a grain such as week or month.")
        try:
            return self._holding(day, grain)
        except (ValueError, OverflowError):
            raise PeriodError(
                f"{day.isoformat()} has no {grain.value} within the calendar: take a day of the years 2 to 9998."
            ) from None

    def between(self, first: date, last: date, grain: Grain) -> tuple[Period, ...]:
        """All whole periods of a grain that touch the days first to last, both included; one for ALL."""
        if last < first:
            raise _refusal(f"{first.isoformat()}/{last.isoformat()}", "its last day comes before its first")
        if grain is Grain.ALL:
            return (Period("all", first, last + _ONE_DAY),)
        found = [self.period_of(first, grain)]
        while found[-1].ends_on <= last:
            found.append(self.period_of(found[-1].ends_on, grain))
        return tuple(found)

    def span(self, first: date, last: date) -> Period:
        """The days first to last under the name they have, a calendar one before a fiscal one, else A/B."""
        if last < first:
            raise _refusal(f"{first.isoformat()}/{last.isoformat()}", "its last day comes before its first")
        if first == last:
            return _one_day(first)
        for grain in (g for g in Grain if g not in (Grain.DAY, Grain.ALL)):
            period = self.period_of(first, grain)
            if (period.starts_on, period.last_on) == (first, last):
                return period
        return _stretch(first, last)

    def year_before(self, period: Period) -> Period | None:
        """The period of the same name a year earlier: None for a week 53 that year lacks, and for `all`.

        Single days and A/B move by the calendar: 2016-02-29 -> 2015-02-28.
        """
        if period.name == "all":
            return None
        named = _read(period.name)
        try:
            if named is not None:
                return self._named(named[0], named[1] - 1, named[2])
            first, last = _a_year_earlier(period.starts_on), _a_year_earlier(period.last_on)
        except (ValueError, OverflowError):
            return None
        return _stretch(first, last) if "/" in period.name else _one_day(first)

    def previous(self, period: Period) -> Period:
        """The period just before: the next earlier of its kind, for A/B as many days. Raises PeriodError."""
        if period.name == "all":
            raise PeriodError("'all' has no period before it: ask for a period with a first day.")
        try:
            last = period.starts_on - _ONE_DAY
            if "/" in period.name:
                return _stretch(period.starts_on - (period.ends_on - period.starts_on), last)
        except OverflowError:
            raise PeriodError(f"{period.name} has no period before it: the calendar begins with the year 1.") from None
        named = _read(period.name)
        return self.period_of(last, named[0] if named else Grain.DAY)

    def _parsed(self, name: str) -> Period | None:
        """The period of a name, None if it is of no known form. Raises ValueError for a day there is not."""
        named = _read(name)
        if named is not None:
            return self._named(*named)
        first, slash, last = name.partition("/")
        starts_on = _day(first)
        if not slash or starts_on is None:
            return None if starts_on is None else _one_day(starts_on)
        ends_on = _day(last)
        return None if ends_on is None else _stretch(starts_on, ends_on)

    def _holding(self, day: date, grain: Grain) -> Period:
        if grain is Grain.DAY:
            return _one_day(day)
        if grain is Grain.WEEK:
            return _week(*day.isocalendar()[:2])
        fiscal = grain in _FISCAL
        index = day.year * _YEAR + day.month - 1 - (self.fiscal_year_starts - 1 if fiscal else 0)
        number = index % _YEAR // _MONTHS[grain] + 1
        year = index // _YEAR + (self._years_named_ahead if fiscal else 0)
        return self._named(grain, year, 0 if _MONTHS[grain] == _YEAR else number)

    @property
    def _years_named_ahead(self) -> int:
        """1 if a fiscal year is named for a later calendar year than it starts in, else 0."""
        return int(self.fiscal_year_starts > 1)

    def _named(self, grain: Grain, year: int, number: int) -> Period:
        """The period a name says. Raises ValueError or OverflowError if there is none."""
        if grain is Grain.WEEK:
            return _week(year, number)
        months = _MONTHS[grain]
        if months < _YEAR and not 1 <= number <= _YEAR // months:
            raise ValueError(number)
        index = year * _YEAR + max(number - 1, 0) * months
        if grain in _FISCAL:
            index += self.fiscal_year_starts - 1 - _YEAR * self._years_named_ahead
        return Period(_name(grain, year, number), _month_start(index), _month_start(index + months))


def _name(grain: Grain, year: int, number: int) -> str:
    """The name of a period of whole months: FISCAL_PERIOD, 2018, 5 -> FY2018-P05."""
    start = f"FY{year:04}" if grain in _FISCAL else f"{year:04}"
    if grain is Grain.MONTH:
        return f"{start}-{number:02}"
    if grain is Grain.FISCAL_PERIOD:
        return f"{start}-P{number:02}"
    letter = {2: "H", 4: "Q"}.get(_YEAR // _MONTHS[grain])
    return f"{start}-{letter}{number}" if letter else start
