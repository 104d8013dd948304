"""One's own calendar: the secret address at which a calendar program fetches it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from courtside.services.calendar_feed import calendar_of, end_calendar_feed, feed_since, make_calendar_feed
from courtside.services.caller import Caller
from courtside.services.viewing import NotFound
from courtside.web.policy import own_account, public, visiting


@own_account
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Whether one's calendar has an address."""
    return _page(request)


@own_account
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A new address; it is on the page that answers, and never again."""
    path = reverse("calendar_feed", args=[make_calendar_feed(visiting(request))])
    return _page(request, f"{settings.ORIGIN}{path}" if settings.ORIGIN else request.build_absolute_uri(path))


@own_account
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    end_calendar_feed(visiting(request))
    messages.success(request, "The address has ended; calendars that fetch it find nothing.")
    return redirect("calendar")


@public
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001  (Django calls it so)
    """The calendar of whoever's secret it is; for all others there is nothing here."""
    try:
        content = calendar_of(token, Caller(who="calendar"))
    except NotFound:
        return HttpResponse("there is nothing here\n", status=404, content_type="text/plain; charset=utf-8")
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    told = {"since": feed_since(visiting(request)), "address": address}
    return render(request, "courtside/channels/calendar.html", told)
