"""Oddities that any import can have: reported with counts and examples, never a reason to refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from courtside.connectors.adapter import Quality
from courtside.records.tables import TABLES
from courtside.warehouse.batches import Batch, BatchFile, Holding, living, quoted, read_files
from courtside.warehouse.changes import Changes, main_date, same_key
from courtside.warehouse.findings import Finding, spellings
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

REFERRING = (
    ("opportunities", ("account_id",)),
    ("leads", ("person_id",)),
    ("leads", ("source",)),
    ("activities", ("contact_id", "account_id", "opportunity_id", "lead_id")),
    ("job_orders", ("account_id",)),
)
"""(table, columns of which a row should fill one)."""

KINDS = (
    "call", "email", "voicemail", "inmail", "meeting", "demo", "call_plan", "intake", "interview", "task", "note",
)  # fmt: skip
"""Kinds of activities. Tasks and notes, the last two, are no work with a customer by themselves."""

NO_PERSON = (
    r"(?i)\b(api|bot|queue|system|integrations?|automation|automated|workflow|sync|unassigned|nobody|no owner"
    r"|house account|web ?site|web ?form|importer|migration|service account|test user|dummy|round robin|no-?reply"
    r"|data loader|warteschlange|nicht zugewiesen|non attribu[eé]|sin asignar)\b"
)
"""What a name says that belongs to nobody."""

BURST = 10
"""So many activities of one person in one minute are not typed by hand."""
_EXAMPLES = 5
_LOOKED_AT = 50
_TWINS_IN = ("people", "accounts", "contacts", "leads", "opportunities", "activities", "job_orders", "transactions")
_CLOSED = {"opportunities": ("open", "closed_at"), "job_orders": ("open", "closed_at")}


@dataclass(frozen=True, slots=True)
class _Ground:
    batches: Sequence[Batch]
    root: Path
    new: Mapping[str, str]
    """Table -> something to select from: the rows this import brings a version of, in the order of files."""
    staged: Mapping[str, str]
    """Table -> a query for all rows of this import that come in."""
    whole: Mapping[str, str]
    """Table -> a query for the same rows as `new`, with their texts."""
    texts: Mapping[str, tuple[str, ...]]
    """Table -> the columns of its texts there."""


def observe(
    engine: duckdb.DuckDBPyConnection,
    changes: Sequence[Changes],
    files: Sequence[BatchFile],
    batches: Sequence[Batch],
    root: Path,
    told: Sequence[Quality] = (),
) -> tuple[Quality, ...]:
    """What is odd about the rows an import brings a version of. `files` are those written, if any were.

    What the connector has `told` of a table itself, such as its aliases, is not told again.
    """
    written = {file.table: read_files(root, [file]) for file in files if file.holding is Holding.ROWS}
    new = {
        c.table.name: written.get(c.table.name) or f"({c.new_rows} ORDER BY {order_of_rows(c.table)})"
        for c in changes
        if c.created or c.updated
    }
    ground = _Ground(
        batches,
        root,
        new,
        staged={c.table.name: c.checked.valid for c in changes},
        whole={c.table.name: f"({c.new_rows})" for c in changes},
        texts={c.table.name: tuple(c.checked.stage.texts.values()) for c in changes},
    )
    findings = [*_orphans(ground), *_disorder(ground), *_contradictions(ground), *_twins(ground), *_bursts(ground)]
    findings += [
        *_stale(ground),
        *_pushed(changes),
        *_before_leads(ground),
        *_machines(ground),
        *_unknown_kinds(ground),
    ]
    known = {(note.code, note.table) for note in told}
    general = [*_blanks(ground), *spellings(ground.new, batches, root)]
    findings += [finding for finding in general if (finding.code, finding.table.name) not in known]
    return tuple(note for finding in findings for note in _noted(engine, finding))


def _noted(engine: duckdb.DuckDBPyConnection, finding: Finding) -> Iterator[Quality]:
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


def _orphans(ground: _Ground) -> Iterator[Finding]:
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
                f'SELECT * FROM {rows} r ANTI JOIN ({known}) t ON r."{column.name}" = t.k '
                f'WHERE r."{column.name}" IS NOT NULL'
            )
            yield Finding(
                "orphan", table, odd,
                f"{{count}} rows of {name} name {_article(column.name)} {column.name} that no {target} row has",
                f'"{column.name}"',
            )  # fmt: skip


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _disorder(ground: _Ground) -> Iterator[Finding]:
    for name, earlier, later in ORDERED:
        if name in ground.new:
            odd = f'SELECT * FROM {ground.new[name]} WHERE "{later}" < "{earlier}"'
            sentence = f"{{count}} rows of {name} have {later} before {earlier}"
            yield Finding("dates_out_of_order", TABLES[name], odd, sentence)


def _contradictions(ground: _Ground) -> Iterator[Finding]:
    """A status and the dates or stage beside it that cannot both be right."""
    for name, (opened, closed_at) in _CLOSED.items():
        if name in ground.new:
            odd = f"(status = '{opened}') = (\"{closed_at}\" IS NOT NULL)"
            if name == "opportunities":
                ends = "('won', 'lost', 'closed won', 'closed lost')"
                odd += f" OR (lower(stage) IN {ends} AND NOT contains(lower(stage), CAST(status AS VARCHAR)))"
            yield Finding(
                "flag_contradicts_stage",
                TABLES[name],
                f"SELECT * FROM {ground.new[name]} WHERE {odd}",
                f"{{count}} rows of {name} have a status that their stage or {closed_at} contradicts",
            )


def _twins(ground: _Ground) -> Iterator[Finding]:
    """Rows alike in everything but their id: of one person at one instant, which in a file stand together."""
    for name in _TWINS_IN:
        table = TABLES[name]
        dated = main_date(table)
        if name not in ground.new or dated is None or table.owner is None:
            continue
        owner, rows = table.owner, ground.new[name]
        facts = [c.name for c in table.facts if c.name not in table.key]
        others = ", ".join(f'"{column}"' for column in (*facts, *ground.texts[name]))
        moment = f'hash("{owner}", "{dated}")'
        together = f"SELECT m FROM (SELECT {moment} AS m, lag({moment}) OVER () AS before FROM {rows}) WHERE m = before"
        odd = (
            f'SELECT * FROM {ground.whole[name]} WHERE "{dated}" IS NOT NULL AND "{owner}" IS NOT NULL '
            f"AND {moment} IN ({together}) "
            f"QUALIFY count(*) OVER (PARTITION BY {others}) > 1"
        )
        sentence = f"{{count}} rows of {name} are alike in everything but their id"
        yield Finding("duplicate_but_id", table, odd, sentence)


def _bursts(ground: _Ground) -> Iterator[Finding]:
    """Minutes in which a person did more than anybody can. In a file, such rows stand one after the other."""
    if "activities" not in ground.new:
        return
    before = f"lag({{}}, {BURST - 1}) OVER ()"
    odd = (
        f"SELECT DISTINCT person_id, minute FROM (SELECT person_id, minute, person_id = {before.format('person_id')} "
        f"AND minute = {before.format('minute')} AS is_burst FROM "
        f"(SELECT person_id, date_trunc('minute', \"at\") AS minute FROM {ground.new['activities']})) WHERE is_burst"
    )
    yield Finding(
        "burst",
        TABLES["activities"],
        odd,
        f"{{count}} times a person has {BURST} or more activities in one minute: probably entered by a machine",
        "person_id || ' ' || strftime(minute, '%Y-%m-%d %H:%M')",
    )


def _stale(ground: _Ground) -> Iterator[Finding]:
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
    yield Finding(
        "stale_open",
        TABLES["opportunities"],
        odd,
        "{count} open opportunities are older than 95 % of the closed ones ever became",
    )


def _pushed(changes: Sequence[Changes]) -> Iterator[Finding]:
    """Open cases whose expected close moved later."""
    for change in changes:
        if change.table.name == "opportunities" and change.updated:
            odd = (
                f"SELECT n.* FROM ({change.new_rows}) n JOIN ({change.replaced}) o "
                f"ON {same_key(change.table, 'n', 'o')} "
                "WHERE n.expected_close_on > o.expected_close_on AND n.status = 'open'"
            )
            yield Finding(
                "close_date_pushed", change.table, odd, "{count} open opportunities are now expected to close later"
            )


def _before_leads(ground: _Ground) -> Iterator[Finding]:
    """Opportunities that were opened or closed before the lead they came from was there."""
    if "opportunities" not in ground.new:
        return
    known = f"SELECT lead_id, created_at FROM ({living(TABLES['leads'], ground.batches, ground.root)})"
    if "leads" in ground.staged:
        known += f" UNION ALL SELECT lead_id, created_at FROM ({ground.staged['leads']})"
    of_these = f"lead_id IN (SELECT lead_id FROM {ground.new['opportunities']})"
    leads = f"(SELECT lead_id, max(created_at) AS created_at FROM ({known}) WHERE {of_these} GROUP BY lead_id)"
    for column, said in (("opened_at", "opened"), ("closed_at", "closed")):
        yield Finding(
            "dates_out_of_order",
            TABLES["opportunities"],
            f"SELECT r.* FROM {ground.new['opportunities']} r JOIN {leads} l USING (lead_id) "
            f'WHERE r."{column}" < l.created_at',
            f"{{count}} opportunities were {said} before the lead they came from was created",
        )


def _blanks(ground: _Ground) -> Iterator[Finding]:
    """Rows that refer to nothing where others of the table do."""
    for name, columns in REFERRING:
        if name not in ground.new:
            continue
        filled = " OR ".join(f'"{column}" IS NOT NULL' for column in columns)
        yield Finding(
            "blank_reference",
            TABLES[name],
            f"SELECT * FROM {ground.new[name]} WHERE NOT ({filled}) "
            f"AND EXISTS (SELECT 1 FROM {ground.new[name]} WHERE {filled})",
            f"{{count}} rows of {name} name no {' or '.join(columns)}, while others do",
        )


def _machines(ground: _Ground) -> Iterator[Finding]:
    """People who are none: queues, integrations, accounts of the house."""
    if "people" not in ground.new or "name" not in ground.texts["people"]:
        return
    yield Finding(
        "non_person_actor",
        TABLES["people"],
        f"SELECT * FROM {ground.whole['people']} WHERE regexp_matches(name, {quoted(NO_PERSON)}) "
        f"OR regexp_matches(person_id, {quoted(NO_PERSON)})",
        "{count} people are named like a queue or a program; what they did is counted as if a person had done it",
    )


def _unknown_kinds(ground: _Ground) -> Iterator[Finding]:
    """Activities of a kind no metric that ships counts."""
    if "activities" not in ground.new:
        return
    kinds = ", ".join(map(quoted, KINDS))
    yield Finding(
        "unmapped_value",
        TABLES["activities"],
        f"SELECT * FROM {ground.new['activities']} WHERE kind NOT IN ({kinds})",
        f"{{count}} activities are of a kind no metric that ships counts; those that do are {', '.join(KINDS[:-2])}",
        "kind",
    )
