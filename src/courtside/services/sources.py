"""The files of an import: folders opened, headers read, the connector that knows them found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.services.refused import Refused, unknown

if TYPE_CHECKING:
    from courtside.connectors.adapter import Adapter

_GROUP = "courtside.connectors"
_SUFFIXES = (".csv", ".parquet")


def find_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Every file named, and the CSV and Parquet files of every folder named. Raises Refused if there is none."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES and p.is_file())
            if not inside:
                raise Refused(f"{path} holds no CSV or Parquet file; name the folder the export was written to")
            found.update(dict.fromkeys(inside))
        elif path.is_file():
            found[path] = None
        else:
            raise Refused(f"there is no file or folder {path}")
    return tuple(found)


def _parquet_header(path: Path) -> tuple[str, ...]:
    import duckdb  # noqa: PLC0415  (slow to import)

    try:
        with duckdb.connect() as engine:
            columns = engine.execute("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(path)])
            return tuple(str(name) for (name,) in columns.fetchall())
    except duckdb.Error:
        return ()


def header(path: Path) -> tuple[str, ...]:
    """The column names of a file; none if it cannot be read, which the connector then refuses."""
    from courtside.connectors.delimited import Unreadable, read_header  # noqa: PLC0415  (keeps start-up short)

    if path.suffix.lower() == ".parquet":
        return _parquet_header(path)
    try:
        return read_header(path, path.name).names
    except Unreadable:
        return ()


def _adapters(points: Mapping[str, EntryPoint]) -> Iterator[Adapter]:
    """The connectors, those of particular systems before the native one."""
    for name in sorted(points, key=lambda name: (name == "native", name)):
        yield points[name].load()


def choose_connector(name: str | None, files: Iterable[Path]) -> Adapter:
    """The connector asked for, else the one that recognises the headers. Raises Refused."""
    points = {point.name: point for point in entry_points(group=_GROUP)}
    if name is not None:
        if name not in points:
            raise unknown("connector", name, points)
        adapter: Adapter = points[name].load()
        return adapter
    headers = {path.name: header(path) for path in files}
    for adapter in _adapters(points):
        if adapter.recognises(headers):
            return adapter
    raise Refused(
        f"no connector recognises {', '.join(headers)}; name one with --connector ({', '.join(sorted(points))}), or "
        "name the files after the record tables (people.csv, leads.csv …)"
    )
