"""From guesses to a mapping a person can correct: entries, what values mean, people where no file lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from courtside.connectors.adapter import Refusal
from courtside.connectors.columns import looks_protected
from courtside.connectors.delimited import Unreadable
from courtside.connectors.guess.contents import SAMPLE, Contents
from courtside.connectors.guess.meanings import meanings
from courtside.connectors.guess.score import Degree, Guess, Sheet, guess, kind_said
from courtside.connectors.guess.words import words_of
from courtside.connectors.mapping import ExportMapping, TableMapping
from courtside.connectors.rows import Rows, rows_of
from courtside.records.tables import TABLES

_OWNERS = ("person_id", "owner_id")
_DIGITS = re.compile(r"[\d._\- ]*\d+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping proposed for some files. `comments` stand above its entries; `refusals` are of unreadable files."""

    mapping: ExportMapping
    guesses: tuple[Guess, ...]
    comments: Mapping[int, str]
    refusals: tuple[Refusal, ...]

    @property
    def is_complete(self) -> bool:
        """Whether it can be used as it is: some file is mapped, and no required field is missing."""
        return bool(self.mapping.files) and not any(map(missing_in, self.mapping.files))


def missing_in(entry: TableMapping) -> tuple[str, ...]:
    """The required fields an entry says nothing of."""
    needed = (c.name for c in TABLES[entry.table].columns if c.required and c.default is None)
    return tuple(name for name in needed if name not in entry.columns and name not in entry.constants)


def sampled(rows: Rows) -> Sheet:
    """The first rows of a sheet, column by column. Raises Unreadable."""
    width = len(rows.header)
    cells: list[list[str]] = [[] for _ in range(width)]
    for record in islice(rows.records(), SAMPLE):
        for number in range(width):
            cells[number].append(record.cells[number].strip() if number < len(record.cells) else "")
    return Sheet(rows.shown_as, rows.sheet, rows.header, tuple(Contents(column) for column in cells))


def propose(paths: Sequence[Path], scratch: Path) -> Proposal:
    """A mapping for files nobody has mapped, from the names of their columns and a sample of their cells."""
    sheets: list[Sheet] = []
    refusals: list[Refusal] = []
    for path in paths:
        try:
            sheets += [sampled(rows) for rows in rows_of(path, scratch)]
        except Unreadable as fault:
            refusals.append(fault.refusal)
    guesses = tuple(guess(sheet) for sheet in sheets)
    entries = [(one, _entry(one)) for one in guesses if one.table is not None]
    told = {(one.sheet.file, one.sheet.sheet): missing_in(entry) for one, entry in entries}
    guesses = tuple(replace(one, missing=told.get((one.sheet.file, one.sheet.sheet), ())) for one in guesses)
    patterns = _patterns([one.sheet for one, _ in entries])
    files = [replace(entry, match=patterns[one.sheet.file]) for one, entry in entries]
    comments = {number: _comment(*one) for number, one in enumerate(entries)}
    files = _with_known_people(entries, files)
    people = list(_people(entries, files))
    comments |= {
        len(files) + number: "the people named by another table: no file lists them" for number in range(len(people))
    }
    return Proposal(ExportMapping((*files, *people), "the proposed mapping"), guesses, comments, tuple(refusals))


def _entry(one: Guess) -> TableMapping:
    columns = {name: found.column for name, found in one.fields.items()}
    constants: dict[str, str] = {}
    if one.table == "opportunities":
        _tell_more(columns)
    if one.table == "activities" and "kind" not in columns and (kind := kind_said(one.sheet)):
        constants["kind"] = kind
    if one.table == "opportunities" and "status" not in columns and "won" in words_of(columns.get("closed_at", "")):
        constants["status"] = "won"
    for field, instead in (("person_id", "name"), ("account_id", "name"), ("source", "campaign")):
        if field in one.missing or field not in TABLES[one.table or ""].key or field in columns:
            continue
        columns[field] = columns[instead]
    if one.table == "people" and "name" not in columns and "person_id" in columns:
        columns["name"] = columns["person_id"]
    order = [name for name in TABLES[one.table or ""].names if name in columns]
    columns = {name: columns[name] for name in order}
    values = {
        name: found
        for name, column in columns.items()
        if (found := meanings(one.table or "", name, _contents(one.sheet, column).words))
    }
    ignored = tuple(name for name in one.sheet.header if looks_protected(name))
    return TableMapping(one.sheet.file, one.table or "", columns, one.sheet.sheet, values=values, constants=constants,
                        ignore=ignored)  # fmt: skip


def _tell_more(columns: dict[str, str]) -> None:
    """What an opportunity's columns say of more than one field.

    A stage says the status; a lead that became one opportunity names it; a close date is when it closed, or
    is expected to.
    """
    if "status" not in columns and "stage" in columns:
        columns["status"] = columns["stage"]
    if "opportunity_id" not in columns and "lead_id" in columns:
        columns["opportunity_id"] = columns["lead_id"]
    if "closed_at" in columns and "expected_close_on" not in columns:
        columns["expected_close_on"] = columns["closed_at"]


def _contents(sheet: Sheet, column: str) -> Contents:
    return sheet.columns[sheet.header.index(column)]


def _comment(one: Guess, entry: TableMapping) -> str:
    lines = [f"{one.degree.value}: please look at every line before this is used"]
    unsure = [found.column for found in one.fields.values() if found.degree is not Degree.SURE]
    if unsure and one.degree is Degree.SURE:
        lines.append(f"less sure of: {', '.join(unsure)}")
    lines += [f"needs {name}: no column was found; name one, or give it under constants" for name in missing_in(entry)]
    return "\n".join(lines)


def pattern_of(file: str) -> str:
    """A pattern for the files of later exports: numbers in the name may change.

    `leads-2026-11.csv` -> `leads*.csv`; `Deals.csv` stays.
    """
    stem, dot, suffix = file.rpartition(".")
    return _DIGITS.sub("*", stem.replace("[", "[[]")) + dot + suffix if dot else file


def _patterns(sheets: Sequence[Sheet]) -> Mapping[str, str]:
    """File -> its pattern; the name itself where another file would match the pattern too, or nothing is left of it."""
    wanted = {sheet.file: pattern_of(sheet.file) for sheet in sheets}
    rough = {file: pattern if list(wanted.values()).count(pattern) == 1 else file for file, pattern in wanted.items()}
    return {file: file.replace("[", "[[]") if pattern.startswith("*.") else pattern for file, pattern in rough.items()}


def _with_known_people(entries: Sequence[tuple[Guess, TableMapping]], files: list[TableMapping]) -> list[TableMapping]:
    """Let people be known by the column whose texts the other tables use, be it their id or their name."""
    spoken = frozenset().union(
        *(_contents(one.sheet, e.columns[n]).words for one, e in entries if one.table != "people" for n in _owners(e))
    )
    for number, (one, entry) in enumerate(entries):
        if one.table != "people" or not spoken or "person_id" not in entry.columns:
            continue
        own = _contents(one.sheet, entry.columns["person_id"]).words
        rival = max(one.sheet.header, key=lambda name: len(spoken & _contents(one.sheet, name).words))
        if not spoken & own and len(spoken & _contents(one.sheet, rival).words) >= len(spoken) / 2:
            files[number] = replace(files[number], columns={**entry.columns, "person_id": rival})
    return files


def _owners(entry: TableMapping) -> Iterator[str]:
    return (name for name in _OWNERS if name in entry.columns)


def _people(entries: Sequence[tuple[Guess, TableMapping]], files: Sequence[TableMapping]) -> Iterator[TableMapping]:
    """Entries that make people of those other tables name, where no file lists people."""
    if any(one.table == "people" for one, _ in entries):
        return
    for entry in files:
        for name in _owners(entry):
            column = entry.columns[name]
            yield TableMapping(entry.match, "people", {"person_id": column, "name": column}, entry.sheet)
