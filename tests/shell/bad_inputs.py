"""Inputs that must be refused, each with where and why, and odd ones that must be read, each with what it holds."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.books import book, in_sheet, rebuilt, sheet_of, texts, with_sheet

LEADS = "lead_id,person_id,created_at,source,cost\n"
LEAD = "X1,P1,2026-03-02,web,1.50\n"
FIELDS = ("file", "sheet", "line", "column", "value", "reason", "mend")

Place = tuple[int | None, str | None, str]
Make = Callable[[Path], Sequence[Path]]


@dataclass(frozen=True, slots=True)
class Bad:
    """An input that must be refused: what it is made of, and where and why (line, column, reason)."""

    make: Make
    places: tuple[Place, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Odd:
    """An input that must be read: how many rows come in, and what fields of the first lead hold then."""

    make: Make
    created: int
    holds: Mapping[str, Any]
    words: tuple[str, ...] = ()


def file(content: str | bytes, name: str = "leads.csv") -> Make:
    def make(folder: Path) -> list[Path]:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [path]

    return make


def lead(**cells: str) -> Make:
    """A file of one lead, in which some cells are as given."""
    plain = dict(zip(LEADS.strip().split(","), LEAD.strip().split(","), strict=True)) | cells
    quoted = ['"' + cell.replace('"', '""') + '"' if set(cell) & set('",\n\r') else cell for cell in plain.values()]
    return file(f"{','.join(plain)}\n{','.join(quoted)}\n")


def leads(*rows: str) -> Make:
    return file(LEADS + "".join(f"{row}\n" for row in rows))


def files(**contents: str) -> Make:
    def make(folder: Path) -> list[Path]:
        return [path for name, content in contents.items() for path in file(content, f"{name}.csv")(folder)]

    return make


def semicolons(text: str) -> str:
    """Commas become semicolons, and bars commas."""
    return text.replace(",", ";").replace("|", ",")


def survey(score: str) -> Make:
    return file(f"survey_id,person_id,at,score\nS1,P1,2026-03-02,{score}\n", "surveys.csv")


def call(duration: str) -> Make:
    return file(f"activity_id,person_id,at,kind,duration_s\nX1,P1,2026-03-02,call,{duration}\n", "activities.csv")


HEADER = tuple(LEADS.strip().split(","))
ROW = ("X1", "P1", date(2026, 3, 2), "web", 1.5)
GOOD = book({"leads": [HEADER, ROW]})


def workbook(content: bytes, name: str = "leads.xlsx") -> Make:
    return file(content, name)


def _merged(made: Any) -> None:
    made["leads"].merge_cells("B2:B3")


def _error(made: Any) -> None:
    made["leads"]["E2"].data_type = "e"


def hidden(made: Any) -> None:
    made["notes"].sheet_state = "hidden"


def at_path(make: Callable[[Path], Path]) -> Make:
    return lambda folder: [make(folder)]


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "leads.csv")
    return folder / "leads.csv"


def _loop(folder: Path) -> Path:
    (folder / "leads.csv").symlink_to("leads.csv")
    return folder / "leads.csv"


def _folder_called_like_a_file(folder: Path) -> Path:
    (folder / "leads.csv").mkdir()
    return folder


def _old_workbook_in_a_folder(folder: Path) -> Path:
    file(LEADS + LEAD)(folder)
    (folder / "accounts.xls").write_bytes(b"")
    return folder


NO_DAY = (2, "created_at", "not_a_date")
NO_AMOUNT = (2, "cost", "not_a_number")
TWO_WAYS = (2, "created_at", "ambiguous_date")
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'

BAD_TEXT = {
    "Latin-1": Bad(file((LEADS + "X1,P1,2026-03-02,café,1\n").encode("latin-1")), ((2, None, "wrong_encoding"),)),
    "Windows-1252": Bad(file((LEADS + "X1,P1,2026-03-02,“web”,1\n").encode("cp1252")), ((2, None, "wrong_encoding"),)),
    "UTF-16": Bad(file((LEADS + LEAD).encode("utf-16")), ((1, None, "wrong_encoding"),)),
    "UTF-16 without its mark": Bad(file((LEADS + LEAD).encode("utf-16-le")), ((1, None, "wrong_encoding"),)),
    "UTF-16 the other way round": Bad(file((LEADS + LEAD).encode("utf-16-be")), ((1, None, "wrong_encoding"),)),
    "UTF-32": Bad(file((LEADS + LEAD).encode("utf-32")), ((1, None, "wrong_encoding"),)),
    "a NUL": Bad(leads("X1,P1,2026-03-02,w\0b,1"), ((2, None, "unreadable"),)),
    "a NUL far down": Bad(leads(*[LEAD.strip()] * 9_000, "X2,P1,2026-03-02,w\0b,1"), ((9_002, None, "unreadable"),)),
    "nothing but NULs": Bad(file(bytes(5_000)), ((1, None, "wrong_encoding"),)),
    "a quotation mark that never closes": Bad(leads('X1,P1,2026-03-02,"web,1', LEAD), ((2, None, "unreadable"),)),
    "a quotation mark in the middle": Bad(leads('X1,P1,2026-03-02,"we"b,1'), ((2, None, "unreadable"),)),
    "a quotation mark behind a backslash": Bad(leads('X1,P1,2026-03-02,"we\\"b",1'), ((2, None, "unreadable"),)),
    "carriage returns alone": Bad(file((LEADS + LEAD).replace("\n", "\r")), ((1, None, "unreadable"),)),
    "a row too short": Bad(leads("X1,P1,2026-03-02"), ((2, None, "uneven_row"),)),
    "a row too long": Bad(leads("X1,P1,2026-03-02,web,1,2,3"), ((2, None, "uneven_row"),)),
    "a decimal comma without quotation marks": Bad(leads("X1,P1,2026-03-02,web,1.234,56"), ((2, None, "uneven_row"),)),
    "nothing at all": Bad(file(""), ((None, None, "empty_file"),)),
    "blank lines alone": Bad(file("\n \n\n"), ((None, None, "empty_file"),)),
    "one column": Bad(file("lead_id\nX1\n"), ((1, "created_at", "missing_column"),)),
    "a column twice": Bad(
        file("lead_id,created_at,Lead_ID\nX1,2026-03-02,X1\n"), ((1, "lead_id", "duplicate_column"),)
    ),
    "too many columns": Bad(
        file(",".join(["lead_id", "created_at", *(f"c{n}" for n in range(2_000))]) + "\n"),
        ((1, None, "too_many_columns"),),
    ),
    "a protected attribute": Bad(
        file("lead_id,created_at,date_of_birth\n"), ((1, "date_of_birth", "protected_column"),)
    ),
    "the header again": Bad(
        leads(LEAD.strip(), LEADS.strip()),
        ((3, "person_id", "unknown_person"), (3, "created_at", "not_a_date"), (3, "cost", "not_a_number")),
    ),
    "a sum at the end": Bad(
        leads(LEAD.strip(), ",,,Sum,1.50"), ((3, "lead_id", "missing_required"), (3, "created_at", "missing_required"))
    ),
    "a web page": Bad(file("<html><table><tr><td>lead_id</td></tr></table>"), ((None, None, "unreadable"),)),
    "JSON": Bad(file('[{"lead_id": "X1"}]'), ((None, None, "unreadable"),)),
    "a PDF": Bad(file(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), ((None, None, "unreadable"),)),
    "an old workbook called CSV": Bad(
        file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900)), ((None, None, "unreadable"),)
    ),
    "a workbook called CSV": Bad(file(GOOD), ((None, None, "unreadable"),)),
    "a compressed file": Bad(file(gzip.compress(b"lead_id\n")), ((None, None, "unreadable"),)),
    "Parquet called CSV": Bad(file(b"PAR1" + bytes(900)), ((None, None, "unreadable"),)),
    "half a Parquet file": Bad(file(b"PAR1" + bytes(900), "leads.parquet"), ((None, None, "unreadable"),)),
    "CSV called Parquet": Bad(file(LEADS + LEAD, "leads.parquet"), ((None, None, "unreadable"),)),
}

BAD_CELLS = {
    **{
        f"the date {text}": Bad(lead(created_at=text), (NO_DAY,))
        for text in (
            "2026-02-31",
            "2026-02-30T10:00",
            "2026-13-01",
            "0001-01-01",
            "9999-12-31",
            "1899-12-31",
            "2200-01-01",
            "20260304",
            "46023",
            "1772582400",
            "2026-03-04T25:00",
            "2026-03-04T10:00:60",
            "2026-03-04T10:00+25:00",
            "2026-03-04T10",
            "2026-03-04T10:00 Europe/Berlin",
            "2026-03-04 10:00 CET",
            "March 4, 2026",
            "2026-W10-3",
            "20026-03-04",
            "now",
            "infinity",
            "-2026-03-04",
            "0000-00-00",
            "31/31/2026",
        )
    },
    **{
        f"the date {text}": Bad(lead(created_at=text), (TWO_WAYS,))
        for text in (
            "03/04/2026",
            "03.04.2026",
            "03-04-2026",
            "3/4/26",
            "03/04/2026 10:00",
            "3/4/2026 5:00 PM",
        )
    },
    "dates of both orders": Bad(
        leads("X1,P1,13/02/2026,w,1", "X2,P1,02/13/2026,w,1"), (TWO_WAYS, (3, "created_at", "ambiguous_date"))
    ),
    "a date another column settles": Bad(
        file("lead_id,created_at,qualified_at\nX1,25/02/2026,03/04/2026\n"), ((2, "qualified_at", "ambiguous_date"),)
    ),
    "a date against the answer": Bad(lead(created_at="25/02/2026"), (NO_DAY,), ("--answer", "date_order=mdy")),
    "an answer that is none": Bad(lead(), ((None, "date_order", "not_one_of"),), ("--answer", "date_order=day")),
    "a decimal mark that is none": Bad(lead(), ((None, "decimal", "not_one_of"),), ("--answer", "decimal=x")),
    **{
        f"the amount {text}": Bad(lead(cost=text), (NO_AMOUNT,))
        for text in (
            "1e400",
            "1e3",
            "NaN",
            "inf",
            "-inf",
            "Infinity",
            "0x10",
            "1_000",
            "١٢",
            "1 234",
            "1\u00a0234",
            "12%",
            "--5",
            "5-",
            "$1,234.50",
            "(1234.50)",
            "€5",
            "5 EUR",
            "1,234.56",
            "1234,56",
            "1.234,56",
            "1.23456",
            "99999999999999999",
            "1.2.3",
            "about 700",
            "=1+1",
            ".",
            "-",
            "+",
        )
    },
    "an amount with a point in one of two places": Bad(lead(cost="1.234"), ((2, "cost", "ambiguous_number"),)),
    "a number with a point in one of two places": Bad(call("1.000"), ((2, "duration_s", "ambiguous_number"),)),
    "a decimal point against the answer": Bad(lead(cost="1.23"), (NO_AMOUNT,), ("--answer", "decimal=,")),
    **{
        f"the score {text}": Bad(survey(text), ((2, "score", "not_a_number"),))
        for text in ("1e400", "NaN", "inf", '"7,5"')
    },
    **{
        f"the duration {text}": Bad(call(text), ((2, "duration_s", "not_a_number"),))
        for text in (
            "5.7",
            "1e3",
            "99999999999999999999",
            "00:05:00",
            "5 min",
        )
    },
    "a person nobody knows": Bad(lead(person_id="P9"), ((2, "person_id", "unknown_person"),)),
    "a person in other capitals": Bad(lead(person_id="p1"), ((2, "person_id", "unknown_person"),)),
    "a person with a blank behind": Bad(lead(person_id="P1 "), ((2, "person_id", "unknown_person"),)),
    "a person with a mark nobody sees": Bad(lead(person_id="P1\u200b"), ((2, "person_id", "unknown_person"),)),
    "an empty id": Bad(lead(lead_id=""), ((2, "lead_id", "missing_required"),)),
    "a blank id": Bad(lead(lead_id=" "), ((2, "lead_id", "missing_required"),)),
    "an id of a blank nobody sees": Bad(lead(lead_id="\u00a0\u200b"), ((2, "lead_id", "missing_required"),)),
    "a blank name": Bad(file("person_id,name\nX1,  \n", "people.csv"), ((2, "name", "missing_required"),)),
    "an id twice": Bad(
        leads(LEAD.strip(), "X1,P1,2026-03-02,web,2"), ((2, "lead_id", "duplicate_id"), (3, "lead_id", "duplicate_id"))
    ),
    "an id twice in two files": Bad(
        files(leads=LEADS + LEAD, **{"leads-2": LEADS + "X1,P1,2026-03-02,fair,1\n"}),
        ((2, "lead_id", "duplicate_id"), (2, "lead_id", "duplicate_id")),
    ),
    "a status that is none": Bad(
        file("opportunity_id,person_id,status\nX1,P1,Won!\n", "opportunities.csv"), ((2, "status", "not_one_of"),)
    ),
    "a currency in small letters": Bad(lead(currency="eur"), ((2, "currency", "not_one_of"),)),
    "a currency by its sign": Bad(lead(currency="€"), ((2, "currency", "not_one_of"),)),
    "a very long bad cell": Bad(lead(created_at="x" * 300_000), (NO_DAY,)),
}

BAD_WORKBOOKS = {
    "half a workbook": Bad(workbook(GOOD[: len(GOOD) // 2]), ((None, None, "unreadable"),)),
    "a workbook without its end": Bad(workbook(GOOD[:-40]), ((None, None, "unreadable"),)),
    "an old workbook": Bad(workbook(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900)), ((None, None, "unreadable"),)),
    "a PDF called workbook": Bad(workbook(b"%PDF-1.7\n"), ((None, None, "unreadable"),)),
    "CSV called workbook": Bad(workbook(LEADS.encode()), ((None, None, "unreadable"),)),
    "a ZIP file called workbook": Bad(
        workbook(rebuilt(GOOD, lambda n, p: None if n[0] in "[_x" else p)), ((None, None, "unreadable"),)
    ),
    "an empty workbook": Bad(workbook(book({"leads": []})), ((None, None, "empty_file"),)),
    "a billion laughs": Bad(
        workbook(in_sheet(GOOD, b"<worksheet", LAUGHS + b"<worksheet")), ((None, None, "unreadable"),)
    ),
    "a part a thousand times its size": Bad(
        workbook(in_sheet(GOOD, b"</sheetData>", b"</sheetData>" + b" " * 30_000_000)), ((None, None, "too_large"),)
    ),
    "elements inside one another": Bad(
        workbook(in_sheet(GOOD, b"<sheetData>", b"<sheetData>" + b"<a>" * 50_000, zipfile.ZIP_STORED)),
        ((None, None, "unreadable"),),
    ),
    "a thousand and one columns": Bad(
        workbook(with_sheet(GOOD, sheet_of(texts("lead_id", *(f"c{n}" for n in range(1_000)))))),
        ((1, None, "too_many_columns"),),
    ),
    "a sheet that is no record table": Bad(
        workbook(book({"leads": [HEADER, ROW], "Notes": [("hello",)]})), ((None, None, "unknown_table"),)
    ),
    "a formula without its result": Bad(
        workbook(book({"leads": [HEADER, (*ROW[:4], "=1+1")]})), ((2, "cost", "formula_without_value"),)
    ),
    "a formula that failed": Bad(
        workbook(book({"leads": [HEADER, (*ROW[:4], "#N/A")]}, _error)), ((2, "cost", "error_cell"),)
    ),
    "merged cells": Bad(
        workbook(book({"leads": [HEADER, ROW, ("X2", None, *ROW[2:])]}, _merged)), ((3, "person_id", "merged_cell"),)
    ),
    "a cell beyond the last column": Bad(
        workbook(book({"leads": [HEADER, (*ROW, None, "what is this")]})), ((2, "column_7", "uneven_row"),)
    ),
    "a date written as text": Bad(
        workbook(book({"leads": [HEADER, ("X1", "P1", "03/04/2026", "web", 1)]})), (TWO_WAYS,)
    ),
    "a number where a date should be": Bad(
        workbook(book({"leads": [HEADER, ("X1", "P1", 46023, "web", 1)]})), (NO_DAY,)
    ),
    "a workbook whose columns are named nowhere": Bad(
        workbook(book({"leads": [("X1", "P1", 1, "web", 1)]})),
        ((None, None, "no_mapping"),),
    ),
}

BAD_PATHS = {
    "a missing file": Bad(at_path(lambda f: f / "leads.csv"), ((None, None, "no_such_file"),)),
    "a file in a file": Bad(at_path(lambda f: file(LEADS)(f)[0] / "leads.csv"), ((None, None, "no_such_file"),)),
    "an empty folder": Bad(at_path(lambda f: f), ((None, None, "empty_folder"),)),
    "a pipe": Bad(at_path(_pipe), ((None, None, "not_a_file"),)),
    "a link to itself": Bad(at_path(_loop), ((None, None, "cannot_be_opened"),)),
    "a folder with a link to itself": Bad(at_path(lambda f: _loop(f).parent), ((None, None, "cannot_be_opened"),)),
    "a folder called like a file": Bad(at_path(_folder_called_like_a_file), ((None, None, "not_a_file"),)),
    "an old workbook in a folder": Bad(at_path(_old_workbook_in_a_folder), ((None, None, "unreadable"),)),
    "a name too long": Bad(at_path(lambda f: f / f"{'x' * 300}.csv"), ((None, None, "cannot_be_opened"),)),
}

BAD = BAD_TEXT | BAD_CELLS | BAD_WORKBOOKS | BAD_PATHS


AT = "2026-03-02 00:00:00"
SETTLED = leads("X1,P1,03/02/2026,w,1", "X2,P1,25/02/2026,w,1")
COMMAS = file(
    semicolons(LEADS + "X1,P1,2026-03-02,web,1.234|56\nX2,P1,2026-03-02,web,1.234\nX3,P1,2026-03-02,web,12|5\n")
)

ODD = {
    "UTF-8 with its mark": Odd(file((LEADS + LEAD).encode("utf-8-sig")), 1, {"source": "web"}),
    "UTF-8 with its mark and quotation marks": Odd(
        file(b'\xef\xbb\xbf"lead_id","created_at"\n"X1","2026-03-02"\n'), 1, {"created_at": AT}
    ),
    "semicolons": Odd(file(semicolons(LEADS + LEAD)), 1, {"cost": "1.5000"}),
    "tabs": Odd(file((LEADS + LEAD).replace(",", "\t")), 1, {"cost": "1.5000"}),
    "tabs and their own name": Odd(file((LEADS + LEAD).replace(",", "\t"), "leads.tsv"), 1, {"cost": "1.5000"}),
    "bars": Odd(file((LEADS + LEAD).replace(",", "|")), 1, {"cost": "1.5000"}),
    "a first line that names the semicolon": Odd(file("sep=;\n" + semicolons(LEADS + LEAD)), 1, {"source": "web"}),
    "carriage returns and line feeds": Odd(file((LEADS + LEAD).replace("\n", "\r\n")), 1, {"source": "web"}),
    "no line feed at the end": Odd(file((LEADS + LEAD).strip()), 1, {"source": "web"}),
    "a line feed in a cell": Odd(lead(source="two\nlines"), 1, {"source": "two\nlines"}),
    "a quotation mark in a cell": Odd(lead(source='so-called "web"'), 1, {"source": 'so-called "web"'}),
    "a quotation mark on its own": Odd(leads('X1,P1,2026-03-02,5" pipe,1'), 1, {"source": '5" pipe'}),
    "column names in capitals": Odd(file((LEADS.upper()) + LEAD), 1, {"source": "web"}),
    "a header alone": Odd(file(LEADS), 0, {}),
    "a thousand columns": Odd(
        file(f"lead_id,created_at,{','.join(f'c{n}' for n in range(900))}\nX1,2026-03-02{',x' * 900}\n"), 1, {}
    ),
    "a very long cell": Odd(lead(source="x" * 1_000_000), 1, {"source": "x" * 1_000_000}),
    "a day above 12 that settles the column": Odd(SETTLED, 2, {"created_at": "2026-02-03 00:00:00"}),
    "a month first column": Odd(lead(created_at="12/31/2026"), 1, {"created_at": "2026-12-31 00:00:00"}),
    "a date that was answered": Odd(
        lead(created_at="03/04/2026"), 1, {"created_at": "2026-03-04 00:00:00"}, ("--answer", "date_order=mdy")
    ),
    "a short year that was answered": Odd(
        lead(created_at="3.4.26"), 1, {"created_at": "2026-04-03 00:00:00"}, ("--answer", "date_order=dmy")
    ),
    "an instant of another zone": Odd(
        lead(created_at="2026-03-02T23:30:00-05:00"), 1, {"created_at": "2026-03-03 04:30:00"}
    ),
    "an hour the clock skipped": Odd(lead(created_at="2026-03-29T02:30"), 1, {"created_at": "2026-03-29 02:30:00"}),
    "midnight as 24": Odd(lead(created_at="2026-03-01T24:00:00"), 1, {"created_at": AT}),
    "three decimals, and two in another row": Odd(
        leads("X1,P1,2026-03-02,w,1.234", "X2,P1,2026-03-02,w,5.5"), 2, {"cost": "1.2340"}
    ),
    "three decimals that were answered": Odd(lead(cost="1.234"), 1, {"cost": "1.2340"}, ("--answer", "decimal=.")),
    "decimal commas that were answered": Odd(COMMAS, 3, {"cost": "1234.5600"}, ("--answer", "decimal=,")),
    "a negative amount": Odd(lead(cost="-5"), 1, {"cost": "-5.0000"}),
    "a cell a spreadsheet would run": Odd(lead(source="=HYPERLINK(1)"), 1, {"source": "=HYPERLINK(1)"}),
    "an id of pictures": Odd(lead(lead_id="X🦄\u200d🔥"), 1, {"lead_id": "X🦄\u200d🔥"}),
    "an id from right to left": Odd(lead(lead_id="Xשלום"), 1, {"lead_id": "Xשלום"}),
    "an accent written in two ways": Odd(leads("Xe\u0301,P1,2026-03-02,w,1", "X\u00e9,P1,2026-03-02,w,2"), 2, {}),
    "ids that differ in capitals": Odd(leads("X1,P1,2026-03-02,w,1", "x1,P1,2026-03-02,w,2"), 2, {}),
    "ids that differ in a blank": Odd(leads("X1,P1,2026-03-02,w,1", "X1 ,P1,2026-03-02,w,2"), 2, {}),
    "an id with zeros before it": Odd(lead(lead_id="X001"), 1, {"lead_id": "X001"}),
    "the same row twice": Odd(leads(LEAD.strip(), LEAD.strip()), 1, {"source": "web"}),
    "a currency of its own": Odd(lead(currency="EUR"), 1, {"currency": "EUR"}),
    "a workbook": Odd(workbook(GOOD, "firm.xlsx"), 1, {"created_at": AT, "cost": "1.5000"}),
    "a workbook called after the table": Odd(workbook(book({"Sheet1": [HEADER, ROW]})), 1, {"cost": "1.5000"}),
    "a workbook with a title": Odd(workbook(book({"leads": [("All leads",), (), HEADER, ROW]})), 1, {"cost": "1.5000"}),
    "a workbook with a hidden sheet": Odd(
        workbook(book({"leads": [HEADER, ROW], "notes": [("x",)]}, hidden)), 1, {"cost": "1.5000"}
    ),
}
