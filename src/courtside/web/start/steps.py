"""The strip that leads a newcomer through a made-up company: a few steps, each a page with a story in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from courtside.services.plan_rules import known_plan, may_plan
from courtside.services.viewing import SAMPLE, NotFound, Visit, is_sample, served
from courtside.store.access import CaseAction

HIDDEN = "courtside_steps_hidden"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, where, and what to look for."""

    label: str
    address: str
    hint: str


def steps_for(request: HttpRequest, visit: Visit) -> tuple[Step, ...]:
    """The steps of a made-up company, until they are put away; only those that lead to a page for this viewer."""
    workspace = served()
    if not is_sample(workspace) or request.session.get(HIDDEN):
        return ()
    told = json.loads((workspace.root / SAMPLE).read_text(encoding="utf-8") or "{}")
    found = ((step, _address(visit, step)) for step in told.get("steps", ()))
    return tuple(Step(step["label"], at, step["hint"]) for step, at in found if at)


def _address(visit: Visit, step: Mapping[str, str]) -> str:
    """Where a step leads; empty where the viewer may not go."""
    if "team" in step:
        return reverse("team", args=[step["team"]]) if step["team"] in visit.teams() else ""
    if "plan" in step:
        return reverse("plan", args=[step["plan"]]) if _sees_plan(visit, step["plan"]) else ""
    person = step.get("person", "")
    if person not in visit.people():
        return ""
    return (
        reverse("box_score_number", args=[person, step["metric"]])
        if "metric" in step
        else reverse("box_score", args=[person])
    )


def _sees_plan(visit: Visit, plan_id: str) -> bool:
    try:
        return may_plan(visit, CaseAction.SEE_PLAN, known_plan(plan_id))
    except NotFound:
        return False
