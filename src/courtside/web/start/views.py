"""Where a visit begins, looking through other eyes, and what is shown when something is not there."""

from __future__ import annotations

from secrets import compare_digest

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.make_sample import VISITOR
from courtside.services.note_sign_in import note_sign_in
from courtside.services.see_as import see_as as look_as
from courtside.services.viewing import NotFound, is_sample, served, visit_of
from courtside.store.access import Action, Errand
from courtside.web.policy import SEEN_AS, public, signed_in, visiting
from courtside.web.start.steps import HIDDEN


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The page that matters most to whoever asks: their team, their own figures, or what they look after."""
    visit = visiting(request)
    teams, own = visit.teams() | visit.teams(Action.SEE_TEAM_TOTAL), visit.viewer.person_id
    if visit.may_run(Errand.MANAGE_USERS) and not own and not teams:
        return redirect("people_settings")
    if visit.may_run(Errand.IMPORT_RECORDS) and not own and not teams:
        return redirect("data")
    if visit.people() - {own} or (teams and not own):
        return redirect("teams")
    if visit.viewer.person_id in visit.hierarchy.names:
        return redirect("box_score", person_id=visit.viewer.person_id)
    return redirect("metrics")


@public
@require_http_methods(["GET", "POST"])
def look_around(request: HttpRequest, token: str) -> HttpResponse:
    """The way into a made-up company for whoever started it; elsewhere it does not exist."""
    secret = str(settings.LOOK_AROUND)
    if not secret or not compare_digest(secret.encode(), token.encode()) or not is_sample(served()):
        raise Http404
    if request.method == "GET":
        return render(request, "courtside/start/look_around.html", {"name": served().settings.name})
    visitor = get_user_model().objects.filter(username=VISITOR).first()
    if visitor is None:
        raise Http404
    login(request, visitor, backend=settings.AUTHENTICATION_BACKENDS[0])
    note_sign_in("sign_in", VISITOR)
    return redirect("home")


@signed_in
@require_POST
def hide_steps(request: HttpRequest) -> HttpResponse:
    """Put the strip with the first steps away, for this session."""
    request.session[HIDDEN] = True
    return _back(request)


@signed_in
@require_POST
def see_as(request: HttpRequest) -> HttpResponse:
    """Look through somebody else's eyes, read only. Only in a made-up company, only for administrators."""
    name = request.POST.get("username", "")
    own = visit_of(int(request.user.pk)) if request.user.is_authenticated else None
    if own is None:
        raise NotFound
    look_as(own, name)
    request.session[SEEN_AS] = name
    return redirect("home")


@signed_in
@require_POST
def see_as_end(request: HttpRequest) -> HttpResponse:
    """One's own eyes again."""
    request.session.pop(SEEN_AS, None)
    return redirect("home")


@signed_in
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """The keys, the words, and what is measured, who sees it and how to object."""
    return render(request, "courtside/help.html")


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  (Django calls it so)
    """What does not exist, or not for this viewer: the same page either way."""
    return render(request, "courtside/not_found.html", status=404)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """A request that makes no sense."""
    return render(request, "courtside/refused.html", {"reason": "This request cannot be understood."}, status=400)


@public
def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours is broken; nothing was changed by it."""
    return render(
        request, "courtside/refused.html", {"reason": "Something went wrong here. Nothing was changed."}, status=500
    )


def _back(request: HttpRequest) -> HttpResponse:
    """The page somebody came from, if it is ours."""
    to = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(to if own else reverse("home"))
