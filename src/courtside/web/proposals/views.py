"""The pages of proposals: by due date for those who decide, and the evidence for the person it is about."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.check_proposal import check_proposal
from courtside.services.decide_proposal import decide_proposal
from courtside.services.proposal_page import decide_form, proposal_view, queue_for
from courtside.services.proposal_rows_page import rows_page
from courtside.services.proposal_stamps import deciders_page
from courtside.services.read_proposal_evidence import read_proposal_evidence
from courtside.services.refused import Refused
from courtside.services.step_up import StepUpNeeded, require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.web.policy import signed_in, visiting
from courtside.web.proposals.forms import DecisionForm

_LONGEST_PAGE = 6


@signed_in
@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer, the first due first."""
    return render(request, "courtside/proposals/proposals.html", {"queue": queue_for(visiting(request))})


@signed_in
@require_GET
def proposal_deciders(request: HttpRequest) -> HttpResponse:
    """How each decider decides, for HR and auditors."""
    return render(request, "courtside/proposals/deciders.html", {"stamps": deciders_page(visiting(request))})


@signed_in
@require_GET
def proposal(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """One proposal with its evidence."""
    view = proposal_view(visiting(request), proposal_id)
    return render(request, "courtside/proposals/proposal.html", {"view": view, "line": view.line})


@signed_in
@require_GET
def proposal_rows(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """The rows behind a proposal as they were frozen."""
    found = rows_page(visiting(request), proposal_id, _page(request))
    return render(request, "courtside/proposals/rows.html", {"found": found})


@signed_in
@require_POST
def proposal_check(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """Work the evidence out anew and ask for it again."""
    checked = check_proposal(visiting(request), proposal_id)
    if checked.is_same:
        messages.info(request, f"Checked in {checked.checks} ways: everything is as it was frozen, bit for bit.")
    for difference in checked.differences:
        messages.warning(request, f"{difference[:1].upper()}{difference[1:]}.")
    return redirect("proposal", proposal_id=proposal_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_decide(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """What is decided, and why; a fresh code of the second factor goes before an improvement plan."""
    visit = visiting(request)
    asked = decide_form(visit, proposal_id)
    form = DecisionForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, visit, proposal_id, form, takes_code=asked.takes_code)
        except (NotFound, StepUpNeeded):
            raise
        except Refused as refused:
            form.add_error(None, f"{refused.reason[:1].upper()}{refused.reason[1:]}.")
        else:
            return redirect("proposals")
    told = {"asked": asked, "view": asked.view, "line": asked.view.line, "form": form}
    return render(request, "courtside/proposals/decide.html", told, status=400 if form.errors else 200)


def _decide(request: HttpRequest, visit: Visit, proposal_id: str, form: DecisionForm, *, takes_code: bool) -> None:
    choice = form.choice()
    is_formal = takes_code and choice.outcome == "proceed"
    proof = require_fresh(visit, request.session) if is_formal else None
    plan = decide_proposal(visit, proposal_id, choice, proof)
    messages.info(request, "Decided. A draft of the plan waits for you." if plan else "Decided, with your reason.")


@signed_in
@require_GET
def to_read(request: HttpRequest, reading_id: str) -> HttpResponse:
    """The evidence for the person it is about."""
    found = read_proposal_evidence(visiting(request), reading_id, _page(request))
    return render(request, "courtside/proposals/to_read.html", {"reading": found})


def _page(request: HttpRequest) -> int:
    """The number of a page; the first for anything that is none."""
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_PAGE else 1
