"""Letting a user whose account was closed sign in again."""

from __future__ import annotations

from courtside.services.account_rules import Changing, account_of, changing_together, check_person
from courtside.services.duty_rules import tell_of_duty
from courtside.services.refused import Refused


def open_account(changing: Changing, user_id: int) -> None:
    """Open a closed account; its password and duties are as they were. Raises Refused.

    Not while somebody else's account has the same person's records. Of duties that open records HR partners and
    auditors are told.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    account = account_of(user_id)
    if account.is_active:
        raise Refused(f"{account.username!r} is open already")
    check_person(account.person_id, frozenset({account.person_id}), besides=user_id)
    with changing_together(changing, "open_account", {"user": account.username}):
        accounts.set_active(user_id, is_active=True)
        for role in sorted(account.roles):
            tell_of_duty(user_id, role, changing.caller.clock())
