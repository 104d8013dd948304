"""Asking for a fresh code in the middle of something: what was sent is kept and sent again with the code."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from allauth.mfa.base.forms import ReauthenticateForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from courtside.services.step_up import StepUpNeeded

CODE = "step_up_code"
"""The field that carries the code beside what is sent again."""
_OURS = frozenset({CODE, "csrfmiddlewaretoken"})
_REFUSED = 403


def asked_for(request: HttpRequest, needed: StepUpNeeded) -> HttpResponse:
    """The page that asks for a code, or says how to set up an authenticator."""
    if not needed.has_factor:
        return render(request, "courtside/account/needs_factor.html", status=_REFUSED)
    if request.method != "POST" or request.FILES:
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}")
    return _page(request, "")


def taken(request: HttpRequest) -> HttpResponse | None:
    """Take the code that came with what was sent: None if there is none or it holds, else the page with the reason."""
    if request.method != "POST" or CODE not in request.POST or not request.user.is_authenticated:
        return None
    form = ReauthenticateForm(user=request.user, data={"code": request.POST[CODE]})
    if form.is_valid():
        form.save()
        return None
    return _page(request, " ".join(form.errors.get("code", ())))


def _page(request: HttpRequest, wrong: str) -> HttpResponse:
    told = {"action": request.get_full_path(), "kept": list(_kept(request)), "field": CODE, "wrong": wrong}
    return render(request, "courtside/account/step_up.html", told, status=_REFUSED)


def _kept(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Every field that was sent, but for those of this page."""
    for name, values in request.POST.lists():
        if name not in _OURS:
            yield from ((name, str(value)) for value in values)
