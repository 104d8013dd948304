"""Which proposals a person may know of, once they are decided: looks at these are shown among who saw their record."""

from __future__ import annotations

from collections.abc import Iterable

from courtside.services.case_door import may_open
from courtside.services.proposal_rights import facts_of
from courtside.services.viewing import Visit
from courtside.store.access import CaseAction


def proposals_told(visit: Visit, person_id: str) -> Iterable[str]:
    """The ids of proposals about a person that the viewer may see; of notes none: nobody else than they had a look."""
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    if not proposals.are_kept():
        return ()
    found = [one for one in proposals.about([person_id]) if not one.is_waiting and not one.is_watch]
    return tuple(one.id for one in found if may_open(visit, CaseAction.SEE_PROPOSAL, facts_of(one)))
