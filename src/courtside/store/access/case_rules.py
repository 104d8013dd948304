"""Whether one viewer may do one thing to one case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from courtside.records.hierarchy import Hierarchy, Relation
from courtside.store.access.case import HANDED_OUT, READING, TOLD, WHEN, CaseAction, CaseFacts, CaseKind
from courtside.store.access.case_table import TAKES_TWO, Capacity, capacities_for
from courtside.store.access.viewer import ALLOWED, DENIED, LOGGED, Decision, Role, Viewer, relation_of


def may_case(viewer: Viewer, action: CaseAction, facts: CaseFacts, hierarchy: Hierarchy, on: date) -> Decision:
    """Whether a viewer may do something to a case on a day, and whether having done it belongs into the log.

    Source: TRUST 2.1 (the table), 2.2 rules 3 to 5 (former managers, confidentiality, conflicts), 2.3 (four eyes).
    """
    if facts.stage not in WHEN[action] or (viewer.is_read_only and action not in READING):
        return DENIED
    if viewer.person_id and viewer.person_id == facts.person_id:
        return _told(action, facts) if _is_open_to_the_person(viewer, action, facts) else DENIED
    if is_barred(viewer, facts.person_id, hierarchy, on):
        return DENIED
    if action is CaseAction.WITNESS:
        is_named = viewer.username in facts.witnesses
        return ALLOWED if is_named and not _is_part_of(viewer, facts) else DENIED
    if action is CaseAction.SEE_COPY:
        return _told(action, facts) if viewer.username in facts.signers else DENIED
    held = frozenset(capacities(viewer, facts, hierarchy, on))
    if not held & capacities_for(facts.kind, facts.stage, action):
        return DENIED
    if action is CaseAction.SIGN and viewer.username not in facts.parties:
        return DENIED
    takes_two = action in TAKES_TWO and facts.kind == CaseKind.IMPROVEMENT
    if takes_two and not _is_second(viewer, action, facts, hierarchy, on):
        return DENIED
    if action in READING and not held & {Capacity.DIRECT}:
        return LOGGED
    return _told(action, facts)


def _is_part_of(viewer: Viewer, facts: CaseFacts) -> bool:
    """Whether somebody wrote or signed it, or is the plan's manager: they attest no delivery."""
    is_manager = viewer.person_id is not None and viewer.person_id == facts.manager_id
    return is_manager or viewer.username in facts.signers | {facts.author}


def is_barred(viewer: Viewer, person_id: str, hierarchy: Hierarchy, on: date) -> bool:
    """Whether a person is above the viewer, or the viewer has a declared conflict of interest with them."""
    above = hierarchy.above(viewer.person_id, on) if viewer.person_id else frozenset()
    return person_id in viewer.conflicts or person_id in above


def capacities(viewer: Viewer, facts: CaseFacts, hierarchy: Hierarchy, on: date) -> Iterator[Capacity]:
    """What a viewer is to a case about somebody else."""
    relation = relation_of(viewer, facts.person_id, hierarchy, on)
    if relation is Relation.DIRECT:
        yield Capacity.DIRECT
        if viewer.username in facts.editors | {facts.author}:
            yield Capacity.AUTHOR
    if relation is Relation.INDIRECT:
        yield Capacity.INDIRECT
        if facts.approver == viewer.username:
            yield Capacity.APPROVER
    if Role.EXECUTIVE in viewer.roles and viewer.username in facts.outside_approvers:
        yield Capacity.APPROVER
    if _is_hr(viewer, facts, hierarchy, on):
        yield Capacity.HR
    if Role.AUDITOR in viewer.roles:
        yield Capacity.AUDITOR
        if viewer.username in facts.assigned_auditors:
            yield Capacity.ASSIGNED


def _is_hr(viewer: Viewer, facts: CaseFacts, hierarchy: Hierarchy, on: date) -> bool:
    """Whether a viewer is HR partner for a case; that of an HR partner goes to another unit."""
    if facts.subject_hr_units is None:
        return viewer.is_hr_for(facts.units)
    if Role.HR not in viewer.roles or (viewer.person_id and hierarchy.teams_of(viewer.person_id, on) & facts.units):
        return False
    shares = not facts.subject_hr_units or bool(viewer.units & facts.subject_hr_units)
    return not (viewer.units and shares)


def _is_second(viewer: Viewer, action: CaseAction, facts: CaseFacts, hierarchy: Hierarchy, on: date) -> bool:
    """Whether a viewer is a second pair of eyes: not who wrote or prepared it, no report of the author."""
    wrote = facts.editors | {facts.author}
    if action is CaseAction.APPROVE_DETERMINATION:
        wrote |= {facts.preparer}
    if not facts.author or viewer.username in wrote:
        return False
    return not (facts.author_id and is_barred(viewer, facts.author_id, hierarchy, on))


def _is_open_to_the_person(viewer: Viewer, action: CaseAction, facts: CaseFacts) -> bool:
    """What is open to the person a case is about: nothing before it is decided, or handed out."""
    if action is CaseAction.SEE_PROPOSAL:
        return facts.stage in TOLD
    if action is CaseAction.SIGN:
        return viewer.username in facts.parties
    if action is CaseAction.SEE_COPY:
        return viewer.username in facts.signers
    open_to_them = {CaseAction.SEE_PLAN, CaseAction.READ_STATEMENT, CaseAction.WRITE_STATEMENT}
    return action in open_to_them and facts.stage in HANDED_OUT


def _told(action: CaseAction, facts: CaseFacts) -> Decision:
    """Allowed; a look at an improvement plan is always written down."""
    return LOGGED if action in READING and facts.kind == CaseKind.IMPROVEMENT else ALLOWED
