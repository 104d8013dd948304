"""The page of metrics on trial."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.review_page import review_page
from courtside.web.policy import signed_in, visiting


@signed_in
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What every metric is worth keeping for."""
    return render(request, "courtside/review/review.html", {"page": review_page(visiting(request))})
