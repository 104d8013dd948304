"""A sum is the same to the last bit in whatever order an engine meets its rows; frozen evidence is compared so."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import duckdb
from sqlglot import exp

from courtside.metrics.catalogue import Catalogue
from courtside.metrics.load import build_written, read_blocks
from courtside.records.period import Calendar
from courtside.services.definitions import read_installed_pack
from courtside.warehouse.answer import Question, Session
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.examples import complete
from courtside.warehouse.sql import as_double, column, total

GATES = (
    "orders of rows with the same sum", "orders of rows a plain sum of doubles told apart", "parts of an hour added up",
)  # fmt: skip
_COARSE = exp.DataType.build("decimal(38, 8)")
ORDERS = 8
SPENT = {"web": "1000.07", "fair": "333.31", "post": "77.77"}


@cache
def _catalogue() -> Catalogue:
    pack = read_installed_pack("sales")
    return build_written(read_blocks(pack.files), pack)


def _answers(leads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Cost of leads and what an acquisition cost, by person, every digit."""
    spend = [{"source": one, "month": date(2026, 1, 1), "amount": amount} for one, amount in SPENT.items()]
    people = [{"person_id": f"P{n}", "name": f"P{n}", "role": "seller"} for n in range(3)]
    assigned = [{"person_id": one["person_id"], "valid_from": date(2025, 1, 1), "team": "North"} for one in people]
    tables: dict[str, Sequence[Mapping[str, Any]]] = {
        "people": people,
        "assignments": assigned,
        "leads": leads,
        "spend": spend,
    }
    rows = complete({name: tuple(found) for name, found in tables.items()})
    session = Session(DuckEngine.over_rows(rows), _catalogue(), Calendar(), "USD")
    asked = Question("lead_cost", ("person",), None, date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 15))
    return [f"{row['scope']} {row['value']!r}" for row in session.ask(asked).rows]


def test_the_order_of_records_changes_no_bit_of_a_figure(counted: Callable[[str, int], None]) -> None:
    dice = random.Random(20261122)
    leads = [
        {
            "lead_id": f"L{n}", "person_id": f"P{n % 3}", "source": dice.choice(sorted(SPENT)),
            "created_at": date(2026, 1, 1) + timedelta(days=n % 31),
        }
        for n in range(1_501)
    ]  # fmt: skip
    first = _answers(leads)
    assert len(first) == 3
    for _ in range(ORDERS):
        dice.shuffle(leads)
        assert _answers(leads) == first
        counted(GATES[0], 1)


def test_a_plain_sum_of_doubles_would_not_do(counted: Callable[[str, int], None]) -> None:
    dice = random.Random(7)
    shares = [1000.07 / dice.randint(3, 700) for _ in range(1_501)]

    def sums(take: Callable[[exp.Expr], exp.Expr]) -> set[float]:
        found = set()
        for _ in range(ORDERS):
            dice.shuffle(shares)
            with duckdb.connect() as engine:
                engine.execute("CREATE TABLE r AS SELECT unnest(?) AS x", [shares])
                (row,) = engine.sql(exp.select(take(column("x"))).from_("r").sql("duckdb")).fetchall()
                found.add(float(row[0]))
        return found

    assert len(sums(total)) == 1
    plain = sums(lambda tree: as_double(exp.Sum(this=tree)))
    assert len(plain) > 1
    counted(GATES[1], len(plain))


def test_a_sum_of_many_parts_of_an_hour_is_right_to_eleven_digits(counted: Callable[[str, int], None]) -> None:
    seconds = [n % 7_200 + 1 for n in range(200_000)]
    exact = Fraction(sum(seconds), 3_600)
    own = duckdb.connect()
    own.execute("CREATE TABLE held AS SELECT unnest(?::BIGINT[]) / 3600.0 AS hours", [seconds])
    told = [_sum(own, total(column("hours"))), _sum(own, exp.Sum(this=exp.Cast(this=column("hours"), to=_COARSE)))]
    off = [abs(Fraction(float(one)) - exact) / exact for one in told]
    assert off[0] < Fraction(1, 10**11)
    assert off[1] > off[0] * 100, "eight places would do as well"
    counted(GATES[2], len(seconds))


def _sum(own: duckdb.DuckDBPyConnection, tree: exp.Expr) -> Any:
    (found,) = own.execute(exp.select(tree).from_("held").sql("duckdb")).fetchall()
    return found[0]
