"""Refusing that an administrator sees one person's record: an HR partner says why."""

from __future__ import annotations

from courtside.services.break_glass_rules import detail_of, glass_for
from courtside.services.dispute_rules import checked_words
from courtside.services.four_eyes import refuse_unless_second
from courtside.services.hr_console_scope import require_handling
from courtside.services.refused import Refused
from courtside.services.tell_break_glass import tell_asker
from courtside.services.viewing import Visit


def refuse_break_glass(visit: Visit, opaque: str, reason: str) -> None:
    """Refuse, with a reason that whoever asked can read. Raises NotFound, Refused."""
    from courtside.store import audit, glass, outbox  # noqa: PLC0415  (Django stays out of start-up)

    found = glass_for(visit, opaque)
    require_handling(visit, found.person_id)
    refuse_unless_second(found.asked_by, visit.viewer.username, found.person_id, visit.hierarchy, visit.today)
    said, at = checked_words(reason, "a reason"), visit.caller.clock()
    decision = glass.Decision(visit.viewer.username, visit.viewer.person_id or "", at, said)
    with audit.together():
        if not glass.decide(opaque, glass.REFUSED, decision):
            raise Refused("somebody has decided this meanwhile")
        audit.write(audit.Act(at, visit.caller.who, "refuse_break_glass", detail_of(found)))
        outbox.settle(f"glass:{opaque}:", at)
        tell_asker(found, at)
