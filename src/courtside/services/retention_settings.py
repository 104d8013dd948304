"""How long records are kept: what `courtside.yaml` says, never less than the law asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

_WRITTEN = re.compile(r"([1-9][0-9]{0,3}) (day|days|year|years)")
_DAYS_A_YEAR = 365


class SettingFault(ValueError):
    """A setting inside another one that will not do; `key` says which."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: years and days."""

    years: int = 0
    days: int = 0

    @property
    def length(self) -> int:
        """In days, a year as 365 of them: for comparing."""
        return self.years * _DAYS_A_YEAR + self.days

    def after(self, day: date) -> date:
        """So long after a day; 29 February plus a year is 1 March."""
        return _moved(day, self.years, self.days)

    def before(self, day: date) -> date:
        """So long before a day."""
        return _moved(day, -self.years, -self.days)

    def ago(self, at: datetime) -> datetime:
        """So long before an instant."""
        return datetime.combine(self.before(at.date()), at.timetz())

    def __str__(self) -> str:
        parts = [(self.years, "year"), (self.days, "day")]
        return " and ".join(f"{n} {word}{'s' * (n != 1)}" for n, word in parts if n)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind of record is kept. Source: TRUST 2.9.

    `cases`: plans, determinations, signatures and their evidence, after closing or leaving, the later of the two;
    `figures`: records by name, after leaving; `proposals`: those that came to nothing; `log`: what acts say.
    """

    cases: Span = Span(years=4)
    figures: Span = Span(years=3)
    proposals: Span = Span(years=1)
    log: Span = Span(years=5)


FLOORS: Mapping[str, Span] = {"cases": Span(years=1), "figures": Span(years=1), "proposals": Span(years=1)}
"""Nobody can set less, and nobody can erase earlier (29 CFR 1602.14: one year from the record or the action)."""


def read_retention(told: Any) -> Retention:
    """The setting `retention`. Raises SettingFault naming the key, and ValueError for what is no list of them.

    >>> str(read_retention({"cases": "6 years"}).log)
    '7 years'
    """
    if told is None:
        return Retention()
    if not isinstance(told, Mapping):
        raise ValueError(f"{told!r} will not do; write {{cases: 4 years, figures: 3 years, proposals: 1 year}}")
    known = Retention.__dataclass_fields__
    for key in told:
        if key not in known:
            raise SettingFault(str(key), f"there is nothing of that name to keep; there is: {', '.join(known)}")
    spans = {key: _span(key, value) for key, value in told.items()}
    for key, floor in FLOORS.items():
        if key in spans and spans[key].length < floor.length:
            raise SettingFault(key, f"{spans[key]} is too short; these records are kept for {floor} at the least")
    kept = Retention(**spans)
    longest = max((kept.cases, kept.figures, kept.proposals), key=lambda span: span.length)
    least = Span(longest.years + 1, longest.days)
    if "log" not in spans:
        return Retention(kept.cases, kept.figures, kept.proposals, least)
    if kept.log.length < least.length:
        raise SettingFault(
            "log", f"{kept.log} is too short; the log outlives what it speaks of by a year: {least} at the least"
        )
    return kept


def _span(key: str, told: Any) -> Span:
    found = _WRITTEN.fullmatch(told) if isinstance(told, str) else None
    if found is None:
        raise SettingFault(key, f"{told!r} is no length of time; write such as 4 years or 365 days")
    number = int(found[1])
    return Span(years=number) if found[2].startswith("year") else Span(days=number)


def _moved(day: date, years: int, days: int) -> date:
    try:
        moved = day.replace(year=day.year + years)
    except ValueError:
        moved = date(day.year + years, 3, 1)
    return date.fromordinal(moved.toordinal() + days)
