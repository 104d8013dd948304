"""Small tables made from the records once, so that every question can join them by plain conditions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlglot import exp

from courtside.records.people import Assignment, spans
from courtside.records.tables import TABLES
from courtside.warehouse.engine import Engine
from courtside.warehouse.sql import column, day, literal

FAR = date(9999, 12, 31)
PREPARED: Mapping[str, Mapping[str, str]] = {
    "spans": {
        "person_id": "VARCHAR", "starts_on": "DATE", "ends_on": "DATE", "manager_id": "VARCHAR", "team": "VARCHAR",
        "segment": "VARCHAR", "region": "VARCHAR", "seniority": "VARCHAR",
    },
    "rates": {"currency": "VARCHAR", "starts_on": "DATE", "ends_on": "DATE", "rate": "DOUBLE"},
    "next_working_days": {"day": "DATE", "region": "VARCHAR", "next_day": "DATE"},
    "stage_probabilities": {"pipeline": "VARCHAR", "stage": "VARCHAR", "probability": "DOUBLE"},
}  # fmt: skip
"""Name -> column -> type of the prepared tables; ends are excluded."""

WORKING_DAYS = """
CREATE OR REPLACE TEMP VIEW working_days AS
SELECT who.person_id, d.day, 0 AS _batch
FROM (SELECT CAST(unnest(generate_series(greatest(min(first), DATE '1990-01-01'), least(max(last), DATE '2100-01-01'),
        INTERVAL 1 DAY)) AS DATE) AS day
      FROM (SELECT min("at")::DATE AS first, max("at")::DATE AS last FROM activities
          WHERE status IN ('done', 'no_show')
        UNION ALL SELECT min(created_at)::DATE, max(created_at)::DATE FROM leads
        UNION ALL SELECT least(min(opened_at), min(closed_at))::DATE, greatest(max(opened_at), max(closed_at))::DATE
          FROM opportunities
        UNION ALL SELECT min(opened_at)::DATE, greatest(max(opened_at), max(closed_at))::DATE FROM job_orders) AS spans
     ) AS d
JOIN people AS who ON (who.hired_on IS NULL OR who.hired_on <= d.day) AND (who.left_on IS NULL OR who.left_on >= d.day)
LEFT JOIN spans AS s ON s.person_id = who.person_id AND d.day >= s.starts_on AND d.day < s.ends_on
WHERE EXTRACT(isodow FROM d.day) < 6
  AND NOT EXISTS (SELECT 1 FROM absences AS a
    WHERE a.person_id = who.person_id AND a.starts_on <= d.day AND a.ends_on >= d.day)
  AND NOT EXISTS (SELECT 1 FROM holidays AS h WHERE h."on" = d.day AND h.region IS NULL)
  AND NOT EXISTS (SELECT 1 FROM holidays AS h WHERE h."on" = d.day AND h.region = s.region)
"""
"""Every day a person was there to work, between the first and the last day on which anything happened: in the
dialect of DuckDB, from which other engines have it printed in theirs."""

_WEEKEND = 5
_LATEST = date(9999, 12, 1)
_LONG_AGO = 12_000
"""Days between the first and last activity above which one of them is a slip of the pen."""


def prepare(engine: Engine, currency: str) -> bool:
    """Fill the prepared tables from an engine's record tables; says whether any row is in another currency."""
    engine.load("spans", PREPARED["spans"], span_rows(_read(engine, "assignments")))
    engine.load("rates", PREPARED["rates"], rate_rows(_read(engine, "exchange_rates")))
    following = next_working_days(_activity_days(engine), _read(engine, "holidays"))
    engine.load("next_working_days", PREPARED["next_working_days"], following)
    engine.load("stage_probabilities", PREPARED["stage_probabilities"], [])
    return _has_other_currencies(engine, currency)


def _read(engine: Engine, table: str) -> list[dict[str, Any]]:
    names = [fact.name for fact in TABLES[table].facts]
    query = exp.select(*map(column, names)).from_(table, copy=False)
    return [dict(zip(names, row, strict=True)) for row in engine.run(query)]


def _activity_days(engine: Engine) -> list[date]:
    """Every day on which something may have been done; those that occur, where first and last lie far apart."""
    at = column("at")
    span = exp.select(day(exp.Min(this=at)), day(exp.Max(this=at.copy()))).from_("activities")
    ((first, last),) = engine.run(span)
    if first is None:
        return []
    if (last - first).days <= _LONG_AGO:
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [row[0] for row in engine.run(exp.select(day(at.copy())).distinct().from_("activities"))]


def _has_other_currencies(engine: Engine, currency: str) -> bool:
    tables = [t.name for t in TABLES.values() if "currency" in t.names and t.name != "exchange_rates"]
    other = exp.NEQ(this=column("currency"), expression=literal(currency))
    return any(engine.run(exp.select("1").from_(name).where(other).limit(1)) for name in tables)


def assignment(row: Mapping[str, Any]) -> Assignment:
    """An assignment from a row of the record table."""
    return Assignment(
        row["person_id"], row["valid_from"], row["valid_to"], row["team"], row["segment"], row["region"],
        row["seniority"], row["manager_id"],
    )  # fmt: skip


def span_rows(rows: Iterable[Mapping[str, Any]]) -> list[Sequence[Any]]:
    """The rows of `spans`: who belonged where from day to day, never overlapping."""
    return [
        (s.person_id, s.starts_on, s.ends_on or FAR, a.manager_id, a.team, a.segment, a.region, a.seniority)
        for s in spans(assignment(row) for row in rows)
        for a in (s.assignment,)
    ]


def rate_rows(rows: Iterable[Mapping[str, Any]]) -> list[Sequence[Any]]:
    """The rows of `rates`: each rate lasts until the currency's next one."""
    by_currency: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for row in rows:
        by_currency[row["currency"]].append((row["on"], row["rate"]))
    found: list[Sequence[Any]] = []
    for currency, rates in by_currency.items():
        rates.sort()
        ends = [on for on, _ in rates[1:]] + [FAR]
        found.extend((currency, on, end, rate) for (on, rate), end in zip(rates, ends, strict=True))
    return found


def next_working_days(days: Sequence[date], holidays: Iterable[Mapping[str, Any]]) -> list[Sequence[Any]]:
    """For each day, and each region with holidays of its own ('' everywhere), the next working day."""
    off: dict[str, set[date]] = defaultdict(set)
    for row in holidays:
        off[row["region"] or ""].add(row["on"])
    return [(day, region, _next(day, off[""] | off[region])) for region in sorted({"", *off}) for day in days]


def _next(day: date, off: set[date]) -> date:
    day = min(day, _LATEST) + timedelta(days=1)
    while day.weekday() >= _WEEKEND or day in off:
        day += timedelta(days=1)
    return day
