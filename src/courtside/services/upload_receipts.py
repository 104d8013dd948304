"""What was imported, by whom, what became of it, and which rows are set aside: for those who look after records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from courtside.services.list_imports import list_imports
from courtside.services.spreadsheet import harmless
from courtside.services.upload_preview import Counts, Note, notes_of
from courtside.services.viewing import NotFound
from courtside.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Line:
    """One import in the list. Instants are the firm's own time, without a zone."""

    number: int
    at: datetime
    who: str
    connector: str
    files: tuple[str, ...]
    counts: Counts
    quality: tuple[Note, ...]
    odd: int
    """How many things were noted as odd."""
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One import in full. `by_table`: table, rows created, updated, unchanged."""

    line: Line
    by_table: tuple[tuple[str, int, int, int], ...]
    later: int
    """Imports after it that still count."""


def imports_for_page(workspace: Workspace) -> tuple[Line, ...]:
    """Every import, the newest first."""
    made, undone = _who("import_records"), _who("undo_import")
    return tuple(reversed([_line(row, workspace.zone, made, undone) for row in list_imports(workspace)]))


def receipt_of(workspace: Workspace, number: int) -> Receipt:
    """One import in full. Raises NotFound."""
    from courtside.store.ledger import entries  # noqa: PLC0415  (Django stays out of start-up)

    lines = {line.number: line for line in imports_for_page(workspace)}
    entry = next((one for one in entries() if one.number == number), None)
    if number not in lines or entry is None:
        raise NotFound
    later = sum(1 for line in lines.values() if line.number > number and line.undone_at is None)
    tables = tuple((table, *map(int, counts)) for table, counts in entry.by_table.items())
    return Receipt(lines[number], tables, later)  # type: ignore[arg-type]


def set_aside_of(workspace: Workspace, number: int) -> Iterator[Sequence[object]]:
    """The rows an import set aside, the column names first, each cell harmless to a spreadsheet. Raises NotFound."""
    from courtside.store.ledger import batches  # noqa: PLC0415

    files = [
        workspace.root / file.path
        for batch in batches()
        if batch.number == number
        for file in batch.files
        if file.holding.value == "aside"
    ]
    if not files:
        raise NotFound
    return _rows(files)


def _rows(files: Sequence[Any]) -> Iterator[Sequence[object]]:
    import duckdb  # noqa: PLC0415  (slow to import)

    with duckdb.connect() as engine:
        for number, path in enumerate(files):
            found = engine.execute("SELECT * FROM read_parquet(?) ORDER BY file, sheet, line", [str(path)])
            names = [column[0] for column in found.description or ()]
            if number == 0:
                yield names
            while rows := found.fetchmany(1_000):
                for row in rows:
                    yield [harmless(_shown(cell)) for cell in row]


def _shown(cell: object) -> object:
    return "" if cell is None else cell


def _who(verb: str) -> Mapping[int, str]:
    from courtside.store.audit import acts  # noqa: PLC0415

    return {int(act.detail["batch"]): act.who for act in acts(verb) if "batch" in act.detail}


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _line(row: Mapping[str, Any], zone: ZoneInfo, made: Mapping[int, str], undone: Mapping[int, str]) -> Line:
    quality = notes_of(row["quality"])
    return Line(
        number=row["batch"],
        at=_local(row["at"], zone),
        who=made.get(row["batch"], ""),
        connector=row["connector"],
        files=tuple(row["files"]),
        counts=Counts(row["created"], row["updated"], row["unchanged"], row["refused"]),
        quality=quality,
        odd=sum(note.count for note in quality),
        undone_at=_local(row["undone_at"], zone) if row["undone_at"] else None,
        undone_by=undone.get(row["batch"], ""),
    )
