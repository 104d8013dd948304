"""The pages of the ladder: from results down to what people do, one click a step."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.ladder_page import GRAINS, Wanted, Whose, ladder_page, step_page
from courtside.web.policy import signed_in, visiting


@signed_in
@require_GET
def ladder(request: HttpRequest) -> HttpResponse:
    """Every result that moves nothing else, with its first steps down."""
    page = ladder_page(visiting(request), _wanted(request))
    told = {"page": page, "here": _here(page.whose), "grains": GRAINS}
    return render(request, "courtside/ladder/ladder.html", told)


@signed_in
@require_GET
def ladder_metric(request: HttpRequest, metric: str) -> HttpResponse:
    """One metric: what it moves above, what moves it below."""
    page = step_page(visiting(request), metric, _wanted(request))
    told = {"page": page, "here": _here(page.whose), "grains": GRAINS}
    return render(request, "courtside/ladder/step.html", told)


def _wanted(request: HttpRequest) -> Wanted:
    asked = request.GET
    return Wanted(asked.get("scope", ""), asked.get("grain", ""), asked.get("period", ""))


def _here(whose: Whose) -> str:
    """What has to stay in the address from step to step."""
    if whose.frame is None:
        return ""
    kept = {"scope": whose.scope, "grain": whose.frame.grain.value, "period": whose.frame.period.name}
    return f"?{urlencode(kept)}"
