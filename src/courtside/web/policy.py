"""Who may open a page: every view declares it, and one that does not stops the server before it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import checks
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from courtside.services.policy import DECLARED as DECLARED
from courtside.services.policy import SAFE_METHODS
from courtside.services.policy import SEEN_AS as SEEN_AS
from courtside.services.policy import Policy as Policy
from courtside.services.policy import by_token as by_token
from courtside.services.policy import errand as errand
from courtside.services.policy import own_account as own_account
from courtside.services.policy import policy_of as policy_of
from courtside.services.policy import public as public
from courtside.services.policy import signed_in as signed_in
from courtside.services.policy import visit_for as visit_for
from courtside.services.refused import Refused
from courtside.services.step_up import StepUpNeeded
from courtside.services.viewing import NotFound, Visit
from courtside.web.step_up import asked_for, taken


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One pattern of the site, its name and its view."""

    pattern: str
    name: str
    view: Callable[..., Any]


def endpoints(
    patterns: Sequence[URLPattern | URLResolver] | None = None, before: str = "", space: str = ""
) -> Iterator[Endpoint]:
    """Every endpoint of the site, as the resolver knows them; names of a namespace carry it."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        at = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from endpoints(item.url_patterns, at, f"{space}{item.namespace}:" if item.namespace else space)
        else:
            yield Endpoint(at, f"{space}{item.name}" if item.name else "", item.callback)


@checks.register("courtside")
def every_view_declares_a_policy(**_: Any) -> list[checks.CheckMessage]:
    """An error for each view that says nothing of who may open it."""
    return [
        checks.Error(
            f"{at.pattern}: the view {getattr(at.view, '__name__', at.view)} declares no policy",
            hint="decorate it with one of courtside.web.policy",
            id="courtside.E001",
        )
        for at in endpoints()
        if policy_of(at.view) is None
    ]


class Door:
    """The middleware before every view: no policy, no entry; what one may not see does not exist."""

    def __init__(self, following: Callable[[HttpRequest], HttpResponse]) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of what follows."""
        return self.following(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None to enter the view."""
        policy = policy_of(view)
        if policy is None:
            raise Http404
        if policy.is_public or policy.by_token:
            return None
        visit = visit_for(request)
        if visit is None:
            return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
        request.visit = visit  # type: ignore[attr-defined]
        if policy.errand is not None and not visit.may_run(policy.errand):
            raise Http404
        if visit.viewer.is_read_only and policy.own_account:
            raise Http404
        is_looking_elsewhere = request.path in (reverse("see_as"), reverse("see_as_end"))
        if visit.viewer.is_read_only and request.method not in SAFE_METHODS and not is_looking_elsewhere:
            return _only_looking(request)
        return taken(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What a service refused: nothing here for what one may not see, else the reason."""
        if isinstance(exception, NotFound):
            return render(request, "courtside/not_found.html", status=404)
        if isinstance(exception, StepUpNeeded):
            return asked_for(request, exception)
        if isinstance(exception, Refused):
            told = {"reason": exception.reason, "lines": exception.lines}
            return render(request, "courtside/refused.html", told, status=400)
        return None


def _only_looking(request: HttpRequest) -> HttpResponse:
    told = {
        "reason": "You look through somebody else's eyes: nothing is done in their name. Go back to your own first."
    }
    answer = render(request, "courtside/refused.html", told, status=405)
    answer["Allow"] = ", ".join(sorted(SAFE_METHODS))
    return answer


def visiting(request: HttpRequest) -> Visit:
    """The visit the door let in."""
    visit = getattr(request, "visit", None)
    if not isinstance(visit, Visit):
        raise Http404
    return visit
