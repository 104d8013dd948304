"""What an activity is to others of its person or account: an approach, a follow-up, a step that was planned next."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date, timedelta

from sqlglot import exp

from courtside.records.tables import TABLES
from courtside.warehouse.frame import Frame, Look
from courtside.warehouse.sql import column, named, template

OUTBOUND_KINDS = "('call', 'email', 'voicemail', 'inmail')"
OUTBOUND = "(direction IS NULL OR direction = 'outbound')"
OUTBOUND_TOUCH = f"(status = 'done' AND {OUTBOUND} AND kind IN {OUTBOUND_KINDS})"
TOUCH = f"({OUTBOUND_TOUCH} OR (status = 'done' AND kind IN ('meeting', 'intake', 'interview', 'demo')))"
PROSPECT = "COALESCE(contact_id, 'lead ' || lead_id, 'account ' || account_id)"
"""Who it was with, as one text: a contact and a lead of the same id are two prospects."""
FOLLOW_UP_DAYS = 90

_CHANCE = "status = 'done' AND NOT account_id IS NULL AND (kind = 'meeting' OR outcome = 'connected')"
NARROWER: Mapping[str | None, str] = {"is_follow_up": OUTBOUND_TOUCH, "has_next_step": _CHANCE}
"""Which rows a computed column can be true of."""
WINDOWED = frozenset(name for name in NARROWER if name)
"""Computed columns that look at many other rows: a pass for each of them alone is the quicker."""


def prospect_keys(row: str) -> tuple[exp.Expr, exp.Expr]:
    """Who a row was with as two values, which are quicker to compare than a text made for each row."""
    contact, lead, account = (column(name, row) for name in ("contact_id", "lead_id", "account_id"))
    kind = template("CASE WHEN NOT :c IS NULL THEN 1 WHEN NOT :l IS NULL THEN 2 ELSE 3 END", c=contact, l=lead)
    return exp.Coalesce(this=contact, expressions=[lead, account]), kind


def follow_up(query: exp.Select, _: Set[str], __: Frame, look: Look) -> exp.Select:
    """Whether the person had touched the same prospect in the 90 days before, strictly earlier.

    That is true of every approach but those that begin anew: at the first moment of a month's touches of
    a prospect, when the touch before it lies more than 90 days back. These few are found first.
    """
    which, of = prospect_keys("b")
    since = look.since - timedelta(days=FOLLOW_UP_DAYS + 1) if look.since else date(1, 1, 1)
    begun = exp.alias_(exp.Subquery(this=template(_BEGUN, which=which, of=of, since=since)), "begun", table=True)
    query = query.join(begun, on=template(_SAME, which=which, of=of), join_type="left", copy=False)
    known = template(f"COALESCE({OUTBOUND_TOUCH} AND NOT :which IS NULL AND begun.moment IS NULL, FALSE)", which=which)
    return query.select(named(known, "is_follow_up"), copy=False)


_BEGUN = f"""
SELECT person_id, which, of, moment FROM (
  SELECT person_id, which, of, moment, LAG(last) OVER (PARTITION BY person_id, which, of ORDER BY moment) AS before
  FROM (
    SELECT person_id, :which AS which, :of AS of, MIN("at") AS moment, MAX("at") AS last FROM activities AS b
    WHERE {TOUCH} AND NOT :which IS NULL AND "at" >= CAST(:since AS TIMESTAMP)
    GROUP BY 1, 2, 3, DATE_TRUNC('month', CAST("at" AS DATE))
  ) AS months
) AS beginnings WHERE before IS NULL OR before < moment - INTERVAL '{FOLLOW_UP_DAYS}' DAY
"""
_SAME = 'begun.person_id = b.person_id AND begun.which = :which AND begun.of = :of AND begun.moment = b."at"'


def next_step(query: exp.Select, _: Set[str], frame: Frame, look: Look) -> exp.Select:
    """Whether an activity with the account was planned from then to the end of the next working day.

    Rows and plannings of an account are put in one order of time; the first planning at or after a
    row is the least one among those that follow.
    """
    kept = [c.name for c in TABLES["activities"].facts] + [name for name in query.named_selects if name != "*"]
    rows = exp.select(*(column(name, "c") for name in kept), 'c."at" AS moment', "0 AS is_plan", _NO_PLAN).from_(
        exp.alias_(exp.Subquery(this=query), "c", table=True, copy=False), copy=False
    )
    plans = template(_PLANS, d=frame.clock.as_of, since=look.since or date(1, 1, 1))
    if not isinstance(plans, exp.Select):
        raise TypeError(_PLANS)
    blank = [column(name, "p") if name == "account_id" else named(exp.Null(), name) for name in kept]
    plans = exp.select(*blank, "p.created_at", "1", "p.created_at").from_(plans.subquery("p", copy=False), copy=False)
    moments = exp.union(rows, plans, distinct=False, copy=False)
    ahead = exp.select(*(column(name, "m") for name in kept), "m.moment", "m.is_plan", _AHEAD)
    ahead = ahead.from_(moments.subquery("m", copy=False), copy=False)
    found = exp.select(*(column(name, "f") for name in kept), _IS_PLANNED)
    found = found.from_(ahead.subquery("f", copy=False), copy=False).where("f.is_plan = 0", copy=False)
    for table, on in _DEADLINE:
        found = found.join(table, on=on, join_type="left", copy=False)
    if look.only == "has_next_step":
        found = found.where("NOT f.planned_at IS NULL", _IN_TIME, copy=False)
    return found


_NO_PLAN = "CAST(NULL AS TIMESTAMP) AS planned_at"
_PLANS = """
SELECT account_id, created_at FROM activities
WHERE NOT account_id IS NULL AND "at" > created_at AND CAST(created_at AS DATE) <= :d
  AND created_at >= CAST(:since AS TIMESTAMP)
"""
_AHEAD = """
MIN(m.planned_at) OVER (
  PARTITION BY m.account_id ORDER BY m.moment, m.is_plan ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
) AS planned_at
"""
_IN_TIME = "CAST(f.planned_at AS DATE) <= COALESCE(r.next_day, w.next_day)"
_IS_PLANNED = f"COALESCE({_CHANCE} AND {_IN_TIME}, FALSE) AS has_next_step"
_DEADLINE = (
    ("spans AS s", "s.person_id = f.person_id AND CAST(f.moment AS DATE) >= s.starts_on "
     "AND CAST(f.moment AS DATE) < s.ends_on"),
    ("next_working_days AS r", "r.day = CAST(f.moment AS DATE) AND r.region = s.region"),
    ("next_working_days AS w", "w.day = CAST(f.moment AS DATE) AND w.region = ''"),
)  # fmt: skip
"""The next working day of the person's region, else of the firm."""
