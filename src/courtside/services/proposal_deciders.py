"""Who is told of a proposal: the person's managers, HR where there is none or nobody has decided in time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from courtside.records.hierarchy import Hierarchy, Relation
from courtside.services.case_facts import completed
from courtside.services.proposal_rights import facts_of
from courtside.store.access import CaseAction, CaseFacts, Role, Viewer, may_case
from courtside.store.access.viewer import relation_of

if TYPE_CHECKING:
    from courtside.store.proposals import Proposal


def key_of(proposal: Proposal) -> str:
    """What the keys of everything people are told of a proposal begin with."""
    return f"proposal:{proposal.id}:"


def tell_deciders(proposal: Proposal, hierarchy: Hierarchy, on: date, at: datetime) -> int:
    """Tell the managers that something waits for their decision; HR where no manager could. In the open transaction."""
    managers, partners = deciders(proposal, hierarchy, on)
    return tell(proposal, managers or partners, "decision", "decide", at)


def tell(proposal: Proposal, viewers: Iterable[Viewer], words: str, what: str, at: datetime) -> int:
    """Tell some users of a proposal once for each time it is put to them; how many were told now."""
    from courtside.store import outbox  # noqa: PLC0415  (Django stays out of start-up)

    asked = proposal.asked_at.date().isoformat()
    return sum(
        outbox.enqueue(
            outbox.Task(
                words, f"{key_of(proposal)}{what}:{asked}:{one.user_id}", f"/proposals/{proposal.id}/",
                user_id=one.user_id, due_on=proposal.due_on,
            ),
            at,
        )
        for one in viewers
    )  # fmt: skip


def deciders(
    proposal: Proposal, hierarchy: Hierarchy, on: date
) -> tuple[tuple[Viewer, ...], tuple[Viewer, ...]]:  # fmt: skip
    """Every user who may decide a proposal: those who lead the person directly or stand in, and HR partners."""
    facts = completed(facts_of(proposal), hierarchy, on)
    found = [one for one in _users() if _may(one, facts, hierarchy, on)]
    leads = {
        one.user_id for one in found
        if relation_of(one, proposal.person_id, hierarchy, on) is Relation.DIRECT
    }  # fmt: skip
    managers = tuple(one for one in found if one.user_id in leads)
    return managers, tuple(one for one in found if one.user_id not in leads)


def managers_of(person_id: str, hierarchy: Hierarchy, on: date) -> tuple[Viewer, ...]:
    """Every user who leads a person directly on a day, or stands in for who does."""
    return tuple(one for one in _users() if relation_of(one, person_id, hierarchy, on) is Relation.DIRECT)


def with_duty(roles: Collection[Role]) -> tuple[Viewer, ...]:
    """Every active user with one of some duties."""
    return tuple(one for one in _users() if one.roles & set(roles))


def _may(viewer: Viewer, facts: CaseFacts, hierarchy: Hierarchy, on: date) -> bool:
    return may_case(viewer, CaseAction.DECIDE_PROPOSAL, facts, hierarchy, on).is_allowed


def _users() -> tuple[Viewer, ...]:
    from courtside.store import accounts  # noqa: PLC0415

    viewers = (accounts.viewer_of(one.user_id) for one in accounts.accounts() if one.is_active)
    return tuple(one for one in viewers if one is not None)
