"""Access requests and erasure: everything about one person and no other name; afterwards nothing of who they were."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from tests.cases.proposing import firm, proposed, read_by_rae, visit
from tests.cases.stepping_up import stepped_up
from tests.serving import CAST, NOW, Served

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["firm", "proposed"]
GATES = (
    "texts in access requests looked through for other people", "access requests refused to others",
    "cells and files looked through after an erasure", "tables an erasure could forget, each caught",
)  # fmt: skip
Counted = Callable[[str, int], None]
AsUser = Callable[..., "Client"]
CANARY = "kanarienvogel"
"""A word of Rae's own texts that stands nowhere else."""
WHY = "They asked for it in writing last week"


def _opened(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _words_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words_in(one)
    elif isinstance(value, str):
        yield value


def _disputed(firm: Served) -> None:
    """Rae disputes a row in words that name Tom and hold the canary."""
    from courtside.store import audit, disputes

    rae = firm.people["rae"]
    with audit.together():
        number = disputes.open_one(
            disputes.Claim(
                rae, "submittals", "activities", "A1", "2026-10-01", "wrong",
                f"This was {CAST['tom']} with tom@firm.example, says {CANARY}", NOW, "rae", rae,
            )
        )  # fmt: skip
        audit.write(audit.Act(NOW, "rae", "open_dispute", {"dispute": number, "person": rae, "metric": "submittals"}))


def test_an_access_request_holds_everything_and_nobody_elses_name(
    firm: Served, as_user: AsUser, counted: Counted
) -> None:
    _disputed(firm)
    read_by_rae(firm, "improvement_plan")
    as_user("gwen").get(f"/people/{firm.people['rae']}/")
    answer = as_user("rae").post("/my-data/data.zip")
    assert answer.status_code == 200
    files = _opened(answer.content)
    about = json.loads(files["about.json"])
    assert set(about["files"]) == set(files) - {"about.json", "README.txt"}
    from hashlib import sha256

    assert all(sha256(files[name]).hexdigest() == told for name, told in about["files"].items())
    rae, own = firm.people["rae"], firm.hierarchy.names[firm.people["rae"]]
    said = {name: json.loads(content) for name, content in files.items() if name.endswith(".json")}
    assert said["records/people.json"][0]["name"] == own
    assert {row["person_id"] for row in said["records/activities.json"]} == {rae}
    assert len(said["records/activities.json"]) == _rows_of(firm, "activities", rae)
    assert len(said["proposals.json"]) == 3
    assert not any("kind" in one for one in said["proposals.json"])
    assert CANARY in json.dumps(said["told.json"])
    assert said["account.json"][0]["username"] == "rae"
    assert len(said["judged.json"]["rules"]) >= 1
    assert any(one["what"] == "looked at this box score" for one in said["looks.json"])
    assert set(said["figures.json"]) <= set(said["definitions.json"])
    assert "submittals" in said["figures.json"]
    others = {name for person, name in firm.hierarchy.names.items() if person != rae and name != own}
    others |= {name for user, name in CAST.items() if user != "rae"}
    others |= {f"{user}@firm.example" for user in CAST if user != "rae"}
    ids = set(firm.hierarchy.names) - {rae}
    users = set(CAST) - {"rae"}
    texts = 0
    for name, value in said.items():
        for text in _words_in(value):
            texts += 1
            assert text not in ids | users, (name, text)
            assert text.removeprefix("person:") not in ids, (name, text)
            found = [one for one in others if one in text]
            assert not found, (name, text)
    counted("texts in access requests looked through for other people", texts)


def _rows_of(firm: Served, table: str, person: str) -> int:
    with visit("hana").session() as session:
        found = session.engine.rows(f"SELECT count(*) FROM {table} WHERE person_id = '{person}'")
    return int(found[0][0])


def test_it_is_for_the_person_and_their_hr_partner_and_is_written_down(
    firm: Served, as_user: AsUser, counted: Counted
) -> None:
    from courtside.store import audit

    rae = firm.people["rae"]
    at = f"/hr/people/{rae}/data.zip"
    for who in ("rae", "tom", "maya", "gwen", "eve", "ada", "ola", "ari", "otto"):
        assert as_user(who).post(at).status_code == 404
        counted("access requests refused to others", 1)
    for who in ("eve", "ada", "otto", "hana"):
        assert as_user(who).post("/my-data/data.zip").status_code == 404
        counted("access requests refused to others", 1)
    assert as_user("hana").post("/hr/people/nobody/data.zip").status_code == 404
    answer = as_user("hana").post(at)
    assert answer.status_code == 200
    (act,) = audit.acts("export_person")
    assert (act.who, dict(act.detail)) == ("hana", {"person": rae})
    assert "took out everything" in as_user("rae").get("/my-record/looks/").content.decode()
    assert as_user("rae").get("/my-data/").status_code == 200


def test_names_inside_texts_are_masked_the_same_way_throughout() -> None:
    from courtside.services.access_request_mask import Mask

    within = {"Tom Tanner": "P2", "tom@firm.example": "P2", "Rae Rivers": "P1"}
    mask = Mask({"P2": "P2", "tom": "P2"}, within, {"Rae Rivers"})
    told = mask.of({"by": "tom", "on": "person:P2", "words": "Rae Rivers saw Tom Tanner (tom@firm.example), tomorrow."})
    one = "another person (1)"
    assert told == {"by": one, "on": f"person:{one}", "words": f"Rae Rivers saw {one} ({one}), tomorrow."}
    assert mask.masked == 1


def _about_rae(served: Served) -> tuple[str, ...]:
    """What would tell who Rae was: the id, the names, the addresses, the user name as such, and her own words."""
    from courtside.store import accounts

    (own,) = (one for one in accounts.accounts() if one.username == "rae")
    rae = served.people["rae"]
    return rae, served.hierarchy.names[rae], own.name, own.email, CANARY


def _everywhere(served: Served, tokens: tuple[str, ...]) -> tuple[list[str], int]:
    """Where a token can still be found in files and tables of the workspace, and how much was looked through."""
    found, looked = [], 0
    for path in sorted(served.root.rglob("*")):
        if not path.is_file() or path.suffix == ".zip":
            continue
        looked += 1
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        if path.suffix == ".parquet":
            with duckdb.connect() as engine:
                cells = {str(c) for row in engine.execute("FROM read_parquet(?)", [str(path)]).fetchall() for c in row}
            looked += len(cells)
            meant = set(tokens) - ({served.hierarchy.names[served.people["rae"]]} if _is_of_customers(path) else set())
            found += [f"{path.name}: {one}" for one in meant if any(_names(cell, one) for cell in cells)]
            continue
        found += [f"{path.name}: {one}" for one in tokens if _bytes_name(content, one)]
    return found, looked + _table_rows()


def _is_of_customers(path: Path) -> bool:
    """Whether a file holds names of customers' people: one of them is called as Rae is."""
    return path.name.startswith("texts.contacts")


def _names(text: str, token: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(token)}(?![\w-])", text) is not None


def _bytes_name(content: bytes, token: str) -> bool:
    """Whether a token stands in bytes: in a database file columns follow each other with nothing between."""
    return re.search(re.escape(token.encode()) + rb"(?![0-9])", content) is not None


def _table_rows() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        rows = 0
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            rows += cursor.fetchone()[0]
    return rows


def _lived_in(firm: Served, as_user: AsUser) -> None:
    """The firm after people have used it: looks, disputes, tasks, a plan in words, groups, a hold released."""
    from courtside.store import audit, outbox, retention

    rae = firm.people["rae"]
    _disputed(firm)
    read_by_rae(firm, "improvement_plan")
    for who in ("gwen", "hana"):
        as_user(who).get(f"/people/{rae}/")
    assert as_user("hana").get(f"/hr/people/{rae}/").status_code == 200
    (firm.root / "protected").mkdir()
    groups = firm.root / "protected" / "groups.csv"
    groups.write_text(f"person_id,group\n{rae},a\n{firm.people['tom']},b\n", encoding="utf-8")
    groups.chmod(0o600)
    with audit.together():
        outbox.enqueue(outbox.Task("document", f"doc:X:{rae}", "/documents/X/", person_id=rae), NOW)
        number = retention.place(rae, "", f"A letter about the {CANARY}", "hana", NOW)
        assert number is not None
        assert retention.ask_release(number, retention.Second("hana", "", NOW, f"no {CANARY} any more"))
        assert retention.release(number, retention.Second("hugo", "", NOW))
    _planned(firm)
    from courtside.store import proposals

    for one in proposals.about([rae]):
        proposals.withdraw(one.id, NOW - timedelta(days=400))


def _planned(firm: Served) -> None:
    """A coaching plan about Rae that ended long ago, its words, and a document of it."""
    from dataclasses import replace

    from tests.cases.plan_walks import draft

    from courtside.records.canonical import canonical, digest
    from courtside.store import audit, documents, plans
    from courtside.workflow.content import Kind
    from courtside.workflow.events import Cancel

    rae, at = firm.people["rae"], NOW - timedelta(days=500)
    first = draft(Kind.COACHING)
    by = replace(first.by, person_id=firm.people["maya"])
    first = replace(first, by=by, plan_id=plans.new_id(), person_id=rae, manager_id=firm.people["maya"], proposal="",
                    content=replace(first.content, purpose=f"More meetings, {CANARY}"))  # fmt: skip
    told = {"data": {"person": firm.hierarchy.names[rae], "why": CANARY}}
    with audit.together():
        plan = plans.new_plan(first, at.date(), at).plan
        documents.add(
            documents.NewDocument(
                documents.new_id(), plan.id, rae, "coaching_plan", 1, f"For {CAST['rae']}",
                canonical(told).decode(), digest(told), f"%PDF {CAST['rae']} {CANARY}".encode(), at, "maya", (),
            )
        )  # fmt: skip
        plans.apply(plan.id, Cancel(by, f"{CANARY} is well"), at.date(), at)
        audit.write(audit.Act(at, "maya", "draft_plan", {"plan": plan.id, "person": rae}))


def _two_erase(firm: Served, as_user: AsUser) -> None:
    """Hana asks for Rae's erasure and Hugo approves it, on the pages."""
    from courtside.store import retention

    hana, hugo = as_user("hana"), stepped_up(as_user("hugo"), "hugo")
    wanted = {"kind": "person", "person": firm.people["rae"], "reason": f"Rae wrote so, {CANARY}"}
    assert hana.post("/hr/retention/ask/", wanted).status_code == 302
    (asked,) = retention.waiting_erasures()
    page = f"/hr/erasures/{asked.opaque}/"
    (shown,) = re.findall(r'name="shown" value="([0-9a-f]{64})"', hugo.get(page).content.decode())
    assert hugo.post(f"{page}approve/", {"shown": shown, "reason": WHY}).status_code == 302
    assert retention.erasure(asked.opaque).state == "done"


@pytest.fixture
def lived_in(firm: Served, as_user: AsUser) -> Served:
    """That firm, with a second HR partner."""
    from courtside.store import accounts
    from courtside.store.access import Role

    accounts.grant(accounts.add("hugo", "Hugo Hill", "hugo@firm.example", "", NOW), Role.HR, "host", NOW)
    _lived_in(firm, as_user)
    return firm


def test_after_an_erasure_nothing_in_the_workspace_says_who_they_were(
    lived_in: Served, as_user: AsUser, counted: Counted
) -> None:
    from courtside.store import audit_chain

    tokens = _about_rae(lived_in)
    before, _ = _everywhere(lived_in, tokens)
    assert {one.rpartition(": ")[2] for one in before} == set(tokens)
    _two_erase(lived_in, as_user)
    found, looked = _everywhere(lived_in, tokens)
    assert found == []
    assert audit_chain.check({}).faults == ()
    assert "b\n" in (lived_in.root / "protected" / "groups.csv").read_text(encoding="utf-8")
    assert (lived_in.root / "protected" / "groups.csv").stat().st_mode & 0o077 == 0
    counted("cells and files looked through after an erasure", looked)
    for path in (f"/people/{lived_in.people['rae']}/", "/hr/", "/hr/retention/", "/log/", "/proposals/"):
        for who in ("hana", "ari"):
            assert CAST["rae"] not in as_user(who).get(path).content.decode()


FORGETFUL = ("disputes", "evidence", "rules", "proposals", "plans", "documents", "outbox", "retention", "accounts")


def test_an_erasure_that_forgets_one_table_is_caught(
    lived_in: Served, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import import_module

    _noted(lived_in)
    tokens = _about_rae(lived_in)
    assert _left_in_tables(lived_in, tokens) == []
    for module in FORGETFUL:
        with monkeypatch.context() as patched:
            patched.setattr(import_module(f"courtside.store.{module}"), "forget_person", lambda *_: ())
            assert _left_in_tables(lived_in, tokens) != [], module
        counted("tables an erasure could forget, each caught", 1)
    with monkeypatch.context() as patched:
        patched.setattr(import_module("courtside.store.erasing_log"), "acts_naming", lambda *_: ())
        assert _left_in_tables(lived_in, tokens) != []
    counted("tables an erasure could forget, each caught", 1)


def _left_in_tables(firm: Served, tokens: tuple[str, ...]) -> list[str]:
    """The cells that still name Rae once every table was told to forget; then all is as it was."""
    from django.db import connection, transaction

    from courtside.services.erase_everywhere import forget_everywhere
    from courtside.store import ledger

    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        ledger.rewrite_examples(firm.people["rae"], "erased-token")
        forget_everywhere(firm.caller, firm.people["rae"], "erased-token")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            cells = {str(bytes(c) if isinstance(c, memoryview) else c) for row in cursor.fetchall() for c in row}
            found += [f"{table}: {one}" for one in tokens if any(_names(cell, one) for cell in cells if one in cell)]
        transaction.set_rollback(True)
    return found


def _noted(firm: Served) -> None:
    from courtside.store import audit, evidence

    with audit.together():
        rae, day = firm.people["rae"], NOW.date()
        evidence.add([evidence.Entry("submittals", 1, rae, day, day, 1.0, None, 2.0, 0.5, rings=False)], NOW)


def test_the_pack_is_written_by_the_command_too(firm: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.asking import Asking

    from courtside.services.make_token import make_token

    rae = visit("rae")
    monkeypatch.setenv("COURTSIDE_TOKEN", make_token(rae.viewer, rae.caller, "a test", 7))
    out = tmp_path / "rae.zip"
    Asking(firm.root).rows("access-request", firm.people["rae"], "--out", out, "--as", "rae")
    assert "records/people.json" in _opened(out.read_bytes())
    assert out.stat().st_mode & 0o077 == 0
