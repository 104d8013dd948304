"""Each verb of a plan as a form and what it does once sent: one table for all the pages of doing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.http import HttpRequest

from courtside.services.approve_plan import approve_plan, return_plan
from courtside.services.begin_plan import begin_plan
from courtside.services.cancel_plan import cancel_plan
from courtside.services.close_plan import close_plan, deliver_follow_up
from courtside.services.determine_plan import determine_plan
from courtside.services.extend_plan import extend_plan, propose_extension
from courtside.services.hand_over_plan import hand_over_plan
from courtside.services.issue_plan import issue_plan
from courtside.services.pause_plan import pause_plan, resume_plan
from courtside.services.plan_escalations import answer_escalation
from courtside.services.plan_late import unanswered
from courtside.services.plan_owed import note_owed
from courtside.services.plan_page import letters
from courtside.services.plan_verbs import others_who_lead
from courtside.services.prepare_determination import Prepared, prepare_determination
from courtside.services.record_check_in import record_check_in
from courtside.services.submit_plan import submit_plan
from courtside.services.viewing import Visit
from courtside.web.plans import forms
from courtside.workflow.events import Leave, Outcome
from courtside.workflow.record import Plan

Make = Callable[[Visit, Plan, Any], django_forms.Form]


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the viewer, the plan's id, the version and the hash the page showed, and the fields."""

    visit: Visit
    plan_id: str
    seen: int | None
    shown: str
    told: Mapping[str, Any]
    request: HttpRequest


@dataclass(frozen=True, slots=True)
class Doing:
    """A verb's form, what it says before, what is done, and what is said afterwards."""

    form: Make
    do: Callable[[Sent], Plan]
    before: str
    after: str


def sent_of(request: HttpRequest, visit: Visit, plan_id: str, form: django_forms.Form) -> Sent:
    """What a request carries beside its form."""
    seen = request.POST.get("seen", "")
    return Sent(
        visit, plan_id, int(seen) if seen.isdecimal() and len(seen) < 9 else None, request.POST.get("shown", "")[:64],  # noqa: PLR2004
        form.cleaned_data, request,
    )  # fmt: skip


def shown_hash(plan: Plan, slug: str) -> str:
    """What an agreement is bound to: the content, or what is asked for."""
    return {"approve": plan.content_hash, "extend": plan.asked_hash, "determine": plan.asked_hash}.get(slug, "")


def _nothing(_visit: Visit, _plan: Plan, data: Any) -> django_forms.Form:
    return django_forms.Form(data)


def _why(_visit: Visit, _plan: Plan, data: Any) -> django_forms.Form:
    return forms.ReasonForm(data)


def _hand_over(visit: Visit, plan: Plan, data: Any) -> django_forms.Form:
    managers = [(one, visit.hierarchy.name(one)) for one in others_who_lead(visit, plan)]
    return forms.HandOverForm(data, managers=managers)


def _answer(visit: Visit, plan: Plan, data: Any) -> django_forms.Form:
    return forms.AnswerForm(data, late=[(one.key, one.words) for one in unanswered(visit, plan)])


def _letter(_visit: Visit, plan: Plan, data: Any) -> django_forms.Form:
    return forms.LetterForm(data, letters=letters(plan))


def _prepared(sent: Sent) -> Plan:
    told = sent.told
    wished = Prepared(Outcome(told["outcome"]), told["reason"], told["last_on"], told["check_ins"])
    return prepare_determination(sent.visit, sent.plan_id, wished, sent.seen)


def _checked_in(sent: Sent) -> Plan:
    from datetime import date  # noqa: PLC0415

    told = sent.told
    return record_check_in(
        sent.visit, sent.plan_id, date.fromisoformat(told["due_on"]), told["held_on"], told["notes"], seen=sent.seen
    )


DOINGS: Mapping[str, Doing] = {
    "submit": Doing(
        _nothing, lambda s: submit_plan(s.visit, s.plan_id, s.seen),
        "A second person reads it as it stands, and approves it or gives it back.", "It lies before a second person.",
    ),
    "approve": Doing(
        _nothing, lambda s: approve_plan(s.visit, s.plan_id, s.shown, s.request.session),
        "You agree to exactly what is shown here. Whatever is changed afterwards needs your approval anew.",
        "Approved, as it was shown to you.",
    ),
    "return": Doing(
        _why, lambda s: return_plan(s.visit, s.plan_id, s.told["reason"], s.seen),
        "What lies before you goes back to who wrote it, with your reason.", "Given back.",
    ),
    "issue": Doing(
        _nothing, lambda s: issue_plan(s.visit, s.plan_id, s.seen),
        "The plan becomes the person’s to read, and signatures are asked for. A signature says that it was received, "
        "not that anybody agrees.", "Issued. Everybody who signs is told.",
    ),
    "begin": Doing(
        _nothing, lambda s: begin_plan(s.visit, s.plan_id, s.seen),
        "The days of the plan count from now. If it begins late, all of it moves by the working days lost.",
        "The plan has begun.",
    ),
    "check-in": Doing(
        lambda v, p, data: forms.CheckInForm(data, plan=p, today=v.today), _checked_in,
        "What you write becomes a note that both of you sign.", "Recorded. The note is ready to sign.",
    ),
    "owed": Doing(
        lambda v, p, data: forms.OwedForm(data, plan=p, today=v.today),
        lambda s: note_owed(s.visit, s.plan_id, s.told["key"], s.told["done_on"], s.seen),
        "The person sees it in the plan, and can say if it is otherwise.", "Noted.",
    ),
    "pause": Doing(
        lambda _v, _p, data: forms.PauseForm(data),
        lambda s: pause_plan(s.visit, s.plan_id, Leave(s.told["leave"]), s.told["since"], s.seen),
        "Nothing falls due while the person is away. Nothing about health is asked for or kept.", "The plan rests.",
    ),
    "resume": Doing(
        _nothing, lambda s: resume_plan(s.visit, s.plan_id, s.seen),
        "The end, and what lies ahead, move by the working days the person was away.", "The plan goes on.",
    ),
    "more-time": Doing(
        lambda _v, _p, data: forms.MoreTimeForm(data),
        lambda s: propose_extension(
            s.visit, s.plan_id, s.told["last_on"], s.told["check_ins"], s.told["reason"], seen=s.seen
        ),
        "Somebody agrees to it before it holds; in an improvement plan somebody else.", "Asked for.",
    ),
    "extend": Doing(
        _nothing, lambda s: extend_plan(s.visit, s.plan_id, s.shown, s.request.session),
        "You agree to exactly what is asked for here.", "Agreed. The person is told.",
    ),
    "hand-over": Doing(
        _hand_over, lambda s: hand_over_plan(s.visit, s.plan_id, s.told["manager"], s.told["reason"], s.seen),
        "Before the plan has begun, this counts as writing it anew.", "Handed over.",
    ),
    "answer": Doing(
        _answer, lambda s: answer_escalation(s.visit, s.plan_id, s.told["key"], s.told["reason"], s.seen),
        "That something was late stays in the plan as a fact.", "Answered.",
    ),
    "prepare": Doing(
        lambda _v, p, data: forms.PrepareForm(data, plan=p), _prepared,
        "Every goal is judged from the records as they are now; what is found is kept with its figures. Where it "
        "cannot be told whether a goal is met, the plan is extended or the person released.",
        "Prepared. A second person decides.",
    ),
    "determine": Doing(
        _nothing, lambda s: determine_plan(s.visit, s.plan_id, s.shown, s.request.session),
        "You decide exactly as it is shown here. It is not a notice of termination.", "Decided. The letters go out.",
    ),
    "letter": Doing(
        _letter, lambda s: deliver_follow_up(s.visit, s.plan_id, s.told["document"], s.seen),
        "Say which letter has reached the person.", "Noted.",
    ),
    "close": Doing(
        _nothing, lambda s: close_plan(s.visit, s.plan_id, s.seen),
        "Nothing is left to do. The record is kept for as long as the firm has to.", "Closed.",
    ),
    "cancel": Doing(
        _why, lambda s: cancel_plan(s.visit, s.plan_id, s.told["reason"], s.seen),
        "The plan is given up. What has happened in it stays in the record.", "Given up.",
    ),
}  # fmt: skip
"""Every verb but writing anew, which has a page of its own."""
