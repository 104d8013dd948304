"""Which cases could close in a period, and what is counted of them for every person: leads, else cases opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np

from courtside.analysis.gaps.chain import CLOSED_LEADS, DAYS, FROM_LEADS, LEADS, RECRUITED, WINS
from courtside.analysis.statistics.distributions import Array
from courtside.metrics.catalogue import Catalogue
from courtside.records.period import Period
from courtside.records.working_days import Attendance
from courtside.warehouse.asked import Asked
from courtside.warehouse.session import Session
from courtside.warehouse.special import FirmTables

MOSTLY, NEARLY_ALL = 0.5, 0.9
"""From these shares of wins on, what came in is counted as leads, or as candidates put forward."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Route:
    """How the wins of a role come about: by leads or by cases opened, and how many days half and 95 in 100 take."""

    role: str | None
    by_leads: bool
    recruits: bool
    half: float
    most: float
    has_others: bool = False
    """Whether some wins came without a lead."""

    def back(self, period: Period, as_of: date) -> int:
        """By how many days the cohort that could close in a period lies before it.

        As long as half of the wins take, and longer where fewer than 95 in 100 of a cohort so young had had
        their time by as-of: half 47, most 76, asked 10 days after the period -> 66.
        """
        return ceil(max(self.half, self.most - (as_of - period.last_on).days, 0))

    def window(self, period: Period, as_of: date) -> Period:
        """The days in which the cohort of a period came in: as many as the period has."""
        back = timedelta(days=self.back(period, as_of))
        first, end = period.starts_on - back, period.ends_on - back
        return Period(f"{first}/{end - _ONE_DAY}", first, end)


def routes(session: Session, asked: Asked, catalogue: Catalogue) -> Mapping[str | None, Route]:
    """The route of every role that has won anything by the clock."""
    names = [WINS, FROM_LEADS, RECRUITED, *DAYS.values()]
    whole = replace(asked, by=("role",), periods=(), scopes=(), people=None, stretches=())
    has_leads = LEADS in catalogue and CLOSED_LEADS in catalogue
    found = {}
    for _, (role,), row in session.figures(names, whole, is_shared=True):
        won, from_leads, recruited = (row[name]["value"] or 0 for name in names[:3])
        if won:
            by_leads = has_leads and from_leads >= MOSTLY * won
            half, most = (row[DAYS["lead" if by_leads else "opening", share]]["value"] for share in (0.5, 0.95))
            recruits = recruited >= NEARLY_ALL * won
            days = float(half or 0), float(most or 0)
            found[role] = Route(role, by_leads, recruits, *days, has_others=by_leads and from_leads < won)
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted for each of some people: (metric, period) -> (people,), or (people, sources)."""

    people: Mapping[str, int]
    found: Mapping[tuple[str, Period], Array]
    rows: slice | None = None

    def of(self, name: str, period: Period) -> Array:
        """One count over one period."""
        return self.found[name, period][self.rows or slice(None)]

    def among(self, rows: slice) -> Counts:
        """The counts of some of the people."""
        return replace(self, rows=rows)


def counts(
    session: Session, names: Sequence[str], asked: Asked, periods: Iterable[Period], people: Mapping[str, int]
) -> Counts:
    """Some measures for each of some people over some periods, in one question."""
    listed = tuple(dict.fromkeys(periods))
    found = {(name, period): np.zeros(len(people)) for name in names for period in listed}
    asked = replace(asked, by=("person",), periods=listed)
    for number, (person,), row in session.figures(names, asked, is_shared=True):
        at = people.get(person)
        for name in names if at is not None else ():
            found[name, listed[number]][at] = row[name]["value"] or 0
    return Counts(people, found)


def by_source(session: Session, asked: Asked, periods: Iterable[Period], people: Mapping[str, int]) -> Counts:
    """Leads and those since won, for each person and source: (people, sources)."""
    listed = tuple(dict.fromkeys(periods))
    asked = replace(asked, by=("person", "source"), periods=listed)
    rows: list[tuple[int, int, Any, Mapping[str, Any]]] = []
    for number, (person, source), values in session.figures([LEADS, CLOSED_LEADS], asked, is_shared=True):
        at = people.get(person)
        if at is not None:
            rows.append((number, at, source, values))
    sources = {source: n for n, source in enumerate(sorted({row[2] for row in rows}, key=str))}
    width = max(len(sources), 1)
    found = {(name, period): np.zeros((len(people), width)) for name in (LEADS, CLOSED_LEADS) for period in listed}
    for number, at, source, row in rows:
        for name in (LEADS, CLOSED_LEADS):
            found[name, listed[number]][at, sources[source]] = row[name]["value"] or 0
    return Counts(people, found)


@dataclass(frozen=True)
class Presence:
    """The share of working days people were there, and the share of a full target those days owe (the ramp)."""

    firm: FirmTables
    team: str | None = None
    plain: Attendance | None = None
    ramped: Attendance | None = None

    @classmethod
    def of(cls, firm: FirmTables, team: str | None = None) -> Presence:
        """Presence in the firm, or in a team for the days somebody belonged to it."""
        return cls(firm, team, firm.presence, firm.attendance)

    def shares(self, people: Iterable[str], period: Period) -> tuple[Array, Array]:
        """Days there / working days, and ramped days / days there (1 where never there): two arrays over people."""
        rows = [self._share(person, period) for person in people]
        there, ramp = np.array(rows, dtype=np.float64).reshape(-1, 2).T
        return there, ramp

    def _share(self, person: str, period: Period) -> tuple[float, float]:
        if self.plain is None or self.ramped is None:
            raise TypeError("made without its firm's attendance")
        working = there = owed = 0.0
        for since, until in self._stretches(person, period):
            working += self.plain.working_days(person, since, until)
            there += self.plain.present_days(person, since, until)
            owed += self.ramped.present_days(person, since, until)
        return (there / working if working else 0.0), (owed / there if there else 1.0)

    def _stretches(self, person: str, period: Period) -> list[tuple[date, date]]:
        if self.team is None:
            return [(period.starts_on, period.ends_on)]
        spans = [(row[1], row[2]) for row in self._by_person.get(person, ())]
        cut = [(max(since, period.starts_on), min(until or period.ends_on, period.ends_on)) for since, until in spans]
        return [(since, until) for since, until in cut if since < until]

    @cached_property
    def _by_person(self) -> Mapping[str, Sequence[Sequence[Any]]]:
        found: dict[str, list[Sequence[Any]]] = {}
        for row in self.firm.spans:
            if row[3] == self.team:
                found.setdefault(row[0], []).append(row)
        return found
