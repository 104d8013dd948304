"""A mapping: its file is read with every fault in its place, and makes records of exports nobody here wrote."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtside.connectors.mapped import Mapped
from courtside.connectors.mapping import BadMapping, ExportMapping, TableMapping, read_mapping, write_mapping
from courtside.warehouse.intake import Outcome
from taking_in import Workspace

GATES = ("faults of mappings refused with their place", "published figures of mapped exports compared")

OLIST = """
connector: mapped
files:
  - match: "*qualified_leads*.csv"
    table: leads
    columns: {lead_id: mql_id, created_at: first_contact_date, source: origin}
  - match: "*closed_deals*.csv"
    table: opportunities
    columns: {opportunity_id: mql_id, lead_id: mql_id, person_id: sr_id, closed_at: won_date}
    constants: {status: won}
  - match: "*closed_deals*.csv"
    table: people
    columns: {person_id: sr_id, name: sr_id}
    constants: {role: seller}
  - match: "*closed_deals*.csv"
    table: people
    columns: {person_id: sdr_id, name: sdr_id}
    constants: {role: seller}
"""

SALESFORCE = """
connector: mapped
files:
  - match: "Opportunity History.csv"
    table: stage_changes
    date_order: dmy
    columns: {opportunity_id: OppID, stage: StageName, at: CreatedDate}
  - match: "Opportunity.csv"
    table: opportunities
    date_order: dmy
    columns:
      opportunity_id: Id
      person_id: OwnerId
      account_id: AccountId
      opened_at: CreatedDate
      closed_at: CloseDate
      expected_close_on: CloseDate
      status: StageName
      stage: StageName
      amount: Amount
      source: LeadSource
    values:
      status: {Closed Won: won, Closed Lost: lost, Prospecting: open, Qualification: open, Needs Analysis: open,
               Value Proposition: open, Id. Decision Makers: open, Perception Analysis: open,
               Proposal/Price Quote: open, Negotiation/Review: open}
  - match: "Opportunity.csv"
    table: stage_changes
    date_order: dmy
    columns: {opportunity_id: Id, at: CreatedDate}
    constants: {stage: Opened}
  - match: "Opportunity.csv"
    table: people
    columns: {person_id: OwnerId, name: OwnerId}
"""

ORDERS = """
connector: mapped
files:
  - match: Sales_Orders.csv
    table: transactions
    date_order: dmy
    decimal: "."
    columns: {transaction_id: SALESORDERID, at: Created Time, amount: Grand Total, extra.status: Status}
    ignore: [Age In Days, Age Tier]
"""

DEALS = """
connector: mapped
files:
  - match: deals.csv
    table: opportunities
    columns: {opportunity_id: Id, person_id: Owner, status: State, amount: Sum, opened_at: Opened}
  - match: deals.csv
    table: people
    columns: {person_id: Owner, name: Owner}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "firm"
    root.mkdir()
    return Workspace(root)


@pytest.fixture
def compared(counted: Callable[[str, int], None]) -> Callable[[object, object], None]:
    def compare(found: object, published: object) -> None:
        assert found == published
        counted(GATES[1], 1)

    return compare


def adapter(text: str) -> Mapped:
    return Mapped(read_mapping(text, "mapping.yaml"))


def put(folder: Path, text: str, name: str = "deals.csv") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def told(outcome: Outcome) -> list[tuple[int | None, str | None, str | None, str]]:
    return [(r.line, r.column, r.value, r.reason) for r in outcome.refusals]


def test_the_olist_funnel_by_origin_is_as_published(
    workspace: Workspace, shared_data: Path, compared: Callable[[object, object], None]
) -> None:
    """Rows 10 and 11 of PUBLISHED_FIGURES.md, and the set's README: people, the deal won before first contact."""
    outcome = workspace.take_in(sorted((shared_data / "olist_funnel").glob("*.csv")), adapter=adapter(OLIST))
    assert not outcome.refusals
    records = workspace.living()
    leads = {row["lead_id"]: row for row in records["leads"]}
    deals = records["opportunities"]
    compared((len(leads), len(deals)), (8_000, 842))
    compared(round(len(deals) / len(leads), 5), 0.10525)
    came = Counter(row.get("source", "") for row in leads.values())
    won = Counter(leads[deal["lead_id"]].get("source", "") for deal in deals)
    for source, published in {
        "organic_search": (2_296, 271), "paid_search": (1_586, 195), "social": (1_350, 75), "unknown": (1_099, 179),
        "direct_traffic": (499, 56), "email": (493, 15), "referral": (284, 24), "other": (150, 4), "display": (118, 6),
        "other_publicities": (65, 3), "": (60, 14),
    }.items():  # fmt: skip
        compared((came[source], won[source]), published)
    days = [
        (
            date.fromisoformat(deal["closed_at"][:10]) - date.fromisoformat(leads[deal["lead_id"]]["created_at"][:10])
        ).days
        for deal in deals
    ]
    compared(48.4 <= sum(days) / len(days) <= 49.1, True)
    compared(len({deal["person_id"] for deal in deals}), 22)
    notes = {(note.code, note.table, note.count) for note in outcome.quality}
    assert ("dates_out_of_order", "opportunities", 1) in notes
    assert ("blank_reference", "leads", 60) in notes


def test_the_stage_history_holds_the_published_transitions(
    workspace: Workspace, shared_data: Path, compared: Callable[[object, object], None]
) -> None:
    """Row 22 of PUBLISHED_FIGURES.md: 876 rows, 584 changes, 219 openings, 73 expected closings of the still open."""
    folder = shared_data / "salesforce_stage_history"
    outcome = workspace.take_in(
        [folder / "Opportunity History.csv", folder / "Opportunity.csv"], adapter=adapter(SALESFORCE)
    )
    assert not outcome.refusals
    records = workspace.living()
    found = Counter((row["opportunity_id"], row["at"][:10], row["stage"]) for row in records["stage_changes"])
    for row in records["opportunities"]:
        if row["status"] == "open":
            found[row["opportunity_id"], row["expected_close_on"], "ExpectedCloseDate"] += 1
    with (folder / "expected_Cleaned_Salesforce_Data.csv").open(encoding="utf-8-sig", newline="") as file:
        published = Counter(
            (row["OppID"], f"{row['Date'][6:]}-{row['Date'][3:5]}-{row['Date'][:2]}", row["Stage"])
            for row in csv.DictReader(file)
        )
    compared(found.total(), 876)
    compared(found, published)
    compared(Counter(row["stage"] for row in records["stage_changes"])["Opened"], 219)
    compared(sum(row["status"] == "open" for row in records["opportunities"]), 73)
    assert not any("closed_at" in row for row in records["opportunities"] if row["status"] == "open")


def test_orders_with_grouped_thousands_and_days_first_add_up_as_published(
    workspace: Workspace, shared_data: Path, compared: Callable[[object, object], None]
) -> None:
    """Row 20 of PUBLISHED_FIGURES.md, read this time by a mapping."""
    outcome = workspace.take_in([shared_data / "zoho_crm_demo" / "Sales_Orders.csv"], adapter=adapter(ORDERS))
    assert not outcome.refusals
    rows = workspace.living()["transactions"]
    compared(len(rows), 2_061)
    compared(sum(float(row["amount"]) for row in rows if row["extra.status"] == "Created"), 7_494_195)
    compared(next(row["at"] for row in rows if row["transaction_id"] == "21000837"), "2021-07-03 12:59:00")


FAULTS: Mapping[str, tuple[str, str, str, str]] = {
    "an unknown key": ("match: deals.csv", "^mach: deals.csv", "not_one_of", "match"),
    "an unknown table": ("table: people", "table: ^peple", "not_one_of", "people"),
    "an unknown field": ("amount: Sum", "^amuont: Sum", "unknown_field", "amount"),
    "a date order nobody uses": ("table: people", "table: people\n    date_order: ^dym", "not_one_of", "dmy"),
    "a decimal mark nobody uses": ("table: people", "table: people\n    decimal: ^;", "not_one_of", ","),
    "a zone that is none": ("table: people", "table: people\n    zone: ^Europe/Pariss", "not_one_of", "Europe/Paris"),
    "a value that is none of the choices": (
        "opened_at: Opened}", "opened_at: Opened}\n    values: {status: {Closed: ^wonn}}", "not_one_of", "won",
    ),
    "values of a field that has no column": (
        "opened_at: Opened}", "opened_at: Opened}\n    values: {^stage: {A: B}}", "not_one_of", "status",
    ),
    "a constant no field takes": (
        "name: Owner}", "name: Owner}\n    constants: {role: a, ^hired: b}", "unknown_field", "hired_on",
    ),
    "a constant that is none of the choices": (
        "opened_at: Opened}", "opened_at: Opened}\n    constants: {pipeline: ^sale}", "not_one_of", "sales",
    ),
    "a required field that is missing": ("columns: {person_id: Owner, name: Owner}", "^columns: {person_id: Owner}",
                                         "missing_column", "name"),
    "another connector": ("connector: mapped", "connector: ^maped", "not_one_of", "mapped"),
    "a list where fields belong": (
        "columns: {person_id: Owner, name: Owner}", "columns: ^[person_id]", "wrong_shape", ":",
    ),
    "a key twice": ("name: Owner}", "name: Owner, ^name: Sum}", "duplicate_key", "name"),
    "an alias that bites its tail": ("table: people", "table: ^&a [*a]", "wrong_shape", "text"),
    "no YAML at all": ("files:", "files: }^", "not_yaml", ""),
}  # fmt: skip
"""What is written instead of what; `^` marks the place that must be named. The reason, and a name to be offered."""


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_refused_with_its_line_and_column_and_the_nearest_names(
    case: str, counted: Callable[[str, int], None]
) -> None:
    old, new, reason, nearest = FAULTS[case]
    assert old in DEALS
    marked = DEALS.replace(old, new, 1)
    before = marked[: marked.index("^")].split("\n")

    with pytest.raises(BadMapping) as caught:
        read_mapping(marked.replace("^", ""), "mapping.yaml")

    first = next(refusal for refusal in caught.value.refusals if refusal.reason == reason)
    assert (first.file, first.line) == ("mapping.yaml", len(before))
    if reason != "not_yaml":
        assert first.column == str(len(before[-1]) + 1)
    assert nearest in first.mend
    counted(GATES[0], 1)


@pytest.mark.parametrize("text", ["", "42", "[]", "files: []", "connector: mapped", "x" * 1_000_001])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(BadMapping) as caught:
        read_mapping(text, "mapping.yaml")
    assert caught.value.refusals[0].mend


names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(names, st.dictionaries(names, names, max_size=4), st.sampled_from([None, ".", ","]), st.lists(names, max_size=2))
def test_a_mapping_that_was_written_is_read_back_as_it_was(match, meant, decimal, ignore) -> None:
    entry = TableMapping(
        match, "people", {"person_id": match, "name": "Yes", "extra.é: #": "null"}, match, "mdy", decimal, "UTC",
        {"person_id": meant}, {"role": "no"}, tuple(ignore),
    )  # fmt: skip
    mapping = ExportMapping((entry, entry))
    assert read_mapping(write_mapping(mapping, {1: "a word\nand another"}), "x") == mapping


def test_columns_a_file_lacks_are_refused_where_the_mapping_names_them(workspace: Workspace, tmp_path: Path) -> None:
    outcome = workspace.take_in([put(tmp_path / "in", "Id,Ownr,State,Sum,Opened\n")], adapter=adapter(DEALS))

    first = outcome.refusals[0]
    place = DEALS.splitlines()[5].index("person_id: Owner") + len("person_id: ") + 1
    assert (first.file, first.line, first.column, first.value) == ("mapping.yaml", 6, str(place), "Owner")
    assert (first.reason, "nearest: Ownr" in first.mend) == ("unknown_column", True)
    assert {r.line for r in outcome.refusals} == {6, 9}


HEAD = "Id,Owner,State,Sum,Opened\n"
CELLS = {
    "a number that is two": ("1,Rae,won,\"1,234\",2026-01-05\n", [(2, "Sum", "1,234", "ambiguous_number")]),
    "a number another cell settles": ("1,Rae,won,\"1,234\",2026-01-05\n2,Rae,won,9.5,2026-01-05\n", []),
    "a date that is two": ("1,Rae,won,5,03/04/2026\n", [(2, "Opened", "03/04/2026", "ambiguous_date")]),
    "a date another cell settles": ("1,Rae,won,5,03/04/2026\n2,Rae,won,5,13/04/2026\n", []),
    "a status without a meaning": ("1,Rae,Closed,5,2026-01-05\n", [(2, "State", "Closed", "not_one_of")]),
    "a status written otherwise": ("1,Rae,WON,5,2026-01-05\n", []),
    "an amount in another currency": ("1,Rae,won,5 €,2026-01-05\n", [(2, "Sum", "5 €", "currency_not_said")]),
    "a row cut short": ("1,Rae\n", [(2, None, None, "uneven_row")]),
    "no owner": ("1,,won,5,2026-01-05\n2,Rae,won,5,2026-01-05\n", [(2, "Owner", None, "missing_required")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_is_read_in_one_way_or_asked_about(case: str, workspace: Workspace, tmp_path: Path) -> None:
    rows, expected = CELLS[case]
    outcome = workspace.take_in([put(tmp_path / "in", HEAD + rows)], adapter=adapter(DEALS))
    assert told(outcome) == expected


def test_an_answer_settles_what_the_mapping_leaves_open(workspace: Workspace, tmp_path: Path) -> None:
    path = put(tmp_path / "in", HEAD + '1,Rae,won,"1,234",03/04/2026\n')
    answers = {"decimal": ",", "date_order": "dmy"}

    outcome = workspace.take_in([path], adapter=adapter(DEALS), answers=answers)

    assert not outcome.refusals
    (deal,) = workspace.living()["opportunities"]
    assert (deal["amount"], deal["opened_at"]) == ("1.2340", "2026-04-03 00:00:00")
    wrong = workspace.take_in([path], adapter=adapter(DEALS), answers={"decimal": ";"})
    assert told(wrong) == [(None, "decimal", ";", "not_one_of")]


def test_a_date_that_is_none_in_the_order_said_is_never_read_in_another(workspace: Workspace, tmp_path: Path) -> None:
    mapping = DEALS.replace("table: opportunities", "table: opportunities\n    date_order: dmy")
    path = put(tmp_path / "in", HEAD + "1,Rae,won,5,03/14/2026\n2,Rae,won,5,14/03/2026\n")

    outcome = workspace.take_in([path], adapter=adapter(mapping))

    assert told(outcome) == [(2, "Opened", "03/14/2026", "not_a_date")]


def test_a_column_that_looks_protected_must_be_ignored_by_name(workspace: Workspace, tmp_path: Path) -> None:
    path = put(tmp_path / "in", "Id,Owner,State,Sum,Opened,Gender\n1,Rae,won,5,2026-01-05,f\n")
    refused = workspace.take_in([path], adapter=adapter(DEALS))
    assert told(refused) == [(1, "Gender", None, "protected_column")]

    renamed = DEALS.replace("opened_at: Opened", "opened_at: Opened, extra.g: Gender")
    assert told(workspace.take_in([path], adapter=adapter(renamed))) == [(1, "Gender", None, "protected_column")]

    ignored = DEALS.replace("opened_at: Opened}", "opened_at: Opened}\n    ignore: [Gen*]")
    workspace.take_in([path], adapter=adapter(ignored))
    assert not any("extra.Gender" in row for row in workspace.living()["opportunities"])


def test_one_file_feeds_several_tables_and_rows_without_a_key_feed_none(workspace: Workspace, tmp_path: Path) -> None:
    mapping = DEALS + "  - match: deals.csv\n    table: stage_changes\n    columns: {opportunity_id: Id, at: Demo}\n" \
        "    constants: {stage: Demo}\n"  # fmt: skip
    rows = "Id,Owner,State,Sum,Opened,Demo\n1,Rae,won,5,2026-01-05,2026-01-09\n2,Rae,open,,2026-01-06,\n"

    outcome = workspace.take_in([put(tmp_path / "in", rows)], adapter=adapter(mapping))

    records = workspace.living()
    assert outcome.by_table == {"people": (1, 0, 0), "opportunities": (2, 0, 0), "stage_changes": (1, 0, 0)}
    assert [row["opportunity_id"] for row in records["stage_changes"]] == ["1"]
    (note,) = (note for note in outcome.quality if note.table == "stage_changes")
    assert (note.code, note.count, note.examples) == ("blank_reference", 1, ("line 3",))


def test_files_nobody_mapped_are_said_and_a_mapping_for_none_of_them_is_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    other = put(tmp_path / "in", "a,b\n1,2\n", "other.csv")
    refused = workspace.take_in([other], adapter=adapter(DEALS))
    assert [(r.file, r.line, r.reason) for r in refused.refusals] == [("mapping.yaml", 4, "no_file_matches")]
    deals = put(tmp_path / "in", HEAD + "1,Rae,won,5,2026-01-05\n")

    reading = adapter(DEALS).read([deals, other], tmp_path, {})

    assert [note for note in reading.notes if note.startswith("other.csv: no entry of mapping.yaml matches it")]
    assert adapter(DEALS).recognises({"deals.csv": ("Id", "Owner", "State", "Sum", "Opened", "X")})
    assert not adapter(DEALS).recognises({"deals.csv": ("Id", "Owner", "State", "Sum")})
    assert not adapter(DEALS).recognises({"other.csv": ("Id", "Owner", "State", "Sum", "Opened")})


def test_two_columns_of_one_name_cannot_be_mapped(workspace: Workspace, tmp_path: Path) -> None:
    path = put(tmp_path / "in", "Id,Owner,State,Sum,Opened,Sum\n1,Rae,won,5,2026-01-05,6\n")
    assert [r.reason for r in workspace.take_in([path], adapter=adapter(DEALS)).refusals] == ["duplicate_column"]


def test_the_same_export_as_parquet_gives_the_same_records(workspace: Workspace, tmp_path: Path) -> None:
    import duckdb

    path = put(tmp_path / "in", HEAD + "1,Rae,won,5.5,2026-01-05\n2,Rae,open,,2026-01-06\n")
    workspace.take_in([path], adapter=adapter(DEALS))
    parquet = tmp_path / "deals.parquet"
    duckdb.read_csv(str(path), all_varchar=True).write_parquet(str(parquet))

    outcome = workspace.take_in([parquet], adapter=adapter(DEALS.replace("deals.csv", "deals.*")))

    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 3)
