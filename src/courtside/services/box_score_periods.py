"""Which period a box score is of, which ones it can be changed to, and which are too short to judge by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from courtside.records.period import Calendar, Grain, Period, PeriodError
from courtside.services.box_score_figures import latest_period
from courtside.services.refused import Refused
from courtside.services.viewing import Visit

GRAINS = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR)
"""How long a period may be chosen, the shortest first."""
DEFAULT_GRAIN = Grain.QUARTER
_ORDER = tuple(grain.value for grain in GRAINS)


@dataclass(frozen=True, slots=True)
class Choice:
    """A length of period: its last finished period near the one shown, and what cannot be judged by it."""

    grain: str
    period: str
    is_here: bool
    short_for: int
    of: int

    @property
    def warning(self) -> str:
        """`too short to judge`, for how many figures; empty where none is hurt."""
        if not self.short_for:
            return ""
        return "too short to judge" if self.short_for == self.of else f"too short for {self.short_for} of {self.of}"


@dataclass(frozen=True, slots=True)
class Frame:
    """The period shown and its neighbours. `after` is None where nothing has begun yet."""

    period: Period
    grain: Grain
    before: str
    after: str | None
    is_over: bool


def frame_of(visit: Visit, grain: str, period: str) -> Frame:
    """The period asked for; without one the last finished of the grain. Raises Refused for names nobody knows."""
    calendar = visit.standing.workspace.calendar
    wanted = _grain(grain)
    if not period:
        found = latest_period(visit, wanted or DEFAULT_GRAIN)
    else:
        try:
            found = calendar.parse(period)
        except PeriodError as error:
            raise Refused(str(error)) from None
        if wanted is not None and grain_of(calendar, found) is not wanted:
            found = _near(visit, calendar, found, wanted)
    if found.starts_on > visit.today:
        raise Refused(f"{found.name} has not begun yet")
    own = grain_of(calendar, found)
    if own is None:
        raise Refused(f"{found.name} is no week, month, quarter, half or year; a box score is of one of these")
    after = calendar.period_of(found.ends_on, own)
    return Frame(
        found, own, calendar.previous(found).name, after.name if after.starts_on <= visit.today else None,
        found.last_on <= visit.today,
    )  # fmt: skip


def _grain(word: str) -> Grain | None:
    if not word:
        return None
    if word not in _ORDER:
        raise Refused(f"{word!r} is no length of a period; choose: {', '.join(_ORDER)}")
    return Grain(word)


def grain_of(calendar: Calendar, period: Period) -> Grain | None:
    """The grain a period is one of; None for other stretches of days."""
    return next((grain for grain in GRAINS if calendar.period_of(period.starts_on, grain) == period), None)


def _near(visit: Visit, calendar: Calendar, period: Period, grain: Grain) -> Period:
    """The period of another grain that holds the last day of one, finished if the one is."""
    found = calendar.period_of(min(period.last_on, visit.today), grain)
    return calendar.previous(found) if found.last_on > visit.today >= period.last_on else found


def choices(visit: Visit, frame: Frame, needed: Sequence[str | None]) -> tuple[Choice, ...]:
    """The lengths to choose from. `needed`: the time frame of each figure that has one, None if a year is too short."""
    calendar = visit.standing.workspace.calendar
    found = []
    for number, grain in enumerate(GRAINS):
        short = sum(1 for word in needed if word is None or _ORDER.index(word) > number)
        near = _near(visit, calendar, frame.period, grain)
        found.append(Choice(grain.value, near.name, grain is frame.grain, short, len(needed)))
    return tuple(found)


def earlier(visit: Visit, frame: Frame) -> tuple[Period, str]:
    """The period to compare with, and how long ago that is: three months, or the period before if that is longer."""
    calendar, period = visit.standing.workspace.calendar, frame.period
    if frame.grain in (Grain.HALF, Grain.YEAR):
        return calendar.previous(period), "6 months ago" if frame.grain is Grain.HALF else "a year ago"
    if frame.grain is Grain.WEEK:
        return calendar.period_of(period.starts_on - timedelta(weeks=13), Grain.WEEK), "13 weeks ago"
    found = period
    for _ in range(1 if frame.grain is Grain.QUARTER else 3):
        found = calendar.previous(found)
    return found, "3 months ago"
