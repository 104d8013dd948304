"""The pages of the stages: how many get past each, where the others are, month by month, and what other rates bring."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.leak_cases import Asked
from courtside.services.leak_months_page import leak_months_page
from courtside.services.leak_records_page import leak_records_page
from courtside.services.leak_what_if_page import leak_what_if_page
from courtside.services.leaks_page import leaks_page
from courtside.web.leaks.drawing import drawn_months, drawn_pipelines, months_chart
from courtside.web.policy import signed_in, visiting


@signed_in
@require_GET
def leaks(request: HttpRequest) -> HttpResponse:
    """The stages of a person, a team or the firm."""
    page = leaks_page(visiting(request), asked_in(request))
    return render(request, "courtside/leaks/leaks.html", {"page": page, "drawn": drawn_pipelines(page)})


@signed_in
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    """One stage month by month of entry."""
    page = leak_months_page(visiting(request), asked_in(request))
    told = {"page": page, "months": drawn_months(page), "chart": months_chart(page)}
    return render(request, "courtside/leaks/months.html", told)


@signed_in
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """The cases behind one cell."""
    number = request.GET.get("page", "")
    page = leak_records_page(
        visiting(request), asked_in(request), request.GET.get("kind", ""), int(number) if number.isdecimal() else 1
    )
    return render(request, "courtside/leaks/records.html", {"page": page})


@signed_in
@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """What other rates would come to."""
    page = leak_what_if_page(visiting(request), asked_in(request), request.GET.dict())
    return render(request, "courtside/leaks/what_if.html", {"page": page}, status=400 if page.is_wrong else 200)


def asked_in(request: HttpRequest) -> Asked:
    """What an address of these pages asks for."""
    given = request.GET
    names = ("scope", "by", "entered", "pipeline", "stage", "part")
    return Asked(*(given.get(name, "") for name in names))
