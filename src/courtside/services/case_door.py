"""The door to cases: what one may not do does not exist, and looks that belong into the log are written there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from courtside.services.case_facts import completed, completed_all
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, Decision, cases, may_case


def open_case(
    visit: Visit, action: CaseAction, facts: CaseFacts, verb: str = "", detail: Mapping[str, Any] | None = None
) -> Decision:
    """Let a visit do something to a case, and write the look into the log where it belongs there.

    `verb` is what the log calls it, else the action itself. Raises NotFound, in the words of what does not exist.
    """
    known = completed(facts, visit.hierarchy, visit.today, visit.users())
    decision = may_case(visit.viewer, action, known, visit.hierarchy, visit.today)
    if not decision.is_allowed:
        raise NotFound
    if decision.is_logged or visit.viewer.is_read_only:
        from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

        told = {"person": facts.person_id, "case": facts.case_id, **(detail or {})}
        audit.write(audit.Act(visit.caller.clock(), visit.caller.who, verb or action.value, told))
    return decision


def may_open(visit: Visit, action: CaseAction, facts: CaseFacts) -> bool:
    """Whether a visit may do something to a case; nothing is written."""
    known = completed(facts, visit.hierarchy, visit.today, visit.users())
    return may_case(visit.viewer, action, known, visit.hierarchy, visit.today).is_allowed


def visible_cases(visit: Visit, action: CaseAction, all_facts: Collection[CaseFacts]) -> tuple[CaseFacts, ...]:
    """Those of many cases to which a visit may do something, completed, in their order."""
    if not all_facts:
        return ()
    known = completed_all(all_facts, visit.hierarchy, visit.today, visit.users())
    allowed = cases(visit.viewer, action, known, visit.hierarchy, visit.today)
    return tuple(one for one in known if one.case_id in allowed)
