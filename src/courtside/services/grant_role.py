"""Giving a user a duty, or asking a second person to agree to it."""

from __future__ import annotations

from courtside.services.account_rules import Changing, account_of, changing_together
from courtside.services.duty_rules import ask_for, takes_a_second, tell_of_duty
from courtside.services.refused import Refused
from courtside.store.access import Role


def grant_role(changing: Changing, user_id: int, role: Role, units: frozenset[str] = frozenset()) -> bool:
    """Give a duty; the user signs in anew. An HR partner can be one for some teams; none named is all of them.

    False: it opens people's records and waits until somebody agrees (`agree_duty`), whoever asks, on the host too.
    Raises Refused, also if they have the duty already: to change its teams it is taken first.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    account, at = account_of(user_id), changing.caller.clock()
    changing.refuse_own(account, "a duty")
    if units and role is not Role.HR:
        raise Refused(f"the duty {role.value!r} is never for some teams only; that of HR partners can be")
    detail = {"user": account.username, "role": role.value, **({"teams": sorted(units)} if units else {})}
    if takes_a_second(changing, user_id, role):
        with changing_together(changing, "ask_duty", detail):
            ask_for(changing, account, role, units)
        return False
    with changing_together(changing, "grant_role", detail):
        if not accounts.grant(user_id, role, changing.caller.who, at, units):
            raise Refused(f"{account.username!r} has the duty {role.value!r} already")
        tell_of_duty(user_id, role, at)
    return True
