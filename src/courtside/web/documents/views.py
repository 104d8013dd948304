"""The pages of documents: what waits for somebody, one document, and its files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.document_door import paper_for
from courtside.services.document_list import done_documents, open_documents, waiting_documents
from courtside.services.document_page import document_view
from courtside.services.download_document import Taken, download_document, download_scan
from courtside.services.open_document import open_document
from courtside.services.refused import Refused
from courtside.services.state_rebuttal import may_state, state_rebuttal
from courtside.services.viewing import NotFound
from courtside.store.access import Errand
from courtside.web.documents.forms import StatementForm, WitnessNameForm
from courtside.web.policy import signed_in, visiting


@signed_in
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer's hand, what is open besides, and what is sealed."""
    visit = visiting(request)
    mine = waiting_documents(visit)
    ids = {one.id for one in mine}
    told = {
        "mine": mine, "open": [one for one in open_documents(visit) if one.id not in ids],
        "done": done_documents(visit), "handles": visit.may_run(Errand.HANDLE_CASES),
    }  # fmt: skip
    return render(request, "courtside/documents/documents.html", told)


@signed_in
@require_GET
def document(request: HttpRequest, document_id: str) -> HttpResponse:
    """One document."""
    view = document_view(visiting(request), document_id)
    told = {"view": view, "line": view.line, "naming": WitnessNameForm()}
    return render(request, "courtside/documents/document.html", told)


@signed_in
@require_POST
def document_open(request: HttpRequest, document_id: str) -> HttpResponse:
    """That it reached the viewer is noted, and they read it."""
    open_document(visiting(request), document_id)
    return redirect("document", document_id=document_id)


@signed_in
@require_GET
def document_pdf(request: HttpRequest, document_id: str) -> HttpResponse:
    """The pages, or the sealed file."""
    return as_file(download_document(visiting(request), document_id))


@signed_in
@require_GET
def document_scan(request: HttpRequest, document_id: str, number: int) -> HttpResponse:
    """A scan of a copy signed by hand."""
    return as_file(download_scan(visiting(request), document_id, number))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def document_statement(request: HttpRequest, document_id: str) -> HttpResponse:
    """The person's own words about a document."""
    visit = visiting(request)
    if not may_state(visit, paper_for(visit, document_id, is_logged=False)):
        raise NotFound
    form = StatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = state_rebuttal(visit, document_id, form.cleaned_data["text"])
        except NotFound:
            raise
        except Refused as refused:
            form.add_error(None, f"{refused.reason[:1].upper()}{refused.reason[1:]}.")
        else:
            messages.info(request, "Kept. It is printed in every document of the plan that is sealed from now on.")
            return redirect("document", document_id=made)
    told = {"document_id": document_id, "form": form}
    return render(request, "courtside/documents/statement.html", told, status=400 if form.errors else 200)


def as_file(taken: Taken) -> HttpResponse:
    """A file to be saved, never to be guessed at or kept by what lies between."""
    headers = {
        "Content-Disposition": f'attachment; filename="{taken.name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(taken.content, content_type=taken.kind, headers=headers)
