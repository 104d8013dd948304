"""What an address demands of whoever opens it, said on the view itself: pages and the API declare it alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from courtside.services.viewing import Visit, visit_of
from courtside.store.access import Errand

if TYPE_CHECKING:
    from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])

DECLARED = "courtside_policy"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""What only looks."""
SEEN_AS = "courtside_seen_as"
"""The session's key for whose eyes are looked through."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a view demands before it is entered.

    `is_public`: no sign-in. `errand`: a duty. Neither: anybody signed in, and the view itself asks
    `visit.person(...)` or `visit.team(...)` for whom it is about.
    """

    is_public: bool = False
    errand: Errand | None = None
    own_account: bool = False
    """Whether it only ever concerns the user themself, such as their password: closed while looking as another."""
    by_token: bool = False
    """Whether the view finds out itself who asks, by a token or the session, and refuses everybody else."""


def public(view: View) -> View:
    """A view anybody may open."""
    return _declared(view, Policy(is_public=True))


def signed_in(view: View) -> View:
    """A view for everybody signed in; whom it shows is asked within."""
    return _declared(view, Policy())


def own_account(view: View) -> View:
    """A view about the user's own sign-in."""
    return _declared(view, Policy(own_account=True))


def by_token(view: View) -> View:
    """A view for programs: it finds out itself who asks, and answers nobody it does not know."""
    return _declared(view, Policy(by_token=True))


def errand(which: Errand) -> Callable[[View], View]:
    """A view for those with a duty; for others it does not exist."""

    def declare(view: View) -> View:
        return _declared(view, Policy(errand=which))

    return declare


def _declared(view: View, policy: Policy) -> View:
    setattr(view, DECLARED, policy)
    return view


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """What a view declares; None if it declares nothing."""
    found = getattr(view, DECLARED, None)
    return found if isinstance(found, Policy) else None


def visit_for(request: HttpRequest) -> Visit | None:
    """Who asks, through whose eyes; None if nobody is signed in."""
    user = request.user
    if not user.is_authenticated:
        return None
    visit = visit_of(int(user.pk), request.session.get(SEEN_AS))
    return visit and replace(visit, only_looks=request.method in SAFE_METHODS)
