"""Who is told of break-glass: its person, unless HR holds that back until a day, and whoever asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from courtside.store.glass import Glass


def tell_person(found: Glass, at: datetime) -> bool:
    """Tell the person, in the open transaction; False if they were told."""
    from courtside.store import glass, outbox  # noqa: PLC0415  (Django stays out of start-up)

    if not glass.told(found.opaque, at):
        return False
    told = outbox.Task("evidence", f"glass-told:{found.opaque}", "/my-record/looks/", person_id=found.person_id)
    return outbox.enqueue(told, at)


def tell_asker(found: Glass, at: datetime) -> bool:
    """Tell whoever asked that it is decided, in the open transaction."""
    from courtside.store import accounts, outbox  # noqa: PLC0415

    asker = next((one for one in accounts.accounts() if one.username == found.asked_by), None)
    if asker is None:
        return False
    path = f"/glass/{found.opaque}/"
    return outbox.enqueue(outbox.Task("answer", f"glass-answer:{found.opaque}", path, user_id=asker.user_id), at)
