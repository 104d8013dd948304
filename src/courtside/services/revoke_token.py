"""Ending a token of one's own."""

from __future__ import annotations

from courtside.services.caller import Caller
from courtside.services.viewing import NotFound
from courtside.store.access import Viewer


def revoke_token(viewer: Viewer, caller: Caller, token_id: int) -> None:
    """End one of the viewer's own tokens at once. Raises NotFound for anybody else's, and for one that has ended."""

    from courtside.store import accounts, audit  # noqa: PLC0415

    at = caller.clock()
    with audit.together():
        if viewer.is_read_only or not accounts.revoke_token(viewer.user_id, token_id, at):
            raise NotFound
        audit.write(audit.Act(at, caller.who, "revoke_token", {"token": token_id}))
