"""Mending one row of the records: a new version of it comes in as an import of its own, which can be undone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from courtside.records.tables import TABLES, Column, Kind
from courtside.services.caller import Caller
from courtside.services.import_records import Request, import_records
from courtside.services.refused import Refused
from courtside.services.undo_import import undo_import
from courtside.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended, and by which import; None if the row said so already."""

    column: str
    before: str
    after: str
    batch: int | None
    notes: tuple[str, ...]


def row_as_known(workspace: Workspace, table: str, row_id: str) -> Mapping[str, Any] | None:
    """What the living version of a row says, column by column, free texts left out; None if there is none."""
    from courtside.store import ledger  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.warehouse.batches import known  # noqa: PLC0415
    from courtside.warehouse.one_row import row_known  # noqa: PLC0415

    return row_known(TABLES[table], known(ledger.batches(), None), workspace.root, row_id)


def mend_row(
    workspace: Workspace, caller: Caller, table: str, row_id: str, change: tuple[str, str], label: str
) -> Mended:
    """Change one column of a row to what a text says; `label` goes into the name of the file imported.

    Raises Refused for a row that is gone, a text that is no value of the column, what an import refuses, and
    where something else was imported meanwhile: then the row is as it was.
    """
    from courtside.store import ledger  # noqa: PLC0415
    from courtside.warehouse.batches import known  # noqa: PLC0415
    from courtside.warehouse.one_row import write_version  # noqa: PLC0415

    column = TABLES[table].column(change[0])
    number, row = ledger.next_number(), row_as_known(workspace, table, row_id)
    if row is None:
        raise Refused(f"the records hold no row {row_id} of {table} any more")
    value = read_value(column, change[1], row[column.name])
    if value == row[column.name]:
        return Mended(column.name, shown(value), shown(value), None, ("the row says so already",))
    batches = known(ledger.batches(), None)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{table}-{label}.parquet"
        write_version(TABLES[table], batches, workspace.root, row_id, (column.name, value), file)
        imported, notes = import_records(workspace, caller, Request((file,), connector="native"))
    batch = imported["batch"]
    if batch is not None and batch != number:
        undo_import(workspace, caller, batch)
        raise Refused("something else was imported meanwhile; look at the row again")
    return Mended(column.name, shown(row[column.name]), shown(value), batch, notes)


def read_value(column: Column, text: str, before: object = None) -> Any:
    """A text as a value of a column. A day alone keeps the time of day there was. Raises Refused with what to write.

    `2026-10-05` for a time that was 2026-09-30 14:15 -> 2026-10-05 14:15.
    """
    said = text.strip()
    try:
        match column.kind:
            case Kind.DATE:
                return date.fromisoformat(said)
            case Kind.TIME:
                return _instant(said, before)
            case Kind.MONEY | Kind.NUMBER:
                return _number(said)
            case Kind.INTEGER:
                return int(said)
    except (ValueError, InvalidOperation):
        example = {Kind.DATE: "2026-12-31", Kind.TIME: "2026-12-31 or 2026-12-31T14:30"}.get(column.kind, "1250.50")
        raise Refused(f"{said!r} is no {column.kind.value}; write it as {example}") from None
    if not said:
        raise Refused(f"say what {column.name.replace('_', ' ')} should be")
    if column.choices and said not in column.choices:
        raise Refused(f"{column.name} is one of: {', '.join(column.choices)}")
    return said


def _instant(said: str, before: object) -> datetime:
    if len(said) == len("2026-12-31"):
        kept = before.time() if isinstance(before, datetime) else time()
        return datetime.combine(date.fromisoformat(said), kept)
    found = datetime.fromisoformat(said)
    if found.tzinfo is not None:
        raise ValueError(said)
    return found


def _number(said: str) -> Decimal:
    found = Decimal(said)
    if not found.is_finite():
        raise ValueError(said)
    return found


def shown(value: object) -> str:
    """A value of a row as people read it; empty for none. 2026-10-05 14:15:00 -> 2026-10-05 14:15."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case bool():
            return "yes" if value else "no"
        case Decimal() | float():
            return f"{float(value):.10g}"
    return str(value)
