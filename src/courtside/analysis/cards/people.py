"""What is known of the people of a firm in a period: whom they are like, who is still ramping, who was away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from courtside.analysis.cards.pools import Like
from courtside.records.people import ANY_ROLE, Employment
from courtside.records.period import Period
from courtside.records.working_days import month_of_employment
from courtside.warehouse.dimensions import TENURES
from courtside.warehouse.special import FirmTables

NEW_FOR_MONTHS = 3
"""How long somebody is new where the firm has stated no ramp for the role."""
_MOSTLY_AWAY = 0.5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class People:
    """The people of a firm, asked about many times."""

    firm: FirmTables
    _segments: dict[date, dict[str, str | None]] = field(default_factory=dict)
    _likes: dict[tuple[str, str, date], Like] = field(default_factory=dict)
    _ready: dict[tuple[str, Period], str] = field(default_factory=dict)

    def like(self, person_id: str, period: str, on: date) -> Like:
        """Period, role, segment and tenure of a person on a day."""
        key = (person_id, period, on)
        if key not in self._likes:
            self._likes[key] = self._like(person_id, period, on)
        return self._likes[key]

    def _like(self, person_id: str, period: str, on: date) -> Like:
        person = self.firm.people.get(person_id)
        if on not in self._segments:
            self._segments[on] = self.firm.group_on("segment", on)
        role = person.role if person else None
        return period, role, self._segments[on].get(person_id), _tenure(person, on)

    def readiness(self, person_id: str, period: Period) -> str:
        """Whether a person can be judged over a period: `new`, `away`, or `ready`."""
        key = (person_id, period)
        if key not in self._ready:
            away = "away" if self.was_away(person_id, period) else "ready"
            self._ready[key] = "new" if self.is_new(person_id, period.last_on) else away
        return self._ready[key]

    def is_new(self, person_id: str, on: date) -> bool:
        """Whether a person owes less than a full target on a day, or was hired less than three months before.

        The firm's ramp for the role decides where it has stated one.
        """
        person = self.firm.people.get(person_id)
        if person is None or person.hired_on is None:
            return False
        ramp = self.firm.firm.ramp
        shares = ramp.get(person.role or ANY_ROLE, ramp.get(ANY_ROLE))
        month = month_of_employment(person.hired_on, on)
        if shares is None:
            return month <= NEW_FOR_MONTHS
        return month <= len(shares) and shares[max(month, 1) - 1] < 1

    def was_away(self, person_id: str, period: Period) -> bool:
        """Whether a person was absent on more than half of the working days they were employed in a period."""
        person = self.firm.people.get(person_id, Employment(person_id))
        since = max(period.starts_on, person.hired_on or period.starts_on)
        until = period.ends_on if person.left_on is None else min(period.ends_on, person.left_on + _ONE_DAY)
        if since >= until:
            return False
        days = self.firm.presence.working_days(person_id, since, until)
        return days > 0 and self.firm.presence.present_days(person_id, since, until) < _MOSTLY_AWAY * days


def _tenure(person: Employment | None, on: date) -> str | None:
    """The band of months since hiring, as the dimension `tenure` has it."""
    if person is None or person.hired_on is None:
        return None
    months = month_of_employment(person.hired_on, on) - 1
    return next((band for band, bound in TENURES.items() if months < bound), "24+")
