"""Showing how files would be read, from their first rows, before the whole of them is looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from courtside.connectors.adapter import Adapter

SAMPLE = 1_000
"""Rows of a file a preview is made from."""


def preview_import(
    adapter: Adapter, files: Sequence[Path], zone: str, answers: Mapping[str, str], scratch: Path
) -> tuple[dict[str, Any], ...]:
    """For every table a file feeds: `{file, sheet, table, columns, constants, extra, rows, sampled}`.

    `sampled` is how many rows were looked at, None if that was all of them. A file that cannot be read is left
    out: the import itself says what is wrong with it.
    """
    from dataclasses import asdict  # noqa: PLC0415  (keeps start-up short)

    from courtside.warehouse.preview import previews  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="preview-", dir=scratch))
    cut = {path.name: _sample(path, folder) for path in files}
    reading = adapter.read([path for path, _ in cut.values()], folder, answers)
    sampled = {name: SAMPLE for name, (_, is_cut) in cut.items() if is_cut}
    return tuple({**asdict(one), "sampled": sampled.get(one.file)} for one in previews(reading, zone, answers, folder))


def _sample(path: Path, folder: Path) -> tuple[Path, bool]:
    """A file with the first rows of another, under its name; the file itself if it has no more, or is a workbook."""
    from courtside.connectors.delimited import Unreadable, read_header, records  # noqa: PLC0415

    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return path, False
    if path.suffix.lower() == ".parquet":
        return _parquet_sample(path, folder)
    try:
        header = read_header(path, path.name)
        beyond = next(islice(records(path, path.name, header.delimiter), SAMPLE + 1, None), None)
    except Unreadable:
        return path, False
    if beyond is None:
        return path, False
    to = folder / path.name
    with path.open("rb") as source, to.open("wb") as out:
        out.writelines(islice(source, beyond.line - 1))
    return to, True


def _parquet_sample(path: Path, folder: Path) -> tuple[Path, bool]:
    import duckdb  # noqa: PLC0415  (slow to import)

    to = folder / path.name
    try:
        with duckdb.connect() as engine:
            found = engine.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
            if found is None or found[0] <= SAMPLE:
                return path, False
            engine.read_parquet(str(path)).limit(SAMPLE).write_parquet(str(to))
    except duckdb.Error:
        return path, False
    return to, True
