"""The rows of `targets`: which period each is for, which version is in force, and what they cover together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

from courtside.metrics.errors import did_you_mean, nearest
from courtside.records.period import Calendar, Period, PeriodError

_ONE_DAY = timedelta(days=1)
_LONGEST = timedelta(days=20 * 366)
"""A target for more than twenty years is a slip of the pen."""

ALWAYS = Period("all", date.min, date.max)
"""The period of a target that holds until another one does."""

SCOPES = ("person", "team", "segment", "region", "seniority", "source", "product")
"""What a target may be for, beside `company`: one of these, a colon, and a name."""

_PARTS = re.compile(r"[0-9]+|[^0-9]+")


@dataclass(frozen=True, slots=True)
class Target:
    """A number to reach, as it was recorded: `scope` and `period` are names (`team:North`, `2017-Q4`).

    `recorded` orders targets by when they were recorded (the number of the batch), `version` those of one batch.
    """

    metric: str
    scope: str
    period: str
    value: float
    version: str = "1"
    in_force_from: date | None = None
    recorded: int = 0

    @property
    def precedence(self) -> tuple[date, int, tuple[tuple[int, str], ...]]:
        """What decides among targets for one period: the day from which it is in force, then the later record.

        The name of a version decides only between rows of one import: `v10` comes after `v9`.
        """
        parts = _PARTS.findall(self.version)
        name = tuple((int(part), "") if part[0] in "0123456789" else (-1, part) for part in parts)
        return self.in_force_from or date.min, self.recorded, name


@dataclass(frozen=True, slots=True)
class Unusable:
    """A target nothing can be measured by, and why."""

    target: Target
    why: str

    @property
    def sentence(self) -> str:
        """Both in a sentence."""
        return f"The target of {self.target.metric} for {self.target.scope} is left out: {self.why}"


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

    def is_for(self, period: Period) -> bool:
        """Whether the target is for exactly these days."""
        return (self.period.starts_on, self.period.ends_on) == (period.starts_on, period.ends_on)

    def in_force_on(self, day: date) -> Target | None:
        """The version in force on a day."""
        for version in reversed(self.versions):
            if version.in_force_from is None or version.in_force_from <= day:
                return version
        return None


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of the period asked for that one target covers: its value is for all of `whole`."""

    target: Target
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

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def covering(self, starts_on: date, ends_on: date, as_of: date) -> tuple[Row, Target] | None:
        """The narrowest target covering these days that is in force, with its version."""
        day = min(max(as_of, starts_on), ends_on - _ONE_DAY)
        exact = self._exact.get((starts_on, ends_on))
        version = exact.in_force_on(day) if exact else None
        if exact is not None and version is not None:
            return exact, version
        for row in self._rows:
            if row.period.starts_on <= starts_on and ends_on <= row.period.ends_on:
                version = row.in_force_on(day)
                if version is not None:
                    return row, version
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

    def _widest_from(self, starts_on: date, ends_on: date, as_of: date) -> tuple[Row, Target] | None:
        """The widest target that begins on a day and lies inside, with its version in force."""
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


def _piece(row: Row, version: Target, starts_on: date, ends_on: date) -> Piece:
    return Piece(version, (row.period.starts_on, row.period.ends_on), starts_on, ends_on)


def by_metric_and_scope(
    targets: Iterable[Target], calendar: Calendar, unusable: list[Unusable]
) -> Mapping[tuple[str, str], list[Row]]:
    """The targets by metric and scope, one row a period; what cannot be used is told in `unusable`."""
    versions: dict[tuple[str, str], dict[tuple[date, date], list[tuple[Period, Target]]]] = {}
    for target in targets:
        try:
            check_scope(target.scope)
            period = _period_of(target, calendar)
        except ValueError as error:
            unusable.append(Unusable(target, str(error)))
            continue
        periods = versions.setdefault((target.metric, target.scope), defaultdict(list))
        periods[period.starts_on, period.ends_on].append((period, target))
    return {key: [_row(found) for found in periods.values()] for key, periods in versions.items()}


def _row(found: list[tuple[Period, Target]]) -> Row:
    """One period's versions, in the order of their precedence."""
    found.sort(key=lambda item: (item[1].precedence, item[0].name))
    return Row(found[-1][0], tuple(target for _, target in found))


def check_scope(scope: str) -> None:
    """Raises ValueError, with the nearest kind, for a text that is no scope a target can have."""
    kind, colon, name = scope.partition(":")
    if scope == "company" or (kind in SCOPES and name):
        return
    if kind in SCOPES or not colon:
        raise ValueError(f"{scope!r} is no scope. Write company, or a kind and a name such as person:P1 or team:North.")
    hint = did_you_mean(nearest(kind, (*SCOPES, "company"))) or f"; there is: {', '.join(SCOPES)}, company"
    raise ValueError(f"{scope!r} is no scope{hint}.")


def parse_period(name: str, calendar: Calendar) -> Period:
    """The period of a target, `all` included. Raises PeriodError saying what is wrong with it."""
    period = ALWAYS if name == ALWAYS.name else calendar.parse(name)
    if period is not ALWAYS and period.ends_on - period.starts_on > _LONGEST:
        raise PeriodError(f"{name!r} is longer than twenty years. Write a shorter period, or 'all'.")
    return period


def _period_of(target: Target, calendar: Calendar) -> Period:
    if not isfinite(target.value):
        raise ValueError(f"{target.value} is not a number one can reach. Write a number.")
    return parse_period(target.period, calendar)
