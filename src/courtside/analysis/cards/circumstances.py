"""What speaks against judging a person by their review year at all: ramp, leave, a move, a dispute, thin records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from courtside.analysis.cards.batch import Batch
from courtside.analysis.cards.people import People
from courtside.analysis.counted import PRESENT, DayBook
from courtside.analysis.wording import day, percent
from courtside.metrics.metric import Measure, Rung
from courtside.records.period import Period
from courtside.warehouse.rolled import uses_moments
from courtside.warehouse.spread import Daily

SETTLED_AFTER = timedelta(days=90)
"""How long after a move to another team, segment or region nobody is judged formally (METHODS 1.6)."""
RECORDED = 0.9
"""The share of days present on which anything must have been recorded."""


@dataclass(frozen=True)
class Circumstances:
    """The circumstances of people in the months of one review year."""

    batch: Batch
    people: People
    months: Sequence[Period]
    persons: tuple[str, ...]
    """Whom there will be asked about: nobody else's records are read."""
    disputed: frozenset[str] = frozenset()

    def of(self, person_id: str) -> tuple[str, ...]:
        """Every reason not to, in words; none where nothing speaks against it. Source: METHODS 1.6, condition 6.

        How thin the records are is told by `thin`, as that has to be read.
        """
        return tuple(self._reasons(person_id))

    def thin(self, person_id: str) -> tuple[str, ...]:
        """That too little is recorded, if so."""
        recorded = self.recorded(person_id)
        if recorded is None or recorded >= RECORDED:
            return ()
        return (f"something recorded on only {percent(recorded, 2)} of the days present",)

    def _reasons(self, person_id: str) -> Iterator[str]:
        first, last = self.months[0].starts_on, self.months[-1].last_on
        if self.people.is_new(person_id, last):
            yield "still new in the work"
        if self.people.was_away(person_id, Period("year so far", first, self.months[-1].ends_on)) or (
            self.people.was_away(person_id, self.months[-1])
        ):
            yield "away for most of the working days"
        if (moved := self.moved_on(person_id, last)) is not None:
            yield f"moved on {day(moved)}"
        if person_id in self.disputed:
            yield "a dispute about the records is open"

    def moved_on(self, person_id: str, last: date) -> date | None:
        """The day of a move to another team, segment or region within 90 days before the last day; None without."""
        spans = sorted(
            (starts_on, (team, segment, region))
            for person, starts_on, _, team, _, segment, region, _ in self.people.firm.spans
            if person == person_id and starts_on <= last
        )
        moves = [on for (_, before), (on, after) in zip(spans, spans[1:], strict=False) if before != after]
        return moves[-1] if moves and last - moves[-1] < SETTLED_AFTER else None

    def recorded(self, person_id: str) -> float | None:
        """The share of a person's days present on which they recorded any activity; None where nobody's are known."""
        daily = self._daily
        if daily is None or (person_id,) not in daily.keys:
            return None
        row, since, until = daily.keys[person_id,], *(
            daily.place(on) for on in (self.months[0].starts_on, self.months[-1].ends_on)
        )  # fmt: skip
        by_day = {name: np.diff(sums[row, since : until + 1]) for name, sums in daily.running.items()}
        present = by_day.pop(PRESENT) > 0
        active = np.sum([by_day[name] for name in self._activities], axis=0) > 0
        return float((active & present).sum() / present.sum()) if present.any() else None

    @cached_property
    def _activities(self) -> tuple[str, ...]:
        """What is counted by day and done, not reached."""
        catalogue = self.batch.session.catalogue
        return tuple(
            metric.name for metric in catalogue
            if metric.rung is Rung.ACTIVITY and isinstance(metric.body, Measure)
            and metric.body.take.how == "count" and metric.body.owner is not None and not uses_moments(metric)
        )  # fmt: skip

    @cached_property
    def _daily(self) -> Daily | None:
        if PRESENT not in self.batch.session.catalogue or not self._activities:
            return None
        stretches = [(month.starts_on, month.ends_on) for month in self.months]
        asked = replace(self.batch.asked, people=self.persons)
        return DayBook(self.batch.session).daily([PRESENT, *self._activities], asked, stretches)
