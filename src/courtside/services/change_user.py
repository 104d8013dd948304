"""Changing what a user is called, where mail reaches them, and whose records are their own."""

from __future__ import annotations

from dataclasses import dataclass

from courtside.services.account_rules import Changing, account_of, changing_together, check_particulars, check_person


@dataclass(frozen=True, slots=True)
class Particulars:
    """What can be changed of a user. An empty `person_id`: nobody's records are their own."""

    name: str
    email: str
    person_id: str


def change_user(changing: Changing, user_id: int, wished: Particulars, people: frozenset[str] | None) -> None:
    """Change a user; they sign in anew. `people` are the ids of everybody in the records. Raises Refused."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    account = account_of(user_id)
    check_particulars(wished.name, wished.email)
    if wished.person_id != account.person_id:
        changing.refuse_own(account, "the person")
        check_person(wished.person_id, people, besides=user_id)
    before = {"name": account.name, "email": account.email, "person_id": account.person_id}
    after = {"name": wished.name.strip(), "email": wished.email, "person_id": wished.person_id}
    changed = sorted(key for key in after if after[key] != before[key])
    if not changed:
        return
    detail = {"user": account.username, "changed": changed, "person": wished.person_id}
    with changing_together(changing, "change_user", detail):
        accounts.change(user_id, **after)
