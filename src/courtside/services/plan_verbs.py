"""What can be done to a plan on its page: each verb with its address, its door, and whether it can be done now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from courtside.services.approve_plan import returning
from courtside.services.determine_plan import determining
from courtside.services.extend_plan import extending
from courtside.services.hand_over_plan import handing_over
from courtside.services.issue_plan import issuing
from courtside.services.plan_late import unanswered
from courtside.services.plan_rules import Door
from courtside.services.plan_step import LEADING, SECOND, Asked
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction
from courtside.workflow import events as e
from courtside.workflow.actors import Actor, Part
from courtside.workflow.allowed import FORMAL, INFORMAL, STATES
from courtside.workflow.plan import may
from courtside.workflow.record import Plan, State

Probe = Callable[[Plan, Actor, date], e.Event]


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done: the last part of its address, its button, and what it takes.

    `probe` makes the step itself where nothing has to be written first; `is_second`: it needs a fresh code where the
    plan is an improvement plan.
    """

    slug: str
    label: str
    kind: type[Any]
    asked: Callable[[Plan], Asked]
    probe: Probe | None = None
    is_second: bool = False


def _always(action: CaseAction, parts: tuple[Part, ...] = LEADING) -> Callable[[Plan], Asked]:
    return lambda _plan: Asked(action, parts)


VERBS: tuple[Verb, ...] = (
    Verb("edit", "Write anew", e.Edit, _always(CaseAction.EDIT_PLAN)),
    Verb("submit", "Put before a second person", e.SubmitForApproval, _always(CaseAction.EDIT_PLAN),
         lambda _plan, by, _today: e.SubmitForApproval(by)),
    Verb("approve", "Approve", e.Approve, _always(CaseAction.APPROVE_PLAN, SECOND),
         lambda plan, by, _today: e.Approve(by, plan.content_hash), is_second=True),
    Verb("return", "Give back", e.Return, returning, lambda _plan, by, _today: e.Return(by, "reason")),
    Verb("issue", "Issue", e.Issue, issuing, lambda _plan, by, _today: e.Issue(by)),
    Verb("begin", "Begin", e.Begin, _always(CaseAction.CHECK_IN), lambda _plan, by, _today: e.Begin(by)),
    Verb("check-in", "Record a check-in", e.RecordCheckIn, _always(CaseAction.CHECK_IN)),
    Verb("owed", "Note what was done", e.NoteOwed, _always(CaseAction.CHECK_IN)),
    Verb("pause", "Let it rest", e.Pause, _always(CaseAction.CHECK_IN)),
    Verb("resume", "Go on", e.Resume, _always(CaseAction.CHECK_IN), lambda _plan, by, _today: e.Resume(by)),
    Verb("more-time", "Ask for more time", e.ProposeExtension, _always(CaseAction.CHECK_IN)),
    Verb("extend", "Agree to more time", e.Extend, extending,
         lambda plan, by, _today: e.Extend(by, plan.asked_hash), is_second=True),
    Verb("hand-over", "Hand over", e.Handover, handing_over),
    Verb("answer", "Answer what is late", e.AnswerEscalation, _always(CaseAction.SEE_PLAN, (Part.HR,))),
    Verb("prepare", "Prepare a determination", e.PrepareDetermination, _always(CaseAction.DETERMINE)),
    Verb("determine", "Decide", e.Determine, determining,
         lambda plan, by, _today: e.Determine(by, plan.asked_hash), is_second=True),
    Verb("letter", "Note that the letter arrived", e.FollowUpDelivered, _always(CaseAction.SEE_PLAN)),
    Verb("close", "Close", e.Close, _always(CaseAction.SEE_PLAN), lambda _plan, by, _today: e.Close(by)),
    Verb("cancel", "Give the plan up", e.Cancel, _always(CaseAction.SEE_PLAN),
         lambda _plan, by, _today: e.Cancel(by, "reason")),
)  # fmt: skip
"""Every step a person takes on a plan's own pages; signatures are made on those of its documents."""
BY_SLUG = {one.slug: one for one in VERBS}
AS_FRESH = 0
"""Whether a step could be taken is asked as if the code had just been typed in."""


def offered(door: Door) -> Iterator[Verb]:
    """The verbs the viewer could take now."""
    for one in VERBS:
        if not why_not(door, one):
            yield one


def why_not(door: Door, verb: Verb) -> str:
    """Why a step cannot be taken by the viewer now; empty if it can, as far as can be told before it is written."""
    actor, plan, today = actor_at(door, verb), door.plan, door.visit.today
    if actor is None:
        return "it is not yours to do"
    if plan.state not in STATES[verb.kind] or actor.part not in (FORMAL if plan.is_formal else INFORMAL)[verb.kind]:
        return "it cannot be done as the plan stands"
    if verb.probe is not None:
        return may(plan, verb.probe(plan, actor, today), today)
    return _nothing_there(door.visit, plan, verb)


def actor_at(door: Door, verb: Verb) -> Actor | None:
    """The viewer as who they would take a step; None for somebody to whom it does not exist."""
    asked = verb.asked(door.plan)
    if door.visit.viewer.is_read_only or not door.may(asked.action):
        return None
    try:
        return door.actor(asked.parts, AS_FRESH if door.plan.is_formal and verb.is_second else None)
    except NotFound:
        return None


def _nothing_there(visit: Visit, plan: Plan, verb: Verb) -> str:
    """Why there is nothing to do it with."""
    if verb.slug in _SLUGS_OF_LISTS:
        return _SLUGS_OF_LISTS[verb.slug](visit, plan)
    if verb.slug == "letter" and plan.follow_up_on is not None:
        return "the letter has reached them"
    if verb.slug == "more-time" and plan.asked is not None:
        return "more time is asked for already"
    if verb.slug == "prepare" and plan.state is State.DETERMINING:
        return "it is prepared; give it back to prepare it anew"
    return ""


def others_who_lead(visit: Visit, plan: Plan) -> tuple[str, ...]:
    """Who leads the person directly today and does not lead the plan."""
    return tuple(sorted(visit.hierarchy.managers_of(plan.person_id, visit.today) - {plan.manager_id, plan.person_id}))


_SLUGS_OF_LISTS: Mapping[str, Callable[[Visit, Plan], str]] = {
    "check-in": lambda _visit, plan: (
        "every check-in has been held" if all(one.held_on for one in plan.check_ins) else ""
    ),
    "owed": lambda _visit, plan: "everything owed is done" if all(one.done_on for one in plan.owed) else "",
    "answer": lambda visit, plan: "" if unanswered(visit, plan) else "nothing is late",
    "hand-over": lambda visit, plan: "" if others_who_lead(visit, plan) else "nobody else leads them by the records",
}
"""Why there is nothing to choose from in the forms that offer a list."""


def verb_named(slug: str) -> Verb:
    """The verb of an address. Raises NotFound."""
    if slug not in BY_SLUG:
        raise NotFound
    return BY_SLUG[slug]
