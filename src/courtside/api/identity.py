"""Who asks: a program by its token, or somebody signed in."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from courtside.services.policy import visit_for
from courtside.services.viewing import Visit, visit_by_token


class Token(HttpBearer):
    """The header `Authorization: Bearer cs_…`."""

    openapi_description = "A token made on the account page: it may ask for whatever its owner may see."

    def authenticate(self, request: HttpRequest, token: str) -> Visit | None:
        """The visit of the token's owner; None for a token nobody can use."""
        del request
        return visit_by_token(token)


class SignedIn(APIKeyCookie):
    """The session of somebody signed in. It only reads, so that no other site can change anything through it."""

    openapi_description = "The session of a browser that is signed in."

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> Visit | None:
        """The visit of whoever is signed in, through the eyes they look through."""
        if key is None or request.method not in ("GET", "HEAD"):
            return None
        return visit_for(request)


def visit_in(request: HttpRequest) -> Visit:
    """The visit that authentication found."""
    return cast(Visit, request.auth)  # type: ignore[attr-defined]
