"""Agreeing to a duty that opens people's records, or refusing it: somebody else than who asked and who gets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from courtside.services.account_rules import account_of
from courtside.services.dispute_rules import checked_words
from courtside.services.duty_rules import seconds_for, tell_of_duty
from courtside.services.four_eyes import refuse_unless_second
from courtside.services.refused import Refused
from courtside.services.step_up import refuse_after_reset, require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand

if TYPE_CHECKING:
    from courtside.store.asked_duties import Asked


def agree_duty(visit: Visit, session: Mapping[str, Any], number: int) -> None:
    """Agree: from now on they have it. Raises NotFound, Refused, StepUpNeeded."""
    from courtside.store import accounts, asked_duties, audit, outbox  # noqa: PLC0415  (Django stays out of start-up)

    found = asked_for(visit, number)
    account = account_of(found.user_id)
    if not account.is_active:
        raise Refused(f"{account.username!r} can no longer sign in")
    refuse_unless_second(found.asked_by, visit.viewer.username, account.person_id, visit.hierarchy, visit.today)
    refuse_after_reset(visit)
    proof, at = require_fresh(visit, session), visit.caller.clock()
    with audit.together():
        if not asked_duties.agree(number, asked_duties.Decided(visit.viewer.username, visit.viewer.user_id, at)):
            raise Refused("somebody has decided this meanwhile")
        if not accounts.grant(found.user_id, found.role, found.asked_by, at, found.units):
            raise Refused(f"{account.username!r} has the duty {found.role.value!r} already")
        detail = {
            "user": account.username, "role": found.role.value, "teams": sorted(found.units),
            "from": "host" if found.is_from_host else "site", "auth": proof.method, "auth_age_s": proof.age_s,
        }  # fmt: skip
        audit.write(audit.Act(at, visit.caller.who, "agree_duty", detail))
        outbox.settle(f"duty:{number}:", at)
        tell_of_duty(found.user_id, found.role, at, visit.viewer.username)


def refuse_duty(visit: Visit, number: int, reason: str) -> None:
    """Refuse, with a reason: nobody gets anything. Raises NotFound, Refused."""
    from courtside.store import asked_duties, audit, outbox  # noqa: PLC0415

    found = asked_for(visit, number)
    said, at = checked_words(reason, "a reason"), visit.caller.clock()
    with audit.together():
        if not asked_duties.refuse(number, asked_duties.Decided(visit.viewer.username, visit.viewer.user_id, at, said)):
            raise Refused("somebody has decided this meanwhile")
        detail = {"user": account_of(found.user_id).username, "role": found.role.value}
        audit.write(audit.Act(at, visit.caller.who, "refuse_duty", detail))
        outbox.settle(f"duty:{number}:", at)


def asked_for(visit: Visit, number: int) -> Asked:
    """A duty that waits, for those who can decide it. Raises NotFound."""
    from courtside.store import asked_duties  # noqa: PLC0415

    found = asked_duties.asked(number)
    if found is None or not may_decide(visit, found):
        raise NotFound
    return found


def may_decide(visit: Visit, found: Asked) -> bool:
    """Whether the viewer is of those who can agree; who asked and who gets it cannot."""
    if visit.viewer.is_read_only or not visit.may_run(Errand.AGREE_DUTY):
        return False
    could = seconds_for(found.user_id, is_from_host=found.is_from_host)
    return visit.viewer.username != found.asked_by and visit.viewer.user_id in {one.user_id for one in could}
