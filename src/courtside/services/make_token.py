"""Making a secret by which a program reads what its owner may see."""

from __future__ import annotations

from datetime import timedelta

from courtside.services.caller import Caller
from courtside.services.refused import Refused
from courtside.store.access import Viewer

MOST_DAYS = 365
MOST_TOKENS = 20
LONGEST_NAME = 100


def make_token(viewer: Viewer, caller: Caller, name: str, days: int) -> str:
    """A new token of the viewer's own, shown this once. Raises Refused."""

    from courtside.store import accounts, audit  # noqa: PLC0415

    name, at = name.strip(), caller.clock()
    _check(viewer, name, days)
    if len(accounts.tokens_of(viewer.user_id, at)) >= MOST_TOKENS:
        raise Refused(f"you have {MOST_TOKENS} tokens; revoke one first")
    with audit.together():
        number, secret = accounts.make_token(viewer.user_id, name, at, at + timedelta(days=days))
        detail = {"token": number, "name": name, "days": days}
        audit.write(audit.Act(at, caller.who, "make_token", detail))
    return secret


def _check(viewer: Viewer, name: str, days: int) -> None:
    if viewer.is_read_only:
        raise Refused("nothing can be made while looking through somebody else's eyes")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(f"a token needs a name of 1 to {LONGEST_NAME} printable characters")
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"a token lasts from 1 to {MOST_DAYS} days")
