"""The columns of a Parquet file."""

from __future__ import annotations

from pathlib import Path

import duckdb


def column_names(path: Path) -> tuple[str, ...]:
    """The names of a Parquet file's columns, in order. Raises duckdb.Error where it is none, or only part of one."""
    with duckdb.connect() as engine:
        found = engine.execute("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(path)])
        return tuple(str(name) for (name,) in found.fetchall())
