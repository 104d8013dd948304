"""What HR arranges for one case, and what there is about one person, for HR and for that person."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from courtside.services.answer_access_request import answer_access_request
from courtside.services.assign_case import assign_case, unassign_case
from courtside.services.hr_console_case import case_facts_for, case_page
from courtside.services.hr_console_person import person_page
from courtside.services.name_outside_approver import name_outside_approver
from courtside.services.refused import Refused
from courtside.services.step_up import StepUpNeeded
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseFacts, Errand
from courtside.web.hr.forms import ApproverForm, AssignForm
from courtside.web.policy import errand, signed_in, visiting


@errand(Errand.HANDLE_CASES)
@require_GET
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """The page of one case."""
    return _page(request, case_id)


@errand(Errand.HANDLE_CASES)
@require_POST
def case_assign(request: HttpRequest, case_id: str) -> HttpResponse:
    """Let an auditor read the case until a day."""
    visit = visiting(request)
    page = case_page(visit, case_id)
    form = AssignForm(request.POST, named=page.auditors)
    if not form.is_valid():
        return _page(request, case_id, refused="Choose an auditor, and a day to come.", status=400)
    told = form.cleaned_data
    return _tried(
        request, case_id, lambda visit, facts: assign_case(visit, facts, told["auditor"], told["until"]),
        "They may read this case until that day.",
    )  # fmt: skip


@errand(Errand.HANDLE_CASES)
@require_POST
def case_unassign(request: HttpRequest, case_id: str) -> HttpResponse:
    """An auditor reads the case no longer."""
    username = request.POST.get("auditor", "")
    return _tried(
        request, case_id, lambda visit, facts: unassign_case(visit, facts, username), "They read it no longer."
    )


@errand(Errand.HANDLE_CASES)
@require_POST
def case_approver(request: HttpRequest, case_id: str) -> HttpResponse:
    """Name an executive who approves in this case alone."""
    username = request.POST.get("executive", "")
    return _tried(
        request, case_id, lambda visit, facts: name_outside_approver(visit, facts, username),
        "Named. They may approve here once an auditor or administrator agrees to it.",
    )  # fmt: skip


@errand(Errand.HANDLE_CASES)
@require_GET
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """What HR can do for one person they look after."""
    return render(request, "courtside/hr/person.html", {"page": person_page(visiting(request), person_id)})


@errand(Errand.HANDLE_CASES)
@require_POST
def person_data(request: HttpRequest, person_id: str) -> HttpResponse:
    """Everything there is about one person, for them."""
    return _zip(visiting(request), person_id)


@signed_in
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """What one can ask for about oneself."""
    visit = visiting(request)
    if visit.viewer.person_id not in visit.hierarchy.names:
        raise NotFound
    retention = visit.standing.workspace.settings.retention
    return render(request, "courtside/hr/my_data.html", {"kept": retention, "person_id": visit.viewer.person_id})


@signed_in
@require_POST
def my_data_zip(request: HttpRequest) -> HttpResponse:
    """Everything there is about oneself."""
    visit = visiting(request)
    if visit.viewer.person_id is None:
        raise NotFound
    return _zip(visit, visit.viewer.person_id)


def _zip(visit: Visit, person_id: str) -> HttpResponse:
    pack = answer_access_request(visit, person_id)
    headers = {"Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "no-store"}
    return HttpResponse(pack, content_type="application/zip", headers=headers)


def _tried(request: HttpRequest, case_id: str, act: Callable[[Visit, CaseFacts], object], said: str) -> HttpResponse:
    """Do it and show the case; if it is refused, the page says why."""
    visit = visiting(request)
    facts, _ = case_facts_for(visit, case_id)
    try:
        act(visit, facts)
    except (NotFound, StepUpNeeded):
        raise
    except Refused as refused:
        return _page(request, case_id, refused=f"{refused.reason[:1].upper()}{refused.reason[1:]}.", status=400)
    messages.success(request, said)
    return redirect("hr_case", case_id=case_id)


def _page(request: HttpRequest, case_id: str, *, refused: str = "", status: int = 200) -> HttpResponse:
    page = case_page(visiting(request), case_id)
    told = {
        "page": page, "refused": refused, "assign": AssignForm(named=page.auditors),
        "approver": ApproverForm(named=page.executives),
    }  # fmt: skip
    return render(request, "courtside/hr/case.html", told, status=status)
