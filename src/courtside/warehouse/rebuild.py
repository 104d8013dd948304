"""Making a rollup file: a day table for every pass, marks for distinct counts, and what it is settled on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from sqlglot import exp

from courtside.records.tables import DERIVED, TABLES, Kind
from courtside.warehouse.batches import quoted
from courtside.warehouse.cells import Group, grouped
from courtside.warehouse.clock import EVERYTHING
from courtside.warehouse.compose import COVERING, HAPPENED, over_all
from courtside.warehouse.engines.duckdb import DuckEngine
from courtside.warehouse.frame import Frame
from courtside.warehouse.generation import Generation, Inputs, Progress
from courtside.warehouse.passes import Window, day_query, first_query
from courtside.warehouse.rolled import OWNER, first_table_of, is_first_table, is_flagged, is_rolled, table_of
from courtside.warehouse.touched import Changed, Touch, changes, quarter_days

MEMORY = "1700MB"
MADE = "made"
"""The name under which the file being made is attached."""
_MENDINGS = 20
"""How often a file is mended before its rows are put in order again."""
_MOST = 0.6
"""The share of days above which a table is made anew rather than mended."""


def build(inputs: Inputs, earlier: Generation | None, path: Path, tell: Progress) -> None:
    """Write the rollup file of the batches that count. `earlier` is taken over where nothing changed."""
    engine = DuckEngine.over_batches(inputs.root, inputs.batches, None, inputs.zone, inputs.currency)
    try:
        engine.con.execute(f"SET memory_limit = '{MEMORY}'")
        builder = Builder(engine, inputs, tell)
        changed = None
        if earlier is not None and earlier.definitions == inputs.definitions and not engine.has_currencies:
            changed = changes(engine, inputs, earlier.holdings)
        if earlier is None or changed is None:
            builder.write_to(path)
            builder.full()
        else:
            builder.taken_over(earlier, path, changed)
        engine.con.execute(f"CHECKPOINT {MADE}")
    finally:
        engine.close()


QueryOf = Callable[[Window | None], exp.Select]
"""Makes the query for a table from the rows of a window, or from all."""
Days = tuple[date, date] | None
"""A first and a last day."""


LIE_AHEAD = frozenset({("opportunities", "expected_close_on"), ("activities", "at")})
"""Dates that may lie ahead and change nothing before they come: an activity counts on its own day alone, and when the
next step was planned is told by `created_at`."""


@dataclass(frozen=True, slots=True)
class Covered:
    """Table -> the days its rows cover, and the last day on which something may have changed."""

    coverage: Mapping[str, Days]
    last: date


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes the tables of one rollup file in an engine opened on it."""

    engine: DuckEngine
    inputs: Inputs
    tell: Progress

    @property
    def frame(self) -> Frame:
        """Rows as they stand after all that is recorded."""
        return Frame(self.engine, EVERYTHING, self.inputs.currency)

    def groups(self) -> Iterator[Group]:
        """The passes over tables that have rows."""
        return (g for g in grouped(self.inputs.catalogue) if g.table in DERIVED or not self.engine.is_empty(g.table))

    def write_to(self, path: Path) -> None:
        """From now on tables are made in that file."""
        self.engine.con.execute(f"ATTACH {quoted(str(path))} AS {MADE}; USE {MADE}")

    def full(self) -> None:
        """Every day table from all rows."""
        tables: list[str] = []
        for group in self.groups():
            for name, query in self._wanted(group):
                self.tell(f"counting {name}")
                self._create(name, query(None))
                tables.append(name)
        self._manifest(tables, self._covered(), 0)

    def taken_over(self, earlier: Generation, path: Path, changed: Changed) -> None:
        """A copy of an earlier file in which the days that were touched are counted again."""
        before = self._copied(earlier, path)
        had = set(json.loads(before["tables"]))
        covered = self._covered()
        tables: list[str] = []
        for group in self.groups():
            days = Touch.of(group, changed)
            if group.table in DERIVED and self._worked_alike(before, covered, changed):
                days = frozenset()
            for name, query in self._wanted(group):
                self.tell(f"bringing {name} up to date")
                if name not in had or days is None:
                    self._create(name, query(None))
                else:
                    self._patch(name, query, days)
                tables.append(name)
        for name in had.difference(tables):
            self.engine.con.execute(f'DROP TABLE "{name}"')
        self._manifest(tables, covered, int(before["mendings"]) + 1)

    def _copied(self, earlier: Generation, path: Path) -> Mapping[str, str]:
        """Begin with the tables of an earlier file, put in order again where that was mended often; its manifest."""
        con = self.engine.con
        shutil.copyfile(earlier.path, path)
        self.write_to(path)
        before = dict(con.execute("SELECT key, value FROM manifest").fetchall())
        con.execute("DROP TABLE manifest")
        if int(before["mendings"]) >= _MENDINGS:
            before["mendings"] = "0"
            for name in json.loads(before["tables"]):
                con.execute(f'CREATE TABLE ordered AS SELECT * FROM "{name}" ORDER BY {OWNER}, day')
                con.execute(f'DROP TABLE "{name}"; ALTER TABLE ordered RENAME TO "{name}"')
        return before

    def _worked_alike(self, manifest: Mapping[str, str], covered: Covered, changed: Changed) -> bool:
        """Whether nothing changed that says when people were there to work."""
        before = json.loads(manifest["coverage"])["working_days"]
        now = json.loads(json.dumps(covered.coverage["working_days"], default=str))
        return before == now and not changed.tables & {"people", "assignments", "absences", "holidays"}

    def _patch(self, name: str, query: QueryOf, days: frozenset[date]) -> None:
        """One table: the days that were not touched as they were, the others from the rows.

        Where most days were touched, counting them all again is the quicker.
        """
        since = min(days, default=None)
        if is_first_table(name):
            days, since = quarter_days(days)
        if since is None:
            return
        con = self.engine.con
        known_days = con.execute(f'SELECT count(DISTINCT day) FROM "{name}"').fetchone()
        if len(days) > _MOST * (known_days[0] if known_days else 0):
            self._create(name, query(None))
            return
        self.engine.load("touched", {"day": "DATE"}, [(day,) for day in sorted(days)])
        fresh = self.engine.text(query(Window(since, max(days))))
        con.execute(f'DELETE FROM "{name}" WHERE day IN (SELECT day FROM touched)')
        con.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM ({fresh}) SEMI JOIN touched USING (day)')

    def _wanted(self, group: Group) -> Iterator[tuple[str, QueryOf]]:
        """The tables of a pass and what makes the query for each."""
        params = self.inputs.catalogue.pack.params
        if ready := tuple(m for m in group.metrics if is_rolled(m)):
            part = replace(group, metrics=ready)
            yield table_of(part), partial(day_query, part, self.frame, params)
        for metric in (m for m in group.metrics if is_flagged(m)):
            yield first_table_of(metric.name), partial(first_query, metric, self.frame, params)

    def _create(self, name: str, query: exp.Query) -> None:
        """A table from all rows."""
        ordered = f"SELECT * FROM ({self.engine.text(query)}) ORDER BY {OWNER}, day"
        self.engine.con.execute(f'CREATE OR REPLACE TABLE "{name}" AS {ordered}')

    def _manifest(self, tables: Sequence[str], covered: Covered, mendings: int) -> None:
        """What the file says of itself. It is settled on the last day on which anything happened or was recorded."""
        said = {
            "tables": json.dumps(tables),
            "mendings": str(mendings),
            "coverage": json.dumps(covered.coverage, default=str),
            "settled_on": max(self.engine.last_recorded_on() or date.min, covered.last).isoformat(),
        }
        self.engine.con.execute("CREATE TABLE manifest (key VARCHAR, value VARCHAR)")
        self.engine.con.executemany("INSERT INTO manifest VALUES (?, ?)", list(said.items()))

    def _covered(self) -> Covered:
        """What every table that has events covers."""
        found: dict[str, Days] = {}
        last = date.min
        for table in COVERING:
            if table in TABLES:
                dates = [c.name for c in TABLES[table].columns if c.kind in (Kind.TIME, Kind.DATE)]
                spoken_of = self.engine.days_of_each(table, [n for n in dates if (table, n) not in LIE_AHEAD])
                last = max(last, *(span[1] for span in spoken_of.values() if span is not None), date.min)
                found[table] = self._coverage(table, spoken_of)
        found["working_days"] = over_all(found)
        return Covered(found, last)

    def _coverage(self, table: str, spoken_of: Mapping[str, Days]) -> Days:
        columns = COVERING[table]
        if table in HAPPENED:
            spoken_of = self.engine.days_of_each(table, columns, HAPPENED[table])
        spans = [span for name in columns if (span := spoken_of.get(name)) is not None]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
