"""The fairness preview of a proposal: what going on with it would do to the steps of every group HR looks at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from courtside.services.refused import Refused
from courtside.services.show_fairness import Reached, show_fairness
from courtside.services.viewing import Visit
from courtside.store.access import Role, Viewer

if TYPE_CHECKING:
    from courtside.store.proposals import Proposal

LOOKED_BACK = timedelta(days=365)
"""So far back steps are counted."""
_STEPS = {"watch": "watch", "coaching_plan": "coach", "improvement_plan": "eligible"}
_MOST_SENTENCES = 6


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the preview says: whether HR has to look first, in sentences for HR, and in one for everybody else."""

    holds: bool
    sentences: tuple[str, ...]
    plainly: str

    @property
    def kept(self) -> str:
        """What is stored with the decision."""
        return " ".join(self.sentences) or self.plainly


def foresee(visit: Visit, proposal: Proposal, *, is_look: bool = True) -> Foreseen:
    """The preview if an improvement plan followed (a coaching plan, from a proposal for one).

    HR sees its sentences; a manager learns only whether HR has to look first: groups and their numbers are HR's.
    `is_look` False: it is shown to nobody now, and so no look is written down.
    """
    since = visit.today - LOOKED_BACK
    step = "plan" if proposal.kind == "improvement_plan" else "coach"
    rows = (*standings(visit, since), Reached(proposal.person_id, step))
    try:
        found = show_fairness(_as_hr(visit), rows, since, is_look=is_look)
    except Refused as refused:
        told = f"The fairness preview could not be made: {refused.reason}."
        return Foreseen(
            holds=True, sentences=(told,), plainly="The fairness preview could not be made; HR looks first."
        )
    said = tuple(found.preview.sentences[:_MOST_SENTENCES]) + found.notes
    if found.hold:
        return Foreseen(holds=True, sentences=said, plainly="The fairness preview asks HR to look first.")
    return Foreseen(
        holds=False, sentences=said, plainly="The fairness preview found nothing that asks HR to look first."
    )


def standings(visit: Visit, since: date) -> tuple[Reached, ...]:
    """How far everybody came since a day, counted from the rows of proposals and plans."""
    from courtside.services.plan_effects import steps_reached  # noqa: PLC0415  (plans know of proposals)
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    start = datetime.combine(since, time(), visit.standing.workspace.zone)
    proposed = (Reached(person, _STEPS[kind]) for person, kind in proposals.kinds_since(start))
    return (*proposed, *(Reached(person, step) for person, step in steps_reached().items()))


def sees_groups(visit: Visit) -> bool:
    """Whether the sentences about groups are for the viewer: HR alone."""
    return Role.HR in visit.viewer.roles


def _as_hr(visit: Visit) -> Visit:
    """The visit as it is if HR makes it; else the product asks in HR's place, and tells the viewer one word of it."""
    if sees_groups(visit):
        return visit
    house = Viewer(0, visit.viewer.username, "", None, frozenset({Role.HR}))
    return replace(visit, viewer=house)
