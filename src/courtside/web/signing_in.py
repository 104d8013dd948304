"""How people sign in: by name and password, then a code; nobody makes an account for themself."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa import signals as mfa_signals
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import force_bytes

from courtside.services.note_sign_in import note_sign_in
from courtside.services.refused import Refused

BEGAN, SEEN = "courtside_began_at", "courtside_seen_at"
"""Keys of a session: the second it was signed in, and a recent one in which something was asked."""
NOTED_EVERY_S = 60
"""So seldom is it written that a session is in use."""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """The library's way, with its open doors closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  (the library calls it so)
        """Nobody signs up: an administrator adds people."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The user of a name and password; a closed account is turned away as a wrong password is."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            note_sign_in("refuse_sign_in", user.username)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002
        """A wrong name or password goes into the log."""
        note_sign_in("refuse_sign_in", str(credentials.get("username") or ""))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002
        """By what attempts are counted: the name alone, since whoever guesses chooses the host they ask for."""
        return str(credentials.get("username") or "").strip().lower()

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, in a session of a new number."""
        super().login(request, user)
        request.session[BEGAN] = request.session[SEEN] = int(time.time())
        note_sign_in("sign_in", user.username)

    def logout(self, request: HttpRequest) -> None:
        """Sign out; the session is gone."""
        username = request.user.get_username()
        super().logout(request)
        note_sign_in("sign_out", username)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Back to one's account."""
        from django.urls import reverse  # noqa: PLC0415

        return reverse("account")


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator secrets are sealed by a key that is not in the database: a copy of that gives no codes."""

    def encrypt(self, text: str) -> str:
        """A secret as it is stored."""
        return _seals().encrypt(text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """The square to scan, black on white whatever the page's colours."""
        import qrcode  # noqa: PLC0415  (only this page needs it)
        from qrcode.image.svg import SvgPathFillImage  # noqa: PLC0415

        return str(qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode"))

    def decrypt(self, encrypted_text: str) -> str:
        """A secret as it was. Raises Refused if the server's key is another one."""
        try:
            return _seals().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise Refused(
                "your second factor was sealed by another key of this server; ask your administrator for a new link"
            ) from None


def _seals() -> MultiFernet:
    keys = [force_bytes(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    hashes = (hashlib.sha256(b"courtside.second-factor.v1" + key).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in hashes])


class LastingAWhile:
    """A middleware that ends a session nobody used for a while, and every session after a day of work."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponse]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; to somebody signed out if the session has lasted long enough."""
        if request.user.is_authenticated:
            now = int(time.time())
            began = request.session.setdefault(BEGAN, now)
            seen = request.session.setdefault(SEEN, now)
            if now - seen > settings.SESSION_IDLE_S or now - began > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif now - seen > NOTED_EVERY_S:
                request.session[SEEN] = now
        return self.following(request)


def note_changes_of_signing_in() -> None:
    """Write into the log what people change about their own sign-in, from now on."""
    account_signals.password_changed.connect(_note_password, dispatch_uid="courtside.password")
    mfa_signals.authenticator_added.connect(_note_added, dispatch_uid="courtside.added")
    mfa_signals.authenticator_reset.connect(_note_codes, dispatch_uid="courtside.reset")
    mfa_signals.authenticator_removed.connect(_note_removed, dispatch_uid="courtside.removed")


def _note_password(user: Any, **_: Any) -> None:
    note_sign_in("change_password", user.username)


def _note_added(user: Any, authenticator: Any, **_: Any) -> None:
    note_sign_in("activate_second_factor" if authenticator.type == "totp" else "make_recovery_codes", user.username)


def _note_codes(user: Any, **_: Any) -> None:
    note_sign_in("make_recovery_codes", user.username)


def _note_removed(user: Any, authenticator: Any, **_: Any) -> None:
    if authenticator.type == "totp":
        note_sign_in("drop_second_factor", user.username)
