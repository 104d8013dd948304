"""The rollup brought up to date says what a rollup made anew says, and what the rows themselves say."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from courtside.connectors.native import ADAPTER
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.load import build_written, read_blocks
from courtside.metrics.metric import Measure
from courtside.metrics.pack import read_pack
from courtside.packs import sales
from courtside.records.period import Calendar, Grain
from courtside.warehouse import rebuild
from courtside.warehouse.answer import Session, open_session
from courtside.warehouse.batches import Batch, known
from courtside.warehouse.figures import Plan
from courtside.warehouse.generation import Generation, Inputs, cache
from courtside.warehouse.intake import Ground, carried_files, take_in
from courtside.warehouse.question import Question
from courtside.warehouse.refresh import refresh
from courtside.warehouse.touched import Touch

START = date(2026, 1, 5)
DAYS = 200
TODAY = date(2026, 11, 22)
PEOPLE = [f"P{n}" for n in range(6)]
SEEDS = range(4)
STEPS = 5
GATES = (
    "rollups mended and made anew", "figures from rollup and rows", "forgetful rollups caught",
    "figures of questions of one shape",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    pack = read_pack(Path(next(iter(sales.__path__))))
    return build_written(read_blocks(pack.files), pack)


@dataclass
class Firm:
    """A small firm whose imports and undos are drawn at random."""

    root: Path
    catalogue: Catalogue
    draw: random.Random
    batches: list[Batch] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def inputs(self) -> Inputs:
        return Inputs(self.root, tuple(self.batches), self.catalogue, "UTC", "USD", Calendar(), TODAY)

    def day(self, first: int = 0, last: int = DAYS) -> date:
        return START + timedelta(days=self.draw.randrange(first, last))

    def moment(self, first: int = 0, last: int = DAYS) -> str:
        return f"{self.day(first, last)}T{self.draw.randrange(8, 18):02}:{self.draw.randrange(0, 60, 15):02}"

    def identifier(self, table: str, known_share: float) -> str:
        """An id that may be known already."""
        made = self.numbers.get(table, 0)
        if made and self.draw.random() < known_share:
            return f"{table[0].upper()}{self.draw.randrange(made)}"
        self.numbers[table] = made + 1
        return f"{table[0].upper()}{made}"

    def maybe(self, table: str, share: float = 0.6) -> str | None:
        made = self.numbers.get(table, 0)
        return f"{table[0].upper()}{self.draw.randrange(made)}" if made and self.draw.random() < share else None

    def activity(self, first: int, last: int, known_share: float) -> dict[str, Any]:
        status = self.draw.choice(["done", "done", "done", "planned", "planned ahead"])
        at = self.moment(first, last)
        created = datetime.fromisoformat(at) - timedelta(days=self.draw.choice([0, 0, 1, 4]))
        if status == "planned ahead":
            at = f"{TODAY + timedelta(days=self.draw.randrange(40))}T09:00"
        return {
            "activity_id": self.identifier("activities", known_share), "person_id": self.draw.choice(PEOPLE), "at": at,
            "kind": self.draw.choice(["call", "call", "email", "meeting", "demo", "voicemail"]),
            "status": status.split()[0], "created_at": created.isoformat(),
            "direction": self.draw.choice(["outbound", "", "inbound"]), "account_id": self.maybe("accounts", 0.9),
            "contact_id": self.draw.choice(["C1", "C2", "C3", None]), "lead_id": self.maybe("leads", 0.3),
            "outcome": self.draw.choice(["connected", "no_answer", "voicemail"]),
            "duration_s": self.draw.randrange(900),
        }  # fmt: skip

    def lead(self, first: int, last: int, known_share: float) -> dict[str, Any]:
        return {
            "lead_id": self.identifier("leads", known_share), "person_id": self.draw.choice(PEOPLE),
            "source": self.draw.choice(["web", "fair"]), "created_at": self.moment(first, last),
            "qualified_at": self.moment(first, last) if self.draw.random() < 0.3 else None,
            "account_id": self.maybe("accounts"), "opportunity_id": self.maybe("opportunities", 0.2),
            "level": self.draw.choice(["vp", "staff", None]), "cost": self.draw.choice([None, "12.50"]),
        }  # fmt: skip

    def opportunity(self, first: int, last: int, known_share: float) -> dict[str, Any]:
        status = self.draw.choice(["open", "won", "lost"])
        return {
            "opportunity_id": self.identifier("opportunities", known_share), "person_id": self.draw.choice(PEOPLE),
            "lead_id": self.maybe("leads", 0.7), "opened_at": self.moment(first, last), "status": status,
            "closed_at": None if status == "open" else self.moment(first, last), "amount": self.draw.randrange(9000),
        }  # fmt: skip

    def account(self) -> dict[str, Any]:
        return {
            "account_id": self.identifier("accounts", 0.4), "is_key": self.draw.choice(["true", "false"]),
            "employees": self.draw.randrange(1, 3000),
        }  # fmt: skip

    def take(self, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """One import; a row whose key comes twice is left out."""
        folder = self.root / "in" / str(len(self.batches))
        folder.mkdir(parents=True)
        for name, rows in tables.items():
            first = next(iter(rows[0]))
            unique = {row[first]: row for row in rows} if name != "assignments" else dict(enumerate(rows))
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(unique.values())
        scratch = self.root / "scratch"
        scratch.mkdir(exist_ok=True)
        reading = ADAPTER.read(sorted(folder.glob("*.csv")), scratch, {})
        ground = Ground(self.root, known(self.batches, None), "UTC", "USD")
        number = len(self.batches) + 1
        outcome = take_in(reading, ground, number, set_aside=False, dry_run=False, answers={})
        assert not outcome.refusals
        at = datetime(2026, 11, 1, 12, number, tzinfo=UTC)
        self.batches.append(Batch(number, at, outcome.files, fixed=reading.fixed))

    def base(self) -> None:
        self.take(
            {
                "people": [{"person_id": p, "name": p} for p in PEOPLE],
                "assignments": [
                    {"person_id": p, "valid_from": START, "team": "North" if n % 2 else "South"}
                    for n, p in enumerate(PEOPLE)
                ],
                "accounts": [self.account() for _ in range(12)],
                "leads": [self.lead(0, DAYS, 0) for _ in range(60)],
                "opportunities": [self.opportunity(0, DAYS, 0) for _ in range(40)],
                "activities": [self.activity(0, DAYS, 0) for _ in range(400)],
            }
        )

    def step(self) -> str:
        """Something that happens to a firm's records."""
        what = self.draw.choice(["recent", "late", "spread", "accounts", "undo", "move"])
        first, last = {"recent": (DAYS - 5, DAYS), "late": (60, 64)}.get(what, (0, DAYS))
        standing = [batch for batch in self.batches if batch.undone_at is None]
        if what == "undo" and len(standing) > 1:
            self.undo(self.draw.choice(standing[1:]))
        elif what == "accounts":
            self.take({"accounts": [self.account() for _ in range(3)]})
        elif what == "move":
            self.take({"assignments": [{"person_id": "P1", "valid_from": self.day(), "team": "West"}]})
        else:
            self.take(
                {
                    "activities": [self.activity(first, last, 0.5) for _ in range(8)],
                    "leads": [self.lead(first, last, 0.5) for _ in range(4)],
                    "opportunities": [self.opportunity(first, last, 0.5) for _ in range(4)],
                }
            )
        return what

    def undo(self, batch: Batch) -> None:
        others = {number: file for number, file in carried_files(tuple(self.batches), batch, self.root)}
        at = datetime(2026, 11, 2, 12, len(self.batches), tzinfo=UTC)
        for place, each in enumerate(self.batches):
            if each.number == batch.number:
                self.batches[place] = replace(each, undone_at=at)
            elif each.number in others:
                self.batches[place] = replace(each, files=(*each.files, others[each.number]))


def _tables(generation: Generation) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(generation.path), read_only=True) as con:
        names = [row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: sorted(con.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in names
            if name.startswith(("day__", "first__"))
        }


def _figures(
    session: Session, names: Sequence[str], by: tuple[str, ...], grain: Grain, scopes: tuple[str, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    for name in names:
        question = Question(name, by, grain, START, TODAY + timedelta(days=20), TODAY, scopes=scopes)
        for row in session.ask(question).rows:
            value = row["value"]
            yield name, row["scope"], row["period"], round(value, 6) if isinstance(value, float) else value, row["n"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rollup_brought_up_to_date_equals_one_made_anew_and_the_rows(
    seed: int,
    tmp_path: Path,
    catalogue: Catalogue,
    counted: Callable[[str, int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if seed % 2:
        monkeypatch.setattr(rebuild, "_MENDINGS", 1)  # every other mending begins by putting the rows in order again
    firm = Firm(tmp_path, catalogue, random.Random(seed))
    firm.base()
    refresh(firm.inputs())
    measures = [m.name for m in catalogue if isinstance(m.body, Measure) and m.body.owner]
    compared = steps = 0
    for _ in range(STEPS):
        what = firm.step()
        mended = _tables(refresh(firm.inputs()))
        with_rollup = open_session(firm.inputs(), Question("dials", (), None, None, None, TODAY))
        assert with_rollup.rollup is not None
        assert with_rollup.rollup.settled_on <= TODAY, "what is planned ahead keeps figures from being ready"
        names = firm.draw.sample(measures, 12)
        by = firm.draw.choice([("person",), ("team",), ()])
        grain = firm.draw.choice([Grain.WEEK, Grain.MONTH, Grain.QUARTER])
        scopes = firm.draw.choice([(), ("team:North",), ("team:North", "team:South")]) if by != ("team",) else ()
        from_rollup = list(_figures(with_rollup, names, by, grain, scopes))
        with_rollup.engine.close()
        from_rows = open_session(firm.inputs(), Question("dials", (), None, None, None, TODAY))
        from_rows.rollup = None
        assert from_rollup == list(_figures(from_rows, names, by, grain, scopes)), (seed, what)
        from_rows.engine.close()
        shutil.rmtree(cache(tmp_path))
        anew = _tables(refresh(firm.inputs()))
        for name in anew:
            assert mended[name] == anew[name], (seed, what, name)
        compared += len(from_rollup)
        steps += 1
    counted("rollups mended and made anew", steps)
    counted("figures from rollup and rows", compared)


def _of_months(session: Session) -> list[tuple[Any, ...]]:
    """Figures of one shape of question after the other, each about the days of another month."""
    found = []
    for name in ("dials", "emails", "qualified_leads", "closing_rate"):
        for month in range(4):
            days = START + timedelta(days=30 * month), START + timedelta(days=30 * month + 29)
            rows = session.ask(Question(name, ("source",), None, *days, TODAY)).rows
            found += [(name, days, row["scope"], row["n"]) for row in rows]
    return found


def test_the_next_question_of_a_shape_is_about_its_own_days(
    tmp_path: Path, catalogue: Catalogue, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = Firm(tmp_path, catalogue, random.Random(3))
    firm.base()
    refresh(firm.inputs())

    def figures() -> list[tuple[Any, ...]]:
        session = open_session(firm.inputs(), Question("dials", (), None, None, None, TODAY))
        found = _of_months(session)
        session.engine.close()
        return found

    kept = figures()
    with monkeypatch.context() as patch:
        patch.setattr(Plan, "fits", lambda *_: False)  # every question is planned for itself
        assert kept == figures()
    with monkeypatch.context() as patch:
        patch.setattr(Plan, "fits", lambda *_: True)  # the text of January is asked about February too
        assert kept != figures()
    counted("figures of questions of one shape", sum(bool(n) for *_, n in kept))


def test_people_are_named_as_stretches_of_neighbours_while_these_are_few(tmp_path: Path, catalogue: Catalogue) -> None:
    firm = Firm(tmp_path, catalogue, random.Random(1))
    firm.base()
    refresh(firm.inputs())
    session = open_session(firm.inputs(), Question("dials", (), None, None, None, TODAY))
    order = sorted(PEOPLE)
    assert session.stretches_of(None) == ()
    assert session.stretches_of([order[0], order[1], order[3]]) == ((order[0], order[1]), (order[3], order[3]))
    assert session.stretches_of(order) == ((order[0], order[-1]),)
    session.engine.close()


def test_a_rollup_that_forgets_what_was_touched_is_caught(
    tmp_path: Path, catalogue: Catalogue, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = Firm(tmp_path, catalogue, random.Random(7))
    firm.base()
    refresh(firm.inputs())
    firm.take({"activities": [firm.activity(0, DAYS, 0.5) for _ in range(20)]})
    monkeypatch.setattr(Touch, "of", lambda *_: frozenset())
    mended = _tables(refresh(firm.inputs()))
    monkeypatch.undo()
    shutil.rmtree(cache(tmp_path))
    anew = _tables(refresh(firm.inputs()))
    assert mended.keys() == anew.keys()
    assert any(mended[name] != anew[name] for name in anew)
    counted("forgetful rollups caught", 1)
