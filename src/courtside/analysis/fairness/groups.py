"""Which group each person belongs to, as HR states it in a file of its own: one column a grouping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from pathlib import Path

from courtside.connectors import delimited
from courtside.connectors.adapter import Refusal

PERSON = "person_id"
FROM_RECORDS = ("role", "tenure", "region", "team", "manager")
"""Groupings the records hold already: a second account of them would only disagree."""
LONGEST = 80
Groups = Mapping[str, Mapping[str, str]]
"""Grouping -> person -> group. Who is in no group of a grouping has not been stated."""


class UnreadableGroups(Exception):
    """A file of groups that cannot be used, with every reason: `file:line:column: 'value' why; what mends it`."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__(lines[0])
        self.lines = tuple(lines)


def read_groups(path: Path, known: AbstractSet[str] = frozenset()) -> Groups:
    """The groups in a CSV file whose first column is `person_id`; an empty cell is not stated.

    Nothing is taken in from a file with a fault. With `known`, nobody else may be in it. Raises UnreadableGroups.
    """
    try:
        header = delimited.read_header(path, path.name)
        rows = [row for row in delimited.records(path, path.name, header.delimiter) if row.line != header.line]
    except delimited.Unreadable as fault:
        raise UnreadableGroups([_in_words(fault.refusal, 1)]) from None
    except OSError as error:
        raise UnreadableGroups([f"{path.name}:1:1: this file cannot be read: {error.strerror}"]) from None
    faults = list(_faults_of_header(path.name, header)) or list(_faults_of_rows(path.name, header, rows, known))
    if faults:
        raise UnreadableGroups(faults)
    at = header.names.index(PERSON)
    return {
        name: {row.cells[at].strip(): row.cells[n].strip() for row in rows if row.cells[n].strip()}
        for n, name in enumerate(header.names)
        if n != at
    }


def _faults_of_header(file: str, header: delimited.Header) -> Iterator[str]:
    place = f"{file}:{header.line}"
    if PERSON not in header.names:
        yield f"{place}:1: {header.names[0]!r} no column is called {PERSON}; name the one that says who it is so"
    if len(header.names) < 2:
        yield f"{place}:1: there is no grouping; add a column for each, such as a location"
    for n, name in enumerate(header.names, 1):
        if not name:
            yield f"{place}:{n}: '' this column has no name; give it one or leave it out"
        elif header.names.index(name) + 1 < n:
            yield f"{place}:{n}: {name!r} a column before has this name too; leave one of them out"
        elif name.lower() in FROM_RECORDS:
            yield f"{place}:{n}: {name!r} this is taken from the records; leave the column out"
        elif fault := _fault_of_text(name):
            yield f"{place}:{n}: {name!r} {fault}"


def _faults_of_rows(
    file: str, header: delimited.Header, rows: Sequence[delimited.Record], known: AbstractSet[str]
) -> Iterator[str]:
    at, width = header.names.index(PERSON), len(header.names)
    seen: dict[str, int] = {}
    for row in rows:
        if not delimited.fits(row, width):
            yield _in_words(delimited.uneven(file, row, width), min(len(row.cells), width))
            continue
        person = row.cells[at].strip()
        if fault := _fault_of_person(person, seen, known):
            yield f"{file}:{row.line}:{at + 1}: {person!r} {fault}"
        seen.setdefault(person, row.line)
        for n, cell in enumerate(row.cells[:width], 1):
            if n - 1 != at and (fault := _fault_of_text(cell.strip())):
                yield f"{file}:{row.line}:{n}: {cell[:LONGEST]!r} {fault}"
    if not rows:
        yield f"{file}:{header.line}:1: nobody is in this file; write a line for each person"


def _fault_of_person(person: str, seen: Mapping[str, int], known: AbstractSet[str]) -> str:
    if not person:
        return "nobody is named; write the id the records have"
    if person in seen:
        return f"this person is on line {seen[person]} already; keep one of the two"
    if known and person not in known:
        near = get_close_matches(person, known, n=3, cutoff=0.6)
        return f"nobody in the records has this id; {'nearest: ' + ', '.join(near) if near else 'mend it'}"
    return ""


def _fault_of_text(text: str) -> str:
    if len(text) > LONGEST:
        return f"a group's name may have up to {LONGEST} characters; shorten it"
    return "" if text.isprintable() else "this holds characters that cannot be printed; type it anew"


def _in_words(refusal: Refusal, column: int) -> str:
    value = "" if refusal.value is None else f"{refusal.value!r} "
    return f"{refusal.file}:{refusal.line or 1}:{column}: {value}{refusal.mend}"
