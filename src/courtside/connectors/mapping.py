"""A mapping: which column of an export is which field of a record table; its file is read and written here."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from courtside.connectors.adapter import EXTRA, Refusal
from courtside.connectors.dates import ORDERS, DateOrder
from courtside.records.tables import TABLES, Table

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

Place = tuple[int, int]
"""Line and column in the file of a mapping, the first being 1."""

LARGEST = 1_000_000
"""Bytes a mapping file may have."""
_KEYS = ("match", "sheet", "table", "date_order", "decimal", "zone", "columns", "values", "constants", "ignore")
_DECIMALS = (".", ",")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One entry: how the files (and sheets) it matches become rows of one table.

    `columns` says from which column a field comes; `values` what a cell stands for, field by field;
    `constants` give fields the file lacks. Columns in `ignore` never come in. Further columns of a file
    are kept as extra ones by the first entry that matches it. `places` are those of the keys in the mapping file.
    """

    match: str
    table: str
    columns: Mapping[str, str]
    sheet: str | None = None
    date_order: DateOrder | None = None
    decimal: str | None = None
    zone: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def is_for(self, file: str, sheet: str | None) -> bool:
        """Whether it matches a file and sheet. Capitals make no difference."""
        if not fnmatchcase(file.casefold(), self.match.casefold()):
            return False
        return self.sheet is None or (sheet is not None and fnmatchcase(sheet.casefold(), self.sheet.casefold()))


@dataclass(frozen=True, slots=True)
class ExportMapping:
    """How an export becomes records. `shown_as` is the name of its file, for refusals."""

    files: tuple[TableMapping, ...]
    shown_as: str = field(default="the mapping", compare=False)

    def answered(self, answers: Mapping[str, str]) -> ExportMapping:
        """With `date_order` and `decimal` answered, where it does not say them itself."""
        order, decimal = ORDERS.get(answers.get("date_order", "")), answers.get("decimal")
        return replace(
            self,
            files=tuple(
                replace(one, date_order=one.date_order or order, decimal=one.decimal or decimal) for one in self.files
            ),
        )

    def refusal(self, entry: TableMapping, key: str, value: str, reason: str, mend: str) -> Refusal:
        """Something wrong with an entry, at the place of a key; a key is written `columns.lead_id`."""
        line, column = entry.places.get(key, entry.places.get(key.split(".")[0], (None, None)))
        return Refusal(self.shown_as, None, line, None if column is None else str(column), value, reason, mend)


class BadMapping(Exception):
    """A mapping that cannot be used, with everything that is wrong about it."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(refusals[0].mend)
        self.refusals = refusals


def nearest(name: str, names: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    """The words that name the nearest names, or some of those there are."""
    known = sorted(names)
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        return f"nearest: {', '.join(near)}"
    return f"there is: {', '.join(known[:12])}{' …' if len(known) > 12 else ''}"


class _Reader:
    """Reads the nodes of one file and gathers what is wrong."""

    def __init__(self, shown_as: str) -> None:
        self.shown_as = shown_as
        self.refusals: list[Refusal] = []

    def refuse(self, place: Place, value: str | None, reason: str, mend: str) -> None:
        self.refusals.append(Refusal(self.shown_as, None, place[0], str(place[1]), value, reason, mend))

    def pairs(self, node: Node, what: str) -> Iterator[tuple[str, Place, Node]]:
        """The keys of a mapping node with their places and values; each key once."""
        from ruamel.yaml.nodes import MappingNode, ScalarNode  # noqa: PLC0415  (slow to import)

        if not isinstance(node, MappingNode):
            self.refuse(_place(node), None, "wrong_shape", f"{what} is written as lines of `name: value`")
            return
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.refuse(_place(key), None, "wrong_shape", f"{what}: a name is expected here")
            elif key.value in seen:
                self.refuse(_place(key), key.value, "duplicate_key", f"{what} names {key.value} twice; keep one")
            else:
                seen.add(key.value)
                yield key.value, _place(key), value

    def text(self, node: Node, what: str) -> str:
        from ruamel.yaml.nodes import ScalarNode  # noqa: PLC0415

        if isinstance(node, ScalarNode):
            return str(node.value)
        self.refuse(_place(node), None, "wrong_shape", f"{what} is one text")
        return ""

    def texts(self, node: Node, what: str) -> Iterator[tuple[str, Place, str, Place]]:
        for key, place, value in self.pairs(node, what):
            yield key, place, self.text(value, f"{what}.{key}"), _place(value)

    def items(self, node: Node, what: str) -> list[Node]:
        from ruamel.yaml.nodes import SequenceNode  # noqa: PLC0415

        if isinstance(node, SequenceNode):
            return list(node.value)
        self.refuse(_place(node), None, "wrong_shape", f"{what} is a list")
        return []

    def one_of(self, value: str, place: Place, what: str, known: tuple[str, ...] | list[str]) -> bool:
        if value in known:
            return True
        self.refuse(place, value, "not_one_of", f"{value!r} is no {what}; {nearest(value, list(known))}")
        return False


def _place(node: Any) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _is_field(table: Table, name: str) -> bool:
    return name in table.names or (name.startswith(EXTRA) and len(name) > len(EXTRA))


def _entry(reader: _Reader, node: Node) -> TableMapping | None:
    """One entry, or None if it is not even known what table it feeds."""
    found: dict[str, tuple[Place, Node]] = {}
    for key, place, value in reader.pairs(node, "an entry of files"):
        if reader.one_of(key, place, "key of an entry", _KEYS):
            found[key] = (place, value)
    for key in ("match", "table", "columns"):
        if key not in found:
            reader.refuse(_place(node), None, "missing_key", f"this entry of files needs a line `{key}: …`")
    if "table" not in found or "match" not in found:
        return None
    name = reader.text(found["table"][1], "table")
    if not reader.one_of(name, _place(found["table"][1]), "record table", tuple(TABLES)):
        return None
    places = {key: place for key, (place, _) in found.items()}
    plain = {key: _setting(reader, key, found) for key in ("match", "sheet", "date_order", "decimal", "zone")}
    columns = _fields(reader, TABLES[name], "columns", found, places)
    entry = TableMapping(
        match=plain["match"] or "*", table=name, columns=columns, sheet=plain["sheet"],
        date_order=ORDERS.get(plain["date_order"] or ""), decimal=plain["decimal"], zone=plain["zone"],
        values=_values(reader, TABLES[name], found, columns, places),
        constants=_fields(reader, TABLES[name], "constants", found, places),
        ignore=_ignored(reader, found), places=places,
    )  # fmt: skip
    _check_required(reader, entry, _place(node))
    return entry


def _setting(reader: _Reader, key: str, found: Mapping[str, tuple[Place, Node]]) -> str | None:
    if key not in found:
        return None
    _, node = found[key]
    value = reader.text(node, key)
    known: Mapping[str, tuple[str, tuple[str, ...] | list[str]]] = {
        "date_order": ("order of day, month and year", tuple(ORDERS)),
        "decimal": ("decimal mark", _DECIMALS),
    }
    if key in known and not reader.one_of(value, _place(node), *known[key]):
        return None
    if key == "zone" and not reader.one_of(value, _place(node), "time zone", sorted(available_timezones())):
        return None
    return value


def _fields(
    reader: _Reader, table: Table, key: str, found: Mapping[str, tuple[Place, Node]], places: dict[str, Place]
) -> dict[str, str]:
    """`columns` or `constants`: field -> text. The places of the texts are added to `places`."""
    fields: dict[str, str] = {}
    if key not in found:
        return fields
    for name, place, text, at in reader.texts(found[key][1], key):
        if not _is_field(table, name):
            mend = f"{table.name} has no field {name!r}; {nearest(name, table.names)}; others are written extra.NAME"
            reader.refuse(place, name, "unknown_field", mend)
            continue
        fields[name] = text
        places[f"{key}.{name}"] = at
        if key == "constants":
            _check_choice(reader, table, name, text, at)
    return fields


def _check_choice(reader: _Reader, table: Table, name: str, text: str, place: Place) -> None:
    choices = table.column(name).choices if name in table.names else ()
    if choices and text:
        reader.one_of(text, place, f"{name} of {table.name}", choices)


def _values(
    reader: _Reader,
    table: Table,
    found: Mapping[str, tuple[Place, Node]],
    columns: Mapping[str, str],
    places: dict[str, Place],
) -> dict[str, Mapping[str, str]]:
    values: dict[str, Mapping[str, str]] = {}
    if "values" not in found:
        return values
    for name, place, node in reader.pairs(found["values"][1], "values"):
        if not reader.one_of(name, place, "field of columns", tuple(columns)):
            continue
        places[f"values.{name}"] = place
        values[name] = {}
        for said, _, meant, at in reader.texts(node, f"values.{name}"):
            values[name] = {**values[name], said: meant}
            _check_choice(reader, table, name, meant, at)
    return values


def _ignored(reader: _Reader, found: Mapping[str, tuple[Place, Node]]) -> tuple[str, ...]:
    if "ignore" not in found:
        return ()
    return tuple(reader.text(item, "ignore") for item in reader.items(found["ignore"][1], "ignore"))


def _check_required(reader: _Reader, entry: TableMapping, place: Place) -> None:
    for column in TABLES[entry.table].columns:
        if not column.required or column.default is not None:
            continue
        if column.name not in entry.columns and not entry.constants.get(column.name):
            mend = (
                f"{entry.table} needs {column.name} ({column.kind.value}); name its column, or give it under constants"
            )
            reader.refuse(entry.places.get("columns", place), column.name, "missing_column", mend)


def read_mapping(text: str, shown_as: str) -> ExportMapping:
    """A mapping from its YAML. Raises BadMapping with every fault, each with its line and column.

    The shape is `{connector: mapped, files: [{match: "*.csv", table: leads, columns: {lead_id: Id}}]}`.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  (slow to import)
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    reader = _Reader(shown_as)
    if len(text) > LARGEST:
        reader.refuse((1, 1), None, "too_large", "a mapping is a page of text; this is something else")
        raise BadMapping(tuple(reader.refusals))
    try:
        node = YAML(typ="rt", pure=True).compose(io.StringIO(text))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        reader.refuse(
            place, None, "not_yaml", f"{getattr(error, 'problem', None) or 'this is not YAML'}; mend the file"
        )
        raise BadMapping(tuple(reader.refusals)) from None
    entries = list(_entries(reader, node)) if node is not None else []
    if not entries and not reader.refusals:
        reader.refuse(
            (1, 1), None, "missing_key", "a mapping has `connector: mapped` and at least one entry of `files`"
        )
    if reader.refusals:
        raise BadMapping(tuple(reader.refusals))
    return ExportMapping(tuple(entries), shown_as)


def _entries(reader: _Reader, node: Node) -> Iterator[TableMapping]:
    found = {key: (place, value) for key, place, value in reader.pairs(node, "a mapping")}
    for key, (place, _) in found.items():
        reader.one_of(key, place, "key of a mapping", ("connector", "files"))
    if "connector" in found:
        said = reader.text(found["connector"][1], "connector")
        reader.one_of(said, _place(found["connector"][1]), "connector that reads a mapping", ("mapped",))
    else:
        reader.refuse(_place(node), None, "missing_key", "a mapping begins with the line `connector: mapped`")
    if "files" in found:
        for item in reader.items(found["files"][1], "files"):
            entry = _entry(reader, item)
            if entry is not None:
                yield entry


def write_mapping(mapping: ExportMapping, comments: Mapping[int, str] | None = None) -> str:
    """The YAML of a mapping; `read_mapping` gives the same mapping back. `comments` stand above entries, by number."""
    lines = ["connector: mapped", "files:"]
    for number, entry in enumerate(mapping.files):
        lines += [f"  # {line}" for line in (comments or {}).get(number, "").splitlines()]
        lines += [f"  {'- ' if first else '  '}{line}" for first, line in _numbered(_entry_lines(entry))]
    return "\n".join(lines) + "\n"


def _numbered(lines: list[str]) -> Iterator[tuple[bool, str]]:
    for number, line in enumerate(lines):
        yield number == 0, line


def _entry_lines(entry: TableMapping) -> list[str]:
    lines = [f"match: {_scalar(entry.match)}"]
    if entry.sheet is not None:
        lines.append(f"sheet: {_scalar(entry.sheet)}")
    lines.append(f"table: {entry.table}")
    for key in ("date_order", "decimal", "zone"):
        value = getattr(entry, key)
        lines += [f"{key}: {_scalar(value)}"] if value is not None else []
    lines += ["columns:" if entry.columns else "columns: {}"]
    lines += [f"  {_scalar(name)}: {_scalar(column)}" for name, column in entry.columns.items()]
    if entry.values:
        lines.append("values:")
        for name, meant in entry.values.items():
            lines.append(f"  {_scalar(name)}:" if meant else f"  {_scalar(name)}: {{}}")
            lines += [f"    {_scalar(said)}: {_scalar(means)}" for said, means in meant.items()]
    if entry.constants:
        lines.append("constants:")
        lines += [f"  {_scalar(name)}: {_scalar(value)}" for name, value in entry.constants.items()]
    if entry.ignore:
        lines.append("ignore:")
        lines += [f"  - {_scalar(name)}" for name in entry.ignore]
    return lines


def _scalar(text: str) -> str:
    """A text as YAML: bare where nothing in it could be taken for anything else, else in quotation marks."""
    if text and text[0].isalpha() and all(c.isalnum() or c in "_-./" for c in text) and text.isascii():
        return text if text.lower() not in ("true", "false", "null", "yes", "no", "on", "off") else f'"{text}"'
    escaped = "".join(_ESCAPES.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
    return f'"{escaped}"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
