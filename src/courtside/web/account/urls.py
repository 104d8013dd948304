"""Addresses of one's own account: signing in and out, the second factor, the password, tokens, one-time links."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as authenticator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from courtside.web.account import views
from courtside.web.policy import own_account, public

Entrance = Callable[..., HttpResponse]


def _entered(declare: Callable[[Entrance], Entrance], view: Callable[..., Any]) -> Entrance:
    """A view of the sign-in library under a policy of ours; the library's own stays as it is."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return declare(entered)


urlpatterns: list[URLPattern] = [
    path("", views.account, name="account"),
    path("tokens/", views.make_token, name="account_make_token"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="account_revoke_token"),
    path("welcome/<str:token>/", views.welcome, name="welcome"),
    path("sign-in/", _entered(public, sign_in.login), name="account_login"),
    path("sign-in/code/", _entered(public, second_factor.authenticate), name="mfa_authenticate"),
    path("sign-out/", _entered(public, sign_in.logout), name="account_logout"),
    path("confirm/", _entered(own_account, sign_in.reauthenticate), name="account_reauthenticate"),
    path("confirm/code/", _entered(own_account, second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("password/", _entered(own_account, sign_in.password_change), name="account_change_password"),
    path("second-factor/", views.second_factor, name="mfa_index"),
    path("second-factor/activate/", _entered(own_account, authenticator.activate_totp), name="mfa_activate_totp"),
    path("second-factor/stop/", _entered(own_account, authenticator.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", _entered(own_account, recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/make/",
        _entered(own_account, recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        _entered(own_account, recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("sign-up/", views.not_offered, name="account_signup"),
    path("set-password/", views.not_offered, name="account_set_password"),
    path("closed/", views.not_offered, name="account_inactive"),
]
