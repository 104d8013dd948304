"""The words a filter may use: record columns, links, and the columns the warehouse computes for each table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from courtside.records.tables import COUNTED, LINKS, TABLES, Column, Kind


class Sort(Enum):
    """What can be compared with what."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "date"
    FLAG = "true or false"


_SORTS: Mapping[Kind, Sort] = {
    Kind.ID: Sort.TEXT,
    Kind.CATEGORY: Sort.TEXT,
    Kind.CURRENCY: Sort.TEXT,
    Kind.TEXT: Sort.TEXT,
    Kind.TIME: Sort.TIME,
    Kind.DATE: Sort.TIME,
    Kind.INTEGER: Sort.NUMBER,
    Kind.NUMBER: Sort.NUMBER,
    Kind.MONEY: Sort.NUMBER,
    Kind.FLAG: Sort.FLAG,
}


@dataclass(frozen=True, slots=True)
class Word:
    """A name a filter may use, what it holds and, where the set is closed, its values."""

    name: str
    sort: Sort
    choices: tuple[str, ...] = ()
    is_money: bool = False
    doc: str = ""


COMPUTED: Mapping[str, tuple[Word, ...]] = {
    "activities": (
        Word("prospect", Sort.TEXT, doc="the contact, else the lead, else the account it was with"),
        Word("is_outbound", Sort.FLAG, doc="direction outbound or not given"),
        Word("is_outbound_touch", Sort.FLAG, doc="a done outbound call, e-mail, voicemail or inmail"),
        Word("is_touch", Sort.FLAG, doc="an outbound touch, or a done meeting, intake, interview or demo"),
        Word("is_follow_up", Sort.FLAG, doc="an outbound touch of a prospect touched in the 90 days before"),
        Word("has_next_step", Sort.FLAG, doc="a later activity with the account was planned within a working day"),
    ),
    "leads": (
        Word("first_qualified_at", Sort.TIME, doc="qualified_at, else when the first opportunity was opened"),
        Word("won_at", Sort.TIME, doc="when its first sales opportunity was won"),
        Word("allocated_cost", Sort.NUMBER, is_money=True, doc="its cost, else its share of the month's spend"),
        Word("prospect_employees", Sort.NUMBER, doc="employees of the lead, else of its account"),
        Word("prospect_level", Sort.TEXT, TABLES["contacts"].column("level").choices, doc="level, else the contact's"),
    ),
    "opportunities": (
        Word("is_cancelled", Sort.FLAG, doc="cancelled by the as-of day"),
        Word("age_days", Sort.NUMBER, doc="days since it was opened (stocks)"),
        Word("stale_after_days", Sort.NUMBER, doc="95th percentile of its pipeline's closed cases (stocks)"),
        Word("stage_probability", Sort.NUMBER, doc="chance of winning from its stage (stocks)"),
    ),
    "stage_changes": (
        Word("is_first_entry", Sort.FLAG, doc="the first time the opportunity entered this stage"),
        Word("pipeline", Sort.TEXT, ("sales", "recruiting"), doc="the opportunity's pipeline"),
        Word("credited_person", Sort.TEXT, doc="the person on the change, else the opportunity's"),
    ),
    "transactions": (
        Word("net_amount", Sort.NUMBER, is_money=True, doc="amount; refunds and cancellations negative"),
        Word("net_gross_margin", Sort.NUMBER, is_money=True, doc="gross margin, likewise"),
        Word("credited_person", Sort.TEXT, doc="the person on the row, else the opportunity's"),
    ),
}
"""Columns the warehouse computes, by table."""

STOCK_ONLY = ("age_days", "stale_after_days", "stage_probability")
MOMENTS = ("period_start", "period_end", "period_last", "year_before_start")
"""Days a filter may compare with: the period's first day, its last that counts by as-of, its last, and the first
day of the same period a year before."""

FUNCTIONS: Mapping[str, tuple[tuple[Sort, ...], Sort]] = {
    "days": ((Sort.TIME, Sort.TIME), Sort.NUMBER),
}
"""Functions of fixed sorts; `coalesce` takes any one sort."""

FORMULA_FUNCTIONS = ("coalesce", "positive", "year_before", "target", "so_far", "share_attaining", "typical")
METRIC_FUNCTIONS = ("year_before", "target", "so_far", "share_attaining", "typical")
"""Functions of a formula whose argument must be the name of a metric."""


def _word(column: Column) -> Word:
    return Word(column.name, _SORTS[column.kind], column.choices, column.kind is Kind.MONEY)


def words(table: str, *, moment: bool = False) -> Mapping[str, Word]:
    """Every name usable without a link in filters on a table."""
    own = {column.name: _word(column) for column in COUNTED[table].facts}
    own |= {word.name: word for word in COMPUTED.get(table, ())}
    if moment:
        own |= {name: Word(name, Sort.TIME) for name in MOMENTS}
    return own


def linked(table: str, link: str) -> Mapping[str, Word] | None:
    """The columns reachable over a link, or None if there is no such link."""
    if link not in LINKS.get(table, {}):
        return None
    target = LINKS[table][link][1]
    return {column.name: _word(column) for column in TABLES[target].facts}
