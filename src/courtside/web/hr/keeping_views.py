"""How long records are kept: retention, erasures that take two, and legal holds."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from courtside.services.approve_erasure import approve_erasure
from courtside.services.declare_conflict import person_called
from courtside.services.place_hold import place_hold
from courtside.services.refused import Refused
from courtside.services.release_hold import ask_release, keep_hold, release_hold
from courtside.services.request_erasure import request_erasure
from courtside.services.retention_holds import holds_page
from courtside.services.retention_page import erasure_view, retention_page
from courtside.services.step_up import StepUpNeeded
from courtside.services.viewing import NotFound, Visit
from courtside.services.withdraw_erasure import withdraw_erasure
from courtside.store.access import Errand
from courtside.web.hr.forms import ErasureForm, HoldForm, ReasonForm
from courtside.web.policy import errand, signed_in, visiting


@errand(Errand.HANDLE_CASES)
@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """What is kept how long, what is due, and the erasures that wait."""
    return _retention(request, ErasureForm(initial=_wished(request)))


@errand(Errand.HANDLE_CASES)
@require_POST
def erasure_ask(request: HttpRequest) -> HttpResponse:
    """Ask for an erasure."""
    visit, form = visiting(request), ErasureForm(request.POST)
    if not form.is_valid():
        return _retention(request, form, 400)

    def ask() -> str:
        told = form.cleaned_data
        person = person_called(visit, told["person"]) if told["kind"] == "person" else ""
        return request_erasure(visit, told["kind"], person, told["reason"])

    refused = _refused(ask)
    if refused:
        form.add_error(None, refused)
        return _retention(request, form, 400)
    messages.success(request, "Asked for. Nothing goes before a second person has read the list and approved it.")
    return redirect("hr_retention")


@signed_in
@require_GET
def erasure(request: HttpRequest, opaque: str) -> HttpResponse:
    """One erasure: the list of what goes, for who asked and for the second person."""
    return _erasure(request, opaque, ReasonForm())


@signed_in
@require_POST
def erasure_approve(request: HttpRequest, opaque: str) -> HttpResponse:
    """Approve and carry it out."""
    visit, form = visiting(request), ReasonForm(request.POST)
    erasure_view(visit, opaque)
    if not form.is_valid():
        return _erasure(request, opaque, form, 400)
    notes: list[str] = []
    shown = request.POST.get("shown", "")
    refused = _refused(
        lambda: notes.extend(approve_erasure(visit, request.session, opaque, shown, form.cleaned_data["reason"]))
    )
    if refused:
        form.add_error(None, refused)
        return _erasure(request, opaque, form, 400)
    for note in notes:
        messages.info(request, f"{note[:1].upper()}{note[1:]}.")
    return redirect("hr_retention" if visit.may_run(Errand.HANDLE_CASES) else "home")


@signed_in
@require_POST
def erasure_withdraw(request: HttpRequest, opaque: str) -> HttpResponse:
    """Nothing is erased."""
    visit = visiting(request)
    withdraw_erasure(visit, opaque)
    messages.success(request, "Withdrawn. Nothing was erased.")
    return redirect("hr_retention" if visit.may_run(Errand.HANDLE_CASES) else "home")


@signed_in
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """The legal holds in the viewer's sight."""
    return _holds(request, HoldForm(initial=_wished(request)))


@errand(Errand.HANDLE_CASES)
@require_POST
def hold_place(request: HttpRequest) -> HttpResponse:
    """Place a hold."""
    visit, form = visiting(request), HoldForm(request.POST)
    if not form.is_valid():
        return _holds(request, form, status=400)

    def place() -> int:
        told = form.cleaned_data
        return place_hold(visit, person_called(visit, told["person"]), told["case"], told["reason"])

    refused = _refused(place)
    if refused:
        form.add_error(None, refused)
        return _holds(request, form, status=400)
    messages.success(request, "The hold stands: nothing of it can be erased until two people release it.")
    return redirect("hr_holds")


@errand(Errand.HANDLE_CASES)
@require_POST
def hold_ask(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for a hold's release."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _done(request, lambda visit: ask_release(visit, number, reason), "Asked for. Somebody else decides.")


@errand(Errand.HANDLE_CASES)
@require_POST
def hold_keep(request: HttpRequest, number: int) -> HttpResponse:
    """Keep a hold whose release was asked for."""
    return _done(request, lambda visit: keep_hold(visit, number), "The hold goes on.")


@signed_in
@require_POST
def hold_release(request: HttpRequest, number: int) -> HttpResponse:
    """Release a hold somebody else asked to have released."""
    return _done(request, lambda visit: release_hold(visit, request.session, number), "The hold is released.")


def _done(request: HttpRequest, act: Callable[[Visit], object], said: str) -> HttpResponse:
    """Do it and show the holds; if it is refused, the page says why."""
    visit = visiting(request)
    refused = _refused(lambda: act(visit))
    if refused:
        return _holds(request, HoldForm(), refused, 400)
    messages.success(request, said)
    return redirect("hr_holds" if visit.may_run(Errand.HANDLE_CASES) else "home")


def _refused(act: Callable[[], object]) -> str:
    """Why something was refused, as a sentence; empty if it was done. What is not there stays so."""
    try:
        act()
    except (NotFound, StepUpNeeded):
        raise
    except Refused as refused:
        return f"{refused.reason[:1].upper()}{refused.reason[1:]}."
    return ""


def _wished(request: HttpRequest) -> dict[str, str]:
    """What a link to a form fills in."""
    return {name: request.GET[name] for name in ("person", "case", "kind") if name in request.GET}


def _retention(request: HttpRequest, form: ErasureForm, status: int = 200) -> HttpResponse:
    told = {"page": retention_page(visiting(request)), "form": form}
    return render(request, "courtside/hr/retention.html", told, status=status)


def _erasure(request: HttpRequest, opaque: str, form: ReasonForm, status: int = 200) -> HttpResponse:
    visit = visiting(request)
    told = {"line": erasure_view(visit, opaque), "form": form, "names": visit.may_run(Errand.HANDLE_CASES)}
    return render(request, "courtside/hr/erasure.html", told, status=status)


def _holds(request: HttpRequest, form: HoldForm, refused: str = "", status: int = 200) -> HttpResponse:
    visit = visiting(request)
    may_place = visit.may_run(Errand.HANDLE_CASES)
    told = {"holds": holds_page(visit), "form": form, "refused": refused, "may_place": may_place}
    return render(request, "courtside/hr/holds.html", told, status=status)
