"""Workbooks for tests: made by a program of others, then spoiled part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]
FIRST_SHEET = "xl/worksheets/sheet1.xml"


def book(sheets: Mapping[str, Rows], change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook with these sheets. `change` may alter it before it is saved."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rebuilt(content: bytes, change: Callable[[str, bytes], bytes | None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with its parts changed: `change` takes a part's name and content; None leaves the part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def with_sheet(content: bytes, sheet: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with another first sheet."""
    return rebuilt(content, lambda name, part: sheet if name == FIRST_SHEET else part, method)


def in_sheet(content: bytes, old: bytes, new: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with a text replaced in its first sheet, where it must stand."""

    def change(name: str, part: bytes) -> bytes:
        if name != FIRST_SHEET:
            return part
        assert old in part, part[:2000]
        return part.replace(old, new)

    return rebuilt(content, change, method)


def sheet_of(*rows: str) -> bytes:
    """A sheet written by hand from rows of cells."""
    return f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


def texts(*cells: str) -> str:
    """A row of text cells, without references, as the format allows."""
    filled = [f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells]
    return f"<row>{''.join(filled)}</row>"
