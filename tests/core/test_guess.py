"""Guessing what an unknown export holds: never sure and wrong, and most of what is required is found."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from courtside.connectors.guess import score
from courtside.connectors.guess.contents import Contents
from courtside.connectors.guess.meanings import meanings
from courtside.connectors.guess.propose import pattern_of, propose, sampled
from courtside.connectors.guess.score import Degree, FieldGuess, Guess, Sheet, guess
from courtside.connectors.guess.words import words_of
from courtside.connectors.mapped import Mapped
from courtside.connectors.mapping import read_mapping, write_mapping
from courtside.connectors.rows import rows_of
from courtside.records.tables import TABLES
from taking_in import Workspace

GATES = (
    "header rows guessed", "required fields of headers", "required fields of headers found", "sure guesses",
    "variants of headers guessed", "required fields of variants", "required fields of variants found",
)  # fmt: skip
PROPOSED = 0.8
"""So large a part of the required fields must be found."""

Truth = Mapping[str, tuple[str, Mapping[str, str]]]

TRUTH: Truth = {
    "adventureworks_quota/SalesTerritoryHistory.csv": (
        "assignments", {"person_id": "BusinessEntityID", "valid_from": "StartDate"}),
    "adventureworks_quota/sales_orders_by_person.csv": (
        "transactions", {"transaction_id": "SalesOrderID", "at": "OrderDate", "amount": "TotalDue|SubTotal"}),
    "adventureworks_quota/sales_people.csv": ("people", {"person_id": "BusinessEntityID|name", "name": "name"}),
    "crm_fixtures/greenhouse_fivetran/application_history.csv": (
        "stage_changes", {"opportunity_id": "application_id", "stage": "new_stage_id", "at": "updated_at"}),
    "crm_fixtures/greenhouse_fivetran/candidate.csv": ("contacts", {"contact_id": "id"}),
    "crm_fixtures/greenhouse_fivetran/job.csv": (
        "job_orders", {"job_order_id": "id", "opened_at": "created_at", "status": "status"}),
    "crm_fixtures/greenhouse_fivetran/scheduled_interview.csv": (
        "activities", {"activity_id": "id|interview_id", "person_id": "organizer_id", "at": "start"}),
    "crm_fixtures/greenhouse_fivetran/user.csv": ("people", {"person_id": "id", "name": "last_name|first_name"}),
    "crm_fixtures/greenhouse_fivetran/users.csv": ("people", {"person_id": "id", "name": "last_name|first_name"}),
    "crm_fixtures/hubspot_fivetran/company_data.csv": ("accounts", {"account_id": "id"}),
    "crm_fixtures/hubspot_fivetran/contact_data.csv": ("contacts", {"contact_id": "id"}),
    "crm_fixtures/hubspot_fivetran/deal_data.csv": (
        "opportunities", {"opportunity_id": "deal_id", "person_id": "owner_id", "status": "deal_pipeline_stage_id"}),
    "crm_fixtures/hubspot_fivetran/deal_stage_data.csv": (
        "stage_changes", {"opportunity_id": "deal_id", "stage": "value", "at": "date_entered"}),
    "crm_fixtures/hubspot_fivetran/engagement_call_data.csv": (
        "activities", {"activity_id": "engagement_id", "at": "property_hs_timestamp", "kind": "type"}),
    "crm_fixtures/hubspot_fivetran/engagement_communication_data.csv": (
        "activities", {"activity_id": "engagement_id", "at": "property_hs_timestamp", "kind": "type"}),
    "crm_fixtures/hubspot_fivetran/engagement_email_data.csv": (
        "activities", {"activity_id": "engagement_id", "person_id": "property_hubspot_owner_id",
                       "at": "property_hs_timestamp", "kind": "type"}),
    "crm_fixtures/hubspot_fivetran/engagement_meeting_data.csv": (
        "activities", {"activity_id": "engagement_id", "at": "start_time"}),
    "crm_fixtures/hubspot_fivetran/engagement_note_data.csv": (
        "activities", {"activity_id": "engagement_id", "person_id": "property_hubspot_owner_id",
                       "at": "property_hs_timestamp", "kind": "type"}),
    "crm_fixtures/hubspot_fivetran/engagement_task_data.csv": (
        "activities", {"activity_id": "engagement_id", "person_id": "property_hubspot_owner_id",
                       "at": "property_hs_timestamp", "kind": "type|task_type|property_hs_task_type"}),
    "crm_fixtures/hubspot_fivetran/owner_data.csv": (
        "people", {"person_id": "owner_id", "name": "last_name|first_name", "email": "email"}),
    "crm_fixtures/hubspot_fivetran/users_data.csv": ("people", {"person_id": "id", "name": "last_name|first_name"}),
    "crm_fixtures/lever_fivetran/interview.csv": (
        "activities", {"activity_id": "id", "person_id": "creator_id", "at": "date"}),
    "crm_fixtures/lever_fivetran/opportunity.csv": (
        "opportunities", {"opportunity_id": "id", "person_id": "owner_id", "status": "stage_id"}),
    "crm_fixtures/lever_fivetran/opportunity_stage_history.csv": (
        "stage_changes", {"opportunity_id": "opportunity_id", "stage": "stage_id", "at": "updated_at"}),
    "crm_fixtures/lever_fivetran/posting.csv": (
        "job_orders", {"job_order_id": "id", "opened_at": "created_at", "status": "state"}),
    "crm_fixtures/lever_fivetran/requisition.csv": (
        "job_orders", {"job_order_id": "id", "opened_at": "created_at", "status": "status"}),
    "crm_fixtures/lever_fivetran/user.csv": ("people", {"person_id": "id", "name": "name"}),
    "crm_fixtures/lever_fivetran/users.csv": ("people", {"person_id": "id", "name": "name"}),
    "crm_fixtures/salesforce_fivetran/sf_account_data.csv": ("accounts", {"account_id": "id"}),
    "crm_fixtures/salesforce_fivetran/sf_account_history_data.csv": ("accounts", {"account_id": "id"}),
    "crm_fixtures/salesforce_fivetran/sf_contact_data.csv": ("contacts", {"contact_id": "id"}),
    "crm_fixtures/salesforce_fivetran/sf_contact_history_data.csv": ("contacts", {"contact_id": "id"}),
    "crm_fixtures/salesforce_fivetran/sf_event_data.csv": (
        "activities", {"activity_id": "id", "person_id": "owner_id", "kind": "type|event_subtype",
                       "at": "start_date_time|activity_date_time|activity_date"}),
    "crm_fixtures/salesforce_fivetran/sf_lead_data.csv": (
        "leads", {"lead_id": "id|lead_number_c", "created_at": "created_date"}),
    "crm_fixtures/salesforce_fivetran/sf_opportunity_data.csv": (
        "opportunities", {"opportunity_id": "id", "person_id": "owner_id", "status": "stage_name"}),
    "crm_fixtures/salesforce_fivetran/sf_opportunity_history_data.csv": (
        "opportunities", {"opportunity_id": "id", "person_id": "owner_id", "status": "stage_name"}),
    "crm_fixtures/salesforce_fivetran/sf_order_data.csv": (
        "transactions", {"transaction_id": "id|order_number", "at": "created_date|effective_date|activated_date",
                         "amount": "total_amount"}),
    "crm_fixtures/salesforce_fivetran/sf_task_data.csv": (
        "activities", {"activity_id": "id", "person_id": "owner_id", "at": "activity_date",
                       "kind": "type|task_subtype"}),
    "crm_fixtures/salesforce_fivetran/sf_user_data.csv": ("people", {"person_id": "id", "name": "name"}),
    "maven_crm/accounts.csv": ("accounts", {"account_id": "account"}),
    "maven_crm/sales_pipeline.csv": (
        "opportunities", {"opportunity_id": "opportunity_id", "person_id": "sales_agent", "status": "deal_stage"}),
    "maven_crm/sales_teams.csv": ("assignments", {"person_id": "sales_agent"}),
    "olist_funnel/olist_closed_deals_dataset.csv": (
        "opportunities", {"opportunity_id": "mql_id", "person_id": "sr_id|sdr_id"}),
    "olist_funnel/olist_marketing_qualified_leads_dataset.csv": (
        "leads", {"lead_id": "mql_id", "created_at": "first_contact_date", "source": "origin"}),
    "recruiting/People_Analytics_Challenge.xlsx/Employees": (
        "people", {"person_id": "Employee ID", "hired_on": "Hire Date", "left_on": "Termination Date"}),
    "salesforce_stage_history/Opportunity History.csv": (
        "stage_changes", {"opportunity_id": "OppID", "stage": "StageName", "at": "CreatedDate"}),
    "salesforce_stage_history/Opportunity.csv": (
        "opportunities", {"opportunity_id": "Id", "person_id": "OwnerId", "status": "StageName"}),
    "salesforce_stage_history/expected_Cleaned_Salesforce_Data.csv": (
        "stage_changes", {"opportunity_id": "OppID", "stage": "Stage", "at": "Date"}),
    "zoho_crm_demo/Accounts.csv": (
        "accounts", {"account_id": "ACCOUNTID", "name": "Account Name", "industry": "Industry",
                     "owner_id": "Account Owner Id|Account Owner"}),
    "zoho_crm_demo/Calls.csv": (
        "activities", {"activity_id": "TASKID", "person_id": "Call Owner Id|Call Owner", "at": "Call Start Time"}),
    "zoho_crm_demo/Campaigns.csv": (
        "spend", {"source": "Type|Campaign Name", "month": "Start Date", "amount": "Actual Cost"}),
    "zoho_crm_demo/Contacts.csv": (
        "contacts", {"contact_id": "CONTACTID", "account_id": "Account Id", "name": "Last Name"}),
    "zoho_crm_demo/Events.csv": (
        "activities", {"activity_id": "EVENTID", "person_id": "Event Owner Id|Event Owner", "at": "Start DateTime"}),
    "zoho_crm_demo/Invoices.csv": (
        "transactions", {"transaction_id": "INVOICEID|Invoice Number", "at": "Created Time", "amount": "Grand Total"}),
    "zoho_crm_demo/Leads.csv": (
        "leads", {"lead_id": "LEADID", "created_at": "Created Time", "source": "Lead Source",
                  "person_id": "Lead Owner"}),
    "zoho_crm_demo/Potentials.csv": (
        "opportunities", {"opportunity_id": "LEADID", "person_id": "Potential Owner", "status": "Stage|Forecast Type"}),
    "zoho_crm_demo/Sales_Orders.csv": (
        "transactions", {"transaction_id": "SALESORDERID", "at": "Created Time", "amount": "Grand Total"}),
    "zoho_crm_demo/Tasks.csv": ("activities", {"person_id": "Task Owner", "at": "Due Date"}),
    "zoho_crm_demo/Users.csv": ("people", {"person_id": "USER_ID", "name": "Last Name", "email": "Email"}),
}  # fmt: skip
"""File -> the table its rows belong to, and which column holds a field (`|`: either will do), read from the data by a
person. Files that are not here hold none of the tables: links, tags, products, roles, property histories."""


def sheets_of(folder: Path, scratch: Path) -> Iterator[tuple[str, Sheet]]:
    """Every header row of the outside data that stands in a table, with a sample of what is below it."""
    for path in sorted((*folder.rglob("*.csv"), *folder.rglob("*.xlsx"))):
        for rows in rows_of(path, scratch):
            name = str(path.relative_to(folder))
            yield name if rows.sheet is None else f"{name}/{rows.sheet}", sampled(rows)


def columns_of(found: Guess) -> Mapping[str, str]:
    """Field -> column, with what follows from other fields, as the proposed mapping has it."""
    columns = {name: one.column for name, one in found.fields.items()}
    if found.table == "opportunities":
        columns.setdefault("status", columns.get("stage", ""))
        columns.setdefault("opportunity_id", columns.get("lead_id", ""))
    for table, key in (("people", "person_id"), ("accounts", "account_id")):
        if found.table == table:
            columns.setdefault(key, columns.get("name", ""))
    return columns


def sure_and_wrong(name: str, found: Guess, truth: Truth) -> list[str]:
    """Everything a guess was sure of that the truth does not have."""
    if found.degree is not Degree.SURE:
        return []
    if name not in truth:
        return [f"{name}: surely {found.table}, which it is not"]
    table, fields = truth[name]
    if table != found.table:
        return [f"{name}: surely {found.table}, and it is {table}"]
    return [
        f"{name}: {field} is surely {one.column}"
        for field, one in found.fields.items()
        if one.degree is Degree.SURE and one.column not in fields.get(field, "").split("|")
    ]


def required_in(table: str, fields: Mapping[str, str]) -> list[str]:
    return [c.name for c in TABLES[table].columns if c.required and c.name in fields]


def found_of(found: Guess, table: str, fields: Mapping[str, str]) -> int:
    columns = columns_of(found) if found.table == table else {}
    return sum(columns.get(name) in fields[name].split("|") for name in required_in(table, fields))


def test_every_header_row_of_the_outside_data_is_guessed_and_none_surely_wrong(
    shared_data: Path, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    wrong: list[str] = []
    required = hits = sure = 0
    guessed = set()
    for name, sheet in sheets_of(shared_data, tmp_path):
        found = guess(sheet)
        wrong += sure_and_wrong(name, found, TRUTH)
        guessed.add(name)
        sure += found.degree is Degree.SURE
        if name in TRUTH:
            required += len(required_in(*TRUTH[name]))
            hits += found_of(found, *TRUTH[name])
        counted("header rows guessed", 1)

    assert wrong == []
    assert TRUTH.keys() <= guessed
    assert hits >= PROPOSED * required, f"{hits} of {required} required fields found"
    counted("required fields of headers", required)
    counted("required fields of headers found", hits)
    counted("sure guesses", sure)


ENGLISH, GERMAN, FRENCH, SPANISH, SHORT = range(5)
FIRMS = ("Birch AG", "Cobalt Ltd", "Delta SA", "Elm GmbH")
PEOPLE = ("Rae Holt", "Tom Aziz", "Nia Boone")
VARIANTS: Mapping[str, Mapping[str, tuple[tuple[str, ...], Callable[[int], str]]]] = {
    "opportunities": {
        "opportunity_id": (
            ("Deal ID", "Verkaufschance-Nr.", "ID opportunité", "ID de oportunidad", "opp_no"), "D-{}".format,
        ),
        "person_id": (
            ("Deal Owner", "Verantwortlicher", "Propriétaire", "Propietario", "own"), lambda n: PEOPLE[n % 3],
        ),
        "status": (("Deal Stage", "Phase", "Étape", "Etapa", "stg"), lambda n: ("Won", "Lost", "Demo")[n % 3]),
        "amount": (("Amount", "Betrag", "Montant", "Importe", "amt"), lambda n: f"{100 + n}.50"),
        "opened_at": (
            ("Create Date", "Erstelldatum", "Date de création", "Fecha de creación", "crt_dt"),
            lambda n: f"2026-01-{n + 1:02}",
        ),
        "closed_at": (
            ("Close Date", "Abschlussdatum", "Date de clôture", "Fecha de cierre", "cls_dt"),
            lambda n: f"2026-03-{n + 1:02}",
        ),
        "account_id": (("Company Name", "Kunde", "Compte", "Cuenta", "acct"), lambda n: FIRMS[n % 4]),
    },
    "leads": {
        "lead_id": (("Lead ID", "Lead-Nr.", "ID lead", "ID de prospecto", "lead_no"), "L{}".format),
        "person_id": (("Lead Owner", "Zuständig", "Propriétaire", "Vendedor", "rep"), lambda n: PEOPLE[n % 3]),
        "source": (("Lead Source", "Quelle", "Origine", "Origen", "src"), lambda n: ("Web", "Fair")[n % 2]),
        "created_at": (
            ("Created Time", "Angelegt am", "Créé le", "Fecha de creación", "crtd_dt"),
            lambda n: f"{n + 10}.01.2026 09:30",
        ),
    },
    "activities": {
        "activity_id": (("Call ID", "Anruf-Nr.", "ID appel", "ID de llamada", "call_no"), "C{}".format),
        "person_id": (("Call Owner", "Mitarbeiter", "Vendeur", "Usuario", "rep"), lambda n: PEOPLE[n % 3]),
        "at": (
            ("Call Start Time", "Datum", "Date", "Fecha", "start_dt"), lambda n: f"2026-01-{n + 1:02} 10:00",
        ),
        "direction": (
            ("Call Type", "Richtung", "Sens", "Call direction", "direction"), lambda n: ("Outbound", "Inbound")[n % 2],
        ),
    },
    "people": {
        "person_id": (("Employee ID", "Mitarbeiternummer", "ID employé", "ID de empleado", "emp_no"), "{}".format),
        "name": (("Full Name", "Name", "Nom complet", "Nombre", "nm"), "Person {}".format),
        "email": (("E-mail", "E-Mail-Adresse", "Courriel", "Correo", "mail"), "p{}@firm.example".format),
        "hired_on": (
            ("Hire Date", "Eintrittsdatum", "Date d'embauche", "Fecha de contratación", "hire_dt"),
            lambda n: f"2024-02-{n + 1:02}",
        ),
    },
    "accounts": {
        "account_id": (("Account ID", "Kundennummer", "ID compte", "ID de cuenta", "acct_no"), "K{}".format),
        "name": (("Account Name", "Kundenname", "Nom du compte", "Nombre de cuenta", "acct_nm"), "Firm {}".format),
        "industry": (("Industry", "Branche", "Secteur", "Sector", "industry"), lambda n: ("Retail", "Mining")[n % 2]),
        "employees": (
            ("Number of Employees", "Anzahl Mitarbeiter", "Nombre d'employés", "Número de empleados", "headcount"),
            lambda n: str(10 + n),
        ),
    },
}  # fmt: skip
"""Table -> field -> what its column may be called in English, German, French, Spanish and shortened, and its cells."""


def variant(table: str, language: int) -> tuple[Sheet, Mapping[str, str]]:
    """An export of 12 rows under such names, its columns shuffled; and which column is which field."""
    fields = VARIANTS[table]
    order = sorted(fields)
    random.Random(f"{table} {language}").shuffle(order)
    names = {field: fields[field][0][language] for field in order}
    columns = tuple(Contents([fields[field][1](n) for n in range(12)]) for field in order)
    return Sheet("export.csv", None, tuple(names[field] for field in order), columns), names


def test_shuffled_translated_and_shortened_headers_are_guessed_and_none_surely_wrong(
    counted: Callable[[str, int], None],
) -> None:
    wrong: list[str] = []
    missed: list[str] = []
    required = hits = 0
    for table in VARIANTS:
        for language in range(5):
            sheet, names = variant(table, language)
            found = guess(sheet)
            wrong += sure_and_wrong("export.csv", found, {"export.csv": (table, names)})
            hit = found_of(found, table, names)
            required += len(required_in(table, names))
            hits += hit
            if hit < len(required_in(table, names)):
                missed.append(f"{table} {language}: {found.table} {columns_of(found)}")
            counted("variants of headers guessed", 1)

    assert wrong == []
    assert hits >= PROPOSED * required, f"{hits} of {required}: {missed}"
    counted("required fields of variants", required)
    counted("required fields of variants found", hits)


def test_a_guess_that_is_sure_and_wrong_is_caught() -> None:
    """The broken twin of the two gates above."""
    sheet, names = variant("leads", ENGLISH)
    found = guess(sheet)
    assert found.degree is Degree.SURE
    twisted = replace(found, fields={**found.fields, "source": FieldGuess("Lead Owner", Degree.SURE, 1.0)})
    assert sure_and_wrong("export.csv", twisted, {"export.csv": ("leads", names)})
    assert sure_and_wrong("export.csv", found, {"export.csv": ("opportunities", names)})
    assert sure_and_wrong("export.csv", found, {})
    assert not sure_and_wrong("export.csv", found, {"export.csv": ("leads", names)})


def test_a_sure_guess_needs_contents_that_suit_a_key_that_tells_rows_apart_and_no_rival() -> None:
    sheet, _ = variant("leads", ENGLISH)
    place = sheet.header.index
    assert guess(sheet).degree is Degree.SURE

    def with_cells(name: str, cells: list[str]) -> Sheet:
        columns = [Contents(cells) if n == place(name) else c for n, c in enumerate(sheet.columns)]
        return replace(sheet, columns=tuple(columns))

    assert guess(with_cells("Created Time", ["soon"] * 12)).fields.get("created_at") is None
    assert guess(with_cells("Lead ID", ["L1"] * 12)).degree is not Degree.SURE
    rival = replace(
        sheet, header=(*sheet.header, "Lead Date"), columns=(*sheet.columns, sheet.columns[place("Created Time")])
    )
    assert guess(rival).degree is not Degree.SURE
    versions = replace(
        sheet, header=(*sheet.header, "valid_from"), columns=(*sheet.columns, Contents(["2026-01-01"] * 12))
    )
    assert guess(versions).degree is not Degree.SURE


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LEADID", ("lead", "id")), ("Lead-Nr.", ("lead", "id")), ("property_createdate", ("created", "date")),
        ("Abschlussdatum", ("close", "date")), ("OppID", ("opportunity", "id")), ("Cls Dt", ("close", "date")),
        ("Number of Employees", ("headcount", "user")), ("Propriétaire", ("owner",)),
        ("Kundenname", ("account", "name")),
        ("StageName", ("stage", "name")), ("xyz", ("xyz",)), ("", ()),
    ],
)  # fmt: skip
def test_names_of_columns_come_to_one_vocabulary(name: str, words: tuple[str, ...]) -> None:
    found = words_of(name)
    assert found == words or (name == "property_createdate" and found[0] == "created")


def test_stages_and_kinds_get_a_meaning_and_what_is_unknown_is_left_to_a_person() -> None:
    stages = ("Closed Won", "Verloren", "Demo", "Closed", "won")
    assert meanings("opportunities", "status", stages) == {"Closed Won": "won", "Verloren": "lost", "Demo": "open"}
    assert meanings("activities", "kind", ("Call", "E-Mail", "Fax")) == {"Call": "call", "E-Mail": "email"}
    assert meanings("activities", "status", ("Completed", "Not Started", "No Show", "?")) == {
        "Completed": "done", "Not Started": "planned", "No Show": "no_show",
    }  # fmt: skip
    assert meanings("leads", "source", ("Web",)) == {}


def write(folder: Path, name: str, sheet: Sheet) -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.header)
        writer.writerows(zip(*(column.cells for column in sheet.columns), strict=True))
    return path


def test_a_proposed_mapping_can_be_written_read_and_used(tmp_path: Path) -> None:
    tables = ("opportunities", "leads", "accounts")
    paths = [write(tmp_path, f"{table}-2026-11.csv", variant(table, GERMAN)[0]) for table in tables]

    proposal = propose(paths, tmp_path)
    text = write_mapping(proposal.mapping, proposal.comments)

    assert proposal.is_complete
    assert read_mapping(text, "x") == proposal.mapping
    assert {entry.match for entry in proposal.mapping.files} == {"opportunities*.csv", "leads*.csv", "accounts*.csv"}
    root = tmp_path / "firm"
    root.mkdir()
    outcome = Workspace(root).take_in(paths, adapter=Mapped(proposal.mapping))
    assert not outcome.refusals
    assert outcome.by_table == {
        "people": (3, 0, 3), "accounts": (12, 0, 0), "leads": (12, 0, 0), "opportunities": (12, 0, 0),
    }  # fmt: skip


def test_people_are_known_by_what_the_other_tables_call_them(tmp_path: Path) -> None:
    deals = write(tmp_path, "deals.csv", variant("opportunities", ENGLISH)[0])
    staff = tmp_path / "staff.csv"
    staff.write_text(
        "Employee ID,Full Name,E-mail\n" + "".join(f"{n},{p},{n}@x.example\n" for n, p in enumerate(PEOPLE))
    )

    proposal = propose([deals, staff], tmp_path)

    (people,) = (entry for entry in proposal.mapping.files if entry.table == "people")
    assert people.columns["person_id"] == "Full Name"


def test_files_that_hold_nothing_known_and_those_nobody_can_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "letter.csv").write_text("dear,sir\n1,2\n")
    (tmp_path / "broken.csv").write_bytes(b"\xff\xfea,b")

    proposal = propose(sorted(tmp_path.glob("*.csv")), tmp_path)

    assert not proposal.is_complete
    assert [one.degree for one in proposal.guesses] == [Degree.NONE]
    assert [refusal.file for refusal in proposal.refusals] == ["broken.csv"]
    assert score.guess(Sheet("void.csv", None, (), ())).degree is Degree.NONE


def test_a_pattern_stands_for_the_exports_of_other_months_too() -> None:
    assert pattern_of("leads-2026-11.csv") == "leads*.csv"
    assert pattern_of("Deals.csv") == "Deals.csv"
    assert pattern_of("[old] deals 3.csv") == "[[]old] deals*.csv"
