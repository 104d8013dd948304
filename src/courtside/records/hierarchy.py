"""Who led whom, and who was in which team, on which day: read from assignments, effective by date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Relation(StrEnum):
    """What one person is to another on a day."""

    SELF = "self"
    DIRECT = "direct"
    """Their manager."""
    INDIRECT = "indirect"
    """Their manager's manager, or further up."""
    FORMER = "former"
    """Led them once, and does no more."""
    PEER = "peer"
    """In the same team on that day."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a person belonged from `starts_on` until `ends_on`, which is excluded; None is without bound."""

    person_id: str
    starts_on: date
    ends_on: date | None
    team: str | None
    manager_id: str | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


_DAYS_KEPT = 16


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Everybody of a firm by id, with their names and where they belonged."""

    names: Mapping[str, str]
    belongings: Sequence[Belonging]
    _by_person: dict[str, list[Belonging]] = field(default_factory=dict, repr=False, compare=False)
    _led_on: dict[date, Mapping[str, frozenset[str]]] = field(default_factory=dict, repr=False, compare=False)
    """What `led_by` found on the days last asked about."""

    def __post_init__(self) -> None:
        for one in self.belongings:
            self._by_person.setdefault(one.person_id, []).append(one)

    def name(self, person_id: str) -> str:
        """What a person is called; the id of somebody without a name."""
        return self.names.get(person_id) or person_id

    def of(self, person_id: str, on: date) -> Iterator[Belonging]:
        """Where a person belongs on a day."""
        return (one for one in self._by_person.get(person_id, ()) if one.holds_on(on))

    def teams_of(self, person_id: str, on: date) -> frozenset[str]:
        """The teams a person is in on a day."""
        return frozenset(one.team for one in self.of(person_id, on) if one.team)

    def managers_of(self, person_id: str, on: date) -> frozenset[str]:
        """Who leads a person on a day."""
        return frozenset(one.manager_id for one in self.of(person_id, on) if one.manager_id)

    def above(self, person_id: str, on: date) -> frozenset[str]:
        """Everybody above a person on a day, their manager included; a circle of managers ends where it began."""
        found: set[str] = set()
        open_: set[str] = set(self.managers_of(person_id, on))
        while open_:
            manager = open_.pop()
            if manager not in found:
                found.add(manager)
                open_ |= self.managers_of(manager, on)
        return frozenset(found - {person_id})

    def relation(self, viewer: str | None, subject: str, on: date) -> Relation:
        """What `viewer` is to `subject` on a day."""
        if viewer is None or viewer == "":
            return Relation.NONE
        if viewer == subject:
            return Relation.SELF
        if viewer in self.managers_of(subject, on):
            return Relation.DIRECT
        if viewer in self.above(subject, on):
            return Relation.INDIRECT
        if any(one.manager_id == viewer for one in self._by_person.get(subject, ())):
            return Relation.FORMER
        if self.teams_of(viewer, on) & self.teams_of(subject, on):
            return Relation.PEER
        return Relation.NONE

    def led_by(self, manager: str | None, on: date) -> frozenset[str]:
        """Everybody a person leads on a day, directly or through others."""
        if not manager:
            return frozenset()
        led = self._led_on.get(on)
        if led is None:
            if len(self._led_on) >= _DAYS_KEPT:
                self._led_on.clear()
            led = self._led_on[on] = self._everybody_led(on)
        return led.get(manager, frozenset())

    def _everybody_led(self, on: date) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for person in self._by_person:
            for manager in self.above(person, on):
                found.setdefault(manager, set()).add(person)
        return {manager: frozenset(people) for manager, people in found.items()}

    def members(self, team: str, first: date, last: date) -> frozenset[str]:
        """Who was in a team on any day from `first` to `last`, both included."""
        return frozenset(
            one.person_id
            for one in self.belongings
            if one.team == team and one.starts_on <= last and (one.ends_on is None or one.ends_on > first)
        )

    def teams(self, on: date) -> Sequence[str]:
        """Every team anybody is in on a day, by name."""
        return sorted({one.team for one in self.belongings if one.team and one.holds_on(on)})


def hierarchy_of(names: Mapping[str, str], spans: Iterable[Sequence[object]]) -> Hierarchy:
    """A hierarchy from rows of person, start, end (excluded), team and manager."""
    return Hierarchy(names, [Belonging(*row[:5]) for row in spans])  # type: ignore[arg-type]
