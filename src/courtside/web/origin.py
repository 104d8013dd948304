"""Where a request comes from, noted with every act it leads to: the address, and a number of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from courtside.services.acting_from import acting_from

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NUMBER_HEADER = "X-Request-Number"


class Origin:
    """The middleware around every view. The answer carries the number, so that somebody can ask about it."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponse]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of what follows."""
        number = secrets.token_hex(8)
        with acting_from({"ip": address_of(request), "request": number}):
            answer = self.following(request)
        answer[NUMBER_HEADER] = number
        return answer


def address_of(request: HttpRequest) -> str:
    """The address asked from: behind TLS the one the proxy in front names last, else the connection's."""
    from django.conf import settings  # noqa: PLC0415  (read when asked: the server's settings are in place then)

    named = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return named if settings.IS_BEHIND_TLS and named else str(request.META.get("REMOTE_ADDR", ""))
