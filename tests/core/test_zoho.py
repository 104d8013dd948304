"""The Zoho export: every way it writes dates and money is read, copies count nowhere, published figures come out."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from courtside.connectors.zoho import ADAPTER
from courtside.connectors.zoho.cells import notation
from courtside.connectors.zoho.export import Export, gather
from courtside.connectors.zoho.money import months_of, shares
from courtside.warehouse.intake import Outcome
from taking_in import Workspace

GATES = ("published Zoho figures compared", "faults of a Zoho export refused")

Compared = Callable[[object, object], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "firm"
    root.mkdir()
    return Workspace(root)


@pytest.fixture
def export(tmp_path: Path, project_root: Path) -> Path:
    """A small export, to be soiled."""
    folder = tmp_path / "export"
    shutil.copytree(project_root / "src/courtside/connectors/zoho/example/input", folder)
    return folder


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "zoho_crm_demo").glob("*.csv"))


@pytest.fixture(scope="module")
def imported(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Mapping[str, Any]]:
    """The demo company imported as downloaded: the outcome, and what is living then."""
    workspace = Workspace(tmp_path_factory.mktemp("zoho"))
    outcome = workspace.take_in(files, adapter=ADAPTER)
    assert not outcome.refusals
    return outcome, workspace.living()


@pytest.fixture(scope="module")
def read(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Export:
    """The modules as they are, before anything is made of them."""
    return gather(files, tmp_path_factory.mktemp("scratch"))


@pytest.fixture
def compared(counted: Callable[[str, int], None]) -> Compared:
    """Compares one figure with what was published, and counts it."""

    def compare(found: object, published: object) -> None:
        assert found == published
        counted(GATES[0], 1)

    return compare


def notes_of(outcome: Outcome) -> Counter[tuple[str, str, int]]:
    return Counter((note.code, note.table, note.count) for note in outcome.quality)


def take_in(workspace: Workspace, folder: Path, answers: Mapping[str, str] | None = None) -> Outcome:
    return workspace.take_in(sorted(folder.iterdir()), adapter=ADAPTER, answers=answers)


def test_the_whole_demo_company_comes_in_with_its_published_counts(
    imported: tuple[Outcome, Mapping[str, Any]], compared: Compared
) -> None:
    """The set's README: users, leads, deals, contacts, accounts, distinct calls, events; won and lost."""
    outcome, records = imported
    kinds = Counter(row["kind"] for row in records["activities"])
    statuses = Counter(row["status"] for row in records["opportunities"])
    for found, published in (
        (len(records["people"]), 11), (len(records["leads"]), 3_900), (len(records["opportunities"]), 3_632),
        (len(records["contacts"]), 1_265), (len(records["accounts"]), 2_229), (kinds["call"], 1_528),
        (kinds["meeting"], 2_978), (statuses["won"], 1_425), (statuses["lost"], 485),
    ):  # fmt: skip
        compared(found, published)
    compared(round(1_425 / (1_425 + 485), 3), 0.746)
    compared(notes_of(outcome)["duplicate_but_id", "activities", 2_572], 1)
    compared(notes_of(outcome)["flag_contradicts_stage", "opportunities", 188], 1)


def test_deals_join_their_leads_and_campaigns_as_published(
    imported: tuple[Outcome, Mapping[str, Any]], compared: Compared
) -> None:
    _, records = imported
    leads = {row["lead_id"]: row for row in records["leads"]}
    deals = records["opportunities"]
    compared(sum(deal["lead_id"] in leads for deal in deals), 3_632)
    campaigns = {row["campaign"] for row in records["spend"]}
    compared(len(campaigns), 110)
    compared(sum(lead.get("campaign") in campaigns for lead in leads.values()), 3_632)
    contacts = {row["contact_id"] for row in records["contacts"]}
    calls = [row for row in records["activities"] if row["kind"] == "call"]
    assert all(call["contact_id"] in contacts for call in calls if "contact_id" in call)
    differ = sum(leads[deal["lead_id"]]["person_id"] != deal["person_id"] for deal in deals)
    assert differ == 3_293, "most deals belong to somebody else than the lead they came from"


def test_what_campaigns_cost_is_all_there(imported: tuple[Outcome, Mapping[str, Any]], read: Export) -> None:
    _, records = imported
    ways = notation(read, {})
    actual = {row.get("campaign name"): ways.amount(row, "actual cost") for row in read.rows("campaigns")}
    spent: Counter[str] = Counter()
    for row in records["spend"]:
        spent[row["campaign"]] += Decimal(row["amount"])  # type: ignore[assignment]
    assert {name: Decimal(found.plain) for name, found in actual.items() if found} == dict(spent)
    assert {row["month"][8:] for row in records["spend"]} == {"01"}


def test_orders_and_invoices_add_up_as_published(
    imported: tuple[Outcome, Mapping[str, Any]], read: Export, compared: Compared
) -> None:
    """Row 20 of PUBLISHED_FIGURES.md: orders created, tiers of age, the lowest sum of invoices; README: cancelled."""
    _, records = imported
    ways = notation(read, {})
    orders = list(read.rows("orders"))

    created = [ways.amount(row, "grand total") for row in orders if row.get("status") == "Created"]
    compared(sum(Decimal(one.plain) for one in created if one), 7_494_195)
    young = Counter(row.get("status") for row in orders if row.get("age tier") == "1. 0 - 60 days")
    for status, number in (("Approved", 135), ("Cancelled", 125), ("Delivered", 144)):
        compared(young[status], number)
    compared((sum(row.get("status") == "Cancelled" for row in orders), len(orders)), (491, 2_061))

    invoices = list(read.rows("invoices"))
    compared((sum(row.get("invoice status") == "Cancelled" for row in invoices), len(invoices)), (329, 1_300))
    billed: Counter[str] = Counter()
    for row in records["transactions"]:
        if row["kind"] == "billing":
            billed[row["extra.Invoice Status"]] += Decimal(row["amount"])  # type: ignore[assignment]
    compared(min(billed.items(), key=lambda one: one[1]), ("Approved", Decimal(3_661_841)))


def test_a_cancelled_invoice_brings_in_nothing_from_the_day_it_was_cancelled(
    imported: tuple[Outcome, Mapping[str, Any]],
) -> None:
    _, records = imported
    rows = {row["transaction_id"]: row for row in records["transactions"]}
    cancelled = [row for row in rows.values() if row["kind"] == "cancellation"]
    assert len(cancelled) == 329 - 57, "57 of the cancelled ones have no amount"
    for row in cancelled:
        billing = rows[row["transaction_id"].removesuffix("/cancelled")]
        assert billing["amount"] == row["amount"]
        assert billing["at"] <= row["at"]


def test_the_habits_of_the_export_are_noted(imported: tuple[Outcome, Mapping[str, Any]]) -> None:
    outcome, _ = imported
    notes = notes_of(outcome)
    for note in (
        ("alias", "opportunities", 369), ("blank_reference", "transactions", 270), ("orphan", "transactions", 270),
        ("dates_out_of_order", "opportunities", 1_819), ("blank_reference", "activities", 1_250),
    ):  # fmt: skip
        assert notes[note] == 1, note
    (alias,) = (note for note in outcome.quality if (note.code, note.count) == ("alias", 369))
    assert alias.examples == ("OnlineStore",)


def test_days_and_months_are_told_apart_by_the_column_they_stand_in(read: Export) -> None:
    ways = notation(read, {})
    by_id = {row.get("salesorderid"): row for row in read.rows("orders")}
    assert ways.instant(by_id["21000837"], "created time") == "2021-07-03T12:59:00"
    lead = next(row for row in read.rows("leads") if row.get("leadid") == "4563")
    assert ways.instant(lead, "created time") == "2021-04-15T00:03:00"
    campaign = next(row for row in read.rows("campaigns") if row.get("campaignid") == "24000039")
    cost = ways.amount(campaign, "expected revenue")
    assert cost is not None
    assert cost.plain == "1117100.00"


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_copy_that_stays_is_the_same_in_any_order(workspace: Workspace, export: Path, *, shuffled: bool) -> None:
    header, *rows = (export / "Calls.csv").read_text().splitlines()
    (export / "Calls.csv").write_text("\n".join([header, *(reversed(rows) if shuffled else rows)]) + "\n")

    take_in(workspace, export)

    calls = [row["activity_id"] for row in workspace.living()["activities"] if row["kind"] == "call"]
    assert calls == ["6001", "6002"]


def test_a_task_without_an_id_is_the_same_task_in_every_export(workspace: Workspace, export: Path) -> None:
    take_in(workspace, export)
    with (export / "Tasks.csv").open("a") as file:
        file.write('Rae Holt,New,"07 Jan, 2026 10:10:00","14 Jan, 2026 10:00:00",Completed\n')
    (export / "Calls.csv").unlink()

    outcome = take_in(workspace, export)

    assert outcome.by_table["activities"] == (1, 0, 3)


def test_copies_are_kept_in_the_batch_with_the_reason(workspace: Workspace, export: Path) -> None:
    import duckdb

    outcome = take_in(workspace, export)

    (aside,) = (file for file in outcome.files if file.holding.value == "aside")
    with duckdb.connect() as engine:
        found = engine.execute(
            "SELECT table_name, id, line, reason FROM read_parquet(?) ORDER BY line, id",
            [str(workspace.root / aside.path)],
        ).fetchall()
    assert ("activities", "6003", 2, "duplicate_but_id") in found
    assert ("transactions", "3303", 4, "missing_required") in found
    assert outcome.refused == 0


SOILED = {
    "an owner nobody knows": (
        "Leads.csv", "901,Okafor,Birch & Sons,Rae Holt", "901,Okafor,Birch & Sons,Rae Halt",
        (2, "Lead Owner", "Rae Halt", "unknown_person"),
    ),
    "an amount in words": ("Potentials.csv", "$980.00", "some", (4, "Amount", "some", "not_a_number")),
    "a date that is none": (
        "Calls.csv", "2026-01-07 15:30:00,0", "tomorrow,0", (4, "Call Start Time", "tomorrow", "not_a_date"),
    ),
    "a day that does not exist": (
        "Leads.csv", "09 Jan, 2026", "31 Feb, 2026", (4, "Created Time", "31 Feb, 2026 14:00:00", "not_a_date"),
    ),
    "a cost in no known notation": ("Campaigns.csv", "$1.55K", "$1.55X", (2, "Actual Cost", "$1.55X", "not_a_number")),
    "a row cut short": (
        "Contacts.csv", '82,Silva,Tom Aziz,72,"05 Jan, 2026 10:00:00"', "82", (3, None, None, "uneven_row"),
    ),
    "a duration in words": (
        "Calls.csv", "00,0,Tom", "00,short,Tom", (4, "Call Duration (in seconds)", "short", "not_a_number"),
    ),
    "a column that is missing": (
        "Potentials.csv", "Closing Date", "Ending Day", (1, "closing date", None, "missing_column"),
    ),
    "a protected attribute": ("Leads.csv", "Company", "Date of Birth", (1, "Date of Birth", None, "protected_column")),
}  # fmt: skip


@pytest.mark.parametrize("case", SOILED)
def test_a_fault_is_refused_in_the_exports_own_terms(
    case: str, workspace: Workspace, export: Path, counted: Callable[[str, int], None]
) -> None:
    name, old, new, expected = SOILED[case]
    text = (export / name).read_text()
    assert old in text
    (export / name).write_text(text.replace(old, new, 1))

    outcome = take_in(workspace, export)

    line, column, value, reason = expected
    assert [(r.file, r.line, r.column, r.value, r.reason) for r in outcome.refusals] == [
        (name, line, column, value, reason)
    ]
    assert outcome.refusals[0].mend
    assert workspace.living() == {}
    counted(GATES[1], 1)


def test_owners_by_name_need_the_users_or_a_module_with_ids(workspace: Workspace, export: Path) -> None:
    for path in export.iterdir():
        if path.name not in ("Leads.csv", "Potentials.csv"):
            path.unlink()

    outcome = take_in(workspace, export)

    assert {(r.file, r.reason) for r in outcome.refusals} == {
        ("Leads.csv", "missing_file"),
        ("Potentials.csv", "missing_file"),
    }


def test_two_users_of_one_name_are_not_told_apart_by_it(workspace: Workspace, export: Path) -> None:
    with (export / "Users.csv").open("a") as file:
        file.write("503,Rae,Holt,rae2@firm.example\n")

    reasons = {r.reason for r in take_in(workspace, export).refusals}

    assert reasons == {"ambiguous_person"}


def test_a_number_that_can_be_read_in_two_ways_is_asked_about(workspace: Workspace, export: Path) -> None:
    text = (export / "Potentials.csv").read_text()
    for old, new in (('"$22,700.00"', '"€22.700"'), ('"$1,250.50"', '"€1.250"'), ("$980.00", "€980")):
        text = text.replace(old, new)
    (export / "Potentials.csv").write_text(text)

    refused = take_in(workspace, export)
    assert [(r.line, r.reason) for r in refused.refusals] == [(2, "ambiguous_number"), (3, "ambiguous_number")]
    for path in sorted(export.iterdir()):  # the other files write a point before decimals: they stay at home
        if path.name not in ("Users.csv", "Potentials.csv", "Leads.csv"):
            path.unlink()
    take_in(workspace, export, {"decimal": ","})

    deals = {row["opportunity_id"]: (row["amount"], row["currency"]) for row in workspace.living()["opportunities"]}
    assert deals == {"901": ("22700.0000", "EUR"), "902": ("1250.0000", "EUR"), "903": ("980.0000", "EUR")}


def test_a_cost_is_spread_evenly_and_to_the_last_hundredth_of_a_cent() -> None:
    """Three days of which one is in June: a third and two thirds of 100."""
    assert months_of(date(2026, 6, 30), date(2026, 7, 2)) == [(date(2026, 6, 1), 1), (date(2026, 7, 1), 2)]
    assert months_of(date(2026, 12, 31), date(2026, 1, 1)) == [(date(2026, 12, 1), 1)]
    assert shares(Decimal(100), [1, 2]) == [Decimal("33.3333"), Decimal("66.6667")]
    assert sum(shares(Decimal("0.01"), [7, 11, 13])) == Decimal("0.01")
