"""Who asks: somebody signed in, whose records are their own, their duties, and what those are limited to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from courtside.records.hierarchy import Hierarchy, Relation


class Role(StrEnum):
    """Duties that are granted. Being a rep or a manager follows from the hierarchy."""

    HR = "hr"
    EXECUTIVE = "executive"
    ADMIN = "admin"
    AUDITOR = "auditor"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class ActingFor:
    """That somebody stands in for a manager, from one day to another, both included."""

    manager_id: str
    starts_on: date
    ends_on: date

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Opened:
    """That a viewer may look at one person's record until an instant, because HR agreed: break-glass, by its id."""

    glass: str
    person_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in: whose records are their own, and their duties.

    `seen_by` names the person who looks through this viewer's eyes: nothing can be changed then. `units` are the
    teams their duty as HR partner is for; empty means all of them. `conflicts` are the people with whom they have
    a declared conflict of interest. `opened` is what break-glass lets them see now; asked by `by_glass` alone.
    """

    user_id: int
    username: str
    name: str
    person_id: str | None
    roles: frozenset[Role]
    seen_by: str | None = None
    units: frozenset[str] = frozenset()
    acts_for: tuple[ActingFor, ...] = ()
    conflicts: frozenset[str] = frozenset()
    opened: tuple[Opened, ...] = ()

    @property
    def is_read_only(self) -> bool:
        """Whether somebody else looks through these eyes."""
        return self.seen_by is not None

    def stands_in_for(self, on: date) -> frozenset[str]:
        """The managers this viewer stands in for on a day."""
        return frozenset(one.manager_id for one in self.acts_for if one.holds_on(on))

    def is_hr_for(self, units: frozenset[str]) -> bool:
        """Whether they are HR partner for one of these teams."""
        return Role.HR in self.roles and (not self.units or bool(self.units & units))


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and whether having done it belongs into the log."""

    is_allowed: bool
    is_logged: bool = False


DENIED = Decision(is_allowed=False)
ALLOWED = Decision(is_allowed=True)
LOGGED = Decision(is_allowed=True, is_logged=True)


def relation_of(viewer: Viewer, subject: str, hierarchy: Hierarchy, on: date) -> Relation:
    """What a viewer is to a person on a day; whoever stands in for the person's manager is that manager."""
    own = hierarchy.relation(viewer.person_id, subject, on)
    if own in (Relation.SELF, Relation.DIRECT):
        return own
    others = viewer.stands_in_for(on) - {subject}
    return Relation.DIRECT if others & hierarchy.managers_of(subject, on) else own


def led(viewer: Viewer, hierarchy: Hierarchy, on: date) -> frozenset[str]:
    """Everybody a viewer leads on a day, directly, through others, or standing in for their manager."""
    found = hierarchy.led_by(viewer.person_id, on)
    for manager in viewer.stands_in_for(on):
        found |= led_directly(manager, hierarchy, on)
    return found - {viewer.person_id or ""}


def led_directly(manager: str, hierarchy: Hierarchy, on: date) -> frozenset[str]:
    """Everybody whose manager a person is on a day."""
    return frozenset(one for one in hierarchy.led_by(manager, on) if manager in hierarchy.managers_of(one, on))
