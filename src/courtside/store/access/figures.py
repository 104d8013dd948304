"""Who may see whose figures: people's and teams', on which day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from courtside.records.hierarchy import Hierarchy, Relation
from courtside.store.access.viewer import ALLOWED, DENIED, LOGGED, Decision, Role, Viewer, led, relation_of

SMALLEST_GROUP = 5
"""Figures of fewer people than this are shown to nobody who may not see each of them."""


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


_CARD: Mapping[Relation, Decision] = {Relation.SELF: ALLOWED, Relation.DIRECT: ALLOWED, Relation.INDIRECT: LOGGED}


def may(viewer: Viewer, action: Action, subject: str, hierarchy: Hierarchy, on: date) -> Decision:
    """Whether a viewer may do something to a person (`SEE_CARD`) or a team (the others) on a day."""
    if action is Action.SEE_CARD:
        return _CARD.get(relation_of(viewer, subject, hierarchy, on), DENIED)
    if subject not in hierarchy.teams(on):
        return DENIED
    return ALLOWED if _may_see_team(viewer, action, subject, hierarchy, on) else DENIED


def _may_see_team(viewer: Viewer, action: Action, team: str, hierarchy: Hierarchy, on: date) -> bool:
    members = hierarchy.members(team, on, on)
    leads = bool(members & led(viewer, hierarchy, on))
    is_hr = viewer.is_hr_for(frozenset({team}))
    if action is Action.SEE_TEAM_NAMES:
        return leads or is_hr
    if action is Action.SEE_TEAM_TOTAL:
        return leads or ((is_hr or Role.EXECUTIVE in viewer.roles) and team in _told_in_total(hierarchy, on))
    return leads or is_hr or viewer.person_id in members


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
    people = led(viewer, hierarchy, on)
    if action is Action.SEE_CARD:
        return people | (frozenset({viewer.person_id}) if viewer.person_id else frozenset())
    found = {team for person in people for team in hierarchy.teams_of(person, on)}
    served = _teams_served(viewer, hierarchy, on)
    if action is Action.SEE_TEAM_TOTAL:
        told_of = frozenset(hierarchy.teams(on)) if Role.EXECUTIVE in viewer.roles else served
        return frozenset(found | (told_of & _told_in_total(hierarchy, on) if told_of else frozenset()))
    found |= served
    if action is Action.SEE_TEAM and viewer.person_id:
        found |= hierarchy.teams_of(viewer.person_id, on)
    return frozenset(found)


def _teams_served(viewer: Viewer, hierarchy: Hierarchy, on: date) -> frozenset[str]:
    """The teams a viewer is HR partner for."""
    if Role.HR not in viewer.roles:
        return frozenset()
    every = frozenset(hierarchy.teams(on))
    return every & viewer.units if viewer.units else every
