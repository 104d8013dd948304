"""A new one-time link for a user: the first one was lost, or the password was."""

from __future__ import annotations

from courtside.services.account_rules import Changing, account_of, changing_together
from courtside.services.refused import Refused


def invite_user(changing: Changing, user_id: int, *, without_second_factor: bool = False) -> str:
    """A secret by which the user chooses a password once; earlier ones end. Raises Refused for a closed account.

    The password there is stays until then. `without_second_factor` forgets their authenticator too, for somebody
    who lost the device and the recovery codes.
    """
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    account = account_of(user_id)
    if not account.is_active:
        raise Refused(f"{account.username!r} is closed; open the account first")
    if without_second_factor:
        changing.refuse_own(account, "the second factor")
    with changing_together(changing, "invite_user", {"user": account.username}) as detail:
        if without_second_factor:
            detail["second_factor_dropped"] = accounts.drop_second_factor(user_id, changing.caller.clock())
        return accounts.invite(user_id, changing.caller.clock())
