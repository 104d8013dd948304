"""What decides who may do what to a case, completed by what the database knows of the people around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from courtside.records.hierarchy import Hierarchy
from courtside.store.access import CaseFacts, Role

if TYPE_CHECKING:
    from courtside.store.accounts import Account
    from courtside.store.naming import Named


def completed(facts: CaseFacts, hierarchy: Hierarchy, on: date, users: Collection[Account] | None = None) -> CaseFacts:
    """One case with the person's teams, the author's records, and who is named for it.

    `users` are all of them, for a caller that has read them already.
    """
    return completed_all((facts,), hierarchy, on, users)[0]


def completed_all(
    all_facts: Collection[CaseFacts], hierarchy: Hierarchy, on: date, users: Collection[Account] | None = None
) -> tuple[CaseFacts, ...]:
    """The same for many cases, in their order, by a handful of queries."""
    from courtside.store import accounts, naming  # noqa: PLC0415  (Django stays out of start-up)

    users = accounts.accounts() if users is None else users
    named = naming.named_for([one.case_id for one in all_facts], on)
    by_name = {one.username: one.person_id for one in users}
    partners = {one.person_id: one for one in users if one.person_id and one.is_active and Role.HR in one.roles}
    return tuple(
        _completed(one, by_name.get(one.author, ""), partners.get(one.person_id), named[one.case_id], hierarchy, on)
        for one in all_facts
    )


def _completed(  # noqa: PLR0913  (one argument a source)
    facts: CaseFacts, author_id: str, partner: Account | None, named: Named, hierarchy: Hierarchy, on: date
) -> CaseFacts:
    return replace(
        facts,
        author_id=author_id or facts.author_id,
        units=hierarchy.teams_of(facts.person_id, on),
        assigned_auditors=named.auditors,
        outside_approvers=named.outside,
        witnesses=named.witnesses,
        subject_hr_units=None if partner is None else partner.units,
    )
