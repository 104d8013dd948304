"""HR's deadlines day by day: working days and days off, with what is due on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from courtside.services.hr_console_queue import Item, hr_queue, working_days_between
from courtside.services.refused import Refused
from courtside.services.viewing import Visit

WEEKS = 6
"""So many weeks are shown, this one first."""
_ONE_DAY = timedelta(days=1)
_WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Day:
    """One day: `working` is how many working days it is away, None where nobody works."""

    on: date
    working: int | None
    off: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """What is over, the days to come week by week, and what is due after them."""

    over: tuple[Item, ...]
    weeks: tuple[tuple[Day, ...], ...]
    later: tuple[Item, ...]


def hr_calendar(visit: Visit) -> CalendarPage:
    """The page. Raises NotFound for anybody but an HR partner."""
    items = hr_queue(visit)
    monday = visit.today - timedelta(days=visit.today.weekday())
    last = monday + timedelta(weeks=WEEKS)
    everywhere, some = _holidays(visit)
    days = tuple(_day(visit, monday + n * _ONE_DAY, items, (everywhere, some)) for n in range(7 * WEEKS))
    weeks = tuple(days[n : n + 7] for n in range(0, len(days), 7))
    return CalendarPage(
        tuple(one for one in items if one.on < monday), weeks, tuple(one for one in items if one.on >= last)
    )


def _day(
    visit: Visit, on: date, items: tuple[Item, ...], holidays: tuple[frozenset[date], dict[date, tuple[str, ...]]]
) -> Day:
    everywhere, some = holidays
    off = "holiday" if on in everywhere else "weekend" if on.weekday() >= _WEEKEND else ""
    working = None if off else working_days_between(visit.today, on, everywhere)
    where = f"holiday in {', '.join(some[on])}" if not off and on in some else off
    return Day(on, working, where, tuple(one for one in items if one.on == on))


def _holidays(visit: Visit) -> tuple[frozenset[date], dict[date, tuple[str, ...]]]:
    """The days nobody works, and those on which some regions do not."""

    def read() -> tuple[frozenset[date], dict[date, tuple[str, ...]]]:
        with visit.session() as session:
            found = tuple(session.open_firm().firm.holidays)
        some: dict[date, list[str]] = {}
        for on, region in _regions(found):
            some.setdefault(on, []).append(region)
        return frozenset(one.on for one in found if not one.region), {on: tuple(some[on]) for on in some}

    try:
        return visit.remembered("console holidays", read)
    except Refused:
        return frozenset(), {}


def _regions(found: tuple[object, ...]) -> Iterator[tuple[date, str]]:
    for one in found:
        region, on = getattr(one, "region", None), getattr(one, "on", None)
        if region and isinstance(on, date):
            yield on, str(region)
