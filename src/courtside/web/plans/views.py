"""The pages of plans: a person's own, those of a team, one plan, and a page for every step in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.edit_plan import edit_plan
from courtside.services.open_plan import may_open_by_hand, open_plan
from courtside.services.plan_content import PlanWritten, as_written, usual_days, weighed
from courtside.services.plan_effects import may_see_effect, pooled_sentences
from courtside.services.plan_goals import choices
from courtside.services.plan_list import my_plans, people_to_plan_for, plans_of_others
from courtside.services.plan_page import PlanPage, plan_page
from courtside.services.plan_rules import door_to, known_plan, may_plan
from courtside.services.plan_statement import write_statement
from courtside.services.plan_verbs import actor_at, verb_named, why_not
from courtside.services.refused import Refused
from courtside.services.step_up import StepUpNeeded, require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction
from courtside.web.plans.doing import DOINGS, sent_of, shown_hash
from courtside.web.plans.drawing import drawn_goals
from courtside.web.plans.forms import AccountForm, PlanForm
from courtside.web.policy import signed_in, visiting
from courtside.workflow.record import Plan

_BOTH = ["GET", "HEAD", "POST"]


@signed_in
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """The viewer's own plans."""
    visit = visiting(request)
    told = {"lines": my_plans(visit), "leads": bool(people_to_plan_for(visit)), "worked": may_see_effect(visit)}
    return render(request, "courtside/plans/plans.html", told)


@signed_in
@require_GET
def plans_team(request: HttpRequest) -> HttpResponse:
    """The plans of others in the viewer's sight, by what waits first."""
    visit = visiting(request)
    told = {
        "lines": plans_of_others(visit), "people": people_to_plan_for(visit), "worked": may_see_effect(visit)
    }  # fmt: skip
    return render(request, "courtside/plans/team.html", told)


@signed_in
@require_GET
def plans_worked(request: HttpRequest) -> HttpResponse:
    """What plans gained together beyond what would have come anyway."""
    return render(request, "courtside/plans/worked.html", {"sentences": pooled_sentences(visiting(request))})


@signed_in
@require_http_methods(_BOTH)
def plan_new(request: HttpRequest, person_id: str) -> HttpResponse:
    """A coaching plan by hand."""
    visit = visiting(request)
    if not may_open_by_hand(visit, person_id):
        raise NotFound
    form = PlanForm(request.POST or None, choices=choices(visit), written=usual_days(visit.today))
    told: dict[str, Any] = {"form": form, "name": visit.hierarchy.name(person_id), "is_new": True}
    written = _written(request, visit, person_id, form, told)
    if written is not None:
        try:
            return redirect("plan", plan_id=open_plan(visit, person_id, written))
        except NotFound:
            raise
        except Refused as refused:
            _complain(form, refused)
    return _form_page(request, form, told)


@signed_in
@require_GET
def plan(request: HttpRequest, plan_id: str) -> HttpResponse:
    """One plan."""
    return _page(request, plan_page(visiting(request), plan_id), AccountForm())


@signed_in
@require_GET
def plan_sheet(request: HttpRequest, plan_id: str) -> HttpResponse:
    """The whole plan as a sheet to print."""
    page = plan_page(visiting(request), plan_id)
    return render(request, "courtside/plans/sheet.html", {"page": page, "goals": drawn_goals(page.goals)})


@signed_in
@require_POST
def plan_account(request: HttpRequest, plan_id: str) -> HttpResponse:
    """The person's own account, put beside the plan."""
    visit = visiting(request)
    form = AccountForm(request.POST)
    if form.is_valid():
        write_statement(visit, plan_id, form.cleaned_data["account"])
        messages.info(request, "It is kept, and is printed with the plan.")
        return redirect("plan", plan_id=plan_id)
    return _page(request, plan_page(visit, plan_id), form, status=400)


@signed_in
@require_http_methods(_BOTH)
def plan_do(request: HttpRequest, plan_id: str, slug: str) -> HttpResponse:
    """One step: what it means, and what has to be written; sent back, it is taken."""
    visit, verb = visiting(request), verb_named(slug)
    now = known_plan(plan_id)
    door = door_to(visit, now)
    if actor_at(door, verb) is None:
        raise NotFound
    if request.method != "POST" and (why := why_not(door, verb)):
        raise Refused(why)
    if slug == "edit":
        return _edit(request, visit, now)
    if verb.is_second and now.is_formal:
        require_fresh(visit, request.session)
    doing = DOINGS[slug]
    form = doing.form(visit, now, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            doing.do(sent_of(request, visit, plan_id, form))
        except (NotFound, StepUpNeeded):
            raise
        except Refused as refused:
            _complain(form, refused)
        else:
            messages.info(request, doing.after)
            return redirect("plan", plan_id=plan_id) if _still_seen(visit, plan_id) else redirect("plans")
    told = {
        "page": plan_page(visit, plan_id), "verb": verb, "doing": doing, "form": form, "shown": shown_hash(now, slug),
        "seen": now.version,
    }  # fmt: skip
    return render(request, "courtside/plans/do.html", told, status=400 if request.method == "POST" else 200)


def _edit(request: HttpRequest, visit: Visit, now: Plan) -> HttpResponse:
    form = PlanForm(request.POST or None, choices=choices(visit), written=as_written(visit, now))
    told: dict[str, Any] = {
        "form": form, "name": visit.hierarchy.name(now.person_id), "seen": now.version, "plan_id": now.id,
        "voids": now.issued_on is not None or now.approval is not None,
    }  # fmt: skip
    written = _written(request, visit, now.person_id, form, told)
    if written is not None:
        seen = request.POST.get("seen", "")
        try:
            edit_plan(visit, now.id, written, int(seen) if seen.isdecimal() and len(seen) < 9 else None)  # noqa: PLR2004
        except NotFound:
            raise
        except Refused as refused:
            _complain(form, refused)
        else:
            messages.info(request, "Written anew. What was approved or signed before holds no longer.")
            return redirect("plan", plan_id=now.id)
    return _form_page(request, form, told)


def _written(
    request: HttpRequest, visit: Visit, person_id: str, form: PlanForm, told: dict[str, Any]
) -> PlanWritten | None:
    """The plan to be kept; None for one that is not, or that is only to be looked at: then what is said of its goals
    is put with the page."""
    if request.method != "POST" or not form.is_valid():
        return None
    written = form.written()
    if "look" not in request.POST:
        return written
    try:
        told["weighed"] = weighed(visit, person_id, written)
    except Refused as refused:
        _complain(form, refused)
    return None


def _form_page(request: HttpRequest, form: PlanForm, told: Mapping[str, Any]) -> HttpResponse:
    return render(request, "courtside/plans/write.html", told, status=400 if form.errors else 200)


def _page(request: HttpRequest, page: PlanPage, account: AccountForm, status: int = 200) -> HttpResponse:
    told = {"page": page, "goals": drawn_goals(page.goals), "account": account}
    return render(request, "courtside/plans/plan.html", told, status=status)


def _complain(form: django_forms.Form, refused: Refused) -> None:
    form.add_error(None, f"{refused.reason[:1].upper()}{refused.reason[1:]}.")
    for line in refused.lines[:10]:
        form.add_error(None, line)


def _still_seen(visit: Visit, plan_id: str) -> bool:
    """Whether the plan's page is still there for whoever took the step."""
    return may_plan(visit, CaseAction.SEE_PLAN, known_plan(plan_id))
