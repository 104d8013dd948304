"""Releasing a legal hold takes two: one asks for it with a reason, another releases it with a fresh code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from courtside.services.dispute_rules import checked_words
from courtside.services.hr_console_scope import hold_case, refuse_unless_second_here, require_handling, tell_partners
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit

if TYPE_CHECKING:
    from courtside.store.retention import Hold


def ask_release(visit: Visit, number: int, reason: str) -> None:
    """Ask for a hold's release; another HR partner decides. Raises NotFound, Refused."""
    from courtside.store import audit, retention  # noqa: PLC0415  (Django stays out of start-up)

    hold = _standing(number)
    require_handling(visit, hold.person_id)
    said, at = checked_words(reason, "a reason"), visit.caller.clock()
    second = retention.Second(visit.viewer.username, visit.viewer.person_id or "", at, said)
    with audit.together():
        if not retention.ask_release(number, second):
            raise Refused("the release of this hold has been asked for already; somebody else decides")
        audit.write(audit.Act(at, visit.caller.who, "ask_release", _detail(hold)))
        tell_partners(visit, f"hold:{number}:{int(at.timestamp())}", "/hr/holds/", hold.person_id)


def keep_hold(visit: Visit, number: int) -> None:
    """The release is not given, or no longer asked for: the hold goes on. Raises NotFound, Refused."""
    from courtside.store import audit, retention  # noqa: PLC0415

    hold = _standing(number)
    require_handling(visit, hold.person_id)
    with audit.together():
        if not retention.keep_hold(number):
            raise Refused("nobody asks for this hold's release any more")
        audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "keep_hold", _detail(hold)))


def release_hold(visit: Visit, session: Mapping[str, Any], number: int) -> None:
    """Release a hold that somebody else asked to have released. Raises NotFound, Refused, StepUpNeeded."""
    from courtside.services.step_up import require_fresh  # noqa: PLC0415
    from courtside.store import audit, retention  # noqa: PLC0415

    hold = _standing(number)
    if not hold.release_asked_by:
        raise NotFound
    refuse_unless_second_here(visit, hold.release_asked_by, hold.person_id, hold_case(hold))
    proof, at = require_fresh(visit, session), visit.caller.clock()
    with audit.together():
        second = retention.Second(visit.viewer.username, visit.viewer.person_id or "", at)
        if not retention.release(number, second):
            raise Refused("this hold was released or kept by somebody else meanwhile")
        detail = {**_detail(hold), "auth": proof.method, "auth_age_s": proof.age_s}
        audit.write(audit.Act(at, visit.caller.who, "release_hold", detail))


def _standing(number: int) -> Hold:
    from courtside.store import retention  # noqa: PLC0415

    hold = retention.hold(number)
    if hold is None or hold.released_at is not None:
        raise NotFound
    return hold


def _detail(hold: Hold) -> dict[str, Any]:
    return {"hold": hold.number, "person": hold.person_id, **({"case": hold.case_id} if hold.case_id else {})}
