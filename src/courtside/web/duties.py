"""The duties users can have, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from courtside.services.duty_rules import TWO_PEOPLE
from courtside.store.access import Role


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty as pages name it."""

    role: str
    label: str
    opens: str
    """What it lets somebody do."""
    takes_two: bool
    """Whether somebody else has to agree."""


_WORDS: Mapping[Role, tuple[str, str]] = {
    Role.HR: ("HR partner", "team pages with names, proposals, plans and files of the people they are for"),
    Role.EXECUTIVE: ("Executive", "what teams of five or more came to together"),
    Role.ADMIN: ("Administrator", "users and their duties; no figures of people"),
    Role.AUDITOR: ("Auditor", "the log, proposals, and cases assigned to them"),
    Role.OPERATIONS: ("Operations", "imports, mappings and data quality; no figures of people"),
}
LABELS: Mapping[Role, str] = {role: label for role, (label, _) in _WORDS.items()}
DUTIES: tuple[Duty, ...] = tuple(Duty(role.value, *_WORDS[role], role in TWO_PEOPLE) for role in Role)


def duties_of(roles: Iterable[Role]) -> tuple[Duty, ...]:
    """Duties in words, in the order of the list."""
    held = {role.value for role in roles}
    return tuple(duty for duty in DUTIES if duty.role in held)
