"""The rows of `targets`: which period each is for, which version is in force, and what they cover together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

from courtside.records.period import Calendar, Period, PeriodError

_ONE_DAY = timedelta(days=1)
_LONGEST = timedelta(days=20 * 366)
"""A target for more than twenty years is a slip of the pen."""

ALWAYS = Period("all", date.min, date.max)
"""The period of a target that holds until another one does."""


@dataclass(frozen=True, slots=True)
class Target:
    """A number to reach, as it was recorded: `scope` and `period` are names (`team:North`, `2017-Q4`)."""

    metric: str
    scope: str
    period: str
    value: float
    version: int = 1
    in_force_from: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """All versions of the target for one period, the one that takes precedence last."""

    period: Period
    versions: tuple[Target, ...]

    @property
    def is_always(self) -> bool:
        """Whether the target holds without bound."""
        return self.period is ALWAYS

    @property
    def length(self) -> timedelta:
        """How long the period is."""
        return self.period.ends_on - self.period.starts_on

    def value_on(self, day: date) -> float | None:
        """The value in force on a day."""
        for version in reversed(self.versions):
            if version.in_force_from is None or version.in_force_from <= day:
                return version.value
        return None


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of the period asked for that one target covers: `value` is the target for all of `whole`."""

    value: float
    whole: tuple[date, date]
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Pieces:
    """The period asked for cut into what targets cover, and the gaps that none does."""

    covered: tuple[Piece, ...]
    gaps: tuple[tuple[date, date], ...]


class Rows:
    """The targets of one metric and scope, by period."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows, key=lambda row: (row.length, -row.period.starts_on.toordinal()))
        self._exact = {(row.period.starts_on, row.period.ends_on): row for row in self._rows}

    def covering(self, starts_on: date, ends_on: date, as_of: date) -> tuple[Row, float] | None:
        """The narrowest target covering these days that is in force, with its value."""
        day = min(max(as_of, starts_on), ends_on - _ONE_DAY)
        exact = self._exact.get((starts_on, ends_on))
        value = exact.value_on(day) if exact else None
        if exact is not None and value is not None:
            return exact, value
        for row in self._rows:
            if row.period.starts_on <= starts_on and ends_on <= row.period.ends_on:
                value = row.value_on(day)
                if value is not None:
                    return row, value
        return None

    def pieces(self, starts_on: date, ends_on: date, as_of: date) -> Pieces:
        """What covers these days: one target if there is one, else the widest inside them one after another.

        Days that no target inside has are covered by the narrowest one reaching over them.
        """
        whole = self.covering(starts_on, ends_on, as_of)
        if whole is not None:
            return Pieces((_piece(*whole, starts_on, ends_on),), ())
        covered: list[Piece] = []
        gaps: list[tuple[date, date]] = []
        while starts_on < ends_on:
            inside = self._widest_from(starts_on, ends_on, as_of)
            found = inside or self.covering(starts_on, starts_on + _ONE_DAY, as_of)
            until = inside[0].period.ends_on if inside else self._until(found and found[0], starts_on, ends_on)
            if found is None:
                gaps.append((starts_on, until))
            else:
                covered.append(_piece(*found, starts_on, until))
            starts_on = until
        return Pieces(tuple(covered), tuple(gaps))

    def _widest_from(self, starts_on: date, ends_on: date, as_of: date) -> tuple[Row, float] | None:
        """The widest target that begins on a day and lies inside, with its value in force."""
        for row in reversed(self._rows):
            if row.period.starts_on == starts_on and row.period.ends_on <= ends_on:
                found = self.covering(row.period.starts_on, row.period.ends_on, as_of)
                if found is not None and found[0] is row:
                    return found
        return None

    def _until(self, row: Row | None, starts_on: date, ends_on: date) -> date:
        """Where a stretch ends: with its target (None: a gap), or where a narrower one begins."""
        narrower = (r for r in self._rows if row is None or r.length < row.length)
        begins = (r.period.starts_on for r in narrower if r.period.starts_on > starts_on)
        return min(ends_on, row.period.ends_on if row else ends_on, *begins)


def _piece(row: Row, value: float, starts_on: date, ends_on: date) -> Piece:
    return Piece(value, (row.period.starts_on, row.period.ends_on), starts_on, ends_on)


def by_metric_and_scope(
    targets: Iterable[Target], calendar: Calendar, refused: list[str]
) -> Mapping[tuple[str, str], list[Row]]:
    """The targets by metric and scope, one row a period; what cannot be used is told in `refused`."""
    versions: dict[tuple[str, str], dict[tuple[date, date], list[tuple[Period, Target]]]] = {}
    for target in targets:
        try:
            period = _period_of(target, calendar)
        except ValueError as error:
            refused.append(f"The target of {target.metric} for {target.scope} is left out: {error}")
            continue
        periods = versions.setdefault((target.metric, target.scope), defaultdict(list))
        periods[period.starts_on, period.ends_on].append((period, target))
    return {key: [_row(found) for found in periods.values()] for key, periods in versions.items()}


def _row(found: list[tuple[Period, Target]]) -> Row:
    """One period's versions: the highest takes precedence, of the same number the one in force later."""
    found.sort(key=lambda item: (item[1].version, item[1].in_force_from or date.min))
    return Row(found[0][0], tuple(target for _, target in found))


def _period_of(target: Target, calendar: Calendar) -> Period:
    """The period of a target. Raises ValueError saying what is wrong with it."""
    if not isfinite(target.value):
        raise ValueError(f"{target.value} is not a number one can reach. Write a number.")
    period = ALWAYS if target.period == ALWAYS.name else calendar.parse(target.period)
    if period is not ALWAYS and period.ends_on - period.starts_on > _LONGEST:
        raise PeriodError(f"{target.period!r} is longer than twenty years. Write a shorter period, or 'all'.")
    return period
