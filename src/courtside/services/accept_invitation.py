"""Following a one-time link: somebody chooses a password, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtside.services.caller import Caller
from courtside.services.refused import Refused

if TYPE_CHECKING:
    from courtside.store.access import Viewer


class LinkEnded(Refused):
    """The link was used, replaced or has run out: the same words for each, and for one that never was."""

    def __init__(self) -> None:
        super().__init__("this link was used already, or its time has run out; ask your administrator for a new one")


def invited(secret: str, caller: Caller) -> Viewer:
    """Whom a link is for. Looking changes nothing. Raises LinkEnded."""
    from courtside.store import accounts  # noqa: PLC0415  (Django stays out of start-up)

    found = accounts.invited(secret, caller.clock())
    if found is None:
        raise LinkEnded
    return found


def accept_invitation(secret: str, password: str, caller: Caller) -> int:
    """Set the password and use the link up; answers the user's number.

    Raises LinkEnded, and Refused with the reasons for a password that will not do.
    """

    from courtside.store import accounts, audit  # noqa: PLC0415

    guest = invited(secret, caller)
    if faults := accounts.password_faults(guest.user_id, password):
        raise Refused("this password will not do", lines=faults)
    at = caller.clock()
    with audit.together():
        user_id = accounts.accept(secret, password, at)
        if user_id is None:
            raise LinkEnded
        audit.write(audit.Act(at, guest.username, "accept_invitation", {"user": guest.username}))
    return user_id
