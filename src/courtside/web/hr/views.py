"""The console itself: what waits by its day, the calendar of deadlines, templates with samples, and equity."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.equity_panel import SPANS, STEPS, equity_panel
from courtside.services.hr_console_calendar import hr_calendar
from courtside.services.hr_console_queue import KINDS, filtered, hr_queue
from courtside.services.hr_console_queue import STEPS as TO_DO
from courtside.services.preview_document import list_templates, preview_document
from courtside.services.refused import unknown
from courtside.store.access import Errand
from courtside.web.policy import errand, visiting

SAMPLES = {
    "shortest": "the shortest content", "longest": "the longest content", "eighty": "names of 80 characters",
    "rtl": "names written from right to left", "no_goals": "no goals", "ten_goals": "ten goals",
}  # fmt: skip


@errand(Errand.HANDLE_CASES)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The work queue, filtered as the address says."""
    visit, asked = visiting(request), request.GET
    everything = hr_queue(visit)
    chosen = {name: asked.get(name, "") for name in ("kind", "step")}
    over, managers = asked.get("over") == "1", asked.get("late") == "managers"
    items = filtered(everything, chosen["kind"], chosen["step"], only_over=over or managers)
    if managers:
        items = tuple(one for one in items if one.owner == "the manager")
    told = {
        "items": items, "total": len(everything), "kinds": KINDS, "steps": TO_DO, "chosen": chosen, "over": over,
        "late_managers": sum(one.is_over and one.owner == "the manager" for one in everything), "managers": managers,
        "spans": SPANS,
        "reads_log": visit.may_run(Errand.READ_LOG),
    }  # fmt: skip
    return render(request, "courtside/hr/queue.html", told)


@errand(Errand.HANDLE_CASES)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Deadlines day by day."""
    return render(request, "courtside/hr/calendar.html", {"page": hr_calendar(visiting(request))})


@errand(Errand.HANDLE_CASES)
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """Every template, with samples to look at."""
    found = list_templates(visiting(request).standing.workspace)
    rows = [
        {
            "name": one["template"], "label": one["label"], "version": one["version"], "plans": one["for"],
            "signed_by": one["signed by"], "whose": one["whose"], "prints": one["prints"],
        }
        for one in found
    ]  # fmt: skip
    return render(request, "courtside/hr/templates.html", {"templates": rows, "samples": SAMPLES})


@errand(Errand.HANDLE_CASES)
@require_GET
def template_sample(request: HttpRequest, name: str) -> HttpResponse:
    """One template with made-up content, marked Sample."""
    how = request.GET.get("how", "shortest")
    if how not in SAMPLES:
        raise unknown("sample", how, SAMPLES)
    pdf = preview_document(visiting(request).standing.workspace, name, how)
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="sample.pdf"'}
    )


@errand(Errand.HANDLE_CASES)
@require_GET
def equity(request: HttpRequest) -> HttpResponse:
    """Plans per 100 and the steps before them, by what the records hold."""
    span = request.GET.get("span", "year")
    told = {"page": equity_panel(visiting(request), span), "span": span, "spans": SPANS, "steps": STEPS}
    return render(request, "courtside/hr/equity.html", told)
