"""The set of all cases a viewer may do something to: the rules once more, by sets instead of one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from courtside.records.hierarchy import Hierarchy
from courtside.store.access.case import HANDED_OUT, READING, TOLD, WHEN, CaseAction, CaseFacts, CaseKind
from courtside.store.access.case_table import TAKES_TWO, Capacity, capacities_for
from courtside.store.access.viewer import Role, Viewer, led_directly

_OWN = frozenset({CaseAction.SEE_PLAN, CaseAction.READ_STATEMENT, CaseAction.WRITE_STATEMENT})


@dataclass(frozen=True, slots=True)
class _Sight:
    """Whom a viewer stands in which relation to on a day: ids of people, and names of their own teams."""

    above: frozenset[str]
    direct: frozenset[str]
    indirect: frozenset[str]
    teams: frozenset[str]


def cases(
    viewer: Viewer, action: CaseAction, all_facts: Iterable[CaseFacts], hierarchy: Hierarchy, on: date
) -> frozenset[str]:
    """The ids of all cases a viewer may do something to on a day."""
    if viewer.is_read_only and action not in READING:
        return frozenset()
    live = {one for one in all_facts if one.stage in WHEN[action]}
    own = {one for one in live if viewer.person_id and one.person_id == viewer.person_id}
    sight = _sight(viewer, hierarchy, on)
    others = {one for one in live - own if one.person_id not in sight.above | viewer.conflicts}
    found = _own(viewer, action, own) | _of_others(viewer, action, others, sight)
    return frozenset(one.case_id for one in found)


def _sight(viewer: Viewer, hierarchy: Hierarchy, on: date) -> _Sight:
    own = viewer.person_id or ""
    direct = led_directly(own, hierarchy, on) if own else frozenset()
    for manager in viewer.stands_in_for(on):
        direct |= led_directly(manager, hierarchy, on)
    return _Sight(
        hierarchy.above(own, on) if own else frozenset(),
        direct,
        hierarchy.led_by(own, on) - direct,
        hierarchy.teams_of(own, on) if own else frozenset(),
    )


def _own(viewer: Viewer, action: CaseAction, own: set[CaseFacts]) -> set[CaseFacts]:
    if action is CaseAction.SEE_PROPOSAL:
        return {one for one in own if one.stage in TOLD}
    if action is CaseAction.SIGN:
        return {one for one in own if viewer.username in one.parties}
    if action is CaseAction.SEE_COPY:
        return {one for one in own if viewer.username in one.signers}
    return {one for one in own if one.stage in HANDED_OUT} if action in _OWN else set()


def _of_others(viewer: Viewer, action: CaseAction, others: set[CaseFacts], sight: _Sight) -> set[CaseFacts]:
    name = viewer.username
    if action is CaseAction.WITNESS:
        named = {one for one in others if name in one.witnesses}
        apart = {one for one in named if name not in one.signers and name != one.author}
        return {one for one in apart if one.manager_id != viewer.person_id}
    if action is CaseAction.SEE_COPY:
        return {one for one in others if name in one.signers}
    found: set[CaseFacts] = set()
    for capacity in Capacity:
        held = _held(viewer, capacity, others, sight)
        found |= {one for one in held if capacity in capacities_for(one.kind, one.stage, action)}
    if action is CaseAction.SIGN:
        found = {one for one in found if name in one.parties}
    if action in TAKES_TWO:
        found -= {one for one in found if one.kind == CaseKind.IMPROVEMENT and _is_theirs(viewer, action, one, sight)}
    return found


def _held(viewer: Viewer, capacity: Capacity, others: set[CaseFacts], sight: _Sight) -> set[CaseFacts]:
    """The cases in which a viewer has a capacity."""
    name = viewer.username
    match capacity:
        case Capacity.DIRECT:
            return {one for one in others if one.person_id in sight.direct}
        case Capacity.AUTHOR:
            wrote = {one for one in others if name == one.author or name in one.editors}
            return {one for one in wrote if one.person_id in sight.direct}
        case Capacity.INDIRECT:
            return {one for one in others if one.person_id in sight.indirect}
        case Capacity.APPROVER:
            named = {one for one in others if one.approver == name and one.person_id in sight.indirect}
            return named | (
                {one for one in others if name in one.outside_approvers} if Role.EXECUTIVE in viewer.roles else set()
            )
        case Capacity.HR:
            return _handled(viewer, others, sight) if Role.HR in viewer.roles else set()
        case Capacity.AUDITOR:
            return others if Role.AUDITOR in viewer.roles else set()
        case Capacity.ASSIGNED:
            mine = Role.AUDITOR in viewer.roles
            return {one for one in others if mine and name in one.assigned_auditors}


def _handled(viewer: Viewer, others: set[CaseFacts], sight: _Sight) -> set[CaseFacts]:
    """The cases of the teams an HR partner is for, and those of HR partners of other units."""
    plain = {one for one in others if one.subject_hr_units is None}
    partners = {one for one in others - plain if not one.units & sight.teams}
    if not viewer.units:
        return plain | partners
    apart = {one for one in partners if one.subject_hr_units and not one.subject_hr_units & viewer.units}
    return {one for one in plain if one.units & viewer.units} | apart


def _is_theirs(viewer: Viewer, action: CaseAction, one: CaseFacts, sight: _Sight) -> bool:
    """Whether a viewer wrote or prepared it, or answers to its author."""
    if not one.author or viewer.username == one.author or viewer.username in one.editors:
        return True
    if action is CaseAction.APPROVE_DETERMINATION and viewer.username == one.preparer:
        return True
    return bool(one.author_id) and one.author_id in sight.above | viewer.conflicts
