"""What had happened by a day, and what had been recorded by an instant: the future never shows in the past."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking, new_workspace

from courtside.records.period import Grain
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.figures import ready_inputs
from courtside.services.open_workspace import open_workspace
from courtside.warehouse.answer import CannotAnswer, Question, open_session
from courtside.warehouse.engines.duckdb import DuckEngine

GATES = ("metrics asked on the same past with two futures", "answers of the same past with two futures compared")

SEPTEMBER = ("--as-of", "2017-09-30")


@pytest.fixture(scope="module")
def maven(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Asking:
    asking = new_workspace(tmp_path_factory.mktemp("maven") / "workspace")
    reply = asking.run("import", shared_data / "maven_crm", "--format", "json")
    assert reply.status == 0, reply.said
    return asking


def test_open_cases_on_a_past_day_are_those_not_closed_by_then(maven: Asking) -> None:
    row = maven.metric("open_opportunities", *SEPTEMBER)
    assert row["value"] == 2_909
    behind = maven.rows("metric", "open_opportunities", "--rows", *SEPTEMBER)
    assert len(behind) == 2_909
    assert sum(case["on"] is None for case in behind) == 500


def test_no_case_open_on_a_past_day_shows_the_amount_it_closed_with(maven: Asking) -> None:
    behind = maven.rows("metric", "pipeline_value", "--rows", *SEPTEMBER)
    assert {case["value"] for case in behind} <= {None}
    reply = maven.run("metric", "pipeline_value", *SEPTEMBER, "--format", "json")
    (row,) = reply.rows
    assert not row["value"]
    assert "2909" in reply.notes.replace(",", "")


def test_what_a_connector_settles_at_opening_is_known_on_a_past_day(maven: Asking, shared_data: Path) -> None:
    folder = shared_data / "maven_crm"
    prices = {row["product"]: int(row["sales_price"]) for row in _read(folder / "products.csv")}
    prices["GTXPro"] = prices["GTX Pro"]
    open_then = [
        row
        for row in _read(folder / "sales_pipeline.csv")
        if (row["engage_date"] or "0") <= "2017-09-30" and (row["close_date"] or "9") > "2017-09-30"
    ]
    assert len(open_then) == 2_909
    expected = sum(prices[row["product"]] for row in open_then)
    assert maven.metric("pipeline_list_value", *SEPTEMBER)["value"] == expected


def _read(path: Path) -> Sequence[Mapping[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ---- the same past, two futures

STARTS = date(2023, 1, 2)
THEN = date(2024, 6, 28)
"""The past day. What lies after it is made anew for each future."""
ENDS = date(2024, 12, 20)
PEOPLE = [f"P{n}" for n in range(1, 9)]
ACCOUNTS = [f"F{n}" for n in range(1, 16)]
CONTACTS = [f"C{n}" for n in range(1, 31)]
SOURCES = ["web", "event", "referral"]
STAGES = {"sales": ["qualified", "agreement", "offer"], "recruiting": ["submittal", "interview", "offer"]}

Rows = list[dict[str, object]]


@dataclass
class Firm:
    """A small firm whose records until THEN come from one die and whose records after it from another."""

    past: random.Random
    future: random.Random
    tables: dict[str, Rows] = field(default_factory=dict)

    def add(self, table: str, **cells: object) -> None:
        self.tables.setdefault(table, []).append(cells)

    def at(self, first: date, last: date, dice: random.Random) -> datetime:
        day = first + timedelta(days=dice.randrange(max(1, (last - first).days + 1)))
        return datetime(day.year, day.month, day.day, dice.randrange(8, 18), dice.randrange(60))  # noqa: DTZ001

    def later(self) -> datetime:
        return self.at(THEN + timedelta(days=1), ENDS, self.future)

    def past_or_later(self, first: date) -> datetime | None:
        """An instant by THEN, or one of the future, or never: which of these the past decides only up to THEN."""
        happens = self.past.random()
        if happens < 0.55:
            return self.at(first, THEN, self.past)
        return self.later() if self.future.random() < 0.7 else None

    def build(self) -> dict[str, Rows]:
        self._people()
        self._market()
        leads = [self._lead(n) for n in range(90)]
        for number in range(70):
            self._job_order(number) if number < 25 else None
            self._opportunity(number, leads)
        for number in range(600):
            self._activity(number)
        for number in range(60):
            self._small_things(number)
        self._only_later()
        return self.tables

    def _people(self) -> None:
        for number, person in enumerate(PEOPLE):
            left = self.later().date() if number == 7 else None
            role = "recruiter" if number % 3 == 0 else "seller"
            self.add("people", person_id=person, name=person, role=role, hired_on=STARTS, left_on=left)
            moves = self.later().date() if self.future.random() < 0.6 else None
            last = moves - timedelta(days=1) if moves else None
            team = f"T{number % 2}"
            place = {"segment": "inside", "region": "North", "seniority": "senior", "manager_id": PEOPLE[0]}
            self.add("assignments", person_id=person, valid_from=STARTS, valid_to=last, team=team, **place)
            if moves:
                team = self.future.choice(["T0", "T1", "T2"])
                self.add("assignments", person_id=person, valid_from=moves, valid_to=None, team=team, **place)
            away = self.at(STARTS, THEN - timedelta(days=9), self.past).date()
            self.add("absences", person_id=person, starts_on=away, ends_on=away + timedelta(days=3), kind="holiday")
            away = self.later().date()
            self.add("absences", person_id=person, starts_on=away, ends_on=away + timedelta(days=3), kind="illness")

    def _market(self) -> None:
        for number, account in enumerate(ACCOUNTS):
            since = self.at(STARTS - timedelta(days=300), THEN, self.past).date() if number % 3 else self.later().date()
            left = self.past_or_later(max(since, THEN - timedelta(days=90))) if since < THEN else None
            self.add(
                "accounts", account_id=account, name=account, segment="mid", industry="retail", employees=number * 90,
                owner_id=self.past.choice(PEOPLE), is_key=number % 4 == 0, customer_since=since,
                left_on=left.date() if left else None,
            )  # fmt: skip
        for number, contact in enumerate(CONTACTS):
            level = ["c-level", "director", "staff"][number % 3]
            self.add("contacts", contact_id=contact, account_id=ACCOUNTS[number // 2], name=contact, level=level)
        for month in range(1, 13):
            for year in (2023, 2024):
                dice = self.past if (year, month) <= (2024, 6) else self.future
                amount = dice.randrange(100, 900)
                self.add("spend", source=dice.choice(SOURCES), campaign=None, month=date(year, month, 1), amount=amount)

    def _lead(self, number: int) -> tuple[str, datetime]:
        created = self.at(STARTS, THEN, self.past)
        qualified = self.past_or_later(created.date()) if self.past.random() < 0.7 else None
        self.add(
            "leads", lead_id=f"L{number}", person_id=self.past.choice(PEOPLE), source=self.past.choice(SOURCES),
            created_at=created, contact_id=self.past.choice(CONTACTS), account_id=self.past.choice([*ACCOUNTS, None]),
            employees=self.past.choice([None, 20, 300]), level=self.past.choice([None, "vp", "staff"]),
            qualified_at=max(qualified, created) if qualified else None,
            cost=self.past.choice([None, 12, 40]),
        )  # fmt: skip
        return f"L{number}", created

    def _opportunity(self, number: int, leads: Sequence[tuple[str, datetime]]) -> None:
        lead, created = self.past.choice(leads)
        opened = self.at(created.date(), THEN, self.past)
        closed = self.past_or_later(opened.date())
        closed = max(closed, opened) if closed else None
        pipeline = self.past.choice(["sales", "sales", "recruiting"])
        past_fate = self.past.choice(["won", "won", "lost"])
        decided = closed is not None and closed.date() <= THEN
        dice, fate = (self.past, past_fate) if decided else (self.future, self.future.choice(["won", "lost"]))
        cancelled = self.past_or_later(closed.date()) if closed and decided and past_fate == "won" else None
        amount = dice.randrange(100, 9_000)
        self.add(
            "opportunities", opportunity_id=f"O{number}", person_id=dice.choice(PEOPLE), pipeline=pipeline,
            account_id=dice.choice(ACCOUNTS), contact_id=dice.choice(CONTACTS), lead_id=lead,
            source=self.past.choice(SOURCES), product=self.past.choice(["Basic", "Pro"]), opened_at=opened,
            expected_close_on=self.at(THEN - timedelta(days=200), ENDS, dice).date(),
            closed_at=closed, status=fate if closed else "open", stage=dice.choice(STAGES[pipeline]),
            amount=amount, gross_margin=amount // 4, cost=amount // 10, list_price=500,
            cancelled_at=max(cancelled, closed) if cancelled and closed else None,
        )  # fmt: skip
        entered = opened
        for stage in STAGES[pipeline]:
            entered += timedelta(days=self.past.randrange(1, 40), minutes=1)
            if entered.date() > THEN:
                self.add("stage_changes", opportunity_id=f"O{number}", stage=stage, at=self.later())
                break
            if decided and closed and entered > closed:
                break
            self.add("stage_changes", opportunity_id=f"O{number}", stage=stage, at=entered)

    def _job_order(self, number: int) -> None:
        opened = self.at(STARTS, THEN, self.past)
        closed = self.past_or_later(opened.date())
        decided = closed is not None and closed.date() <= THEN
        dice = self.past if decided else self.future
        self.add(
            "job_orders", job_order_id=f"J{number}", person_id=dice.choice(PEOPLE), account_id=dice.choice(ACCOUNTS),
            kind="permanent", opened_at=opened, openings=dice.randrange(1, 4),
            closed_at=max(closed, opened) if closed else None,
            status=dice.choice(["filled", "lost", "cancelled"]) if closed else "open",
        )  # fmt: skip

    def _activity(self, number: int, dice: random.Random | None = None) -> None:
        dice = dice or self.past
        at = self.at(STARTS, THEN, dice) if dice is self.past else self.later()
        kinds = ["call", "call", "email", "voicemail", "inmail", "meeting", "demo", "call_plan", "intake", "interview"]
        kind = dice.choice(kinds)
        contact = dice.choice([*CONTACTS, None])
        account = ACCOUNTS[int(contact[1:]) // 2 - 1] if contact else dice.choice([*ACCOUNTS, None])
        self.add(
            "activities", activity_id=f"A{'F' if dice is self.future else ''}{number}", person_id=dice.choice(PEOPLE),
            at=at, kind=kind, status=dice.choice(["done", "done", "done", "planned", None]),
            created_at=dice.choice([at, at - timedelta(hours=20), None]) if dice is self.past else at,
            direction=dice.choice(["outbound", None, "inbound"]), place=dice.choice(["in_person", "video"]),
            contact_id=contact, account_id=account, duration_s=dice.randrange(2_000),
            outcome=dice.choice(["connected", "voicemail", "no_answer"]) if kind == "call" else None,
        )  # fmt: skip

    def _small_things(self, number: int, dice: random.Random | None = None) -> None:
        dice = dice or self.past
        mark = "F" if dice is self.future else ""
        at = self.at(STARTS, THEN, dice) if dice is self.past else self.later()
        person = dice.choice(PEOPLE)
        kind = dice.choice(["billing", "refund"])
        self.add(
            "transactions", transaction_id=f"X{mark}{number}", at=at, amount=dice.randrange(900), person_id=person,
            kind=kind, account_id=dice.choice(ACCOUNTS),
        )  # fmt: skip
        score, kind = dice.randrange(11), dice.choice(["nps", "compliance"])
        self.add("surveys", survey_id=f"S{mark}{number}", person_id=person, at=at, score=score, kind=kind)
        self.add("observations", metric="sales_cost", scope="company", on=at.date(), value=dice.randrange(50), n=1)

    def _only_later(self) -> None:
        """Rows of which nothing had happened by THEN."""
        for number in range(self.future.randrange(20, 40)):
            self._activity(number, self.future)
            self._small_things(number, self.future)
            created = self.later()
            cells = {"person_id": self.future.choice(PEOPLE), "source": self.future.choice(SOURCES)}
            self.add("leads", lead_id=f"LF{number}", created_at=created, qualified_at=created, cost=3, **cells)
            closed = self.future.choice([created, None])
            self.add(
                "opportunities", opportunity_id=f"OF{number}", pipeline="sales", opened_at=created, closed_at=closed,
                status="won" if closed else "open", amount=777, gross_margin=7, lead_id=f"L{number}",
                product="Basic", list_price=500, **cells,
            )  # fmt: skip


def _write(folder: Path, tables: Mapping[str, Rows]) -> Path:
    folder.mkdir(parents=True)
    for table, rows in tables.items():
        unique = {tuple(row.get(key) for key in ("metric", "scope", "on", "source", "month")): row for row in rows}
        kept = list(unique.values()) if table in ("observations", "spend") else rows
        names = list(dict.fromkeys(name for row in kept for name in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in kept)
    return folder


def _workspace(folder: Path, seed: int, future: int) -> Asking:
    asking = new_workspace(folder / "workspace", "staffing")
    past, later = random.Random(seed), random.Random(1_000 * seed + future)  # noqa: S311  (no secrets)
    tables = Firm(past, later).build()
    reply = asking.run("import", _write(folder / "export", tables), "--format", "json")
    assert reply.status == 0, reply.said + reply.out
    return asking


@contextmanager
def _asked(asking: Asking) -> Iterator[Callable[[Question], tuple[Sequence[Mapping[str, Any]], tuple[str, ...]]]]:
    """Ask a workspace many questions from one session; a cut the rows of a metric do not know has no rows."""
    workspace, caller = open_workspace(asking.workspace), Caller(who="test")
    inputs, _ = ready_inputs(workspace, caller, catalogue_in_force(workspace))
    session = open_session(inputs, Question("revenue", (), None, None, None, THEN))

    def ask(question: Question) -> tuple[Sequence[Mapping[str, Any]], tuple[str, ...]]:
        try:
            answer = session.ask(question)
        except CannotAnswer as refusal:
            return (), (str(refusal),)
        return answer.rows, answer.notes

    yield ask
    assert isinstance(session.engine, DuckEngine)
    session.engine.close()


def _same(one: Any, other: Any) -> bool:
    """Equal, with sums of doubles equal to nine digits: the order in which they are added is nobody's promise."""
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float | int):
        return bool(one == pytest.approx(other, rel=1e-9))
    return bool(one == other)


@pytest.mark.parametrize(
    ("seed", "by", "grain"), [(1, (), Grain.HALF), (2, ("person",), None), (3, ("team",), Grain.YEAR)]
)
def test_cases_with_the_same_past_give_the_same_past_answers(
    seed: int, by: tuple[str, ...], grain: Grain | None, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    one, other = (_workspace(tmp_path / str(future), seed, future) for future in (1, 2))
    names = [row["metric"] for row in one.rows("metrics")]
    told, leaks = {}, []
    with _asked(one) as ask_one, _asked(other) as ask_other:
        for name in names:
            question = Question(name, by, grain, None, None, THEN)
            here, there = ask_one(question), ask_other(question)
            if not _same(here, there):
                leaks.append(f"{name}: {_first_difference(here[0], there[0])}")
            told[name] = sum(row.get("value") is not None for row in here[0])
    assert not leaks, "\n".join(leaks)
    counted(GATES[0], len(names))
    counted(GATES[1], sum(told.values()))
    silent = sorted(name for name, number in told.items() if not number)
    assert len(silent) < len(names) / 4, f"no value at all for {silent}"
    now = [asking.metric("revenue")["value"] for asking in (one, other)]
    assert now[0] != now[1], "the two futures are the same, so nothing was tested"


def _first_difference(here: Sequence[Mapping[str, Any]], there: Sequence[Mapping[str, Any]]) -> str:
    nothing: Mapping[str, Any] = {}
    for one, other in zip_longest(here, there, fillvalue=nothing):
        if not _same(one, other):
            return f"{one} is not {other}"
    return "the notes"


# ---- what was known


def _amount(folder: Path, name: str, amount: int) -> Path:
    folder.mkdir()
    (folder / "people.csv").write_text("person_id,name\nP1,Rae\n", encoding="utf-8")
    path = folder / "opportunities.csv"
    path.write_text(
        "opportunity_id,person_id,opened_at,closed_at,status,amount\n"
        f"O1,P1,2024-01-02,2024-02-01,won,{amount}\n{name},P1,2024-01-02,2024-02-01,won,1\n",
        encoding="utf-8",
    )
    return folder


def test_known_at_answers_what_the_batches_said_then(tmp_path: Path) -> None:
    asking = new_workspace(tmp_path / "workspace")
    expected = []
    for number, (name, amount) in enumerate([("O2", 100), ("O3", 250), ("O2", 70)], 1):
        asking.rows("import", _amount(tmp_path / f"export{number}", name, amount))
        expected.append(asking.metric("revenue")["value"])
    asking.rows("import", "undo", 3)
    assert expected == [101, 252, 72]
    assert asking.metric("revenue")["value"] == 252
    instants = [row["at"] for row in asking.rows("imports")]
    assert [asking.metric("revenue", "--known-at", at)["value"] for at in instants] == expected


def test_a_correction_recorded_later_was_not_known_before(tmp_path: Path) -> None:
    """An open case's amount is what the batches had said by the day, not what a later one says."""
    asking = new_workspace(tmp_path / "workspace")
    asking.rows("import", _amount(tmp_path / "first", "O2", 100))
    first = asking.rows("imports")[0]["at"]
    asking.rows("import", _amount(tmp_path / "second", "O2", 300))
    before = (datetime.fromisoformat(first) - timedelta(seconds=1)).isoformat()
    assert asking.metric("revenue")["value"] == 301
    assert asking.metric("revenue", "--known-at", first)["value"] == 101
    assert not asking.metric("revenue", "--known-at", before)["value"]
