"""Asking to see one person's record: an administrator says why, and HR decides."""

from __future__ import annotations

from courtside.services.break_glass_rules import WAITS
from courtside.services.dispute_rules import checked_words
from courtside.services.hr_console_scope import tell_partners
from courtside.services.refused import Refused, unknown
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Action, Errand, may
from courtside.store.access.case_rules import is_barred


def ask_break_glass(visit: Visit, person_id: str, reason: str) -> str:
    """Ask to see a person's card and the rows behind it for an hour; the opaque id of the request.

    The HR partners who look after the person are told. Raises NotFound for who is no administrator, and Refused for
    a person nobody knows, one the administrator may see anyway or is close to, and while the same waits or stands.
    """
    from courtside.store import audit, glass  # noqa: PLC0415  (Django stays out of start-up)

    viewer, at = visit.viewer, visit.caller.clock()
    if viewer.is_read_only or not visit.may_run(Errand.ASK_GLASS):
        raise NotFound
    if person_id not in visit.hierarchy.names:
        raise unknown("person", person_id, visit.hierarchy.names)
    if may(viewer, Action.SEE_CARD, person_id, visit.hierarchy, visit.today).is_allowed:
        raise Refused("you may see that record without asking")
    if is_barred(viewer, person_id, visit.hierarchy, visit.today):
        raise Refused("it is about somebody above you, or with whom you have a conflict of interest; another asks")
    said = checked_words(reason, "a reason")
    own = [one for one in glass.about(person_id) if one.asked_by == viewer.username]
    if any(one.is_open(at) or (not one.outcome and at < one.asked_at + WAITS) for one in own):
        raise Refused("you have asked for that already; it waits or stands open")
    with audit.together():
        opaque = glass.ask(person_id, said, viewer.username, viewer.person_id or "", at)
        audit.write(audit.Act(at, visit.caller.who, "ask_break_glass", {"person": person_id, "glass": opaque}))
        tell_partners(visit, f"glass:{opaque}", f"/glass/{opaque}/", person_id)
    return opaque
