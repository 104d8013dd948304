"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: a short name, the sentence that says so, and what to do with one that was to be imported."""

    code: str
    said: str
    mend: str


_AS_CSV = "save it as CSV (UTF-8) or .xlsx and import that"
_TEXT = FileKind("text", "this is text", "call it .csv if commas, semicolons or tabs stand between its cells")
_KINDS = (
    (b"PK\x03\x04", FileKind("zip", "this is a workbook or another ZIP file", "call it .xlsx if it is a workbook")),
    (b"PK\x05\x06", FileKind("zip", "this is an empty ZIP file", "export it again")),
    (
        b"\xd0\xcf\x11\xe0",
        FileKind(
            "ole",
            "this is an old Excel file (.xls) or a workbook with a password",
            "save it as .xlsx without a password, or as CSV (UTF-8)",
        ),
    ),
    (b"%PDF", FileKind("pdf", "this is a PDF document", "export the records as CSV (UTF-8) or .xlsx")),
    (b"PAR1", FileKind("parquet", "this is a Parquet file", "call it .parquet")),
    (b"\x1f\x8b", FileKind("gzip", "this is compressed (gzip)", "unpack it and import what is inside")),
    (b"SQLite format 3\x00", FileKind("sqlite", "this is a database file", "export its tables as CSV (UTF-8)")),
    (b"{\\rtf", FileKind("rtf", "this is a text document (RTF)", _AS_CSV)),
)
_MARKUP = (
    ((b"<!doctype html", b"<html", b"<table"), FileKind("html", "this is a web page", _AS_CSV)),
    ((b"<?xml",), FileKind("xml", "this is an XML file", _AS_CSV)),
    ((b"[{", b'{"', b"{\n", b"[\n"), FileKind("json", "this is JSON", _AS_CSV)),
)


def kind_of(path: Path) -> FileKind:
    """The kind of a file; text if its first bytes say nothing else."""
    with path.open("rb") as file:
        start = file.read(64)
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return kind
    words = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for openings, kind in _MARKUP:
        if words.startswith(openings):
            return kind
    return _TEXT
