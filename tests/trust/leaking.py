"""The site with two mistakes in it, for the tests that must find them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from courtside.services.viewing import served
from courtside.web import urls
from courtside.web.policy import signed_in, visiting

handler404 = urls.handler404
handler400 = urls.handler400
handler500 = urls.handler500


@signed_in
def leaking(request: HttpRequest, person_id: str) -> HttpResponse:
    """Tells anybody signed in what somebody is called."""
    return HttpResponse(f"<p>{visiting(request).hierarchy.name(person_id)} of {served().settings.name}</p>")


def undeclared(request: HttpRequest) -> HttpResponse:
    """Says nothing of who may open it."""
    return HttpResponse("come in")


urlpatterns = [
    *urls.urlpatterns,
    path("leaking/<str:person_id>/", leaking, name="leaking"),
    path("undeclared/", undeclared, name="undeclared"),
]
