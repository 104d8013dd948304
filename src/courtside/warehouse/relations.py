"""Each record table as it stood at the end of a day, with the columns the warehouse computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from datetime import date

from sqlglot import exp

from courtside.records.tables import CASES, TABLES
from courtside.warehouse.frame import Frame, Look
from courtside.warehouse.sql import column, literal, named, template
from courtside.warehouse.touches import NARROWER, OUTBOUND, OUTBOUND_TOUCH, PROSPECT, TOUCH, follow_up, next_step

SIMPLE: Mapping[str, Mapping[str, str]] = {
    "activities": {
        "prospect": PROSPECT,
        "is_outbound": OUTBOUND,
        "is_outbound_touch": OUTBOUND_TOUCH,
        "is_touch": TOUCH,
    }
}
"""Computed columns that look at their own row alone."""

TIMELESS: Mapping[str, frozenset[str]] = {"activities": frozenset({*SIMPLE["activities"], "is_follow_up"})}
"""Computed columns that say the same of a row on every later day."""


def standing(table: str, frame: Frame) -> exp.Query:
    """The rows of a table as they stood at the end of the clock's day."""
    if table in CASES:
        return _cases(table, frame)
    query = exp.select("*").from_(exp.to_table(table), copy=False)
    if table == "leads" and not frame.clock.is_open_ended:
        return _leads(frame)
    return query


def _by(tree: exp.Expr, frame: Frame) -> exp.Expr:
    return template("CAST(:x AS DATE) <= :d", x=tree, d=frame.clock.as_of)


def _leads(frame: Frame) -> exp.Query:
    """Leads created by the day; what was qualified or disqualified later had not been yet."""
    later = ("qualified_at", "disqualified_at")
    fields = [column(c.name) for c in TABLES["leads"].facts if c.name not in later]
    masked = [named(exp.Case().when(_by(column(name), frame), column(name)), name) for name in later]
    return exp.select(*fields, *masked).from_("leads", copy=False).where(_by(column("created_at"), frame), copy=False)


def _cases(table: str, frame: Frame) -> exp.Query:
    """Cases opened by the day, with what closed later still open and what was not recorded unknown."""
    if frame.clock.is_open_ended:
        return exp.select("*").from_(exp.to_table(table), copy=False)
    key = TABLES[table].key[0]
    earlier = frame.engine.recorded_by(table, frame.clock.as_of)
    closed = template(
        "v.status <> 'open' AND (v.closed_at IS NULL OR CAST(v.closed_at AS DATE) <= :d)", d=frame.clock.as_of
    )
    has_history = table == "opportunities" and not frame.engine.is_empty("stage_changes")
    fields: list[exp.Expr] = []
    for name in (c.name for c in TABLES[table].facts):
        fields.append(named(_field(table, name, closed, earlier is not None, has_history, frame), name))
    query = exp.select(*fields).from_(exp.alias_(exp.to_table(table), "v", table=True, copy=False), copy=False)
    if earlier is not None:
        query = query.join(
            exp.alias_(exp.to_table(earlier), "t", table=True, copy=False),
            on=exp.EQ(this=column(key, "t"), expression=column(key, "v")),
            join_type="left",
            copy=False,
        )
    if has_history:
        history = template(_LAST_STAGE, d=frame.clock.as_of)
        query = query.join(
            exp.alias_(exp.Subquery(this=history), "h", table=True, copy=False),
            on="h.opportunity_id = v.opportunity_id", join_type="left", copy=False,
        )  # fmt: skip
    return query.where(
        template("v.opened_at IS NULL OR CAST(v.opened_at AS DATE) <= :d", d=frame.clock.as_of), copy=False
    )


_LAST_STAGE = """
SELECT opportunity_id, stage FROM (
  SELECT opportunity_id, stage, ROW_NUMBER() OVER (PARTITION BY opportunity_id ORDER BY "at" DESC, stage DESC) AS n
  FROM stage_changes WHERE CAST("at" AS DATE) <= :d
) AS s WHERE n = 1
"""


def _field(table: str, name: str, closed: exp.Expr, has_earlier: bool, has_history: bool, frame: Frame) -> exp.Expr:
    """One field of a case: its own while closed, else what was known of it by then."""
    own = column(name, "v")
    if name == "status":
        return exp.Case().when(closed.copy(), own).else_(literal("open"))
    if name in ("closed_at", "cancelled_at"):
        return exp.Case().when(_by(own.copy(), frame), own)
    if name == "stage":
        then: list[exp.Expr] = [column("stage", "h")] if has_history else []
        then.append(column("stage", "t" if has_earlier else "v"))
        known = exp.Coalesce(this=then[0], expressions=then[1:]) if len(then) > 1 else then[0]
        return exp.Case().when(closed.copy(), own).else_(known)
    if name not in CASES[table] or not has_earlier:
        return own
    declared = frame.engine.fixed.get(table, {}).get(name, ())
    settled = closed.copy()
    if declared:
        settled = exp.or_(settled, column("_batch", "v").isin(*[literal(number) for number in declared]), copy=False)
    return exp.Case().when(settled, own).else_(column(name, "t"))


def relation(
    table: str, needed: Set[str], frame: Frame, only: str | None = None, since: date | None = None
) -> exp.Query:
    """A table as it stood, with those of its computed columns that are needed.

    `only` names a computed column that must be true of the rows, `since` the first day whose rows are
    wanted: fewer rows are looked at then.
    """
    simple = SIMPLE.get(table, {})
    rows = standing(table, frame)
    if only in NARROWER and isinstance(rows, exp.Select):
        rows = exp.select("*").from_(exp.alias_(exp.Subquery(this=rows), "n", table=True, copy=False), copy=False)
        rows = rows.where(template(NARROWER[only]), copy=False)
        if since is not None:
            rows = rows.where(template('"at" >= CAST(:d AS TIMESTAMP)', d=since), copy=False)
    query = exp.select("b.*").from_(exp.alias_(exp.Subquery(this=rows), "b", table=True, copy=False), copy=False)
    for name in sorted(needed & simple.keys()):
        query = query.select(named(template(simple[name]), name), copy=False)
    for names, add in _WINDOWS.get(table, ()):
        if wanted := needed & names:
            query = add(query, wanted, frame, Look(only, since))
    return query


def _joined(query: exp.Select, tree: exp.Expr, name: str, on: str) -> exp.Select:
    return query.join(
        exp.alias_(exp.Subquery(this=tree), name, table=True, copy=False), on=on, join_type="left", copy=False
    )


def _lead_outcome(query: exp.Select, wanted: Set[str], frame: Frame, _look: Look) -> exp.Select:
    """When a lead's first opportunity was opened and its first sale was won, over either link."""
    query = _joined(query, template(_LEAD_CASES, d=frame.clock.as_of), "lc", "lc.lead_id = b.lead_id")
    if "first_qualified_at" in wanted:
        query = query.select(
            named(template("COALESCE(b.qualified_at, lc.opened_at)"), "first_qualified_at"), copy=False
        )
    if "won_at" in wanted:
        query = query.select(named(template("lc.won_at"), "won_at"), copy=False)
    return query


_LEAD_CASES = """
SELECT lead_id, MIN(CASE WHEN CAST(opened_at AS DATE) <= :d THEN opened_at END) AS opened_at,
  MIN(CASE WHEN status = 'won' AND pipeline = 'sales' AND CAST(closed_at AS DATE) <= :d THEN closed_at END) AS won_at
FROM (
  SELECT lead_id, opened_at, closed_at, status, pipeline FROM opportunities WHERE lead_id IS NOT NULL
  UNION ALL
  SELECT l.lead_id, o.opened_at, o.closed_at, o.status, o.pipeline
  FROM leads AS l JOIN opportunities AS o ON o.opportunity_id = l.opportunity_id
  WHERE l.opportunity_id IS NOT NULL
) AS cases GROUP BY lead_id
"""


def _allocated_cost(query: exp.Select, _: Set[str], frame: Frame, _look: Look) -> exp.Select:
    """A lead's cost, else its campaign's spend of the month over the campaign's leads, else its source's."""
    month = "DATE_TRUNC('month', CAST(b.created_at AS DATE))"
    for name, text, on in (
        ("cs", _CAMPAIGN_SPEND, f"cs.campaign = b.campaign AND cs.month = {month}"),
        ("ss", _SOURCE_SPEND, f"ss.source = b.source AND ss.month = {month}"),
    ):
        query = _joined(query, template(text, d=frame.clock.as_of, money=spend_amount(frame)), name, on)
    own = in_firm_currency(column("cost", "b"), column("currency", "b"), template("CAST(b.created_at AS DATE)"), frame)
    return query.select(
        named(exp.func("COALESCE", own, template("cs.share"), template("ss.share")), "allocated_cost"), copy=False
    )


_CAMPAIGN_SPEND = """
SELECT s.campaign, s.month, s.amount / NULLIF(l.n, 0) AS share FROM (
  SELECT campaign, DATE_TRUNC('month', month) AS month, SUM(CAST(:money AS DECIMAL(38, 12))) AS amount FROM spend
  WHERE campaign IS NOT NULL AND month <= :d GROUP BY 1, 2
) AS s JOIN (
  SELECT campaign, DATE_TRUNC('month', CAST(created_at AS DATE)) AS month, CAST(COUNT(*) AS DOUBLE) AS n FROM leads
  WHERE CAST(created_at AS DATE) <= :d GROUP BY 1, 2
) AS l ON l.campaign = s.campaign AND l.month = s.month
"""
_SOURCE_SPEND = """
SELECT s.source, s.month, s.amount / NULLIF(l.n, 0) AS share FROM (
  SELECT source, DATE_TRUNC('month', month) AS month, SUM(CAST(:money AS DECIMAL(38, 12))) AS amount FROM spend
  WHERE campaign IS NULL AND month <= :d GROUP BY 1, 2
) AS s JOIN (
  SELECT source, DATE_TRUNC('month', CAST(created_at AS DATE)) AS month, CAST(COUNT(*) AS DOUBLE) AS n FROM leads
  WHERE CAST(created_at AS DATE) <= :d GROUP BY 1, 2
) AS l ON l.source = s.source AND l.month = s.month
"""


def spend_amount(frame: Frame) -> exp.Expr:
    """The amount of a spend row in the firm's currency."""
    return in_firm_currency(column("amount", "spend"), column("currency", "spend"), column("month", "spend"), frame)


def in_firm_currency(amount: exp.Expr, currency: exp.Expr, on: exp.Expr, frame: Frame) -> exp.Expr:
    """An amount at the rate of its day; null where no rate is known. Untouched in a firm of one currency."""
    if not frame.engine.has_currencies:
        return amount
    return template(
        """CASE WHEN :c IS NULL OR :c = :firm THEN CAST(:x AS DOUBLE)
           ELSE CAST(:x AS DOUBLE) * (SELECT MAX(rate) FROM rates
             WHERE rates.currency = :c AND rates.starts_on <= :moment AND rates.ends_on > :moment) END""",
        x=amount, c=currency, moment=on, firm=frame.currency,
    )  # fmt: skip


def _prospect_facts(query: exp.Select, wanted: Set[str], _: Frame, _look: Look) -> exp.Select:
    if "prospect_employees" in wanted:
        query = query.join(
            exp.to_table("accounts").as_("pa"), on="pa.account_id = b.account_id", join_type="left", copy=False
        )
        query = query.select(named(template("COALESCE(b.employees, pa.employees)"), "prospect_employees"), copy=False)
    if "prospect_level" in wanted:
        query = query.join(
            exp.to_table("contacts").as_("pc"), on="pc.contact_id = b.contact_id", join_type="left", copy=False
        )
        query = query.select(named(template("COALESCE(b.level, pc.level)"), "prospect_level"), copy=False)
    return query


def _cancelled(query: exp.Select, _: Set[str], frame: Frame, _look: Look) -> exp.Select:
    return query.select(
        named(template("COALESCE(CAST(b.cancelled_at AS DATE) <= :d, FALSE)", d=frame.clock.as_of), "is_cancelled"),
        copy=False,
    )


def _first_entry(query: exp.Select, _: Set[str], __: Frame, _look: Look) -> exp.Select:
    number = template('ROW_NUMBER() OVER (PARTITION BY b.opportunity_id, b.stage ORDER BY b."at") = 1')
    return query.select(named(number, "is_first_entry"), copy=False)


def _with_case(query: exp.Select, wanted: Set[str], frame: Frame, _look: Look) -> exp.Select:
    """What a row takes from its opportunity, as that stood."""
    query = _joined(query, standing("opportunities", frame), "oc", "oc.opportunity_id = b.opportunity_id")
    if "pipeline" in wanted:
        query = query.select(named(template("oc.pipeline"), "pipeline"), copy=False)
    if "credited_person" in wanted:
        query = query.select(named(template("COALESCE(b.person_id, oc.person_id)"), "credited_person"), copy=False)
    return query


def _net(query: exp.Select, wanted: Set[str], _: Frame, _look: Look) -> exp.Select:
    for name, source in (("net_amount", "amount"), ("net_gross_margin", "gross_margin")):
        if name in wanted:
            tree = template(f"CASE WHEN b.kind IN ('refund', 'cancellation') THEN -ABS(b.{source}) ELSE b.{source} END")
            query = query.select(named(tree, name), copy=False)
    return query


_Adder = Callable[[exp.Select, Set[str], Frame, Look], exp.Select]
_WINDOWS: Mapping[str, Iterable[tuple[frozenset[str], _Adder]]] = {
    "activities": (
        (frozenset({"is_follow_up"}), follow_up),
        (frozenset({"has_next_step"}), next_step),
    ),
    "leads": (
        (frozenset({"first_qualified_at", "won_at"}), _lead_outcome),
        (frozenset({"allocated_cost"}), _allocated_cost),
        (frozenset({"prospect_employees", "prospect_level"}), _prospect_facts),
    ),
    "opportunities": ((frozenset({"is_cancelled"}), _cancelled),),
    "stage_changes": (
        (frozenset({"is_first_entry"}), _first_entry),
        (frozenset({"pipeline", "credited_person"}), _with_case),
    ),
    "transactions": (
        (frozenset({"net_amount", "net_gross_margin"}), _net),
        (frozenset({"credited_person"}), _with_case),
    ),
}
"""Computed columns that look at other rows, with how each is added to `b`."""
