"""What large files need: few texts held by number, refusals beyond what memory holds, keys found among many."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from courtside.connectors.adapter import Refusal
from courtside.warehouse import narrowing, writing
from courtside.warehouse.layout import layout_of
from courtside.warehouse.spool import Spool
from taking_in import Workspace

HEADER = "activity_id,person_id,at,kind,outcome,opportunity_id\n"


def put(folder: Path, name: str, content: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(content)
    return path


@pytest.fixture
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat small files as large ones, of which a sample is looked at."""
    monkeypatch.setattr(narrowing, "_LARGE", 1)
    monkeypatch.setattr(writing, "_NARROW_FROM", 1)


@pytest.mark.usefixtures("every_file_is_large")
@pytest.mark.parametrize(
    "last",
    ["R9,P1,2026-03-02,carrier pigeon,,", "R9,P1,2026-03-02,call,connected,O9", "R9,P2,2026-03-02,call,no_answer,"],
    ids=["a rare kind", "a column filled for the first time", "nothing new"],
)
def test_texts_the_sample_did_not_show_come_in_too(last: str, tmp_path: Path) -> None:
    people = put(tmp_path, "people", "person_id,name\nP1,Rae\nP2,Tom\n")
    rows = "".join(f"A{n},P{n % 2 + 1},2026-03-0{n % 9 + 1},call,{('', 'connected')[n % 2]},\n" for n in range(200))
    activities = put(tmp_path, "activities", HEADER + rows + last + "\n")
    workspace = Workspace(tmp_path)

    outcome = workspace.take_in([people, activities])

    assert outcome.by_table["activities"] == (201, 0, 0)
    found = {activity["activity_id"]: activity for activity in workspace.living()["activities"]}["R9"]
    columns = HEADER.strip().split(",")
    expected = {name: cell for name, cell in zip(columns, last.split(","), strict=True) if cell}
    assert found == expected | {"at": "2026-03-02 00:00:00", "status": "done"}


@pytest.mark.usefixtures("every_file_is_large")
def test_a_stranger_in_a_large_file_is_refused_with_line_and_value(tmp_path: Path) -> None:
    people = put(tmp_path, "people", "person_id,name\nP1,Rae\n")
    rows = "".join(f"A{n},P1,2026-03-02,call,,\n" for n in range(50))
    activities = put(tmp_path, "activities", HEADER + rows + "B1,P7,2026-03-02,call,,\n")

    outcome = Workspace(tmp_path).take_in([people, activities])

    assert [(r.line, r.value, r.reason) for r in outcome.refusals] == [(52, "P7", "unknown_person")]


def test_more_refusals_than_memory_holds_are_all_told(tmp_path: Path) -> None:
    refusals = [Refusal("a.csv", None, n, "at", "x", "not_a_date", "mend") for n in range(25)]
    spool = Spool(tmp_path, in_memory=10)
    spool.extend(refusals)

    told = spool.in_order(["a.csv"])

    assert (len(told), list(told), list(told)) == (25, refusals, refusals)
    assert (told[0], told[24], told[-1], list(told[8:12])) == (refusals[0], *[refusals[24]] * 2, refusals[8:12])
    with pytest.raises(IndexError):
        told[25]


def test_thousands_of_bad_rows_keep_their_lines(tmp_path: Path) -> None:
    people = put(tmp_path, "people", "person_id,name\nP1,Rae\n")
    rows = "".join(f"A{n},P1,{'soon' if n % 2 else '2026-03-02'},call,,\n" for n in range(24_000))
    activities = put(tmp_path, "activities", HEADER + rows)

    outcome = Workspace(tmp_path).take_in([people, activities], set_aside=True)

    assert [refusal.line for refusal in outcome.refusals] == list(range(3, 24_002, 2))
    assert outcome.by_table["activities"] == (12_000, 0, 0)


def test_rows_of_a_file_are_in_order_of_month_and_person(tmp_path: Path) -> None:
    people = put(tmp_path, "people", "person_id,name\nP1,Rae\nP2,Tom\n")
    rows = "".join(f"A{n},P{n % 2 + 1},2026-0{n % 5 + 1}-1{n % 7}T1{n % 3}:00:00,call,,\n" for n in range(60))
    outcome = Workspace(tmp_path).take_in([people, put(tmp_path, "activities", HEADER + rows)])

    (file,) = (file for file in outcome.files if file.table == "activities")
    with duckdb.connect() as engine:
        found = engine.execute(f'SELECT month("at"), person_id, "at" FROM \'{tmp_path / file.path}\'').fetchall()
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("content", "lines", "is_plain"),
    [
        (b"a,b\n1,2\n", 2, True),
        (b"a,b\r\n1,2", 2, True),
        (b"a,b\r\n1,2\n", 2, False),
        (b'a,b\n"1\n2",3\n', 3, False),
        (b'a,b\n"1",3\n', 2, True),
        (b'a,b\n"1,3\n', 2, False),
        (b"a,b\r1,2\r", 1, False),
    ],
)
def test_a_plain_file_is_told_from_one_that_needs_care(
    content: bytes, lines: int, is_plain: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    layout = layout_of(path)

    assert (layout.lines, layout.is_plain) == (lines, is_plain)
