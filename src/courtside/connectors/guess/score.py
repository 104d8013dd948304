"""Which table the rows of a file belong to, and which column is which field, with how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from courtside.connectors.columns import looks_protected
from courtside.connectors.guess.contents import Contents
from courtside.connectors.guess.fields import ENTITIES, FIELDS
from courtside.connectors.guess.words import words_of
from courtside.records.tables import TABLES, Column, Kind


class Degree(Enum):
    """How far a guess can be trusted. Even a sure one is only proposed: a person confirms it."""

    SURE = "sure"
    PROPOSED = "proposed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of one file or sheet with a sample of their cells, in the order of `header`."""

    file: str
    sheet: str | None
    header: tuple[str, ...]
    columns: tuple[Contents, ...]


@dataclass(frozen=True, slots=True)
class FieldGuess:
    """The column a field is taken to come from."""

    column: str
    degree: Degree
    points: float


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sheet is taken to hold. `missing` are required fields no column was found for."""

    sheet: Sheet
    table: str | None
    degree: Degree
    fields: Mapping[str, FieldGuess] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    points: float = 0.0


_EXACT, _NEARLY = 1.0, 0.5
_LEAST = 4.0
"""Points below which a sheet is taken to hold none of the tables."""
_CLEAR = 2.0
"""Points by which the best table must lead for the guess to be sure."""
_VERSIONED = (("valid", "start"), ("valid", "end"), ("fivetran", "start"), ("fivetran", "end"), ("previous", "value"))
_STATED = ("people", "accounts", "contacts", "leads", "activities", "job_orders", "opportunities", "transactions")
_FALLBACKS: Mapping[tuple[str, str], str] = {
    ("opportunities", "status"): "stage",
    ("people", "person_id"): "name",
    ("accounts", "account_id"): "name",
    ("activities", "kind"): "",
    ("spend", "source"): "campaign",
    ("opportunities", "opportunity_id"): "lead_id",
}
"""Required fields that may be told by another one, or by what the rows are called."""


def _named(words: tuple[str, ...], phrases: Sequence[tuple[str, ...]]) -> float:
    """How well a column's name says a field: 1 for one of its phrases (the later, the less), half for nearly one."""
    best = 0.0
    have = frozenset(words)
    for number, phrase in enumerate(phrases):
        wanted = frozenset(phrase)
        if wanted == have:
            best = max(best, _EXACT - 0.02 * number)
        elif len(phrase) > 1 and wanted < have and len(have - wanted) == 1 and not have & _DIVERTING:
            best = max(best, _NEARLY - 0.01 * number)
    return best


_OTHER_MATTERS = (
    "deleted synced is has next viewed referenced activated description reason by mod system template line master "
    "parent previous history record form fivetran code country state city address phone external year probability"
)
_DIVERTING = frozenset(_OTHER_MATTERS.split())
"""Words that make a name mean something else than it would without them."""


def _candidates(sheet: Sheet, table: str) -> Iterator[tuple[float, str, int, float]]:
    """(points, field, number of the column, how well the name says it), for every column that may be a field."""
    for name, phrases in FIELDS[table].items():
        column = TABLES[table].column(name)
        for number, header in enumerate(sheet.header):
            said = _named(words_of(header), phrases)
            if not said or looks_protected(header):
                continue
            suits = sheet.columns[number].suits(column)
            if suits is False:
                continue
            points = said if suits else said * 0.8
            yield points, name, number, said


def _assigned(sheet: Sheet, table: str) -> dict[str, tuple[int, float, bool]]:
    """Field -> (column, how well it is named, whether no other column is named as well): the best first."""
    found: dict[str, tuple[int, float, bool]] = {}
    taken: set[int] = set()
    ranked = sorted(_candidates(sheet, table), key=lambda one: (-one[0], list(FIELDS[table]).index(one[1]), one[2]))
    for _, name, number, said in ranked:
        if name in found or number in taken:
            continue
        rivals = [
            other
            for _, n, other, s in ranked
            if n == name and s > _NEARLY and _thing(sheet, other) != _thing(sheet, number)
        ]
        found[name] = (number, said, not rivals)
        taken.add(number)
    return found


def _thing(sheet: Sheet, number: int) -> frozenset[str]:
    """What a column is about, whether it gives the thing's id or its name: `Owner`, `Owner Id`."""
    return frozenset(words_of(sheet.header[number])) - {"id", "name"}


def _needed(table: str) -> list[Column]:
    return [c for c in TABLES[table].columns if c.required and c.default is None]


def _has_own_name(sheet: Sheet, table: str, found: Mapping[str, tuple[int, float, bool]]) -> bool:
    """Whether the key's column says what a row is: `deal_id`, not `id`."""
    key = TABLES[table].key[0]
    if key not in found:
        return False
    words = words_of(sheet.header[found[key][0]])
    return any(entity in words for entity in ENTITIES.get(table, ()))


def _titled(sheet: Sheet, table: str) -> bool:
    """Whether the file or sheet is called like the rows of the table: a hint, no more."""
    words = words_of((sheet.sheet or sheet.file).rsplit(".", 1)[0])
    return any(entity in words for entity in ENTITIES.get(table, ())) and "history" not in words


def _is_key_once(sheet: Sheet, table: str, found: Mapping[str, tuple[int, float, bool]]) -> bool:
    """Whether the column of a one-column key holds every value once, as a key must."""
    key = TABLES[table].key
    if len(key) != 1 or key[0] not in found:
        return True
    contents = sheet.columns[found[key[0]][0]]
    return contents.are_unique or not contents.cells


def _points(sheet: Sheet, table: str, found: Mapping[str, tuple[int, float, bool]]) -> float:
    needed = {column.name for column in _needed(table)}
    points = 0.0
    for name, (_, said, _) in found.items():
        points += (said if said > _NEARLY else said / 2) * (2.0 if name in needed else 1.0)
    for name in needed - found.keys():
        points -= 0.5 if _FALLBACKS.get((table, name)) in found or (table, name) in _FALLBACKS else 2.0
    if _has_own_name(sheet, table, found):
        points += 2.0
    if table in _STATED and _titled(sheet, table):
        points += 3.5
    elif not _has_own_name(sheet, table, found) and not _TELLING.get(table, frozenset()) & found.keys():
        points -= 3.0
    points += min(_mentions(sheet, table), 4) * 0.4
    if not _is_key_once(sheet, table, found):
        points -= 4.0
    return points


def _mentions(sheet: Sheet, table: str) -> int:
    """How many columns are named for what a row is, ids of other rows not counted: `Deal Name`, `Deal Owner`."""
    entities = set(ENTITIES.get(table, ()))
    names = (words_of(name) for name in sheet.header)
    return sum(bool(entities & set(words)) and words[-1] not in ("id", "source") for words in names)


_TELLING: Mapping[str, frozenset[str]] = {
    "people": frozenset({"email", "hired_on"}),
    "accounts": frozenset({"industry", "employees", "annual_revenue"}),
    "contacts": frozenset({"account_id"}),
    "leads": frozenset({"source", "campaign"}),
    "activities": frozenset({"direction", "duration_s", "outcome"}),
    "opportunities": frozenset({"stage", "amount", "closed_at"}),
    "transactions": frozenset({"amount"}),
    "stage_changes": frozenset({"stage"}),
    "spend": frozenset({"amount"}),
    "assignments": frozenset({"manager_id", "team", "region"}),
    "absences": frozenset({"kind"}),
    "surveys": frozenset({"score"}),
}
"""Fields that few other tables have."""


def _is_versioned(sheet: Sheet) -> bool:
    """Whether rows are versions of something, with the times from when to when each held."""
    names = {words_of(name) for name in sheet.header}
    return any(set(pair) <= set(words) for words in names for pair in _VERSIONED)


def _missing(table: str, found: Mapping[str, tuple[int, float, bool]], sheet: Sheet) -> tuple[str, ...]:
    missing = []
    for column in _needed(table):
        instead = _FALLBACKS.get((table, column.name))
        told = instead in found if instead else column.name == "kind" and kind_said(sheet) is not None
        if column.name not in found and not told:
            missing.append(column.name)
    return tuple(missing)


KINDS_SAID = {"call": "call", "meeting": "meeting", "event": "meeting", "interview": "interview", "email": "email",
              "task": "task"}  # fmt: skip
"""What activities are when their columns, or their file, are named for it."""


def kind_said(sheet: Sheet) -> str | None:
    """The kind of activity the names of columns, else of the file, speak of; None if of none or several."""
    spoken = [word for name in sheet.header for word in words_of(name) if word in KINDS_SAID]
    most = max(set(spoken), key=spoken.count, default=None)
    if most is not None and spoken.count(most) >= 2 and spoken.count(most) > len(spoken) / 2:
        return KINDS_SAID[most]
    titled = [KINDS_SAID[w] for w in words_of((sheet.sheet or sheet.file).rsplit(".", 1)[0]) if w in KINDS_SAID]
    return titled[0] if len(set(titled)) == 1 else None


def guess(sheet: Sheet) -> Guess:
    """What a sheet is taken to hold: one of the tables, or none.

    A guess is sure only if every required field was found under a name that says just that, with contents that
    suit it, no other table comes near, and the rows are not versions of something.
    """
    ranked = []
    for table in FIELDS:
        found = _assigned(sheet, table)
        needed = {column.name for column in _needed(table)}
        told = {field for (of, field), instead in _FALLBACKS.items() if of == table and instead in found}
        if len(found) >= 2 and len(needed & (found.keys() | told)) * 2 >= len(needed):
            ranked.append((_points(sheet, table, found), table, found))
    ranked.sort(key=lambda one: -one[0])
    if not ranked or ranked[0][0] < _LEAST:
        return Guess(sheet, None, Degree.NONE)
    points, table, found = ranked[0]
    missing = _missing(table, found, sheet)
    lead = points - (ranked[1][0] if len(ranked) > 1 else 0.0)
    is_sure = lead >= _CLEAR and not missing and _is_certain(sheet, table, found)
    fields = {
        name: FieldGuess(sheet.header[number], _degree(sheet, table, name, found, is_sure=is_sure), said)
        for name, (number, said, _) in found.items()
    }
    return Guess(sheet, table, Degree.SURE if is_sure else Degree.PROPOSED, fields, missing, points)


def _is_certain(sheet: Sheet, table: str, found: Mapping[str, tuple[int, float, bool]]) -> bool:
    needed = {column.name for column in _needed(table)}
    exact = [name for name, (_, said, alone) in found.items() if said > _NEARLY and alone]
    return (
        needed <= set(exact)
        and (_has_own_name(sheet, table, found) or len(exact) >= 5)
        and _is_key_once(sheet, table, found)
        and len(sheet.columns[0].cells) >= 5
        and not _is_versioned(sheet)
    )


def _degree(
    sheet: Sheet, table: str, name: str, found: Mapping[str, tuple[int, float, bool]], *, is_sure: bool
) -> Degree:
    number, said, alone = found[name]
    suits = sheet.columns[number].suits(TABLES[table].column(name))
    certain = is_sure and said > _NEARLY and alone and suits is True
    if TABLES[table].column(name).kind in (Kind.TIME, Kind.DATE) and name in ("at", "closed_at", "created_at"):
        certain = certain and said >= 0.9
    return Degree.SURE if certain else Degree.PROPOSED
