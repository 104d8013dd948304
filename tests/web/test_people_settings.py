"""Users and duties as administrators change them: every act logged, no way to more than the duty gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import PASSWORD, Served

if TYPE_CHECKING:
    from django.test import Client

    from courtside.store.accounts import Account

GATES = ("acts of administrators found in the log", "pages of administrators closed to others")
PEOPLE = "/settings/people/"
CLOSED_TO = ("rae", "maya", "gwen", "hana", "eve", "ola", "ari", "otto")


def account(username: str) -> Account:
    from courtside.services.account_rules import account_named

    return account_named(username)


def at(username: str, act: str = "") -> str:
    return f"{PEOPLE}{account(username).user_id}/{act}"


def logged(verb: str) -> list[dict[str, Any]]:
    from courtside.store import audit

    return [{"who": act.who, **act.detail} for act in audit.acts(verb) if act.who == "ada"]


def is_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


def link_on(page: str) -> str:
    return "/" + re.findall(r"<code>http://localhost/(account/welcome/[\w-]+/)</code>", page)[0]


def test_everybody_who_can_sign_in_is_listed_with_duties(served: Served) -> None:
    page = served.client("ada").get(PEOPLE).content.decode()
    for name in ("Rae Rivers", "Hana Hale", "Otto Orr"):
        assert name in page
    assert "HR partner" in page
    assert "10 users" in page


def test_nobody_but_administrators_finds_these_pages(served: Served, counted: Callable[[str, int], None]) -> None:
    acts = ("", "change/", "link/", "close/", "open/", "grant/", "revoke/")
    for who in CLOSED_TO:
        client = served.client(who)
        for path in (PEOPLE, f"{PEOPLE}add/", *(at("rae", act) for act in acts)):
            assert client.get(path).status_code in (404, 405), f"{who} {path}"
            assert client.post(path, {"role": "admin"}).status_code == 404, f"{who} {path}"
            counted("pages of administrators closed to others", 2)
    assert served.client().get(PEOPLE).headers["Location"] == f"/account/sign-in/?next={PEOPLE}"


def test_somebody_added_gets_a_link_and_sees_what_follows_from_their_records(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    person = min(own_copy.members - set(own_copy.people.values()))
    new = {
        "name": "Ned Noon",
        "username": "ned",
        "email": "ned@firm.example",
        "person_id": person,
        "roles": ["operations"],
    }
    page = own_copy.client("ada").post(f"{PEOPLE}add/", new).content.decode()
    guest = own_copy.client()
    guest.post(link_on(page), {"password": PASSWORD, "again": PASSWORD})
    assert is_in(guest)
    shown = guest.get("/account/").content.decode()
    assert "Ned Noon" in shown
    assert "Operations" in shown
    assert account("ned").person_id == person
    assert logged("add_user") == [
        {"who": "ada", "user": "ned", "person": person, "roles": ["operations"], "from": "site"}
    ]
    counted("acts of administrators found in the log", 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "rae"}, "there is a user"),
        ({"username": "Ned Noon"}, "is no user name"),
        ({"person_id": "P99999"}, "not one of the available choices"),
        ({"person_id": "rae's"}, "already"),
        ({"name": ""}, "This field is required"),
        ({"email": "nowhere"}, "valid email"),
        ({"roles": ["hr"]}, "not one of the available choices"),
        ({"roles": ["auditor"]}, "not one of the available choices"),
    ],
)
def test_a_wrong_particular_adds_nobody_and_says_why(own_copy: Served, wrong: dict[str, Any], said: str) -> None:
    if wrong.get("person_id") == "rae's":
        wrong = {"person_id": own_copy.people["rae"]}
    answer = own_copy.client("ada").post(f"{PEOPLE}add/", {"name": "Ned Noon", "username": "ned", **wrong})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not logged("add_user")


@pytest.mark.parametrize("role", ["hr", "auditor"])
def test_an_administrator_alone_cannot_open_peoples_records_to_anybody(own_copy: Served, role: str) -> None:
    ada = own_copy.client("ada")
    assert ada.post(at("otto", "grant/"), {"role": role}).status_code == 302
    assert "waits until an HR partner agrees" in ada.get(at("otto", "")).content.decode()
    assert not account("otto").roles
    assert not logged("grant_role")


def test_duties_are_given_and_taken_and_each_ends_the_sessions_before(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    ada, otto = own_copy.client("ada"), own_copy.client("otto")
    assert otto.get("/data/").status_code == 404
    assert ada.post(at("otto", "grant/"), {"role": "operations"}).status_code == 302
    assert not is_in(otto), "a session from before the duty goes on"
    assert {role.value for role in account("otto").roles} == {"operations"}
    assert ada.post(at("otto", "grant/"), {"role": "operations"}).status_code == 400
    otto = own_copy.client("otto")
    assert ada.post(at("otto", "revoke/"), {"role": "operations"}).status_code == 302
    assert not is_in(otto)
    assert not account("otto").roles
    assert ada.post(at("otto", "revoke/"), {"role": "operations"}).status_code == 400
    assert ada.post(at("otto", "grant/"), {"role": "emperor"}).status_code == 400
    assert [(act["user"], act["role"]) for act in logged("grant_role") + logged("revoke_role")] == [
        ("otto", "operations"),
        ("otto", "operations"),
    ]
    counted("acts of administrators found in the log", 2)


def test_an_administrator_gives_themself_nothing(own_copy: Served) -> None:
    ada = own_copy.client("ada")
    assert ada.post(at("ada", "grant/"), {"role": "executive"}).status_code == 400
    free = min(own_copy.members - set(own_copy.people.values()))
    own = {"name": "Ada Ash", "email": "", "person_id": free}
    page = ada.post(at("ada", "change/"), own)
    assert page.status_code == 400
    assert "another administrator can" in page.content.decode()
    assert not account("ada").person_id
    assert ada.post(at("ada", "close/")).status_code == 400


def test_the_last_administrator_stays(own_copy: Served) -> None:
    ada = own_copy.client("ada")
    last = ada.post(at("ada", "revoke/"), {"role": "admin"})
    assert last.status_code == 400
    assert "last administrator" in last.content.decode()
    ada.post(at("otto", "grant/"), {"role": "admin"})
    ada = own_copy.client("ada")
    assert ada.post(at("otto", "close/")).status_code == 302
    assert ada.post(at("ada", "revoke/"), {"role": "admin"}).status_code == 400, "a closed account administers nothing"


def test_a_closed_account_is_out_at_once_and_comes_back_as_it_was(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    ada, rae = own_copy.client("ada"), own_copy.client("rae")
    assert is_in(rae)
    assert ada.post(at("rae", "close/")).status_code == 302
    assert not is_in(rae)
    assert ada.post(at("rae", "close/")).status_code == 400
    assert ada.post(at("rae", "link/")).status_code == 400
    assert ada.post(at("rae", "open/")).status_code == 302
    assert not is_in(rae), "the old session came back"
    signed = own_copy.client()
    signed.post("/account/sign-in/", {"login": "rae", "password": PASSWORD})
    assert is_in(signed)
    assert (len(logged("close_account")), len(logged("open_account"))) == (1, 1)
    counted("acts of administrators found in the log", 2)


def test_a_closed_account_does_not_come_back_to_records_that_are_somebody_elses_now(own_copy: Served) -> None:
    ada = own_copy.client("ada")
    ada.post(at("rae", "close/"))
    theirs = {"name": "Otto Orr", "email": "", "person_id": own_copy.people["rae"]}
    assert ada.post(at("otto", "change/"), theirs).status_code == 302
    refused = ada.post(at("rae", "open/"))
    assert refused.status_code == 400
    assert "otto" in refused.content.decode()


def test_particulars_are_changed_and_the_user_signs_in_anew(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    ada, otto = own_copy.client("ada"), own_copy.client("otto")
    free = min(own_copy.members - set(own_copy.people.values()))
    wished = {"name": "Otto Orr-Oak", "email": "o@firm.example", "person_id": free}
    assert ada.post(at("otto", "change/"), wished).status_code == 302
    assert not is_in(otto)
    found = account("otto")
    assert (found.name, found.email, found.person_id) == tuple(wished.values())
    assert logged("change_user")[0]["changed"] == ["email", "name", "person_id"]
    assert "o@firm.example" not in str(logged("change_user"))
    own = {"name": "Ada Ash-Oak", "email": "", "person_id": ""}
    assert ada.post(at("ada", "change/"), own).status_code == 302
    assert is_in(ada), "whoever changes their own name is signed out"
    counted("acts of administrators found in the log", 2)


def test_a_new_link_is_shown_once_and_forgets_a_lost_second_factor(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from allauth.mfa.models import Authenticator

    ada = own_copy.client("ada")
    Authenticator.objects.create(user_id=account("rae").user_id, type="totp", data={"secret": "sealed"})
    plain = ada.post(at("rae", "link/")).content.decode()
    assert Authenticator.objects.count() == 1
    secret = link_on(plain)
    assert secret not in ada.get(at("rae")).content.decode()
    page = ada.post(at("rae", "link/"), {"second_factor": "forget"}).content.decode()
    assert Authenticator.objects.count() == 0
    guest = own_copy.client()
    assert guest.get(secret).status_code == 410
    assert guest.post(link_on(page), {"password": PASSWORD, "again": PASSWORD}).headers["Location"] == "/"
    assert [act.get("second_factor_dropped") for act in logged("invite_user")] == [None, True]
    assert secret.strip("/").rsplit("/", 1)[1] not in str(logged("invite_user"))
    counted("acts of administrators found in the log", 2)


def test_a_user_who_does_not_exist_is_not_found(own_copy: Served) -> None:
    ada = own_copy.client("ada")
    assert ada.get(f"{PEOPLE}99999/").status_code == 404
    for act in ("change/", "link/", "close/", "open/", "grant/", "revoke/"):
        assert ada.post(f"{PEOPLE}99999/{act}", {"role": "admin", "name": "x"}).status_code == 404


def test_a_name_that_is_a_script_is_only_a_name(own_copy: Served) -> None:
    ada = own_copy.client("ada")
    hostile = "<script>alert(1)</script>"
    ada.post(at("otto", "change/"), {"name": hostile, "email": "", "person_id": ""})
    for path in (PEOPLE, at("otto")):
        page = ada.get(path).content.decode()
        assert hostile not in page
        assert "&lt;script&gt;" in page


def test_a_workspace_without_records_can_still_have_users(own_copy: Served) -> None:
    from courtside.services.undo_import import undo_import

    undo_import(own_copy.workspace, own_copy.caller, 1)
    ada = own_copy.client("ada")
    assert ada.get(PEOPLE).status_code == 200
    assert ada.post(f"{PEOPLE}add/", {"name": "Ned", "username": "ned"}).status_code == 200
    kept = {"name": "Rae", "email": "", "person_id": own_copy.people["rae"]}
    assert ada.post(at("rae", "change/"), kept).status_code == 302
    assert account("rae").person_id == own_copy.people["rae"]


def test_an_erased_persons_account_is_closed_and_blank(own_copy: Served) -> None:
    from courtside.services.erase_person import erase_person
    from courtside.store.accounts import accounts

    browser = own_copy.client("tom")
    person = own_copy.people["tom"]
    assert browser.get(f"/people/{person}/").status_code == 200
    erase_person(own_copy.workspace, own_copy.caller, person)
    assert browser.get(f"/people/{person}/").status_code == 302
    found = [one for one in accounts() if one.username.startswith("erased-")]
    assert [(one.is_active, one.email, one.person_id) for one in found] == [(False, "", "")]
    assert "Tom" not in str([(one.name, one.username) for one in accounts()])
