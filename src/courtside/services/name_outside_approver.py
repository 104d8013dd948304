"""Where one HR partner is alone: an executive approves in one case, named by the one and agreed to by another."""

from __future__ import annotations

from courtside.services.account_rules import account_named
from courtside.services.case_door import open_case
from courtside.services.case_facts import completed
from courtside.services.four_eyes import refuse_unless_second
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, Role, may_case

_AGREE = frozenset({Role.AUDITOR, Role.ADMIN})
"""Who may agree: they learn the name of the executive and a number that tells them nothing."""


def name_outside_approver(visit: Visit, facts: CaseFacts, username: str) -> None:
    """Name an executive who approves in this case alone; it counts once somebody else agrees.

    Only an HR partner who handles the case may, and only while no other one could approve. Raises NotFound, Refused.
    """
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    if visit.viewer.is_read_only:
        raise NotFound
    open_case(visit, CaseAction.SEE_FILE, facts)
    found = account_named(username)
    if Role.EXECUTIVE not in found.roles or not found.is_active:
        raise Refused(f"{username!r} is no executive; where one HR partner is alone, an executive approves")
    if username == visit.viewer.username:
        raise Refused("nobody names themself")
    if others := _others_who_could(visit, facts):
        raise Refused(f"another HR partner can approve this: {', '.join(others)}; an executive is for when nobody can")
    refuse_unless_second(facts.author, username, facts.person_id, visit.hierarchy, visit.today)
    at = visit.caller.clock()
    with audit.together():
        naming.name_outside(facts.case_id, username, visit.caller.who, at)
        detail = {"case": facts.case_id, "user": username}
        audit.write(audit.Act(at, visit.caller.who, "name_outside_approver", detail))


def agree_outside_approver(visit: Visit, case_id: str, username: str) -> None:
    """Agree that an executive approves in a case; an auditor or administrator may. Raises NotFound, Refused."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    found = naming.outside_of(case_id)
    if visit.viewer.is_read_only or not visit.viewer.roles & _AGREE:
        raise NotFound
    if found is None or found.username != username or found.agreed_by:
        raise NotFound
    if visit.viewer.username in (found.named_by, found.username):
        raise Refused("whoever named them, and they themself, cannot agree to it; somebody else does")
    at = visit.caller.clock()
    with audit.together():
        if not naming.agree_outside(case_id, username, visit.caller.who, at):
            raise NotFound
        detail = {"case": case_id, "user": username}
        audit.write(audit.Act(at, visit.caller.who, "agree_outside_approver", detail))


def _others_who_could(visit: Visit, facts: CaseFacts) -> tuple[str, ...]:
    """The other HR partners who could approve this case, by user name."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    known, found = completed(facts, visit.hierarchy, visit.today, visit.users()), []
    for one in visit.users():
        if not one.is_active or Role.HR not in one.roles or one.username in (visit.viewer.username, facts.author):
            continue
        viewer = accounts.viewer_of(one.user_id)
        if viewer and may_case(viewer, CaseAction.SEE_FILE, known, visit.hierarchy, visit.today).is_allowed:
            found.append(one.username)
    return tuple(found)
