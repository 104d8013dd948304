"""How long records are kept, legal holds, and erasures that take two: nothing early, alone, or by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases.proposing import REASON, about_rae, firm, proposed, visit
from tests.cases.stepping_up import stepped_up
from tests.serving import NOW, Served

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["firm", "proposed"]
GATES = (
    "settings below a floor refused with their line", "attempts to erase what is held refused",
    "attempts to approve one's own erasure or release refused", "erasures below a floor refused",
)  # fmt: skip
Counted = Callable[[str, int], None]
WHY = "They asked for it in writing last week"


@pytest.fixture
def two_partners(firm: Served) -> Served:
    """The firm with a second HR partner, Hugo, whose records are nobody's here."""
    from courtside.store import accounts
    from courtside.store.access import Role

    user_id = accounts.add("hugo", "Hugo Hill", "hugo@firm.example", "", NOW)
    accounts.grant(user_id, Role.HR, "host", NOW)
    return firm


def _settled(firm: Served) -> None:
    """Every proposal about Rae has ended, long enough ago that nothing of it has to be kept."""
    from courtside.store import proposals

    for one in proposals.about([firm.people["rae"]]):
        assert proposals.withdraw(one.id, NOW - timedelta(days=400))


@pytest.mark.parametrize(
    ("written", "line", "reason"),
    [
        ("retention:\n  cases: 11 days\n", 2, "cases: 11 days is too short"),
        ("retention:\n  cases: 4 years\n  figures: 364 days\n", 3, "figures: 364 days is too short"),
        ("retention:\n  proposals: 30 days\n", 2, "proposals: 30 days is too short"),
        ("retention:\n  cases: 6 years\n  log: 5 years\n", 3, "log: 5 years is too short"),
        ("retention:\n  figures: 7 years\n  log: 2919 days\n", 3, "log: 2919 days is too short"),
        ("retention:\n  cases: for ever\n", 2, "is no length of time"),
        ("retention:\n  cases: -4 years\n", 2, "is no length of time"),
        ("retention:\n  cases: 4\n", 2, "is no length of time"),
        ("retention:\n  recordings: 90 days\n", 2, "there is nothing of that name"),
        ("retention: 4 years\n", 1, "will not do"),
    ],
)
def test_no_setting_undercuts_a_floor(written: str, line: int, reason: str, tmp_path: Path, counted: Counted) -> None:
    from courtside.services.refused import Refused
    from courtside.services.workspace import read_settings

    (tmp_path / "courtside.yaml").write_text(f"{written}name: Firm\npack: sales\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_settings(tmp_path)
    assert f"courtside.yaml:{line}:" in str(refused.value)
    assert reason in str(refused.value)
    counted("settings below a floor refused with their line", 1)


def test_settings_are_kept_as_written_and_the_log_outlives_the_longest(tmp_path: Path) -> None:
    from courtside.services.workspace import read_settings

    (tmp_path / "courtside.yaml").write_text(
        "name: Firm\npack: sales\nretention: {cases: 6 years, proposals: 400 days}\n", encoding="utf-8"
    )
    kept = read_settings(tmp_path).retention
    assert [str(one) for one in (kept.cases, kept.figures, kept.proposals, kept.log)] == [
        "6 years", "3 years", "400 days", "7 years",
    ]  # fmt: skip
    assert kept.cases.after(date(2024, 2, 29)) == date(2030, 3, 1)
    assert kept.proposals.after(date(2026, 1, 1)) == date(2027, 2, 5)


def test_a_hold_stops_erasure_in_the_service_and_in_raw_sql(two_partners: Served, counted: Counted) -> None:
    from django.db import DatabaseError, connection

    from courtside.services.erase_person import erase_person
    from courtside.services.place_hold import place_hold
    from courtside.services.refused import Refused
    from courtside.services.request_erasure import request_erasure
    from courtside.store import proposals

    firm, rae = two_partners, two_partners.people["rae"]
    held, other = about_rae(firm, "improvement_plan"), about_rae(firm, "coaching_plan")
    _settled(firm)
    erasure = request_erasure(visit("hana"), "person", rae, WHY)
    place_hold(visit("hana"), rae, held.id, WHY)
    for attempt in (
        lambda: erase_person(firm.workspace, firm.caller, rae),
        lambda: request_erasure(visit("hana"), "person", rae, WHY),
    ):
        with pytest.raises(Refused, match="hold"):
            attempt()
        counted("attempts to erase what is held refused", 1)
    approved = (
        "UPDATE store_erasurerequest SET state = 'approved', approved_by = 'hugo', approved_at = requested_at, "
        f"method = 'totp', age_s = 1 WHERE opaque = '{erasure}'"
    )
    with connection.cursor() as cursor:
        cursor.execute(approved)
    raw = (
        f"UPDATE store_proposal SET evidence = '' WHERE opaque = '{held.id}'",
        f"UPDATE store_proposal SET person_id = 'nobody' WHERE opaque = '{held.id}'",
        f"DELETE FROM store_proposal WHERE opaque = '{held.id}'",
        "DELETE FROM store_legalhold",
        "UPDATE store_legalhold SET person_id = 'nobody'",
        "UPDATE store_legalhold SET released_by = 'hana', released_at = placed_at",
        "UPDATE store_erasurerequest SET state = 'done'",
    )
    for asked in raw:
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(asked)
        counted("attempts to erase what is held refused", 1)
    assert proposals.proposal(held.id).person_id == rae
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE store_proposal SET evidence = '' WHERE opaque = '{other.id}'")
        assert cursor.rowcount == 1


def test_a_hold_keeps_plans_with_their_steps_and_documents(own_copy: Served, counted: Counted) -> None:
    from django.db import DatabaseError, connection, transaction
    from tests.cases.plan_walks import draft

    from courtside.records.canonical import digest
    from courtside.services.place_hold import place_hold
    from courtside.store import documents, plans

    rae, at = own_copy.people["rae"], own_copy.caller.clock()
    with transaction.atomic():
        first = _draft(draft(), rae, own_copy.people["maya"])
        plan = plans.new_plan(first, NOW.date(), at).plan
        documents.add(
            documents.NewDocument(
                documents.new_id(),
                plan.id,
                rae,
                "coaching_plan",
                1,
                "A plan",
                "{}",
                digest({}),
                b"%PDF",
                at,
                "maya",
                (),
            )
        )
    place_hold(visit("hana"), rae, plan.id, WHY)
    raw = (
        "UPDATE store_plan SET person_id = 'nobody'", "DELETE FROM store_plan",
        "UPDATE store_planevent SET body = '{}', salt = ''", "DELETE FROM store_planevent",
        "UPDATE store_document SET data = ''", "DELETE FROM store_documentfile",
    )  # fmt: skip
    for asked in raw:
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(asked)
        counted("attempts to erase what is held refused", 1)
    for forget in (plans.forget_person, documents.forget_person):
        with pytest.raises(DatabaseError), transaction.atomic():
            forget(rae, "erased-x")
        counted("attempts to erase what is held refused", 1)


def _draft(first: Any, rae: str, maya: str) -> Any:
    from dataclasses import replace

    from courtside.store.plans import new_id

    by = replace(first.by, person_id=maya)
    return replace(first, by=by, plan_id=new_id(), person_id=rae, manager_id=maya)


def test_nobody_approves_their_own_erasure_or_releases_their_own_hold(
    two_partners: Served, as_user: Callable[..., Client], counted: Counted
) -> None:
    from django.db import DatabaseError, connection

    from courtside.store import retention

    firm, rae = two_partners, two_partners.people["rae"]
    _settled(firm)
    hana, hugo = stepped_up(as_user("hana"), "hana"), stepped_up(as_user("hugo"), "hugo")
    assert hana.post("/hr/holds/place/", {"person": rae, "case": "", "reason": WHY}).status_code == 302
    (hold,) = retention.open_holds()
    at = f"/hr/holds/{hold.number}"
    assert hana.post(f"{at}/release/").status_code == 404
    assert hana.post(f"{at}/ask/", {"reason": WHY}).status_code == 302
    own = hana.post(f"{at}/release/")
    assert own.status_code == 400
    assert "somebody else approves" in own.content.decode()
    for asked in (
        f"UPDATE store_legalhold SET released_by = 'hana', released_at = placed_at WHERE id = {hold.number}",
        f"UPDATE store_legalhold SET released_by = 'hugo', released_id = '{rae}', released_at = placed_at",
    ):
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(asked)
    counted("attempts to approve one's own erasure or release refused", 4)
    assert as_user("hugo").post(f"{at}/release/").status_code == 403
    hugo = stepped_up(as_user("hugo"), "hugo")
    assert hugo.post(f"{at}/release/").status_code == 302
    assert retention.open_holds() == ()
    wanted = {"kind": "person", "person": rae, "reason": WHY}
    assert hana.post("/hr/retention/ask/", wanted).status_code == 302
    (asked_for,) = retention.waiting_erasures()
    page = f"/hr/erasures/{asked_for.opaque}/"
    (shown,) = re.findall(r'name="shown" value="([0-9a-f]{64})"', hugo.get(page).content.decode())
    assert 'name="shown"' not in hana.get(page).content.decode()
    own = hana.post(f"{page}approve/", {"shown": shown, "reason": WHY})
    assert own.status_code == 400
    stale = hugo.post(f"{page}approve/", {"shown": "0" * 64, "reason": WHY})
    assert stale.status_code == 400
    assert hugo.post(f"{page}approve/", {"shown": shown, "reason": ""}).status_code == 400
    for who in ("rae", "maya", "gwen", "eve", "ada", "ola", "ari", "otto"):
        assert as_user(who).post(f"{page}approve/", {"shown": shown, "reason": WHY}).status_code == 404
    for told in (
        "approved_by = 'hana', approved_at = requested_at, method = 'totp', age_s = 1",
        "approved_by = 'hugo', approved_at = requested_at, method = '', age_s = 1",
        f"approved_by = 'hugo', approved_id = '{rae}', approved_at = requested_at, method = 'totp', age_s = 1",
    ):
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(f"UPDATE store_erasurerequest SET state = 'approved', {told}")
    counted("attempts to approve one's own erasure or release refused", 14)
    assert hugo.post(f"{page}approve/", {"shown": shown, "reason": WHY}).status_code == 302
    assert retention.erasure(asked_for.opaque).state == "done"
    assert rae not in _names(firm)


def _names(firm: Served) -> Any:
    from courtside.services.standing import stand

    return stand(firm.workspace).hierarchy(firm.caller).names


def test_what_was_decided_is_not_erased_below_the_floor(two_partners: Served, counted: Counted) -> None:
    from courtside.services.decide_proposal import Choice, decide_proposal
    from courtside.services.erase_rules import why_not_erase
    from courtside.services.refused import Refused
    from courtside.services.request_erasure import request_erasure
    from courtside.store import proposals

    firm, rae = two_partners, two_partners.people["rae"]
    with pytest.raises(Refused, match="not decided yet"):
        request_erasure(visit("hana"), "person", rae, WHY)
    found = about_rae(firm, "coaching_plan").id
    from tests.cases.proposing import looked_at

    looked_at(firm, "maya", "coaching_plan")
    decide_proposal(visit("maya"), found, Choice("decline", REASON, None))
    for one in proposals.about([rae]):
        proposals.withdraw(one.id, NOW)
    for days in (0, 100, 364):
        firm.clock.move(timedelta(days=days) - (firm.clock.now() - NOW))
        assert "has to be kept until 1 November 2027" in why_not_erase(firm.workspace, firm.caller, rae)
        counted("erasures below a floor refused", 1)
    firm.clock.move(timedelta(days=1))
    assert why_not_erase(firm.workspace, firm.caller, rae) == ""


def test_the_list_of_what_is_due_erases_nothing_and_is_told_to_hr_once_a_month(two_partners: Served) -> None:
    from courtside.services import due_retention
    from courtside.services.erase_approved import erase_approved
    from courtside.services.request_erasure import request_erasure
    from courtside.services.retention_due import what_is_due
    from courtside.services.verify_log import verify_log
    from courtside.store import models, proposals, retention

    firm = two_partners
    _settled(firm)
    found = what_is_due(firm.workspace, firm.caller)
    assert [(one.kind, one.count) for one in found if one.kind == "proposals"] == [("proposals", 3)]
    assert len(proposals.about([firm.people["rae"]])) == 3
    due_retention._LOOKED.clear()
    assert due_retention.due(firm.workspace, firm.caller) == 2
    due_retention._LOOKED.clear()
    assert due_retention.due(firm.workspace, firm.caller) == 0
    assert len(proposals.about([firm.people["rae"]])) == 3
    rows = models.OutboxRow.objects.unscoped("a test").filter(key__startswith="retention:")
    assert {row.path for row in rows} == {"/hr/retention/"}
    opaque = request_erasure(visit("hana"), "proposals", "", WHY)
    second = retention.Second("hugo", "", NOW, WHY, "totp", 1)
    assert retention.approve(opaque, second)
    assert due_retention.due(firm.workspace, firm.caller) == 1
    assert proposals.about([firm.people["rae"]]) == ()
    assert retention.erasure(opaque).state == "done"
    from courtside.services.viewing import NotFound

    with pytest.raises(NotFound):
        erase_approved(firm.workspace, firm.caller, opaque)
    assert verify_log(firm.workspace, firm.caller).faults == ()


def test_people_and_the_log_become_due_when_their_time_is_over_and_the_chain_holds(own_copy: Served) -> None:
    from courtside.services.erase_approved import erase_approved
    from courtside.services.request_erasure import request_erasure
    from courtside.services.retention_due import what_is_due
    from courtside.store import audit, audit_chain, erasing_log, retention

    left = {row.person_id for row in what_is_due(own_copy.workspace, own_copy.caller) if row.kind == "person"}
    assert left == set()
    own_copy.clock.move(timedelta(days=6 * 366))
    found = what_is_due(own_copy.workspace, own_copy.caller)
    assert {one.kind for one in found} >= {"log"}
    before = len(audit.acts())
    opaque = request_erasure(visit("hana"), "log", "", WHY)
    assert retention.approve(opaque, retention.Second("hugo", "", own_copy.clock.now(), WHY, "totp", 1))
    erase_approved(own_copy.workspace, own_copy.caller, opaque)
    assert erasing_log.count_before(datetime(2027, 1, 1, tzinfo=UTC)) == 0
    assert len(audit.acts()) >= before
    checked = audit_chain.check({})
    assert checked.faults == ()
    assert checked.erased >= 1


def test_where_one_hr_partner_is_alone_an_executive_agreed_upon_approves(
    firm: Served, as_user: Callable[..., Client]
) -> None:
    from courtside.store import retention

    _settled(firm)
    hana, eve = stepped_up(as_user("hana"), "hana"), stepped_up(as_user("eve"), "eve")
    rae = firm.people["rae"]
    assert hana.post("/hr/retention/ask/", {"kind": "person", "person": rae, "reason": WHY}).status_code == 302
    (asked,) = retention.waiting_erasures()
    page = f"/hr/erasures/{asked.opaque}/"
    assert eve.get(page).status_code == 404
    assert hana.post(f"/hr/cases/{asked.opaque}/approver/", {"executive": "eve"}).status_code == 302
    assert eve.get(page).status_code == 404
    ada = stepped_up(as_user("ada"), "ada")
    agreed = ada.post(f"/settings/standing-in/approvers/{asked.opaque}/eve/agree/")
    assert agreed.status_code == 302
    (shown,) = re.findall(r'name="shown" value="([0-9a-f]{64})"', eve.get(page).content.decode())
    assert eve.post(f"{page}approve/", {"shown": shown, "reason": WHY}).status_code == 302
    assert retention.erasure(asked.opaque).state == "done"


def test_the_host_alone_erases_nobody_where_hr_partners_are(own_copy: Served) -> None:
    from courtside.services.erase_on_host import erase_on_host
    from courtside.services.refused import Refused

    with pytest.raises(Refused, match="takes two people"):
        erase_on_host(own_copy.workspace, own_copy.caller, own_copy.people["tom"])
