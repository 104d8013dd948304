"""The time-stamp of a seal, where a firm has chosen an authority: asked for over https, and never made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from courtside.services.refused import Refused

if TYPE_CHECKING:
    from courtside.services.channels_connect import Network
    from courtside.services.workspace import Workspace

WAITS = timedelta(hours=24)
"""So long a document that is settled waits for the authority; then it is sealed without, and says so."""
_SECONDS = 5.0
_DEADLINE_S = 10.0
_HEADERS = {
    "Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply", "User-Agent": "Courtside",
}  # fmt: skip


class NotStampedYet(Refused):
    """The authority has given no time-stamp yet; it is asked again."""


def authority_of(workspace: Workspace) -> str:
    """The host of the authority a firm has chosen; empty where it has chosen none."""
    from courtside.services.channels_connect import target_of  # noqa: PLC0415  (the network stays out of start-up)

    address = workspace.settings.timestamp_authority
    return target_of(address).host if address else ""


def asking(workspace: Workspace, network: Network | None = None) -> Callable[[bytes], bytes]:
    """What sends a request to the firm's authority. It raises NoTimeStamp where no answer comes.

    The address is the choice of whoever keeps the host, so it may be inside the firm's own network; the connection is
    to the address that was resolved, held to the certificate of the name, without redirects.
    """
    from courtside.documents.seal import MOST_STAMP, NoTimeStamp  # noqa: PLC0415  (the seal's library too)
    from courtside.services.channels_connect import (  # noqa: PLC0415
        NETWORK,
        Letter,
        NotHandedOver,
        exchange,
        target_of,
    )

    target = target_of(workspace.settings.timestamp_authority)
    own = replace(NETWORK, is_allowed=lambda _: True, timeout_s=_SECONDS, deadline_s=_DEADLINE_S)

    def ask(request: bytes) -> bytes:
        try:
            return exchange(target, Letter(request, _HEADERS), 2 * MOST_STAMP, network or own)
        except NotHandedOver as why:
            raise NoTimeStamp(why.reason) from None

    return ask


def without(host: str, settled_at: datetime, now: datetime, why: str) -> str:
    """What a seal says that goes without a time-stamp. Raises NotStampedYet as long as the authority has time."""
    if now - settled_at < WAITS:
        raise NotStampedYet(f"no time-stamp of {host} yet ({why}); it is asked again, for {WAITS.days * 24} hours")
    return f"none; {host} gave none for {WAITS.days * 24} hours, and the time is of the organisation's own clock"
