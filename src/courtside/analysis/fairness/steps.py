"""The steps from a first look to the end of an employment, and how far each person came in the days looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Step(StrEnum):
    """What can become of somebody, each step further than the one before."""

    WATCH = "watch"
    COACH = "coach"
    ELIGIBLE = "eligible"
    PLAN = "plan"
    """An improvement plan."""
    REMOVED = "removed"


ORDER = tuple(Step)
"""First to last."""
GOT: Mapping[str, str] = {
    Step.WATCH: "were watched",
    Step.COACH: "came to coaching",
    Step.ELIGIBLE: "became eligible for a plan",
    Step.PLAN: "got plans",
    Step.REMOVED: "were removed",
}
"""What happened to those who reached a step, in words."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of all those it could have happened to, and the furthest step they reached; None for no step at all.

    Who reached a step counts as having reached those before it. `strata` say what they are alike in: team, tenure.
    """

    person_id: str
    furthest: Step | None = None
    strata: Mapping[str, str] = field(default_factory=dict)

    def has_reached(self, step: Step | None) -> bool:
        """Whether they came as far as a step, or further; everybody came as far as None."""
        return step is None or (self.furthest is not None and ORDER.index(self.furthest) >= ORDER.index(step))


def before(step: Step) -> Step | None:
    """The step one has to reach first; None before the first."""
    at = ORDER.index(step)
    return ORDER[at - 1] if at else None
