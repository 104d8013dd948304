"""The record tables: their columns, types, keys and references. Every connector produces these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a column holds. The value is the word used in messages and documentation."""

    ID = "id"
    CATEGORY = "category"
    TEXT = "text"
    """Names, e-mails and free text: kept apart from figures, so that erasing them changes no sum."""
    TIME = "time"
    """An instant, kept as the firm's local wall-clock time (days are the firm's days)."""
    DATE = "date"
    INTEGER = "whole number"
    NUMBER = "number"
    MONEY = "money"
    """A decimal with four places; its currency is the row's `currency`, else the firm's."""
    FLAG = "true or false"
    CURRENCY = "currency code"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record table.

    `choices` closes the set of values; `default` is what an empty cell means; `refers_to` names the
    table whose key the value must be. `fixed` marks a field that is settled when its case opens only
    if the connector says so (see `Table.undated`).
    """

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = None
    refers_to: str | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One record table: `key` identifies a row for ever; `dates` are columns a metric may count by."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    doc: str
    owner: str | None = None
    """The column naming the person who gets the credit, if rows have one."""

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def texts(self) -> tuple[Column, ...]:
        """The columns that live apart from figures."""
        return tuple(column for column in self.columns if column.kind is Kind.TEXT)

    @property
    def facts(self) -> tuple[Column, ...]:
        """The columns that stay with the figures."""
        return tuple(column for column in self.columns if column.kind is not Kind.TEXT)

    @property
    def dates(self) -> tuple[str, ...]:
        """Columns holding a day or an instant."""
        return tuple(c.name for c in self.columns if c.kind in (Kind.TIME, Kind.DATE))


_WORDS = {kind.name.lower(): kind for kind in Kind}


def _column(spec: str) -> Column:
    """`name*:kind` or `name:kind=default` or `name:kind(a|b)` or `name:kind->table`."""
    name, _, rest = spec.partition(":")
    rest, _, refers_to = rest.partition("->")
    rest, _, default = rest.partition("=")
    kind, _, choices = rest.partition("(")
    return Column(
        name=name.rstrip("*"),
        kind=_WORDS[kind],
        required=name.endswith("*"),
        choices=tuple(choices.rstrip(")").split("|")) if choices else (),
        default=default or None,
        refers_to=refers_to or None,
    )


def _table(name: str, key: str, columns: str, doc: str, owner: str | None = None) -> Table:
    return Table(name, tuple(map(_column, columns.split())), tuple(key.split()), doc, owner)


_ALL = (
    _table(
        "people",
        "person_id",
        "person_id*:id name*:text email:text role:category hired_on:date left_on:date",
        "Sellers, recruiters, managers and everybody else whose work is counted.",
        owner="person_id",
    ),
    _table(
        "assignments",
        "person_id valid_from",
        """person_id*:id->people valid_from*:date valid_to:date manager_id:id->people team:category
        segment:category region:category seniority:category""",
        "Who belonged where, and when: credit follows these dates.",
        owner="person_id",
    ),
    _table(
        "absences",
        "person_id starts_on kind",
        "person_id*:id->people starts_on*:date ends_on*:date kind:category",
        "Days away, both ends included.",
        owner="person_id",
    ),
    _table("holidays", "on region", "on*:date region:category", "Days nobody works, per region or everywhere."),
    _table(
        "accounts",
        "account_id",
        """account_id*:id name:text segment:category industry:category employees:integer
        annual_revenue:money parent_id:id owner_id:id->people is_key:flag customer_since:date left_on:date""",
        "Firms sold to.",
        owner="owner_id",
    ),
    _table(
        "contacts",
        "contact_id",
        """contact_id*:id account_id:id name:text title:text
        level:category(c-level|vp|director|manager|staff)""",
        "People at the firms sold to, and candidates.",
    ),
    _table(
        "leads",
        "lead_id",
        """lead_id*:id person_id:id->people source:category campaign:category created_at*:time contact_id:id
        account_id:id employees:integer level:category(c-level|vp|director|manager|staff) qualified_at:time
        disqualified_at:time disqualified_reason:text opportunity_id:id cost:money currency:currency""",
        "Enquiries handed to a person.",
        owner="person_id",
    ),
    _table(
        "activities",
        "activity_id",
        """activity_id*:id person_id*:id->people at*:time kind*:category
        status:category(done|planned|cancelled|no_show)=done created_at:time
        direction:category(outbound|inbound) place:category(in_person|video|phone) contact_id:id account_id:id
        opportunity_id:id lead_id:id duration_s:integer outcome:category""",
        "What people did: calls, e-mails, meetings, interviews.",
        owner="person_id",
    ),
    _table(
        "job_orders",
        "job_order_id",
        """job_order_id*:id person_id:id->people account_id:id contact_id:id title:text
        kind:category(contract|permanent) opened_at*:time openings:integer=1 closed_at:time
        status*:category(open|filled|lost|cancelled) currency:currency""",
        "Openings a client asked to have filled; the person is the seller.",
        owner="person_id",
    ),
    _table(
        "opportunities",
        "opportunity_id",
        """opportunity_id*:id person_id*:id->people pipeline:category(sales|recruiting)=sales account_id:id
        contact_id:id lead_id:id job_order_id:id candidate_id:id source:category product:category opened_at:time
        expected_close_on:date closed_at:time status*:category(open|won|lost) stage:category amount:money
        gross_margin:money cost:money currency:currency list_price:money cancelled_at:time lost_reason:text""",
        "Chances of a sale; in the recruiting pipeline, one candidate put forward for one job order.",
        owner="person_id",
    ),
    _table(
        "stage_changes",
        "opportunity_id stage at",
        "opportunity_id*:id stage*:category at*:time person_id:id->people",
        "When an opportunity entered a stage.",
        owner="person_id",
    ),
    _table(
        "transactions",
        "transaction_id",
        """transaction_id*:id at*:time amount*:money gross_margin:money currency:currency opportunity_id:id
        account_id:id person_id:id->people kind:category(billing|renewal|expansion|refund|cancellation)""",
        "Money that moved. Refunds and cancellations count against revenue whatever their sign.",
        owner="person_id",
    ),
    _table(
        "surveys",
        "survey_id",
        """survey_id*:id person_id:id->people account_id:id opportunity_id:id at*:time score*:number
        kind:category(nps|csat|compliance)=nps""",
        "Answers of customers and of compliance reviewers.",
        owner="person_id",
    ),
    _table(
        "spend",
        "source campaign month",
        "source*:category campaign:category month*:date amount*:money currency:currency",
        "What a source or campaign cost in a month (`month`: its first day).",
    ),
    _table(
        "targets",
        "metric scope period version",
        "metric*:category scope*:category period*:category value*:number version:category=1 in_force_from:date",
        "A number to reach, for a metric, a scope and a period.",
    ),
    _table(
        "forecast_calls",
        "person_id period category at by",
        """person_id*:id->people period*:category category*:category(commit|best_case) amount*:money at*:time
        by*:id->people""",
        "What people themselves forecast.",
        owner="person_id",
    ),
    _table(
        "observations",
        "metric scope on",
        "metric*:category scope*:category on*:date value*:number n:number",
        "Figures no CRM holds.",
    ),
    _table(
        "calls",
        "call_id",
        """call_id*:id activity_id:id person_id:id->people at:time duration_s:integer transcript:text
        recording:text opportunity_id:id""",
        "Calls with a transcript or a recording.",
        owner="person_id",
    ),
    _table(
        "protected",
        "person_id attribute",
        "person_id*:id->people attribute*:category value*:category",
        "Protected attributes: imported by HR alone, read by fairness checks alone.",
        owner="person_id",
    ),
    _table(
        "exchange_rates",
        "currency on",
        "currency*:currency on*:date rate*:number",
        "What one unit of a currency was worth in the firm's currency, from that day on.",
    ),
)

TABLES: Mapping[str, Table] = {table.name: table for table in _ALL}
"""Every record table by name."""

DERIVED: Mapping[str, Table] = {
    "working_days": _table(
        "working_days",
        "person_id day",
        "person_id*:id->people day*:date",
        "Days a person was there to work: Monday to Friday while employed, less holidays of their region and absences.",
        owner="person_id",
    ),
}
"""Tables made from record tables. Metrics count their rows like any other; nobody imports them."""

COUNTED: Mapping[str, Table] = {**TABLES, **DERIVED}
"""Every table a metric may count."""

LINKS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "activities": {
        "account": ("account_id", "accounts"),
        "contact": ("contact_id", "contacts"),
        "lead": ("lead_id", "leads"),
        "opportunity": ("opportunity_id", "opportunities"),
    },
    "leads": {"account": ("account_id", "accounts"), "contact": ("contact_id", "contacts")},
    "opportunities": {
        "account": ("account_id", "accounts"),
        "contact": ("contact_id", "contacts"),
        "lead": ("lead_id", "leads"),
        "job_order": ("job_order_id", "job_orders"),
    },
}
"""The many-to-one links a filter, column or dimension may follow: table -> name -> (column, table)."""

CASES: Mapping[str, tuple[str, ...]] = {
    "opportunities": (
        "person_id",
        "account_id",
        "contact_id",
        "source",
        "product",
        "expected_close_on",
        "amount",
        "gross_margin",
        "cost",
        "currency",
        "list_price",
    ),
    "job_orders": ("person_id", "account_id", "contact_id", "kind", "openings", "currency"),
}
"""Tables whose rows open and close, with the fields that have no dated history of their own: on a past
day they are unknown for a case not yet closed, unless a batch had recorded them by then or the
connector declares them fixed at opening. Links that make the case what it is (lead, job order,
candidate, pipeline) never change."""

PROTECTED_WORDS = (
    "sex",
    "gender",
    "birth",
    "age",
    "ethnic",
    "ethnicity",
    "race",
    "religion",
    "disability",
    "disabled",
    "nationality",
    "pregnancy",
    "pregnant",
    "union",
    "marital",
    "orientation",
)
"""Words in a column's name that mark a protected attribute; refused outside the table `protected`."""
