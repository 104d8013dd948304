"""The pages of the catalogue: every metric in force, and one definition. Nothing here is about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.metric_page import definition_page, metric_list
from courtside.services.viewing import NotFound
from courtside.store.access import Errand
from courtside.web.policy import signed_in, visiting

_LONGEST_SOUGHT = 100


@signed_in
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Every metric in force by rung, filtered by text."""
    visit = visiting(request)
    _may_see(visit.may_run(Errand.SEE_DEFINITIONS))
    page = metric_list(visit, request.GET.get("q", "")[:_LONGEST_SOUGHT].strip())
    return render(request, "courtside/metrics/metrics.html", {"page": page})


@signed_in
@require_GET
def metric_definition(request: HttpRequest, metric: str) -> HttpResponse:
    """One definition."""
    visit = visiting(request)
    _may_see(visit.may_run(Errand.SEE_DEFINITIONS))
    if metric not in visit.catalogue():
        raise NotFound
    return render(request, "courtside/metrics/definition.html", {"page": definition_page(visit, metric)})


def _may_see(is_allowed: bool) -> None:
    if not is_allowed:
        raise NotFound
