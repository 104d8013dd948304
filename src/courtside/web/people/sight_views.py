"""Who stands in for a manager, conflicts of interest, checks of identity, and agreeing to outside approvers."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from courtside.services.check_identity import check_identity
from courtside.services.declare_conflict import declare_conflict, end_conflict, person_called
from courtside.services.name_acting_manager import StandIn, end_acting_manager, name_acting_manager
from courtside.services.name_outside_approver import agree_outside_approver
from courtside.services.refused import Refused
from courtside.services.sight_page import sight
from courtside.services.step_up import require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand
from courtside.web.people.sight_forms import ConflictForm, StandInForm
from courtside.web.policy import errand, signed_in, visiting


@signed_in
@require_GET
def standing_in(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@errand(Errand.NAME_ACTING)
@require_POST
def name_stand_in(request: HttpRequest) -> HttpResponse:
    """Name somebody who stands in."""
    visit = visiting(request)
    form = StandInForm(request.POST, page=sight(visit))
    if not form.is_valid():
        return _page(request, stand_in=form, status=400)
    told = form.cleaned_data
    wished = StandIn(told["manager"], told["acting"], told["starts_on"], told["ends_on"])
    return _tried(
        request, lambda visit: name_acting_manager(visit, wished), "They stand in, within these days.", stand_in=form
    )


@errand(Errand.NAME_ACTING)
@require_POST
def end_stand_in(request: HttpRequest, number: int) -> HttpResponse:
    """End it now."""
    return _tried(request, lambda visit: end_acting_manager(visit, number), "That is over from now on.")


@signed_in
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a conflict of interest of one's own."""
    visit = visiting(request)
    sight(visit)
    form = ConflictForm(request.POST)
    if not form.is_valid():
        return _page(request, conflict=form, status=400)
    person = person_called(visit, form.cleaned_data["person"])
    said = "Declared. From now on nothing about them is yours to handle."
    return _tried(request, lambda visit: declare_conflict(visit, person), said, conflict=form)


@errand(Errand.HANDLE_CASES)
@require_POST
def end_declared(request: HttpRequest, number: int) -> HttpResponse:
    """End somebody else's declared conflict."""
    return _tried(request, lambda visit: end_conflict(visit, number), "The conflict is over.")


@errand(Errand.HANDLE_CASES)
@require_POST
def identity(request: HttpRequest, user_id: int) -> HttpResponse:
    """Note that somebody's identity was checked; whoever does proves who they are themself."""

    def check(visit: Visit) -> None:
        require_fresh(visit, request.session)
        check_identity(visit, user_id)

    return _tried(request, check, "Noted. They may sign from now on.")


@signed_in
@require_POST
def agree(request: HttpRequest, case_id: str, username: str) -> HttpResponse:
    """Agree to an outside approver; whoever does proves who they are."""

    def give(visit: Visit) -> None:
        sight(visit)
        require_fresh(visit, request.session)
        agree_outside_approver(visit, case_id, username)

    return _tried(request, give, "Agreed. They may approve in this one case.")


def _tried(
    request: HttpRequest,
    act: Callable[[Visit], object],
    said: str,
    *,
    stand_in: StandInForm | None = None,
    conflict: ConflictForm | None = None,
) -> HttpResponse:
    """Do it and show the page; if it is refused, the page says why, beside what was typed."""
    from courtside.services.step_up import StepUpNeeded  # noqa: PLC0415  (only told apart here)

    try:
        act(visiting(request))
    except (NotFound, StepUpNeeded):
        raise
    except Refused as refused:
        return _page(request, stand_in=stand_in, conflict=conflict, refused=refused.reason, status=400)
    messages.success(request, said)
    return redirect("standing_in")


def _page(
    request: HttpRequest,
    *,
    stand_in: StandInForm | None = None,
    conflict: ConflictForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    page = sight(visiting(request))
    told = {
        "page": page,
        "stand_in": stand_in or StandInForm(page=page, prefix=None),
        "conflict": conflict or ConflictForm(),
        "refused": refused,
    }
    return render(request, "courtside/people/standing_in.html", told, status=status)
