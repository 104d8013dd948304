"""How much a request may bring: refused before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from courtside.services.uploads import MOST_BYTES_TOGETHER

MOST_ELSEWHERE = 5 * 1024 * 1024
_ROOM = 1024 * 1024
"""What the form around the files may take."""


class BodyLimit:
    """A middleware before whatever reads a request: files come to one address only, and no more than can be kept."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponse]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of what follows, or 413."""
        most = MOST_BYTES_TOGETHER + _ROOM if request.path == "/data/upload/" else MOST_ELSEWHERE
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return HttpResponse("This request cannot be understood.", status=400, content_type="text/plain")
        if length > most:
            said = f"This is more than {most // 1024 // 1024} MB at once. Send less, or use: courtside import"
            return HttpResponse(said, status=413, content_type="text/plain")
        return self.following(request)
