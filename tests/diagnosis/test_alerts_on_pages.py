"""Alerts on box scores: to the person on the first working day after the week, to the manager on the next."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from tests.serving import Served

if TYPE_CHECKING:
    from courtside.services.viewing import Visit

GATES = ("people whose alerts were looked for", "alerts shown to the person first", "alerts seen on pages")


def visit(served: Served, person: str) -> Visit:
    """A visit of whoever has these records as their own."""
    from courtside.services.standing import stand
    from courtside.services.viewing import Visit
    from courtside.store.access import Viewer

    viewer = Viewer(0, "somebody", "Somebody", person, frozenset())
    return Visit(viewer, stand(served.workspace), served.caller, only_looks=True)


def lines(served: Served, viewer: str, about: str) -> tuple[str, list[str]]:
    """The week whose alerts somebody is shown, and the sentences."""
    from courtside.services.alerts_for import alerts_for

    found = alerts_for(visit(served, viewer), about)
    return ("", []) if found is None else (found.period, [line.sentence for line in found.lines])


def everybody_led(served: Served) -> list[tuple[str, str]]:
    """Everybody with their manager."""
    on = served.clock.now().date()
    pairs = ((p, sorted(served.hierarchy.managers_of(p, on))) for p in served.hierarchy.names)
    return [(person, managers[0]) for person, managers in pairs if managers]


def test_the_person_is_shown_a_week_a_working_day_before_the_manager(
    served: Served, counted: Callable[[str, int], None]
) -> None:
    pairs = everybody_led(served)
    own = {person: lines(served, person, person) for person, _ in pairs}
    monday = {person: lines(served, manager, person) for person, manager in pairs}
    served.clock.move(timedelta(days=1))
    tuesday = {person: lines(served, manager, person) for person, manager in pairs}

    assert {week for week, _ in own.values()} == {"2026-W44"}
    assert {week for week, _ in monday.values()} == {"2026-W43"}
    assert {week for week, _ in tuesday.values()} == {"2026-W44"}
    assert tuesday == own
    told = [sentence for _, sentences in own.values() for sentence in sentences]
    assert told, "a firm in which nothing stands out shows nothing of the order"
    assert all(len(sentences) <= 2 for _, sentences in own.values())
    assert all("by chance alone" in s.lower() or "1 time in" in s for s in told)
    counted("people whose alerts were looked for", len(pairs))
    counted("alerts shown to the person first", len(told))


def test_nobody_else_is_shown_them(served: Served) -> None:
    from courtside.services.alerts_for import alerts_for
    from courtside.services.viewing import NotFound

    for viewer in ("tom", "nobody"):
        with pytest.raises(NotFound):
            alerts_for(visit(served, served.people.get(viewer, viewer)), served.people["rae"])


def test_a_week_whose_records_are_not_in_yet_alerts_nobody(served: Served) -> None:
    from courtside.services.alerts_for import alerts_for

    served.clock.move(timedelta(days=7))
    found = alerts_for(visit(served, served.people["rae"]), served.people["rae"])
    assert found is not None
    assert found.period == "2026-W44"
    served.clock.move(timedelta(days=60))
    assert alerts_for(visit(served, served.people["rae"]), served.people["rae"]) is None


def test_pages_show_what_the_service_says_and_stay_fast(served: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services.alerts_for import alerts_for

    served.clock.move(timedelta(days=1))
    maya = visit(served, served.people["maya"])
    client, seen = served.client("maya"), 0
    for person in sorted(served.members - {served.people["maya"]}):
        page = client.get(f"/people/{person}/").content.decode()
        began = time.perf_counter()
        found = alerts_for(maya, person)
        assert time.perf_counter() - began < 0.1, "what is kept is asked for"
        text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))
        assert found is not None
        assert ("Worth a look" in text) == bool(found.lines)
        assert all(line.sentence in text for line in found.lines)
        seen += 1
    counted("alerts seen on pages", seen)
