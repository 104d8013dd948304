"""The log as auditors read it, and who saw a person's record as that person does."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.read_log import COLUMNS, Asked, download_log, read_log
from courtside.services.viewing import NotFound
from courtside.services.who_saw import who_saw
from courtside.store.access import Errand
from courtside.web.policy import errand, signed_in, visiting


@errand(Errand.READ_LOG)
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """A page of the log."""
    asked = _asked(request)
    found = read_log(visiting(request), asked, _page(request))
    told = {"log": found, "asked": asked, "query": urlencode(_query(asked))}
    return render(request, "courtside/log/log.html", told)


@errand(Errand.READ_LOG)
@require_GET
def log_rows(request: HttpRequest) -> HttpResponseBase:
    """What was looked for, as CSV; cells a spreadsheet would run are disarmed."""
    rows = download_log(visiting(request), _asked(request))
    headers = {"Content-Disposition": 'attachment; filename="log.csv"'}
    return StreamingHttpResponse(_written(rows), content_type="text/csv; charset=utf-8", headers=headers)


@signed_in
@require_GET
def own_looks(request: HttpRequest) -> HttpResponse:
    """Who saw one's own record."""
    visit = visiting(request)
    if visit.viewer.person_id is None:
        raise NotFound
    return render(request, "courtside/log/looks.html", {"seen": who_saw(visit, visit.viewer.person_id, _page(request))})


@signed_in
@require_GET
def looks(request: HttpRequest, person_id: str) -> HttpResponse:
    """Who saw somebody's record."""
    return render(request, "courtside/log/looks.html", {"seen": who_saw(visiting(request), person_id, _page(request))})


class _Line:
    """What a CSV writer writes to: it hands every line on."""

    def write(self, line: str) -> str:
        return line


def _written(rows: Iterator[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow(row)


def _asked(request: HttpRequest) -> Asked:
    typed = request.GET
    return Asked(**{name: typed.get(name, "").strip() for name in Asked.__dataclass_fields__})


def _query(asked: Asked) -> dict[str, str]:
    """What was asked for, as it stands in an address."""
    values = {name: str(getattr(asked, name)) for name in Asked.__dataclass_fields__}
    return {name: value for name, value in values.items() if value}


def _page(request: HttpRequest) -> int:
    """The page asked for; what is no number is the first."""
    number = request.GET.get("page", "1")
    return max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 8 else 1
