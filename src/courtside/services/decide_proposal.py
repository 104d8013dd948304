"""Deciding a proposal: a named person who has read the evidence goes on, coaches, declines or waits, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from courtside.services.proposal_days import Had, had
from courtside.services.proposal_decided import Decided
from courtside.services.proposal_deciders import key_of
from courtside.services.proposal_evidence import thawed
from courtside.services.proposal_fairness import Foreseen, foresee, sees_groups
from courtside.services.proposal_rights import require_decider
from courtside.services.proposal_stamps import note_stamps
from courtside.services.refused import Refused, unknown
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.services.step_up import Proof
    from courtside.store.proposals import Decision, Proposal

FEWEST_WORDS = 6
LONGEST_REASON = 2_000
MOST_DEFERRED = timedelta(days=92)
"""Longer than a quarter nothing is put off: by then there are other figures."""
OUTCOMES: Mapping[str, Mapping[str, str]] = {
    "improvement_plan": {
        "proceed": "Go on to an improvement plan: a draft that a second person approves",
        "coach": "Coach instead: a coaching plan",
        "decline": "Decline: nothing follows",
        "defer": "Put it off until a day",
    },
    "coaching_plan": {
        "proceed": "Go on to a coaching plan",
        "decline": "Decline: nothing follows",
        "defer": "Put it off until a day",
    },
}
"""What can be decided of a proposal of each kind, in words."""
_OPENS = {("improvement_plan", "proceed"): "improvement", ("improvement_plan", "coach"): "coaching",
          ("coaching_plan", "proceed"): "coaching"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose, why, and until when where it is put off."""

    outcome: str
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What the decider had in front of them."""

    had: Had
    foreseen: Foreseen
    looked_at: datetime


def decide_proposal(visit: Visit, proposal_id: str, choice: Choice, proof: Proof | None = None) -> str:
    """Decide a proposal; the id of the plan that follows, empty if none does.

    `proof` is a fresh second factor, needed for an improvement plan. Raises NotFound for those who may not decide (the
    person it is about among them), Refused with the reason; then nothing has changed.
    """
    from courtside.store import audit, outbox, proposals  # noqa: PLC0415  (Django stays out of start-up)

    found = require_decider(visit, proposal_id)
    _check(visit, found, choice)
    now, opens = visit.caller.clock(), _OPENS.get((found.kind, choice.outcome), "")
    before = _standpoint(visit, found)
    _refuse_early_plan(visit, found, opens, before, proof)
    made = _decision(visit, found, choice, opens, before, proof, now)
    with audit.together():
        plan = _open_plan(visit, found, made, proof) if opens else ""
        if not proposals.decide(made, plan):
            raise Refused("somebody else decided this meanwhile; look at it again")
        outbox.settle(key_of(found), now)
        if choice.outcome == proposals.DECLINE:
            answer = outbox.Task("answer", f"to-read:{found.reading_id}:answer", f"/to-read/{found.reading_id}/",
                                 found.person_id)  # fmt: skip
            outbox.enqueue(answer, now)
        audit.write(audit.Act(now, visit.caller.who, "decide_proposal", _detail(found, made, plan)))
        note_stamps(visit.viewer, now)
    return plan


def standpoint_for(visit: Visit, proposal: Proposal) -> tuple[Had, Foreseen]:
    """What a decision is checked against: whether the person has had the evidence, and the fairness preview.

    The form showed the preview and wrote that down; the decision keeps what it says now.
    """
    return had(visit.standing.workspace, visit.caller, proposal), foresee(visit, proposal, is_look=False)


def why_no_plan(visit: Visit, proposal: Proposal, opens: str, known: Had, foreseen: Foreseen) -> str:
    """Why no plan may follow from a proposal now; empty if one may. Source: METHODS 1.6 (6), (9) and (10)."""
    from courtside.store.disputes import disputed_people  # noqa: PLC0415
    from courtside.store.proposals import ENOUGH_DAYS  # noqa: PLC0415

    if not known.is_had:
        return (
            "the person has not opened the evidence yet, and only "
            f"{known.days_passed} of their working days have passed since it was offered; wait for {ENOUGH_DAYS}"
        )
    if proposal.person_id in disputed_people():
        return "a dispute about their records is open; wait until it is decided"
    if opens == "improvement" and foreseen.holds and not sees_groups(visit):
        return "the fairness preview asks HR to look first; an HR partner decides this one"
    return ""


def _check(visit: Visit, found: Proposal, choice: Choice) -> None:
    allowed = OUTCOMES[found.kind]
    if choice.outcome not in allowed:
        raise unknown("outcome", choice.outcome, allowed)
    checked_reason(choice.reason)
    if (choice.outcome == "defer") != (choice.until is not None):
        raise Refused("a day belongs to what is put off, and to nothing else")
    if choice.until is not None and not visit.today < choice.until <= visit.today + MOST_DEFERRED:
        last = visit.today + MOST_DEFERRED
        raise Refused(f"{choice.until} cannot be the day: choose one after today and by {last}")


def checked_reason(text: str) -> str:
    """A reason, trimmed. Raises Refused for fewer than six words, too many letters or unprintable ones."""
    words = " ".join(text.split())
    if len(words.split()) < FEWEST_WORDS:
        raise Refused(f"write why, in at least {FEWEST_WORDS} words of your own")
    if len(words) > LONGEST_REASON or not words.isprintable():
        raise Refused(f"a reason may have up to {LONGEST_REASON:,} printable characters")
    return words


def _standpoint(visit: Visit, found: Proposal) -> Standpoint:
    from courtside.store import proposals  # noqa: PLC0415

    looked_at = proposals.look_of(found.id, visit.viewer.username)
    if looked_at is None:
        raise Refused("open the evidence first: whoever decides has read it themself")
    return Standpoint(*standpoint_for(visit, found), looked_at)


def _refuse_early_plan(visit: Visit, found: Proposal, opens: str, before: Standpoint, proof: Proof | None) -> None:
    if not opens:
        return
    if why := why_no_plan(visit, found, opens, before.had, before.foreseen):
        raise Refused(why)
    if opens == "improvement" and proof is None:
        raise Refused("going on to an improvement plan takes a fresh code of your second factor, on the site")


def _decision(  # noqa: PLR0913  (one argument a source)
    visit: Visit, found: Proposal, choice: Choice, opens: str, before: Standpoint, proof: Proof | None, now: datetime
) -> Decision:
    from courtside.store.proposals import Decision  # noqa: PLC0415

    seconds = max(int((now - before.looked_at).total_seconds()), 0)
    return Decision(
        found.id, found.person_id, choice.outcome, opens, checked_reason(choice.reason), visit.viewer.username,
        visit.viewer.person_id or "", now, before.looked_at, seconds, before.had.offered_at, before.had.opened_at,
        before.had.days_passed, before.foreseen.kept, before.foreseen.holds, choice.until, found.weakened_on,
        proof.method if proof and opens == "improvement" else "",
        proof.age_s if proof and opens == "improvement" else None,
    )  # fmt: skip


def _open_plan(visit: Visit, found: Proposal, made: Decision, proof: Proof | None) -> str:
    """The plan that follows, made by those who keep plans, in the same transaction."""
    from courtside.services.open_plan import open_plan_from  # noqa: PLC0415  (plans know of proposals)

    decided = Decided(
        found.id, made.opens, found.person_id, made.decided_by, made.decider_id, made.reason, found.rule,
        found.rule_version, found.metric, found.evidence_sha256, thawed(found.evidence), found.weakened_on, made.at,
        proof,
    )  # fmt: skip
    return open_plan_from(visit, decided)


def _detail(found: Proposal, made: Decision, plan: str) -> dict[str, object]:
    return {
        "case": found.id, "person": found.person_id, "outcome": made.outcome, "plan": plan,
        "evidence": found.evidence_sha256, "seconds": made.seconds, "days_passed": made.days_passed,
        "offered_at": made.offered_at.isoformat(), "opened_at": made.opened_at and made.opened_at.isoformat(),
        "fairness_holds": made.fairness_holds, "until": made.deferred_until and made.deferred_until.isoformat(),
        "weakened_on": made.weakened_on and made.weakened_on.isoformat(), "auth": made.method, "auth_age_s": made.age_s,
    }  # fmt: skip
