"""Workbooks: cells come as the text they show, what holds no value is named, and a hostile file is refused quickly."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books import FIRST_SHEET, book, in_sheet, rebuilt, sheet_of, texts, with_sheet
from courtside.connectors.delimited import Unreadable
from courtside.connectors.workbook import Sheet, child, guard, headers, limits, sheets
from courtside.connectors.workbook.text import PLAIN, Shape, number_text, shape_of, shown
from courtside.warehouse.batches import Holding
from taking_in import Workspace

GATES = (
    "cells read as another program reads them",
    "hostile workbooks refused",
    "spoiled workbooks refused or read",
    "values that are none found",
)

at = datetime.fromisoformat

HEADER = ("lead_id", "person_id", "created_at", "source", "cost")
ROW = ("L1", "P1", at("2026-03-02T09:00"), "web", 1.5)
GOOD = book({"leads": [HEADER, ROW], "people": [("person_id", "name"), ("P1", "Rae")]})


def read(content: bytes, folder: Path) -> tuple[Sheet, ...]:
    path = folder / "firm.xlsx"
    path.write_bytes(content)
    return sheets(path, "firm.xlsx", folder)


def rows(sheet: Sheet) -> list[list[str]]:
    found = [json.loads(line) for line in sheet.path.read_text(encoding="utf-8").splitlines()]
    return [[row.get(f"c{n}", "") for n in range(len(sheet.header))] for row in found]


def only(cells: Sequence[Any], folder: Path, shape: str | None = None) -> list[str]:
    """What the cells of one column come as."""

    def change(made: Any) -> None:
        for cell in made["s"]["B"][1:]:
            if shape:
                cell.number_format = shape

    (sheet,) = read(book({"s": [("k", "v"), *(("x", cell) for cell in cells)]}, change), folder)
    return [row[1] for row in rows(sheet)]


def refusal(content: bytes, folder: Path) -> Any:
    with pytest.raises(Unreadable) as caught:
        read(content, folder)
    assert caught.value.refusal.file == "firm.xlsx"
    assert caught.value.refusal.mend
    return caught.value.refusal


def test_sheets_are_tables_of_text_with_the_line_each_row_had(tmp_path: Path) -> None:
    leads, people = read(GOOD, tmp_path)

    assert (leads.name, leads.header, leads.header_line, leads.rows) == ("leads", HEADER, 1, 1)
    assert leads.path.read_text() == (
        '{"c0": "L1", "c1": "P1", "c2": "2026-03-02T09:00:00", "c3": "web", "c4": "1.5", "line": 2}\n'
    )
    assert rows(people) == [["P1", "Rae"]]
    assert headers(tmp_path / "firm.xlsx", "firm.xlsx") == {"leads": HEADER, "people": ("person_id", "name")}


def test_values_come_as_they_are_shown(tmp_path: Path) -> None:
    assert only([7, 1.5, 0.1 + 0.2, 1e21, 1e-7, True, False, " a ", "00123"], tmp_path) == [
        "7", "1.5", "0.3", "1000000000000000000000", "0.0000001", "true", "false", " a ", "00123",
    ]  # fmt: skip
    assert only([date(2026, 11, 22), at("2026-11-22T10:00"), at("2026-01-01T00:00:00.500")], tmp_path) == [
        "2026-11-22", "2026-11-22T10:00:00", "2026-01-01T00:00:00.500",
    ]  # fmt: skip
    assert only([clock(9, 30)], tmp_path) == ["09:30:00"]
    assert only([timedelta(hours=26, minutes=3)], tmp_path) == ["26:03:00"]
    assert only([42, 1234567], tmp_path, "00000") == ["00042", "1234567"]


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("General", PLAIN),
        ("0.00", PLAIN),
        ('#,##0.00\\ "days"', PLAIN),
        ('"due" 0', PLAIN),
        ("[Red]-0.00", PLAIN),
        ("0.00E+00", PLAIN),
        ("yyyy-mm-dd", Shape(has_day=True)),
        ("[$-409]d\\-mmm\\-yy;@", Shape(has_day=True)),
        ("mmm", Shape(has_day=True)),
        ("m/d/yy h:mm", Shape(has_day=True, has_clock=True)),
        ("mm:ss.0", Shape(has_clock=True)),
        ("h:mm AM/PM", Shape(has_clock=True)),
        ("[h]:mm", Shape(is_elapsed=True)),
        ("[mm]:ss", Shape(is_elapsed=True)),
        ("00000", Shape(zeros=5)),
    ],
)
def test_number_formats_say_what_is_a_date(code: str, shape: Shape) -> None:
    assert shape_of(200, code) == shape


@pytest.mark.parametrize(
    ("serial", "is_1904", "day"),
    [
        # ECMA-376-1:2016, "Dates and Times": in the 1900 system 1 is 1 January 1900 and 60 a 29 February that
        # never was; in the 1904 system 0 is 1 January 1904.
        ("1", False, "1900-01-01"),
        ("59", False, "1900-02-28"),
        ("60", False, "1900-02-29"),
        ("61", False, "1900-03-01"),
        ("45000", False, "2023-03-15"),
        ("2958465", False, "9999-12-31"),
        ("2958466", False, "2958466"),
        ("-1", False, "-1"),
        ("0", True, "1904-01-01"),
        ("43538", True, "2023-03-15"),
        ("1e400", False, "1e400"),
    ],
)
def test_serial_numbers_are_days(serial: str, is_1904: bool, day: str) -> None:
    assert shown(serial, Shape(has_day=True), is_1904=is_1904) == day


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_out_as_it_went_in_but_for_the_noise_of_binary_fractions(value: float) -> None:
    text = number_text(repr(value))

    assert text is not None
    assert "e" not in text.lower()
    assert float(text) == pytest.approx(value, rel=1e-14, abs=0)
    if len(text.replace(".", "").strip("-0")) > 12:
        assert Decimal(text) == Decimal(repr(value))


@pytest.mark.parametrize("raw", ["", "NaN", "inf", "1_000", "0x10", "١٢", "1e400", "1,5", "--1", "1 2"])
def test_what_is_no_number_is_not_made_one(raw: str) -> None:
    assert number_text(raw) is None


cell_values = st.one_of(
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 4)),
    st.booleans(),
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).map(lambda text: f"t{text}"),
    st.datetimes(at("1950-01-01"), at("2150-01-01")).map(lambda moment: moment.replace(microsecond=0)),
    st.dates(date(1950, 1, 1), date(2150, 1, 1)),
)


def as_others_read(value: Any) -> str:
    """The text of a value the other program read."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, int | float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return "" if value is None else str(value)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cell_values, min_size=3, max_size=3), min_size=1, max_size=30))
def test_cells_are_read_as_another_program_reads_them(
    tmp_path: Path, counted: Callable[[str, int], None], table: list[list[Any]]
) -> None:
    content = book({"s": [("a", "b", "c"), *table]})
    (sheet,) = read(content, tmp_path)

    theirs = openpyxl.load_workbook(tmp_path / "firm.xlsx", data_only=True)["s"].iter_rows(min_row=2, values_only=True)
    expected = [list(map(as_others_read, row)) for row in theirs]

    found = [[cell.removesuffix("T00:00:00") for cell in row] for row in rows(sheet)]
    assert found == [row for row in expected if any(cell.strip() for cell in row)]
    counted("cells read as another program reads them", sum(map(len, found)))


def test_an_error_a_formula_without_its_result_and_a_stray_cell_are_named(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    def change(made: Any) -> None:
        made["leads"]["E3"].data_type = "e"

    table = [HEADER, (*ROW[:4], "=A2+1"), ("L2", "P1", date(2026, 3, 2), "web", "#N/A"), (*ROW, "so", "what")]
    (sheet,) = read(book({"leads": table}, change), tmp_path)

    assert [(f.line, f.column, f.value, f.reason) for f in sheet.faults] == [
        (2, "cost", "=A2+1", "formula_without_value"),
        (3, "cost", "#N/A", "error_cell"),
        (4, "column_6", "so", "uneven_row"),
        (4, "column_7", "what", "uneven_row"),
    ]
    assert all(fault.mend for fault in sheet.faults)
    assert rows(sheet)[0][4] == "=A2+1"
    counted("values that are none found", len(sheet.faults))


def test_results_a_workbook_calls_stale_are_not_believed(tmp_path: Path) -> None:
    table = sheet_of(texts("k", "v"), "<row><c><v>1</v></c><c><f>A2*2</f><v>0</v></c></row>")
    fresh = with_sheet(book({"s": [("k",)]}), table)
    settled = rebuilt(fresh, lambda _, part: part.replace(b'fullCalcOnLoad="1"', b""))

    (stale,), (sound,) = read(fresh, tmp_path), read(settled, tmp_path)

    assert [fault.reason for fault in stale.faults] == ["formula_without_value"]
    assert (sound.faults, rows(sound)) == ((), [["1", "0"]])


def test_an_empty_text_is_a_result(tmp_path: Path) -> None:
    table = sheet_of(texts("k", "v"), '<row><c><v>1</v></c><c t="str"><f>IF(A2,"","x")</f><v></v></c></row>')
    content = rebuilt(with_sheet(GOOD, table), lambda _, part: part.replace(b'fullCalcOnLoad="1"', b""))

    assert read(content, tmp_path)[0].faults == ()


def test_merged_cells_below_the_header_are_named_and_those_of_a_title_are_not(tmp_path: Path) -> None:
    def change(made: Any) -> None:
        made["s"].merge_cells("A1:C1")
        made["s"].merge_cells("A3:A4")

    table = [("Report",), ("a", "b", "c"), (1, 2, 3), (None, 5, 6)]
    (sheet,) = read(book({"s": table}, change), tmp_path)

    assert (sheet.header, sheet.header_line) == (("a", "b", "c"), 2)
    assert [(f.line, f.column, f.value, f.reason) for f in sheet.faults] == [(4, "a", "A3:A4", "merged_cell")]


@pytest.mark.parametrize(
    ("table", "line", "header"),
    [
        ([("a", "b"), ("x", "y")], 1, ("a", "b")),
        ([("All leads of 2026",), (), ("a", "b", "c"), (1, 2, 3)], 3, ("a", "b", "c")),
        ([("By", "Rae"), ("a", "b", "c", "d"), (1, 2, 3, 4)], 2, ("a", "b", "c", "d")),
        ([("Who", None, None, "What"), ("a", "b", "c", "d"), (1, 2, 3, 4)], 2, ("a", "b", "c", "d")),
        ([("a", 2025, 2026), ("x", 1, 2), ("y", 3, 4)], 1, ("a", "2025", "2026")),
        ([(" a\n b ", None, "c"), (1, 2, 3)], 1, ("a b", "column_2", "c")),
        ([("only",), (1,), (2,)], 1, ("only",)),
    ],
)
def test_the_row_that_names_the_columns_is_found_below_titles(
    table: Sequence[Sequence[Any]], line: int, header: tuple[str, ...], tmp_path: Path
) -> None:
    (sheet,) = read(book({"s": table}), tmp_path)

    assert (sheet.header_line, sheet.header) == (line, header)
    assert bool(sheet.notes) == any(any(row) for row in table[: line - 1])


def test_hidden_and_empty_sheets_are_passed_over_and_told(tmp_path: Path) -> None:
    def change(made: Any) -> None:
        made["old"].sheet_state = "hidden"
        made["older"].sheet_state = "veryHidden"
        made["leads"].row_dimensions[2].hidden = True

    content = book({"old": [("a",), (1,)], "older": [("a",), (1,)], "void": [], "leads": [HEADER, ROW]}, change)
    (sheet,) = read(content, tmp_path)

    assert sheet.name == "leads"
    assert sheet.notes == (
        "firm.xlsx, sheet old: it is hidden and was not read",
        "firm.xlsx, sheet older: it is hidden and was not read",
        "firm.xlsx, sheet void: it is empty",
        "firm.xlsx, sheet leads: 1 of its rows are hidden and were read like the others",
    )
    assert refusal(book({"void": []}), tmp_path).reason == "empty_file"


def test_names_written_with_prefixes_runs_of_text_and_readings_are_understood(tmp_path: Path) -> None:
    row = (
        '<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:r><x:t>Ra</x:t></x:r><x:r><x:t>e &amp; c_x006F_</x:t></x:r>'
        '<x:rPh sb="0" eb="1"><x:t>no</x:t></x:rPh></x:is></x:c></x:row>'
    )
    head = '<x:row r="1"><x:c r="A1" t="str">\n <x:v>name</x:v>\n</x:c></x:row>'
    sheet = f'<x:worksheet xmlns:x="urn:x"><x:sheetData>{head}{row}</x:sheetData></x:worksheet>'.encode()

    assert rows(read(with_sheet(GOOD, sheet), tmp_path)[0]) == [["Rae & co"]]


def test_a_single_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    """A reader that makes a grid of the sheet needs room for 17,179,869,184 cells."""
    content = in_sheet(GOOD, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')

    sheet = read(content, tmp_path)[0]

    assert [(fault.line, fault.column) for fault in sheet.faults] == [(1_048_576, "column_16384")]


BILLION = (
    b'<!DOCTYPE l [<!ENTITY l0 "lol">'
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)
_FOUR_BYTES_A_CHARACTER = f"<si><t>{'x' * 1_000_000}\N{SLIGHTLY SMILING FACE}</t></si>".encode()
"""One character beyond the common ones, and every other takes as much room."""
STORED = zipfile.ZIP_STORED


def _with_texts(sheet: bytes, shared: bytes) -> bytes:
    link = b'<Relationship Type="x/sharedStrings" Target="/xl/shared.xml" Id="rIdX"/></Relationships>'

    def change(name: str, part: bytes) -> bytes:
        if name == FIRST_SHEET:
            return sheet
        return part.replace(b"</Relationships>", link) if name == "xl/_rels/workbook.xml.rels" else part

    out = io.BytesIO(rebuilt(GOOD, change, STORED))
    with zipfile.ZipFile(out, "a", STORED) as archive:
        archive.writestr("xl/shared.xml", shared)
    return out.getvalue()


def _many_parts(count: int) -> bytes:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(count):
            archive.writestr(f"p{number}", "")
    return out.getvalue()


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def _locked() -> bytes:
    content = bytearray(GOOD)
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def _packed(content: bytes, size: int) -> bytes:
    """The first sheet with so many blanks after it, packed so that the ratio stays below the limit."""
    noise = Random(3).randbytes(size // 150).hex().encode()
    return rebuilt(
        content, lambda name, part: part + b"<!--" + noise + b" " * size + b"-->" if name == FIRST_SHEET else part
    )


UNREAD = {
    "unpacks to 200 MB and more": ("too_large", lambda: _packed(GOOD, 200_000_000)),
    "unpacks to a thousand times its size": (
        "too_large",
        lambda: in_sheet(GOOD, b"</sheetData>", b"</sheetData>" + b" " * 9_000_000),
    ),
    "has too many parts": ("too_large", lambda: _many_parts(1_001)),
    "has very many parts": ("too_large", lambda: _many_parts(9_000)),
    "is too large a file": ("too_large", lambda: GOOD + b"\0" * 20_000_000),
    "is protected": ("unreadable", _locked),
    "is cut in half": ("unreadable", lambda: GOOD[: len(GOOD) // 2]),
    "is cut at its end": ("unreadable", lambda: GOOD[:-30]),
    "is empty": ("empty_file", lambda: b""),
    "is text": ("unreadable", lambda: b"lead_id,person_id\n"),
    "is an old workbook": ("unreadable", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "is a PDF": ("unreadable", lambda: b"%PDF-1.7\n"),
    "is a Word document": ("unreadable", lambda: _zip("word/document.xml")),
    "is an OpenDocument file": ("unreadable", lambda: _zip("mimetype", "content.xml")),
    "is a Numbers document": ("unreadable", lambda: _zip("Index/Document.iwa")),
    "is some ZIP file": ("unreadable", lambda: _zip("leads.csv")),
}


@pytest.mark.parametrize("what", UNREAD)
def test_what_is_no_small_workbook_is_refused_unread(
    what: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    reason, make = UNREAD[what]
    path = tmp_path / "firm.xlsx"
    path.write_bytes(make())

    took = []
    for _ in range(3):
        began = time.perf_counter()
        with pytest.raises(Unreadable) as caught:
            guard.check(path, "firm.xlsx")
        took.append(time.perf_counter() - began)

    assert caught.value.refusal.reason == reason
    assert min(took) < 0.05, f"{min(took) * 1000:.0f} ms"
    counted("hostile workbooks refused", 1)


CONFINED = {
    "a billion laughs": ("unreadable", lambda: in_sheet(GOOD, b"<worksheet", BILLION + b"<worksheet")),
    "an entity from a file": (
        "unreadable",
        lambda: in_sheet(GOOD, b"<worksheet", b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]><worksheet'),
    ),
    "elements inside one another": (
        "unreadable",
        lambda: in_sheet(GOOD, b"<sheetData>", b"<sheetData>" + b"<a>" * 500_000, STORED),
    ),
    "more memory than there is": (
        "too_large",
        lambda: _with_texts(sheet_of(texts("a")), b"<sst>" + _FOUR_BYTES_A_CHARACTER * 150 + b"</sst>"),
    ),
    "a row that comes twice": (
        "unreadable",
        lambda: with_sheet(GOOD, sheet_of(*['<row r="1"><c><v>1</v></c></row>'] * 2)),
    ),
    "a cell that comes twice": ("unreadable", lambda: with_sheet(GOOD, sheet_of('<row><c r="A1"/><c r="A1"/></row>'))),
    "a cell outside of every sheet": ("unreadable", lambda: in_sheet(GOOD, b'r="A2"', b'r="ZZZ2"')),
    "a text that is not there": ("unreadable", lambda: with_sheet(GOOD, sheet_of('<row><c t="s"><v>7</v></c></row>'))),
    "a part that is missing": ("unreadable", lambda: rebuilt(GOOD, lambda n, p: None if n == FIRST_SHEET else p)),
    "a part that ends early": ("unreadable", lambda: in_sheet(GOOD, b"</sheetData></worksheet>"[:12], b"")),
    "too many columns": (
        "too_many_columns",
        lambda: with_sheet(GOOD, sheet_of(texts(*(f"c{n}" for n in range(1_001))))),
    ),
}


@pytest.mark.parametrize("what", CONFINED)
def test_the_reading_process_refuses_what_would_take_too_much(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 300_000_000)
    reason, make = CONFINED[what]

    assert refusal(make(), tmp_path).reason == reason
    counted("hostile workbooks refused", 1)


@pytest.mark.parametrize(
    ("name", "limit"), [("ROWS", 999), ("WRITTEN_BYTES", 10_000), ("FAULTS", 999)], ids=["rows", "text", "faults"]
)
def test_what_grows_while_it_is_read_is_counted(
    name: str, limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    """One long text can stand in a million cells: what counts is what would be written."""
    row = '<row><c t="s"><v>0</v></c><c t="e"><v>#N/A</v></c></row>'
    path = tmp_path / "firm.xlsx"
    path.write_bytes(_with_texts(sheet_of(texts("a", "b"), row * 1_000), b"<sst><si><t>xxxxx</t></si></sst>"))
    assert "sheets" in child.read(path, tmp_path, headers_only=False)

    monkeypatch.setattr(limits, name, limit)

    assert f"more than {limit:,}" in child.read(path, tmp_path, headers_only=False)["too_large"]
    assert "sheets" in child.read(path, tmp_path, headers_only=True)
    counted("hostile workbooks refused", 1)


def test_the_reading_process_has_little_memory_and_time() -> None:
    """In a process of its own, since what is given up is gone for good."""
    program = (
        "import resource; from courtside.connectors.workbook import child; child.confine();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[1], resource.getrlimit(resource.RLIMIT_CPU)[1]);"
        "x = bytearray(600 << 20)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.stdout.split() == [str(512 << 20), "30"]
    assert "MemoryError" in done.stderr


def test_a_reading_process_that_dies_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAIT_S", 0.01)

    assert refusal(GOOD, tmp_path).reason == "too_large"


def spoiled(dice: Random) -> bytes:
    """The good workbook with some bytes changed: in the file, or inside one of its parts."""
    if dice.random() < 0.3:
        content = bytearray(GOOD)
        for _ in range(dice.randrange(1, 6)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        return bytes(content)
    victim = dice.choice(["sheet1", "sheet2", "workbook.xml", "styles", ".rels"])
    insert = [b"", b"\0", b"<c>", b"</row>", b'"', b"&", b"-1", b"99999999999", b"\xff", b'<v r="A1">', b"e", b"n"]

    def change(name: str, part: bytes) -> bytes:
        if victim not in name:
            return part
        at, end = dice.randrange(len(part)), dice.randrange(12)
        return part[:at] + dice.choice(insert) + part[at + end :]

    return rebuilt(GOOD, change)


def test_spoiled_workbooks_are_refused_or_read_and_never_break_the_reader(
    tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    """The reader is run in this process, so that a fault of its own is seen and not taken for a broken file."""
    path, dice, outcomes = tmp_path / "firm.xlsx", Random(22), {"refused": 0, "read": 0}
    for number in range(1_500):
        path.write_bytes(spoiled(dice))
        try:
            guard.check(path, "firm.xlsx")
        except Unreadable:
            outcomes["refused"] += 1
            continue
        answer = child.read(path, tmp_path, headers_only=bool(number % 2))
        assert set(answer) <= {"sheets", "broken", "too_large"}
        outcomes["read" if "sheets" in answer else "refused"] += 1

    assert min(outcomes.values()) > 100, outcomes
    counted("spoiled workbooks refused or read", sum(outcomes.values()))


def test_rows_with_a_fault_are_refused_and_set_aside_with_their_cells(tmp_path: Path) -> None:
    bad = ("L2", "P1", date(2026, 3, 2), "web", "=A1")
    path = tmp_path / "firm.xlsx"
    path.write_bytes(book({"people": [("person_id", "name"), ("P1", "Rae")], "leads": [HEADER, ROW, bad]}))
    workspace = Workspace(tmp_path)

    refused = workspace.take_in([path])
    taken = workspace.take_in([path], set_aside=True)

    assert [(r.file, r.sheet, r.line, r.column, r.value, r.reason) for r in refused.refusals] == [
        ("firm.xlsx", "leads", 3, "cost", "=A1", "formula_without_value")
    ]
    assert (refused.files, taken.created, taken.refused) == ((), 2, 1)
    assert [lead["lead_id"] for lead in workspace.living()["leads"]] == ["L1"]
    assert [file.rows for file in taken.files if file.holding is Holding.ASIDE] == [1]


def test_the_same_rows_as_a_workbook_and_as_text_are_the_same_records(tmp_path: Path) -> None:
    path, text, people = tmp_path / "leads.xlsx", tmp_path / "leads.csv", tmp_path / "people.csv"
    people.write_text("person_id,name\nP1,Rae\n")
    path.write_bytes(book({"Sheet1": [HEADER, ROW, ("L2", "P1", date(2026, 3, 3), None, 1234.1)]}))
    text.write_text(f"{','.join(HEADER)}\nL1,P1,2026-03-02T09:00,web,1.50\nL2,P1,2026-03-03,,1234.10\n")
    workspace = Workspace(tmp_path)
    workspace.take_in([people, path])

    again = workspace.take_in([text])

    assert again.by_table == {"leads": (0, 0, 2)}
