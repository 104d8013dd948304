"""The evidence of a proposal: frozen, worked out anew bit for bit, asked for again, and with the person first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cases.proposing import KINDS, REASON, about_rae, entry, looked_at, read_by_rae, visit
from tests.cases.proposing import firm as firm
from tests.cases.proposing import proposed as proposed
from tests.serving import NOW, Served

from courtside.records.canonical import canonical, digest
from courtside.records.people import Absence, Employment, Firm, Holiday
from courtside.records.period import Calendar
from courtside.records.working_days import Attendance

GATES = (
    "proposals worked out anew bit for bit", "proposals found again from the records of then",
    "alterations of evidence found", "changed rows found", "days on which a plan would be too early",
    "words kept from the person's own page",
)  # fmt: skip
Counted = Callable[[str, int], None]


def test_every_proposal_is_worked_out_anew_and_found_again(firm: Served, counted: Counted) -> None:
    from courtside.services.recompute_proposal import recompute
    from courtside.services.refind_proposal import refind

    for kind in KINDS:
        found = about_rae(firm, kind)
        alone, again = recompute(found), refind(firm.workspace, firm.caller, found)
        assert (alone.differences, again.differences) == ((), ())
        evidence = json.loads(found.evidence)
        assert evidence["rows"]["count"] == 17
        assert len(evidence["conditions"]) == 8
        assert evidence["data"]["batches"] == [1]
        assert evidence["definitions"]["of_the_figure"]["submittals"]["version"] == 1
        counted(GATES[0], alone.checks)
        counted(GATES[1], again.checks)


def _altered(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every copy of plain data with one number, text or truth of it changed."""
    if isinstance(value, dict):
        for key, one in value.items():
            for where, other in _altered(one, f"{path}.{key}"):
                yield where, {**value, key: other}
    elif isinstance(value, list):
        for number, one in enumerate(value):
            for where, other in _altered(one, f"{path}[{number}]"):
                yield where, [*value[:number], other, *value[number + 1 :]]
    elif isinstance(value, bool):
        yield path, not value
    elif isinstance(value, int | float):
        yield path, value + 1
    elif isinstance(value, str):
        yield path, value + "x"
    else:
        yield path, "x"


def test_every_alteration_of_the_evidence_is_found(firm: Served, counted: Counted) -> None:
    from dataclasses import replace

    from courtside.services import recompute_proposal
    from courtside.store import proposals

    found = about_rae(firm, "improvement_plan")
    rows = proposals.rows_of(found.id)
    missed, tried = [], 0
    for where, other in _altered(json.loads(found.evidence)):
        tried += 1
        altered = replace(found, evidence=canonical(other).decode())
        try:
            told = list(recompute_proposal._differences(altered, rows, found.evaluation_sha256))
        except (KeyError, ValueError, TypeError):
            continue
        if not told:
            missed.append(where)
    assert missed == []
    for where, other in _altered(json.loads(rows)):
        tried += 1
        told = list(recompute_proposal._differences(found, canonical(other).decode(), found.evaluation_sha256))
        assert told, where
    assert tried > 300
    counted(GATES[2], tried)


def test_evidence_altered_together_with_its_hash_is_found_by_the_log_of_evaluations(
    firm: Served, counted: Counted
) -> None:
    """Somebody who changes a figure and every hash of the proposal still meets the evaluation kept elsewhere."""
    from dataclasses import replace

    from courtside.rules.evaluation import Evaluation
    from courtside.services.recompute_proposal import recompute

    found = about_rae(firm, "coaching_plan")
    evidence = json.loads(found.evidence)
    evidence["evaluation"]["inputs"]["figure"]["value"] = 9
    anew = Evaluation.from_json(evidence["evaluation"])
    evidence["evaluation_sha256"] = anew.sha256
    forged = replace(
        found, evidence=canonical(evidence).decode(), evidence_sha256=digest(evidence), evaluation_sha256=anew.sha256
    )
    told = recompute(forged).differences
    assert told == ("the evaluation is not the one that the log of evaluations holds",)
    counted(GATES[2], 1)


def test_evidence_that_can_no_longer_be_read_is_told_and_stops_nothing(firm: Served, counted: Counted) -> None:
    from dataclasses import replace

    from courtside.services.recompute_proposal import recompute

    found = about_rae(firm, "coaching_plan")
    on = json.loads(found.evidence)["evaluation"]["on"]
    for other in ("2026-02-31", "no day", "2026-13-01"):
        told = recompute(replace(found, evidence=found.evidence.replace(on, other))).differences
        assert told[0] == "the evidence is not the one that was frozen: its hash differs"
        assert "can no longer be read" in told[-1]
        counted(GATES[2], 1)
    cut = recompute(replace(found, evidence=found.evidence[:-1])).differences
    assert "its hash differs" in cut[0]
    counted(GATES[2], 1)


def test_what_is_recorded_later_changes_nothing_and_a_changed_file_is_found(firm: Served, counted: Counted) -> None:
    from courtside.services.mend_row import mend_row
    from courtside.services.refind_proposal import refind
    from courtside.store import proposals

    found = about_rae(firm, "coaching_plan")
    row = json.loads(proposals.rows_of(found.id))[0]
    opportunity = row["id"].split("/")[0]
    firm.clock.move(timedelta(hours=2))
    mend_row(firm.workspace, firm.caller, "opportunities", opportunity, ("person_id", firm.people["tom"]), "later")
    assert refind(firm.workspace, firm.caller, found).differences == (), "later records are not what was known then"
    _rewrite(firm.root, "stage_changes", "opportunity_id", opportunity)
    told = refind(firm.workspace, firm.caller, found).differences
    assert any(f"row {row['id']} of stage_changes" in one for one in told), told
    counted(GATES[3], len(told))


def _rewrite(root: Path, table: str, key: str, value: str) -> None:
    """Alter one row of a file of the records on the disk, behind the product's back."""
    import duckdb

    from courtside.store import ledger

    for batch in ledger.batches():
        for file in batch.files:
            if file.table == table and file.holding.value == "rows":
                path = root / file.path
                path.chmod(0o600)
                with duckdb.connect() as engine:
                    engine.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", [str(path)])
                    engine.execute(f'UPDATE t SET "at" = "at" + INTERVAL 1 DAY WHERE {key} = ?', [value])  # noqa: S608  (ours)
                    path.unlink()
                    engine.table("t").write_parquet(str(path))


def test_nothing_is_proposed_twice_and_nothing_while_it_rests(firm: Served) -> None:
    from courtside.services.propose import propose
    from courtside.store import proposals, rules

    rae = firm.people["rae"]
    stored = next(one for one in rules.evaluations_of(rae) if one.evaluation.rule == "zebra_coach")
    before = len(proposals.every())
    propose(firm.workspace, firm.caller, stored.number, stored.evaluation)
    assert len(proposals.every()) == before
    from courtside.services.decide_proposal import Choice, decide_proposal

    decide_proposal(visit("maya"), looked_at(firm, "maya", "coaching_plan"), Choice("decline", REASON))
    propose(firm.workspace, firm.caller, stored.number, stored.evaluation)
    assert len(proposals.every()) == before, "it has just been weighed"
    firm.clock.move(timedelta(days=29))
    propose(firm.workspace, firm.caller, stored.number, stored.evaluation)
    assert len(proposals.every()) == before + 1


def test_the_person_is_told_first_and_reads_nothing_of_the_proposal(firm: Served, counted: Counted) -> None:
    kept_from_them = ("proposal", "proposed", "improvement", "coaching plan", "zebra", "guard", "rule ")
    for kind in KINDS:
        found = about_rae(firm, kind)
        page = firm.client("rae").get(f"/to-read/{found.reading_id}/")
        assert page.status_code == 200
        text = page.content.decode()
        body = text[text.index("<main") : text.index("</main>")]
        assert "Submittals" in body
        assert "2026-07-16" in body, "the rows are there"
        assert "Dispute" in body
        for word in (*kept_from_them, found.id):
            assert word not in body.casefold(), (kind, word)
            counted(GATES[5], 1)
        for who in ("tom", "maya", "gwen", "hana", "eve", "ada", "ola", "ari", "otto"):
            assert firm.client(who).get(f"/to-read/{found.reading_id}/").status_code == 404, who
    opened = [one["case"] for one in entry("open_evidence")]
    assert sorted(opened) == sorted(about_rae(firm, kind).id for kind in KINDS)
    assert all(about_rae(firm, kind).opened_at is not None for kind in KINDS)


def test_opening_counts_once_and_for_nobody_who_looks_through_their_eyes(firm: Served) -> None:
    from dataclasses import replace

    from courtside.services.read_proposal_evidence import read_proposal_evidence

    found = about_rae(firm, "coaching_plan")
    through = visit("rae")
    read_proposal_evidence(replace(through, viewer=replace(through.viewer, seen_by="ada")), found.reading_id)
    assert about_rae(firm, "coaching_plan").opened_at is None
    read_by_rae(firm, "coaching_plan")
    first = about_rae(firm, "coaching_plan").opened_at
    firm.clock.move(timedelta(days=1))
    read_by_rae(firm, "coaching_plan")
    assert about_rae(firm, "coaching_plan").opened_at == first == NOW


def _there(*absent: tuple[date, date], off: tuple[date, ...] = ()) -> Attendance:
    absences = [Absence("P", first, last) for first, last in absent]
    people = (Employment("P", date(2026, 10, 20), None, None),)
    holidays = [Holiday(day, "") for day in off]
    return Attendance(Firm(people, [], absences, holidays, Calendar(1), {}))


MONDAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("there", "last_too_early"),
    [
        (_there(), date(2026, 11, 9)),
        (_there((date(2026, 11, 4), date(2026, 11, 11))), date(2026, 11, 17)),
        (_there(off=(date(2026, 11, 5),)), date(2026, 11, 10)),
        (_there((date(2026, 11, 3), date(2026, 12, 4))), date(2026, 12, 11)),
    ],
    ids=["all there", "away in between", "a holiday", "a month away"],
)
def test_only_days_they_were_there_pass(there: Attendance, last_too_early: date, counted: Counted) -> None:
    from courtside.services.proposal_days import days_passed

    early = [day for day in (MONDAY + timedelta(days=n) for n in range(60)) if days_passed(there, "P", MONDAY, day) < 5]
    assert early[-1] == last_too_early
    assert early == [MONDAY + timedelta(days=n) for n in range(len(early))]
    counted(GATES[4], len(early))


def test_a_counter_of_bare_calendar_days_is_caught(counted: Counted) -> None:
    """The broken twin: it forgets that somebody was away."""
    there = _there((date(2026, 11, 4), date(2026, 11, 11)))
    from courtside.services.proposal_days import days_passed

    naive = next(n for n in range(60) if n - 1 >= 5)
    assert days_passed(there, "P", MONDAY, MONDAY + timedelta(days=naive)) < 5
    counted(GATES[4], 1)


def test_leave_in_between_keeps_a_plan_waiting(firm: Served, tmp_path: Path, counted: Counted) -> None:
    from courtside.services.decide_proposal import Choice, decide_proposal
    from courtside.services.import_records import Request, import_records
    from courtside.services.proposal_days import had
    from courtside.services.refused import Refused

    leave = tmp_path / "absences.csv"
    leave.write_text(
        f"absence_id,person_id,starts_on,ends_on,kind\nA9,{firm.people['rae']},2026-11-04,2026-11-11,vacation\n",
        encoding="utf-8",
    )
    import_records(firm.workspace, firm.caller, Request((leave,), connector="native"))
    found = looked_at(firm, "maya", "coaching_plan")
    for day in range(3, 18):
        firm.clock.move(datetime(2026, 11, day, 9, tzinfo=UTC) - firm.clock.now())
        with pytest.raises(Refused, match="of their working days have passed"):
            decide_proposal(visit("maya"), found, Choice("proceed", REASON))
        assert had(firm.workspace, firm.caller, about_rae(firm, "coaching_plan")).days_passed < 5
        counted(GATES[4], 1)
    firm.clock.move(timedelta(days=1))
    plan = decide_proposal(visit("maya"), found, Choice("proceed", REASON))
    assert plan
    (decision,) = entry("decide_proposal")
    assert (decision["days_passed"], decision["opened_at"]) == (5, None)


def test_a_watch_note_is_the_persons_first_and_the_managers_a_day_later(firm: Served) -> None:
    from courtside.services.due_proposals import due

    note = about_rae(firm, "watch")
    where = f"/proposals/{note.id}/"
    assert firm.client("maya").get(where).status_code == 404
    assert firm.client("rae").get(f"/to-read/{note.reading_id}/").status_code == 200
    assert due(firm.workspace, firm.caller) == 0
    firm.clock.move(timedelta(days=1))
    assert due(firm.workspace, firm.caller) == 1
    assert due(firm.workspace, firm.caller) == 0
    assert firm.client("maya").get(where).status_code == 200
    for who in ("rae", "tom", "gwen", "hana", "eve", "ada", "ola", "ari", "otto"):
        assert firm.client(who).get(where).status_code == 404, who
    assert firm.client("maya").get(f"{where}decide/").status_code == 404
