"""Files are looked at before they count, imported once, and taken out again, all of it by plain forms."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import CAST, Clock, Served

if TYPE_CHECKING:
    from django.test import Client

GATES = ("data addresses refused to those without the duty",)

PEOPLE = "person_id,name,role,hired_on\nX1,Xenia Kranz,seller,2025-01-07\nX2,Xaver Holm,seller,2025-02-03\n"
LEADS = "lead_id,person_id,source,created_at\nXL1,X1,web,2026-03-02\nXL2,X2,event,2026-03-04\n"
BAD = "lead_id,person_id,source,created_at\nXL1,X1,web,2026-03-02\nXL2,NOBODY,=cmd|'/c calc',not a day\n"
UNSURE = "lead_id,person_id,source,created_at\nXL1,X1,web,03/02/2026\nXL2,X1,web,04/05/2026\n"
FOREIGN = "Deal Ref,Sales Rep,Stage,Value,Opened,Closed\n" + "".join(
    f"D{n},Rep {n % 3},{('Won', 'Lost', 'Open')[n % 3]},{1000 + n},2026-01-{n % 27 + 1:02d},2026-02-{n % 27 + 1:02d}\n"
    for n in range(40)
)


@pytest.fixture
def firm(own_copy: Served) -> Served:
    """A firm that may be changed."""
    return own_copy


@pytest.fixture
def ola(firm: Served) -> Client:
    """Operations, who look after records."""
    return firm.client("ola")


def send(client: Client, **files: str | bytes) -> Any:
    """Send files; a name is written with `_` for the point."""
    sent = []
    for name, content in files.items():
        file = io.BytesIO(content if isinstance(content, bytes) else content.encode())
        file.name = name.replace("_", ".")
        sent.append(file)
    return client.post("/data/upload/", {"files": sent})


def kept(client: Client, **files: str | bytes) -> str:
    """The address of the preview of files sent."""
    answer = send(client, **files)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def page(client: Client, address: str, status: int = 200) -> str:
    """The text of a page."""
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def words(html: str) -> str:
    """The words of a page, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def imports(firm: Served) -> tuple[dict[str, Any], ...]:
    """What the ledger says."""
    from courtside.services.list_imports import list_imports

    return list_imports(firm.workspace)


# looking, importing, undoing ---------------------------------------------------------------------------


def test_files_are_shown_as_they_would_be_read_and_nothing_is_imported(firm: Served, ola: Client) -> None:
    before = imports(firm)
    told = words(page(ola, kept(ola, people_csv=PEOPLE, leads_csv=LEADS)))
    assert "Recognised by connector native" in told
    assert "4 rows would be created" in told
    assert "Xenia Kranz" in told
    assert "Import these files" in told
    assert imports(firm) == before


def test_an_import_leads_to_its_receipt_and_stands_in_the_list(firm: Served, ola: Client) -> None:
    at = kept(ola, people_csv=PEOPLE, leads_csv=LEADS)
    answer = ola.post(f"{at}import/")
    number = imports(firm)[-1]["batch"]
    assert answer["Location"] == f"/data/imports/{number}/"
    told = words(page(ola, answer["Location"]))
    assert "4 rows created" in told
    assert "By ola" in told
    listed = words(page(ola, "/data/"))
    assert f"Import {number}" in listed
    assert "people.csv" in listed


def test_a_second_click_finds_the_import_of_the_first(firm: Served, ola: Client) -> None:
    at = kept(ola, people_csv=PEOPLE)
    first, second = ola.post(f"{at}import/"), ola.post(f"{at}import/")
    assert first["Location"] == second["Location"]
    assert [row["files"] for row in imports(firm)].count(["people.csv"]) == 1
    assert ola.get(at)["Location"] == first["Location"]


def test_two_clicks_at_the_same_moment_make_one_import(firm: Served, ola: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    at = kept(ola, people_csv=PEOPLE)

    def click(_: int) -> str:
        try:
            return str(firm.client("ola").post(f"{at}import/")["Location"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        places = list(both.map(click, range(2)))
    assert places[0] == places[1]
    assert [row["files"] for row in imports(firm)].count(["people.csv"]) == 1


def test_the_same_file_sent_again_changes_no_row(firm: Served, ola: Client) -> None:
    for _ in range(2):
        ola.post(f"{kept(ola, people_csv=PEOPLE)}import/")
    last = imports(firm)[-1]
    assert (last["created"], last["updated"]) == (0, 0)


def test_undoing_says_first_what_will_change_and_changes_nothing_by_looking(firm: Served, ola: Client) -> None:
    ola.post(f"{kept(ola, people_csv=PEOPLE)}import/")
    number = imports(firm)[-1]["batch"]
    told = words(page(ola, f"/data/imports/{number}/undo/"))
    assert "2 rows made by it would be gone" in told
    assert imports(firm)[-1]["undone_at"] is None
    answer = ola.post(f"/data/imports/{number}/undo/")
    assert answer["Location"] == f"/data/imports/{number}/"
    assert imports(firm)[-1]["undone_at"] is not None
    assert "it counts for nothing" in words(page(ola, answer["Location"]))
    assert "undone already" in words(ola.post(f"/data/imports/{number}/undo/").content.decode())


def test_what_an_import_brought_is_on_the_pages_at_once_and_gone_after_undo(firm: Served, ola: Client) -> None:
    from courtside.services.standing import stand

    ola.post(f"{kept(ola, people_csv=PEOPLE)}import/")
    assert "X1" in stand(firm.workspace).hierarchy(firm.caller).names
    ola.post(f"/data/imports/{imports(firm)[-1]['batch']}/undo/")
    assert "X1" not in stand(firm.workspace).hierarchy(firm.caller).names


def test_a_workbook_is_read_sheet_by_sheet(firm: Served, ola: Client) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for title, text in (("people", PEOPLE), ("leads", LEADS)):
        sheet = book.create_sheet(title)
        for row in csv.reader(io.StringIO(text)):
            sheet.append(row)
    book.remove(book["Sheet"])
    file = io.BytesIO()
    book.save(file)
    at = kept(ola, firm_xlsx=file.getvalue())
    told = words(page(ola, at))
    assert "firm.xlsx, sheet people" in told
    assert "4 rows would be created" in told
    ola.post(f"{at}import/")
    assert imports(firm)[-1]["created"] == 4


# what is refused ---------------------------------------------------------------------------------------


def test_a_refused_row_is_shown_with_its_place_its_value_and_what_mends_it(firm: Served, ola: Client) -> None:
    before = imports(firm)
    at = kept(ola, people_csv=PEOPLE, leads_csv=BAD)
    told = words(page(ola, at))
    assert "leads.csv" in told
    assert "not a day" in told
    assert "created_at" in told
    assert "not_a_date" in told
    assert "Import these files" not in told
    answer = ola.post(f"{at}import/")
    assert answer.status_code == 400
    assert "Nothing was imported" in answer.content.decode()
    assert imports(firm) == before


def test_refused_rows_come_as_csv_that_no_spreadsheet_runs(firm: Served, ola: Client) -> None:
    bad = "lead_id,person_id,source,created_at\nXL1,X1,web,=1+1\n"
    at = kept(ola, people_csv=PEOPLE, leads_csv=bad)
    page(ola, at)
    rows = list(csv.DictReader(io.StringIO(_body(ola.get(f"{at}refused.csv")))))
    assert [row["line"] for row in rows] == ["2"]
    assert rows[0]["value"] == "'=1+1"


def test_refused_rows_can_be_set_aside_and_read_again_from_the_receipt(firm: Served, ola: Client) -> None:
    at = kept(ola, people_csv=PEOPLE, leads_csv=BAD)
    assert "Set refused rows aside" in words(page(ola, at))
    ola.post(at, {"set_aside": "1"})
    assert "1 would be set aside" in words(page(ola, at))
    answer = ola.post(f"{at}import/")
    last = imports(firm)[-1]
    assert (last["created"], last["refused"]) == (3, 1)
    assert "1 row is set aside" in words(page(ola, answer["Location"]))
    rows = list(csv.DictReader(io.StringIO(_body(ola.get(f"/data/imports/{last['batch']}/refused.csv")))))
    assert {row["reason"] for row in rows} >= {"not_a_date"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_ambiguous_dates_are_a_question_on_the_page_and_the_answer_counts(firm: Served, ola: Client) -> None:
    at = kept(ola, people_csv=PEOPLE, leads_csv=UNSURE)
    html = page(ola, at)
    assert "Which comes first in dates?" in html
    assert "--answer" not in html
    assert "Import these files" not in html
    ola.post(at, {"date_order": "dmy"})
    html = page(ola, at)
    assert "2026-02-03" in html
    assert "Import these files" in html
    ola.post(f"{at}import/")
    assert imports(firm)[-1]["created"] == 4


def test_an_export_nobody_knows_is_proposed_settled_and_then_imported(firm: Served, ola: Client) -> None:
    at = kept(ola, deals_csv=FOREIGN)
    html = page(ola, at)
    assert "nothing is imported by a guess" in html
    assert "Import these files" not in html
    assert ola.post(f"{at}import/").status_code == 400
    form = _filled_form(html)
    assert "Deal Ref" in form.values()
    assert ola.post(f"{at}mapping/", form | {"as_form": "1"}).status_code == 302
    html = page(ola, at)
    assert "Import these files" in html, words(html)
    ola.post(f"{at}import/")
    assert imports(firm)[-1]["connector"] == "mapped"
    assert imports(firm)[-1]["created"] >= 40
    again = words(page(ola, kept(ola, deals_csv=FOREIGN)))
    assert "read by the mapping used on" in again


def test_a_mapping_written_as_text_is_checked_with_line_and_column(firm: Served, ola: Client) -> None:
    at = kept(ola, deals_csv=FOREIGN)
    page(ola, at)
    answer = ola.post(
        f"{at}mapping/", {"as_text": "1", "text": "connector: mapped\nfiles:\n  - match: x\n    tabel: y\n"}
    )
    assert answer.status_code == 400
    told = words(answer.content.decode())
    assert "line 4" in told
    assert "tabel" in told


# what is kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [("people.exe", "no file that can be imported"), (".people.csv", "plain name"), ("x" * 130 + ".csv", "plain name")],
)
def test_a_file_that_cannot_be_imported_is_refused_by_name(name: str, told: str, firm: Served, ola: Client) -> None:
    file = io.BytesIO(b"a,b\n1,2\n")
    file.name = name
    answer = ola.post("/data/upload/", {"files": [file]})
    assert answer.status_code == 400
    assert told in words(answer.content.decode())


def test_a_file_name_leads_nowhere_but_into_the_upload(firm: Served, ola: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from courtside.services.uploads import SentFile, keep_files
    from courtside.services.viewing import visit_of
    from courtside.store.accounts import viewer_named

    visit = visit_of(viewer_named("ola").user_id)
    upload = keep_files(visit, [SentFile("../../../people.csv", [b"a"]), SentFile("folder\\leads.csv", [b"b"])])
    assert [path.name for path in upload.files] == ["leads.csv", "people.csv"]
    assert all(path.parent.parent.parent == firm.root / "uploads" for path in upload.files)
    assert SimpleUploadedFile("../people.csv", b"").name == "people.csv"


def test_a_large_file_is_refused_and_nothing_of_it_kept(
    firm: Served, ola: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtside.services.uploads.MOST_BYTES", 1000)
    answer = send(ola, people_csv="x" * 1001)
    assert answer.status_code == 400
    assert "courtside import" in words(answer.content.decode())
    assert not list((firm.root / "uploads").glob("*"))


def test_a_request_that_brings_too_much_is_refused_before_it_is_read(firm: Served) -> None:
    client = firm.client()
    for address, size in (("/data/upload/", 200 * 1024 * 1024), ("/account/login/", 20 * 1024 * 1024)):
        answer = client.generic("POST", address, b"x", CONTENT_LENGTH=str(size))
        assert answer.status_code == 413, address


def test_uploads_are_for_their_owner_alone_and_gone_after_a_day(
    firm: Served, ola: Client, clock: Clock, tmp_path: Path
) -> None:
    from courtside.store import accounts
    from courtside.store.access import Role

    at = kept(ola, people_csv=PEOPLE)
    folder = firm.root / "uploads" / at.split("/")[3]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "files" / "people.csv").stat().st_mode & 0o777 == 0o600
    other = accounts.add("olga", "Olga", "", "", clock.now())
    accounts.grant(other, Role.OPERATIONS, "host", clock.now())
    olga = firm.client("olga")
    for address in (at, f"{at}refused.csv"):
        assert olga.get(address).status_code == 404
    for address in ("import/", "forget/", "mapping/"):
        assert olga.post(at + address).status_code == 404
    clock.move(timedelta(hours=25))
    assert ola.get(at).status_code == 404
    kept(ola, people_csv=PEOPLE)
    assert not folder.exists()


def test_files_can_be_taken_away_without_importing_them(firm: Served, ola: Client) -> None:
    at = kept(ola, people_csv=PEOPLE)
    ola.post(f"{at}forget/")
    assert ola.get(at).status_code == 404
    assert not list((firm.root / "uploads").glob("*"))


def test_erasing_a_person_takes_every_upload_away(firm: Served, ola: Client) -> None:
    from courtside.services.erase_person import erase_person

    at = kept(ola, people_csv=PEOPLE)
    erase_person(firm.workspace, firm.caller, firm.people["tom"])
    assert ola.get(at).status_code == 404
    assert not (firm.root / "uploads").exists()


def test_while_somebody_else_writes_the_page_says_so_at_once(firm: Served, ola: Client) -> None:
    from courtside.services.writing import writing_if_free

    at = kept(ola, people_csv=PEOPLE)
    with writing_if_free(firm.workspace) as is_ours:
        assert is_ours
        for answer in (ola.get(at), ola.post(f"{at}import/"), ola.post("/data/imports/1/undo/")):
            assert answer.status_code == 400
            assert "Somebody else is changing these records" in answer.content.decode()
        assert ola.get("/data/").status_code == 200
        assert firm.client("maya").get("/api/v1/figures", {"metric": "dials"}).status_code == 200
    assert ola.post(f"{at}import/").status_code == 302


# who may -----------------------------------------------------------------------------------------------


def _addresses(at: str) -> Iterator[tuple[str, str]]:
    yield from (("get", "/data/"), ("get", "/data/upload/"), ("post", "/data/upload/"), ("get", at), ("post", at))
    yield from (("post", f"{at}import/"), ("post", f"{at}mapping/"), ("post", f"{at}forget/"))
    yield from (("get", f"{at}refused.csv"), ("get", "/data/imports/1/"), ("get", "/data/imports/1/refused.csv"))
    yield from (("get", "/data/imports/1/undo/"), ("post", "/data/imports/1/undo/"))


def test_the_data_pages_exist_for_operations_alone(
    firm: Served, ola: Client, counted: Callable[[str, int], None]
) -> None:
    from django.urls import reverse

    at = kept(ola, people_csv=PEOPLE)
    before = imports(firm)
    for username in sorted(set(CAST) - {"ola"}):
        client = firm.client(username)
        for method, address in _addresses(at):
            assert getattr(client, method)(address).status_code == 404, (username, address)
            counted("data addresses refused to those without the duty", 1)
    for method, address in _addresses(at):
        answer = getattr(firm.client(), method)(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))
    assert imports(firm) == before


def test_every_form_needs_its_token(firm: Served) -> None:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(username="ola"))
    assert client.post("/data/imports/1/undo/").status_code == 403
    assert imports(firm)[0]["undone_at"] is None


def test_before_the_first_import_the_page_says_what_will_be_here(
    firm: Served, ola: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courtside.web.data.receipts.imports_for_page", lambda _: ())
    told = words(page(ola, "/data/"))
    assert "Nothing has been imported yet" in told
    assert told.count("Choose files") == 1


def _body(answer: Any) -> str:
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def _filled_form(html: str) -> dict[str, str]:
    """What a browser would send for the selects of a page."""
    import html as entities

    found = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        if name.startswith(("column-", "value-")):
            found[name] = entities.unescape(chosen[1]) if chosen else ""
    return found
