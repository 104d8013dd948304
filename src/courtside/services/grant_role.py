"""Giving a user a duty."""

from __future__ import annotations

from courtside.services.account_rules import Changing, account_of, changing_together
from courtside.services.refused import Refused
from courtside.store.access import Role

TWO_PEOPLE = frozenset({Role.HR, Role.AUDITOR})
"""Duties that let somebody see what an administrator may not: an administrator alone cannot give them."""


def refuse_alone(changing: Changing, role: Role) -> None:
    """Refuse a duty that takes a second pair of eyes. Raises Refused."""
    if changing.viewer is not None and role in TWO_PEOPLE:
        raise Refused(
            f"an administrator cannot give the duty {role.value!r} alone: it opens people's records, so a second "
            f"person must agree. Whoever runs this server can: courtside users grant NAME {role.value}"
        )


def grant_role(changing: Changing, user_id: int, role: Role) -> None:
    """Give a duty; the user signs in anew. Raises Refused, also if they have it."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    account = account_of(user_id)
    refuse_alone(changing, role)
    changing.refuse_own(account, "a duty")
    with changing_together(changing, "grant_role", {"user": account.username, "role": role.value}):
        if not accounts.grant(user_id, role, changing.caller.who, changing.caller.clock()):
            raise Refused(f"{account.username!r} has the duty {role.value!r} already")
