"""Whom an HR partner looks after: the one door to holds, erasures and access requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.case_door import may_open
from courtside.services.four_eyes import refuse_unless_second
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction, CaseFacts, CaseKind, Role, Stage

if TYPE_CHECKING:
    from courtside.store.retention import Hold


def handles(visit: Visit, person_id: str) -> bool:
    """Whether the viewer would handle a case of this person: an HR partner in scope whom it does not concern."""
    if Role.HR not in visit.viewer.roles:
        return False
    return may_open(visit, CaseAction.SEE_FILE, CaseFacts("", CaseKind.IMPROVEMENT, Stage.CLOSED, person_id))


def require_handling(visit: Visit, person_id: str) -> None:
    """Raises NotFound for anybody else, through others' eyes, and for a person nobody knows."""
    if visit.viewer.is_read_only or person_id not in visit.hierarchy.names or not handles(visit, person_id):
        raise NotFound


def require_hr(visit: Visit) -> None:
    """Raises NotFound for anybody without the duty. Through an HR partner's eyes pages are read, nothing done."""
    if Role.HR not in visit.viewer.roles:
        raise NotFound


def is_second(visit: Visit, subject: str, case_id: str) -> bool:
    """Whether the viewer is of those who may be the second: HR partners in scope, or the executive agreed upon.

    What is about nobody in particular is for HR partners of the whole firm.
    """
    if visit.viewer.is_read_only:
        return False
    if Role.HR in visit.viewer.roles:
        return handles(visit, subject) if subject else not visit.viewer.units
    from courtside.store import naming  # noqa: PLC0415  (Django stays out of start-up)

    named = naming.outside_of(case_id)
    return named is not None and bool(named.agreed_by) and named.username == visit.viewer.username


def refuse_unless_second_here(visit: Visit, first: str, subject: str, case_id: str) -> None:
    """Let in only a second pair of eyes for what `first` asked for. Raises NotFound, and Refused with the reason."""
    if not is_second(visit, subject, case_id):
        raise NotFound
    refuse_unless_second(first, visit.viewer.username, subject, visit.hierarchy, visit.today)


def hold_case(hold: Hold) -> str:
    """What an outside approver of a hold's release is named for."""
    return f"HOLD{hold.number:08}"


def tell_partners(visit: Visit, key: str, path: str, subject: str) -> int:
    """Tell every other HR partner who looks after somebody that a decision waits, in the open transaction."""
    from courtside.store import accounts, outbox  # noqa: PLC0415  (Django stays out of start-up)

    units = visit.hierarchy.teams_of(subject, visit.today) if subject else frozenset()
    others = [
        one
        for one in accounts.accounts()
        if one.is_active
        and Role.HR in one.roles
        and one.username != visit.viewer.username
        and (not one.units or one.units & units)
        and one.person_id != (subject or None)
    ]
    tasks = (outbox.Task("decision", f"{key}:{one.user_id}", path, user_id=one.user_id) for one in others)
    return sum(outbox.enqueue(task, visit.caller.clock()) for task in tasks)
