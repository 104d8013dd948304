"""The evidence of review years is kept: month by month, added to and never altered, whoever looks how often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from tests.asking import Asking
from tests.serving import Served

from courtside.services.import_records import Request, import_records
from courtside.services.note_evidence import note_evidence
from courtside.services.refused import Refused
from courtside.services.show_evidence import show_evidence
from courtside.services.viewing import served as workspace_served

GATES = ("entries of evidence noted", "attempts to alter the evidence refused", "logs that note what is known caught")

if TYPE_CHECKING:
    from courtside.store.evidence import Noted

Counted = Callable[[str, int], None]


def noted(person_id: str, metric: str | None = None) -> Sequence[Noted]:
    """What is noted of somebody."""
    from courtside.store import evidence

    return evidence.noted(person_id, metric)


def test_every_month_is_noted_once_and_what_changes_is_added(
    own_copy: Served, tmp_path: Path, counted: Counted
) -> None:
    caller, rae = own_copy.caller, own_copy.people["rae"]
    added, of = note_evidence(workspace_served(), caller)
    assert added == of > 100
    counted(GATES[0], added)
    assert note_evidence(workspace_served(), caller) == (0, of), "nothing has changed, and yet it was noted again"
    before = noted(rae, "dials")
    months = [one.entry.until for one in before]
    assert months == sorted(set(months))
    file = tmp_path / "activities.csv"
    on = before[0].entry.until
    file.write_text(f"activity_id,person_id,at,kind\nLATE1,{rae},{on}T09:00,call\n")
    import_records(workspace_served(), caller, Request((file,)))
    assert note_evidence(workspace_served(), caller)[0] >= len(before), "a late call changes every month since"
    after = noted(rae, "dials")
    assert list(after[: len(before)]) == list(before), "what was noted before the import is no longer what it was"
    newest = {one.entry.until: one.entry.hits for one in after}
    assert newest == {one.entry.until: one.entry.hits + 1 for one in before}


def test_what_is_noted_is_what_the_command_counts(own_copy: Served) -> None:
    from courtside.store.audit import acts

    note_evidence(workspace_served(), own_copy.caller)
    rae = own_copy.people["rae"]
    last = show_evidence(own_copy.caller, rae, "dials")[-1]
    asking = Asking(own_copy.root)
    words = ("--by", "person", "--from", last["since"], "--to", last["until"], "--as-of", last["until"])
    (row,) = (row for row in asking.rows("metric", "dials", *words) if row["scope"] == f"person:{rae}")
    assert row["value"] == last["hits"]
    assert last["evidence"] > 0
    assert acts("show_evidence")[-1].detail == {"person": rae, "metric": "dials"}


@pytest.mark.parametrize("change", ["SET evidence = 1", "SET until = '2020-01-31'", "SET id = id + 1000000", ""])
def test_the_database_refuses_to_alter_an_entry(own_copy: Served, counted: Counted, change: str) -> None:
    note_evidence(workspace_served(), own_copy.caller)
    statement = f"UPDATE store_evidenceentry {change}" if change else "DELETE FROM store_evidenceentry"
    with pytest.raises(IntegrityError, match="only be added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    counted(GATES[1], 1)


def test_a_log_that_notes_what_it_knows_already_is_seen(
    own_copy: Served, monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    note_evidence(workspace_served(), own_copy.caller)
    monkeypatch.setattr("courtside.store.evidence._place", lambda row: (row["metric"],))
    again, of = note_evidence(workspace_served(), own_copy.caller)
    assert 0 < again <= of
    counted(GATES[2], again)


def test_an_erased_person_is_no_longer_named(own_copy: Served) -> None:
    from courtside.store.evidence import forget_person

    note_evidence(workspace_served(), own_copy.caller)
    rae = own_copy.people["rae"]
    held = noted(rae)
    with transaction.atomic():
        forget_person(rae, "erased-1")
    assert [replace(one.entry, person_id=rae) for one in noted("erased-1")] == [one.entry for one in held]
    with pytest.raises(Refused, match="no evidence is noted"):
        show_evidence(own_copy.caller, rae)
