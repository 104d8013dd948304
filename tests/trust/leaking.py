"""The site with a few mistakes in it, for the tests that must find them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from courtside.services.plan_rules import may_plan
from courtside.services.viewing import NotFound, served
from courtside.store import audit, channels, plans
from courtside.store.access import CaseAction, Errand
from courtside.web import urls
from courtside.web.policy import errand, signed_in, visiting

handler404 = urls.handler404
handler400 = urls.handler400
handler500 = urls.handler500


@signed_in
def leaking(request: HttpRequest, person_id: str) -> HttpResponse:
    """Tells anybody signed in what somebody is called."""
    return HttpResponse(f"<p>{visiting(request).hierarchy.name(person_id)} of {served().settings.name}</p>")


@signed_in
def open_plan(request: HttpRequest, plan_id: str) -> HttpResponse:  # noqa: ARG001  (it forgets who asks)
    """Shows anybody signed in what a plan is for."""
    found = plans.plan(plan_id)
    return HttpResponse(found.content.purpose if found else "none")


@signed_in
def unlogged(request: HttpRequest, plan_id: str) -> HttpResponse:
    """Lets in whom it should, and writes nothing down."""
    found = plans.plan(plan_id)
    if found is None or not may_plan(visiting(request), CaseAction.SEE_PLAN, found):
        raise NotFound
    return HttpResponse(found.content.purpose)


@errand(Errand.MANAGE_USERS)
@require_POST
def silent(request: HttpRequest) -> HttpResponse:
    """Does what an administrator asks for, and writes nothing down."""
    channels.allow_host(request.POST["host"], request.user.get_username(), visiting(request).caller.clock())
    return redirect("home")


@signed_in
@require_POST
def loud(request: HttpRequest) -> HttpResponse:
    """Refuses everybody, and writes down that it was done."""
    visit = visiting(request)
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "end_channel", {}))
    raise NotFound


def undeclared(request: HttpRequest) -> HttpResponse:
    """Says nothing of who may open it."""
    return HttpResponse("come in")


urlpatterns = [
    *urls.urlpatterns,
    path("leaking/<str:person_id>/", leaking, name="leaking"),
    path("open/<str:plan_id>/", open_plan, name="open_plan"),
    path("unlogged/<str:plan_id>/", unlogged, name="unlogged"),
    path("silent/", silent, name="silent"),
    path("loud/", loud, name="loud"),
    path("undeclared/", undeclared, name="undeclared"),
]
