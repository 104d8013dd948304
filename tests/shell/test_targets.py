"""Targets set, imported and shown: prorated, rolled up and in force by date, through the commands a person types."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking
from tests.counting import counted
from tests.shell.firm import ASSIGNMENTS, PEOPLE, fingerprint, imports, write_firm, write_table

GATES = ("targets refused with what to do", "figures against targets worked by hand")

JANUARY = ("--period", "2026-01", "--as-of", "2026-03-31")
"""January 2026 has 22 working days, 21 without New Year's Day. P1 and P2 have 20 dials in it together."""


@pytest.fixture
def staffed(full: Asking, tmp_path: Path) -> Asking:
    """The firm with holidays, leave and targets for its people, imported as batch 2.

    P1 was on leave for the five working days from 12 to 16 January.
    """
    folder = tmp_path / "targets"
    write_table(folder, "holidays", [{"on": "2026-01-01", "region": ""}])
    leave = {"person_id": "P1", "starts_on": "2026-01-10", "ends_on": "2026-01-18", "kind": "leave"}
    write_table(folder, "absences", [leave])
    targets = [
        {"metric": "dials", "scope": "person:P1", "period": "2026-01", "value": 210},
        {"metric": "dials", "scope": "person:P2", "period": "2026-01", "value": 105},
        {"metric": "dials", "scope": "person:P1", "period": "2026-02", "value": 40},
        {"metric": "dials", "scope": "person:P2", "period": "2026-02", "value": 20},
        {"metric": "win_rate", "scope": "team:North", "period": "2026", "value": 0.6},
        {"metric": "win_rate", "scope": "company", "period": "all", "value": 0.4},
    ]
    write_table(folder, "targets", targets)
    full.rows("import", folder)
    return full


def shown(asking: Asking, metric: str, scope: str, *words: object) -> Mapping[str, Any]:
    """The one row `targets show` has for a metric and a scope."""
    rows = asking.rows("targets", "show", "--metric", metric, "--scope", scope, *words)
    assert len(rows) == 1, rows
    counted("figures against targets worked by hand", 1)
    return rows[0]


def set_(asking: Asking, metric: str, scope: str, period: str, value: object, *words: object) -> Mapping[str, Any]:
    """The row `targets set` answers."""
    (row,) = asking.rows("targets", "set", metric, "--scope", scope, "--period", period, "--value", value, *words)
    return row


# Shown.


def test_leave_and_holidays_lower_a_target_and_pace_is_what_is_due(staffed: Asking) -> None:
    whole = shown(staffed, "dials", "person:P1", *JANUARY)
    assert whole["target"] == pytest.approx(210 * 16 / 21)
    early = shown(staffed, "dials", "person:P1", "--period", "2026-01", "--as-of", "2026-01-09")
    # Working days up to Friday the 9th without the holiday: 2, 5, 6, 7, 8, 9 January.
    assert (early["target"], early["pace"]) == (pytest.approx(160), pytest.approx(60))
    assert early["attainment_to_date"] == pytest.approx(early["value"] / 60)
    assert early["attainment"] == pytest.approx(early["value"] / 160)
    assert early["complete"] is False


def test_a_metric_and_its_target_say_the_same_in_every_command(staffed: Asking) -> None:
    row = shown(staffed, "dials", "person:P1", *JANUARY)
    figure = staffed.metric("dials", "--scope", "person:P1", *JANUARY)
    same = ("value", "n", "target", "pace", "attainment", "attainment_to_date", "met", "label", "unit", "complete")
    assert {key: row[key] for key in same} == {key: figure[key] for key in same}
    assert (row["label"], row["origin"], row["met"]) == ("Rae Ortiz", "own", False)


def test_a_week_has_its_share_and_a_quarter_misses_the_month_nobody_set(staffed: Asking) -> None:
    week = shown(staffed, "dials", "person:P1", "--period", "2026-W04")
    assert (week["target"], week["origin"]) == (pytest.approx(50), "own, share of 2026-01")
    quarter = shown(staffed, "dials", "person:P1", "--period", "2026-Q1")
    assert (quarter["target"], quarter["note"]) == (None, "No target covers 2026-03-01 to 2026-03-31.")
    both = shown(staffed, "dials", "person:P1", "--period", "2026-01-01/2026-02-28")
    assert (both["target"], both["origin"]) == (pytest.approx(160 + 40), "own, sum of 2026-01, 2026-02")


def test_a_team_has_the_sum_over_its_members_for_their_days_in_it(staffed: Asking) -> None:
    # P2 was in North until 31 January and in South from 1 February.
    north, south = (shown(staffed, "dials", f"team:{team}", "--period", "2026-02") for team in ("North", "South"))
    assert (north["target"], south["target"]) == (pytest.approx(40), pytest.approx(20))
    january = shown(staffed, "dials", "team:North", *JANUARY)
    assert (january["target"], january["origin"]) == (pytest.approx(160 + 105), "sum over members")
    assert shown(staffed, "dials", "company", *JANUARY)["target"] == pytest.approx(265)
    both = shown(staffed, "dials", "team:South", "--period", "2026-01-01/2026-02-28")
    assert both["target"] == pytest.approx(20)


def test_a_teams_own_number_counts_and_the_other_is_shown_where_they_differ(staffed: Asking) -> None:
    row = set_(staffed, "dials", "team:North", "2026-01", 300)
    assert (row["target"], row["own"], row["sums_differ"]) == (300, 300, True)
    assert row["from_members"] == pytest.approx(265)
    said = "The target of team:North for 2026-01 is 300; the targets of its members add up to 265."
    assert row["note"] == said
    table = staffed.run("targets", "show", "--metric", "dials", "--scope", "team:North", *JANUARY).out
    assert "from_members" in table
    assert said in table
    assert said in staffed.run("metric", "dials", "--scope", "team:North", *JANUARY, "--format", "json").notes
    close = set_(staffed, "dials", "team:North", "2026-01", 267)
    assert (close["target"], close["sums_differ"], close["note"]) == (267, False, None)


def test_a_rate_is_inherited_from_the_team_else_the_firm_and_never_prorated(staffed: Asking) -> None:
    rae = shown(staffed, "win_rate", "person:P1", "--period", "2026-02", "--as-of", "2026-03-31")
    assert (rae["target"], rae["origin"]) == (0.6, "inherited from team:North, that of 2026")
    tom = shown(staffed, "win_rate", "person:P2", "--period", "2026-02", "--as-of", "2026-03-31")
    assert (tom["target"], tom["origin"]) == (0.4, "inherited from company, that of all")
    assert tom["met"] is (tom["value"] >= 0.4)


def test_all_targets_are_shown_from_the_firm_down(staffed: Asking) -> None:
    rows = staffed.rows("targets", "show", "--as-of", "2026-03-31")
    found = [(row["metric"], row["scope"], row["period"]) for row in rows]
    assert sorted(found) == sorted(
        [
            *(("dials", scope, p) for scope in ("person:P1", "person:P2") for p in ("2026-01", "2026-02")),
            *(("dials", scope, p) for scope in ("company", "team:North") for p in ("2026-01", "2026-02")),
            ("dials", "team:South", "2026-02"),
            ("win_rate", "team:North", "2026"),
            ("win_rate", "company", "all"),
        ]
    )
    assert [row["scope"] for row in rows if row["metric"] == "dials"][:2] == ["company", "company"]
    reply = staffed.run("targets", "show", "--as-of", "2026-03-31", "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(reply.out)))) == len(rows)


def test_a_workspace_without_targets_says_how_to_make_one(full: Asking) -> None:
    reply = full.run("targets", "show", "--format", "json")
    assert reply.rows == []
    assert "targets set" in reply.notes
    lone = full.run("targets", "show", "--metric", "dials", "--scope", "team:North", *JANUARY, "--format", "json")
    assert [(row["target"], row["value"] is not None) for row in lone.rows] == [(None, True)]


def test_looking_at_targets_of_persons_is_logged_and_at_those_of_teams_is_not(staffed: Asking) -> None:
    from courtside.store.audit import acts

    staffed.rows("targets", "show", "--metric", "win_rate")
    assert acts("show_targets") == ()
    staffed.rows("targets", "show", "--scope", "person:P1")
    (act,) = acts("show_targets")
    assert act.detail == {"metric": None, "scope": "person:P1", "period": None}


# Ramp.


def hired(asking: Asking, tmp_path: Path) -> None:
    """P2, a seller, hired on 5 January 2026."""
    person = {"person_id": "P2", "name": "Tom Bell", "email": "", "role": "seller", "hired_on": "2026-01-05"}
    asking.rows("import", write_table(tmp_path / "hired", "people", [person]))


def test_a_ramp_in_the_settings_counts_day_by_day(staffed: Asking, tmp_path: Path) -> None:
    hired(staffed, tmp_path)
    # 20 of January's 21 working days are left from the 5th on.
    assert shown(staffed, "dials", "person:P2", *JANUARY)["target"] == pytest.approx(105 * 20 / 21)
    path = staffed.workspace / "courtside.yaml"
    path.write_text(path.read_text().replace("ramp: {}", "ramp: {seller: [0.5, 0.8]}"))
    assert shown(staffed, "dials", "person:P2", *JANUARY)["target"] == pytest.approx(105 * 20 / 21 * 0.5)
    # Until 4 February the first month (2, 3, 4 February), then the second (17 working days).
    february = shown(staffed, "dials", "person:P2", "--period", "2026-02")
    assert february["target"] == pytest.approx(3 * 0.5 + 17 * 0.8)
    assert shown(staffed, "dials", "person:P1", "--period", "2026-02")["target"] == 40


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[0.5]", "ramp: write a list of monthly shares for each role"),
        ("{seller: [50]}", "ramp: seller, month 1: 50 is not between 0 and 1"),
        ("{seller: half}", "ramp: seller: write up to 60 monthly shares"),
    ],
)
def test_a_ramp_that_cannot_be_meant_names_file_line_and_column(full: Asking, written: str, said: str) -> None:
    path = full.workspace / "courtside.yaml"
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if text.startswith("ramp:"))
    path.write_text(path.read_text().replace("ramp: {}", f"ramp: {written}"))
    reply = full.run("targets", "show")
    assert reply.status == 1
    assert f"courtside.yaml:{line}:7: {said}" in reply.said


# Set.


def test_a_target_set_is_a_batch_that_is_listed_logged_and_can_be_taken_back(full: Asking) -> None:
    from courtside.store.audit import acts

    row = set_(full, "dials", "team:North", "2026-01", 44)
    assert (row["batch"], row["target"], row["value"], row["before"]) == (2, 44, 20, None)
    (act,) = acts("set_target")
    assert {key: act.detail[key] for key in ("batch", "metric", "scope", "period", "value", "version", "before")} == {
        "batch": 2, "metric": "dials", "scope": "team:North", "period": "2026-01", "value": 44.0, "version": "1",
        "before": None,
    }  # fmt: skip
    assert len(act.detail["sha256"]) > 0
    listed = imports(full)[1]
    assert (listed["connector"], listed["created"], listed["updated"]) == ("targets set", 1, 0)
    assert shown(full, "dials", "team:North", *JANUARY)["attainment"] == pytest.approx(20 / 44)
    full.rows("import", "undo", 2)
    assert shown(full, "dials", "team:North", *JANUARY)["target"] is None


def test_a_target_survives_a_rebuild(full: Asking) -> None:
    set_(full, "dials", "team:North", "2026-01", 44)
    before = shown(full, "dials", "team:North", *JANUARY)
    assert full.run("warehouse", "rebuild").status == 0
    assert shown(full, "dials", "team:North", *JANUARY) == before


def test_a_change_is_in_force_from_its_day_and_what_was_known_before_stays(staffed: Asking) -> None:
    question = ("dials", "person:P1", "--period", "2026-02")
    (_, second) = staffed.rows("imports")
    row = set_(staffed, "dials", "person:P1", "2026-02", 80, "--in-force-from", "2026-02-10")
    assert (row["target"], row["before"], row["version"], row["in_force_from"]) == (80, 40, "2", "2026-02-10")
    on = {day: shown(staffed, *question, "--as-of", f"2026-02-{day}")["target"] for day in ("09", "10")}
    assert on == {"09": 40, "10": 80}
    assert shown(staffed, *question, "--as-of", "2026-03-31", "--known-at", second["at"])["target"] == 40
    assert [v["value"] for v in shown(staffed, *question)["versions"]] == [40, 80]
    # A week before the change keeps what was in force then.
    assert shown(staffed, "dials", "person:P1", "--period", "2026-W06", "--as-of", "2026-03-31")["target"] == 10
    assert shown(staffed, "dials", "person:P1", "--period", "2026-W08", "--as-of", "2026-03-31")["target"] == 20


def test_an_import_and_a_command_write_one_history(staffed: Asking, tmp_path: Path) -> None:
    set_(staffed, "dials", "person:P1", "2026-02", 80, "--in-force-from", "2026-02-10")
    plan = {"metric": "dials", "scope": "person:P1", "period": "2026-02", "value": 60}
    (row,) = staffed.rows("import", write_table(tmp_path / "plan", "targets", [plan]))
    assert (row["created"], row["updated"]) == (0, 1)
    question = ("dials", "person:P1", "--period", "2026-02", "--as-of")
    assert [shown(staffed, *question, f"2026-02-{day}")["target"] for day in ("09", "28")] == [60, 80]
    later = {**plan, "version": "plan B", "in_force_from": "2026-02-20", "value": 100}
    staffed.rows("import", write_table(tmp_path / "later", "targets", [later]))
    days = ("09", "10", "19", "20")
    assert [shown(staffed, *question, f"2026-02-{day}")["target"] for day in days] == [60, 80, 80, 100]
    assert set_(staffed, "dials", "person:P1", "2026-02", 120, "--in-force-from", "2026-02-25")["version"] == "3"


def test_setting_what_is_in_force_already_changes_nothing(full: Asking) -> None:
    set_(full, "dials", "team:North", "2026-01", 44)
    before = fingerprint(full.workspace, "cache")
    words = ("targets", "set", "dials", "--scope", "team:North", "--period", "2026-01", "--value", 44)
    reply = full.run(*words, "--format", "json")
    assert [(row["batch"], row["before"]) for row in reply.rows] == [(None, 44)]
    assert "this target is in force already: nothing was changed" in reply.notes
    assert len(full.rows("imports")) == 2
    assert {path for path in fingerprint(full.workspace, "cache") if path.startswith("batches")} == {
        path for path in before if path.startswith("batches")
    }


def test_a_target_is_kept_as_it_was_written(full: Asking) -> None:
    assert set_(full, "win_rate", "company", "2026", "25%")["target"] == 0.25
    assert set_(full, "win_rate", "company", "2026", "0.255", "--in-force-from", "2026-01-01")["target"] == 0.255
    assert set_(full, "revenue_growth", "company", "2026", "150%")["target"] == 1.5
    assert set_(full, "revenue_growth", "team:North", "2026", "-5%")["target"] == -0.05
    assert set_(full, "revenue", "company", "2026", "1234567.89")["target"] == 1234567.89
    zero = set_(full, "dials", "company", "2026", 0)
    assert (zero["target"], zero["attainment"], zero["met"]) == (0, None, True)
    assert set_(full, "open_opportunities", "company", "all", 10)["target"] == 10


def test_a_target_may_be_for_a_source(full: Asking) -> None:
    row = set_(full, "new_leads", "source:web", "2026-01", 22)
    figure = full.metric("new_leads", "--scope", "source:web", *JANUARY)
    assert row["target"] == 22
    assert (row["value"], row["label"]) == (figure["value"], "web")
    assert figure["target"] == 22


# In force from when, if nobody says: told apart by the clock, so the services are asked directly.


def set_on(asking: Asking, today: str, period: str, value: float) -> tuple[date | None, str]:
    """Set a target of dials for North on a day: from when it is in force, and what was said."""
    from courtside.services.caller import Caller
    from courtside.services.open_workspace import open_workspace
    from courtside.services.set_target import SetTarget, set_target
    from courtside.services.target_values import Amount

    caller = Caller("Maya", clock=lambda: datetime.fromisoformat(f"{today}T12:00").replace(tzinfo=UTC))
    wish = SetTarget("dials", "team:North", period, Amount(value))
    row, notes = set_target(open_workspace(asking.workspace), caller, wish)
    return row["versions"][-1]["in_force_from"], "\n".join(notes)


def test_the_first_number_holds_from_the_beginning_and_a_change_from_today(full: Asking) -> None:
    assert set_on(full, "2030-02-10", "2030-Q1", 600)[0] is None
    since, said = set_on(full, "2030-02-11", "2030-Q1", 900)
    assert since == date(2030, 2, 11)
    assert "until 2030-02-11 version 1 stays in force: 600" in said
    words = ("--period", "2030-Q1", "--as-of")
    assert shown(full, "dials", "team:North", *words, "2030-02-10")["target"] == 600
    assert shown(full, "dials", "team:North", *words, "2030-02-11")["target"] == 900


def test_a_change_after_the_period_corrects_the_last_version(full: Asking) -> None:
    set_on(full, "2030-02-10", "2030-Q1", 600)
    set_on(full, "2030-02-11", "2030-Q1", 900)
    since, said = set_on(full, "2030-04-02", "2030-Q1", 950)
    assert since == date(2030, 2, 11)
    assert "stays in force: 600" not in said
    words = ("--period", "2030-Q1", "--as-of")
    assert shown(full, "dials", "team:North", *words, "2030-02-10")["target"] == 600
    assert shown(full, "dials", "team:North", *words, "2030-06-30")["target"] == 950


def test_a_version_that_will_take_its_place_is_named(full: Asking) -> None:
    set_(full, "dials", "team:North", "2030-Q1", 600)
    set_(full, "dials", "team:North", "2030-Q1", 900, "--in-force-from", "2030-03-01")
    words = ("targets", "set", "dials", "--scope", "team:North", "--period", "2030-Q1", "--value", 700)
    reply = full.run(*words, "--in-force-from", "2030-02-01", "--format", "json")
    assert "version 2 (900) takes its place from 2030-03-01 on" in reply.notes


# Refused.


@pytest.mark.parametrize(
    ("metric", "scope", "period", "value", "words", "said"),
    [
        ("dial", "company", "2026", "1", (), "there is no metric 'dial'; nearest: dials"),
        ("dials", "P1", "2026", "1", (), "a kind and a name such as person:P1"),
        ("dials", "tem:North", "2026", "1", (), "nearest: team"),
        ("dials", "team:Noth", "2026", "1", (), "there is no team 'Noth'; nearest: North"),
        ("dials", "person:P11", "2026", "1", (), "there is no person 'P11'; nearest: P1"),
        ("new_leads", "source:wep", "2026", "1", (), "there is no source 'wep'; nearest: web"),
        ("dials", "segment:SMB", "2026", "1", (), "there is no segment 'SMB'"),
        ("talk_hours", "product:x", "2026", "1", (), "there is no product 'x'"),
        ("dials", "company", "2026-Q5", "1", (), "'2026-Q5' is not a period"),
        ("dials", "company", "1900-01-01/2100-01-01", "1", (), "longer than twenty years"),
        ("dials", "company", "all", "1", (), "dials adds up over days"),
        ("dials", "company", "2026", "-1", (), "never below 0"),
        ("dials", "company", "2026", "25%", (), "not in percent"),
        ("win_rate", "company", "2026", "25", (), "write 25% (which is 0.25) or 2500%"),
        ("stage_conversion", "company", "2026", "0.5", (), "a figure for each stage"),
        ("follow_ups", "company", "2026", "5", (), "a part other metrics are made of"),
        ("dials", "company", "2026-Q1", "1", ("--in-force-from", "2026-04-01"), "2026-Q1 ends on 2026-03-31"),
    ],
)
def test_what_cannot_be_a_target_is_refused_and_nothing_changes(
    full: Asking, metric: str, scope: str, period: str, value: str, words: tuple[str, ...], said: str
) -> None:
    reply = full.run("targets", "set", metric, "--scope", scope, "--period", period, "--value", value, *words)
    assert (reply.status, reply.out) == (1, "")
    assert said in reply.said
    assert len(imports(full)) == 1
    counted("targets refused with what to do", 1)


@pytest.mark.parametrize("value", ["many", "1,200", "nan", "1e9", "", "25%%", "0x10"])
def test_what_is_no_number_is_wrong_usage(full: Asking, value: str) -> None:
    words = ("targets", "set", "dials", "--scope", "company", "--period", "2026", f"--value={value}")
    reply = full.run(*words)
    assert reply.status == 2
    assert "is not a number; write plain digits" in reply.said
    counted("targets refused with what to do", 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--metric", "dial"), "nearest: dials"),
        (("--scope", "team:Noth"), "nearest: North"),
        (("--scope", "Noth"), "is no scope"),
        (("--period", "2026-13"), "is not a period"),
    ],
)
def test_asking_for_what_nobody_knows_is_refused_with_the_nearest(
    staffed: Asking, words: tuple[str, ...], said: str
) -> None:
    reply = staffed.run("targets", "show", *words)
    assert (reply.status, reply.out) == (1, "")
    assert said in reply.said
    counted("targets refused with what to do", 1)


def test_an_imported_target_nobody_could_be_measured_by_is_refused_with_its_line(full: Asking, tmp_path: Path) -> None:
    rows = [
        {"metric": "dials", "scope": "team:North", "period": "2026-01", "value": 1},
        {"metric": "dials", "scope": "P1", "period": "2026-01", "value": 1},
        {"metric": "dials", "scope": "team:North", "period": "2026-Q7", "value": "about 5"},
    ]
    path = write_table(tmp_path / "in", "targets", rows)
    reply = full.run("import", path, "--format", "json")
    assert reply.status == 1
    found = [(r["line"], r["column"], r["value"], r["reason"]) for r in reply.answer["rows"]]
    assert found == [
        (3, "scope", "P1", "not_a_scope"),
        (4, "period", "2026-Q7", "not_a_period"),
        (4, "value", "about 5", "not_a_number"),
    ]
    assert "such as person:P1 or team:North" in reply.said
    counted("targets refused with what to do", len(found))
    assert full.run("import", path, "--set-aside").status == 0
    assert [row["scope"] for row in full.rows("targets", "show")] == ["team:North"]


def test_a_target_of_a_metric_nobody_defined_is_told(full: Asking, tmp_path: Path) -> None:
    row = {"metric": "dial", "scope": "team:North", "period": "2026-01", "value": 1}
    full.rows("import", write_table(tmp_path / "in", "targets", [row]))
    reply = full.run("targets", "show", "--format", "json")
    assert reply.rows == []
    assert "There are targets of dial, and no metric of that name is in force; nearest: dials" in reply.notes


# Metrics that stand on targets.


TODAY = datetime.now(UTC).date()
"""What an open case is worth is known from the day it is imported on: these periods lie around that day."""


def on(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


LAST_MONTH, THIS_MONTH = f"{on(-40)}/{on(-11)}", f"{on(-10)}/{on(20)}"


def opportunity(number: int, person: str, amount: int, closed: str = "", due: str = "") -> dict[str, Any]:
    return {
        "opportunity_id": f"Q{number}", "person_id": person, "opened_at": on(-50), "amount": amount,
        "status": "won" if closed else "open", "closed_at": closed, "expected_close_on": due,
    }  # fmt: skip


@pytest.fixture
def selling(empty: Asking, tmp_path: Path) -> Asking:
    """Sales of the last thirty days and of these, and what is due by the end of these and after."""
    rows = [
        opportunity(1, "P1", 600, closed=on(-40)),
        opportunity(2, "P1", 400, closed=on(-11)),
        opportunity(3, "P2", 999, closed=on(-30)),
        opportunity(4, "P1", 900, due=on(1)),
        opportunity(5, "P2", 2100, due=on(20)),
        opportunity(6, "P2", 5000, due=on(21)),
        opportunity(7, "P1", 500, closed=on(-10)),
    ]
    folder = write_firm(tmp_path / "selling", {"people": PEOPLE, "assignments": ASSIGNMENTS, "opportunities": rows})
    empty.rows("import", folder)
    return empty


def test_the_share_of_people_meeting_quota_counts_those_with_a_target(selling: Asking) -> None:
    set_(selling, "revenue", "person:P1", LAST_MONTH, 1000)
    set_(selling, "revenue", "person:P2", LAST_MONTH, 1000)
    period = ("--period", LAST_MONTH)
    row = selling.metric("quota_attainers_rate", *period)
    assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 1, 2)
    by_team = selling.rows("metric", "quota_attainers_rate", "--by", "team", *period)
    assert {r["scope"]: r["value"] for r in by_team} == {"team:North": 1, "team:South": 0}
    set_(selling, "revenue", "person:P2", LAST_MONTH, 999)
    assert selling.metric("quota_attainers_rate", *period)["value"] == 1
    goal = set_(selling, "quota_attainers_rate", "company", "2026", "80%")
    assert goal["target"] == 0.8
    counted("figures against targets worked by hand", 4)


def test_coverage_is_the_pipeline_due_over_what_is_missing_to_the_target(selling: Asking) -> None:
    period = ("--period", THIS_MONTH)
    assert selling.metric("pipeline_coverage", *period)["value"] is None
    set_(selling, "revenue", "company", THIS_MONTH, 2000)
    # 900 + 2,100 are due in the period; 2,000 less the 500 closed are missing.
    assert selling.metric("pipeline_coverage", *period)["value"] == pytest.approx(3000 / 1500)
    set_(selling, "revenue", "person:P1", THIS_MONTH, 500)
    assert selling.metric("pipeline_coverage", "--scope", "person:P1", *period)["value"] is None
    set_(selling, "revenue", "person:P2", THIS_MONTH, 1000)
    assert selling.metric("pipeline_coverage", "--scope", "person:P2", *period)["value"] == pytest.approx(2.1)
    set_(selling, "pipeline_coverage", "company", "all", 3)
    row = shown(selling, "pipeline_coverage", "company", *period)
    assert (row["target"], row["met"], row["origin"]) == (3, False, "own, that of all")
    counted("figures against targets worked by hand", 3)


def test_a_pipeline_target_is_compared_at_the_end_of_the_period(selling: Asking) -> None:
    wider = f"{on(-40)}/{on(60)}"
    row = set_(selling, "pipeline_value", "company", wider, 10000)
    assert row["pace"] == 10000
    figure = shown(selling, "pipeline_value", "company", "--period", THIS_MONTH)
    assert (figure["value"], figure["target"], figure["attainment"]) == (8000, 10000, 0.8)
    assert figure["origin"] == f"own, that of {wider}"
    assert shown(selling, "pipeline_value", "person:P1", "--period", THIS_MONTH)["target"] is None


def test_an_erased_person_leaves_targets_that_add_up(staffed: Asking) -> None:
    before = shown(staffed, "dials", "team:North", *JANUARY)["target"]
    assert staffed.run("erase", "--person", "P1", "--yes").status == 0
    assert shown(staffed, "dials", "team:North", *JANUARY)["target"] == pytest.approx(before)
    scopes = [row["scope"] for row in staffed.rows("targets", "show", "--metric", "dials")]
    assert "person:P1" not in scopes
    assert any(scope.startswith("person:erased-") for scope in scopes)
