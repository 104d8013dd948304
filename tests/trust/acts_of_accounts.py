"""What is done with accounts: made and changed, signed in with and out, proved by a second factor; each one act."""

from __future__ import annotations

import re

import pytest
from tests.cases import planned
from tests.serving import PASSWORD
from tests.trust.hands import Hands

WHY = "They asked for it in writing last week"


def user_id(username: str) -> int:
    """The number of a user."""
    from courtside.services.account_rules import account_named

    return account_named(username).user_id


def users(hands: Hands) -> None:
    at = "/settings/people/"
    new = {"name": "Ned Noon", "username": "ned", "email": "ned@firm.example", "person_id": "", "roles": []}
    page = hands.sends("ada", "people_add", f"{at}add/", "add_user", new, status=200)
    link = re.findall(r"<code>http://localhost" r"(/account/welcome/[\w-]+/)</code>", page.content.decode())[0]
    guest, chosen = hands.served.client(), {"password": PASSWORD, "again": PASSWORD}
    hands.refuses("nobody", "/account/welcome/no-such-link/", chosen, guest)
    with_sign_in = {"accept_invitation", "sign_in"}
    before = len(planned.acts())
    assert guest.post(link, chosen).status_code == 302
    assert {verb for verb, _ in planned.acts()[before:]} == with_sign_in
    assert len(planned.acts()) == before + 2, "one for the password that was chosen, and one for being let in"
    hands.done.add("welcome")
    hands.refuses("nobody", link, chosen, guest)
    ned = f"{at}{user_id('ned')}/"
    told = {"name": "Ned N. Noon", "email": "ned@firm.example", "person_id": ""}
    hands.sends("ada", "people_change", f"{ned}change/", "change_user", told)
    hands.sends("ada", "people_link", f"{ned}link/", "invite_user", status=200)
    hands.sends("ada", "people_grant", f"{ned}grant/", "grant_role", {"role": "operations"})
    hands.sends("ada", "people_revoke", f"{ned}revoke/", "revoke_role", {"role": "operations"})
    _two_for_a_duty(hands, ned)
    hands.sends("ada", "people_close", f"{ned}close/", "close_account")
    hands.refuses("ada", f"{ned}close/")
    hands.sends("ada", "people_open", f"{ned}open/", "open_account")


def _two_for_a_duty(hands: Hands, ned: str) -> None:
    """A duty that opens records: asked for by the administrator, refused and agreed to by HR."""
    told = {"reason": "Nobody has asked the team."}
    hands.sends("ada", "people_grant", f"{ned}grant/", "ask_duty", {"role": "auditor"})
    hands.sends("hana", "duty_refuse", f"/duties/{_waiting()}/refuse/", "refuse_duty", told)
    hands.sends("ada", "people_grant", f"{ned}grant/", "ask_duty", {"role": "auditor"})
    hands.refuses("ada", f"/duties/{_waiting()}/agree/")
    hands.sends("hana", "duty_agree", f"/duties/{_waiting()}/agree/", "agree_duty")
    hands.sends("ada", "people_revoke", f"{ned}revoke/", "revoke_role", {"role": "auditor"})


def _waiting() -> int:
    """The number of the duty that waits."""
    from courtside.store import asked_duties

    (found,) = asked_duties.waiting()
    return found.number


def signing_in(hands: Hands) -> None:
    at, client = "/account/sign-in/", hands.served.client()
    before = len(planned.acts())
    assert client.post(at, {"login": "eve", "password": "not hers at all"}).status_code == 200
    assert [verb for verb, _ in planned.acts()[before:]] == ["refuse_sign_in"]
    hands.takes(client, "account_login", at, "sign_in", {"login": "eve", "password": PASSWORD})
    other = "seven slow boats to port"
    changed = {"oldpassword": PASSWORD, "password1": other, "password2": other}
    hands.takes(client, "account_change_password", "/account/password/", "change_password", changed)
    hands.takes(client, "account_logout", "/account/sign-out/", "sign_out")


def second_factor(hands: Hands) -> None:
    at, client = "/account/second-factor/", hands.served.client("gwen")
    hands.leaves_none(
        "account_reauthenticate",
        lambda: client.post("/account/confirm/", {"password": PASSWORD, "next": f"{at}activate/"}),
    )
    page = client.get(f"{at}activate/").content.decode()
    secret = re.findall(r"<code>([A-Z2-7]{32})</code>", page)[0]
    code = {"code": _code(secret)}
    hands.takes(client, "mfa_activate_totp", f"{at}activate/", "activate_second_factor", code)
    again = "/account/recovery-codes/"
    client.get(again)
    hands.takes(client, "mfa_generate_recovery_codes", f"{again}make/", "make_recovery_codes")
    codes = re.findall(r"<code>(\d{8})</code>", client.get(again).content.decode())
    guest = hands.served.client()
    before = len(planned.acts())
    guest.post("/account/sign-in/", {"login": "gwen", "password": PASSWORD})
    assert len(planned.acts()) == before, "nobody is in before the code"
    hands.takes(guest, "mfa_authenticate", "/account/sign-in/code/", "sign_in", {"code": codes[0]})
    hands.leaves_none(
        "mfa_reauthenticate", lambda: guest.post("/account/confirm/code/", {"code": codes[1], "next": "/"})
    )
    hands.takes(client, "mfa_deactivate_totp", f"{at}stop/", "drop_second_factor")


def _code(secret: str) -> str:
    from tests.web.test_signing_in import code_for

    return code_for(secret)


def tokens(hands: Hands) -> None:
    client = hands.served.client("rae")
    hands.refuses("rae", "/account/tokens/", {"name": "", "days": 0}, client)
    made = {"name": "my sheet", "days": 30}
    hands.takes(client, "account_make_token", "/account/tokens/", "make_token", made, status=200)
    number = re.findall(r"/account/tokens/(\d+)/revoke/", client.get("/account/").content.decode())[0]
    hands.sends("rae", "account_revoke_token", f"/account/tokens/{number}/revoke/", "revoke_token")
    hands.takes(client, "calendar_make", "/account/calendar/make/", "make_calendar_feed", status=200)
    hands.takes(client, "calendar_end", "/account/calendar/end/", "end_calendar_feed")


def sample(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a made-up company, whoever started it comes in without a password, and an administrator looks as others."""
    from django.test import override_settings

    from courtside.services.viewing import SAMPLE

    mark = hands.served.root / SAMPLE
    hands.refuses("ada", "/see-as/", {"username": "rae"})
    mark.write_text("{}", encoding="utf-8")
    monkeypatch.setattr("courtside.web.start.views.VISITOR", "ada")
    with override_settings(LOOK_AROUND="an-open-secret"):
        hands.refuses("nobody", "/look-around/a-wrong-secret/", {}, hands.served.client())
        hands.takes(hands.served.client(), "look_around", "/look-around/an-open-secret/", "sign_in")
    hands.sends("ada", "see_as", "/see-as/", "see_as", {"username": "rae"})
    hands.leaves_none("see_as_end", lambda: hands.client("ada").post("/see-as/end/"))
    hands.leaves_none("hide_steps", lambda: hands.client("ada").post("/hide-steps/"))
    mark.unlink()
