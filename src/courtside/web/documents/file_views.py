"""The page of a person's file, and the file as one sealed ZIP."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from courtside.services.download_document import Taken
from courtside.services.person_file import person_file, take_file
from courtside.web.documents.views import as_file
from courtside.web.policy import signed_in, visiting


@signed_in
@require_GET
def person_file_page(request: HttpRequest, person_id: str) -> HttpResponse:
    """Every case, document, signature and deadline of a person."""
    return render(request, "courtside/documents/file.html", {"file": person_file(visiting(request), person_id)})


@signed_in
@require_POST
def person_file_take(request: HttpRequest, person_id: str) -> HttpResponse:
    """The same as one ZIP."""
    return as_file(Taken("file.zip", "application/zip", take_file(visiting(request), person_id)))


@signed_in
@require_GET
def my_file(request: HttpRequest) -> HttpResponse:
    """The viewer's own file."""
    visit = visiting(request)
    if not visit.viewer.person_id:
        raise Http404
    return render(request, "courtside/documents/file.html", {"file": person_file(visit, visit.viewer.person_id)})
