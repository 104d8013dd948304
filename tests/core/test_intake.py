"""Imports: one refused row refuses all of it, with its place; the rest can come in without it; undoing gives back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from courtside.warehouse.batches import Holding, known
from courtside.warehouse.intake import erase
from taking_in import Workspace

GATES = ("kinds of refusal met",)

PEOPLE = "person_id,name\nP1,Rae Holt\nP2,Tom Aziz\n"
HEADER = "activity_id,person_id,at,kind,duration_s\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "firm"
    root.mkdir()
    return Workspace(root)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    return folder


def put(folder: Path, **files: str | bytes) -> list[Path]:
    """Write files of record tables: put(folder, people="…") makes people.csv."""
    paths = []
    for name, content in files.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    return paths


def place(refusal: object) -> tuple[object, ...]:
    return tuple(getattr(refusal, name) for name in ("file", "line", "column", "value", "reason"))


BAD_CELLS = {
    "missing_required": ("activities", HEADER, "A1,P1,2026-03-02,,", "kind", None),
    "not_a_number": ("activities", HEADER, "A1,P1,2026-03-02,call,5.7", "duration_s", "5.7"),
    "not_a_date": ("activities", HEADER, "A1,P1,2026-02-30,call,", "at", "2026-02-30"),
    "ambiguous_date": ("activities", HEADER, "A1,P1,03/02/2026,call,", "at", "03/02/2026"),
    "not_one_of": (
        "activities",
        "activity_id,person_id,at,kind,status\n",
        "A1,P1,2026-03-02,call,dun",
        "status",
        "dun",
    ),
    "unknown_person": ("activities", HEADER, "A1,P9,2026-03-02,call,", "person_id", "P9"),
}


@pytest.mark.parametrize("reason", BAD_CELLS)
def test_a_bad_cell_is_refused_with_its_place(
    reason: str, workspace: Workspace, folder: Path, counted: Callable[[str, int], None]
) -> None:
    table, header, row, column, value = BAD_CELLS[reason]
    good = "G1,P1,2026-03-02,call,\n"

    outcome = workspace.take_in(put(folder, people=PEOPLE, **{table: header + good + row + "\n"}))

    assert [place(refusal) for refusal in outcome.refusals] == [(f"{table}.csv", 3, column, value, reason)]
    assert outcome.refusals[0].mend
    assert (outcome.refused, outcome.files, outcome.created) == (1, (), 0)
    counted("kinds of refusal met", 1)


BAD_FILES = {
    "empty_file": ("people", b""),
    "wrong_encoding": ("people", "person_id,name\nP1,R\u00e9\n".encode("utf-16")),
    "wrong_encoding in one cell": ("people", b"person_id,name\nP1,Rae\nP2,R\xe9\n"),
    "missing_column": ("people", b"person_id,email\nP1,a@b.example\n"),
    "duplicate_column": ("people", b"person_id,name,Name\nP1,Rae,Rae\n"),
    "unknown_table": ("peeple", b"person_id,name\nP1,Rae\n"),
    "protected_column": ("people", b"person_id,name,dateOfBirth\nP1,Rae,1990-01-01\n"),
    "unreadable": ("people", b'person_id,name\nP1,Rae\nP2,"Tom\nP3,Eve\n'),
}


@pytest.mark.parametrize("case", BAD_FILES)
@pytest.mark.parametrize("set_aside", [False, True])
def test_a_bad_file_is_refused_whole_whatever_is_set_aside(
    case: str, set_aside: bool, workspace: Workspace, folder: Path, counted: Callable[[str, int], None]
) -> None:
    name, content = BAD_FILES[case]

    outcome = workspace.take_in(put(folder, **{name: content}), set_aside=set_aside)

    (refusal,) = outcome.refusals
    assert (refusal.file, refusal.reason) == (f"{name}.csv", case.split()[0])
    assert refusal.mend
    assert outcome.files == ()
    counted("kinds of refusal met", 1)


def test_faults_in_the_middle_of_a_file_name_their_line(workspace: Workspace, folder: Path) -> None:
    (unclosed,) = put(folder, people=b'person_id,name\nP1,Rae\n\nP2,"Tom\nP3,Eve\n')
    (latin,) = put(folder, people_2=b"person_id,name\nP1,Rae\nP2,R\xe9\n")

    outcome = workspace.take_in([unclosed, latin])

    assert [(r.file, r.line, r.value) for r in outcome.refusals] == [
        ("people.csv", 4, None),
        ("people_2.csv", 3, "byte 0xe9"),
    ]


def test_a_header_alone_is_a_table_without_rows(workspace: Workspace, folder: Path) -> None:
    outcome = workspace.take_in(put(folder, people=PEOPLE, activities=HEADER))

    assert outcome.by_table == {"people": (2, 0, 0), "activities": (0, 0, 0)}


def test_names_that_only_hold_a_protected_word_come_in(workspace: Workspace, folder: Path) -> None:
    header = "opportunity_id,person_id,status,average,stage,reunion,package\n"

    outcome = workspace.take_in(put(folder, people=PEOPLE, opportunities=header + "O1,P1,open,1,x,2,3\n"))

    assert not outcome.refusals
    assert workspace.living()["opportunities"][0]["extra.package"] == "3"


def test_protected_attributes_come_in_where_they_belong(workspace: Workspace, folder: Path) -> None:
    protected = "person_id,attribute,value\nP1,birth year,1990\n"

    assert not workspace.take_in(put(folder, people=PEOPLE, protected=protected)).refusals


def test_dates_are_read_in_the_order_their_column_shows(workspace: Workspace, folder: Path) -> None:
    rows = "A1,P1,03/02/2026,call,\nA2,P1,25/02/2026 17:05,call,\n"

    workspace.take_in(put(folder, people=PEOPLE, activities=HEADER + rows))

    assert [a["at"] for a in workspace.living()["activities"]] == ["2026-02-03 00:00:00", "2026-02-25 17:05:00"]


@pytest.mark.parametrize(("order", "day"), [("dmy", "2026-02-03"), ("mdy", "2026-03-02")])
def test_an_answer_settles_the_order_of_dates(order: str, day: str, workspace: Workspace, folder: Path) -> None:
    paths = put(folder, people=PEOPLE, activities=HEADER + "A1,P1,03/02/2026,call,\n")

    workspace.take_in(paths, answers={"date_order": order})

    assert workspace.living()["activities"][0]["at"].startswith(day)


def test_a_column_that_shows_both_orders_stays_ambiguous(workspace: Workspace, folder: Path) -> None:
    rows = "A1,P1,13/02/2026,call,\nA2,P1,02/13/2026,call,\n"

    outcome = workspace.take_in(put(folder, people=PEOPLE, activities=HEADER + rows))

    assert [refusal.reason for refusal in outcome.refusals] == ["ambiguous_date", "ambiguous_date"]


def test_an_answer_nobody_understands_is_refused(workspace: Workspace, folder: Path) -> None:
    outcome = workspace.take_in(put(folder, people=PEOPLE), answers={"date_order": "day first"})

    assert (outcome.refusals[0].reason, outcome.files) == ("not_one_of", ())


def test_instants_become_the_firms_wall_clock(folder: Path, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, zone="Europe/Berlin")
    rows = "A1,P1,2026-07-01T22:30:00Z,call,\nA2,P1,2026-07-01T22:30,call,\nA3,P1,2026-01-01T20:00:00-05:00,call,\n"

    workspace.take_in(put(folder, people=PEOPLE, activities=HEADER + rows))

    at = [activity["at"] for activity in workspace.living()["activities"]]
    assert at == ["2026-07-02 00:30:00", "2026-07-01 22:30:00", "2026-01-02 02:00:00"]


def test_the_same_row_twice_counts_once_and_two_rows_with_one_id_are_both_refused(
    workspace: Workspace, folder: Path
) -> None:
    same = "A1,P1,2026-03-02,call,5\n"
    outcome = workspace.take_in(put(folder, people=PEOPLE, activities=HEADER + same + same))
    assert outcome.by_table["activities"] == (1, 0, 1)

    outcome = workspace.take_in(
        put(folder, activities=HEADER + "B1,P1,2026-03-02,call,\n" + same + "\n" + same + "A1,P1,2026-03-02,call,6\n")
    )

    assert [place(r)[1:] for r in outcome.refusals] == [
        (3, "activity_id", "A1", "duplicate_id"),
        (5, "activity_id", "A1", "duplicate_id"),
        (6, "activity_id", "A1", "duplicate_id"),
    ]
    assert "line 6 of activities.csv" in outcome.refusals[0].mend


def test_what_is_set_aside_stays_out_and_is_kept_with_its_reason(workspace: Workspace, folder: Path) -> None:
    rows = "A1,P1,2026-03-02,call,5\nA2,P9,soon,call,\nA3,P1,2026-03-02\n"

    outcome = workspace.take_in(put(folder, people=PEOPLE, activities=HEADER + rows), set_aside=True)

    assert (outcome.created, outcome.refused, len(outcome.refusals)) == (3, 2, 3)
    assert [activity["activity_id"] for activity in workspace.living()["activities"]] == ["A1"]
    (aside,) = (file for file in outcome.files if file.holding is Holding.ASIDE)
    with duckdb.connect() as engine:
        kept = engine.execute(
            "SELECT table_name, id, line, column_name, reason, cells->>'at' FROM read_parquet(?) ORDER BY line, reason",
            [str(workspace.root / aside.path)],
        ).fetchall()
    assert kept == [
        ("activities", "A2", 3, "at", "not_a_date", "soon"),
        ("activities", "A2", 3, "person_id", "unknown_person", "soon"),
        ("activities", None, 4, None, "uneven_row", "2026-03-02"),
    ]


def test_a_dry_run_counts_and_writes_nothing(workspace: Workspace, folder: Path) -> None:
    outcome = workspace.take_in(put(folder, people=PEOPLE), dry_run=True)

    assert (outcome.created, outcome.files) == (2, ())
    assert list(workspace.root.iterdir()) == []


def test_nothing_is_left_of_a_refused_import(workspace: Workspace, folder: Path) -> None:
    workspace.take_in(put(folder, activities=HEADER + "A1,P9,2026-03-02,call,\n"))

    assert list(workspace.root.iterdir()) == []


def test_a_changed_name_alone_is_an_update_and_a_name_taken_away_is_gone(workspace: Workspace, folder: Path) -> None:
    accounts = "account_id,name,segment\nK1,Old,smb\nK2,Same,smb\n"
    workspace.take_in(put(folder, accounts=accounts))

    outcome = workspace.take_in(put(folder, accounts=accounts.replace("Old", "New")))
    assert outcome.by_table["accounts"] == (0, 1, 1)
    assert workspace.living()["accounts"][0]["name"] == "New"

    workspace.take_in(put(folder, accounts=accounts.replace("Old", "")))
    assert "name" not in workspace.living()["accounts"][0]

    workspace.undo(3)
    assert workspace.living()["accounts"][0]["name"] == "New"


def test_undoing_gives_back_what_was_and_keeps_what_was_brought_again(workspace: Workspace, folder: Path) -> None:
    first = put(folder, accounts="account_id,name,segment\nK1,One,smb\nK2,Two,smb\n")
    workspace.take_in(first)
    workspace.take_in(put(folder, accounts_2="account_id,name,segment\nK1,One,enterprise\nK2,Two,smb\nK3,Three,smb\n"))
    both = workspace.living()

    workspace.undo(1)
    assert workspace.living() == both

    workspace.take_in(first)
    workspace.undo(2)
    assert [(a["account_id"], a["segment"]) for a in workspace.living()["accounts"]] == [("K1", "smb"), ("K2", "smb")]


def test_a_version_of_long_ago_stays_replaced_when_the_one_after_it_is_undone(
    workspace: Workspace, folder: Path
) -> None:
    for day in ("2026-01-05", "2026-03-02", "2026-03-03"):
        workspace.take_in(put(folder, people=PEOPLE, activities=HEADER + f"A1,P1,{day},call,5\n"))
    workspace.undo(2)
    assert [row["at"] for row in workspace.living()["activities"]] == ["2026-03-03 00:00:00"]
    workspace.undo(3)
    assert [row["at"] for row in workspace.living()["activities"]] == ["2026-01-05 00:00:00"]


def test_erasing_a_person_leaves_every_row_and_no_trace(workspace: Workspace, folder: Path) -> None:
    paths = put(
        folder,
        people="person_id,name,email,nickname\nP1,Rae Holt,rae@firm.example,Ray\nP2,Tom Aziz,,\n",
        assignments="person_id,valid_from,manager_id,team,note\n"
        "P2,2026-01-01,P1,Rae Holt,x\nP1,2026-01-01,,Rae Holt,own\n",
        activities=HEADER + "A1,P1,2026-03-02,call,5\nA2,P2,2026-03-02,call,7\n",
        targets="metric,scope,period,value\ndials,person:P1,2026-03,5\ndials,team:Rae Holt,2026-03,5\n",
    )
    workspace.take_in(paths)
    workspace.take_in(put(folder, activities=HEADER + "A1,P1,2026-03-02,call,6\nA3,P1,never,call,\n"), set_aside=True)
    before = workspace.living()

    pairs = erase(workspace.batches, ["P1"], workspace.root, "erased-0f")

    for old, _ in pairs:
        (workspace.root / old.path).unlink()
    new = {old.path: new for old, new in pairs}
    workspace.batches = tuple(
        type(b)(b.number, b.recorded_at, tuple(new.get(f.path, f) for f in b.files), b.undone_at, b.fixed)
        for b in workspace.batches
    )
    after = workspace.living()
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    assert sum(a["duration_s"] for a in after["activities"]) == 13
    assert {a["person_id"] for a in after["activities"]} == {"erased-0f", "P2"}
    assert after["targets"][0]["scope"] == "person:erased-0f"
    written = _every_word(workspace)
    assert not written & {"P1", "Rae Holt", "rae@firm.example", "Ray", "person:P1", "team:Rae Holt", "own"}
    assert "Tom Aziz" in written


def _every_word(workspace: Workspace) -> set[str]:
    """Every text in every cell of every file of the batches that count, those of JSON cells too."""
    words: set[str] = set()
    with duckdb.connect() as engine:
        for batch in known(workspace.batches, None):
            for file in batch.files:
                rows = engine.execute("FROM read_parquet(?)", [str(workspace.root / file.path)]).fetchall()
                words |= {part for row in rows for cell in row for part in str(cell).replace('"', "\x1f").split("\x1f")}
    return words


def test_what_is_odd_is_reported_and_comes_in(workspace: Workspace, folder: Path) -> None:
    burst = "".join(f"B{n},P1,2026-03-02T09:00:{n:02d},call,\n" for n in range(12))
    twins = "T1,P2,2026-03-03T09:00:00,email,\nT2,P2,2026-03-03T09:00:00,email,\n"
    opportunities = (
        "opportunity_id,person_id,account_id,opened_at,closed_at,status,stage\n"
        "O1,P1,K9,2026-03-02,2026-03-01,won,Won\nO2,P1,,2026-03-02,,won,\n"
        "O3,P1,,2026-03-02,2026-03-09,lost,Closed Won\n"
    )

    outcome = workspace.take_in(
        put(folder, people=PEOPLE, activities=HEADER + burst + twins, opportunities=opportunities)
    )

    notes = {(note.code, note.table): (note.count, note.examples) for note in outcome.quality}
    assert notes == {
        ("burst", "activities"): (1, ("P1 2026-03-02 09:00",)),
        ("duplicate_but_id", "activities"): (2, ("T1", "T2")),
        ("dates_out_of_order", "opportunities"): (1, ("O1",)),
        ("flag_contradicts_stage", "opportunities"): (2, ("O2", "O3")),
        ("orphan", "opportunities"): (1, ("K9",)),
        ("blank_reference", "opportunities"): (2, ("O2", "O3")),
    }


def test_a_close_date_pushed_back_is_noted(workspace: Workspace, folder: Path) -> None:
    row = "opportunity_id,person_id,status,expected_close_on\nO1,P1,open,2026-03-31\n"
    workspace.take_in(put(folder, people=PEOPLE, opportunities=row))

    outcome = workspace.take_in(put(folder, opportunities=row.replace("03-31", "06-30")))

    assert [(note.code, note.examples) for note in outcome.quality] == [("close_date_pushed", ("O1",))]


def test_parquet_is_taken_in_as_csv_is(workspace: Workspace, folder: Path) -> None:
    (people,) = put(folder, people=PEOPLE)
    activities = folder / "activities.parquet"
    with duckdb.connect() as engine:
        engine.execute(
            "COPY (SELECT * FROM (VALUES (1, 'P1', TIMESTAMP '2026-03-02 09:00:00', 'call', 5.0, 'a'), "
            "(2, 'P1', TIMESTAMP '2026-03-02 10:00:00', 'call', 5.5, NULL)) "
            f'v(activity_id, person_id, "at", kind, duration_s, "my note")) TO \'{activities}\' (FORMAT parquet)'
        )

    outcome = workspace.take_in([people, activities], set_aside=True)

    assert [place(r) for r in outcome.refusals] == [("activities.parquet", 2, "duration_s", "5.5", "not_a_number")]
    assert workspace.living()["activities"] == [
        {"activity_id": "1", "person_id": "P1", "at": "2026-03-02 09:00:00", "kind": "call", "status": "done",
         "duration_s": 5, "extra.my note": "a"}
    ]  # fmt: skip


def test_a_file_that_is_no_parquet_is_refused(workspace: Workspace, folder: Path) -> None:
    path = folder / "people.parquet"
    path.write_bytes(b"PAR1 not really")

    assert [r.reason for r in workspace.take_in([path]).refusals] == ["unreadable"]


def test_semicolons_and_a_byte_order_mark_are_understood(workspace: Workspace, folder: Path) -> None:
    workspace.take_in(put(folder, people="\ufeffperson_id;name\nP1;Holt, Rae\n"))

    assert workspace.living()["people"] == [{"person_id": "P1", "name": "Holt, Rae"}]
