"""Records worth a second look: what stands out beside what is usual, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.simulated import seeds

from courtside.analysis.review.authenticity import SIGNS, Tally, authenticity, standing_out
from courtside.warehouse.engines.duckdb import DuckEngine

GATES = ("records named that were made to stand out", "people alike left unnamed")

AS_OF = date(2026, 10, 31)
PEOPLE = [f"P{n:02}" for n in range(20)]
Rows = Mapping[str, list[dict[str, Any]]]


class Recorded(DuckEngine):
    """Rows given directly, with the opportunities as they were recorded by each month's end."""

    def recorded_by(self, table: str, day: date) -> str | None:
        """The versions loaded for the month."""
        name = f"{table}_{day:%Y%m}"
        return (
            name if self.con.execute(f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{name}'").fetchone() else None
        )


def _calls(seed: int, short: Mapping[str, float]) -> list[dict[str, Any]]:
    """A hundred connected calls a person in working hours; the share of short ones is 2 % unless said."""
    rng = np.random.default_rng(seed)
    found = []
    for person in PEOPLE:
        for number in range(100):
            is_short = rng.random() < short.get(person, 0.02)
            at = datetime(2026, 9, 1, 9, 5, tzinfo=UTC) + timedelta(minutes=20 * number)
            seconds = int(rng.integers(2, 14)) if is_short else int(rng.integers(40, 900))
            found.append({
                "activity_id": f"{person}-{number}", "person_id": person, "at": at, "kind": "call", "status": "done",
                "direction": "outbound", "outcome": "connected", "duration_s": seconds,
            })  # fmt: skip
    return found


def _burst(person: str, rows: int) -> list[dict[str, Any]]:
    """So many e-mails in one minute."""
    at = datetime(2026, 9, 3, 18, 30, tzinfo=UTC)
    return [
        {"activity_id": f"B{n}", "person_id": person, "at": at, "kind": "email", "status": "done"} for n in range(rows)
    ]


def _engine(activities: list[dict[str, Any]]) -> DuckEngine:
    people = [{"person_id": person, "role": "seller"} for person in PEOPLE]
    return Recorded.over_rows({"people": people, "activities": activities})


def _named(engine: DuckEngine) -> list[tuple[str, str]]:
    rows, _ = authenticity(engine, AS_OF)
    return [(row["note"], row["scope"]) for row in rows]


def test_who_stands_out_is_named_and_others_are_not(counted: Callable[[str, int], None]) -> None:
    named = unnamed = 0
    for seed in seeds(4):
        engine = _engine([*_calls(seed, {"P07": 0.4}), *_burst("P11", 30)])
        found = _named(engine)
        named += ("short_calls", "person:P07") in found
        named += ("bursts", "person:P11") in found
        unnamed += len(found) == 2
    assert named == 8
    assert unnamed >= 2
    counted(GATES[0], named)
    counted(GATES[1], unnamed)


def test_nobody_is_named_where_all_are_alike() -> None:
    """1 in 500 by chance for each person: about 4 of 100 firms of 20 people, real spread allowed for."""
    named = 0
    for seed in seeds(100):
        short = np.random.default_rng(seed).binomial(400, 0.02, len(PEOPLE))
        tally = Tally(SIGNS["short_calls"], {p: (int(x), 400) for p, x in zip(PEOPLE, short, strict=True)})
        named += len(list(standing_out(tally, {}, {})))
    assert named <= 15


def test_where_everybody_does_it_nobody_stands_out() -> None:
    assert _named(_engine(_calls(seeds(1)[0], dict.fromkeys(PEOPLE, 0.4)))) == []


def test_nine_in_a_minute_are_no_burst_and_a_bare_day_is_no_minute() -> None:
    calls = _calls(1, dict.fromkeys(PEOPLE, 0.0))
    at_midnight = [{**row, "at": datetime(2026, 9, 3, tzinfo=UTC)} for row in _burst("P11", 30)]
    assert _named(_engine([*calls, *_burst("P11", 9)])) == []
    assert _named(_engine([*calls, *at_midnight])) == []


def test_what_is_said_is_about_records_with_n_and_what_is_usual() -> None:
    rows, notes = authenticity(_engine([*_calls(1, dict.fromkeys(PEOPLE, 0.0)), *_burst("P11", 30)]), AS_OF)
    (row,) = rows
    assert (row["count"], row["n"], row["peers"], row["usual"]) == (30, 130, 19, 0.0)
    assert row["interval"] == pytest.approx([0.1666, 0.3111], abs=1e-3)  # Wilson
    assert row["sentence"] == (
        "30 of 130 activities stand in a minute with 10 or more of them: 23 % (17 % to 31 %). Among 19 others of the "
        "role 0 % is usual. Worth a look at whether they are entered in bulk; there may be a good reason for it."
    )
    assert notes[1] == "bursts: looked at 2,030 activities of 20 people."


def test_fewer_than_ten_of_a_role_are_not_compared() -> None:
    engine = _engine([row for row in [*_calls(1, {"P07": 0.9})] if row["person_id"] < "P09"])
    assert _named(engine) == []


def test_close_dates_moved_again_and_again_are_seen_in_what_was_recorded_each_month() -> None:
    engine = _engine([])
    columns = {"opportunity_id": "VARCHAR", "person_id": "VARCHAR", "status": "VARCHAR", "expected_close_on": "DATE"}
    for month in range(6, 11):
        cases = [
            (f"{person}-{number}", person, "open", _close(month if person == "P05" and number < 20 else 0))
            for person in PEOPLE
            for number in range(30)
        ]
        engine.load(f"opportunities_2026{month:02}", columns, cases)
    rows, notes = authenticity(engine, AS_OF)
    (row,) = rows
    assert (row["note"], row["scope"], row["count"], row["n"]) == ("pushed", "person:P05", 20, 30)
    assert "how close dates are set" in row["sentence"]
    assert notes[2] == "pushed: looked at 600 opportunities of 20 people."


def _close(months: int) -> date:
    """An expected close, moved by so many months."""
    return date(2026, 12, 1) + timedelta(days=30 * months)
