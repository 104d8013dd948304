"""The page of the stages: how many get past each, and where more stay behind than elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.leaks_page import PipelineLines, StageLine, leaks_page
from courtside.web.marks import interval_dot
from courtside.web.policy import signed_in, visiting


@signed_in
@require_GET
def leaks(request: HttpRequest) -> HttpResponse:
    """The stages of a person, a team or the firm."""
    page = leaks_page(visiting(request), request.GET.get("scope", ""))
    return render(
        request, "courtside/leaks/leaks.html", {"page": page, "drawn": [_drawn(one) for one in page.pipelines]}
    )


def _drawn(pipeline: PipelineLines) -> dict[str, object]:
    """A pipeline with each stage's rate and range on one scale from 0 to 100 %."""
    return {"pipeline": pipeline, "stages": [{"line": line, "mark": _mark(line)} for line in pipeline.stages]}


def _mark(line: StageLine) -> str:
    position = "below" if line.verdict == "Leaks here" else "not_separable"
    return interval_dot(line.rate, line.low, line.high, None, position, 0.0, 1.0)
