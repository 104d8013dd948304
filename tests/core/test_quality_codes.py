"""Every code of data quality: shown by data that has the fault, with count, examples and sentence, and by no other."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from courtside.connectors.adapter import Quality
from courtside.connectors.mapped import Mapped
from courtside.connectors.mapping import read_mapping
from courtside.connectors.zoho import ADAPTER as ZOHO
from taking_in import Workspace

GATES = ("codes of data quality shown",)

CODES = (
    "duplicate_but_id", "alias", "orphan", "blank_reference", "flag_contradicts_stage", "dates_out_of_order",
    "non_person_actor", "stale_open", "close_date_pushed", "burst", "unmapped_value",
)  # fmt: skip
"""DATA.md, section 2."""

Rows = Sequence[Mapping[str, Any]]

PEOPLE: Rows = ({"person_id": "P1", "name": "Rae Holt"}, {"person_id": "P2", "name": "Tom Aziz"})
ACCOUNTS: Rows = ({"account_id": "K1", "name": "Birch", "industry": "Retail"},)
LEADS: Rows = (
    {"lead_id": "L1", "person_id": "P1", "source": "Web", "created_at": "2026-01-05T09:00", "account_id": "K1"},
    {"lead_id": "L2", "person_id": "P2", "source": "Web", "created_at": "2026-01-06T09:00", "account_id": "K1"},
)
ACTIVITIES: Rows = tuple(
    {"activity_id": f"A{n}", "person_id": "P1", "at": f"2026-02-{n + 1:02}T09:00", "kind": "call", "lead_id": "L1"}
    for n in range(5)
)
OPPORTUNITIES: Rows = tuple(
    {"opportunity_id": f"O{n}", "person_id": "P1", "account_id": "K1", "lead_id": "L1",
     "opened_at": f"2026-02-{n + 1:02}", "closed_at": f"2026-03-{n + 1:02}", "status": "won", "stage": "Won",
     "amount": 10 + n}
    for n in range(6)
)  # fmt: skip
CLEAN: Mapping[str, Rows] = {
    "people": PEOPLE, "accounts": ACCOUNTS, "leads": LEADS, "activities": ACTIVITIES, "opportunities": OPPORTUNITIES,
}  # fmt: skip


def changed(row: Mapping[str, Any], **cells: object) -> dict[str, Any]:
    return {**row, **cells}


OPEN = {**OPPORTUNITIES[0], "opportunity_id": "X1", "status": "open", "stage": "Demo", "closed_at": ""}
BURST: Rows = tuple(changed(ACTIVITIES[0], activity_id=f"B{n}", at=f"2026-02-09T09:00:{n:02}") for n in range(10))

FAULTS: Mapping[str, tuple[str, Mapping[str, Rows], int, tuple[str, ...]]] = {
    "duplicate_but_id": (
        "activities", {"activities": (changed(ACTIVITIES[0], activity_id="A9"),)}, 2, ("A0", "A9"),
    ),
    "alias": ("leads", {"leads": (changed(LEADS[0], lead_id="L9", source="WEB"),)}, 1, ("WEB",)),
    "orphan": ("leads", {"leads": (changed(LEADS[0], lead_id="L9", account_id="K9"),)}, 1, ("K9",)),
    "blank_reference": ("leads", {"leads": (changed(LEADS[0], lead_id="L9", source=""),)}, 1, ("L9",)),
    "flag_contradicts_stage": (
        "opportunities", {"opportunities": (changed(OPPORTUNITIES[0], opportunity_id="X1", stage="Lost"),)}, 1, ("X1",),
    ),
    "dates_out_of_order": (
        "opportunities", {"opportunities": (changed(OPPORTUNITIES[0], opportunity_id="X1", opened_at="2026-03-09"),)},
        1, ("X1",),
    ),
    "non_person_actor": ("people", {"people": ({"person_id": "P3", "name": "Integration User"},)}, 1, ("P3",)),
    "stale_open": ("opportunities", {"opportunities": (changed(OPEN, opened_at="2026-01-10"),)}, 1, ("X1",)),
    "burst": ("activities", {"activities": BURST}, 1, ("P1 2026-02-09 09:00",)),
    "unmapped_value": (
        "activities", {"activities": (changed(ACTIVITIES[0], activity_id="A9", kind="Fax"),)}, 1, ("Fax",),
    ),
}  # fmt: skip
"""Code -> the table it is told of, rows that come beside the clean ones, the count and the examples it must have."""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "firm"
    root.mkdir()
    return Workspace(root)


def put(folder: Path, tables: Mapping[str, Rows]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = []
    for table, rows in tables.items():
        paths.append(folder / f"{table}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
    return paths


def with_faults(tables: Mapping[str, Rows]) -> dict[str, Rows]:
    return {table: (*rows, *tables.get(table, ())) for table, rows in CLEAN.items()}


def told(notes: Sequence[Quality]) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    assert all(note.sentence and str(note.count) in note.sentence for note in notes)
    return {(note.code, note.table): (note.count, note.examples) for note in notes}


def test_clean_rows_have_no_note(workspace: Workspace, tmp_path: Path) -> None:
    assert told(workspace.take_in(put(tmp_path / "in", CLEAN)).quality) == {}


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_told_by_its_code_and_no_other(
    code: str, workspace: Workspace, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    table, rows, count, examples = FAULTS[code]

    outcome = workspace.take_in(put(tmp_path / "in", with_faults(rows)))

    assert not outcome.refusals
    assert told(outcome.quality) == {(code, table): (count, examples)}
    counted("codes of data quality shown", 1)


def test_a_close_date_that_moves_later_is_told_from_two_batches(
    workspace: Workspace, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    deal = changed(OPEN, opened_at="2026-02-20", expected_close_on="2026-04-01")
    workspace.take_in(put(tmp_path / "in", with_faults({"opportunities": (deal,)})))

    pushed = workspace.take_in(
        put(tmp_path / "next", {"opportunities": (changed(deal, expected_close_on="2026-05-01"),)})
    )
    pulled = workspace.take_in(
        put(tmp_path / "last", {"opportunities": (changed(deal, expected_close_on="2026-03-01"),)})
    )

    assert told(pushed.quality) == {("close_date_pushed", "opportunities"): (1, ("X1",))}
    assert told(pulled.quality) == {}
    counted("codes of data quality shown", 1)


def test_every_code_is_shown_by_some_fault() -> None:
    assert {*FAULTS, "close_date_pushed"} == set(CODES)


def test_words_that_other_rows_spell_otherwise_are_aliases_across_imports_and_tables(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.take_in(put(tmp_path / "in", CLEAN))

    spend = {"source": "WEB", "month": "2026-01-01", "amount": 5}
    outcome = workspace.take_in(put(tmp_path / "next", {"spend": (spend,)}))

    assert told(outcome.quality) == {("alias", "spend"): (1, ("WEB",))}


def test_a_case_closed_before_its_lead_was_there_is_out_of_order(workspace: Workspace, tmp_path: Path) -> None:
    deal = changed(OPPORTUNITIES[0], opportunity_id="X1", opened_at="2026-01-02", closed_at="2026-01-03")
    outcome = workspace.take_in(put(tmp_path / "in", with_faults({"opportunities": (deal,)})))
    notes = [note for note in outcome.quality if note.code == "dates_out_of_order"]
    assert {(note.count, note.examples) for note in notes} == {(1, ("X1",))}
    assert {word for note in notes for word in ("opened", "closed") if f"were {word} before" in note.sentence} == {
        "opened", "closed",
    }  # fmt: skip


def test_rows_that_differ_in_a_free_text_are_no_copies(workspace: Workspace, tmp_path: Path) -> None:
    rows = (changed(ACTIVITIES[0], subject="a"), changed(ACTIVITIES[0], activity_id="A9", subject="b"))
    outcome = workspace.take_in(put(tmp_path / "in", {**CLEAN, "activities": rows}))
    assert told(outcome.quality) == {}


def test_a_mapping_tells_values_it_has_no_meaning_for(workspace: Workspace, tmp_path: Path) -> None:
    text = (
        "connector: mapped\nfiles:\n  - match: x.csv\n    table: opportunities\n"
        "    columns: {opportunity_id: Id, person_id: Who, stage: Phase}\n"
        "    values: {stage: {A: Offer}}\n    constants: {status: open}\n"
        "  - {match: x.csv, table: people, columns: {person_id: Who, name: Who}}\n"
    )
    path = tmp_path / "x.csv"
    path.write_text("Id,Who,Phase\n1,Rae,A\n2,Rae,B\n3,Rae,Offer\n")

    outcome = workspace.take_in([path], adapter=Mapped(read_mapping(text, "m.yaml")))

    assert told(outcome.quality) == {("unmapped_value", "opportunities"): (1, ("B",))}


def test_what_a_connector_tells_itself_is_not_told_twice(workspace: Workspace, project_root: Path) -> None:
    folder = project_root / "src/courtside/connectors/zoho/example/input"
    outcome = workspace.take_in(sorted(folder.iterdir()), adapter=ZOHO)
    aliases = [note for note in outcome.quality if (note.code, note.table) == ("alias", "opportunities")]
    assert [note.examples for note in aliases] == [("OnlineStore",)]
