"""An export nobody knows: shown first, never imported by a guess, read by a mapping, and remembered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.asking import Asking
from tests.shell.firm import fingerprint

GATES = ("ways of importing a foreign export tried",)

DEALS = """Vorgang;Verantwortlicher;Phase;Betrag;Erstelldatum;Abschlussdatum
A-1;Rae Holt;Gewonnen;"1.250,50";03.02.2026;20.03.2026
A-2;Tom Aziz;Angebot;"980,00";12.02.2026;30.04.2026
A-3;Rae Holt;Verloren;"75,00";15.02.2026;01.03.2026
"""
MAPPING = """connector: mapped
files:
  - match: "Deals*"
    table: opportunities
    columns:
      opportunity_id: Vorgang
      person_id: Verantwortlicher
      stage: Phase
      status: Phase
      amount: Betrag
      opened_at: Erstelldatum
      closed_at: Abschlussdatum
      expected_close_on: Abschlussdatum
    values:
      status: {Gewonnen: won, Verloren: lost, Angebot: open}
  - {match: "Deals*", table: people, columns: {person_id: Verantwortlicher, name: Verantwortlicher}}
"""
_UNTOUCHED = ("refused", "lock", "cache", "app.sqlite3-")


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "export" / "Deals-2026-03.csv"
    path.parent.mkdir()
    path.write_text(DEALS, encoding="utf-8")
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> Path:
    """A workbook of a few cells, texts inline."""

    def cell(value: str | float) -> str:
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if isinstance(value, str) else f"<c><v>{value}</v></c>"

    space = 'xmlns="http' + '://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http" + "://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http" + "://schemas.openxmlformats.org/package/2006"
    numbered = list(enumerate(sheets, start=1))
    with ZipFile(path, "w") as out:
        out.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
            'PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
                'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
                for n, _ in numbered
            )
            + "</Types>",
        )
        out.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        out.writestr(
            "xl/workbook.xml",
            f'<workbook {space} xmlns:r="{relations}"><sheets>'
            + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in numbered)
            + "</sheets></workbook>",
        )
        out.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{relations}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                for n, _ in numbered
            )
            + "</Relationships>",
        )
        for n, name in numbered:
            rows = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in sheets[name])
            out.writestr(f"xl/worksheets/sheet{n}.xml", f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>")
    return path


def test_an_unknown_export_is_never_imported_by_a_guess(
    empty: Asking, deals: Path, counted: Callable[[str, int], None]
) -> None:
    before = fingerprint(empty.workspace, *_UNTOUCHED)

    reply = empty.run("import", deals)

    assert reply.status == 1
    assert "no connector recognises Deals-2026-03.csv, and nothing is imported by a guess" in reply.said
    assert "seems to hold opportunities; no column was found for opportunity_id" in reply.said
    assert "--dry-run --save-mapping FILE" in reply.said
    assert fingerprint(empty.workspace, *_UNTOUCHED) == before
    counted(GATES[0], 1)


def test_a_proposal_is_shown_saved_corrected_and_used(
    empty: Asking, deals: Path, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    saved = tmp_path / "proposed.yaml"

    shown = empty.run("import", deals, "--dry-run", "--save-mapping", saved)

    assert shown.status == 1, "the key has a name nobody can guess"
    assert "Deals-2026-03.csv -> opportunities" in shown.out
    assert "closed_at <- Abschlussdatum" in shown.out
    assert "2026-02-03" in shown.out
    assert "# needs opportunity_id" in saved.read_text()
    unready = empty.run("import", deals, "--mapping", saved)
    assert unready.status == 1
    assert "missing_column: opportunities needs opportunity_id" in unready.said
    assert empty.rows("imports") == []

    text = saved.read_text().replace("    columns:\n", "    columns:\n      opportunity_id: Vorgang\n", 1)
    saved.write_text(text.replace("    table: opportunities\n", '    table: opportunities\n    decimal: ","\n', 1))
    (row,) = empty.rows("import", deals, "--mapping", saved)

    assert (row["connector"], row["created"]) == ("mapped", 5)
    assert empty.metric("revenue", "--period", "2026-03", "--as-of", "2026-03-31")["value"] == 1250.5
    assert empty.metric("open_opportunities", "--as-of", "2026-03-31", "--period", "2026-03")["value"] == 1
    counted(GATES[0], 1)


def test_the_mapping_used_is_remembered_with_its_answers_for_the_export_of_next_month(
    empty: Asking, deals: Path, mapping: Path, counted: Callable[[str, int], None]
) -> None:
    deals.write_text(DEALS.replace('"1.250,50"', '"1.250"').replace('"980,00"', '"1.980"').replace('"75,00"', ""))
    asked = empty.run("import", deals, "--mapping", mapping, "--format", "json")
    assert asked.status == 1
    assert {row["reason"] for row in asked.answer["rows"]} == {"ambiguous_number"}
    assert all("--answer decimal=" in row["mend"] for row in asked.answer["rows"])

    empty.rows("import", deals, "--mapping", mapping, "--answer", "decimal=,")
    later = deals.with_name("Deals-2026-04.csv")
    later.write_text(deals.read_text().replace("A-2", "A-7").replace("1.980", "2.980"))
    again = empty.run("import", later, "--format", "json")

    assert (again.rows[0]["connector"], again.rows[0]["created"]) == ("mapped", 1)
    assert "read by the mapping used on" in again.notes
    assert empty.metric("revenue", "--period", "2026-03", "--as-of", "2026-03-31")["value"] == 1_250
    counted(GATES[0], 1)


def test_a_dry_run_is_about_the_whole_file_though_its_preview_is_a_sample(
    empty: Asking, deals: Path, mapping: Path, counted: Callable[[str, int], None]
) -> None:
    head, *rows = DEALS.splitlines()
    many = [row.replace("A-", f"B{n}-") for n in range(500) for row in rows]
    deals.write_text("\n".join([head, *many, "A-9;Rae Holt;Vielleicht;1;03.02.2026;"]) + "\n")
    before = fingerprint(empty.workspace, *_UNTOUCHED)

    reply = empty.run("import", deals, "--mapping", mapping, "--dry-run")

    assert reply.status == 1
    assert "the first 1,000 rows were looked at" in reply.out
    assert "line 1502, column Phase: 'Vielleicht' not_one_of" in reply.said
    assert fingerprint(empty.workspace, *_UNTOUCHED) == before
    good = empty.run("import", deals, "--mapping", mapping, "--dry-run", "--set-aside")
    assert good.status == 0, good.said
    assert "opportunities: 1500 created" in good.out
    counted(GATES[0], 1)


def test_json_carries_the_preview_beside_the_verdict(empty: Asking, deals: Path, mapping: Path) -> None:
    reply = empty.run("import", deals, "--mapping", mapping, "--dry-run", "--format", "json")
    (row,) = reply.rows
    first, people = row["preview"]
    assert (first["table"], first["columns"]["amount"], first["sampled"]) == ("opportunities", "Betrag", None)
    assert first["rows"][0]["amount"] == "1250.5000"
    assert (people["table"], [p["person_id"] for p in people["rows"]]) == ("people", ["Rae Holt", "Tom Aziz"])
    assert (row["batch"], row["created"]) == (None, 5)


def test_sheets_of_a_workbook_are_mapped_by_their_names(
    empty: Asking, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    book = workbook(
        tmp_path / "firm.xlsx",
        {
            "Deals": [["No", "Who", "Stage", "Sum"], ["D1", "Rae", "Won", 12.5], ["D2", "Tom", "Lost", 7]],
            "Staff": [["Name"], ["Rae"], ["Tom"]],
            "Notes": [["Any"], ["thing"]],
        },
    )
    text = (
        "connector: mapped\nfiles:\n"
        "  - {match: '*.xlsx', sheet: Deals, table: opportunities, constants: {closed_at: 2026-03-01},\n"
        "     columns: {opportunity_id: No, person_id: Who, status: Stage, amount: Sum}}\n"
        "  - {match: '*.xlsx', sheet: Staff, table: people, columns: {person_id: Name, name: Name}}\n"
    )
    (tmp_path / "m.yaml").write_text(text)

    reply = empty.run("import", book, "--mapping", tmp_path / "m.yaml", "--format", "json")

    assert reply.rows[0]["created"] == 4
    assert "sheet Notes of firm.xlsx: no entry of m.yaml matches it, so it was passed over" in reply.notes
    assert empty.metric("revenue", "--period", "2026-03", "--as-of", "2026-03-31")["value"] == 12.5
    bad = workbook(tmp_path / "firm.xlsx", {"Deals": [["No", "Who", "Stage", "Sum"], ["D1", "Rae", "Won", "1,250"]]})
    refused = empty.run("import", bad, "--mapping", tmp_path / "m.yaml", "--format", "json")
    assert [(row["sheet"], row["reason"]) for row in refused.answer["rows"]] == [("Deals", "ambiguous_number")]
    counted(GATES[0], 1)


FAULTY = {
    "a mapping that is not there": (("--mapping", "none.yaml"), "the mapping cannot be opened"),
    "two ways of reading": (("--mapping", "mapping.yaml", "--connector", "zoho"), "name one of them"),
    "saving without looking": (("--save-mapping", "new.yaml"), "goes with --dry-run"),
    "the connector without a mapping": (("--connector", "mapped"), "--mapping FILE"),
    "a file that is there already": (("--dry-run", "--mapping", "mapping.yaml", "--save-mapping", "mapping.yaml"),
                                     "is there already and is not overwritten"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTY)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    case: str, empty: Asking, deals: Path, mapping: Path, counted: Callable[[str, int], None]
) -> None:
    words, said = FAULTY[case]
    before = mapping.read_bytes()
    typed = [str(mapping.parent / word) if word.endswith(".yaml") else word for word in words]

    reply = empty.run("import", deals, *typed)

    assert reply.status in (1, 2)
    assert said in reply.said
    assert mapping.read_bytes() == before
    assert empty.rows("imports") == []
    counted(GATES[0], 1)


def test_faults_of_a_mapping_are_told_in_words_and_as_rows(empty: Asking, deals: Path, mapping: Path) -> None:
    mapping.write_text(MAPPING.replace("amount: Betrag", "amuont: Betrag"))
    reply = empty.run("import", deals, "--mapping", mapping, "--format", "json")
    assert reply.status == 1
    assert "mapping.yaml, line 10, column 7: 'amuont' unknown_field" in reply.said
    (row,) = json.loads(reply.out)["rows"]
    assert (row["file"], row["line"], row["column"], row["reason"]) == ("mapping.yaml", 10, "7", "unknown_field")
    mapping.write_bytes(MAPPING.replace("Angebot", "Über").encode("latin-1"))
    assert "is not UTF-8" in empty.run("import", deals, "--mapping", mapping).said


def test_a_preview_of_a_large_file_is_there_at_once(empty: Asking, tmp_path: Path) -> None:
    from courtside.connectors.native import ADAPTER
    from courtside.services.preview_import import preview_import

    path = tmp_path / "activities.csv"
    with path.open("w") as file:
        file.write("activity_id,person_id,at,kind\n")
        file.writelines(f"A{n},P1,2026-01-05T09:00,call\n" for n in range(400_000))
    (tmp_path / "scratch").mkdir()

    began = time.monotonic()
    (preview,) = preview_import(ADAPTER, [path], "UTC", {}, tmp_path / "scratch")
    took = time.monotonic() - began

    assert (preview["sampled"], len(preview["rows"])) == (1_000, 5)
    assert took < 5, f"{took:.1f} s"
