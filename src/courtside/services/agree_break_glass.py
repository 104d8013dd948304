"""Agreeing that an administrator sees one person's record for an hour: an HR partner does, with a fresh code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from courtside.services.break_glass_rules import LASTS, detail_of, glass_for, is_too_old, why_not_hold
from courtside.services.dispute_rules import checked_words
from courtside.services.four_eyes import refuse_unless_second
from courtside.services.hr_console_scope import require_handling
from courtside.services.refused import Refused
from courtside.services.step_up import refuse_after_reset, require_fresh
from courtside.services.tell_break_glass import tell_asker, tell_person
from courtside.services.viewing import Visit


@dataclass(frozen=True, slots=True)
class Agreement:
    """Why HR agrees; `told_on` holds back the notice to the person until that day, for `hold_reason`."""

    reason: str
    told_on: date | None = None
    hold_reason: str = ""


def agree_break_glass(visit: Visit, session: Mapping[str, Any], opaque: str, agreement: Agreement) -> None:
    """Agree: from now on, for an hour, whoever asked may look. Raises NotFound, Refused, StepUpNeeded."""
    from courtside.store import audit, glass, outbox  # noqa: PLC0415  (Django stays out of start-up)

    found = glass_for(visit, opaque)
    require_handling(visit, found.person_id)
    refuse_unless_second(found.asked_by, visit.viewer.username, found.person_id, visit.hierarchy, visit.today)
    if is_too_old(visit, found):
        raise Refused("nobody agreed to this for a week; whoever asked can ask again")
    said = checked_words(agreement.reason, "a reason")
    if why := why_not_hold(agreement.told_on, agreement.hold_reason, visit.today):
        raise Refused(why)
    held = checked_words(agreement.hold_reason, "why the notice is held back") if agreement.told_on else ""
    refuse_after_reset(visit)
    proof, at = require_fresh(visit, session), visit.caller.clock()
    decision = glass.Decision(
        visit.viewer.username, visit.viewer.person_id or "", at, said, at + LASTS, agreement.told_on, held,
        proof.method, proof.age_s,
    )  # fmt: skip
    with audit.together():
        if not glass.decide(opaque, glass.AGREED, decision):
            raise Refused("somebody has decided this meanwhile")
        detail = {
            **detail_of(found), "until": (at + LASTS).isoformat(), "auth": proof.method, "auth_age_s": proof.age_s,
            **({"told_on": agreement.told_on.isoformat()} if agreement.told_on else {}),
        }  # fmt: skip
        audit.write(audit.Act(at, visit.caller.who, "agree_break_glass", detail))
        outbox.settle(f"glass:{opaque}:", at)
        tell_asker(found, at)
        if agreement.told_on is None:
            tell_person(found, at)
