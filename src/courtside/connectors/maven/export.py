"""The four files of the export: told apart by their headers, read whole, faults named in the export's own terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from courtside.connectors.adapter import Refusal
from courtside.connectors.delimited import Unreadable, fits, read_header, records, uneven

Role = Literal["pipeline", "accounts", "products", "teams"]

COLUMNS: dict[Role, tuple[str, ...]] = {
    "pipeline": (
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ),
    "accounts": ("account", "sector", "revenue", "employees", "subsidiary_of"),
    "products": ("product", "sales_price"),
    "teams": ("sales_agent", "manager", "regional_office"),
}
"""What each file must have; further columns are kept as extra ones."""

_TELLING: dict[Role, frozenset[str]] = {
    "pipeline": frozenset({"opportunity_id", "sales_agent"}),
    "teams": frozenset({"sales_agent", "manager", "regional_office"}),
    "products": frozenset({"product", "sales_price"}),
    "accounts": frozenset({"account", "sector"}),
}


def role_of(header: Iterable[str]) -> Role | None:
    """Which of the four files has such a header."""
    names = {name.strip().lower() for name in header}
    return next((role for role, telling in _TELLING.items() if telling <= names), None)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file, by column."""

    file: str
    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class Export:
    """The rows of each of the four files, and what could not be read."""

    headers: dict[Role, tuple[str, ...]] = field(default_factory=dict)
    rows: dict[Role, list[Row]] = field(default_factory=dict)
    uneven: list[tuple[Role, Refusal, dict[str, str]]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def extras(self, role: Role) -> tuple[str, ...]:
        """The further columns of a file."""
        return tuple(name for name in self.headers.get(role, ()) if name not in COLUMNS[role])


def _missing(path: Path, line: int, role: Role, names: Sequence[str]) -> list[Refusal]:
    return [
        Refusal(
            path.name,
            None,
            line,
            column,
            None,
            "missing_column",
            f"the {role} file of the export needs a column {column}; export it again with every column",
        )
        for column in COLUMNS[role]
        if column not in names
    ]


def _add(export: Export, path: Path) -> None:
    """Read one file. Raises Unreadable."""
    header = read_header(path, path.name)
    names = tuple(name.lower() for name in header.names)
    role = role_of(names)
    if role is None:
        return
    wrong = _missing(path, header.line, role, names)
    export.refusals.extend(wrong)
    if wrong:
        return
    export.headers[role] = tuple(dict.fromkeys((*export.headers.get(role, ()), *names)))
    found = records(path, path.name, header.delimiter)
    next(found)
    rows = export.rows.setdefault(role, [])
    for record in found:
        cells = dict(zip(names, record.cells, strict=False))
        if fits(record, len(names)):
            rows.append(Row(path.name, record.line, cells))
        else:
            export.uneven.append((role, uneven(path.name, record, len(names)), cells))


def gather(paths: Sequence[Path]) -> Export:
    """Read every file of the export among some paths."""
    export = Export()
    for path in paths:
        try:
            _add(export, path)
        except Unreadable as fault:
            export.refusals.append(fault.refusal)
    if "pipeline" in export.rows and "products" not in export.rows and not export.refusals:
        file = export.rows["pipeline"][0].file if export.rows["pipeline"] else "sales_pipeline.csv"
        mend = "the list prices are in the products file; import it together with the pipeline"
        export.refusals.append(Refusal(file, None, None, "product", None, "missing_file", mend))
    return export
