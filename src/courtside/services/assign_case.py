"""Letting one auditor read one case, until a day."""

from __future__ import annotations

from datetime import date

from courtside.services.account_rules import account_named
from courtside.services.case_door import open_case
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, Role


def assign_case(visit: Visit, facts: CaseFacts, username: str, until: date) -> None:
    """Let an auditor read a case until a day, included; an HR partner who handles it may. Raises NotFound, Refused."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    _refuse_unless_handling(visit, facts)
    auditor = account_named(username)
    if Role.AUDITOR not in auditor.roles or not auditor.is_active:
        raise Refused(f"{username!r} is no auditor; a case is assigned to somebody with that duty")
    if username == visit.viewer.username or (auditor.person_id and auditor.person_id == facts.person_id):
        raise Refused("an auditor is neither the person a case is about nor whoever assigns it")
    if until < visit.today:
        raise Refused(f"the last day, {until}, is over; name a day to come")
    at = visit.caller.clock()
    with audit.together():
        naming.assign(facts.case_id, username, until, visit.caller.who, at)
        detail = {"case": facts.case_id, "user": username, "until": until.isoformat()}
        audit.write(audit.Act(at, visit.caller.who, "assign_case", detail))


def unassign_case(visit: Visit, facts: CaseFacts, username: str) -> None:
    """Let an auditor read a case no longer. Raises NotFound."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    _refuse_unless_handling(visit, facts)
    at = visit.caller.clock()
    with audit.together():
        if not naming.unassign(facts.case_id, username, visit.caller.who, at):
            raise NotFound
        detail = {"case": facts.case_id, "user": username}
        audit.write(audit.Act(at, visit.caller.who, "unassign_case", detail))


def _refuse_unless_handling(visit: Visit, facts: CaseFacts) -> None:
    """Raises NotFound for everybody but an HR partner who handles the case and does not look through other eyes."""
    if visit.viewer.is_read_only:
        raise NotFound
    open_case(visit, CaseAction.SEE_FILE, facts)
