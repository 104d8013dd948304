"""Meetings reach calendars under one identifier, change and are called off; titles and addresses say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases.outbox_sink import Sink, receiving, rows, workspace_of
from tests.serving import NOW, Served

if TYPE_CHECKING:
    from django.test import Client

GATES = ("calendar files that came back as they were", "calendar secrets tried")


@pytest.fixture
def a_workspace(tmp_path: Path) -> Iterator[tuple[Path, Sink]]:
    """A workspace that sends to a sink."""
    from courtside.store.connect import disconnect

    sink = Sink()
    with receiving(sink) as port:
        workspace_of(tmp_path / "w", port)
        yield tmp_path / "w", sink
    disconnect()


def invitations(root: Path, sink: Sink) -> list[Any]:
    """What was sent since the last time, as calendars read it: (whom, method, event)."""
    from icalendar import Calendar
    from tests.cases.test_outbox_once import sent

    sink.arrived.clear()
    sent(root)
    found = []
    for message in sink.arrived:
        (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
        calendar = Calendar.from_ical(bytes(part.get_payload(decode=True)))
        assert part.get_param("method") == str(calendar["method"])
        assert Calendar.from_ical(calendar.to_ical()).to_ical() == calendar.to_ical()
        found.append((str(message["To"]), str(calendar["method"]), calendar.events[0]))
    return found


def test_an_invitation_changes_and_is_called_off_under_one_identifier(
    a_workspace: tuple[Path, Sink], counted: Callable[[str, int], None]
) -> None:
    from courtside.store.meetings import Meeting, call_off, invite

    root, sink = a_workspace
    when = datetime(2026, 11, 9, 14, 30, tzinfo=NOW.tzinfo)
    assert invite(Meeting("plan:X:check-in", "/x/", when, 45, ("P001", "P002")), NOW) == 2
    first = invitations(root, sink)
    assert {(to, method) for to, method, _ in first} == {
        ("p001@firm.example", "REQUEST"),
        ("p002@firm.example", "REQUEST"),
    }
    event = first[0][2]
    assert str(event["summary"]) == "Courtside: meeting"
    assert event["dtstart"].dt == when
    assert event["dtend"].dt == when + timedelta(minutes=45)
    assert invite(Meeting("plan:X:check-in", "/x/", when, 45, ("P001", "P002")), NOW) == 0
    assert invite(Meeting("plan:X:check-in", "/x/", when + timedelta(days=1), 45, ("P001",)), NOW) == 2
    second = {to: (method, one) for to, method, one in invitations(root, sink)}
    assert second["p001@firm.example"][0] == "REQUEST"
    assert second["p002@firm.example"][0] == "CANCEL"
    assert call_off("plan:X:check-in", NOW) == 1
    assert call_off("plan:X:check-in", NOW) == 0
    third = invitations(root, sink)
    uids = {str(one["uid"]) for _, _, one in first}
    for to, method, one in third:
        assert (to, method, one["sequence"]) == ("p001@firm.example", "CANCEL", 2)
        assert str(one["uid"]) in uids
    assert {str(one["uid"]) for _, one in second.values()} == uids
    counted("calendar files that came back as they were", len(first) + len(second) + len(third))


def test_only_the_latest_of_several_changes_is_sent(a_workspace: tuple[Path, Sink]) -> None:
    from courtside.store.meetings import Meeting, invite

    root, sink = a_workspace
    for days in range(4):
        invite(Meeting("m", "/x/", NOW + timedelta(days=days), person_ids=("P003",)), NOW)
    (one,) = invitations(root, sink)
    assert one[2]["sequence"] == 3
    assert sorted(row.state for row in rows()) == ["dropped"] * 3 + ["sent"]


@pytest.mark.parametrize(
    "starts",
    [date(2026, 12, 31), datetime(2026, 3, 29, 1, 30, tzinfo=NOW.tzinfo), datetime(2028, 2, 29, tzinfo=NOW.tzinfo)],
)
def test_days_and_odd_hours_come_back_as_they_were(
    starts: date, a_workspace: tuple[Path, Sink], counted: Callable[[str, int], None]
) -> None:
    from courtside.store.meetings import Meeting, invite

    root, sink = a_workspace
    invite(Meeting("m", "/x/", starts, person_ids=("P003",)), NOW)
    ((_, _, event),) = invitations(root, sink)
    assert event["dtstart"].dt == starts
    counted("calendar files that came back as they were", 1)


def test_a_calendar_is_fetched_by_its_secret_until_there_is_a_new_one(
    own_copy: Served, as_user: Callable[..., Client], counted: Callable[[str, int], None]
) -> None:
    from icalendar import Calendar

    from courtside.store.meetings import Meeting, invite

    rae, tom = own_copy.people["rae"], own_copy.people["tom"]
    invite(Meeting("plan:SECRET", "/x/", NOW + timedelta(days=2), person_ids=(rae,)), NOW)
    invite(Meeting("plan:OTHER", "/x/", NOW + timedelta(days=3), person_ids=(tom,)), NOW)
    browser, stranger = as_user("rae"), as_user()
    first, second = (_address(browser.post("/account/calendar/make/")) for _ in range(2))
    assert stranger.get(first).status_code == 404
    answer = stranger.get(second)
    assert answer["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    assert [str(one["summary"]) for one in calendar.events] == ["Courtside: meeting"]
    assert b"SECRET" not in answer.content
    assert rae.encode() not in answer.content
    missing = stranger.get("/calendar/none.ics")
    assert missing.content == stranger.get(first).content
    assert browser.post("/account/calendar/end/").status_code == 302
    assert stranger.get(second).status_code == 404
    assert browser.post("/account/calendar/end/").status_code == 404
    third = _address(browser.post("/account/calendar/make/"))
    from courtside.store.models import CalendarFeed, User

    User.objects.filter(username="rae").update(is_active=False)
    assert stranger.get(third).status_code == 404
    kept = [str(vars(one)) for one in CalendarFeed.objects.unscoped("a test").all()]
    assert not [text for text in kept if third.split("/")[-1].removesuffix(".ics") in text]
    counted("calendar secrets tried", 3)


def _address(answer: Any) -> str:
    """The address on the page that shows it once."""
    text = answer.content.decode()
    (found,) = re.findall(r"/calendar/[A-Za-z0-9_-]+\.ics", text)
    return found
