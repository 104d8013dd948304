"""What is true: slow, straightforward queries on the raw CSV rows, sharing nothing with the product or the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "holidays": {"on": "DATE", "region": "VARCHAR"},
    "people": {"person_id": "VARCHAR", "role": "VARCHAR", "hired_on": "DATE", "left_on": "DATE"},
    "assignments": {
        "person_id": "VARCHAR", "valid_from": "DATE", "valid_to": "DATE", "manager_id": "VARCHAR", "team": "VARCHAR",
        "segment": "VARCHAR", "region": "VARCHAR", "seniority": "VARCHAR",
    },
    "accounts": {"account_id": "VARCHAR", "industry": "VARCHAR", "employees": "BIGINT", "is_key": "BOOLEAN"},
    "contacts": {"contact_id": "VARCHAR", "account_id": "VARCHAR", "level": "VARCHAR"},
    "leads": {
        "lead_id": "VARCHAR", "person_id": "VARCHAR", "source": "VARCHAR", "campaign": "VARCHAR",
        "created_at": "TIMESTAMP", "contact_id": "VARCHAR", "account_id": "VARCHAR", "employees": "BIGINT",
        "level": "VARCHAR", "qualified_at": "TIMESTAMP", "disqualified_at": "TIMESTAMP", "cost": "DECIMAL(18,4)",
    },
    "activities": {
        "activity_id": "VARCHAR", "person_id": "VARCHAR", "at": "TIMESTAMP", "kind": "VARCHAR", "status": "VARCHAR",
        "created_at": "TIMESTAMP", "direction": "VARCHAR", "place": "VARCHAR", "contact_id": "VARCHAR",
        "account_id": "VARCHAR", "lead_id": "VARCHAR", "duration_s": "BIGINT", "outcome": "VARCHAR",
    },
    "opportunities": {
        "opportunity_id": "VARCHAR", "person_id": "VARCHAR", "pipeline": "VARCHAR", "account_id": "VARCHAR",
        "contact_id": "VARCHAR", "lead_id": "VARCHAR", "source": "VARCHAR", "product": "VARCHAR",
        "opened_at": "TIMESTAMP", "closed_at": "TIMESTAMP", "status": "VARCHAR", "amount": "DECIMAL(18,4)",
        "gross_margin": "DECIMAL(18,4)", "cost": "DECIMAL(18,4)", "cancelled_at": "TIMESTAMP",
    },
}  # fmt: skip
"""The columns an answer needs, typed."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "holidays": ("on", "region"),
    "people": ("person_id",),
    "assignments": ("person_id", "valid_from"),
    "accounts": ("account_id",),
    "contacts": ("contact_id",),
    "leads": ("lead_id",),
    "activities": ("activity_id",),
    "opportunities": ("opportunity_id",),
}

_DONE = "coalesce(r.status, 'done') = 'done'"
_OUTBOUND = f"{_DONE} AND (r.direction = 'outbound' OR r.direction IS NULL)"
_APPROACH = f"({_OUTBOUND} AND r.kind IN ('call', 'email', 'voicemail', 'inmail'))"
_TOUCH = f"({_APPROACH} OR ({_DONE} AND r.kind IN ('meeting', 'intake', 'interview', 'demo')))"
_WITH_SOMEBODY = "(r.account_id IS NOT NULL OR r.contact_id IS NOT NULL OR r.lead_id IS NOT NULL)"
_IS_KEY = "r.account_id IN (SELECT account_id FROM accounts WHERE is_key)"
_PROSPECT = "coalesce(r.contact_id, r.lead_id, r.account_id)"
_SALES = "coalesce(r.pipeline, 'sales') = 'sales'"
_WON = "r.status = 'won'"
_FIRST_OPENED = "(SELECT min(opened_at) FROM opportunities o WHERE o.lead_id = r.lead_id)"
_QUALIFIED_AT = f"coalesce(r.qualified_at, {_FIRST_OPENED})"
_HAS_WON = """r.lead_id IN (SELECT lead_id FROM opportunities o
                            WHERE o.status = 'won' AND coalesce(o.pipeline, 'sales') = 'sales')"""
_DAYS_OPEN = "(r.closed_at::DATE - r.opened_at::DATE)"
_TOUCHED_BEFORE = f"""EXISTS (
    FROM (SELECT r.person_id AS p, {_PROSPECT} AS q, r.at AS t FROM activities r WHERE {_TOUCH}) e
    WHERE e.p = r.person_id AND e.q = {_PROSPECT} AND e.t < r.at AND e.t >= r.at - INTERVAL 90 DAY)"""
_IS_WORKING = """isodow(w.day) < 6 AND NOT EXISTS (
    FROM holidays h WHERE h."on" = w.day AND (h.region IS NULL OR h.region = w.region))"""
_FOLLOWED_BY_A_PLAN = f"""EXISTS (
    FROM (SELECT account_id AS k, "at" AS t, created_at AS made FROM activities WHERE created_at IS NOT NULL) e
    WHERE e.k = r.account_id AND e.made >= r.at AND e.t > e.made AND e.made::DATE <= (
        SELECT min(w.day) FROM (SELECT unnest(generate_series(r.day + 1, r.day + 20, INTERVAL 1 DAY))::DATE AS day,
            (SELECT s.region FROM assignments s WHERE s.person_id = r.person_id AND r.day >= s.valid_from
                AND (s.valid_to IS NULL OR r.day <= s.valid_to)) AS region) w WHERE {_IS_WORKING}))"""


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric in SQL of its own: `value` aggregates the rows `r` of a table that satisfy `where`, by their `day`."""

    table: str
    day: str
    where: str
    value: str
    is_count: bool = True
    """Whether nothing counted is nought; else it has no value."""


def _activities(where: str, value: str = "count(*)") -> Definition:
    return Definition("activities", "r.at", where, value)


DEFINITIONS: Mapping[str, Definition] = {
    "call_plans": _activities(f"{_DONE} AND r.kind = 'call_plan'"),
    "dials": _activities(f"{_OUTBOUND} AND r.kind = 'call'"),
    "emails": _activities(f"{_OUTBOUND} AND r.kind = 'email'"),
    "inmails": _activities(f"{_OUTBOUND} AND r.kind = 'inmail'"),
    "voicemails": _activities(
        f"{_OUTBOUND} AND (r.kind = 'voicemail' OR (r.kind = 'call' AND r.outcome = 'voicemail'))"
    ),
    "touches": _activities(_TOUCH),
    "prospects_approached": _activities(_APPROACH, f"count(DISTINCT {_PROSPECT})"),
    "accounts_touched": _activities(_TOUCH, "count(DISTINCT r.account_id)"),
    "follow_ups_per_contact": Definition(
        "activities",
        "r.at",
        f"{_APPROACH} AND {_PROSPECT} IS NOT NULL",
        f"count(*) FILTER ({_TOUCHED_BEFORE})::DOUBLE / count(DISTINCT {_PROSPECT})",
        is_count=False,
    ),
    "next_step_secured_rate": Definition(
        "activities",
        "r.at",
        f"{_DONE} AND ((r.kind = 'meeting' AND {_WITH_SOMEBODY}) OR (r.kind = 'call' AND r.outcome = 'connected'))",
        f"count(*) FILTER ({_FOLLOWED_BY_A_PLAN})::DOUBLE / count(*)",
        is_count=False,
    ),
    "connects": _activities(f"{_OUTBOUND} AND r.kind = 'call' AND r.outcome = 'connected'"),
    "talk_hours": _activities(f"{_DONE} AND r.kind = 'call'", "coalesce(sum(r.duration_s), 0) / 3600"),
    "key_account_touches": _activities(f"{_TOUCH} AND {_IS_KEY}"),
    "key_account_hours": _activities(f"{_TOUCH} AND {_IS_KEY}", "coalesce(sum(r.duration_s), 0) / 3600"),
    "meetings": _activities(f"{_DONE} AND r.kind = 'meeting' AND {_WITH_SOMEBODY}"),
    "face_to_face_meetings": _activities(
        f"{_DONE} AND r.kind = 'meeting' AND {_WITH_SOMEBODY} AND r.place = 'in_person'"
    ),
    "demos": _activities(f"{_DONE} AND r.kind = 'demo'"),
    "intake_calls": _activities(f"{_DONE} AND r.kind = 'intake'"),
    "candidate_interviews": _activities(f"{_DONE} AND r.kind = 'interview'"),
    "new_leads": Definition("leads", "r.created_at", "true", "count(*)"),
    "lead_cost": Definition("leads", "r.created_at", "true", "coalesce(sum(r.cost), 0)"),
    "qualified_leads": Definition("leads", _QUALIFIED_AT, "true", "count(*)"),
    "qualified_rate": Definition(
        "leads", "r.created_at", "true", f"count({_QUALIFIED_AT})::DOUBLE / count(*)", is_count=False
    ),
    "qualified_prospect_size": Definition(
        "leads",
        _QUALIFIED_AT,
        "true",
        "median(coalesce(r.employees, (SELECT employees FROM accounts k WHERE k.account_id = r.account_id)))",
        is_count=False,
    ),
    "qualified_prospect_level": Definition(
        "leads",
        _QUALIFIED_AT,
        "true",
        """count(*) FILTER (coalesce(r.level, (SELECT level FROM contacts c WHERE c.contact_id = r.contact_id))
            IN ('director', 'vp', 'c-level'))::DOUBLE / count(*)""",
        is_count=False,
    ),
    "cost_per_acquisition": Definition(
        "leads",
        "r.created_at",
        "true",
        f"coalesce(sum(r.cost), 0)::DOUBLE / nullif(count(*) FILTER ({_HAS_WON}), 0)",
        is_count=False,
    ),
    "closing_rate": Definition(
        "leads", "r.created_at", "true", f"count(*) FILTER ({_HAS_WON})::DOUBLE / count(*)", is_count=False
    ),
    "opportunities_opened": Definition("opportunities", "r.opened_at", "true", "count(*)"),
    "won_of_all_rate": Definition(
        "opportunities", "r.opened_at", "true", f"count(*) FILTER ({_WON})::DOUBLE / count(*)", is_count=False
    ),
    "closed_sales": Definition("opportunities", "r.closed_at", f"{_WON} AND {_SALES}", "count(*)"),
    "placements": Definition("opportunities", "r.closed_at", f"{_WON} AND r.pipeline = 'recruiting'", "count(*)"),
    "win_rate": Definition(
        "opportunities",
        "r.closed_at",
        f"r.status IN ('won', 'lost') AND {_SALES}",
        f"count(*) FILTER ({_WON})::DOUBLE / count(*)",
        is_count=False,
    ),
    "revenue": Definition("opportunities", "r.closed_at", _WON, "coalesce(sum(r.amount), 0)"),
    "gross_margin": Definition("opportunities", "r.closed_at", _WON, "coalesce(sum(r.gross_margin), 0)"),
    "revenue_per_deal": Definition("opportunities", "r.closed_at", _WON, "avg(r.amount)", is_count=False),
    "cost_per_deal": Definition("opportunities", "r.closed_at", _WON, "avg(r.cost)", is_count=False),
    "gross_margin_rate": Definition(
        "opportunities",
        "r.closed_at",
        f"{_WON} AND r.amount IS NOT NULL AND r.gross_margin IS NOT NULL",
        "sum(r.gross_margin)::DOUBLE / sum(r.amount)::DOUBLE",
        is_count=False,
    ),
    "days_to_close": Definition("opportunities", "r.closed_at", _WON, f"avg({_DAYS_OPEN})", is_count=False),
    "days_to_close_median": Definition("opportunities", "r.closed_at", _WON, f"median({_DAYS_OPEN})", is_count=False),
    "days_to_lose": Definition(
        "opportunities", "r.closed_at", "r.status = 'lost'", f"avg({_DAYS_OPEN})", is_count=False
    ),
    "lead_to_close_days": Definition(
        "opportunities",
        "r.closed_at",
        _WON,
        "avg(r.closed_at::DATE - (SELECT created_at::DATE FROM leads l WHERE l.lead_id = r.lead_id))",
        is_count=False,
    ),
    "cancellation_rate": Definition(
        "opportunities",
        "r.closed_at",
        f"{_WON} AND {_SALES}",
        "count(r.cancelled_at)::DOUBLE / count(*)",
        is_count=False,
    ),
}
"""Every metric the comparison can ask for."""

BY_DATE_ON_ROW = ("team", "segment", "region", "seniority", "manager")
"""Dimensions that come from the person's assignment on the day of the event."""

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "company": ("activities", "leads", "opportunities"),
    "person": ("activities", "leads", "opportunities"),
    "team": ("activities", "leads", "opportunities"),
    "segment": ("activities", "leads", "opportunities"),
    "region": ("activities", "leads", "opportunities"),
    "seniority": ("activities", "leads", "opportunities"),
    "role": ("activities", "leads", "opportunities"),
    "source": ("leads", "opportunities"),
    "product": ("opportunities",),
}
"""Cuts, and the tables whose metrics can be cut so."""

PERIODS: Mapping[str, str] = {
    "day": "strftime(day, '%Y-%m-%d')",
    "week": "strftime(day, '%G-W%V')",
    "month": "strftime(day, '%Y-%m')",
    "quarter": "year(day) || '-Q' || quarter(day)",
    "half": "year(day) || '-H' || (1 + (month(day) - 1) // 6)",
    "year": "year(day)::VARCHAR",
    "range": "'range'",
}
"""How the days of a grain are named."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One question: some metrics, cut by a dimension, in the periods of a grain that lie between two days."""

    metrics: tuple[str, ...]
    by: str
    grain: str
    first: date
    last: date


Answers = Mapping[tuple[str, str, str], float]
"""(metric, scope, period) -> value; what has no value is not there."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """Answers from the CSV folders that count, oldest first: of a row in several, the last one's version stands."""

    folders: tuple[Path, ...]
    scratch: Path

    def answers(self, cut: Cut) -> Answers:
        """Every value of the cut. Reads the files again each time: slow, and that is the point."""
        found: dict[tuple[str, str, str], float] = {}
        with duckdb.connect() as db:
            db.execute("SET threads = 2; SET memory_limit = '6GB'")
            db.execute(f"SET temp_directory = {_quoted(str(self.scratch))}")
            for table in COLUMNS:
                db.execute(f"CREATE VIEW {table} AS {self._rows(table)}")
            for metric in cut.metrics:
                query = _question(DEFINITIONS[metric], cut)
                for scope, period, value in db.execute(query, [cut.first, cut.last]).fetchall():
                    if value is not None:
                        found[metric, scope, period] = float(value)
        return found

    def _rows(self, table: str) -> str:
        holding = [folder / f"{table}.csv" for folder in self.folders if (folder / f"{table}.csv").exists()]
        parts = []
        for number, path in enumerate(holding):
            later = "".join(
                f" AND ({', '.join(KEYS[table])}) NOT IN (SELECT ({', '.join(KEYS[table])}) FROM {_csv(table, newer)})"
                for newer in holding[number + 1 :]
            )
            parts.append(f"SELECT * FROM {_csv(table, path)} WHERE true{later}")
        return " UNION ALL ".join(parts)


def _csv(table: str, path: Path) -> str:
    """The typed columns of a CSV file, whatever their order in it."""
    listed = ", ".join(f'CAST(f."{name}" AS {kind}) AS "{name}"' for name, kind in COLUMNS[table].items())
    return f"(SELECT {listed} FROM read_csv({_quoted(str(path))}, header = true, all_varchar = true) f)"


def _question(wanted: Definition, cut: Cut) -> str:
    scope, join = _scope(cut.by, wanted.table)
    return f"""
        WITH dated AS (SELECT *, ({wanted.day})::DATE AS day FROM {wanted.table} r WHERE {wanted.where}),
             placed AS (SELECT r.*, {scope} AS scope, {PERIODS[cut.grain]} AS period FROM dated r {join}
                        WHERE r.day IS NOT NULL AND r.day BETWEEN $1 AND $2)
        SELECT scope, period, {wanted.value} FROM placed r WHERE scope IS NOT NULL GROUP BY scope, period"""


def _scope(by: str, table: str) -> tuple[str, str]:
    """The SQL naming a row's scope, and the join it needs."""
    if by == "company":
        return "'company'", ""
    if by == "person":
        return "'person:' || r.person_id", ""
    if by in BY_DATE_ON_ROW:
        return (
            f"'{by}:' || s.{by}",
            """JOIN assignments s ON s.person_id = r.person_id
            AND r.day BETWEEN s.valid_from AND coalesce(s.valid_to, DATE '9999-12-31')""",
        )
    if by == "role":
        return "'role:' || p.role", "JOIN people p ON p.person_id = r.person_id"
    if by == "source" and table == "opportunities":
        return "'source:' || coalesce(r.source, l.source)", "LEFT JOIN leads l ON l.lead_id = r.lead_id"
    return f"'{by}:' || r.{by}", ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def missing_is(metric: str) -> float | None:
    """What a group without rows has as its value."""
    return 0.0 if DEFINITIONS[metric].is_count else None


def metrics_of(tables: Sequence[str]) -> tuple[str, ...]:
    """The metrics on those tables, in order."""
    return tuple(name for name, one in DEFINITIONS.items() if one.table in tables)
