"""Declaring a conflict of interest with somebody, and ending one: by an HR partner it is not about."""

from __future__ import annotations

from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand


def person_called(visit: Visit, words: str) -> str:
    """The id of the one person of an id or a whole name; empty if there is none, or several. Names no others."""
    wanted = " ".join(words.split())
    if wanted in visit.hierarchy.names:
        return wanted
    found = [one for one, name in visit.hierarchy.names.items() if name.casefold() == wanted.casefold()]
    return found[0] if len(found) == 1 else ""


def declare_conflict(visit: Visit, person_id: str) -> None:
    """Note that the viewer will not handle anything about a person: a relative, a partner, a dispute of their own.

    Why is not asked: nobody has to tell. Raises Refused.
    """
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    viewer = visit.viewer
    if viewer.is_read_only:
        raise NotFound
    if person_id == viewer.person_id:
        raise Refused("what is about yourself you never handle; there is nothing to declare")
    if person_id not in visit.hierarchy.names:
        raise Refused("nobody of that name or number is in the records")
    at = visit.caller.clock()
    with audit.together():
        if not naming.declare(viewer.username, person_id, visit.caller.who, at):
            raise Refused("this is declared already")
        audit.write(audit.Act(at, visit.caller.who, "declare_conflict", {"user": viewer.username}))


def may_end_conflicts(visit: Visit) -> bool:
    """Whether a visit may end declared conflicts: HR partners, of those not their own."""
    return visit.may_run(Errand.HANDLE_CASES)


def end_conflict(visit: Visit, number: int) -> None:
    """End a declared conflict. Raises NotFound, and Refused for one's own: it was declared to bind oneself."""
    from courtside.store import audit, naming  # noqa: PLC0415  (Django stays out of start-up)

    found = naming.conflict(number)
    if found is None or visit.viewer.is_read_only or not may_end_conflicts(visit):
        raise NotFound
    own = visit.viewer.person_id
    if found.username == visit.viewer.username or (own and own == found.person_id):
        raise Refused("this conflict is your own; another HR partner can end it")
    at = visit.caller.clock()
    with audit.together():
        if not naming.end_conflict(number, visit.caller.who, at):
            raise NotFound
        detail = {"number": number, "user": found.username}
        audit.write(audit.Act(at, visit.caller.who, "end_conflict", detail))
