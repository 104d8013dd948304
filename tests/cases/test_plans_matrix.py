"""Every verb of a plan tried by everybody in every state of it, over HTTP, beside a table of who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.cases import planned
from tests.cases.planned import SPRING, Cast, at, improvement, now, visit
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, Served

if TYPE_CHECKING:
    from django.test import Client

GATES = (
    "verbs of plans tried by everybody in every state",
    "pages of plans as nobody else may see them",
    "verbs of plans taken by a page",
)
_MADE = {"draft", "approved"}
_ISSUED = {"issued", "active", "paused", "determining"}
_OVER = {"determined", "closed", "cancelled"}
_LED = frozenset({"maya", "hana"})
_HR = frozenset({"hana"})
_NOBODY: frozenset[str] = frozenset()
_BOTH_STAGES = ("edit", "submit")
_RUNNING = ("begin", "check-in", "owed", "pause", "resume", "more-time", "prepare")
_SEEN = ("letter", "close", "cancel")
VERBS = (*_BOTH_STAGES, "approve", "return", "issue", *_RUNNING, "extend", "hand-over", "answer", "determine", *_SEEN)
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def may(verb: str, state: str) -> frozenset[str]:
    """To whom a verb exists at all: Maya wrote the plan and leads Rae; Hana is HR. Written from TRUST 2.1 and 2.3."""
    if verb in _BOTH_STAGES:
        return _LED if state in _MADE else _HR if state in _ISSUED else _NOBODY
    if verb in ("approve", "return", "extend"):
        return _HR if state in _MADE | _ISSUED else _NOBODY
    if verb == "issue":
        return _LED if state == "approved" else _NOBODY
    if verb in _RUNNING:
        return _LED if state in _ISSUED else _NOBODY
    if verb == "determine":
        return _HR if state in _ISSUED else _NOBODY
    return _HR if verb in ("hand-over", "answer") else _LED


def sees(state: str) -> frozenset[str]:
    """Who may open the plan: its person once they have it."""
    return _LED | {"rae"} if state not in _MADE else _LED


def test_verbs_exist_for_those_of_the_table_alone(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    at(SPRING.date())
    cast, tried, looked, taken = Cast.of(own_copy, *CAST), 0, 0, 0
    for name in ("maya", "hana"):
        stepped_up(cast.clients[name], name)
    plan_id, states = "", set()
    for state, plan, step in _walk(own_copy):
        plan_id = plan.id
        assert plan.state.value == state
        if state not in states:
            states.add(state)
            tried += _try_all(cast, plan, state)
            looked += _look(cast, plan, state, own_copy)
        if step is not None:
            taken += _take(cast.clients, plan_id, *step)
    assert states == _MADE | _ISSUED | _OVER
    counted("verbs of plans tried by everybody in every state", tried)
    counted("pages of plans as nobody else may see them", looked)
    counted("verbs of plans taken by a page", taken)


Step = tuple[str, str, dict[str, Any]]


def _walk(served: Served) -> Iterator[tuple[str, Any, Step | None]]:
    """One plan through every state; each step is taken by a page after the state was tried."""
    plan = improvement(served)
    yield "draft", plan, ("maya", "submit", {})
    plan = now(plan)
    yield "draft", plan, ("hana", "approve", {"shown": plan.content_hash})
    yield "approved", now(plan), ("maya", "issue", {})
    yield "issued", now(plan), None
    planned.signed(now(plan))
    at(plan.content.starts_on)
    yield "issued", now(plan), ("maya", "begin", {})
    at(plan.content.starts_on + timedelta(days=14))
    first = now(plan).check_ins[0].due_on.isoformat()
    yield "active", now(plan), ("maya", "check-in", {"due_on": first, "held_on": first, "notes": "Went well."})
    yield "active", now(plan), ("maya", "owed", {"key": "owed-1", "done_on": first})
    yield "active", now(plan), ("hana", "pause", {"leave": "leave", "since": first})
    yield "paused", now(plan), ("maya", "resume", {})
    ends = now(plan).last_on
    yield (
        "active",
        now(plan),
        ("maya", "more-time", {"last_on": _later(ends), "reason": "So."}),
    )
    yield "active", now(plan), ("hana", "extend", {"shown": now(plan).asked_hash})
    at(ends + timedelta(days=12))
    yield "active", now(plan), ("maya", "prepare", {"outcome": "released", "reason": "Enough was seen."})
    yield "determining", now(plan), ("hana", "return", {"reason": "Say what was seen."})
    yield "active", now(plan), ("maya", "prepare", {"outcome": "released", "reason": "Next steps are back."})
    yield "determining", now(plan), ("hana", "determine", {"shown": now(plan).asked_hash})
    yield "determined", now(plan), ("maya", "letter", {"document": _letter(plan)})
    yield "determined", now(plan), ("hana", "close", {})
    yield "closed", now(plan), None
    other = planned.issued(improvement(served))
    yield "issued", other, ("hana", "cancel", {"reason": "Not needed after all."})
    yield "cancelled", now(other), None


def _later(day: date) -> str:
    return (day + timedelta(days=9)).isoformat()


def _letter(plan: Any) -> str:
    from courtside.store import documents

    return next(one.id for one in documents.of_plan(plan.id) if one.template == "release")


def _try_all(cast: Cast, plan: Any, state: str) -> int:
    """Every verb by everybody: what is not theirs is what is not there, read by one half and sent by the other."""
    tried = 0
    for verb in VERBS:
        path, allowed = f"/plans/{plan.id}/{verb}/", may(verb, state)
        for n, (name, client) in enumerate(cast.clients.items()):
            is_sent = name not in allowed and (n + len(verb)) % 2
            fields = {"reason": "Because.", "shown": plan.content_hash}
            found = client.post(path, fields) if is_sent else client.get(path)
            assert (found.status_code != 404) == (name in allowed), (state, verb, name, found.status_code)
            tried += 1
    assert now(plan) == plan
    return tried


def _look(cast: Cast, plan: Any, state: str, served: Served) -> int:
    """The plan's page and sheet: the same as what does not exist for those who may not see it."""
    looked, name_of_rae = 0, served.hierarchy.name(served.people["rae"]).encode()
    for name, client in cast.clients.items():
        missing = b"" if name in sees(state) else _plain(client.get("/plans/AAAAAAAAAAAA/"), "AAAAAAAAAAAA")
        for page in ("", "print/") if name in sees(state) else ("",):
            found = client.get(f"/plans/{plan.id}/{page}")
            assert (found.status_code == 200) == (name in sees(state)), (state, name, found.status_code)
            if name not in sees(state):
                assert _plain(found, plan.id) == missing, (state, name)
                assert name_of_rae not in found.content or name == "rae"
            looked += 1
        listed = client.get("/plans/team/").content + client.get("/plans/").content
        assert (plan.id.encode() in listed) == (name in sees(state)), (state, name, "list")
        looked += 1
    return looked


def _plain(response: Any, plan_id: str) -> bytes:
    return _TOKEN.sub(b"", response.content).replace(plan_id.encode(), b"ID")


def _take(clients: Mapping[str, Client], plan_id: str, who: str, verb: str, fields: dict[str, Any]) -> int:
    """Take one step by its page; the plan is one step further, and its page says so."""
    before = _version(plan_id)
    stepped_up(clients[who], who)
    sent = clients[who].post(f"/plans/{plan_id}/{verb}/", {"seen": before, **fields})
    assert sent.status_code == 302, (verb, sent.status_code, _told(sent))
    assert _version(plan_id) == before + 1, verb
    return 1


def _version(plan_id: str) -> int:
    from courtside.store import plans

    found = plans.plan(plan_id)
    assert found is not None
    return found.version


def _told(response: Any) -> str:
    text = re.sub(r"<[^>]+>|\s+", " ", response.content.decode())
    return " ".join(text.split())[:1500]


def test_the_look_at_a_plan_is_in_the_log_and_the_persons_own_page_says_so(own_copy: Served) -> None:
    at(SPRING.date())
    plan = planned.issued(improvement(own_copy))
    own_copy.client("hana").get(f"/plans/{plan.id}/")
    looks = [detail for verb, detail in planned.acts() if verb == "see_plan"]
    assert looks[-1]["case"] == plan.id
    assert looks[-1]["person"] == own_copy.people["rae"]
    assert visit("rae").viewer.person_id == own_copy.people["rae"]
