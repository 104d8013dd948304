"""The pages of gaps: where a person's or a team's result is short, and whose that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.gap_page import GapPage
from courtside.services.team_why_page import team_why_page
from courtside.services.why_page import why_page
from courtside.web.policy import signed_in, visiting
from courtside.web.why.drawing import drawn_blocks


@signed_in
@require_GET
def why(request: HttpRequest, person_id: str, metric: str) -> HttpResponse:
    """Where one person's result is short in a period."""
    page = why_page(visiting(request), person_id, metric, *_asked(request))
    return render(request, "courtside/why/why.html", {"page": page, **_told(page.gap)})


@signed_in
@require_GET
def team_why(request: HttpRequest, team: str, metric: str) -> HttpResponse:
    """Where a team's result is short in a period."""
    page = team_why_page(visiting(request), team, metric, *_asked(request))
    return render(request, "courtside/why/team.html", {"page": page, **_told(page.gap)})


def _asked(request: HttpRequest) -> tuple[str, str, str]:
    """The period's length and name, and what the result is held against."""
    asked = request.GET
    return asked.get("grain", ""), asked.get("period", ""), asked.get("against", "")


def _told(gap: GapPage) -> Mapping[str, Any]:
    here = urlencode({"grain": gap.frame.grain.value, "period": gap.frame.period.name})
    held = next(choice.against for choice in gap.choices if choice.is_here)
    return {"gap": gap, "blocks": drawn_blocks(gap), "here": here, "held": urlencode({"against": held})}
