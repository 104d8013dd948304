"""The secret address at which one's own calendar is fetched: made, made anew, ended; titles say nothing."""

from __future__ import annotations

from datetime import datetime

from courtside.services.calendar_text import feed
from courtside.services.caller import Caller
from courtside.services.viewing import NotFound, Visit


def feed_since(visit: Visit) -> datetime | None:
    """Since when the viewer's calendar has an address; None if it has none."""
    from courtside.store import channels  # noqa: PLC0415  (Django stays out of start-up)

    return channels.feed_since(visit.viewer.user_id)


def make_calendar_feed(visit: Visit) -> str:
    """A new secret for the viewer's calendar, shown this once; the one before opens nothing from now on."""

    from courtside.store import audit, channels  # noqa: PLC0415

    if visit.viewer.is_read_only:
        raise NotFound
    at = visit.caller.clock()
    with audit.together():
        secret = channels.make_feed(visit.viewer.user_id, at)
        audit.write(audit.Act(at, visit.caller.who, "make_calendar_feed", {"user": visit.viewer.user_id}))
    return secret


def end_calendar_feed(visit: Visit) -> None:
    """End the address of the viewer's calendar. Raises NotFound if there is none."""

    from courtside.store import audit, channels  # noqa: PLC0415

    at = visit.caller.clock()
    with audit.together():
        if visit.viewer.is_read_only or not channels.end_feed(visit.viewer.user_id, at):
            raise NotFound
        audit.write(audit.Act(at, visit.caller.who, "end_calendar_feed", {"user": visit.viewer.user_id}))


def calendar_of(secret: str, caller: Caller) -> bytes:
    """The calendar a secret opens, as long as its owner may sign in. Raises NotFound."""
    from courtside.store import accounts, channels, meetings  # noqa: PLC0415

    owner = channels.feed_owner(secret)
    viewer = accounts.viewer_of(owner) if owner is not None else None
    if viewer is None:
        raise NotFound
    since = caller.clock() - meetings.FEED_SINCE
    return feed(meetings.entries_of(viewer.user_id, viewer.person_id, since))
