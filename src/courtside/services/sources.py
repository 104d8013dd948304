"""The files of an import: folders opened, headers read, the connector that knows them found."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.services.refused import Refused, unknown

if TYPE_CHECKING:
    from courtside.connectors.adapter import Adapter

_GROUP = "courtside.connectors"
_TEXT, _PARQUET, _WORKBOOK = (".csv", ".tsv"), (".parquet",), (".xlsx", ".xlsm")
_SUFFIXES = (*_TEXT, *_PARQUET, *_WORKBOOK)
_OTHER_SHEETS = (".xls", ".xlsb", ".ods", ".numbers")
"""Spreadsheets that cannot be read: one in a folder is a refusal, or its records would be missing unnoticed."""


def find_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Every file named, and the CSV, Parquet and .xlsx files of every folder named. Raises Refused if there is none."""
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_found_at(path)))
    return tuple(found)


def _refused(path: Path, reason: str, said: str) -> Refused:
    """The refusal of a path, in words and as a row."""
    row = {"file": str(path), "sheet": None, "line": None, "column": None, "value": None, "reason": reason}
    return Refused(said, rows=({**row, "mend": said},))


def _found_at(path: Path) -> Iterator[Path]:
    """The file, or the files of the folder. Raises Refused."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise _refused(path, "no_such_file", f"there is no file or folder {path}") from None
    except OSError as failure:
        raise _refused(path, "cannot_be_opened", f"{path} cannot be opened: {failure.strerror}") from None
    if stat.S_ISDIR(mode):
        yield from _inside(path)
    else:
        _check_readable(path, mode)
        yield path


def _inside(folder: Path) -> list[Path]:
    """The files of a folder, those that programs hide in it left out. Raises Refused."""
    try:
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))
    except OSError as failure:
        raise _refused(folder, "cannot_be_opened", f"{folder} cannot be opened: {failure.strerror}") from None
    for path in inside:
        if path.suffix.lower() in _OTHER_SHEETS:
            mend = f"{path} cannot be read; save it as .xlsx or CSV (UTF-8), or move it out of the folder"
            raise _refused(path, "unreadable", mend)
    found = [path for path in inside if path.suffix.lower() in _SUFFIXES]
    if not found:
        mend = f"{folder} holds no CSV or Parquet file and no .xlsx; name the folder the export was written to"
        raise _refused(folder, "empty_folder", mend)
    return [file for path in found for file in _file_in_folder(path)]


def _file_in_folder(path: Path) -> Iterator[Path]:
    """A file of a folder; a folder in it is not opened, whatever it is called. Raises Refused."""
    if path.is_dir():
        mend = f"{path} is a folder, although it is called like a file; rename it, or name it by itself"
        raise _refused(path, "not_a_file", mend)
    yield from _found_at(path)


def _check_readable(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        mend = f"{path} is no file but a pipe, a socket or a device; save what it gives to a file"
        raise _refused(path, "not_a_file", mend)
    try:
        with path.open("rb"):
            pass
    except OSError as failure:
        raise _refused(path, "cannot_be_opened", f"{path} cannot be opened: {failure.strerror}") from None


def _parquet_header(path: Path) -> tuple[str, ...]:
    import duckdb  # noqa: PLC0415  (slow to import)

    from courtside.connectors.parquet import column_names  # noqa: PLC0415  (as above)

    try:
        return column_names(path)
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


def headers_of(files: Iterable[Path]) -> dict[str, tuple[str, ...]]:
    """The column names of every file; those of a workbook by sheet, which is called `firm.xlsx/leads`."""
    found: dict[str, tuple[str, ...]] = {}
    for path in files:
        if path.suffix.lower() in _WORKBOOK:
            found.update(_headers_of_sheets(path))
        else:
            found[path.name] = header(path)
    return found


def _headers_of_sheets(path: Path) -> dict[str, tuple[str, ...]]:
    from courtside.connectors.delimited import Unreadable  # noqa: PLC0415  (keeps start-up short)
    from courtside.connectors.workbook import headers  # noqa: PLC0415

    try:
        found = {f"{path.name}/{sheet}": names for sheet, names in headers(path, path.name).items()}
    except Unreadable:
        found = {}
    return found or {path.name: ()}


def connector_names() -> tuple[str, ...]:
    """What `--connector` may be."""
    return tuple(sorted(point.name for point in entry_points(group=_GROUP)))


def connector(name: str) -> Adapter:
    """The connector of a name. Raises Refused."""
    points = {point.name: point for point in entry_points(group=_GROUP)}
    if name not in points:
        raise unknown("connector", name, points)
    adapter: Adapter = points[name].load()
    return adapter


def recognised(headers: Mapping[str, tuple[str, ...]]) -> Adapter | None:
    """The connector that recognises files of these headers (name -> header); None if none does."""
    points = {point.name: point for point in entry_points(group=_GROUP)}
    return next((adapter for adapter in _adapters(points) if adapter.recognises(headers)), None)
