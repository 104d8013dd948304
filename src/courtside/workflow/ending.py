"""How a plan ends: goals judged, an outcome prepared by one and decided by another, a letter, and the file closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from courtside.workflow.actors import Illegal, Part, demand_words
from courtside.workflow.allowed import check_second
from courtside.workflow.effects import CalendarCancelled, DocumentWanted, Task, Tell
from courtside.workflow.events import Cancel, Close, Determine, FollowUpDelivered, Met, Outcome, PrepareDetermination
from courtside.workflow.record import Asked, Determination, Extension, Plan, State
from courtside.workflow.running import asked_hash, check_extension, longer
from courtside.workflow.step import Step, meetings, meetings_off, sign_key

LETTERS = {
    Outcome.RELEASED: "release",
    Outcome.NEW_PLAN: "new_plan",
    Outcome.REMOVED: "removed",
    Outcome.EXTENDED: "extension",
}
"""The letter that follows each outcome."""


def prepare(plan: Plan, event: PrepareDetermination, today: date) -> Step:
    """Every goal is judged and an outcome proposed, for a second person to decide. Raises Illegal."""
    demand_words(event.reason)
    _check_judged(plan, event)
    if why := why_not_outcome(plan, event.outcome, decisive_verdicts(plan, event)):
        raise Illegal(why)
    if event.outcome is not Outcome.RELEASED and today < plan.ends_on:
        raise Illegal(f"the period runs until {plan.last_on}; until then the person can only be released")
    _check_extension(plan, event, today)
    prepared = Determination(
        event.by.person, today, event.judged, event.outcome, event.reason, event.extend_to,
        tuple(sorted(event.check_ins)),
    )  # fmt: skip
    after = replace(
        plan,
        state=State.DETERMINING,
        determination=prepared,
        asked=None,
        asked_hash=asked_hash(plan, prepared),
    )
    effects = (DocumentWanted("determination", "draft"), Tell(Part.HR, Task.DECIDE))
    return Step(after, effects, {"asked_hash": after.asked_hash, "outcome": event.outcome})


def _check_judged(plan: Plan, event: PrepareDetermination) -> None:
    given, wanted = [one.goal for one in event.judged], [goal.key for goal in plan.content.goals]
    if sorted(given) != sorted(wanted):
        raise Illegal("every goal is judged, each once: met, not met, or cannot be told")


def decisive_verdicts(plan: Plan, event: PrepareDetermination) -> tuple[Met, ...]:
    """What was found of the goals that decide."""
    decisive = {goal.key for goal in plan.content.goals if goal.is_decisive}
    return tuple(one.verdict for one in event.judged if one.goal in decisive)


def why_not_outcome(plan: Plan, outcome: Outcome, verdicts: tuple[Met, ...]) -> str:
    """Why an outcome does not follow from what was found of the goals that decide; empty if it may.

    What cannot be told is held against nobody: it allows more time or a release, never a removal
    (METHODS 1.6).
    """
    if outcome is Outcome.REMOVED and not plan.is_formal:
        return "a coaching plan never ends with a removal"
    if outcome is Outcome.RELEASED:
        return ""
    if verdicts and all(one is Met.MET for one in verdicts):
        return "every goal that decides is met: the person is released"
    if outcome is Outcome.EXTENDED:
        return ""
    if Met.CANNOT_TELL in verdicts:
        return "of a goal that decides it cannot be told whether it is met: extend the plan, or release the person"
    if outcome is Outcome.REMOVED and Met.NOT_MET not in verdicts:
        return "no goal that decides was missed"
    return ""


def _check_extension(plan: Plan, event: PrepareDetermination, today: date) -> None:
    if event.outcome is not Outcome.EXTENDED:
        if event.extend_to is not None or event.check_ins:
            raise Illegal("a new end is named only where the plan is to be extended")
        return
    if event.extend_to is None:
        raise Illegal("say until when the plan is to be extended")
    check_extension(plan, event.extend_to, event.check_ins, today)


def determine(plan: Plan, event: Determine, today: date) -> Step:
    """A second person decides as prepared; extended, the plan goes on. Raises Illegal."""
    prepared = plan.determination
    if prepared is None:
        raise Illegal("no determination has been prepared")
    check_second(plan, event.by, prepared.prepared_by, *plan.authors)
    if event.asked_hash != plan.asked_hash:
        raise Illegal("what was prepared has changed since you saw it; look at it again")
    decided = replace(prepared, approved_by=event.by.person, approved_on=today)
    letters = (DocumentWanted("determination", "issued"), DocumentWanted(LETTERS[prepared.outcome], "issued"))
    told = (Tell(Part.MANAGER, Task.DO), Tell(Part.REP, Task.REVIEW))
    detail = {"outcome": prepared.outcome, "asked_hash": plan.asked_hash}
    if prepared.outcome is Outcome.EXTENDED:
        after = _extended(plan, decided, today)
        return Step(after, (*letters, *told, *meetings(after)), {**detail, "ends_on": after.ends_on.isoformat()})
    after = replace(plan, state=State.DETERMINED, determination=decided, asked_hash="")
    return Step(after, (*letters, *told, *meetings_off(plan)), detail)


def _extended(plan: Plan, decided: Determination, today: date) -> Plan:
    ends_on = decided.extend_to
    if ends_on is None or ends_on <= today or decided.approved_by is None:
        raise Illegal("the time asked for is past; prepare it anew")
    asked = Asked(decided.prepared_by, decided.prepared_on, ends_on, decided.check_ins, decided.reason)
    extension = Extension(asked, decided.approved_by, today, plan.ends_on)
    return replace(
        longer(plan, ends_on, decided.check_ins),
        state=State.ACTIVE,
        determination=None,
        earlier=(*plan.earlier, decided),
        asked_hash="",
        extensions=(*plan.extensions, extension),
    )


def follow_up(plan: Plan, event: FollowUpDelivered, today: date) -> Step:
    """The letter has reached the person. Raises Illegal."""
    if plan.follow_up_on is not None:
        raise Illegal(f"it reached them on {plan.follow_up_on}")
    if not event.document:
        raise Illegal("say which document reached them")
    return Step(replace(plan, follow_up_on=today), (Tell(Part.HR, Task.DO),), {"document": event.document})


def close(plan: Plan, _event: Close, today: date) -> Step:
    """Nothing is left to do. Raises Illegal."""
    if plan.follow_up_on is None:
        raise Illegal("the letter that follows has not reached the person yet")
    return Step(replace(plan, state=State.CLOSED, ended_on=today), (Tell(Part.REP, Task.KNOW),))


def cancel(plan: Plan, event: Cancel, today: date) -> Step:
    """The plan is given up; an improvement plan by HR or its author. Raises Illegal."""
    demand_words(event.reason)
    if plan.is_formal and event.by.part is not Part.HR and not event.by.person.is_same(plan.author):
        raise Illegal("an improvement plan is given up by HR or by who wrote it")
    told = tuple(Tell(part, Task.KNOW) for part in plan.content.wanted if plan.issued_on is not None)
    off = (CalendarCancelled(sign_key(plan)),) if plan.issued_on and plan.began_on is None else ()
    after = replace(plan, state=State.CANCELLED, paused_from=None, asked=None, asked_hash="", ended_on=today)
    return Step(after, (*off, *meetings_off(plan), *told), {"was": plan.state})
