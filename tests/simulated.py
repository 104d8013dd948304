"""Simulated companies for tests: their files read back, row by row and person by person."""

from __future__ import annotations

import csv
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from courtside.simulate.company import simulate
from courtside.simulate.setting import Setting

UNTIL = date(2026, 10, 31)
SMALL = {"people": 24, "months": 6}
OWNERS = {"accounts": "owner_id", "contacts": "contact_id"}
"""The column that says whose a row is, where it is not `person_id`; a contact's number begins with its owner's."""


def seeds(count: int) -> list[int]:
    """Seeds drawn now and printed, so that a failure can be repeated."""
    drawn = [random.randrange(2**32) for _ in range(count)]
    sys.stdout.write(f"seeds {drawn}\n")
    return drawn


@dataclass(frozen=True)
class Company:
    """A company in a folder."""

    folder: Path

    @cached_property
    def truth(self) -> Mapping[str, Any]:
        """What is true of it."""
        found: Mapping[str, Any] = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        return found

    @property
    def tables(self) -> list[str]:
        """The tables it has."""
        return sorted(path.stem for path in self.folder.glob("*.csv"))

    def rows(self, table: str) -> Iterator[dict[str, str]]:
        """The rows of a table."""
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    def story(self, name: str) -> Mapping[str, Any]:
        """One story's truth."""
        return next(story for story in self.truth["stories"] if story["story"] == name)

    def by_person(self) -> Mapping[tuple[str, str], list[str]]:
        """The lines of every table by table and person; what is nobody's stands under an empty person."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for table in self.tables:
            with (self.folder / f"{table}.csv").open(encoding="utf-8") as file:
                names = file.readline().rstrip("\n").split(",")
                owner = names.index(OWNERS.get(table, "person_id")) if _is_owned(table, names) else None
                for line in file:
                    cell = "" if owner is None else line.rstrip("\n").split(",")[owner]
                    found[table, f"P{cell[1:6]}" if cell else _scope(table, line)].append(line)
        return found


def _is_owned(table: str, names: list[str]) -> bool:
    return OWNERS.get(table, "person_id") in names


def _scope(table: str, line: str) -> str:
    scope = line.split(",")[1] if table == "targets" else ""
    return scope.removeprefix("person:") if scope.startswith("person:") else ""


def made(folder: Path, **asked: Any) -> Company:
    """A company, small unless asked otherwise."""
    simulate(Setting(**{"until": UNTIL, **SMALL, **asked}), folder, lambda _: None)
    return Company(folder)


def differing(one: Company, other: Company) -> dict[str, set[str]]:
    """Person -> tables in which that person's lines differ, in content or order."""
    left, right = one.by_person(), other.by_person()
    found: dict[str, set[str]] = defaultdict(set)
    for table, person in left.keys() | right.keys():
        if left.get((table, person)) != right.get((table, person)):
            found[person].add(table)
    return found
