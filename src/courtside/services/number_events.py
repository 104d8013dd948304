"""What happened beside a number: changes of team, of target, and leave, at the periods of its run chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from courtside.records.period import Period
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric
    from courtside.warehouse.special import FirmTables

MOST_EVENTS = 4
"""More labels than this cannot be told apart in the drawing; the latest stay."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened: on which day, what, and at which place of the run chart (0 is its first point)."""

    on: date
    what: str
    at: float


def happened(visit: Visit, person: str, metric: Metric, periods: Sequence[Period]) -> tuple[Happened, ...]:
    """What happened within the periods, in order."""
    if not periods:
        return ()

    def read() -> tuple[Happened, ...]:
        with visit.session() as session:
            firm = session.open_firm()
            found = sorted([*_moves(firm, person), *_leaves(firm, person), *_targets(firm, person, metric)])
        inside = [(on, what) for on, what in found if periods[0].starts_on < on < periods[-1].ends_on]
        return tuple(Happened(on, what, _place(on, periods)) for on, what in dict.fromkeys(inside))[-MOST_EVENTS:]

    key = ("happened", person, metric.name, periods[0].name, periods[-1].name)
    return visit.remembered(key, read)


def _place(on: date, periods: Sequence[Period]) -> float:
    """Between the point before and the point of its period, as far as the period had come."""
    for number, period in enumerate(periods):
        if period.contains(on):
            days = (period.ends_on - period.starts_on).days
            return max(number - 1 + (on - period.starts_on).days / days, 0.0)
    return 0.0


def _moves(firm: FirmTables, person: str) -> Iterator[tuple[date, str]]:
    """The days a person came to another team."""
    own = sorted((span for span in firm.spans if span[0] == person), key=lambda span: span[1])
    for before, after in zip(own, own[1:], strict=False):
        if after[3] and after[3] != before[3]:
            yield after[1], f"to {after[3]}"


def _leaves(firm: FirmTables, person: str) -> Iterator[tuple[date, str]]:
    """The days a longer absence began."""
    for absence in firm.firm.absences:
        if absence.person_id == person:
            days = (absence.ends_on - absence.starts_on).days + 1
            yield absence.starts_on, f"away {days} day{'s' * (days != 1)}"


def _targets(firm: FirmTables, person: str, metric: Metric) -> Iterator[tuple[date, str]]:
    """The days another version of the person's own target came into force."""
    for row in firm.targets.recorded.get((metric.name, f"person:{person}"), ()):
        for version in row.versions[1:]:
            if version.in_force_from is not None:
                yield version.in_force_from, "new target"
