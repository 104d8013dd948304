"""A small firm as files of record tables, and what a workspace says about it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.asking import Asking

Rows = Sequence[Mapping[str, Any]]

PEOPLE: Rows = (
    {"person_id": "P1", "name": "Rae Ortiz", "email": "rae@firm.example", "role": "seller"},
    {"person_id": "P2", "name": "Tom Bell", "email": "tom@firm.example", "role": "seller"},
    {"person_id": "P3", "name": "Maya Lind", "email": "maya@firm.example", "role": "manager"},
)
ASSIGNMENTS: Rows = (
    {"person_id": "P1", "valid_from": "2025-01-01", "manager_id": "P3", "team": "North"},
    {"person_id": "P2", "valid_from": "2025-01-01", "valid_to": "2026-02-01", "manager_id": "P3", "team": "North"},
    {"person_id": "P2", "valid_from": "2026-02-01", "manager_id": "P3", "team": "South"},
)
ACCOUNTS: Rows = tuple({"account_id": f"A{n}", "name": f"Firm {n}", "employees": 40 * n} for n in range(1, 5))
LEADS: Rows = tuple(
    {
        "lead_id": f"L{n}",
        "person_id": f"P{n % 2 + 1}",
        "source": ("web", "event")[n % 2],
        "created_at": f"2026-01-{n % 28 + 1:02}T09:00",
        "account_id": f"A{n % 4 + 1}",
    }
    for n in range(30)
)
OPPORTUNITIES: Rows = tuple(
    {
        "opportunity_id": f"O{n}",
        "person_id": f"P{n % 2 + 1}",
        "lead_id": f"L{n}",
        "account_id": f"A{n % 4 + 1}",
        "opened_at": f"2026-01-{n % 28 + 1:02}T10:00",
        "closed_at": f"2026-02-{n % 28 + 1:02}T10:00" if n % 3 else "",
        "status": ("open", "won", "lost")[n % 3],
        "amount": f"{1000 + n}.50",
    }
    for n in range(30)
)
ACTIVITIES: Rows = tuple(
    {
        "activity_id": f"C{n}",
        "person_id": f"P{n % 2 + 1}",
        "at": f"2026-{n % 2 + 1:02}-{n % 28 + 1:02}T{8 + n % 9:02}:00",
        "kind": ("call", "email", "meeting")[n % 3],
        "account_id": f"A{n % 4 + 1}",
        "duration_s": 60 * n,
    }
    for n in range(120)
)
TABLES: Mapping[str, Rows] = {
    "people": PEOPLE,
    "assignments": ASSIGNMENTS,
    "accounts": ACCOUNTS,
    "leads": LEADS,
    "opportunities": OPPORTUNITIES,
    "activities": ACTIVITIES,
}

QUESTIONS = (
    ("dials", "--by", "person", "--grain", "month"),
    ("prospects_approached", "--by", "team", "--grain", "week"),
    ("closing_rate", "--by", "source"),
    ("revenue", "--by", "account_size"),
)
_RANGE = ("--from", "2026-01-01", "--to", "2026-02-28", "--as-of", "2026-03-31")


def write_table(folder: Path, table: str, rows: Iterable[Mapping[str, Any]], name: str | None = None) -> Path:
    """A CSV file of a record table."""
    rows = list(rows)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name or table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_firm(folder: Path, tables: Mapping[str, Rows] = TABLES) -> Path:
    """The firm's files, or some of them."""
    for table, rows in tables.items():
        write_table(folder, table, rows)
    return folder


def figures(asking: Asking, *words: object) -> list[Any]:
    """What the workspace answers to a fixed list of questions."""
    return [asking.rows("metric", *question, *_RANGE, *words) for question in QUESTIONS]


def imports(asking: Asking) -> list[dict[str, Any]]:
    """The list of imports without the instants, which differ from run to run."""
    rows = asking.rows("imports")
    return [{**row, "at": None, "undone_at": row["undone_at"] is not None} for row in rows]


def fingerprint(folder: Path, *ignored: str) -> dict[str, str]:
    """The SHA-256 of every file below a folder, leaving out those whose path begins with an ignored word."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not str(path.relative_to(folder)).startswith(ignored)
    }
