"""What is wrong with staged rows: cells of the wrong kind, missing ones, unknown people, two rows with one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from courtside.records.tables import Column, Kind
from courtside.warehouse.conversion import FIRST_YEAR, LAST_YEAR, is_plain
from courtside.warehouse.stage import PEOPLE, Stage, facts_of
from courtside.warehouse.target_checks import find_unusable

_BAD_CELL = "bad_cell"
MISSING, UNKNOWN_PERSON, DUPLICATE, OUT_OF_RANGE = "missing_required", "unknown_person", "duplicate_id", "out_of_range"


@dataclass(frozen=True, slots=True)
class Checked:
    """A stage whose rows were checked.

    `flaws` is a table (_row, field, reason, value, other): what is wrong, `other` being the row a duplicate
    differs from. `out` is a table of the rows that do not come in: refused ones, and repetitions of a row.
    """

    stage: Stage
    flaws: str
    out: str
    refused: int
    repeated: int

    @property
    def valid(self) -> str:
        """A query for the rows that come in: `_row`, every fact column, the texts."""
        texts = "".join(f', "{name}"' for name in self.stage.texts.values())
        return f"SELECT _row, {facts_of(self.stage)}{texts} FROM {self._remaining}"

    @property
    def valid_as_staged(self) -> str:
        """The same rows for sorting and writing: `_row` and every fact column, by number where they are so held."""
        return f"SELECT _row, {facts_of(self.stage, as_staged=True)} FROM {self._remaining}"

    @property
    def _remaining(self) -> str:
        anti = f" ANTI JOIN {self.out} USING (_row)" if self.refused or self.repeated else ""
        return f"{self.stage.name}{anti}"

    @property
    def count(self) -> int:
        """How many rows come in."""
        return self.stage.rows - self.refused - self.repeated


def _required(stage: Stage) -> list[tuple[Column, str]]:
    """The required columns with their names in the stage."""
    facts = [(column, column.name) for column in stage.facts if column.required]
    return facts + [(c, stage.texts[c.name]) for c in stage.table.texts if c.required and c.name in stage.texts]


def _dated(stage: Stage) -> list[Column]:
    return [column for column in stage.facts if column.kind in (Kind.TIME, Kind.DATE)]


def _one(engine: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return engine.execute(query).fetchone() or ()


def _count(engine: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(_one(engine, f"SELECT count(*) FROM ({query})")[0])


def _outside(column: Column) -> str:
    return f'year("{column.name}") NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR}'


def _is_blank(column: Column, name: str) -> str:
    """Whether a field is empty, or a text of nothing but blanks. Texts beginning like most are not looked at whole,
    and references to people not at all: nobody is called so."""
    empty = f'"{name}" IS NULL'
    if not is_plain(column) or column.refers_to == "people":
        return empty
    unlike_most = f'("{name}" < \'!\' OR "{name}" >= chr(128))'
    return f"{empty} OR ({unlike_most} AND regexp_full_match(\"{name}\", '[\\s\\p{{Z}}\\p{{C}}]*'))"


def _flaw_queries(stage: Stage) -> list[tuple[str, str]]:
    """(an aggregate that is above 0 where there is such a flaw, the query for its rows)."""
    found = []
    for column in stage.checked:
        condition = f"_bad & {stage.bit(column)} <> 0"
        found.append((condition, f"SELECT _row, '{column.name}', '{_BAD_CELL}', NULL, NULL"))
    for column, name in _required(stage):
        condition = f"({_is_blank(column, name)}) AND _bad & {stage.bit(column)} = 0"
        found.append((condition, f"SELECT _row, '{column.name}', '{MISSING}', NULL, NULL"))
    for column in _dated(stage):
        found.append((_outside(column), f"SELECT _row, '{column.name}', '{OUT_OF_RANGE}', NULL, NULL"))
    return found


def _find_flaws(engine: duckdb.DuckDBPyConnection, stage: Stage, flaws: str) -> None:
    queries = _flaw_queries(stage)
    if not queries or not stage.rows:
        return
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition, _ in queries)
    found = _one(engine, f"SELECT {counts} FROM {stage.name}")
    for (condition, select), number in zip(queries, found, strict=True):
        if number:
            engine.execute(f"INSERT INTO {flaws} {select} FROM {stage.name} WHERE {condition}")


def _find_strangers(engine: duckdb.DuckDBPyConnection, stage: Stage, flaws: str) -> None:
    """Rows that name a person no import has brought."""
    for column in stage.facts:
        if column.refers_to != "people" or stage.table.name == "people" or not stage.rows:
            continue
        named = f'SELECT DISTINCT "{column.name}" AS person_id FROM {stage.name} WHERE "{column.name}" IS NOT NULL'
        engine.execute(f"CREATE OR REPLACE TEMP TABLE strangers AS {named} EXCEPT SELECT person_id FROM {PEOPLE}")
        if _count(engine, "FROM strangers"):
            engine.execute(
                f"INSERT INTO {flaws} SELECT _row, '{column.name}', '{UNKNOWN_PERSON}', \"{column.name}\", NULL "
                f'FROM {stage.name} WHERE "{column.name}" IN (SELECT person_id FROM strangers)'
            )


def _content(stage: Stage) -> str:
    fields = [f'CAST("{column.name}" AS VARCHAR)' for column in stage.facts]
    return ", ".join([*fields, *(f'"{name}"' for name in stage.texts.values())])


def _rises(engine: duckdb.DuckDBPyConnection, stage: Stage, name: str) -> bool:
    """Whether a key rises from row to row, as in most exports: then none comes twice. Takes next to no time."""
    steps = f'SELECT "{name}" > lag("{name}") OVER () AS up FROM {stage.name}'
    return _count(engine, f"FROM ({steps}) WHERE NOT coalesce(up, false)") == 1


def _find_repetitions(engine: duckdb.DuckDBPyConnection, stage: Stage, flaws: str, out: str) -> int:
    """Rows whose key another row has: equal ones count once, different ones are refused, all of them.

    The hashes of the keys are compared first, which needs little memory; then the few keys themselves.
    """
    present = [name for name in stage.table.key if name in stage.present]
    if len(present) == 1 and _rises(engine, stage, present[0]):
        return 0
    key = ", ".join(f'"{name}"' for name in present)
    rows = f"SELECT * FROM {stage.name} ANTI JOIN (SELECT DISTINCT _row FROM {flaws}) USING (_row)"
    if not _count(engine, f"FROM {flaws}"):
        rows = f"SELECT * FROM {stage.name}"
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE alike AS SELECT hash({key}) AS h FROM ({rows}) GROUP BY h HAVING count(*) > 1"
    )
    if not _count(engine, "FROM alike"):
        return 0
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE twins AS SELECT _row, min(_row) OVER same AS first_row, "
        f"max(_row) OVER same AS last_row, max(content) OVER same IS DISTINCT FROM min(content) OVER same AS differs "
        f"FROM (SELECT _row, {key}, hash({_content(stage)}) AS content FROM ({rows}) "
        f"WHERE hash({key}) IN (SELECT h FROM alike)) WINDOW same AS (PARTITION BY {key}) "
        f"QUALIFY first_row <> last_row"
    )
    shown = " || ' ' || ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in present)
    engine.execute(
        f"INSERT INTO {flaws} SELECT t._row, '{present[0]}', '{DUPLICATE}', {shown}, "
        f"CASE WHEN t._row = first_row THEN last_row ELSE first_row END "
        f"FROM twins t JOIN {stage.name} s USING (_row) WHERE differs"
    )
    engine.execute(f"INSERT INTO {out} SELECT _row FROM twins WHERE NOT differs AND _row <> first_row")
    return _count(engine, "FROM twins WHERE NOT differs AND _row <> first_row")


def check(engine: duckdb.DuckDBPyConnection, stage: Stage) -> Checked:
    """Find every flaw of a stage. The table of known people must be there (see `know_people`)."""
    flaws, out = f"flaws_{stage.table.name}", f"out_{stage.table.name}"
    fields = "_row BIGINT, field VARCHAR, reason VARCHAR, value VARCHAR, other BIGINT"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {flaws} ({fields})")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {out} (_row BIGINT)")
    _find_flaws(engine, stage, flaws)
    _find_strangers(engine, stage, flaws)
    find_unusable(engine, stage, flaws)
    repeated = _find_repetitions(engine, stage, flaws, out) if stage.rows else 0
    engine.execute(f"INSERT INTO {out} SELECT DISTINCT _row FROM {flaws}")
    return Checked(stage, flaws, out, _count(engine, f"SELECT DISTINCT _row FROM {flaws}"), repeated)


def know_people(engine: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> None:
    """Make the table of every person_id a row may name, from queries for person_id."""
    every = " UNION ".join(f"SELECT person_id FROM ({query})" for query in queries)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {PEOPLE} AS {every}")
