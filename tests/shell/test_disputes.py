"""`courtside disputes`: listed and decided on the host, the record mended by an import of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.asking import Asking
from tests.shell.firm import write_table

GATES = ("rows that survive being mended", "disputes refused on the host")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROW: dict[str, str] = {"activities": "C9", "leads": "L3", "opportunities": "O4", "accounts": "A2"}


def opened(asking: Asking, claim: str, table: str = "activities", person: str = "P2") -> int:
    """A dispute as the pages make it."""
    asking.rows("disputes", "list")
    from courtside.store import disputes

    row = ROW[table]
    made = disputes.Claim(person, "dials", table, row, "2026-02-10", claim, "Not so.", AT, "tom", person)
    number = disputes.open_one(made)
    assert number is not None
    return number


def row_of(asking: Asking, table: str) -> dict[str, Any]:
    from courtside.services.mend_row import row_as_known
    from courtside.services.open_workspace import open_workspace

    found = row_as_known(open_workspace(asking.workspace), table, ROW[table])
    assert found is not None
    return dict(found)


def test_one_that_did_not_happen_leaves_the_figure_and_comes_back_with_undo(full: Asking) -> None:
    months = ("dials", "--by", "person", "--period", "2026-02")
    before = {row["scope"]: row["value"] for row in full.rows("metric", *months)}
    number = opened(full, "did_not_happen")
    (row,) = full.rows("disputes", "decide", number, "--accept", "--reason", "It was cancelled.")
    assert (row["status"], row["column"], row["before"], row["after"]) == ("accepted", "status", "done", "cancelled")
    after = {row["scope"]: row["value"] for row in full.rows("metric", *months)}
    assert after == {**before, "person:P2": before["person:P2"] - 1}
    batches = full.rows("imports")
    assert (batches[-1]["batch"], batches[-1]["connector"], batches[-1]["updated"]) == (row["batch"], "native", 1)
    assert full.run("import", "undo", row["batch"]).status == 0
    assert {row["scope"]: row["value"] for row in full.rows("metric", *months)} == before


@pytest.mark.parametrize(("table", "claim", "column", "value", "shown"), [
    ("activities", "not_mine", "", "P1", "P1"),
    ("activities", "wrong_date", "at", "2026-02-03", "2026-02-03"),
    ("activities", "wrong_amount", "duration_s", "90", "90"),
    ("leads", "wrong_date", "created_at", "2026-01-05T08:30", "2026-01-05 08:30"),
    ("opportunities", "wrong_amount", "amount", "2500.25", "2500.25"),
    ("accounts", "not_mine", "", "P1", "P1"),
])  # fmt: skip
def test_a_mended_row_keeps_everything_else(
    full: Asking, table: str, claim: str, column: str, value: str, shown: str, counted: Callable[[str, int], None]
) -> None:
    before = row_of(full, table)
    number = opened(full, claim, table)
    told = ("--column", column) if column else ()
    (row,) = full.rows("disputes", "decide", number, "--accept", "--reason", "Seen.", *told, "--value", value)
    after = row_of(full, table)
    assert str(row["after"]).startswith(shown)
    assert [name for name in before if before[name] != after[name]] == [row["column"]]
    again = full.rows("imports")[-1]
    assert (again["created"], again["updated"], again["refused"]) == (0, 1, 0)
    counted("rows that survive being mended", 1)


def texts_of(asking: Asking) -> dict[str, str]:
    """The name and the extra columns of the account."""
    from courtside.records.tables import TABLES
    from courtside.store import ledger
    from courtside.warehouse.batches import known, living_texts

    query = living_texts(TABLES["accounts"], known(ledger.batches(), None), asking.workspace)
    return dict(duckdb.execute(f"SELECT field, value FROM ({query}) WHERE id = 'A2'").fetchall())


@pytest.mark.parametrize("is_broken", [False, True])
def test_names_and_extra_columns_of_a_mended_row_stay(
    full: Asking, tmp_path: Path, is_broken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken twin writes the version without its texts: they are gone, and this test would say so."""
    extra = {"account_id": "A2", "name": "Firm 2", "employees": 80, 'Says "so"': "it's; 1,5"}
    assert full.run("import", write_table(tmp_path, "accounts", [extra])).status == 0
    number, before = opened(full, "not_mine", "accounts"), texts_of(full)
    assert set(before.values()) == {"Firm 2", "it's; 1,5"}
    if is_broken:
        monkeypatch.setattr("courtside.warehouse.one_row.living_texts", lambda *_: "SELECT '' id, '' field, '' value")
    full.rows("disputes", "decide", number, "--accept", "--reason", "Seen.", "--value", "P1")
    monkeypatch.undo()
    assert (texts_of(full) == before) is not is_broken


@pytest.mark.parametrize(("claim", "words", "said"), [
    ("not_mine", ("--accept", "--reason", "Yes.", "--value", "P9"), "there is no person 'P9'"),
    ("not_mine", ("--accept", "--reason", "Yes.", "--value", "P2"), "theirs already"),
    ("wrong_date", ("--accept", "--reason", "Yes.", "--value", "2026-02-03"), "say which of these is wrong"),
    ("wrong_date", ("--accept", "--reason", "Yes.", "--column", "kind", "--value", "x"), "there is no column"),
    ("wrong_date", ("--accept", "--reason", "Yes.", "--column", "at", "--value", "soon"), "write it as 2026-12-31"),
    ("wrong_amount", ("--accept", "--reason", "Yes.", "--value", "many"), "is no whole number"),
    ("did_not_happen", ("--accept", "--reason", " "), "a reason is needed"),
    ("did_not_happen", ("--decline", "--reason", ""), "a reason is needed"),
])  # fmt: skip
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    full: Asking, claim: str, words: tuple[str, ...], said: str, counted: Callable[[str, int], None]
) -> None:
    number, before = opened(full, claim), row_of(full, "activities")
    reply = full.run("disputes", "decide", number, *words)
    assert reply.status == 1
    assert said in reply.said
    assert row_of(full, "activities") == before
    assert [row["status"] for row in full.rows("disputes", "list", "--open")] == ["open"]
    assert len(full.rows("imports")) == 1
    counted("disputes refused on the host", 1)


def test_a_decision_is_made_once_and_never_by_the_one_who_opened_it(
    full: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(full, "did_not_happen")
    monkeypatch.setattr("courtside.cli.session.system_user", lambda: "tom")
    reply = full.run("disputes", "decide", number, "--decline", "--reason", "No.")
    assert reply.status == 1
    assert "somebody else decides" in reply.said
    monkeypatch.undo()
    assert full.rows("disputes", "decide", number, "--decline", "--reason", "No.")[0]["status"] == "declined"
    again = full.run("disputes", "decide", number, "--accept", "--reason", "Yes.")
    assert "was declined already" in again.said
    assert "there is no dispute 77" in full.run("disputes", "decide", 77, "--accept", "--reason", "Yes.").said
    assert full.rows("disputes", "list", "--open") == []


def test_an_erased_person_leaves_no_words_in_disputes(full: Asking) -> None:
    from courtside.store import disputes

    number = opened(full, "not_mine")
    disputes.tell(number, "opened", {"P2"}, AT)
    disputes.forget_person("P2", "erased-1", AT)
    found = disputes.one(number)
    assert found is not None
    assert (found.claim.person_id, found.claim.opened_by, found.claim.words) == ("erased-1", "erased-1", "")
    assert found.status == "withdrawn"
    assert disputes.unread("P2") == ()
    assert disputes.disputed_people() == frozenset()
