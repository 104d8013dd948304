"""Taking a duty from a user."""

from __future__ import annotations

from courtside.services.account_rules import Changing, account_of, changing_together, refuse_last_administrator
from courtside.services.duty_rules import tell_of_duty
from courtside.services.refused import Refused
from courtside.store.access import Role


def revoke_role(changing: Changing, user_id: int, role: Role) -> None:
    """Take a duty; the user signs in anew. Of one that opens records HR partners and auditors are told.

    Raises Refused for the last administrator, and if they have it not.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    account, at = account_of(user_id), changing.caller.clock()
    with changing_together(changing, "revoke_role", {"user": account.username, "role": role.value}):
        if role is Role.ADMIN:
            refuse_last_administrator(account)
        tell_of_duty(user_id, role, at)
        if not accounts.revoke(user_id, role, at):
            raise Refused(f"{account.username!r} does not have the duty {role.value!r}")
