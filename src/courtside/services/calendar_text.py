"""Meetings as calendars read them (RFC 5545, 5546): invitations, cancellations, and a feed; titles say nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from courtside.store.meetings import Entry

MEETING = "Courtside: meeting"
DAY = "Courtside: date"
_PRODUCT = "-//Courtside//Courtside//EN"


def method_of(entry: Entry) -> str:
    """`REQUEST`, or `CANCEL` for what is off."""
    return "CANCEL" if entry.is_cancelled else "REQUEST"


def title_of(entry: Entry) -> str:
    """What a calendar shows of it: whether it has an hour, and no more."""
    return MEETING if isinstance(entry.starts, datetime) else DAY


def invitation(entry: Entry, to: str, organiser: str, link: str) -> bytes:
    """One meeting as a calendar file for one address; the identifier stays, the sequence rises with every change."""
    event = _event(entry, link)
    event.add("organizer", f"mailto:{organiser}")
    event.add("attendee", f"mailto:{to}", parameters={"RSVP": "FALSE", "PARTSTAT": "NEEDS-ACTION"})
    return _calendar([event], method_of(entry))


def feed(entries: Iterable[Entry]) -> bytes:
    """What is in one person's calendar, as a file that calendars fetch again and again."""
    return _calendar([_event(entry, "") for entry in entries], "PUBLISH")


def _calendar(events: Iterable[Any], method: str) -> bytes:
    from icalendar import Calendar  # noqa: PLC0415  (slow to import)

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, link: str) -> Any:
    from icalendar import Event  # noqa: PLC0415

    event = Event()
    event.add("uid", f"{entry.uid.lower()}@courtside")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("summary", title_of(entry))
    start, end = _span(entry)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if not isinstance(entry.starts, datetime):
        event.add("transp", "TRANSPARENT")
    if link:
        event.add("url", link)
    return event


def _span(entry: Entry) -> tuple[datetime, datetime] | tuple[date, date]:
    if isinstance(entry.starts, datetime):
        start = entry.starts.astimezone(UTC)
        return start, start + timedelta(minutes=entry.minutes)
    return entry.starts, entry.starts + timedelta(days=1)
