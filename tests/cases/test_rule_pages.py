"""Rules on the pages and the command line: written, replayed, approved by another, switched on, run, never altered."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.asking import Asking
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, Clock, Served

if TYPE_CHECKING:
    from django.test import Client

GATES = (
    "stored evaluations worked out again", "attempts to alter what a rule found refused", "self-approvals refused",
    "pages of rules asked for by who may not see them",
)  # fmt: skip
Counted = Callable[[str, int], None]
AsUser = Callable[..., "Client"]
HOSTILE = "<script>alert(1)</script> {{ 7*7 }}"
FORM = {
    "label": HOSTILE, "rule": "few_dials", "metric": "dials", "level": "watch", "count": "8", "unit": "weeks",
    "proposes": "watch",
    "exclude": ["leave", "ramp", "territory_change", "open_dispute", "thin_logging", "target_missed_by_peers"],
}  # fmt: skip
AT = "/rules/few_dials/1/"


@pytest.fixture
def firm(own_copy: Served) -> Served:
    """A firm too young for twelve months of replay, which its limits allow."""
    folder = own_copy.root / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "limits.yaml").write_text("months: 6\n", encoding="utf-8")
    return own_copy


@pytest.fixture
def live(firm: Served, as_user: AsUser) -> Served:
    """The same with a rule that is live: written by Ola, approved by Hana."""
    _go_live(as_user, FORM)
    return firm


def _go_live(as_user: AsUser, form: dict[str, Any]) -> None:
    ola, hana, at = as_user("ola"), stepped_up(as_user("hana"), "hana"), f"/rules/{form['rule']}/1/"
    assert ola.post("/rules/new/", form).status_code == 302
    assert ola.post(f"{at}replay/").status_code == 302
    assert ola.post(f"{at}submit/").status_code == 302
    (shown,) = re.findall(r'name="sha256" value="([0-9a-f]{64})"', hana.get(at).content.decode())
    told = {"reason": "Its replay names few, and chance hardly any.", "sha256": shown}
    assert hana.post(f"{at}approve/", told).status_code == 302
    assert hana.post(f"{at}switch-on/").status_code == 302


def test_a_rule_goes_live_only_through_replay_and_a_second_person(firm: Served, as_user: AsUser) -> None:
    ola, hana = as_user("ola"), as_user("hana")
    ola.post("/rules/new/", FORM)
    page = ola.get(AT).content.decode()
    assert "No replay of this very wording is stored" in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page
    ola.post(f"{AT}submit/")
    assert "Approve this wording" not in hana.get(AT).content.decode()
    ola.post(f"{AT}replay/")
    page = hana.get(AT).content.decode()
    assert "Approve this wording" in page
    assert "of somebody exactly at target it would fire" in page
    (shown,) = re.findall(r'name="sha256" value="([0-9a-f]{64})"', page)
    told = {"reason": "Looked at it.", "sha256": shown}
    hana.post(f"{AT}approve/", told)
    assert "waits for approval" in hana.get(AT).content.decode(), "no approval without a fresh second factor"
    fresh = stepped_up(hana, "hana")
    assert fresh.post(f"{AT}approve/", {**told, "sha256": "0" * 64}).status_code == 400
    assert fresh.post(f"{AT}approve/", {**told, "reason": " "}).status_code == 400
    assert fresh.post(f"{AT}approve/", told).status_code == 302
    assert "approved, not switched on" in fresh.get(AT).content.decode()
    assert fresh.post(f"{AT}switch-on/").status_code == 302
    assert "live" in fresh.get(AT).content.decode()
    assert fresh.post(f"{AT}pause/", {"reason": "Until the new targets are set."}).status_code == 302
    assert "paused" in fresh.get(AT).content.decode()


def test_nobody_approves_their_own_rule_in_service_or_database(
    firm: Served, as_user: AsUser, counted: Counted
) -> None:  # fmt: skip
    from courtside.store import rules

    hana = stepped_up(as_user("hana"), "hana")
    hana.post("/rules/new/", FORM)
    hana.post(f"{AT}replay/")
    hana.post(f"{AT}submit/")
    page = hana.get(AT).content.decode()
    assert "somebody else of HR approves it" in page
    version = rules.versions("few_dials")[0]
    refused = hana.post(f"{AT}approve/", {"reason": "Mine is fine.", "sha256": version.sha256})
    assert refused.status_code == 400
    assert "somebody else approves it" in refused.content.decode()
    attacks = (
        "UPDATE store_ruleversion SET state = 'live'",
        "UPDATE store_ruleversion SET approver = author, approved_at = made_at, state = 'live'",
        "UPDATE store_ruleversion SET approver = 'hana', approved_at = made_at, state = 'approved'",
        "UPDATE store_ruleversion SET author = 'ola'",
    )
    counted(GATES[2], 1 + _refused(firm, attacks))


def _refused(firm: Served, attacks: tuple[str, ...]) -> int:
    database = sqlite3.connect(firm.root / "app.sqlite3")
    for attack in attacks:
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(attack)
    database.close()
    return len(attacks)


def test_every_look_is_kept_once_with_its_inputs_and_never_altered(
    live: Served, clock: Clock, counted: Counted
) -> None:  # fmt: skip
    from django.db import transaction

    from courtside.rules.evaluation import recompute
    from courtside.services import run_rules as running
    from courtside.store import models, rules

    told: list[tuple[int, str]] = []
    running.WHEN_HOLDS.append(lambda _workspace, _caller, number, found: told.append((number, found.subject)))
    try:
        ran = running.run_rules(live.workspace, live.caller)
    finally:
        running.WHEN_HOLDS.pop()
    numbers = list(models.RuleEvaluation.objects.unscoped("a test").values_list("pk", flat=True))
    assert ran.checked == len(numbers) > 15
    assert ran.held == len(told)
    assert running.run_rules(live.workspace, live.caller).checked == 0
    stored = [rules.evaluation(number) for number in numbers]
    for one in stored:
        assert one is not None
        assert recompute(one.evaluation).sha256 == one.evaluation.sha256 == one.sha256
    counted(GATES[0], len(stored))
    attacks = (
        "UPDATE store_ruleevaluation SET holds = NOT holds",
        "UPDATE store_ruleevaluation SET content = '{}'",
        "UPDATE store_ruleevaluation SET sha256 = 'x'",
        "DELETE FROM store_ruleevaluation",
        "INSERT OR REPLACE INTO store_ruleevaluation SELECT * FROM store_ruleevaluation",
        "UPDATE store_ruleversion SET block = '{}'",
        "DELETE FROM store_ruleversion",
        "UPDATE store_rulereplay SET summary = '{}'",
        "DELETE FROM store_rulereplay",
    )
    counted(GATES[1], _refused(live, attacks))
    erased = stored[0].evaluation.subject if stored[0] else ""
    with transaction.atomic():
        rules.forget_person(erased, "erased-1")
    assert rules.evaluations_of(erased) == ()
    assert [one.number for one in rules.evaluations_of("erased-1")] == [numbers[0]]
    clock.move(timedelta(days=21))
    late = running.run_rules(live.workspace, live.caller)
    assert late.checked == 0
    assert "records stop on" in late.notes[0]


def test_a_hook_that_fails_leaves_nothing_half_done(firm: Served, as_user: AsUser) -> None:
    """A rule that holds for somebody: who waits for it is told with it, or nothing of the run is kept."""
    from courtside.services import run_rules as running
    from courtside.services.refused import Refused
    from courtside.store import models

    few_closed = {**FORM, "rule": "few_closed", "metric": "closing_rate", "count": "3", "unit": "months"}
    _go_live(as_user, {**few_closed, "exclude": ["leave", "ramp"]})
    kept = models.RuleEvaluation.objects.unscoped("a test")

    def refuse(*_: Any) -> None:
        raise Refused("not today")

    running.WHEN_HOLDS.append(refuse)
    try:
        with pytest.raises(Refused, match="not today"):
            running.run_rules(firm.workspace, firm.caller)
    finally:
        running.WHEN_HOLDS.pop()
    assert kept.count() == 0
    ran = running.run_rules(firm.workspace, firm.caller)
    assert 0 < ran.held < ran.checked == kept.count()


def test_who_reads_what(live: Served, as_user: AsUser, counted: Counted) -> None:
    names = [live.hierarchy.name(person) for person in live.hierarchy.names]
    asked = 0
    for username in CAST:
        client = as_user(username)
        page = client.get(AT)
        reads_all = username in ("maya", "gwen", "hana", "eve", "ari", "ola")
        is_subject = username in ("rae", "tom")
        assert page.status_code == (200 if reads_all or is_subject else 404), username
        text = page.content.decode()
        assert ("<dt>Written by</dt>" in text) is reads_all, username
        assert "Before it may be live" not in text, "it is live"
        shown = text.replace(CAST[username], "")
        if username != "hana":
            assert not [name for name in names if name and name in shown], username
        for address in ("edit/",):
            allowed = username in ("maya", "gwen", "hana", "ola")
            assert client.get(AT + address).status_code == (200 if allowed else 404), username
        for address in ("approve/", "switch-on/", "pause/"):
            if username != "hana":
                assert client.post(AT + address, {"reason": "x"}).status_code == 404, username
                asked += 1
        if username not in ("maya", "gwen", "hana", "ola"):
            for address in ("replay/", "submit/"):
                assert client.post(AT + address).status_code == 404, username
                asked += 1
    counted(GATES[3], asked)


def test_a_rep_does_not_see_drafts(firm: Served, as_user: AsUser) -> None:
    as_user("ola").post("/rules/new/", FORM)
    assert as_user("rae").get(AT).status_code == 404
    assert "few_dials" not in as_user("rae").get("/rules/").content.decode()
    assert as_user().get("/rules/").status_code == 302


def test_the_builder_names_what_is_wrong_and_keeps_the_old_version(live: Served, as_user: AsUser) -> None:
    ola = as_user("ola")
    refused = ola.post("/rules/new/", {**FORM, "count": "13", "unit": "months"})
    assert refused.status_code == 400
    assert "13 is no whole number from 1 to 12" in refused.content.decode()
    assert ola.post(f"{AT}edit/", {**FORM, "count": "12"}).status_code == 302
    assert "draft" in ola.get("/rules/few_dials/2/").content.decode()
    assert "live" in ola.get(AT).content.decode()
    weak = {**FORM, "rule": "lax", "proposes": "improvement_plan", "exclude": ["ramp"]}
    assert ola.post("/rules/new/", weak).status_code == 302
    page = ola.get("/rules/lax/1/").content.decode()
    assert "leave, open_dispute" in page
    assert ola.post("/rules/lax/1/submit/").status_code == 400


def test_the_commands_list_check_publish_replay_and_run(firm: Served) -> None:
    asking = Asking(firm.root)
    listed = asking.rows("rules", "list")
    assert {row["state"] for row in listed} == {"on disk"}
    checked = {row["rule"]: row for row in asking.rows("rules", "check")}
    assert all(row["ok"] for row in checked.values())
    assert asking.run("rules", "check", "coach_meeting").said.count("coach_meetings")
    published = asking.rows("rules", "publish", "coach_meetings")
    assert [(row["version"], row["state"]) for row in published] == [(1, "submitted")]
    assert asking.rows("rules", "publish", "coach_meetings")[0]["version"] == 1
    days = ("--from", "2026-05-01", "--to", "2026-10-31")
    reply = asking.run("rules", "replay", "coach_meetings", *days, "--format", "json")
    *rows, summary = reply.rows
    assert all(set(row) >= {"rule", "on", "person", "verdict", "evidence", "recovered_unaided"} for row in rows)
    assert summary["flags_per_person_year"] is not None
    assert 0 <= summary["false_alarm_rate_by_chance"] < 1
    assert json.loads(reply.out)["command"] == "rules replay"
    assert "no rule is live" in asking.run("rules", "run", "--format", "json").notes
    bad = firm.root / "rules" / "bad.yaml"
    bad.write_text("- rule: x\n  lable: y\n", encoding="utf-8")
    refused = asking.run("rules", "check")
    assert refused.status == 1
    assert f"{bad}:2:10: lable: unknown key 'lable'; nearest: label" in refused.said
