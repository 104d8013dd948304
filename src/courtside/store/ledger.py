"""The ledger of imports: which batches count, and which files they consist of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from courtside.store import models
from courtside.warehouse.batches import Batch, BatchFile, Holding


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of one import beside its files."""

    number: int
    recorded_at: datetime
    connector: str
    sources: tuple[str, ...]
    created: int
    updated: int
    unchanged: int
    refused: int
    by_table: Mapping[str, Sequence[int]] = field(default_factory=dict)
    quality: tuple[Mapping[str, Any], ...] = ()
    fixed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    undone_at: datetime | None = None


def _batch(row: models.ImportBatch) -> Batch:
    files = tuple(
        BatchFile(table=f.table, holding=Holding(f.holding), path=f.path, sha256=f.sha256, rows=f.rows)
        for f in row.files.all()
    )
    fixed = {table: tuple(names) for table, names in row.fixed.items()}
    return Batch(row.number, row.recorded_at, files, row.undone_at, fixed)


def batches() -> tuple[Batch, ...]:
    """Every batch ever recorded, oldest first, the undone ones included."""
    return tuple(map(_batch, models.ImportBatch.objects.prefetch_related("files")))


def entries() -> tuple[Entry, ...]:
    """What was imported when, oldest first."""
    return tuple(
        Entry(
            number=row.number,
            recorded_at=row.recorded_at,
            connector=row.connector,
            sources=tuple(row.sources),
            created=row.created,
            updated=row.updated,
            unchanged=row.unchanged,
            refused=row.refused,
            by_table=row.by_table,
            quality=tuple(row.quality),
            fixed=row.fixed,
            undone_at=row.undone_at,
        )
        for row in models.ImportBatch.objects.all()
    )


def next_number() -> int:
    """The number of the next batch; numbers of undone ones are not given again."""
    last = models.ImportBatch.objects.order_by("-number").first()
    return last.number + 1 if last else 1


def not_before(instant: datetime) -> datetime:
    """The instant, or one just after the last change in the ledger should the clock have gone back."""
    marks = models.ImportBatch.objects.values_list("recorded_at", "undone_at")
    last = max((mark for pair in marks for mark in pair if mark), default=None)
    return instant if last is None or instant > last else last + timedelta(microseconds=1)


def record(entry: Entry, files: Iterable[BatchFile]) -> None:
    """Make a batch count, in the transaction that is open."""
    row = models.ImportBatch.objects.create(
        number=entry.number,
        recorded_at=entry.recorded_at,
        connector=entry.connector,
        sources=list(entry.sources),
        created=entry.created,
        updated=entry.updated,
        unchanged=entry.unchanged,
        refused=entry.refused,
        by_table={table: list(counts) for table, counts in entry.by_table.items()},
        quality=[dict(item) for item in entry.quality],
        fixed={table: list(names) for table, names in entry.fixed.items()},
    )
    _add(row.number, files)


def undo(number: int, at: datetime, carried: Iterable[tuple[int, BatchFile]]) -> None:
    """Let a batch count no longer, and later ones hold the rows they had confirmed; in the open transaction."""
    models.ImportBatch.objects.filter(number=number).update(undone_at=at)
    for holder, file in carried:
        _add(holder, (file,))


def replace(pairs: Iterable[tuple[BatchFile, BatchFile]]) -> None:
    """Put files written anew in the place of others, in the transaction that is open."""
    for old, new in pairs:
        models.BatchFile.objects.filter(path=old.path).update(path=new.path, sha256=new.sha256, rows=new.rows)


def rewrite_examples(old: str, new: str) -> None:
    """Name something differently wherever a quality note gives it as an example, as a whole word."""
    word = re.compile(rf"(?<![\w-]){re.escape(old)}(?![\w-])")
    for row in models.ImportBatch.objects.all():
        quality = [{**note, "examples": [word.sub(new, str(e)) for e in note["examples"]]} for note in row.quality]
        if quality != row.quality:
            models.ImportBatch.objects.filter(pk=row.pk).update(quality=quality)


def _add(number: int, files: Iterable[BatchFile]) -> None:
    models.BatchFile.objects.bulk_create(
        models.BatchFile(
            batch_id=number, table=f.table, holding=f.holding.value, path=f.path, sha256=f.sha256, rows=f.rows
        )
        for f in files
    )
