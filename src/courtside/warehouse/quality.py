"""Oddities that any import can have: reported with counts and examples, never a reason to refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from courtside.connectors.adapter import Quality
from courtside.records.tables import TABLES, Table
from courtside.warehouse.batches import Batch, BatchFile, Holding, living, read_files
from courtside.warehouse.changes import Changes, main_date, same_key
from courtside.warehouse.writing import order_of_rows

LEADS_TO = {
    "account_id": "accounts",
    "parent_id": "accounts",
    "contact_id": "contacts",
    "candidate_id": "contacts",
    "lead_id": "leads",
    "opportunity_id": "opportunities",
    "job_order_id": "job_orders",
    "activity_id": "activities",
}
"""Columns naming a row of another table, beside those naming people (which must exist)."""

ORDERED = (
    ("leads", "created_at", "qualified_at"),
    ("leads", "created_at", "disqualified_at"),
    ("opportunities", "opened_at", "closed_at"),
    ("opportunities", "closed_at", "cancelled_at"),
    ("job_orders", "opened_at", "closed_at"),
    ("people", "hired_on", "left_on"),
    ("assignments", "valid_from", "valid_to"),
    ("absences", "starts_on", "ends_on"),
    ("accounts", "customer_since", "left_on"),
)
"""(table, the earlier date, the later date)."""

BURST = 10
"""So many activities of one person in one minute are not typed by hand."""
_EXAMPLES = 5
_LOOKED_AT = 50
_TWINS_IN = ("people", "accounts", "contacts", "leads", "opportunities", "activities", "job_orders", "transactions")
_CLOSED = {"opportunities": ("open", "closed_at"), "job_orders": ("open", "closed_at")}


@dataclass(frozen=True, slots=True)
class _Finding:
    code: str
    table: Table
    rows: str
    """A query for the odd rows."""
    sentence: str
    """With {count} for how many."""
    example: str | None = None
    """The SQL of an example; the key if none is given."""


@dataclass(frozen=True, slots=True)
class _Ground:
    batches: Sequence[Batch]
    root: Path
    new: Mapping[str, str]
    """Table -> something to select from: the rows this import brings a version of, in the order of files."""
    staged: Mapping[str, str]
    """Table -> a query for all rows of this import that come in."""


def observe(
    engine: duckdb.DuckDBPyConnection,
    changes: Sequence[Changes],
    files: Sequence[BatchFile],
    batches: Sequence[Batch],
    root: Path,
) -> tuple[Quality, ...]:
    """What is odd about the rows an import brings a version of. `files` are those written, if any were."""
    written = {file.table: read_files(root, [file]) for file in files if file.holding is Holding.ROWS}
    new = {
        c.table.name: written.get(c.table.name) or f"({c.new_rows} ORDER BY {order_of_rows(c.table)})"
        for c in changes
        if c.created or c.updated
    }
    ground = _Ground(batches, root, new, {c.table.name: c.checked.valid for c in changes})
    findings = [*_orphans(ground), *_disorder(ground), *_contradictions(ground), *_twins(ground), *_bursts(ground)]
    findings += [*_stale(ground), *_pushed(changes)]
    return tuple(note for finding in findings for note in _noted(engine, finding))


def _noted(engine: duckdb.DuckDBPyConnection, finding: _Finding) -> Iterator[Quality]:
    """The note of a finding, if there is any such row."""
    key = (f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in finding.table.key)
    example = finding.example or " || ' ' || ".join(key)
    count = (engine.execute(f"SELECT count(*) FROM ({finding.rows})").fetchone() or (0,))[0]
    if count:
        found = engine.execute(
            f"SELECT DISTINCT e FROM (SELECT {example} AS e FROM ({finding.rows}) LIMIT {_LOOKED_AT})"
        )
        shown = tuple(sorted(str(row[0]) for row in found.fetchall()))[:_EXAMPLES]
        yield Quality(finding.code, finding.table.name, count, shown, finding.sentence.format(count=count))


def _orphans(ground: _Ground) -> Iterator[_Finding]:
    """References to rows no import has brought."""
    for name, rows in ground.new.items():
        table = TABLES[name]
        for column in table.facts:
            target = LEADS_TO.get(column.name)
            if target is None or column.name in table.key and target == name:
                continue
            key = TABLES[target].key[0]
            known = f'SELECT "{key}" AS k FROM ({living(TABLES[target], ground.batches, ground.root)})'
            if target in ground.staged:
                known += f' UNION ALL SELECT "{key}" FROM ({ground.staged[target]})'
            odd = (
                f'SELECT * FROM {rows} r ANTI JOIN (SELECT DISTINCT k FROM ({known})) t ON r."{column.name}" = t.k '
                f'WHERE r."{column.name}" IS NOT NULL'
            )
            yield _Finding(
                "orphan", table, odd,
                f"{{count}} rows of {name} name a {column.name} that no {target} row has",
                f'"{column.name}"',
            )  # fmt: skip


def _disorder(ground: _Ground) -> Iterator[_Finding]:
    for name, earlier, later in ORDERED:
        if name in ground.new:
            odd = f'SELECT * FROM {ground.new[name]} WHERE "{later}" < "{earlier}"'
            sentence = f"{{count}} rows of {name} have {later} before {earlier}"
            yield _Finding("dates_out_of_order", TABLES[name], odd, sentence)


def _contradictions(ground: _Ground) -> Iterator[_Finding]:
    """A status and the dates or stage beside it that cannot both be right."""
    for name, (opened, closed_at) in _CLOSED.items():
        if name in ground.new:
            odd = f"(status = '{opened}') = (\"{closed_at}\" IS NOT NULL)"
            if name == "opportunities":
                ends = "('won', 'lost', 'closed won', 'closed lost')"
                odd += f" OR (lower(stage) IN {ends} AND NOT contains(lower(stage), CAST(status AS VARCHAR)))"
            yield _Finding(
                "flag_contradicts_stage",
                TABLES[name],
                f"SELECT * FROM {ground.new[name]} WHERE {odd}",
                f"{{count}} rows of {name} have a status that their stage or {closed_at} contradicts",
            )


def _twins(ground: _Ground) -> Iterator[_Finding]:
    """Rows alike in everything but their id: of one person at one instant, which in a file stand together."""
    for name in _TWINS_IN:
        table = TABLES[name]
        dated = main_date(table)
        if name not in ground.new or dated is None or table.owner is None:
            continue
        owner, rows = table.owner, ground.new[name]
        others = ", ".join(f'"{c.name}"' for c in table.facts if c.name not in table.key)
        moment = f'hash("{owner}", "{dated}")'
        together = f"SELECT m FROM (SELECT {moment} AS m, lag({moment}) OVER () AS before FROM {rows}) WHERE m = before"
        odd = (
            f'SELECT * FROM {rows} WHERE "{dated}" IS NOT NULL AND {moment} IN ({together}) '
            f"QUALIFY count(*) OVER (PARTITION BY {others}) > 1"
        )
        sentence = f"{{count}} rows of {name} are alike in everything but their id"
        yield _Finding("duplicate_but_id", table, odd, sentence)


def _bursts(ground: _Ground) -> Iterator[_Finding]:
    """Minutes in which a person did more than anybody can. In a file, such rows stand one after the other."""
    if "activities" not in ground.new:
        return
    before = f"lag({{}}, {BURST - 1}) OVER ()"
    odd = (
        f"SELECT DISTINCT person_id, minute FROM (SELECT person_id, minute, person_id = {before.format('person_id')} "
        f"AND minute = {before.format('minute')} AS is_burst FROM "
        f"(SELECT person_id, date_trunc('minute', \"at\") AS minute FROM {ground.new['activities']})) WHERE is_burst"
    )
    yield _Finding(
        "burst",
        TABLES["activities"],
        odd,
        f"{{count}} times a person has {BURST} or more activities in one minute: probably entered by a machine",
        "person_id || ' ' || strftime(minute, '%Y-%m-%d %H:%M')",
    )


def _stale(ground: _Ground) -> Iterator[_Finding]:
    """Cases still open that are older than nearly all closed ones ever became, on the last day of the import."""
    if "opportunities" not in ground.new:
        return
    rows = ground.new["opportunities"]
    age = "date_diff('day', CAST(opened_at AS DATE), {})"
    took = age.format("CAST(closed_at AS DATE)")
    odd = (
        f"SELECT r.* FROM {rows} r JOIN (SELECT pipeline, quantile_cont({took}, 0.95) AS long FROM {rows} "
        f"WHERE status <> 'open' AND closed_at >= opened_at GROUP BY pipeline) l USING (pipeline), "
        f"(SELECT greatest(max(opened_at), max(closed_at)) AS last_at FROM {rows}) WHERE status = 'open' "
        f"AND {age.format('CAST(last_at AS DATE)')} > long"
    )
    yield _Finding(
        "stale_open",
        TABLES["opportunities"],
        odd,
        "{count} open opportunities are older than 95 % of the closed ones ever became",
    )


def _pushed(changes: Sequence[Changes]) -> Iterator[_Finding]:
    """Open cases whose expected close moved later."""
    for change in changes:
        if change.table.name == "opportunities" and change.updated:
            odd = (
                f"SELECT n.* FROM ({change.new_rows}) n JOIN ({change.replaced}) o "
                f"ON {same_key(change.table, 'n', 'o')} "
                "WHERE n.expected_close_on > o.expected_close_on AND n.status = 'open'"
            )
            yield _Finding(
                "close_date_pushed", change.table, odd, "{count} open opportunities are now expected to close later"
            )
