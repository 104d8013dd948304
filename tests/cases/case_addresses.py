"""The addresses of the site, and one more: a case of Rae's, by a number, behind the door to cases."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from courtside.services.case_door import open_case
from courtside.services.viewing import NotFound
from courtside.store.access import CaseAction, CaseFacts
from courtside.web import urls
from courtside.web.policy import signed_in, visiting

CASES: dict[str, CaseFacts] = {}
"""The cases there are, by number."""
handler404, handler400, handler500 = urls.handler404, urls.handler400, urls.handler500


@signed_in
def case(request: HttpRequest, case_id: str, action: str) -> HttpResponse:
    """Does nothing but ask whether one may."""
    if case_id not in CASES:
        raise NotFound
    open_case(visiting(request), CaseAction(action), CASES[case_id])
    return HttpResponse("yes")


urlpatterns = [*urls.urlpatterns, path("case/<str:case_id>/<str:action>/", case, name="case")]
