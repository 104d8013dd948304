"""Writing plans by pages and the command line: a coaching plan by hand, hostile text, the person's own account."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from click.testing import CliRunner
from tests.cases import planned
from tests.cases.planned import SPRING, at, improvement, now, visit
from tests.serving import Served

GATES = (
    "steps of a coaching plan by its pages",
    "hostile texts shown as text",
    "commands about plans refused without a token of one's own",
)
HOSTILE = (
    "<script>alert(1)</script>", "{{ plan.id }}", "{% include 'x' %}", "#read(\"/etc/passwd\")", "$x$ *b* _i_ @a",
    "' OR 1=1; --", "<img src=x onerror=alert(1)>", "%(reason)s {0} %s",
)  # fmt: skip


def _fields(today: Any, **more: str) -> dict[str, str]:
    days = planned.written(today)
    return {
        "starts_on": days.starts_on.isoformat(), "last_on": days.last_on.isoformat(),
        "sign_by": days.sign_by.isoformat(), "purpose": "To bring next steps back.", "goal_0": "next_step_secured_rate",
        "level_0": "45", "decides_0": "on", "owed_0": "Sit in on two calls", "by_0": days.last_on.isoformat(),
        "check_ins": "\n".join(one.isoformat() for one in days.check_ins), **more,
    }  # fmt: skip


def test_a_coaching_plan_by_hand_from_its_first_page_to_its_last(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    at(SPRING.date())
    maya, rae = own_copy.client("maya"), own_copy.people["rae"]
    path, fields = f"/plans/new/{rae}/", _fields(SPRING.date())
    for name in ("tom", "rae", "gwen", "hana", "eve", "ada", "ola", "ari", "otto"):
        assert own_copy.client(name).get(path).status_code == 404, name
    looked = maya.post(path, {**fields, "look": "1"}).content.decode()
    assert "Nothing is kept yet" in looked
    assert "of the peers did this" in looked or "of the peers sustained" in looked
    few = maya.post(path, {**fields, "goal_1": "client_interviews", "level_1": "1", "decides_1": "on"})
    assert few.status_code == 400
    assert "toss of a coin" in few.content.decode()
    assert maya.post(path, {**fields, "by_0": ""}).status_code == 400
    made = maya.post(path, fields)
    assert made.status_code == 302
    plan_id = made.headers["Location"].split("/")[2]
    done = 1
    for who, verb, told in (
        ("maya", "edit", {**_fields(SPRING.date()), "purpose": "Otherwise."}), ("maya", "issue", {}),
    ):  # fmt: skip
        sent = own_copy.client(who).post(f"/plans/{plan_id}/{verb}/", told)
        assert sent.status_code == 302, verb
        done += 1
    planned.signed(_plan(plan_id))
    at(_plan(plan_id).starts_on)
    assert maya.post(f"/plans/{plan_id}/begin/").status_code == 302
    at(_plan(plan_id).last_on + timedelta(days=2))
    for verb, told in (
        ("prepare", {"outcome": "released", "reason": "Enough was seen."}), ("determine", {"shown": "asked"}),
    ):  # fmt: skip
        shown = {"shown": _plan(plan_id).asked_hash} if told.get("shown") else told
        sent = maya.post(f"/plans/{plan_id}/{verb}/", shown)
        assert sent.status_code == 302, (verb, sent.content.decode()[-2000:])
        done += 1
    page = maya.get(f"/plans/{plan_id}/").content.decode()
    assert "<title>Plan" in page
    assert "removed" not in {one for one in re.findall(r'value="(\w+)"', page)}
    assert own_copy.client("rae").get(f"/plans/{plan_id}/print/").status_code == 200
    counted("steps of a coaching plan by its pages", done + 1)


def _plan(plan_id: str) -> Any:
    from courtside.store import plans

    found = plans.plan(plan_id)
    assert found is not None
    return found


def test_hostile_text_is_shown_as_text(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services.cancel_plan import cancel_plan

    at(SPRING.date())
    shown = 0
    for text in HOSTILE:
        plan = planned.issued(improvement(own_copy, purpose=text))
        cancel_plan(visit("hana"), plan.id, text)
        page = own_copy.client("rae").get(f"/plans/{plan.id}/").content.decode()
        from django.utils.html import escape

        assert page.count(escape(text)) >= 2, text
        assert escape(text) == text or text not in page
        shown += 1
    counted("hostile texts shown as text", shown)


def test_the_person_puts_their_own_account_beside_the_plan(own_copy: Served) -> None:
    from courtside.store import documents

    at(SPRING.date())
    plan = planned.issued(improvement(own_copy))
    for name in ("maya", "hana", "tom", "gwen"):
        sent = own_copy.client(name).post(f"/plans/{plan.id}/account/", {"account": "Not mine."})
        assert sent.status_code == 404, name
    sent = own_copy.client("rae").post(f"/plans/{plan.id}/account/", {"account": "The accounts were moved in May."})
    assert sent.status_code == 302
    (paper,) = [one for one in documents.of_plan(plan.id) if one.template == "rep_statement"]
    assert "The accounts were moved in May." in paper.data
    assert [verb for verb, _ in planned.acts()].count("write_statement") == 1


def test_the_command_obeys_the_same_rules(
    own_copy: Served, counted: Callable[[str, int], None], monkeypatch: Any
) -> None:
    from courtside.cli.main import main
    from courtside.store import accounts

    at(SPRING.date())
    plan = planned.issued(improvement(own_copy))
    tokens = {}
    for name in ("rae", "maya", "tom"):
        _, tokens[name] = accounts.make_token(visit(name).viewer.user_id, "cli", SPRING, SPRING + timedelta(days=90))

    def run(token: str, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("COURTSIDE_TOKEN", token)
        done = CliRunner().invoke(main, ["--workspace", str(own_copy.root), "plans", *words])
        return done.exit_code, done.output

    refused = 0
    for name, word in (("rae", "maya"), ("maya", "hana"), ("tom", "rae")):
        code, told = run(tokens[name], "list", "--as", word, "--format", "json")
        assert (code, plan.id in told) == (1, False)
        refused += 1
    code, told = run(tokens["tom"], "show", plan.id, "--as", "tom")
    assert (code, plan.person_id in told) == (1, False)
    code, told = run(tokens["rae"], "list", "--as", "rae", "--format", "json")
    assert code == 0, told
    assert [row["plan"] for row in json.loads(told)["rows"]] == [plan.id]
    code, told = run(tokens["maya"], "owed", plan.id, "owed-1", "--done", SPRING.date().isoformat(), "--as", "maya")
    assert code == 0, told
    assert now(plan).owed[0].done_on == SPRING.date()
    code, _ = run(tokens["rae"], "owed", plan.id, "owed-1", "--done", SPRING.date().isoformat(), "--as", "rae")
    assert code == 1
    counted("commands about plans refused without a token of one's own", refused + 2)
