"""How records came about: calls too short to be any, many activities in one minute, close dates moved again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlglot import exp

from courtside.warehouse.engine import Engine
from courtside.warehouse.quality import BURST
from courtside.warehouse.sql import template
from courtside.warehouse.touches import OUTBOUND

MONTHS = 12
_ONE_DAY = timedelta(days=1)
Counts = Mapping[str, tuple[int, int]]
"""Person -> how many of how many."""

_DAYS = 'CAST("at" AS DATE) > :since AND CAST("at" AS DATE) <= :as_of AND NOT person_id IS NULL'
_SHORT = f"""
SELECT person_id, SUM(CASE WHEN duration_s < :short THEN 1 ELSE 0 END) AS seen, COUNT(*) AS cases FROM activities
WHERE kind = 'call' AND status = 'done' AND outcome = 'connected' AND NOT duration_s IS NULL AND {OUTBOUND} AND {_DAYS}
GROUP BY person_id
"""
_BURSTS = f"""
SELECT person_id, SUM(CASE WHEN together >= :burst THEN together ELSE 0 END) AS seen, SUM(together) AS cases FROM (
  SELECT person_id, DATE_TRUNC('minute', "at") AS moment, COUNT(*) AS together FROM activities
  WHERE status = 'done' AND {_DAYS} AND "at" <> CAST(CAST("at" AS DATE) AS TIMESTAMP)
  GROUP BY person_id, DATE_TRUNC('minute', "at")
) AS minutes GROUP BY person_id
"""


def short_calls(engine: Engine, since: date, as_of: date, seconds: int) -> Counts:
    """Connected outbound calls of known length after one day until another, and how many of them were shorter."""
    return _counts(engine.run(_query(_SHORT, since=since, as_of=as_of, short=seconds)))


def bursts(engine: Engine, since: date, as_of: date) -> Counts:
    """Done activities with a time of day, and how many stand in one minute with `BURST` or more of the person."""
    return _counts(engine.run(_query(_BURSTS, since=since, as_of=as_of, burst=BURST)))


def pushed(engine: Engine, as_of: date, times: int) -> Counts:
    """Open opportunities known at two month ends or more, and how many were moved later so many times between them.

    The versions recorded by the end of each of the last twelve months, and by as-of, are compared; without earlier
    imports there is nothing to compare.
    """
    moves: dict[str, int] = {}
    owner: dict[str, str] = {}
    before: Mapping[str, date] = {}
    for end in [*(_month_end(as_of, back) for back in range(MONTHS, 0, -1)), as_of]:
        rows = _expected(engine, end)
        now = {case: expected for case, _, expected in rows}
        owner |= {case: person for case, person, _ in rows}
        for case in now.keys() & before.keys():
            moves[case] = moves.get(case, 0) + (now[case] > before[case])
        before = now
    counts: dict[str, tuple[int, int]] = {}
    for case, moved in moves.items():
        seen, of = counts.get(owner[case], (0, 0))
        counts[owner[case]] = seen + (moved >= times), of + 1
    return counts


def _expected(engine: Engine, day: date) -> list[tuple[str, str, date]]:
    """Case, person and expected close of what was recorded as open by the end of a day."""
    table = engine.recorded_by("opportunities", day) or "opportunities"
    query = exp.select("opportunity_id", "person_id", "expected_close_on").from_(exp.to_table(table))
    query = query.where("status = 'open' AND NOT expected_close_on IS NULL")
    return [(str(case), str(person), expected) for case, person, expected in engine.run(query)]


def _month_end(day: date, back: int) -> date:
    """The last day of the month so many months before: 2026-11-22, 1 -> 2026-10-31."""
    index = day.year * 12 + day.month - back
    return date(index // 12, index % 12 + 1, 1) - _ONE_DAY


def _counts(rows: Sequence[Sequence[Any]]) -> Counts:
    return {str(person): (int(seen or 0), int(of)) for person, seen, of in rows if of}


def _query(text: str, **parts: date | float) -> exp.Query:
    tree = template(text, **parts)
    if not isinstance(tree, exp.Query):
        raise TypeError(text)
    return tree
