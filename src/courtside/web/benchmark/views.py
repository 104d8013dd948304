"""The pages of like with like: a question each, chosen by links."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.benchmark_page import BenchmarkPage, Wanted, benchmark_page
from courtside.web.benchmark.drawing import drawn
from courtside.web.policy import signed_in, visiting

GRAINS = {"quarter": "a quarter", "half": "half a year", "year": "a year"}
"""The lengths of period offered; shorter ones hold too few cases to compare by."""


@signed_in
@require_GET
def benchmark(request: HttpRequest) -> HttpResponse:
    """The first question: the top third and the rest."""
    return _page(request, "people")


@signed_in
@require_GET
def benchmark_question(request: HttpRequest, what: str) -> HttpResponse:
    """One question."""
    return _page(request, what)


def _page(request: HttpRequest, what: str) -> HttpResponse:
    asked = request.GET
    wanted = Wanted(
        what, asked.get("metric", ""), asked.get("grain", ""), asked.get("period", ""), asked.get("scope", "")
    )
    page = benchmark_page(visiting(request), wanted)
    told = {
        "page": page,
        "grains": GRAINS,
        "tables": [drawn(table) for table in page.tables],
        "details": drawn(page.details) if page.details else None,
        "own": drawn(page.own) if page.own else None,
        "held": _held(page),
    }
    return render(request, "courtside/benchmark/benchmark.html", told)


def _held(page: BenchmarkPage) -> str:
    """What stays in the address from period to period."""
    kept = {"metric": page.metric, "scope": page.scope, "grain": page.frame.grain.value if page.frame else ""}
    return urlencode({name: value for name, value in kept.items() if value})
