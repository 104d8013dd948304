"""One's own account: how one signs in, tokens for programs, and following a one-time link."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services import make_token as making
from courtside.services import revoke_token as revoking
from courtside.services.accept_invitation import LinkEnded, accept_invitation, invited
from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.services.viewing import Visit
from courtside.store.access import Viewer
from courtside.store.accounts import Token, tokens_of
from courtside.web.account.forms import TokenForm, WelcomeForm
from courtside.web.duties import Duty, duties_of
from courtside.web.policy import own_account, public, visiting

GONE = 410


@dataclass(frozen=True, slots=True)
class Account:
    """What a user sees of their own account."""

    username: str
    name: str
    person: str
    """What the records call the person whose figures are this user's own; empty if nobody's are."""
    duties: tuple[Duty, ...]
    has_second_factor: bool
    codes_left: int
    tokens: tuple[Token, ...]


@own_account
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """One's own account."""
    return _page(request, TokenForm())


@own_account
@require_POST
def make_token(request: HttpRequest) -> HttpResponse:
    """A new token; its secret is on the page that answers, and never again."""
    visit, form = visiting(request), TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        secret = making.make_token(visit.viewer, visit.caller, form.cleaned_data["name"], form.cleaned_data["days"])
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _page(request, form, status=400)
    return _page(request, TokenForm(), secret=secret)


@own_account
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token of one's own."""
    visit = visiting(request)
    revoking.revoke_token(visit.viewer, visit.caller, token_id)
    return redirect("account")


@own_account
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django calls it so)
    """The second factor has its place on the account page."""
    return redirect("account")


@public
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Looking at it changes nothing; choosing a password uses it up and signs in."""
    caller = Caller(who="invited")
    try:
        guest = invited(token, caller)
        form = WelcomeForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                return _signed_in(request, accept_invitation(token, form.cleaned_data["password"], caller))
            except LinkEnded:
                raise
            except Refused as refused:
                for line in refused.lines:
                    form.add_error("password", line)
        return _welcome_page(request, guest, form)
    except LinkEnded as ended:
        return render(request, "courtside/account/link_ended.html", {"reason": ended.reason}, status=GONE)


@public
def not_offered(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django calls it so)
    """What the sign-in library knows and this product does not offer."""
    raise Http404


def _welcome_page(request: HttpRequest, guest: Viewer, form: WelcomeForm) -> HttpResponse:
    """The page to choose a password on; never an error by its status, which would write the link into a log."""
    told = {"guest_name": guest.name, "guest_username": guest.username, "form": form}
    return render(request, "courtside/account/welcome.html", told)


def _signed_in(request: HttpRequest, user_id: int) -> HttpResponse:
    """Sign in whoever followed a link, in place of anybody signed in here; a second factor is still asked for."""
    logout(request)
    user = get_user_model()._default_manager.get(pk=user_id)
    answer: HttpResponse = perform_login(request, user, redirect_url="/")
    return answer


def _page(request: HttpRequest, form: TokenForm, *, secret: str = "", status: int = 200) -> HttpResponse:
    told = {"account": _account(request, visiting(request)), "form": form, "secret": secret}
    return render(request, "courtside/account/account.html", told, status=status)


def _account(request: HttpRequest, visit: Visit) -> Account:
    viewer = visit.viewer
    factors = {one.type: one.wrap() for one in Authenticator.objects.filter(user_id=request.user.pk)}
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    return Account(
        viewer.username,
        viewer.name,
        visit.hierarchy.name(viewer.person_id) if viewer.person_id else "",
        duties_of(viewer.roles),
        Authenticator.Type.TOTP in factors,
        len(codes.get_unused_codes()) if codes else 0,
        tokens_of(viewer.user_id, visit.caller.clock()),
    )
