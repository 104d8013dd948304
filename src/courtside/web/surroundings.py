"""What every page shows around its content: whose eyes, where one may go, and the marks of a made-up company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from courtside.services.break_glass_page import opened_now
from courtside.services.disputes_page import is_in_disputes, waiting
from courtside.services.name_acting_manager import stands_in_for
from courtside.services.plan_list import is_in_plans
from courtside.services.proposal_rights import is_in_proposals
from courtside.services.refused import Refused
from courtside.services.rule_rights import is_in_rules
from courtside.services.viewing import Visit, is_sample, may_see_as, served
from courtside.store.access import Action, Errand
from courtside.web.start.steps import steps_for


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    label: str
    address: str
    key: str
    """The key that leads there after `g`."""
    is_here: bool


@dataclass(frozen=True, slots=True)
class Eyes:
    """Somebody whose eyes can be looked through."""

    username: str
    name: str


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Names for every template. Nothing about people beyond the viewer themself."""
    visit = getattr(request, "visit", None)
    if not isinstance(visit, Visit):
        return {"firm": "", "viewer": None, "places": (), "is_sample": False}
    workspace = served()
    return {
        "firm": workspace.settings.name,
        "viewer": visit.viewer,
        "today": visit.today,
        "recorded_until": _recorded_until(visit),
        "places": places(visit, request.path),
        "is_sample": is_sample(workspace),
        "first_steps": steps_for(request, visit),
        "eyes": _eyes(request),
        "stands_in": stands_in_for(visit),
        "opened_now": opened_now(visit),
    }


def _recorded_until(visit: Visit) -> date | None:
    """The last day of the records; None before the first import."""
    try:
        return visit.recorded_until()
    except Refused:
        return None


def places(visit: Visit, path: str) -> tuple[Place, ...]:
    """Where this viewer can go, in the order of the bar."""
    found: list[tuple[str, str, str]] = []
    if visit.viewer.person_id in visit.hierarchy.names:
        found.append(("My box score", reverse("box_score", args=[visit.viewer.person_id]), "b"))
    if visit.teams() or visit.teams(Action.SEE_TEAM_TOTAL):
        found.append(("Team", reverse("teams"), "t"))
    found.append(("Ladder", reverse("ladder"), "l"))
    found.append(("Leaks", reverse("leaks"), "k"))
    found.append(("Like with like", reverse("benchmark"), "w"))
    found.append(("Metrics", reverse("metrics"), "m"))
    if is_in_rules(visit):
        found.append(("Rules", reverse("rules"), "r"))
    if is_in_proposals(visit):
        found.append(("Proposals", reverse("proposals"), "v"))
    found.append(("Tasks", reverse("tasks"), "a"))
    found.append(("Documents", reverse("documents"), "u"))
    if is_in_plans(visit):
        found.append(("Plans", reverse("plans"), "n"))
    if is_in_disputes(visit):
        found.append((_with_count("Disputes", waiting(visit)), reverse("disputes"), "s"))
    found += [(label, reverse(name), key) for label, name, key, duty in _BY_DUTY if visit.may_run(duty)]
    return tuple(Place(label, at, key, path.startswith(at)) for label, at, key in found)


_BY_DUTY = (
    ("Data", "data", "d", Errand.IMPORT_RECORDS),
    ("People", "people_settings", "p", Errand.MANAGE_USERS),
    ("Channels", "channels", "c", Errand.MANAGE_USERS),
    ("HR", "hr", "h", Errand.HANDLE_CASES),
    ("Standing in", "standing_in", "i", Errand.HANDLE_CASES),
    ("Log", "log", "o", Errand.READ_LOG),
)
"""What a duty opens: label, name of the address, key, duty."""


def _with_count(label: str, number: int) -> str:
    """A label, and how much waits there."""
    return f"{label} ({number})" if number else label


def _eyes(request: HttpRequest) -> tuple[Eyes, ...]:
    from courtside.services.viewing import visit_of  # noqa: PLC0415
    from courtside.store.accounts import accounts  # noqa: PLC0415

    if not is_sample(served()):
        return ()
    own = visit_of(int(request.user.pk)) if request.user.is_authenticated else None
    if own is None or not may_see_as(own):
        return ()
    return tuple(
        Eyes(one.username, one.name) for one in accounts() if one.is_active and one.user_id != own.viewer.user_id
    )
