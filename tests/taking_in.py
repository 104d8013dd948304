"""A workspace without a shell: batches in a folder, and what is living in them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from courtside.connectors.adapter import Adapter
from courtside.connectors.native import ADAPTER as NATIVE
from courtside.records.tables import TABLES
from courtside.warehouse.batches import Batch, known, living, living_texts, replaced, text_id
from courtside.warehouse.intake import Ground, Outcome, carried_files, take_in

START = datetime(2026, 1, 1, tzinfo=UTC)


class Workspace:
    """Imports one after the other, an hour apart, kept in memory instead of a ledger."""

    def __init__(self, root: Path, zone: str = "UTC") -> None:
        self.root = root
        self.zone = zone
        self.batches: tuple[Batch, ...] = ()
        self._next = 1

    def take_in(
        self,
        paths: Sequence[Path],
        *,
        adapter: Adapter = NATIVE,
        set_aside: bool = False,
        dry_run: bool = False,
        answers: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Import files as the next batch."""
        answers = answers or {}
        with tempfile.TemporaryDirectory(dir=self.root) as scratch:
            reading = adapter.read(paths, Path(scratch), answers)
            ground = Ground(self.root, known(self.batches, None), self.zone, "USD")
            outcome = take_in(reading, ground, self._next, set_aside=set_aside, dry_run=dry_run, answers=answers)
        if outcome.files:
            at = START + timedelta(hours=self._next)
            self.batches = (*self.batches, Batch(self._next, at, outcome.files, fixed=reading.fixed))
            self._next += 1
        return outcome

    def undo(self, number: int) -> None:
        """Undo an import."""
        counting = known(self.batches, None)
        (undone,) = (batch for batch in counting if batch.number == number)
        carried = carried_files(counting, undone, self.root)
        at = START + timedelta(hours=self._next, minutes=30)
        changed = []
        for batch in self.batches:
            files = (*batch.files, *(file for holder, file in carried if holder == batch.number))
            undone_at = at if batch.number == number else batch.undone_at
            changed.append(Batch(batch.number, batch.recorded_at, files, undone_at, batch.fixed))
        self.batches = tuple(changed)

    def living(self) -> dict[str, list[dict[str, Any]]]:
        """Every living record, its texts beside its facts, empty fields left out; tables without records too."""
        batches = known(self.batches, None)
        found = {}
        with duckdb.connect() as engine:
            for name, table in TABLES.items():
                since = None
                if (earliest := replaced(table, self.batches, self.root)) is not None:
                    since = engine.execute(earliest).fetchall()[0][0]
                ways = [f"FROM ({living(table, batches, self.root, since=bound)})" for bound in (None, since)]
                same = f"({ways[0]} EXCEPT ALL {ways[1]}) UNION ALL ({ways[1]} EXCEPT ALL {ways[0]})"
                assert engine.execute(same).fetchall() == [], f"the early rows of {name} needed comparison"
                rows = engine.execute(f"SELECT * EXCLUDE (_batch), {text_id(table)} AS _id {ways[1]}")
                columns = [column[0] for column in rows.description]
                records = [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
                texts: dict[str, dict[str, str]] = {}
                for id, field, value in engine.execute(living_texts(table, batches, self.root)).fetchall():
                    texts.setdefault(id, {})[field] = value
                for record in records:
                    record |= texts.get(record["_id"], {})
                kept = [
                    {field: _plain(value) for field, value in r.items() if field != "_id" and value is not None}
                    for r in records
                ]
                if kept:
                    found[name] = sorted(kept, key=lambda record: [str(record.get(part, "")) for part in table.key])
        return found


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str) else str(value)
