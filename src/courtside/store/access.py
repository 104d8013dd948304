"""The one door to people's figures and rows: who may do what, to whom, on which day.

Everything is denied that is not allowed here. Each rule exists twice, once as a question about one subject
(`may`) and once as the set of all subjects (`whom`); a property test holds the two to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from courtside.records.hierarchy import Hierarchy, Relation

SMALLEST_GROUP = 5
"""Figures of fewer people than this are shown to nobody who may not see each of them."""


class Role(StrEnum):
    """Duties that are granted. Being a rep or a manager follows from the hierarchy."""

    HR = "hr"
    EXECUTIVE = "executive"
    ADMIN = "admin"
    AUDITOR = "auditor"
    OPERATIONS = "operations"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in: whose records are their own, and their duties.

    `seen_by` names the person who looks through this viewer's eyes: nothing can be changed then.
    """

    user_id: int
    username: str
    name: str
    person_id: str | None
    roles: frozenset[Role]
    seen_by: str | None = None

    @property
    def is_read_only(self) -> bool:
        """Whether somebody else looks through these eyes."""
        return self.seen_by is not None


class Action(StrEnum):
    """What can be done to something that is about people."""

    SEE_CARD = "see_card"
    """A person's figures, with the rows behind them."""
    SEE_TEAM = "see_team"
    """A team's page: own figures and nameless dots at the least."""
    SEE_TEAM_NAMES = "see_team_names"
    """The same with everybody's names."""
    SEE_TEAM_TOTAL = "see_team_total"
    """What a team came to together."""


class Errand(StrEnum):
    """What can be done that is about nobody in particular."""

    SEE_DEFINITIONS = "see_definitions"
    SEE_COMPANY = "see_company"
    """Figures of the whole firm."""
    IMPORT_RECORDS = "import_records"
    MANAGE_USERS = "manage_users"
    SEE_AS = "see_as"
    """Look at the pages as somebody else sees them, read only; a workspace of made-up people allows it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and whether having done it belongs into the log."""

    is_allowed: bool
    is_logged: bool = False


DENIED = Decision(is_allowed=False)
ALLOWED = Decision(is_allowed=True)
LOGGED = Decision(is_allowed=True, is_logged=True)

_CARD: Mapping[Relation, Decision] = {Relation.SELF: ALLOWED, Relation.DIRECT: ALLOWED, Relation.INDIRECT: LOGGED}
_ERRANDS: Mapping[Errand, Callable[[Viewer, Hierarchy, date], bool]] = {
    Errand.SEE_DEFINITIONS: lambda _viewer, _hierarchy, _on: True,
    Errand.SEE_COMPANY: lambda viewer, hierarchy, on: bool(
        viewer.roles & {Role.HR, Role.EXECUTIVE} or hierarchy.led_by(viewer.person_id, on)
    ),
    Errand.IMPORT_RECORDS: lambda viewer, _hierarchy, _on: Role.OPERATIONS in viewer.roles,
    Errand.MANAGE_USERS: lambda viewer, _hierarchy, _on: Role.ADMIN in viewer.roles,
    Errand.SEE_AS: lambda viewer, _hierarchy, _on: Role.ADMIN in viewer.roles,
}


def may(viewer: Viewer, action: Action, subject: str, hierarchy: Hierarchy, on: date) -> Decision:
    """Whether a viewer may do something to a person (`SEE_CARD`) or a team (the others) on a day."""
    if action is Action.SEE_CARD:
        return _CARD.get(hierarchy.relation(viewer.person_id, subject, on), DENIED)
    if subject not in hierarchy.teams(on):
        return DENIED
    return ALLOWED if _may_see_team(viewer, action, subject, hierarchy, on) else DENIED


def _may_see_team(viewer: Viewer, action: Action, team: str, hierarchy: Hierarchy, on: date) -> bool:
    members = hierarchy.members(team, on, on)
    leads = bool(members & hierarchy.led_by(viewer.person_id, on))
    if action is Action.SEE_TEAM_NAMES:
        return leads or Role.HR in viewer.roles
    if action is Action.SEE_TEAM_TOTAL:
        return leads or (bool(viewer.roles & {Role.HR, Role.EXECUTIVE}) and team in _told_in_total(hierarchy, on))
    return leads or Role.HR in viewer.roles or viewer.person_id in members


def _told_in_total(hierarchy: Hierarchy, on: date) -> frozenset[str]:
    """The teams whose totals may be shown to those who see the firm's: all but the small ones.

    Where these are few, the next smallest are kept back with them: what is left of the firm's total must not
    speak of one team alone, nor of fewer people than a small one has.
    """
    members = {team: hierarchy.members(team, on, on) for team in hierarchy.teams(on)}
    order = sorted(members, key=lambda team: (len(members[team]), team))
    hidden = [team for team in order if len(members[team]) < SMALLEST_GROUP]
    shown = order[len(hidden) :]
    while hidden and shown and (
        len(hidden) == 1 or len(frozenset().union(*(members[team] for team in hidden))) < SMALLEST_GROUP
    ):  # fmt: skip
        hidden.append(shown.pop(0))
    return frozenset(shown)


def whom(viewer: Viewer, action: Action, hierarchy: Hierarchy, on: date) -> frozenset[str]:
    """Every person or team a viewer may do something to on a day."""
    if action is Action.SEE_CARD:
        own = frozenset({viewer.person_id}) if viewer.person_id else frozenset()
        return own | hierarchy.led_by(viewer.person_id, on)
    led = hierarchy.led_by(viewer.person_id, on)
    found = {team for person in led for team in hierarchy.teams_of(person, on)}
    teams = hierarchy.teams(on)
    if action is Action.SEE_TEAM_TOTAL:
        if viewer.roles & {Role.HR, Role.EXECUTIVE}:
            found |= _told_in_total(hierarchy, on)
        return frozenset(found)
    if Role.HR in viewer.roles:
        found |= set(teams)
    if action is Action.SEE_TEAM and viewer.person_id:
        found |= hierarchy.teams_of(viewer.person_id, on)
    return frozenset(found)


def may_run(viewer: Viewer, errand: Errand, hierarchy: Hierarchy, on: date) -> bool:
    """Whether a viewer may do something that is about nobody in particular."""
    return _ERRANDS[errand](viewer, hierarchy, on)
