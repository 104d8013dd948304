"""What plans, their states and their steps are called on pages: plain, and the same for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from courtside.analysis.wording import amount, between, day, percent, rounded
from courtside.workflow.actors import Part
from courtside.workflow.content import Goal, Kind
from courtside.workflow.effects import Task
from courtside.workflow.events import Leave, Met, Outcome
from courtside.workflow.record import Plan, Signed, State

KINDS: Mapping[Kind, str] = {Kind.COACHING: "Coaching plan", Kind.IMPROVEMENT: "Improvement plan"}
STATES: Mapping[State, str] = {
    State.DRAFT: "being written",
    State.APPROVED: "approved, not yet issued",
    State.ISSUED: "issued, to be signed",
    State.ACTIVE: "under way",
    State.PAUSED: "resting while the person is away",
    State.DETERMINING: "a determination is prepared",
    State.DETERMINED: "determined",
    State.CLOSED: "closed",
    State.CANCELLED: "given up",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.RELEASED: "Released from the plan",
    Outcome.NEW_PLAN: "A new plan follows",
    Outcome.REMOVED: "Removed from the role",
    Outcome.EXTENDED: "Extended",
}
VERDICTS: Mapping[Met, str] = {
    Met.MET: "met",
    Met.NOT_MET: "not met",
    Met.CANNOT_TELL: "cannot be told",
}
LEAVES: Mapping[Leave, str] = {
    Leave.LEAVE: "Leave",
    Leave.SICK: "Sick leave",
    Leave.PARENTAL: "Parental leave",
    Leave.OTHER: "Away for another reason",
}
PARTS: Mapping[Part, str] = {
    Part.REP: "the person",
    Part.MANAGER: "the manager",
    Part.HR: "HR",
    Part.APPROVER: "the approver",
    Part.WITNESS: "a witness",
    Part.SYSTEM: "the rule",
}
SIGNED: Mapping[Signed, str] = {
    Signed.SIGNED: "signed",
    Signed.COMMENT: "signed with a comment",
    Signed.DECLINED: "declined to sign",
    Signed.PAPER: "signed on paper",
}
TASKS: Mapping[Task, str] = {
    Task.REVIEW: "Read a document",
    Task.SIGN: "Sign",
    Task.APPROVE: "Approve, or give back",
    Task.PREPARE_MEETING: "Check-in",
    Task.HOLD_MEETING: "Hold the check-in",
    Task.DO: "Do what is owed",
    Task.DECIDE: "Decide",
    Task.KNOW: "Take note",
}


def head_words(plan: Plan, today: date) -> str:
    """How far a plan has come: `day 23 of 60`, or when it begins, or that it is over."""
    total = (plan.ends_on - plan.starts_on).days
    if plan.ended_on is not None:
        return f"ended on {day(plan.ended_on)}"
    if today < plan.starts_on or plan.began_on is None:
        return f"{total} days from {day(plan.starts_on)}"
    gone = (today - plan.starts_on).days + 1
    return f"day {gone} of {total}" if gone <= total else f"its {total} days ended on {day(plan.last_on)}"


def target_words(goal: Goal) -> str:
    """What a goal asks for: `at least 69 over the period`, `at least 56 %`."""
    side = "at most" if goal.direction.value == "down" else "at least"
    shown = amount(goal.target, goal.unit)
    return f"{side} {shown}" if goal.unit.value == "percent" else f"{side} {shown} over the whole period"


def then_words(goal: Goal) -> str:
    """The figure as it stood when the plan was written, with its range."""
    if goal.figure is None:
        return "not known"
    span = between(goal.figure.low, goal.figure.high, goal.unit)
    return (
        f"{amount(goal.figure.value, goal.unit)} of {rounded(goal.figure.n)} ({span})"
        if _is_rate(goal)
        else (f"{amount(goal.figure.value, goal.unit)} in the half year before ({span})")
    )


def reach_words(goal: Goal) -> str:
    """How many peers sustained it."""
    if goal.share_of_peers is None:
        return "It is not known how many peers sustained this."
    return f"{percent(goal.share_of_peers, 2)} of the peers did this in the half year before."


def _is_rate(goal: Goal) -> bool:
    return goal.unit.value == "percent"
