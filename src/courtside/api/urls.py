"""The API under its version, how it refuses, and the policy of each of its addresses."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from courtside.api.endpoints import router
from courtside.api.identity import SignedIn, Token
from courtside.api.pace import SECONDS, Pace
from courtside.services.failures import expected_failures
from courtside.services.policy import by_token, public
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound

_LOG = logging.getLogger(__name__)
NOT_HERE = ("there is nothing here, or nothing you may see", "look at /api/v1/openapi.json for what there is")

api = NinjaAPI(
    title="Courtside",
    version="1",
    description="The figures people see on pages, under the same rules: whoever asks gets what they may see.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="openapi.json",
    auth=[Token(), SignedIn()],
    throttle=Pace(),
)
api.add_router("", router)


def refusal(status: int, reason: str, mend: str) -> JsonResponse:
    """An answer that is no success."""
    return JsonResponse({"error": {"reason": reason, "mend": mend}}, status=status)


@api.exception_handler(NotFound)
@api.exception_handler(Http404)
def _not_here(request: HttpRequest, error: Exception) -> HttpResponse:
    """The same words whether it exists or not."""
    del request, error
    return refusal(404, *NOT_HERE)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    del request
    reason, _, mend = error.reason.partition("; ")
    return refusal(400, reason, " ".join((mend, *error.lines)).strip() or "change the question")


@api.exception_handler(AuthenticationError)
def _unknown_caller(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    del request, error
    answer = refusal(
        401, "nobody is known by this token or session", "send a token of your account page: Authorization: Bearer cs_…"
    )
    answer["WWW-Authenticate"] = 'Bearer realm="courtside"'
    return answer


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    first: dict[str, Any] = error.errors[0] if error.errors else {}
    where = " ".join(str(part) for part in first.get("loc", ())[1:]) or "the request"
    return refusal(400, f"{where}: {first.get('msg', 'cannot be understood')}", "see /api/v1/openapi.json")


@api.exception_handler(Throttled)
def _too_fast(request: HttpRequest, error: Throttled) -> HttpResponse:
    del request, error
    answer = refusal(429, "too many requests within a minute", "wait a minute, or ask for several figures at once")
    answer["Retry-After"] = str(int(SECONDS))
    return answer


@api.exception_handler(HttpError)
def _cannot(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return refusal(error.status_code, str(error), "see /api/v1/openapi.json")


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """What may go wrong outside the product is told as such; anything else is a fault of ours."""
    del request
    if isinstance(error, expected_failures()):
        _LOG.exception("the API could not answer")
        return refusal(503, "the figures cannot be read at this moment", "try again in a minute")
    raise error


@public
def nothing(request: HttpRequest) -> HttpResponse:
    """Whatever the API does not have."""
    del request
    return refusal(404, *NOT_HERE)


def _declared(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Each address with its policy: the description is open to anybody, the rest knows its callers by itself."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            (public if pattern.name in ("openapi-json", "api-root") else by_token)(pattern.callback)
    return patterns


_patterns, _app, _namespace = api.urls
urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", nothing, name="api_root"),
    path("v1/", include((_declared(_patterns), _app), namespace=_namespace)),
    re_path(r"^[\s\S]*", nothing, name="api_nothing"),
]
