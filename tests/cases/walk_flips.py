"""One byte changed in what is kept: of a file, or in a row by an owner of the database who takes triggers away."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def flips(content: bytes, chance: random.Random, number: int) -> Iterator[bytes]:
    """So many copies with one bit changed."""
    for _ in range(number):
        copy = bytearray(content)
        copy[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        yield bytes(copy)


@contextmanager
def flipped_row(root: Path, table: str, column: str, chance: random.Random) -> Iterator[None]:
    """One digit of one row is another, the triggers taken away by force, until it is put back."""
    database = sqlite3.connect(root / "app.sqlite3", isolation_level=None)
    triggers = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
    ).fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    rows = [row for row in database.execute(f"SELECT rowid, {column} FROM {table}") if re.search(r"\d", row[1])]  # noqa: S608
    row, text = chance.choice(rows)
    place = chance.choice([one.start() for one in re.finditer(r"\d", text)])
    changed = f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"
    put = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608
    database.execute(put, (changed, row))
    try:
        yield
    finally:
        database.execute(put, (text, row))
        for _, made in triggers:
            database.execute(made)
        database.close()
