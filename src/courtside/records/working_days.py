"""Working days: Monday to Friday less holidays, and the days a person was there to work."""

from __future__ import annotations

import calendar
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate

from courtside.records.people import ANY_ROLE, Absence, Employment, Firm, Holiday, Span, spans

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5

Region = str | None
"""The name of a region; None for people who belong to none."""


def is_working_day(day: date, days_off: Collection[date] = ()) -> bool:
    """Whether a day is one of Monday to Friday and not among the days off."""
    return day.weekday() < _SATURDAY and day not in days_off


def days_off(holidays: Iterable[Holiday], region: Region) -> frozenset[date]:
    """The holidays of a region: its own and those of everywhere."""
    return frozenset(holiday.on for holiday in holidays if not holiday.region or holiday.region == region)


def month_of_employment(hired_on: date, day: date) -> int:
    """Which month of employment a day falls in: 1 until the same day of the next month, 0 or less before.

    Hired on the 31st, a new month begins on the last day of a shorter one.
    """
    anniversary = min(hired_on.day, calendar.monthrange(day.year, day.month)[1])
    months = (day.year - hired_on.year) * 12 + day.month - hired_on.month
    return months + int(day.day >= anniversary)


class Attendance:
    """Counts working days and days present for the people of one firm.

    A person's holidays are those of the region they were in on the day: before their first assignment
    those of its region, in a gap those of the one before. Counts are kept by person and year, so asking
    again is a subtraction. Days are given as a first day and the day after the last.
    """

    def __init__(self, firm: Firm) -> None:
        self._holidays = tuple(firm.holidays)
        self._ramp = {role: tuple(shares) for role, shares in firm.ramp.items()}
        self._people = {person.person_id: person for person in firm.people}
        self._absences: dict[str, list[Absence]] = defaultdict(list)
        for absence in firm.absences:
            self._absences[absence.person_id].append(absence)
        self._spans: dict[str, list[Span]] = defaultdict(list)
        for span in spans(firm.assignments):
            self._spans[span.person_id].append(span)
        self._off: dict[Region, frozenset[date]] = {}
        self._regions: dict[tuple[Region, int], Sequence[bool]] = {}
        self._years: dict[tuple[str, int], tuple[array[float], array[float]]] = {}
        self._of_groups: dict[tuple[frozenset[Region], date, date], int] = {}
        self._shares: dict[tuple[str, tuple[date, date], date, date], float] = {}

    def working_days(self, person_id: str, starts_on: date, ends_on: date) -> int:
        """Working days where the person was, whether they were present or not."""
        return int(sum(self._counted(person_id, starts_on, ends_on, 0)))

    def present_days(self, person_id: str, starts_on: date, ends_on: date) -> float:
        """Working days on which the person was employed and not absent, each times the ramp's share."""
        return sum(self._counted(person_id, starts_on, ends_on, 1))

    def share(self, person_id: str, whole: tuple[date, date], starts_on: date, ends_on: date) -> float:
        """The part of a target for the days `whole` that is this person's from `starts_on` to `ends_on`.

        Days present / working days of the whole: present 4 of the 5 days of a week -> 0.8. If the whole
        has no working day at all (a fair on a weekend), each of its days counts as one.
        """
        key = (person_id, whole, starts_on, ends_on)
        if key not in self._shares:
            self._shares[key] = self._share(person_id, whole, starts_on, ends_on)
        return self._shares[key]

    def share_of_group(
        self, regions: Collection[Region], whole: tuple[date, date], starts_on: date, ends_on: date
    ) -> float:
        """The part of a group's own target for `whole` that falls on `starts_on` to `ends_on`.

        Working days / working days; a day is off for the group if it is off in every region of its people.
        """
        days = self.working_days_of_group(regions, *whole)
        if days:
            return self.working_days_of_group(regions, starts_on, ends_on) / days
        return (ends_on - starts_on).days / (whole[1] - whole[0]).days

    def working_days_of_group(self, regions: Collection[Region], starts_on: date, ends_on: date) -> int:
        """Days of Monday to Friday that are not off in every one of the regions."""
        key = (frozenset(regions), starts_on, ends_on)
        if key not in self._of_groups:
            off = frozenset.intersection(*(self._days_off(region) for region in regions or (None,)))
            self._of_groups[key] = sum(is_working_day(day, off) for day in _days(starts_on, ends_on))
        return self._of_groups[key]

    def is_employed(self, person_id: str, day: date) -> bool:
        """Whether the person worked for the firm on a day, absent or not."""
        person = self._people.get(person_id, Employment(person_id))
        return (person.hired_on or day) <= day <= (person.left_on or day)

    def is_needed(self, person_id: str, starts_on: date, ends_on: date) -> bool:
        """Whether the days hold a working day on which the person was employed, absent or not."""
        person = self._people.get(person_id, Employment(person_id))
        since = max(starts_on, person.hired_on or starts_on)
        until = ends_on if person.left_on is None else min(ends_on, person.left_on + _ONE_DAY)
        return since < until and self.working_days(person_id, since, until) > 0

    def _days_off(self, region: Region) -> frozenset[date]:
        if region not in self._off:
            self._off[region] = days_off(self._holidays, region)
        return self._off[region]

    def _share(self, person_id: str, whole: tuple[date, date], starts_on: date, ends_on: date) -> float:
        days = self.working_days(person_id, *whole)
        if days:
            return self.present_days(person_id, starts_on, ends_on) / days
        return sum(self._presence(person_id, starts_on, ends_on)) / (whole[1] - whole[0]).days

    def _counted(self, person_id: str, starts_on: date, ends_on: date, which: int) -> Iterator[float]:
        """Days from `starts_on` until `ends_on` by calendar year: working days (0) or days present (1)."""
        for year in range(starts_on.year, ends_on.year + 1):
            before = self._year(person_id, year)[which]
            january = date(year, 1, 1)
            first = (starts_on - january).days if starts_on > january else 0
            end = (ends_on - january).days if ends_on.year == year else len(before) - 1
            if first < end:
                yield before[end] - before[first]

    def _year(self, person_id: str, year: int) -> tuple[array[float], array[float]]:
        """How many working days, and days present, lie before each day of a year (its end included)."""
        key = (person_id, year)
        if key not in self._years:
            first, end = date(year, 1, 1), date(year + 1, 1, 1)
            works = self._working(person_id, first, end)
            present = map(float.__mul__, map(float, works), self._presence(person_id, first, end))
            self._years[key] = (_running(map(float, works)), _running(present))
        return self._years[key]

    def _working(self, person_id: str, first: date, end: date) -> list[bool]:
        """For each day of a calendar year whether it is a working day where the person was."""
        own = self._spans.get(person_id, [])
        works = list(self._region_year(own[0].assignment.region if own else None, first.year))
        for span in own:
            if span.starts_on < end:
                since = max((span.starts_on - first).days, 0)
                works[since:] = self._region_year(span.assignment.region, first.year)[since:]
        return works

    def _region_year(self, region: Region, year: int) -> Sequence[bool]:
        key = (region, year)
        if key not in self._regions:
            off = self._days_off(region)
            self._regions[key] = [is_working_day(day, off) for day in _days(date(year, 1, 1), date(year + 1, 1, 1))]
        return self._regions[key]

    def _presence(self, person_id: str, first: date, end: date) -> list[float]:
        """For each day the ramp's share if the person was employed and not absent, else 0."""
        person = self._people.get(person_id, Employment(person_id))
        there = self._ramped(person, first, end)
        if person.hired_on is not None:
            _blank(there, (date.min - first).days, (person.hired_on - first).days)
        if person.left_on is not None:
            _blank(there, (person.left_on - first).days + 1, len(there))
        for absence in self._absences.get(person_id, ()):
            _blank(there, (absence.starts_on - first).days, (absence.ends_on - first).days + 1)
        return there

    def _ramped(self, person: Employment, first: date, end: date) -> list[float]:
        """For each day the share of a full target that somebody so long employed owes."""
        hired_on = person.hired_on
        shares = self._ramp.get(person.role or ANY_ROLE, self._ramp.get(ANY_ROLE, ()))
        if hired_on is None or not shares or month_of_employment(hired_on, first) > len(shares):
            return [1.0] * (end - first).days
        months = (month_of_employment(hired_on, day) for day in _days(first, end))
        return [shares[month - 1] if 1 <= month <= len(shares) else 1.0 for month in months]


def _days(starts_on: date, ends_on: date) -> Iterator[date]:
    return (starts_on + n * _ONE_DAY for n in range((ends_on - starts_on).days))


def _blank(there: list[float], since: int, until: int) -> None:
    """Nobody there from one day until another, counted from the first of the list; either may lie outside."""
    since = min(max(since, 0), len(there))
    until = min(max(until, since), len(there))
    there[since:until] = [0.0] * (until - since)


def _running(values: Iterable[float]) -> array[float]:
    """The sum of all values before each place, and the whole sum at the end."""
    return array("d", accumulate(values, initial=0.0))
