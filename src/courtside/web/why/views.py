"""The page of one person's gap: where it sits, and whose it is."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.why_page import why_page
from courtside.web.policy import signed_in, visiting
from courtside.web.why.drawing import drawn_blocks


@signed_in
@require_GET
def why(request: HttpRequest, person_id: str, metric: str) -> HttpResponse:
    """Where one person's result is short in a period."""
    asked = request.GET
    page = why_page(
        visiting(request), person_id, metric, asked.get("grain", ""), asked.get("period", ""), asked.get("against", "")
    )
    here = urlencode({"grain": page.frame.grain.value, "period": page.frame.period.name})
    held = next(choice.against for choice in page.choices if choice.is_here)
    told = {"page": page, "blocks": drawn_blocks(page), "here": here, "held": urlencode({"against": held})}
    return render(request, "courtside/why/why.html", told)
