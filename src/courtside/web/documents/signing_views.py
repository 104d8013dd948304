"""The pages on which somebody signs, declines, registers a paper copy, or attests: one document, one act at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from courtside.services.decline_document import decline_document
from courtside.services.document_consent import TEXT, VERSION, consent_to_sign, has_consented
from courtside.services.document_door import Paper
from courtside.services.document_page import sign_fault, view_of
from courtside.services.document_signing import wants_witness
from courtside.services.document_step import nonce_for
from courtside.services.plan_words import PARTS
from courtside.services.refused import Refused
from courtside.services.return_paper import paper_parties, return_paper
from courtside.services.sign_document import party_for, sign_document
from courtside.services.step_up import StepUpNeeded, require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.services.witness_document import (
    STATEMENTS,
    ask_witness,
    naming_paper,
    witness_document,
    witness_paper,
)
from courtside.web.documents.forms import BoundForm, DeclineForm, PaperForm, PartyForm, SignForm, WitnessNameForm
from courtside.web.policy import signed_in, visiting


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def document_sign(request: HttpRequest, document_id: str) -> HttpResponse:
    """What signing means, the name, and one button; before the first time, what people are told of it."""
    visit = visiting(request)
    paper, _ = party_for(visit, document_id)
    view = view_of(visit, paper)
    if not view.may_sign and request.method != "POST":
        raise NotFound
    if not has_consented(visit):
        told = {"document_id": document_id, "paragraphs": TEXT, "version": VERSION}
        return render(request, "courtside/documents/consent.html", told)
    require_fresh(visit, request.session)
    form = SignForm(request.POST or None, initial=_bound(visit, paper, "sign"))

    def act() -> Any:
        told = form.cleaned_data
        return sign_document(visit, request.session, document_id, form.sent(), told["name"], comment=told["comment"])

    said = "Acknowledged. It does not mean that you agree. You find a copy here as soon as everybody is done."
    more = {"statement": view.statement, "fault": sign_fault(visit)}
    return _acted(request, form, act, "sign", paper, said, more)


@signed_in
@require_POST
def document_consent(request: HttpRequest, document_id: str) -> HttpResponse:
    """Somebody agrees to sign here."""
    visit = visiting(request)
    party_for(visit, document_id)
    consent_to_sign(visit, request.POST.get("version", ""))
    return redirect("document_sign", document_id=document_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def document_decline(request: HttpRequest, document_id: str) -> HttpResponse:
    """What declining means, and why."""
    visit = visiting(request)
    paper, _ = party_for(visit, document_id)
    if not view_of(visit, paper).may_decline and request.method != "POST":
        raise NotFound
    require_fresh(visit, request.session)
    form = DeclineForm(request.POST or None, initial=_bound(visit, paper, "decline"))

    def act() -> Any:
        return decline_document(visit, request.session, document_id, form.sent(), form.cleaned_data["reason"])

    return _acted(request, form, act, "decline", paper, "Declined, with your reason. You may still sign it later.", {})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def document_paper(request: HttpRequest, document_id: str) -> HttpResponse:
    """A copy signed by hand, registered by HR."""
    visit = visiting(request)
    paper, parties = paper_parties(visit, document_id)
    require_fresh(visit, request.session)
    named = [(one.value, _named(one.value)) for one in parties]
    form = PaperForm(
        request.POST or None, request.FILES or None, parties=named, initial=_bound(visit, paper, "paper")
    )  # fmt: skip

    def act() -> Any:
        told = form.cleaned_data
        return return_paper(visit, request.session, document_id, form.sent(), told["party"], told["scan"].read())

    said = "Registered with the hash of the scan. Two people attest it now."
    return _acted(request, form, act, "paper", paper, said, {})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def document_witness(request: HttpRequest, document_id: str) -> HttpResponse:
    """What is attested, of whom."""
    visit = visiting(request)
    paper, _ = witness_paper(visit, document_id)
    require_fresh(visit, request.session)
    named = [(one.value, _named(one.value)) for one in wants_witness(paper.signing)]
    form = PartyForm(request.POST or None, parties=named, initial=_bound(visit, paper, "witness"))

    def act() -> Any:
        return witness_document(visit, request.session, document_id, form.sent(), form.cleaned_data["party"])

    stands = {paper.signing.party(one).stand.value for one in wants_witness(paper.signing)}
    more = {
        "statements": [STATEMENTS[one] for one in sorted(stands)],
        "name": visit.hierarchy.name(paper.plan.person_id),
    }
    return _acted(request, form, act, "witness", paper, "Attested, with your name and the time.", more)


@signed_in
@require_POST
def document_name_witness(request: HttpRequest, document_id: str) -> HttpResponse:
    """Somebody is to attest something of this document."""
    visit = visiting(request)
    naming_paper(visit, document_id)
    form = WitnessNameForm(request.POST)
    if form.is_valid():
        ask_witness(visit, document_id, form.cleaned_data["username"])
        messages.info(request, "Named. They find it under Documents, and among their tasks.")
    return redirect("document", document_id=document_id)


def _bound(visit: Visit, paper: Paper, purpose: str) -> dict[str, str]:
    return {"document_sha256": paper.document.data_sha256, "nonce": nonce_for(visit, paper, purpose)}


def _named(part: str) -> str:
    return next(name[:1].upper() + name[1:] for one, name in PARTS.items() if one.value == part)


def _acted(  # noqa: PLR0913, PLR0917  (a page that acts in all its parts)
    request: HttpRequest, form: BoundForm, act: Callable[[], Any], page: str, paper: Paper, said: str,
    more: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    """The page, or what follows from what was sent back; refused, it is shown again with what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except (NotFound, StepUpNeeded):
            raise
        except Refused as refused:
            form.add_error(None, f"{refused.reason[:1].upper()}{refused.reason[1:]}.")
        else:
            messages.info(request, said)
            return redirect("documents") if page == "witness" else redirect("document", paper.document.id)
    told = {"document_id": paper.document.id, "form": form, **more}
    return render(request, f"courtside/documents/{page}.html", told, status=400 if form.errors else 200)
