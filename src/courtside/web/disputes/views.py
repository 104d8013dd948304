"""The pages of disputes: opened by whom a figure is about, decided by operations, told to both."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.decide_dispute import Mend, accept_dispute, decline_dispute
from courtside.services.dispute_rules import deciding
from courtside.services.disputes_page import decide_form, dispute_view, disputes_for, read_notice, unread_for
from courtside.services.open_dispute import Place, disputable, open_dispute
from courtside.services.refused import Refused
from courtside.services.upload_preview import check_free
from courtside.services.viewing import NotFound, Visit, served
from courtside.services.withdraw_dispute import withdraw_dispute
from courtside.store.access import Errand
from courtside.web.disputes.forms import AcceptForm, ClaimForm, DeclineForm
from courtside.web.policy import errand, signed_in, visiting


@signed_in
@require_GET
def disputes(request: HttpRequest) -> HttpResponse:
    """The disputes in the viewer's sight, and what they have not been told yet."""
    visit = visiting(request)
    told = {
        "lines": disputes_for(visit), "notices": unread_for(visit), "decides": visit.may_run(Errand.IMPORT_RECORDS)
    }  # fmt: skip
    return render(request, "courtside/disputes/disputes.html", told)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_new(request: HttpRequest, person_id: str, metric: str) -> HttpResponse:
    """What is wrong with a row behind a number; sent back, the dispute is open."""
    visit, asked = visiting(request), request.GET
    place = Place(
        person_id, metric, asked.get("grain", ""), asked.get("period", ""), asked.get("table", "").replace(" ", "_"),
        asked.get("row", ""),
    )  # fmt: skip
    found = disputable(visit, place)
    form = ClaimForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            number = open_dispute(visit, place, form.cleaned_data["claim"], form.cleaned_data["words"])
        except NotFound:
            raise
        except Refused as refused:
            form.add_error(None, f"{refused.reason.capitalize()}.")
        else:
            messages.info(request, "The dispute is open. Operations decide it, and you will be told here.")
            return redirect("dispute", number=number)
    told = {"found": found, "form": form, "back": _back(place)}
    return render(request, "courtside/disputes/new.html", told, status=400 if form.errors else 200)


@signed_in
@require_GET
def dispute(request: HttpRequest, number: int) -> HttpResponse:
    """One dispute."""
    return render(request, "courtside/disputes/dispute.html", {"dispute": dispute_view(visiting(request), number)})


@errand(Errand.IMPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Accepting or declining, each with a reason; what accepting would change is said before."""
    visit = visiting(request)
    asked, sent = decide_form(visit, number), request.POST.get("decision", "")
    accept = AcceptForm(request.POST if sent == "accept" else None, asked=asked)
    decline = DeclineForm(request.POST if sent == "decline" else None)
    chosen = accept if sent == "accept" else decline
    if request.method == "POST" and chosen.is_valid():
        try:
            _decide(request, visit, number, chosen)
        except NotFound:
            raise
        except Refused as refused:
            chosen.add_error(None, f"{refused.reason[:1].upper()}{refused.reason[1:]}.")
            for line in refused.lines[:5]:
                chosen.add_error(None, line)
        else:
            return redirect("dispute", number=number)
    told = {"dispute": dispute_view(visit, number), "asked": asked, "accept": accept, "decline": decline}
    status = 400 if request.method == "POST" else 200
    return render(request, "courtside/disputes/decide.html", told, status=status)


def _decide(request: HttpRequest, visit: Visit, number: int, chosen: AcceptForm | DeclineForm) -> None:
    told, decider = chosen.cleaned_data, deciding(visit, served())
    if isinstance(chosen, DeclineForm):
        decline_dispute(decider, number, told["reason"])
        messages.info(request, "Declined. The record stays as it is; those concerned will find your reason.")
        return
    check_free(visit)
    mend = Mend(told.get("column", ""), told.get("person") or told.get("value", ""))
    batch, notes = accept_dispute(decider, number, mend, told["reason"])
    mended = f"mended by import {batch}" if batch else "as it should be already"
    messages.info(request, f"Accepted. The record is {mended}, and figures follow.")
    for note in notes:
        messages.info(request, note)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """What taking the claim back means; sent back, it is withdrawn."""
    visit = visiting(request)
    if request.method == "POST":
        withdraw_dispute(visit, number)
        messages.info(request, "Withdrawn. The record stays as it is.")
        return redirect("dispute", number=number)
    found = dispute_view(visit, number)
    if not found.may_withdraw:
        raise NotFound
    return render(request, "courtside/disputes/withdraw.html", {"dispute": found})


@signed_in
@require_POST
def dispute_read(request: HttpRequest, number: int) -> HttpResponse:
    """A notice is read, and shown no more."""
    read_notice(visiting(request), number)
    return redirect("disputes")


def _back(place: Place) -> str:
    """The page of the number a row stands behind, without its period: that one is in the query."""
    return reverse("box_score_number", args=[place.person_id, place.metric])
