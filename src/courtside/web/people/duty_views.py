"""Duties that open people's records: what waits for somebody's yes, and what was given."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from courtside.services.agree_duty import agree_duty, refuse_duty
from courtside.services.duties_page import duties_page
from courtside.services.refused import Refused
from courtside.services.step_up import StepUpNeeded
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand
from courtside.web.duties import LABELS
from courtside.web.policy import errand, visiting


@errand(Errand.SEE_DUTIES)
@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@errand(Errand.AGREE_DUTY)
@require_POST
def agree(request: HttpRequest, number: int) -> HttpResponse:
    """Agree that somebody gets a duty."""
    said = "Agreed. They have it from now on."
    return _tried(request, lambda visit: agree_duty(visit, request.session, number), said)


@errand(Errand.AGREE_DUTY)
@require_POST
def refuse(request: HttpRequest, number: int) -> HttpResponse:
    """Refuse it, and say why."""
    reason = request.POST.get("reason", "")
    return _tried(request, lambda visit: refuse_duty(visit, number, reason), "Refused. Nobody gets anything.")


def _tried(request: HttpRequest, act: Callable[[Visit], object], said: str) -> HttpResponse:
    """Do it and show the page; if it is refused, the page says why."""
    try:
        act(visiting(request))
    except (NotFound, StepUpNeeded):
        raise
    except Refused as refused:
        return _page(request, f"{refused.reason[:1].upper()}{refused.reason[1:]}.", 400)
    messages.success(request, said)
    return redirect("duties")


def _page(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    page = duties_page(visiting(request))
    told = {
        "waiting": [(one, LABELS[one.role]) for one in page.waiting],
        "given": [(one, LABELS[one.role]) for one in page.given],
        "refused": refused,
    }
    return render(request, "courtside/people/duties.html", told, status=status)
