"""The simulated company: the same from the same seed, valid in every row, and without a story unchanged elsewhere."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.simulated import SMALL, UNTIL, Company, differing, made, seeds

from courtside.records.tables import TABLES, Kind
from courtside.simulate.cells import lines
from courtside.simulate.company import simulate
from courtside.simulate.planning import Observation
from courtside.simulate.setting import MODELS, SHAPES, STORIES, Setting, SettingError
from courtside.simulate.sheets import observations

GATES = (
    "simulated files made twice and equal",
    "rows of simulated companies checked",
    "stories switched off, nobody else's rows changed",
    "planted changes of a stranger's row found",
)

ORDERED = (
    ("leads", "created_at", "qualified_at"),
    ("leads", "created_at", "disqualified_at"),
    ("opportunities", "opened_at", "closed_at"),
    ("opportunities", "closed_at", "cancelled_at"),
    ("job_orders", "opened_at", "closed_at"),
    ("people", "hired_on", "left_on"),
    ("assignments", "valid_from", "valid_to"),
    ("absences", "starts_on", "ends_on"),
    ("accounts", "customer_since", "left_on"),
)
REFERS = {
    "account_id": "accounts",
    "contact_id": "contacts",
    "candidate_id": "contacts",
    "lead_id": "leads",
    "opportunity_id": "opportunities",
    "job_order_id": "job_orders",
    "person_id": "people",
    "owner_id": "people",
    "manager_id": "people",
    "by": "people",
}


def _hashes(company: Company) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(company.folder.iterdir())}


@pytest.mark.parametrize("shape", SHAPES)
def test_equal_seeds_give_equal_files_and_others_do_not(
    shape: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    (seed,) = seeds(1)
    one = _hashes(made(tmp_path / "one", seed=seed, shape=shape))
    again = _hashes(made(tmp_path / "again", seed=seed, shape=shape))
    other = _hashes(made(tmp_path / "other", seed=seed + 1, shape=shape))
    assert one == again
    assert {name for name in one if one[name] == other[name]} <= {"holidays.csv", "targets.csv"}
    counted("simulated files made twice and equal", len(one))


@pytest.fixture(scope="module", params=[("inside", "steady"), ("complex", "bursty"), ("inbound", "steady")])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A small company of each model, one of them bursty."""
    model, shape = request.param
    (seed,) = seeds(1)
    return made(tmp_path_factory.mktemp("company") / "files", seed=seed, model=model, shape=shape)


def test_a_staffing_firm_has_every_table_but_recordings_and_protected_attributes(company: Company) -> None:
    assert set(TABLES) - set(company.tables) == {"calls", "protected", "exchange_rates"}
    assert all(any(True for _ in company.rows(table)) for table in company.tables)


def _is_good(kind: Kind, cell: str) -> bool:
    try:
        match kind:
            case Kind.TIME:
                datetime.fromisoformat(cell)
            case Kind.DATE:
                date.fromisoformat(cell)
            case Kind.INTEGER:
                int(cell)
            case Kind.NUMBER | Kind.MONEY:
                float(cell)
            case Kind.FLAG:
                return cell in ("true", "false")
            case _:
                pass
    except ValueError:
        return False
    return True


def test_every_cell_is_of_its_kind_and_every_reference_leads_to_a_row(
    company: Company, counted: Callable[[str, int], None]
) -> None:
    keys = {table: {row[TABLES[table].key[0]] for row in company.rows(table)} for table in set(REFERS.values())}
    checked = 0
    wrong: Counter[tuple[str, str, str]] = Counter()
    for table in company.tables:
        columns = {column.name: column for column in TABLES[table].columns}
        seen = set()
        for row in company.rows(table):
            checked += 1
            seen.add(tuple(row.get(name, "") for name in TABLES[table].key))
            for name, column in columns.items():
                cell = row.get(name, "")
                if column.required and not cell:
                    wrong[table, name, "missing"] += 1
                elif cell and (column.choices and cell not in column.choices or not _is_good(column.kind, cell)):
                    wrong[table, name, cell] += 1
                elif cell and name in REFERS and cell not in keys[REFERS[name]]:
                    wrong[table, name, "orphan"] += 1
        assert len(seen) == sum(1 for _ in company.rows(table)), f"{table} repeats a key"
    assert not wrong
    counted("rows of simulated companies checked", checked)


def test_dates_are_in_order_and_nothing_has_happened_after_the_last_day(company: Company) -> None:
    last = f"{UNTIL.isoformat()}T23:59:59"
    for table, earlier, later in ORDERED:
        pairs = [(row[earlier], row[later]) for row in company.rows(table) if row[later]]
        assert pairs or later in ("left_on", "valid_to", "cancelled_at"), (table, later)
        assert all(before <= after for before, after in pairs), (table, earlier, later)
    for table, column in (("leads", "created_at"), ("opportunities", "closed_at"), ("job_orders", "closed_at")):
        assert max(row[column] for row in company.rows(table)) <= last
    for table in ("stage_changes", "transactions", "surveys", "forecast_calls"):
        assert max(row["at"] for row in company.rows(table)) <= last
    first = company.truth["starts_on"]
    for row in company.rows("activities"):
        assert row["at"] >= first
        assert row["created_at"] <= last
        assert row["at"] <= last or row["status"] == "planned"


def test_status_stage_and_dates_agree(company: Company) -> None:
    stages: dict[str, list[str]] = {}
    for row in company.rows("stage_changes"):
        stages.setdefault(row["opportunity_id"], []).append(row["stage"])
    for row in company.rows("opportunities"):
        assert (row["status"] == "open") == (not row["closed_at"])
        assert stages[row["opportunity_id"]][-1] == row["stage"]
        if row["status"] == "won":
            assert row["stage"] == ("agreement" if row["pipeline"] == "sales" else "placement")
    placed = Counter(row["job_order_id"] for row in company.rows("opportunities") if row["status"] == "won")
    for row in company.rows("job_orders"):
        assert (row["status"] == "open") == (not row["closed_at"])
        if row["status"] == "filled":
            assert placed[row["job_order_id"]] == int(row["openings"])


def test_people_work_only_when_they_are_there(company: Company) -> None:
    """Not on weekends, holidays, absences, before they came or after they left."""
    away: dict[str, set[str]] = {}
    for row in company.rows("absences"):
        first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
        days = {(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)}
        away.setdefault(row["person_id"], set()).update(days)
    closed = {row["on"] for row in company.rows("holidays") if not row["region"]}
    employed = {row["person_id"]: (row["hired_on"], row["left_on"] or "9999") for row in company.rows("people")}
    for row in company.rows("activities"):
        day, person = row["at"][:10], row["person_id"]
        assert date.fromisoformat(day).weekday() < 5
        assert day not in closed
        assert day not in away.get(person, ())
        assert employed[person][0] <= day <= employed[person][1]


WARM = 10
"""Days of somebody's work after which no submittal stands on an interview from before the activities begin."""


def _days_there(company: Company, absences: Sequence[Mapping[str, str]], row: Mapping[str, str]) -> int:
    """On how many weekdays the person was there, from the first day of activities to the day a case was opened."""
    opened_on, starts_on = date.fromisoformat(row["opened_at"][:10]), date.fromisoformat(company.truth["starts_on"])
    away = [(a["starts_on"], a["ends_on"]) for a in absences if a["person_id"] == row["person_id"]]
    days = (starts_on + timedelta(days=n) for n in range(min((opened_on - starts_on).days, 200)))
    return sum(day.weekday() < 5 and not any(first <= day.isoformat() <= last for first, last in away) for day in days)


def test_a_lead_found_in_the_last_minutes_of_somebodys_last_day_has_its_moment(tmp_path: Path) -> None:
    found = made(tmp_path / "firm", seed=1551999649, until=date(2025, 12, 31), people=40, months=14)
    left = {row["person_id"]: row["left_on"] for row in found.rows("people") if row["left_on"]}
    theirs = [row for row in found.rows("leads") if row["person_id"] in left]
    assert len(theirs) > 100, "hardly any lead of somebody who left was looked at"
    assert [row["lead_id"] for row in theirs if not "" < row["created_at"][:10] <= left[row["person_id"]]] == []


def test_each_rung_of_the_ladder_stands_on_the_one_below(company: Company) -> None:
    """A submittal follows an interview of that candidate, a sale a qualified lead, an order's close its placements."""
    interviewed: dict[tuple[str, str], str] = {}
    for row in company.rows("activities"):
        if row["kind"] == "interview" and row["status"] == "done":
            interviewed.setdefault((row["person_id"], row["contact_id"]), row["at"])
    thin = company.story("thin-logging")["person_id"]
    absences = list(company.rows("absences"))
    qualified = {row["opportunity_id"]: row["qualified_at"] for row in company.rows("leads") if row["opportunity_id"]}
    orders = {row["job_order_id"]: row for row in company.rows("job_orders")}
    submittals = sales = 0
    for row in company.rows("opportunities"):
        if row["pipeline"] == "sales":
            assert qualified[row["opportunity_id"]] == row["opened_at"]
            sales += 1
            continue
        assert orders[row["job_order_id"]]["opened_at"] <= row["opened_at"]
        assert orders[row["job_order_id"]]["account_id"] == row["account_id"]
        if row["person_id"] != thin and _days_there(company, absences, row) >= WARM:
            assert interviewed[row["person_id"], row["candidate_id"]] <= row["opened_at"]
            submittals += 1
    assert min(submittals, sales) >= 100


def test_volumes_are_those_a_staffing_firm_would_recognise(tmp_path: Path) -> None:
    """Of the size METHODS 0.1 reckons with: scores of dials, 8 meetings a week, 3 placements a month."""
    (seed,) = seeds(1)
    firm = made(tmp_path / "firm", seed=seed, people=40, months=12, without=frozenset({"leak", "thin-logging"}))
    roles = {row["person_id"]: row["role"] for row in firm.rows("people")}
    done: Counter[tuple[str, str]] = Counter()
    days: set[tuple[str, str]] = set()
    for row in firm.rows("activities"):
        if row["status"] == "done" and row["direction"] != "inbound":
            done[roles[row["person_id"]], row["kind"]] += 1
            days.add((row["person_id"], row["at"][:10]))
    worked = Counter(roles[person] for person, _ in days)
    placed = sum(
        row["pipeline"] == "recruiting" and row["status"] == "won" and roles[row["person_id"]] == "recruiter"
        for row in firm.rows("opportunities")
    )
    months = worked["recruiter"] / 19
    assert 40 <= done["recruiter", "call"] / worked["recruiter"] <= 80
    assert 15 <= done["seller", "call"] / worked["seller"] <= 40
    assert 6 <= 5 * done["seller", "meeting"] / worked["seller"] <= 11
    assert 1.8 <= placed / months <= 4.5


def _allowed(company: Company, name: str) -> set[str]:
    """Whose rows a story may change: its player's, or those of the team that leaks."""
    story = company.story(name)
    if story["person_id"]:
        return {story["person_id"]}
    return {person for person, one in company.truth["people"].items() if one["team"] == story["team"]}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company with all stories."""
    (seed,) = seeds(1)
    return made(tmp_path_factory.mktemp("told") / "files", seed=seed, months=9)


@pytest.mark.parametrize("name", STORIES)
def test_without_a_story_nobody_elses_rows_change(
    name: str, told: Company, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    seed = told.truth["setting"]["seed"]
    untold = made(tmp_path / "untold", seed=seed, months=9, without=frozenset({name}))
    changed = differing(told, untold)
    assert set(changed) <= _allowed(told, name)
    assert changed, f"{name} tells nothing"
    assert [one["told"] for one in untold.truth["stories"]] == [one != name for one in STORIES]
    counted("stories switched off, nobody else's rows changed", 1)


def test_a_changed_row_of_somebody_else_is_found(
    told: Company, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    """The broken twin of the test above: one byte in one row of a person who plays no story."""
    twin = made(tmp_path / "twin", seed=told.truth["setting"]["seed"], months=9)
    player = _allowed(told, "weak-closer")
    stranger = next(p for p, one in told.truth["people"].items() if one["role"] == "seller" and p not in player)
    path = twin.folder / "leads.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if f",{stranger}," in line)
    lines[place] = lines[place].replace(":", ";", 1)
    path.write_text("".join(lines), encoding="utf-8")
    assert dict(differing(told, twin)) == {stranger: {"leads"}}
    counted("planted changes of a stranger's row found", 1)


def test_a_folder_in_use_is_left_as_it_is_and_a_failure_leaves_nothing(tmp_path: Path) -> None:
    setting = Setting(until=UNTIL, **SMALL)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError, match=r"letter\.txt"):
        simulate(setting, tmp_path / "used", lambda _: None)
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotADirectoryError):
        simulate(setting, tmp_path / "file", lambda _: None)

    def fails(step: str) -> None:
        if step.startswith("team 2"):
            raise OSError("the disk is full")

    (tmp_path / "empty").mkdir()
    for folder in ("empty", "new"):
        with pytest.raises(OSError, match="full"):
            simulate(setting, tmp_path / folder, fails)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "used"]
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"people": 23}, "choose from 24 to 10000"),
        ({"people": 10_001}, "choose from 24 to 10000"),
        ({"months": 5}, "choose from 6 to 60"),
        ({"seed": -1}, "seed is -1"),
        ({"until": date(1999, 12, 31)}, "choose from 2000-01-01"),
        ({"model": "outside"}, f"there is: {', '.join(MODELS)}"),
        ({"shape": "round"}, f"there is: {', '.join(SHAPES)}"),
        ({"without": frozenset({"leek"})}, "there is no story 'leek'"),
    ],
)
def test_a_firm_that_cannot_be_simulated_is_refused_with_what_can(asked: dict[str, object], said: str) -> None:
    with pytest.raises(SettingError, match=said):
        Setting(**{"until": UNTIL, **asked})


def test_a_big_firms_figures_are_written_in_plain_digits() -> None:
    values = (2_381_230.4, 12_345_678_901.0, 0.25, 40.0)
    rows = [Observation("sales_cost", "company", date(2026, 1, 31), value, None) for value in values]
    written = [line.split(b",")[3] for line in lines(list(observations(rows).values())).splitlines()]
    assert written == [b"2381230", b"12345700000", b"0.25", b"40"]
