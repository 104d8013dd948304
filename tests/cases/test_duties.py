"""Duties that open people's records take two people, on the host too; who watches over them is told of every one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from tests.cases.stepping_up import stepped_up
from tests.cases.test_glass import logged, told
from tests.serving import CAST, NOW, Served

GATES = ("duties that waited for a second person", "decisions of duties refused")
Counted = Callable[[str, int], None]


def user_id(username: str) -> int:
    from courtside.store.accounts import accounts

    return next(one.user_id for one in accounts() if one.username == username)


def roles(username: str) -> set[str]:
    from courtside.store.accounts import accounts

    return {role.value for one in accounts() if one.username == username for role in one.roles}


@pytest.mark.parametrize("role", ["hr", "auditor"])
def test_a_duty_asked_for_waits_until_an_hr_partner_agrees(own_copy: Served, role: str, counted: Counted) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.grant_role import grant_role
    from courtside.services.refused import Refused
    from courtside.store.access import Role

    host, ada = Changing(own_copy.caller), own_copy.client("ada")
    if role == "hr":
        assert grant_role(host, user_id("otto"), Role(role), frozenset({own_copy.team})) is False
    else:
        answer = ada.post(f"/settings/people/{user_id('otto')}/grant/", {"role": role})
        assert answer.status_code == 302
        assert "waits until an HR partner agrees" in ada.get(answer["Location"]).content.decode()
    assert roles("otto") == set()
    with pytest.raises(Refused, match="waits already"):
        grant_role(host, user_id("otto"), Role(role))
    assert told(username="hana") == ["/duties/"]
    assert told(username="eve") == []
    for who in CAST:
        client = stepped_up(own_copy.client(who), who)
        assert client.get("/duties/").status_code == (200 if who in ("hana", "eve", "ari") else 404), who
        if who != "hana":
            assert client.post("/duties/1/agree/").status_code == 404, who
            assert client.post("/duties/1/refuse/", {"reason": "No"}).status_code == 404, who
            counted("decisions of duties refused", 2)
    assert own_copy.client("hana").post("/duties/1/agree/").status_code == 403, "a fresh code is needed"
    assert stepped_up(own_copy.client("hana"), "hana").post("/duties/1/agree/").status_code == 302
    assert roles("otto") == {role}
    assert [(one["who"], one["user"], one["role"]) for one in logged("agree_duty")] == [("hana", "otto", role)]
    assert "/duties/" in told(username="ari")
    assert stepped_up(own_copy.client("hana"), "hana").post("/duties/1/agree/").status_code == 404
    counted("duties that waited for a second person", 1)


def test_a_duty_is_refused_with_a_reason_and_can_be_asked_for_again(own_copy: Served, counted: Counted) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.grant_role import grant_role
    from courtside.store.access import Role

    host, hana = Changing(own_copy.caller), own_copy.client("hana")
    assert not grant_role(host, user_id("otto"), Role.AUDITOR)
    assert hana.post("/duties/1/refuse/", {"reason": " "}).status_code == 400
    assert hana.post("/duties/1/refuse/", {"reason": "Nobody knows him"}).status_code == 302
    assert roles("otto") == set()
    assert not grant_role(host, user_id("otto"), Role.AUDITOR)
    counted("duties that waited for a second person", 2)


def test_the_first_hr_partner_is_named_on_the_host_alone_and_never_on_the_site(own_copy: Served) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.add_user import NewUser, add_user
    from courtside.services.grant_role import grant_role
    from courtside.services.revoke_role import revoke_role
    from courtside.store.access import Role

    host = Changing(own_copy.caller)
    revoke_role(host, user_id("hana"), Role.HR)
    assert told(username="ari") == ["/duties/"], "who watches over duties is told that one ended"
    assert told(username="hana") == ["/duties/"]
    site = own_copy.client("ada").post(f"/settings/people/{user_id('otto')}/grant/", {"role": "hr"})
    assert site.status_code == 400
    assert "there is none" in site.content.decode()
    assert grant_role(host, user_id("otto"), Role.HR) is False, "an executive agrees where there is one"
    revoke_role(host, user_id("eve"), Role.EXECUTIVE)
    new, _ = add_user(host, NewUser("hedda", "Hedda Hill", roles=frozenset({Role.HR})), frozenset())
    assert roles("hedda") == {"hr"}
    again, _ = add_user(host, NewUser("hugo", "Hugo Hill", roles=frozenset({Role.HR})), frozenset())
    assert roles("hugo") == set(), "the second one waits for the first"
    assert logged("add_user")[-1]["asked"] == ["hr"]
    assert {new, again} <= {user_id("hedda"), user_id("hugo")}


def test_an_executive_agrees_only_where_there_is_no_hr_partner_and_the_host_asked(own_copy: Served) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.grant_role import grant_role
    from courtside.store import accounts
    from courtside.store.access import Role

    host = Changing(own_copy.caller)
    accounts.revoke(user_id("hana"), Role.HR, NOW)
    assert grant_role(host, user_id("otto"), Role.HR) is False
    assert told(username="eve") == ["/duties/"]
    eve = stepped_up(own_copy.client("eve"), "eve")
    accounts.grant(user_id("hana"), Role.HR, "host", NOW)
    assert eve.post("/duties/1/agree/").status_code == 404, "an HR partner is there again"
    accounts.revoke(user_id("hana"), Role.HR, NOW)
    assert eve.post("/duties/1/agree/").status_code == 302
    assert roles("otto") == {"hr"}


def test_an_account_somebody_else_could_have_opened_agrees_to_nothing(own_copy: Served) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.grant_role import grant_role
    from courtside.store.access import Role
    from courtside.store.models import User

    assert not grant_role(Changing(own_copy.caller), user_id("otto"), Role.AUDITOR)
    User.objects.filter(username="hana").update(reset_at=NOW)
    answer = stepped_up(own_copy.client("hana"), "hana").post("/duties/1/agree/")
    assert answer.status_code == 400
    assert "less than 24 hours ago" in answer.content.decode()
    assert roles("otto") == set()


def test_the_database_refuses_whoever_asked_and_whoever_gets_it(own_copy: Served, counted: Counted) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.grant_role import grant_role
    from courtside.store.access import Role

    grant_role(Changing(own_copy.caller), user_id("otto"), Role.AUDITOR)
    otto, hana = user_id("otto"), user_id("hana")
    with sqlite3.connect(own_copy.root / "app.sqlite3") as database:
        for by, user in (("host", hana), ("otto", otto), ("", hana)):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(
                    "UPDATE store_askedduty SET outcome = 'agreed', decided_by = ?, decided_user = ?, decided_at = ?",
                    (by, user, NOW.isoformat()),
                )
            counted("decisions of duties refused", 1)
        for change in ("SET role = 'hr'", f"SET user_id = {hana}", "SET scope = '[]'"):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(f"UPDATE store_askedduty {change}")
            counted("decisions of duties refused", 1)
    database.close()


def test_the_erasure_of_who_gave_a_duty_takes_their_name_and_not_the_duty(own_copy: Served) -> None:
    from courtside.store import accounts, audit
    from courtside.store.access import Role
    from courtside.store.models import RoleGrant

    accounts.grant(user_id("otto"), Role.OPERATIONS, "maya", NOW)
    with audit.together():
        accounts.forget_person(own_copy.people["maya"], "erased-abc")
    rows = RoleGrant.objects.unscoped("a test's own")
    assert "maya" not in set(rows.values_list("granted_by", flat=True))
    assert roles("otto") == {"operations"}


def test_the_mail_queue_tells_an_administrator_nothing_of_cases(own_copy: Served) -> None:
    from datetime import timedelta

    from courtside.store import outbox, outbox_claims

    ada = own_copy.client("ada")
    before = ada.get("/settings/channels/").content
    for number in range(3):
        task = outbox.Task("document", f"doc:{number}", "/documents/AAAAAAAAAAAA/", person_id=own_copy.people["rae"])
        assert outbox.enqueue(task, NOW)
    after = ada.get("/settings/channels/").content
    assert b"nothing is late" in after
    assert _body(before) == _body(after)
    assert outbox_claims.is_late(NOW + timedelta(minutes=1), ("mail",))
    assert not outbox_claims.is_late(NOW, ("mail",))
    assert not outbox_claims.is_late(NOW + timedelta(minutes=1), ("chat",))


def _body(page: bytes) -> bytes:
    """The facts of the page: what stands around them has secrets of the form."""
    return page.partition(b'<dl class="facts">')[2].partition(b"</dl>")[0]
