"""What is different between two contents of a plan, line by line: for whoever is to agree to the newer one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.analysis.wording import day
from courtside.services.plan_words import target_words
from courtside.workflow import events as e
from courtside.workflow.content import Content
from courtside.workflow.record import Plan

if TYPE_CHECKING:
    from courtside.store.plans import Recorded


@dataclass(frozen=True, slots=True)
class Line:
    """One thing as it was and as it is; empty where it was not there, or is there no longer."""

    what: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether they differ."""
        return self.before != self.after


def compared(plan: Plan, steps: tuple[Recorded, ...]) -> tuple[Line, ...]:
    """The content beside what was last approved or issued, else beside the first draft, else alone."""
    earlier = _earlier(steps)
    before = dict(_lines(earlier)) if earlier is not None and earlier != plan.content else {}
    after = dict(_lines(plan.content))
    return tuple(Line(what, before.get(what, ""), after.get(what, "")) for what in {**after, **before})


def _earlier(steps: tuple[Recorded, ...]) -> Content | None:
    """The content a second person, or the person, has seen last; the first draft where none has."""
    first: Content | None = None
    now: Content | None = None
    seen: Content | None = None
    for one in steps:
        if isinstance(one.event, e.Draft | e.Edit):
            now = one.event.content
            first = first or now
        elif isinstance(one.event, e.Approve | e.Issue):
            seen = now
    return seen or first


def _lines(content: Content) -> Iterator[tuple[str, str]]:
    yield "First day", day(content.starts_on)
    yield "Ends before", day(content.ends_on)
    yield "Signatures by", day(content.sign_by)
    yield "Purpose", content.purpose
    for goal in content.goals:
        decides = "decides" if goal.is_decisive else "decides nothing"
        yield f"Goal: {goal.label}", f"{target_words(goal)}; {decides}"
    for n, owed in enumerate(content.owed, 1):
        yield f"Owed {n}", f"{owed.what}, by {day(owed.due_on)}"
    yield "Check-ins", ", ".join(map(day, content.check_ins))
