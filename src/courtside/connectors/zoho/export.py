"""The modules of a Zoho export: told apart by their headers, read whole, cells found by the names a module may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from courtside.connectors.adapter import Refusal
from courtside.connectors.delimited import Unreadable, fits, uneven
from courtside.connectors.rows import Rows, rows_of

Role = Literal[
    "users", "leads", "deals", "calls", "events", "tasks", "campaigns", "accounts", "contacts", "invoices", "orders",
    "quotes", "cases", "campaign_leads",
]  # fmt: skip

_TELLING: tuple[tuple[Role, tuple[str, ...]], ...] = (
    ("campaign_leads", ("campaign name", "lead last name")),
    ("campaigns", ("campaign name", "actual cost")),
    ("leads", ("lead owner", "lead status", "created time")),
    ("deals", ("potential owner", "stage")),
    ("deals", ("deal owner", "stage")),
    ("calls", ("call owner", "call type")),
    ("events", ("event owner", "start datetime")),
    ("tasks", ("task owner", "due date")),
    ("invoices", ("invoice owner", "invoice status")),
    ("orders", ("sales order owner", "status")),
    ("quotes", ("quote owner", "quote stage")),
    ("cases", ("case owner", "case origin")),
    ("contacts", ("contact owner", "last name")),
    ("accounts", ("account owner", "account name")),
    ("users", ("user_id", "last name")),
    ("users", ("user id", "last name")),
)
"""Columns by which a module is known, the more telling ones first."""

NEEDED: dict[Role, tuple[tuple[str, ...], ...]] = {
    "users": (("user_id", "user id"), ("last name",)),
    "leads": (("leadid", "lead id", "record id"), ("lead owner",), ("created time",)),
    "deals": (
        ("potentialid", "potential id", "deal id", "record id", "leadid", "lead id"),
        ("potential owner", "deal owner"),
        ("stage",),
        ("created time",),
        ("closing date",),
    ),
    "calls": (("taskid", "callid", "call id", "record id"), ("call owner",), ("call start time",), ("call type",)),
    "events": (("eventid", "event id", "record id"), ("event owner",), ("start datetime",)),
    "tasks": (("task owner",), ("due date",)),
    "campaigns": (("campaignid", "campaign id", "record id"), ("campaign name",), ("start date",), ("actual cost",)),
    "accounts": (("accountid", "account id", "record id"), ("account name",)),
    "contacts": (("contactid", "contact id", "record id"), ("last name",)),
    "invoices": (("invoiceid", "invoice id", "record id"), ("invoice status",), ("created time",), ("grand total",)),
    "orders": (("salesorderid", "sales order id", "record id"), ("status",), ("grand total",)),
}
"""What a module must have; of several names, one."""

_NOT_KEPT: dict[Role, str] = {"quotes": "quotes", "cases": "support cases", "campaign_leads": "members of campaigns"}


def role_of(header: Iterable[str]) -> Role | None:
    """Which module has such a header."""
    names = {name.strip().lower() for name in header}
    return next((role for role, telling in _TELLING if names.issuperset(telling)), None)


@dataclass(frozen=True, slots=True)
class Module:
    """One file or sheet of a module."""

    role: Role
    rows: Rows
    index: dict[str, int]
    """Name of a column in small letters -> its number."""

    def column(self, *names: str) -> str | None:
        """The column that goes by the first of some names it has, as the file writes it."""
        return next((self.rows.header[self.index[name]] for name in names if name in self.index), None)

    def has(self, *names: str) -> bool:
        """Whether it has a column of one of the names."""
        return any(name in self.index for name in names)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a module."""

    module: Module
    line: int
    cells: list[str]

    def get(self, *names: str) -> str:
        """The cell under the first of some names the module has; empty if it has none of them."""
        for name in names:
            if (number := self.module.index.get(name)) is not None:
                return self.cells[number]
        return ""

    def by_name(self) -> dict[str, str]:
        """Every cell under the name of its column."""
        return dict(zip(self.module.rows.header, self.cells, strict=False))


@dataclass(slots=True)
class Export:
    """The modules of an export with their rows, and what could not be read."""

    modules: list[tuple[Module, list[Row]]] = field(default_factory=list)
    uneven: list[tuple[Role, Refusal, dict[str, str]]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, role: Role) -> Iterator[tuple[Module, list[Row]]]:
        """The files of a module."""
        return ((module, rows) for module, rows in self.modules if module.role == role)

    def rows(self, role: Role) -> Iterator[Row]:
        """The rows of a module, whichever files they are in."""
        return (row for _, rows in self.of(role) for row in rows)

    def has(self, role: Role) -> bool:
        """Whether the export holds the module."""
        return any(True for _ in self.of(role))


def _missing(module: Module) -> Iterator[Refusal]:
    for names in NEEDED.get(module.role, ()):
        if not module.has(*names):
            mend = f"the {module.role} module needs a column {' or '.join(names)}; export it again with every column"
            yield Refusal(
                module.rows.shown_as, module.rows.sheet, module.rows.line, names[0], None, "missing_column", mend
            )


def _add(export: Export, rows: Rows) -> None:
    where = rows.shown_as if rows.sheet is None else f"{rows.shown_as}, sheet {rows.sheet}"
    export.notes.extend(rows.notes)
    role = role_of(rows.header)
    if role is None:
        export.notes.append(f"{where}: this is no module of Zoho CRM that is known here; it was passed over")
        return
    if role in _NOT_KEPT:
        export.notes.append(f"{where}: no record table holds {_NOT_KEPT[role]}; it was passed over")
        return
    if role == "orders":
        export.notes.append(f"{where}: orders are compared with their invoices; the money is counted by the invoices")
    module = Module(role, rows, {name.lower(): number for number, name in reversed(list(enumerate(rows.header)))})
    wrong = list(_missing(module))
    export.refusals.extend(wrong)
    if not wrong:
        export.modules.append((module, list(_rows(export, module))))


def _rows(export: Export, module: Module) -> Iterator[Row]:
    rows, width = module.rows, len(module.rows.header)
    faults = rows.faults_by_line()
    for record in rows.records():
        cells = [cell.strip() for cell in record.cells]
        wrong = [
            Refusal(rows.shown_as, rows.sheet, fault.line, name, fault.value, fault.reason, fault.mend)
            for name, fault in faults.get(record.line, {}).items()
        ]
        if not fits(record, width):
            wrong = [uneven(rows.shown_as, record, width)]
        export.uneven.extend((module.role, one, dict(zip(rows.header, cells, strict=False))) for one in wrong)
        if not wrong:
            yield Row(module, record.line, cells)


def gather(paths: Sequence[Path], scratch: Path) -> Export:
    """Read every module among some files."""
    export = Export()
    for path in paths:
        try:
            for rows in rows_of(path, scratch):
                _add(export, rows)
        except Unreadable as fault:
            export.refusals.append(fault.refusal)
    return export
