"""Letting a user sign in no more; nothing of theirs is deleted."""

from __future__ import annotations

from courtside.services.account_rules import Changing, account_of, changing_together, refuse_last_administrator
from courtside.services.duty_rules import tell_of_duty
from courtside.services.refused import Refused


def close_account(changing: Changing, user_id: int) -> None:
    """Close an account: sessions and tokens end at once. That a duty which opens records ends is told.

    Raises Refused for the last administrator.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    account = account_of(user_id)
    if not account.is_active:
        raise Refused(f"{account.username!r} is closed already")
    changing.refuse_own(account, "the account")
    with changing_together(changing, "close_account", {"user": account.username}):
        refuse_last_administrator(account)
        for role in sorted(account.roles):
            tell_of_duty(user_id, role, changing.caller.clock())
        accounts.set_active(user_id, is_active=False)
