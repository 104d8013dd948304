"""What was imported, the receipt of each import, and taking one out again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from courtside.services.refused import Refused
from courtside.services.undo_import import undo_import
from courtside.services.upload_preview import check_free
from courtside.services.upload_receipts import imports_for_page, receipt_of, set_aside_of
from courtside.services.viewing import NotFound, served
from courtside.store.access import Errand
from courtside.web.policy import errand, visiting


@errand(Errand.IMPORT_RECORDS)
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """Every import, the newest first."""
    lines = imports_for_page(served())
    told = {"lines": lines, "counting": sum(1 for line in lines if line.undone_at is None)}
    return render(request, "courtside/data/imports.html", told)


@errand(Errand.IMPORT_RECORDS)
@require_GET
def data_batch(request: HttpRequest, number: int) -> HttpResponse:
    """The receipt of one import."""
    return render(request, "courtside/data/batch.html", {"receipt": receipt_of(served(), number)})


@errand(Errand.IMPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def data_undo(request: HttpRequest, number: int) -> HttpResponse:
    """What taking an import out would change; sent back, it is taken out."""
    visit, receipt = visiting(request), receipt_of(served(), number)
    if request.method != "POST" or receipt.line.undone_at is not None:
        return render(request, "courtside/data/undo.html", {"receipt": receipt})
    try:
        check_free(visit)
        _, notes = undo_import(served(), visit.caller, number)
    except NotFound:
        raise
    except Refused as refused:
        return render(request, "courtside/data/undo.html", {"receipt": receipt, "refused": refused}, status=400)
    for note in (f"Import {number} was undone.", *notes):
        messages.info(request, note)
    return redirect("data_batch", number=number)


@errand(Errand.IMPORT_RECORDS)
@require_GET
def data_refused(request: HttpRequest, number: int) -> HttpResponseBase:
    """The rows an import set aside, as CSV."""
    del request
    rows = set_aside_of(served(), number)
    answer = StreamingHttpResponse(_as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="set-aside-{number}.csv"'
    return answer


def _as_csv(rows: Iterator[Sequence[object]]) -> Iterator[str]:
    for row in rows:
        line = StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue()
