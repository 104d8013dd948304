"""Duties that take two people: which they are, who can be the second, and who is told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from courtside.services.account_rules import Changing
from courtside.services.refused import Refused
from courtside.store.access import Role

if TYPE_CHECKING:
    from courtside.store.accounts import Account

TWO_PEOPLE = frozenset({Role.HR, Role.AUDITOR})
"""Duties that let somebody see what an administrator may not: nobody gives them alone."""


def seconds_for(user_id: int | None, *, is_from_host: bool) -> tuple[Account, ...]:
    """Who could agree that a user gets such a duty: HR partners but for the user.

    Where there are none, and it was asked for on the host, executives: an administrator of the site makes those alone.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    others = [one for one in accounts.accounts() if one.is_active and one.user_id != user_id]
    partners = tuple(one for one in others if Role.HR in one.roles)
    if partners or not is_from_host:
        return partners
    return tuple(one for one in others if Role.EXECUTIVE in one.roles)


def takes_a_second(changing: Changing, user_id: int | None, role: Role) -> bool:
    """Whether a duty waits for somebody's yes. The first HR partner of a firm is named on the host, and does not.

    `user_id` is None for who is only being added. Raises Refused on the site where nobody could agree.
    """
    if role not in TWO_PEOPLE:
        return False
    if seconds_for(user_id, is_from_host=changing.viewer is None):
        return True
    if changing.viewer is None:
        return False
    raise Refused(
        f"an administrator cannot give the duty {role.value!r} alone: it opens people's records, so an HR partner must "
        "agree, and there is none. Whoever runs this server can name the first: "
        f"courtside users grant NAME {role.value}"
    )


def ask_for(changing: Changing, account: Account, role: Role, units: frozenset[str]) -> int:
    """Ask for a duty, in the open transaction; everybody who can agree is told. Raises Refused if it waits already."""
    from courtside.store import asked_duties, outbox  # noqa: PLC0415

    at, is_from_host = changing.caller.clock(), changing.viewer is None
    if role in account.roles:
        raise Refused(f"{account.username!r} has the duty {role.value!r} already")
    number = asked_duties.ask(account.user_id, role, units, changing.caller.who, at, is_from_host=is_from_host)
    if number is None:
        raise Refused(f"the duty {role.value!r} for {account.username!r} waits already for somebody to agree")
    for one in seconds_for(account.user_id, is_from_host=is_from_host):
        outbox.enqueue(outbox.Task("decision", f"duty:{number}:{one.user_id}", "/duties/", user_id=one.user_id), at)
    return number


def tell_of_duty(user_id: int, role: Role, at: datetime, besides: str = "") -> int:
    """Tell every HR partner and auditor that such a duty was given or taken, in the open transaction.

    `besides`: the user name of who did it, if they did it here. Nothing is told of other duties.
    """
    from courtside.store import accounts, outbox  # noqa: PLC0415

    if role not in TWO_PEOPLE:
        return 0
    told = [
        one
        for one in accounts.accounts()
        if one.is_active and one.roles & TWO_PEOPLE and one.username != besides
    ]  # fmt: skip
    key = f"duty-told:{user_id}:{role.value}:{at.timestamp():.6f}"
    tasks = (outbox.Task("evidence", f"{key}:{one.user_id}", "/duties/", user_id=one.user_id) for one in told)
    return sum(outbox.enqueue(task, at) for task in tasks)
