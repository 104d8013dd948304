"""Who may do what to a case, as a table: in which capacity, for which kind, before and after it is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from courtside.store.access.case import HANDED_OUT, CaseAction, CaseKind, Stage


class Capacity(StrEnum):
    """What somebody is to a case that is about somebody else."""

    AUTHOR = "author"
    """The person's manager, who wrote the plan."""
    DIRECT = "direct"
    """The person's manager, or who stands in for them."""
    INDIRECT = "indirect"
    """Somebody further up."""
    APPROVER = "approver"
    """Somebody further up who is named to approve, or an executive from outside agreed on for this case."""
    HR = "hr"
    """An HR partner for the person's team, and no neighbour of a person who is HR partner too."""
    AUDITOR = "auditor"
    ASSIGNED = "assigned"
    """An auditor the case is assigned to."""


_SEE = frozenset({Capacity.DIRECT, Capacity.APPROVER, Capacity.HR, Capacity.ASSIGNED})
_ALWAYS: Mapping[CaseAction, frozenset[Capacity]] = {
    CaseAction.SEE_PROPOSAL: frozenset({Capacity.DIRECT, Capacity.APPROVER, Capacity.HR, Capacity.AUDITOR}),
    CaseAction.DECIDE_PROPOSAL: frozenset({Capacity.DIRECT, Capacity.HR}),
    CaseAction.SEE_FILE: frozenset({Capacity.HR}),
    CaseAction.SEE_REPLAY_NAMES: frozenset({Capacity.HR}),
}
"""What is the same for every kind and stage."""
_BY_MANAGER = frozenset({Capacity.DIRECT})
_COACHING: Mapping[CaseAction, frozenset[Capacity]] = {
    **_ALWAYS,
    CaseAction.SEE_PLAN: _SEE | {Capacity.INDIRECT},
    CaseAction.READ_STATEMENT: _SEE | {Capacity.INDIRECT},
    CaseAction.EDIT_PLAN: _BY_MANAGER,
    CaseAction.APPROVE_PLAN: _BY_MANAGER,
    CaseAction.ISSUE_PLAN: _BY_MANAGER,
    CaseAction.SIGN: _BY_MANAGER,
    CaseAction.CHECK_IN: _BY_MANAGER,
    CaseAction.DETERMINE: _BY_MANAGER,
    CaseAction.APPROVE_DETERMINATION: _BY_MANAGER,
}
"""A coaching plan is the manager's."""
_WRITERS = frozenset({Capacity.AUTHOR, Capacity.HR})
_SECOND = frozenset({Capacity.APPROVER, Capacity.HR})
_IMPROVEMENT_DRAFT: Mapping[CaseAction, frozenset[Capacity]] = {
    **_ALWAYS,
    CaseAction.SEE_PLAN: frozenset({Capacity.AUTHOR, Capacity.APPROVER, Capacity.HR, Capacity.ASSIGNED}),
    CaseAction.EDIT_PLAN: _WRITERS,
    CaseAction.ISSUE_PLAN: _WRITERS,
    CaseAction.APPROVE_PLAN: _SECOND,
}
_LED = frozenset({Capacity.DIRECT, Capacity.HR})
_IMPROVEMENT_ISSUED: Mapping[CaseAction, frozenset[Capacity]] = {
    **_ALWAYS,
    CaseAction.SEE_PLAN: _SEE,
    CaseAction.READ_STATEMENT: _SEE,
    CaseAction.EDIT_PLAN: frozenset({Capacity.HR}),
    CaseAction.APPROVE_PLAN: _SECOND,
    CaseAction.SIGN: _LED,
    CaseAction.CHECK_IN: _LED,
    CaseAction.DETERMINE: _LED,
    CaseAction.APPROVE_DETERMINATION: _SECOND,
}
TAKES_TWO = frozenset({CaseAction.APPROVE_PLAN, CaseAction.APPROVE_DETERMINATION})
"""What in an improvement plan is done by somebody else than the author, and no report of the author."""


def capacities_for(kind: CaseKind, stage: Stage, action: CaseAction) -> frozenset[Capacity]:
    """In which capacities an action is open; none for what is open to nobody but the person."""
    if kind == CaseKind.COACHING:
        return _COACHING.get(action, frozenset())
    table = _IMPROVEMENT_ISSUED if stage in HANDED_OUT else _IMPROVEMENT_DRAFT
    return table.get(action, frozenset())
