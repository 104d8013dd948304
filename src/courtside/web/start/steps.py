"""The strip that leads a newcomer through a made-up company: three steps, each a page with a story in it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from courtside.services.viewing import SAMPLE, Visit, is_sample, served

HIDDEN = "courtside_steps_hidden"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, where, and what to look for."""

    label: str
    address: str
    hint: str


def steps_for(request: HttpRequest, visit: Visit) -> tuple[Step, ...]:
    """The steps of a made-up company, until they are put away."""
    workspace = served()
    if not is_sample(workspace) or request.session.get(HIDDEN):
        return ()
    told = json.loads((workspace.root / SAMPLE).read_text(encoding="utf-8") or "{}")
    found = []
    for step in told.get("steps", ()):
        allowed = step["team"] in visit.teams() if "team" in step else step.get("person") in visit.people()
        if allowed:
            at = reverse("team", args=[step["team"]]) if "team" in step else reverse("box_score", args=[step["person"]])
            found.append(Step(step["label"], at, step["hint"]))
    return tuple(found)
