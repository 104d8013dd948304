"""Taking in an import: read, checked, compared with what is living, and written as one immutable batch."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb

from courtside.connectors.adapter import Quality, Reading, Refusal, RefusedRow
from courtside.connectors.columns import protected
from courtside.records.tables import TABLES
from courtside.warehouse.aside import Asides
from courtside.warehouse.batches import Batch, BatchFile, Holding, living, text_id
from courtside.warehouse.carry import carried_files
from courtside.warehouse.changes import Changes, compare
from courtside.warehouse.checks import Checked, check, know_people
from courtside.warehouse.complaints import Complaints
from courtside.warehouse.conversion import ORDERS, DateOrder
from courtside.warehouse.erase import erase
from courtside.warehouse.quality import observe
from courtside.warehouse.spool import Spool
from courtside.warehouse.stage import Reader, Staged, load
from courtside.warehouse.writing import Draft

__all__ = ["Ground", "Outcome", "carried_files", "erase", "take_in"]

_MEMORY = "1000MB"
_THREADS = 2
_SCRATCH = ".scratch-"
_FEW_TEXTS = 8
_NO_TEXT = "SELECT '' AS table_name, '' AS id, '' AS field, '' AS value WHERE false"
"""The columns of texts."""
"""So many texts of a row are written by a pass each; a file of hundreds of extra columns would take minutes."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an import lands on: the workspace, the batches that count, the firm's zone and currency."""

    root: Path
    batches: tuple[Batch, ...]
    zone: str
    currency: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do.

    `refused` counts rows and files; `refusals` are all of them, in the order of the files. `by_table` has
    rows created, updated and unchanged. `files` is empty if nothing was written.
    """

    created: int
    updated: int
    unchanged: int
    refused: int
    by_table: Mapping[str, tuple[int, int, int]]
    refusals: Sequence[Refusal]
    quality: tuple[Quality, ...]
    files: tuple[BatchFile, ...]


@contextmanager
def _engine(root: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """An engine that spills into a folder of the workspace, and the folder; both gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=root))
    try:
        with duckdb.connect() as engine:
            engine.execute(f"SET memory_limit = '{_MEMORY}'")
            engine.execute(f"SET threads = {_THREADS}")
            engine.execute("SET enable_progress_bar = false")
            engine.execute("SET TimeZone = 'UTC'")
            engine.execute("SET temp_directory = ?", [str(folder / "spill")])
            yield engine, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Intake:
    """One import on its way in."""

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        scratch: Path,
        reading: Reading,
        ground: Ground,
        order: DateOrder | None,
    ) -> None:
        self._engine = engine
        self._reader = Reader(engine, ground.zone, order, scratch)
        self._reading = reading
        self._ground = ground
        self._order = order

    def read(self, *, set_aside: bool) -> Iterator[tuple[Staged, Checked]]:
        """Every file read and checked, table by table in the order of the record tables: people come first.

        People who are set aside themselves are strangers to other rows.
        """
        people = [f"SELECT person_id FROM ({living(TABLES['people'], self._ground.batches, self._ground.root)})"]
        know_people(self._engine, people)
        for name, table in TABLES.items():
            sources = [source for source in self._reading.sources if source.table == name]
            if not sources:
                continue
            staged = load(self._reader, table, sources)
            checked = check(self._engine, staged.stage)
            if name == "people":
                know_people(self._engine, [*people, checked.valid if set_aside else staged.stage.name])
            yield staged, checked

    def compared(self, checked: Sequence[Checked]) -> list[Changes]:
        """Every table compared with its living rows."""
        return [compare(self._engine, one, self._ground.batches, self._ground.root) for one in checked]

    def complaints(self, checked: Sequence[Checked], *, with_cells: bool) -> Iterator[RefusedRow]:
        """What is wrong with the rows that could be read."""
        for one in checked:
            if one.refused:
                yield from Complaints(self._engine, one, self._order, with_cells=with_cells).rows()

    def write(self, draft: Draft, changes: Sequence[Changes], asides: Asides) -> None:
        """Write the files of the batch."""
        for change in changes:
            table = change.table
            if change.created or change.updated:
                draft.write_sorted(table, Holding.ROWS, change.new_rows_as_staged, change.created + change.updated)
            if change.updated:
                draft.write_sorted(table, Holding.REPLACED, change.replaced, change.updated)
            if change.unchanged and change.met:
                draft.write(table.name, Holding.CONFIRMED, change.confirmed)
        self._write_texts(draft, changes)
        asides.write(draft)

    def _write_texts(self, draft: Draft, changes: Sequence[Changes]) -> None:
        """The texts of new versions, an empty one for each text a row no longer has: a file for each table with any.

        Table by table, as sorting the texts of a big firm's tables all at once takes more memory than there may be.
        """
        fields = [(c.table.name, field, name) for c in changes for field, name in c.checked.stage.texts.items()]
        self._engine.execute("CREATE OR REPLACE TEMP TABLE fields (number INTEGER, table_name VARCHAR, field VARCHAR)")
        for number, (table, field, _) in enumerate(fields):
            self._engine.execute("INSERT INTO fields VALUES (?, ?, ?)", [number, table, field])
        numbers = {(table, name): number for number, (table, _, name) in enumerate(fields)}
        for change in changes:
            parts = list(self._new_texts(change, numbers)) if change.created or change.updated else []
            if parts:
                query = f"SELECT * FROM ({' UNION ALL '.join((_NO_TEXT, *parts))}) ORDER BY table_name, id, field"
                draft.write("", Holding.TEXTS, query, part=change.table.name)

    def _new_texts(self, change: Changes, numbers: Mapping[tuple[str, str], int]) -> Iterator[str]:
        table, texts = change.table, change.checked.stage.texts
        new = f"SELECT {text_id(table)} AS id, * FROM ({change.new_rows})"
        if len(texts) > _FEW_TEXTS:
            pairs = ", ".join(f'{{n: {numbers[table.name, name]}, value: "{name}"}}' for name in texts.values())
            written = [
                f"SELECT f.table_name, v.id, f.field, v.one.value AS value FROM (SELECT id, unnest([{pairs}]) AS one "
                f"FROM ({new})) v JOIN fields f ON f.number = v.one.n WHERE v.one.value IS NOT NULL"
            ]
        else:
            written = [
                f'SELECT table_name, id, field, v."{name}" AS value FROM ({new}) v, fields f '
                f'WHERE f.number = {numbers[table.name, name]} AND v."{name}" IS NOT NULL'
                for name in texts.values()
            ]
        yield from written
        if change.updated:
            now = " UNION ALL ".join(["SELECT '' AS table_name, '' AS id, '' AS field, '' AS value", *written])
            yield (
                f"SELECT '{table.name}', o.id, o.field, NULL FROM {change.old_texts} o "
                f"SEMI JOIN ({new}) r ON r.id = o.id ANTI JOIN ({now}) n ON n.id = o.id AND n.field = o.field"
            )


def _order_asked(answers: Mapping[str, str]) -> tuple[DateOrder | None, tuple[Refusal, ...]]:
    said = answers.get("date_order")
    if said is None or said in ORDERS:
        return (ORDERS[said] if said else None), ()
    mend = f"--answer date_order={said}: write dmy, mdy or ymd"
    return None, (Refusal("--answer", None, None, "date_order", said, "not_one_of", mend),)


def _walls(reading: Reading) -> tuple[Refusal, ...]:
    """Protected attributes stay out whichever connector read them."""
    told = {(refusal.file, refusal.column) for refusal in reading.refusals}
    found = [r for s in reading.sources for r in protected(TABLES[s.table], s.columns, s.shown_as, 1)]
    return tuple(refusal for refusal in found if (refusal.file, refusal.column) not in told)


def _refused(whole: Sequence[Refusal], checked: Sequence[Checked], rows: Sequence[RefusedRow]) -> int:
    """How many rows and files are refused."""
    places = {(row.refusal.file, row.refusal.sheet, row.refusal.line) for row in rows}
    return len(whole) + len(places) + sum(one.refused for one in checked)


def take_in(
    reading: Reading, ground: Ground, number: int, *, set_aside: bool, dry_run: bool, answers: Mapping[str, str]
) -> Outcome:
    """Take in what a connector read as batch `number`: all of it, or (one refusal, nothing set aside) nothing.

    With `set_aside`, refused rows are kept apart in the batch and the rest comes in; a file that cannot be
    read at all still refuses everything. Once this returns files, they are on the disk under their names and
    count for nothing until the ledger names them; killed before, it leaves only folders starting with a dot.
    """
    order, wrong_answers = _order_asked(answers)
    with _engine(ground.root) as (engine, scratch):
        intake = _Intake(engine, scratch, reading, ground, order)
        read = list(intake.read(set_aside=set_aside))
        staged, checked = [one for one, _ in read], [one for _, one in read]
        whole = [*wrong_answers, *reading.refusals, *_walls(reading), *(r for one in staged for r in one.refusals)]
        unread = [*reading.refused_rows, *(row for one in staged for row in one.refused_rows)]
        refusals, asides = Spool(ground.root), Asides(scratch / "aside.rows")
        refusals.extend(whole)
        with asides:
            for row in reading.set_aside:
                asides.add(row)
            for row in chain(unread, intake.complaints(checked, with_cells=set_aside)):
                refusals.append(row.refusal)
                if set_aside:
                    asides.add(row)
        told = refusals.in_order([source.shown_as for source in reading.sources])
        refused = _refused(whole, checked, unread)
        if whole or (refused and not set_aside):
            return Outcome(0, 0, 0, refused, {}, told, reading.quality, ())
        changes = intake.compared(checked)
        files = () if dry_run else _written(intake, Draft(ground.root, number, engine), changes, asides)
        quality = (*reading.quality, *observe(engine, changes, files, ground.batches, ground.root, reading.quality))
    by_table = {c.table.name: (c.created, c.updated, c.unchanged) for c in changes}
    created, updated, unchanged = (
        (sum(counts) for counts in zip(*by_table.values(), strict=True)) if by_table else (0,) * 3
    )
    return Outcome(created, updated, unchanged, refused, by_table, told, quality, files)


def _written(intake: _Intake, draft: Draft, changes: Sequence[Changes], asides: Asides) -> tuple[BatchFile, ...]:
    draft.open()
    try:
        intake.write(draft, changes, asides)
        return draft.finish()
    except BaseException:
        draft.discard()
        raise
