"""Questions: any cut, under two clocks; what nobody knows is refused with the nearest names."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from tests.asking import Asking
from tests.shell.firm import ACCOUNTS, OPPORTUNITIES, PEOPLE, write_firm, write_table

RANGE = ("--from", "2026-01-01", "--to", "2026-02-28")


def test_json_is_one_object_of_the_promised_shape(full: Asking) -> None:
    reply = full.run("metric", "dials", *RANGE, "--as-of", "2026-03-31", "--format", "json")
    assert reply.status == 0
    assert list(reply.answer) == ["command", "as_of", "known_at", "rows", "notes"]
    assert reply.answer["command"] == "metric"
    assert reply.answer["as_of"] == "2026-03-31"
    (row,) = reply.answer["rows"]
    assert {"metric", "scope", "label", "period", "value", "n", "numerator", "denominator", "target"} <= set(row)
    assert (row["metric"], row["scope"], row["value"]) == ("dials", "company", 40)


def test_cuts_add_up_and_persons_are_named(full: Asking) -> None:
    rows = full.rows("metric", "dials", "--by", "person", "--grain", "month", *RANGE)
    assert sum(row["value"] or 0 for row in rows) == 40
    assert {row["label"] for row in rows} <= {"Rae Ortiz", "Tom Bell", "Maya Lind"}
    assert {row["period"] for row in rows} == {"2026-01", "2026-02"}


def test_credit_belongs_to_the_team_of_the_day(full: Asking) -> None:
    rows = full.rows("metric", "emails", "--by", "team", "--grain", "month", *RANGE)
    by_team = {(row["scope"], row["period"]): row["value"] for row in rows}
    assert not by_team.get(("team:South", "2026-01"))
    assert by_team["team:South", "2026-02"] > 0


def test_rows_behind_a_figure_are_as_many_as_it_counts(full: Asking) -> None:
    figure = full.metric("dials", *RANGE)
    assert len(full.rows("metric", "dials", "--rows", *RANGE)) == figure["value"]


def test_money_has_a_currency_and_is_exact(full: Asking) -> None:
    row = full.metric("revenue", *RANGE, "--as-of", "2026-03-31")
    won = [float(o["amount"]) for o in OPPORTUNITIES if o["status"] == "won"]
    assert row["value"] == sum(won)
    assert row["currency"] == "USD"


def test_csv_has_a_header_and_typed_numbers(full: Asking) -> None:
    reply = full.run("metric", "dials", "--by", "person", *RANGE, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(reply.out)))
    assert sum(float(row["value"] or 0) for row in rows) == 40


def test_a_table_shows_label_and_value(full: Asking) -> None:
    reply = full.run("metric", "dials", "--by", "person", *RANGE)
    assert reply.status == 0
    head = reply.out.splitlines()[0].split()
    assert head[:2] == ["scope", "label"]
    assert "value" in head
    assert "Rae Ortiz" in reply.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("metric", "dial"), "nearest: dials"),
        (("metric", "dials", "--by", "persn"), "nearest: person"),
        (("metric", "dials", "--scope", "tem:North"), "nearest: team"),
        (("metric", "dials", "--scope", "team:Nort"), "nearest: North"),
        (("metric", "dials", "--scope", "person:P11"), "nearest: P1"),
        (("metric", "dials", "--period", "2017-Q5"), "2017-Q5"),
        (("ladder", "revenu"), "nearest: revenue"),
        (("ladder", "connects", "--period", "sometime"), "sometime"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(full: Asking, words: tuple[str, ...], said: str) -> None:
    reply = full.run(*words)
    assert reply.status == 1
    assert said in reply.said
    assert reply.out == ""


def test_looking_at_persons_is_logged_and_looking_at_totals_is_not(full: Asking) -> None:
    from courtside.store.audit import acts

    full.rows("metric", "dials", *RANGE)
    full.rows("metric", "dials", "--by", "team", *RANGE)
    assert acts("answer_metric") == ()
    full.rows("metric", "dials", "--by", "person", *RANGE)
    full.rows("metric", "dials", "--scope", "P1", *RANGE)
    full.rows("metric", "dials", "--rows", *RANGE)
    assert len(acts("answer_metric")) == 3


def test_known_at_an_instant_only_what_was_imported_by_then_counts(full: Asking, tmp_path: Path) -> None:
    question = ("metric", "revenue", *RANGE, "--as-of", "2026-03-31")
    (first,) = full.rows("imports")
    before = full.rows(*question)
    changed = {**OPPORTUNITIES[1], "amount": "5000000"}
    (second,) = full.rows("import", write_table(tmp_path, "opportunities", [changed]))
    after = full.rows(*question)
    assert after != before
    assert full.rows(*question, "--known-at", first["at"]) == before
    assert full.rows(*question, "--known-at", second["at"]) == after
    (undone,) = full.rows("import", "undo", 2)
    assert full.rows(*question) == before
    assert full.rows(*question, "--known-at", second["at"]) == after
    assert full.rows(*question, "--known-at", undone["undone_at"]) == before
    nothing = full.run(*question, "--known-at", "2001-01-01", "--format", "json")
    assert nothing.answer["known_at"].startswith("2001-01-01T23:59:59.999999")
    assert nothing.rows[0]["value"] is None


def test_as_of_a_day_only_what_had_happened_by_its_end_counts(full: Asking) -> None:
    row = full.metric("open_opportunities", "--as-of", "2026-02-10")
    cases = [o for o in OPPORTUNITIES if o["opened_at"] <= "2026-02-10T24"]
    still_open = [o for o in cases if not o["closed_at"] or o["closed_at"] > "2026-02-10T24"]
    assert row["value"] == len(still_open)
    assert full.metric("revenue", *RANGE, "--as-of", "2026-01-31")["value"] in (0, None)


def test_the_day_is_the_firms_own(tmp_path: Path) -> None:
    asking = Asking(tmp_path / "tokyo")
    asking.run("init", asking.workspace, "--pack", "sales", "--zone", "Asia/Tokyo")
    write_table(tmp_path / "in", "people", [{"person_id": "P1", "name": "Aiko"}])
    call = {"activity_id": "C1", "person_id": "P1", "at": "2026-01-31T20:00:00Z", "kind": "call"}
    write_table(tmp_path / "in", "activities", [call])
    asking.rows("import", tmp_path / "in")
    assert asking.metric("dials", "--period", "2026-02")["value"] == 1


def test_the_ladder_walks_down_to_activities_with_figures(full: Asking) -> None:
    rows = full.rows("ladder", "connects", "--period", "2026-01", "--as-of", "2026-03-31")
    assert rows[0]["metric"] == "connects"
    assert {row["period"] for row in rows} == {"2026-01"}
    dials = next(row for row in rows if row["metric"] == "dials")
    assert (dials["moves"], dials["depth"], dials["value"]) == ("connects", 1, 20)
    shown = full.run("ladder", "connects", "--as-of", "2026-03-31").out
    assert "─ dials" in shown
    assert "40" in shown


def test_without_a_metric_the_ladder_begins_at_every_result(empty: Asking) -> None:
    reply = empty.run("ladder", "--format", "json")
    rows = reply.rows
    assert {row["rung"] for row in rows if row["depth"] == 0} == {"result"}
    assert {"input", "activity", "objective", "result"} == {row["rung"] for row in rows}
    for row in rows:
        assert (row["moves"] is None) == (row["depth"] == 0)
    assert {row["value"] for row in rows} == {None}
    assert "nothing has been imported yet" in reply.notes


@pytest.mark.parametrize("clock", [(), ("--as-of", "2026-03-05"), ("--known-at", "2100-01-01")], ids=str)
def test_what_is_only_planned_says_nothing_of_its_day(empty: Asking, tmp_path: Path, clock: tuple[str, ...]) -> None:
    made = {"person_id": "P1", "kind": "call", "account_id": "A1"}
    done = [{**made, "activity_id": f"D{n}", "at": f"2026-01-{5 + n:02}T09:00", "status": "done"} for n in range(10)]
    missed = {**made, "activity_id": "N1", "at": "2026-01-26T09:00", "status": "no_show"}
    ahead = [
        {**made, "activity_id": f"F{n}", "at": f"2026-03-{2 + n:02}T09:00", "status": status}
        for n, status in enumerate(("planned", "cancelled"))
    ]
    tables = {"people": PEOPLE, "accounts": ACCOUNTS, "activities": [*done, missed, *ahead]}
    assert empty.run("import", write_firm(tmp_path / "in", tables)).status == 0
    weeks = ("--grain", "week", "--from", "2026-01-05", "--to", "2026-03-08", *clock)
    dials = {row["period"]: row["value"] for row in empty.rows("metric", "dials", *weeks)}
    assert dials["2026-W02"] == 7
    assert dials["2026-W05"] == 0, "a meeting to which nobody came says that the week was recorded"
    assert dials.get("2026-W10") is None, "a week of plans is taken for a week of no calls"
    present = {row["period"]: row["value"] for row in empty.rows("metric", "days_present", *weeks)}
    assert present["2026-W02"] > 0
    assert not present.get("2026-W10")
