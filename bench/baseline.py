"""The query a good analyst writes by hand: each person's week in one pass a table, over the same Parquet files."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

OUTBOUND_TOUCH = "done AND outbound AND a.kind IN ('call', 'email', 'voicemail', 'inmail')"
TOUCH = f"(({OUTBOUND_TOUCH}) OR (done AND a.kind IN ('meeting', 'intake', 'interview', 'demo')))"
ANYBODY = "coalesce(a.account_id, a.contact_id, a.lead_id, a.opportunity_id) IS NOT NULL"

ACTIVITY_COLUMNS: Mapping[str, str] = {
    "call_plans": "count(*) FILTER (done AND a.kind = 'call_plan')",
    "dials": "count(*) FILTER (done AND outbound AND a.kind = 'call')",
    "emails": "count(*) FILTER (done AND outbound AND a.kind = 'email')",
    "inmails": "count(*) FILTER (done AND outbound AND a.kind = 'inmail')",
    "voicemails": "count(*) FILTER (done AND outbound AND (a.kind = 'voicemail' OR (a.kind = 'call' AND "
    "a.outcome = 'voicemail')))",
    "touches": f"count(*) FILTER ({TOUCH})",
    "connects": "count(*) FILTER (done AND outbound AND a.kind = 'call' AND a.outcome = 'connected')",
    "talk_hours": "coalesce(sum(a.duration_s) FILTER (done AND a.kind = 'call'), 0) / 3600.0",
    "key_account_touches": f"count(*) FILTER ({TOUCH} AND k.is_key)",
    "key_account_hours": f"coalesce(sum(a.duration_s) FILTER ({TOUCH} AND k.is_key), 0) / 3600.0",
    "meetings": f"count(*) FILTER (done AND a.kind = 'meeting' AND {ANYBODY})",
    "face_to_face_meetings": f"count(*) FILTER (done AND a.kind = 'meeting' AND a.place = 'in_person' AND {ANYBODY})",
    "demos": "count(*) FILTER (done AND a.kind = 'demo')",
    "intake_calls": "count(*) FILTER (done AND a.kind = 'intake')",
    "candidate_interviews": "count(*) FILTER (done AND a.kind = 'interview')",
    "prospects_approached": f"count(DISTINCT CASE WHEN {OUTBOUND_TOUCH} "
    "THEN coalesce(a.contact_id, a.lead_id, a.account_id) END)",
    "accounts_touched": f"count(DISTINCT CASE WHEN {TOUCH} THEN a.account_id END)",
}

LEAD_COLUMNS: Mapping[str, str] = {
    "new_leads": "count(*)",
    "lead_cost": "coalesce(sum(l.cost), 0)",
    "qualified_rate": "count(coalesce(l.qualified_at, o.opened_at)) / count(*)",
    "closing_rate": "count(o.won_at) / count(*)",
    "cost_per_acquisition": "coalesce(sum(l.cost), 0) / nullif(count(o.won_at), 0)",
}

QUALIFIED_COLUMNS: Mapping[str, str] = {
    "qualified_leads": "count(*)",
    "qualified_prospect_level": "count(*) FILTER (q.level IN ('director', 'vp', 'c-level')) / count(*)",
}

FOLLOW_UP_COLUMNS: Mapping[str, str] = {
    "follow_ups_per_contact": """count(*) FILTER (f.is_approach AND f.before >= f."at" - INTERVAL 90 DAY)
        / nullif(count(DISTINCT f.prospect) FILTER (f.is_approach), 0)""",
}

NEXT_STEP_COLUMNS: Mapping[str, str] = {
    "next_step_secured_rate": "count(*) FILTER (n.planned_at::DATE <= coalesce(r.next_day, w.next_day)) / count(*)",
}

OPENED_COLUMNS: Mapping[str, str] = {
    "opportunities_opened": "count(*)",
    "won_of_all_rate": "count(*) FILTER (o.status = 'won') / count(*)",
}

CLOSED_COLUMNS: Mapping[str, str] = {
    "closed_sales": "count(*) FILTER (won AND o.pipeline = 'sales')",
    "placements": "count(*) FILTER (won AND o.pipeline = 'recruiting')",
    "win_rate": "count(*) FILTER (won AND o.pipeline = 'sales') / nullif(count(*) FILTER (o.pipeline = 'sales'), 0)",
    "revenue": "coalesce(sum(o.amount) FILTER (won), 0)",
    "gross_margin": "coalesce(sum(o.gross_margin) FILTER (won), 0)",
    "revenue_per_deal": "sum(o.amount) FILTER (won) / count(o.amount) FILTER (won)",
    "cost_per_deal": "avg(o.cost) FILTER (won)",
    "gross_margin_rate": "sum(o.gross_margin) FILTER (won AND o.amount IS NOT NULL) "
    "/ sum(o.amount) FILTER (won AND o.gross_margin IS NOT NULL)",
    "days_to_close": "avg(date_diff('day', o.opened_at, o.closed_at)) FILTER (won)",
    "days_to_lose": "avg(date_diff('day', o.opened_at, o.closed_at)) FILTER (NOT won)",
    "lead_to_close_days": "avg(date_diff('day', l.created_at, o.closed_at)) FILTER (won)",
    "cancellation_rate": "count(o.cancelled_at) FILTER (won AND o.pipeline = 'sales') "
    "/ nullif(count(*) FILTER (won AND o.pipeline = 'sales'), 0)",
}

COLUMNS = (
    *ACTIVITY_COLUMNS, *FOLLOW_UP_COLUMNS, *NEXT_STEP_COLUMNS, *LEAD_COLUMNS, *QUALIFIED_COLUMNS, *OPENED_COLUMNS,
    *CLOSED_COLUMNS,
)  # fmt: skip
"""The metrics of a person's week, named as in the catalogue."""


TABLES = (
    "people", "assignments", "absences", "holidays", "accounts", "contacts", "leads", "activities", "opportunities",
)  # fmt: skip
"""The record tables it reads."""


def _listed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in columns.items())


def _pass(columns: Mapping[str, str], rows: str, alias: str, day: str, extra: str = "") -> str:
    """One pass over a table, credited to the team each person was in on the day."""
    return f"""
        SELECT {alias}.person_id, s.team, date_trunc('week', {day})::DATE AS week, {_listed(columns)}
        FROM {rows} {alias}
        LEFT JOIN assignments s ON s.person_id = {alias}.person_id AND {day}::DATE >= s.valid_from
            AND ({day}::DATE <= s.valid_to OR s.valid_to IS NULL)
        {extra}
        WHERE {day} IS NOT NULL AND {alias}.person_id IS NOT NULL
        GROUP BY 1, 2, 3"""


MARKED = """(
    SELECT *, status = 'done' AS done, coalesce(direction, 'outbound') = 'outbound' AS outbound FROM activities)"""
FIRST_OPPORTUNITY = """
    LEFT JOIN (SELECT lead_id, min(opened_at) AS opened_at,
                      min(closed_at) FILTER (status = 'won' AND pipeline = 'sales') AS won_at
               FROM opportunities WHERE lead_id IS NOT NULL GROUP BY lead_id) o USING (lead_id)"""

TOUCHES_IN_ORDER = f"""(
    SELECT person_id, "at", prospect, is_approach,
           lag("at") OVER (PARTITION BY person_id, prospect ORDER BY "at") AS before
    FROM (SELECT *, coalesce(a.contact_id, a.lead_id, a.account_id) AS prospect, {OUTBOUND_TOUCH} AS is_approach
          FROM {MARKED} a WHERE {TOUCH})
    WHERE prospect IS NOT NULL)"""

CHANCES = f"""(
    SELECT c.*, p.created_at AS planned_at
    FROM (SELECT person_id, account_id, "at" FROM activities a
          WHERE status = 'done' AND ((kind = 'meeting' AND {ANYBODY}) OR (kind = 'call' AND outcome = 'connected'))) c
    ASOF LEFT JOIN (SELECT account_id, created_at FROM activities WHERE "at" > created_at) p
        ON p.account_id = c.account_id AND c."at" <= p.created_at)"""

NEXT_WORKING_DAYS = """
    SELECT r.region, d.day, min(n.day) AS next_day
    FROM (SELECT DISTINCT coalesce(region, '') AS region FROM holidays UNION SELECT '') r,
         (SELECT unnest(generate_series(min("at")::DATE, max("at")::DATE, INTERVAL 1 DAY))::DATE AS day
          FROM activities) d
    JOIN (SELECT unnest(generate_series(min("at")::DATE, max("at")::DATE + 30, INTERVAL 1 DAY))::DATE AS day
          FROM activities) n ON n.day > d.day AND n.day < d.day + 30 AND isodow(n.day) < 6
    WHERE NOT EXISTS (FROM holidays h WHERE h."on" = n.day AND coalesce(h.region, '') IN ('', r.region))
    GROUP BY 1, 2"""

PRESENT = """
    SELECT p.person_id, s.team, date_trunc('week', d.day)::DATE AS week, count(*) AS days_present
    FROM (SELECT unnest(generate_series(min("at")::DATE, max("at")::DATE, INTERVAL 1 DAY))::DATE AS day
          FROM activities WHERE status IN ('done', 'no_show')) d
    JOIN people p ON d.day >= coalesce(p.hired_on, d.day) AND d.day <= coalesce(p.left_on, d.day)
    LEFT JOIN assignments s ON s.person_id = p.person_id AND d.day >= s.valid_from
        AND (d.day <= s.valid_to OR s.valid_to IS NULL)
    WHERE isodow(d.day) < 6
      AND NOT EXISTS (FROM absences a WHERE a.person_id = p.person_id AND d.day BETWEEN a.starts_on AND a.ends_on)
      AND NOT EXISTS (FROM holidays h WHERE h."on" = d.day AND (h.region IS NULL OR h.region = s.region))
    GROUP BY 1, 2, 3"""


def statements() -> Sequence[tuple[str, str]]:
    """(table, query) in order; the last one puts the parts of a person's week side by side."""
    opportunities = "(SELECT *, status = 'won' AS won FROM opportunities WHERE status IN ('won', 'lost'))"
    qualified = f"""(SELECT l.person_id, coalesce(l.qualified_at, o.opened_at) AS day,
                            coalesce(l.level, c.level) AS level
                     FROM leads l LEFT JOIN contacts c USING (contact_id) {FIRST_OPPORTUNITY})"""
    working = """LEFT JOIN next_working_days r ON r.day = n."at"::DATE AND r.region = s.region
                 LEFT JOIN next_working_days w ON w.day = n."at"::DATE AND w.region = ''"""
    keys = "LEFT JOIN accounts k ON k.account_id = a.account_id"
    parts = {
        "of_activities": _pass(ACTIVITY_COLUMNS, MARKED, "a", 'a."at"', keys),
        "of_follow_ups": _pass(FOLLOW_UP_COLUMNS, TOUCHES_IN_ORDER, "f", 'f."at"'),
        "of_next_steps": _pass(NEXT_STEP_COLUMNS, CHANCES, "n", 'n."at"', working),
        "of_leads": _pass(LEAD_COLUMNS, "leads", "l", "l.created_at", FIRST_OPPORTUNITY),
        "of_qualified": _pass(QUALIFIED_COLUMNS, qualified, "q", "q.day"),
        "of_opened": _pass(OPENED_COLUMNS, "opportunities", "o", "o.opened_at"),
        "of_closed": _pass(CLOSED_COLUMNS, opportunities, "o", "o.closed_at", "LEFT JOIN leads l USING (lead_id)"),
        "of_days": PRESENT,
    }
    joined = " FULL JOIN ".join(
        part if number == 0 else f"{part} USING (person_id, team, week)" for number, part in enumerate(parts)
    )
    return [("next_working_days", NEXT_WORKING_DAYS), *parts.items(), ("weekly", f"SELECT * FROM {joined}")]


def weekly(db: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> int:
    """Answer every person's week into the table `weekly`; rows it has. `files`: table -> path or pattern."""
    for table, path in files.items():
        db.execute(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM read_parquet({_quoted(path)})")
    for table, query in statements():
        db.execute(f"CREATE OR REPLACE TABLE {table} AS {query}")
    return int(db.execute("SELECT count(*) FROM weekly").fetchall()[0][0])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def main(arguments: Sequence[str]) -> None:
    """`python -m bench.baseline FOLDER`: the Parquet files of one import, by table name."""
    folder = Path(arguments[0])
    with duckdb.connect() as db:
        db.execute("SET threads = 2")
        started = time.perf_counter()
        rows = weekly(db, {table: str(folder / f"**/{table}.rows.parquet") for table in TABLES})
        print(json.dumps({"seconds": time.perf_counter() - started, "rows": rows, "columns": len(COLUMNS)}))


if __name__ == "__main__":
    main(sys.argv[1:])
