"""The made-up company tells a whole case: by the services people use, and about nobody but whom the rule finds."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.serving import Clock, FrozenTime

if TYPE_CHECKING:
    from django.test import Client

    from courtside.services.workspace import Workspace
    from courtside.workflow.record import Plan

GATES = (
    "rules live, by another than their author", "looks kept", "proposals of a weak closer, gone on with",
    "proposals that wait for a decision", "people with a story of no fault of theirs, proposed to nobody",
    "check-ins held", "sealed documents verified", "entries of the log in the order of their instants",
    "entries of the log the chain holds", "pages of the story opened",
    "rows delivered as they were known", "cells looked through for the names of erased officers",
)  # fmt: skip
Counted = Callable[[str, int], None]
NOW = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""A Wednesday morning."""
INNOCENT = ("cold-leads", "lucky", "unlucky", "ramping", "leave", "moved-team", "thin-logging", "big-project")


@dataclass(frozen=True)
class Told:
    """The made-up company, and who plays which story in it."""

    workspace: Workspace
    players: dict[str, str]

    @property
    def plan(self) -> Plan:
        """The one plan."""
        from courtside.store import plans

        (found,) = plans.every_plan()
        return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The company as `courtside demo` makes it on a Wednesday, and what was planted in it."""
    from courtside.services.caller import Caller
    from courtside.services.make_sample import make_sample, wanted_sample
    from courtside.services.simulate_company import simulate_company

    folder = tmp_path_factory.mktemp("told")
    caller = Caller("host", clock=lambda: NOW)
    sample = make_sample(folder / "firm", wanted_sample(7), caller)
    planted = replace(wanted_sample(7), until=NOW.date() - timedelta(days=1))
    simulate_company(folder / "records", planted, caller)
    truth = json.loads((folder / "records" / "truth.json").read_text(encoding="utf-8"))
    return Told(sample.workspace, {one["story"]: one["person_id"] for one in truth["stories"] if one["person_id"]})


def test_a_whole_case_is_told_by_the_services_people_use(told: Told, counted: Counted) -> None:
    from courtside.store import audit, proposals, rules

    (rule,) = rules.live()
    assert rule.author != next(act.who for act in audit.acts("approve_rule"))
    counted(GATES[0], 1)
    looked, held = rules.counts(rule.number)
    assert looked > held >= 2
    counted(GATES[1], looked)

    gone_on = [one for one in proposals.every() if one.outcome == "proceed"]
    assert [one.person_id for one in gone_on] == [told.players["weak-closer"]]
    assert all(one.opened_at is not None for one in gone_on), "the person read it first"
    assert gone_on[0].plan_id == told.plan.id
    counted(GATES[2], len(gone_on))
    counted(GATES[3], sum(one.is_waiting for one in proposals.every()))

    innocent = {told.players[story] for story in INNOCENT}
    assert innocent.isdisjoint(one.person_id for one in proposals.every())
    counted(GATES[4], len(innocent))

    plan = told.plan
    assert (plan.person_id, plan.state) == (told.players["weak-closer"], "active")
    assert plan.content.goals
    assert plan.starts_on < NOW.date() < plan.last_on
    held_on = [one.held_on for one in plan.check_ins if one.held_on]
    assert len(held_on) == 2
    assert max(held_on) <= NOW.date()
    counted(GATES[5], len(held_on))
    assert {one.done_on is None for one in plan.owed} == {True, False}, "something was done, something is to come"


def test_its_documents_are_sealed_and_hold(told: Told, counted: Counted) -> None:
    from courtside.services.verify_document import verify_document
    from courtside.store import documents

    papers = documents.of_plan(told.plan.id)
    sealed = [pdf for one in papers if (pdf := documents.file(one.id, "sealed")) is not None]
    assert {"coaching_plan", "check_in_note"} <= {one.template for one in papers if one.state == "sealed"}
    assert [one.template for one in papers if one.state == "issued"] == ["check_in_note"], "one waits for its readers"
    for pdf in sealed:
        assert verify_document(told.workspace, pdf).valid
        assert not verify_document(told.workspace, pdf.replace(b"/ByteRange", b"/ByteRangf", 1)).valid
    counted(GATES[6], len(sealed))


def test_the_log_goes_forward_only_and_its_chain_holds(told: Told, counted: Counted) -> None:
    from courtside.services.caller import Caller
    from courtside.services.verify_log import verify_log
    from courtside.store import audit

    instants = [act.at for act in audit.acts()]
    assert instants == sorted(instants)
    assert instants[0].date() < NOW.date() - timedelta(days=40)
    assert instants[-1] <= NOW
    counted(GATES[7], len(instants))
    found = verify_log(told.workspace, Caller("host", clock=lambda: NOW))
    assert found.first_bad is None
    counted(GATES[8], found.entries)


def test_a_visitor_and_those_they_look_through_find_the_story(told: Told, clock: Clock, counted: Counted) -> None:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from courtside.services.viewing import serve_from
    from courtside.store import accounts, documents, proposals

    assert clock.now()
    FrozenTime.at, plan = NOW, told.plan
    serve_from(told.workspace)
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username="visitor"))
    home = client.get("/", follow=True)
    (strip,) = re.findall(r'<section class="steps.*?</section>', home.content.decode(), re.DOTALL)
    steps = re.findall(r'<li><a href="([^"]+)"', strip)
    assert f"/plans/{plan.id}/" in steps
    names = {one.person_id: one.username for one in accounts.accounts() if one.person_id}
    waits = next(one for one in proposals.every() if one.is_waiting)
    note = next(one for one in documents.of_plan(plan.id) if one.state == "issued")
    rep, manager = names[plan.person_id], names[plan.manager_id]
    pages = {
        "visitor": steps,
        "hana": [
            "/rules/",
            "/rules/coach_closing/1/",
            "/proposals/",
            f"/proposals/{waits.id}/",
            f"/plans/{plan.id}/",
            "/hr/",
            "/hr/calendar/",
            f"/hr/cases/{plan.id}/",
            "/hr/retention/",
        ],
        manager: ["/plans/team/", f"/plans/{plan.id}/", f"/documents/{note.id}/", "/tasks/"],
        rep: ["/plans/", "/documents/", f"/documents/{note.id}/", f"/plans/{plan.id}/", "/tasks/"],
    }
    for who, addresses in pages.items():
        if who != "visitor":
            look_through(client, who)
        for address in addresses:
            reply = client.get(address)
            assert "Written by</dt><dd>visitor" not in reply.content.decode(), "people have names"
            assert reply.status_code == 200, (who, address)
            assert "made-up" in reply.content.decode(), "every page says so"
        counted(GATES[9], len(addresses))
    reply = client.post(f"/documents/{note.id}/open/")
    assert reply.status_code == 405
    assert "POST" not in reply["Allow"]
    assert "nothing is done in their name" in reply.content.decode()
    look_through(client, "otto")
    assert client.get("/hr/").status_code == 404
    assert client.get(f"/plans/{plan.id}/").status_code == 404


def look_through(client: Client, username: str) -> None:
    """Through somebody's eyes from now on, also while looking through another's."""
    assert client.post("/see-as/", {"username": username}).status_code == 302


def test_records_come_in_as_they_were_known_and_add_up_to_all_of_them(tmp_path: Path, counted: Counted) -> None:
    from tests.simulated import SMALL, UNTIL

    from courtside.services.demo_records import write_deliveries
    from courtside.simulate.company import simulate
    from courtside.simulate.setting import Setting

    simulate(Setting(UNTIL, 11, **SMALL), tmp_path / "records", lambda _: None)
    days = (UNTIL - timedelta(days=40), UNTIL - timedelta(days=12))
    folders = write_deliveries(tmp_path / "records", days, tmp_path / "into")
    rows = 0
    for path in sorted((tmp_path / "records").glob("*.csv")):
        last: dict[tuple[str, ...], list[str]] = {}
        for folder, day in zip(folders, (*days, None), strict=True):
            for row in _rows(folder / path.name):
                assert day is None or not told_early(path.stem, row, day), (path.name, row, day)
                last[_key(path.stem, row)] = list(row.values())
                rows += 1
        assert sorted(last.values()) == sorted(list(row.values()) for row in _rows(path)), path.name
    first = {row["opportunity_id"]: row for row in _rows(folders[0] / "opportunities.csv")}
    reached = {row["opportunity_id"]: row["stage"] for row in _rows(folders[0] / "stage_changes.csv")}
    assert all(first[case]["stage"] == stage for case, stage in reached.items() if case in first)
    whole = [row for row in _rows(tmp_path / "records" / "opportunities.csv") if told_early("", row, days[0])]
    assert whole, "had all come in at once, it would be seen"
    counted(GATES[10], rows)


AHEAD = frozenset({"expected_close_on", "ends_on", "starts_on", "period"})
"""Columns that may speak of days to come."""


def told_early(table: str, row: dict[str, str], day: date) -> bool:
    """Whether a row that came in before a day speaks of that day or a later one."""
    planned = {"at"} if row.get("status") in ("planned", "cancelled", "no_show") else set()
    holidays = {"on"} if table == "holidays" else set()
    return any(
        re.fullmatch(r"20\d\d-\d\d-\d\d.*", value) is not None and value >= day.isoformat()
        for column, value in row.items() if column not in AHEAD | planned | holidays
    )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


_KEYS = {
    "assignments": ("person_id", "valid_from", "team"), "stage_changes": (), "absences": (), "forecast_calls": (),
    "holidays": (), "observations": (), "spend": (), "targets": (),
}  # fmt: skip
"""What a row is known by where its first column alone does not say; nothing: all of it."""


def _key(table: str, row: dict[str, str]) -> tuple[str, ...]:
    named = _KEYS.get(table, (next(iter(row)),))
    return tuple(row[one] for one in named) if named else tuple(row.values())


def test_the_name_of_an_officer_who_is_erased_is_left_nowhere(told: Told, counted: Counted) -> None:
    from django.db import transaction

    from courtside.services.caller import Caller
    from courtside.services.erase_everywhere import forget_everywhere
    from courtside.store import accounts

    acted = [one for one in accounts.accounts() if one.person_id and one.person_id != told.plan.person_id]
    assert len(acted) >= 3
    before = {one.username: len(list(_cells_naming(one.username))) for one in acted}
    assert sum(before.values()) > 20, "they did hardly anything"
    with transaction.atomic():
        for number, one in enumerate(acted):
            forget_everywhere(Caller("host", clock=lambda: NOW), one.person_id, f"E{number:05}")
        left = [cell for one in acted for cell in _cells_naming(one.username)]
        transaction.set_rollback(True)
    assert left == []
    counted(GATES[11], sum(before.values()))


def _cells_naming(username: str) -> Iterator[str]:
    """The columns of the application database in which a user name stands, alone or quoted, row by row."""
    from django.apps import apps
    from django.db import connection

    for model in apps.get_app_config("store").get_models():
        table = model._meta.db_table
        for column in (one.column for one in model._meta.concrete_fields):
            with connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT count(*) FROM {table} WHERE CAST("{column}" AS TEXT) = %s '
                    f'OR instr(CAST("{column}" AS TEXT), %s) > 0',
                    [username, f'"{username}"'],
                )
                yield from [f"{table}.{column}"] * cursor.fetchone()[0]


def test_every_column_that_holds_a_user_name_is_among_those_that_are_forgotten(told: Told) -> None:
    from django.apps import apps

    from courtside.store.erasing_username import WHERE

    assert told
    rewritten = {("Plan", name) for name in ("author", "approver", "preparer", "decider")} | {("User", "username")}
    not_people = {("OutboxRow", "claimed_by"), ("Document", "superseded_by")}
    looks_like = re.compile(r"(^|_)(username|author|approver|preparer|decider|by)$")
    found = {
        (model.__name__, one.name)
        for model in apps.get_app_config("store").get_models()
        for one in model._meta.concrete_fields
        if looks_like.search(one.name)
    }
    assert len(found) > 40
    forgotten = {(model.__name__, column) for model, columns in WHERE.items() for column in columns}
    assert found - rewritten - not_people == forgotten
