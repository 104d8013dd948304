"""Signing in: by name and password, then a code; links that work once; sessions that end when they should."""

from __future__ import annotations

import re
import struct
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import NOW, PASSWORD, Served

from courtside.services.account_rules import WELCOME, Changing

if TYPE_CHECKING:
    from django.test import Client

GATES = ("replays of a one-time link refused", "doors of the sign-in library kept shut")
OTHER_PASSWORD = "seven slow boats to port"  # noqa: S105
LOGIN, ACCOUNT, ACTIVATE = "/account/sign-in/", "/account/", "/account/second-factor/activate/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": username, "password": password, **more})


def is_in(client: Client) -> bool:
    return bool(client.get(ACCOUNT).status_code == 200)


def code_for(secret: str, at: float | None = None) -> str:
    """The six digits an authenticator shows (RFC 6238, by hand)."""
    import base64
    import hashlib
    import hmac

    counter = struct.pack(">Q", int(at if at is not None else time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """The authenticator's clock, which stands still until it is moved."""
    from allauth.mfa.totp.internal import auth

    at = [float(int(time.time()) // 30 * 30 + 5)]

    class Clock:
        time = staticmethod(lambda: at[0])

    monkeypatch.setattr(auth, "time", Clock)

    def move(seconds: float) -> None:
        at[0] += seconds

    move.at = at  # type: ignore[attr-defined]
    return move


def acts(verb: str) -> list[str]:
    from courtside.store import audit

    return [act.who for act in audit.acts(verb)]


def link_for(firm: Served, username: str) -> str:
    from courtside.services.account_rules import account_named
    from courtside.services.invite_user import invite_user

    secret = invite_user(Changing(firm.caller), account_named(username).user_id)
    return WELCOME.format(secret=secret)


def test_a_name_and_its_password_let_somebody_in_and_the_session_gets_a_new_number(own_copy: Served) -> None:
    client = own_copy.client()
    before = client.session.session_key
    assert before
    answer = sign_in(client, "rae")
    assert client.session.session_key != before
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    assert is_in(client)
    cookie = client.cookies["courtside"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert acts("sign_in") == ["rae"]


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_then_back(own_copy: Served) -> None:
    client = own_copy.client()
    led = client.get(ACCOUNT)
    assert led.headers["Location"] == f"{LOGIN}?next={ACCOUNT}"
    page = client.get(led.headers["Location"]).content.decode()
    assert f'value="{ACCOUNT}"' in page
    assert sign_in(client, "rae", next=ACCOUNT).headers["Location"] == ACCOUNT


@pytest.mark.parametrize("to", ["https://example.org/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_off_the_site(own_copy: Served, to: str) -> None:
    assert sign_in(own_copy.client(), "rae", next=to).headers["Location"] == "/"


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_words(own_copy: Served) -> None:
    from courtside.services.account_rules import account_named
    from courtside.services.close_account import close_account

    close_account(Changing(own_copy.caller), account_named("tom").user_id)
    said = set()
    for username, password in (("rae", "wrong horse battery"), ("nobody", PASSWORD), ("tom", PASSWORD)):
        page = sign_in(own_copy.client(), username, password)
        assert page.status_code == 200
        said.add(tuple(re.findall(r"<p>(.*?)</p>", page.content.decode().split("<form")[1])))
        assert not is_in(own_copy.client())
    assert len(said) == 1
    assert acts("refuse_sign_in") == ["rae", "unknown", "tom"]


@pytest.mark.parametrize(
    ("username", "password"),
    [("rae", PASSWORD), ("rae", "wrong horse battery"), ("nobody", PASSWORD), ("tom", PASSWORD), ("ned", PASSWORD)],
)
def test_how_long_an_answer_takes_tells_nothing_of_who_exists(
    own_copy: Served, username: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with a wrong password, an unknown one, a closed account (tom) and an invited one (ned) cost one hash."""
    from django.contrib.auth.hashers import ScryptPasswordHasher

    from courtside.services.account_rules import account_named
    from courtside.services.add_user import NewUser, add_user
    from courtside.services.close_account import close_account

    close_account(Changing(own_copy.caller), account_named("tom").user_id)
    add_user(Changing(own_copy.caller), NewUser("ned", "Ned Noon"), frozenset())
    hashed: list[str] = []
    encode = ScryptPasswordHasher.encode

    def counting(self: Any, password: str, *rest: Any) -> str:
        hashed.append(password)
        return str(encode(self, password, *rest))

    monkeypatch.setattr(ScryptPasswordHasher, "encode", counting)
    sign_in(own_copy.client(), username, password)
    assert len(hashed) == 1


def test_guessing_is_slowed_down_for_every_process_together(own_copy: Served) -> None:
    def guess(number: int) -> str:
        form = {"login": ("rae", "RAE")[number % 2], "password": f"guess number {number} of many"}
        page = own_copy.client().post(LOGIN, form, headers={"host": f"localhost:{8000 + number}"})
        return str(page.content.decode())

    answers = [guess(number) for number in range(6)]
    assert "Too many failed login attempts" in answers[-1]
    assert "Too many" in sign_in(own_copy.client(), "rae").content.decode()
    assert not acts("sign_in")
    from django.core.cache import caches
    from django.core.cache.backends.db import DatabaseCache

    assert isinstance(caches["default"], DatabaseCache), "each process would count for itself"


@pytest.mark.parametrize(
    "path", ["sign-up/", "forgotten/", "set-password/", "closed/", "email/", "signup/", "login/", "password/reset/"]
)
@pytest.mark.parametrize("who", [None, "rae"])
def test_nobody_makes_an_account_or_resets_a_password_by_themself(
    served: Served, path: str, who: str | None, counted: Callable[[str, int], None]
) -> None:
    client = served.client(who)
    assert client.get(f"{ACCOUNT}{path}").status_code == 404
    assert client.post(f"{ACCOUNT}{path}", {"username": "new", "password1": OTHER_PASSWORD}).status_code == 404
    counted("doors of the sign-in library kept shut", 2)


def test_signing_out_takes_a_post_and_ends_the_session(own_copy: Served) -> None:
    client = own_copy.client("rae")
    assert client.get("/account/sign-out/").status_code == 200
    assert is_in(client)
    assert client.post("/account/sign-out/").headers["Location"] == LOGIN
    assert not is_in(client)
    assert acts("sign_out") == ["rae"]


def test_a_form_from_another_site_is_refused(own_copy: Served) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert strict.post(LOGIN, {"login": "rae", "password": PASSWORD}).status_code == 403


def test_a_new_password_ends_every_other_session(own_copy: Served) -> None:
    here, elsewhere = own_copy.client("rae"), own_copy.client("rae")
    weak = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "at least 12 characters" in here.post("/account/password/", weak).content.decode()
    wrong = {"oldpassword": "not this one", "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    assert here.post("/account/password/", wrong).status_code == 200
    assert is_in(elsewhere)

    right = {"oldpassword": PASSWORD, "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    assert here.post("/account/password/", right).headers["Location"] == ACCOUNT
    assert is_in(here)
    assert not is_in(elsewhere)
    assert acts("change_password") == ["rae"]
    assert sign_in(own_copy.client(), "rae", OTHER_PASSWORD).status_code == 302


def test_an_unused_session_and_a_day_old_one_end(own_copy: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtside.web import signing_in

    now = [time.time()]
    monkeypatch.setattr(signing_in.time, "time", lambda: now[0])
    idle, busy = own_copy.client("rae"), own_copy.client("tom")
    assert is_in(idle)
    visits = 0
    while visits < 100:
        now[0] += 29 * 60
        if not is_in(busy):
            break
        visits += 1
    assert visits == 25, "somebody at work all day signs in anew after twelve hours, no sooner"
    assert not is_in(idle)


def activated(firm: Served, username: str, moved: Any) -> tuple[Client, str, list[str]]:
    """A browser in which somebody has added a second factor, its secret, and the recovery codes."""
    client = firm.client(username)
    asked = client.get(ACTIVATE)
    assert asked.headers["Location"].startswith("/account/confirm/")
    assert client.post("/account/confirm/", {"password": "not mine at all", "next": ACTIVATE}).status_code == 200
    back = client.post("/account/confirm/", {"password": PASSWORD, "next": ACTIVATE})
    assert back.headers["Location"] == ACTIVATE
    page = client.get(ACTIVATE).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.findall(r"<code>([A-Z2-7]{32})</code>", page)[0]
    wrong = f"{(int(code_for(secret, moved.at[0])) + 1) % 1_000_000:06}"
    assert "Incorrect code" in client.post(ACTIVATE, {"code": wrong}).content.decode()
    done = client.post(ACTIVATE, {"code": code_for(secret, moved.at[0])})
    assert done.headers["Location"] == "/account/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get("/account/recovery-codes/").content.decode())
    return client, secret, codes


def test_a_second_factor_is_asked_for_at_the_next_sign_in(own_copy: Served, steady: Any) -> None:
    _, secret, codes = activated(own_copy, "rae", steady)
    assert len(codes) == 10
    client = own_copy.client()
    assert sign_in(client, "rae").headers["Location"] == "/account/sign-in/code/"
    assert not is_in(client)
    wrong = f"{(int(code_for(secret, steady.at[0])) + 7) % 1_000_000:06}"
    assert client.post("/account/sign-in/code/", {"code": wrong}).status_code == 200
    assert not is_in(client)
    steady(30)
    right = code_for(secret, steady.at[0])
    assert client.post("/account/sign-in/code/", {"code": right}).headers["Location"] == "/"
    assert is_in(client)

    other = own_copy.client()
    sign_in(other, "rae")
    assert other.post("/account/sign-in/code/", {"code": right}).status_code == 200
    assert not is_in(other), "the same digits let somebody in twice"


def test_recovery_codes_are_shown_once_and_work_once(own_copy: Served, steady: Any) -> None:
    client, _, codes = activated(own_copy, "rae", steady)
    again = client.get("/account/recovery-codes/").content.decode()
    assert not [code for code in codes if code in again]
    assert client.get("/account/recovery-codes/download/").status_code in (403, 404)
    for answer in (True, False):
        guest = own_copy.client()
        sign_in(guest, "rae")
        guest.post("/account/sign-in/code/", {"code": codes[0]})
        assert is_in(guest) is answer
    fresh = client.post("/account/recovery-codes/make/")
    assert fresh.headers["Location"] == "/account/recovery-codes/"
    new = re.findall(r"<code>(\d{8})</code>", client.get("/account/recovery-codes/").content.decode())
    assert len(new) == 10
    assert not set(new) & set(codes)


def test_secrets_of_authenticators_are_sealed_in_the_database(own_copy: Served, steady: Any) -> None:
    from django.db import connection

    _, secret, codes = activated(own_copy, "rae", steady)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = (own_copy.root / "app.sqlite3").read_bytes()
    assert b"mfa_authenticator" in kept
    assert not [text for text in (secret, *codes) if text.encode() in kept]


def test_a_second_factor_can_be_stopped_after_confirming(own_copy: Served, steady: Any) -> None:
    _, secret, _ = activated(own_copy, "rae", steady)
    client = own_copy.client("rae")
    stop = "/account/second-factor/stop/"
    assert client.post(stop).headers["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/", {"password": PASSWORD, "next": stop})
    client.post(stop)
    assert sign_in(own_copy.client(), "rae").headers["Location"] == "/"
    assert acts("activate_second_factor") == ["rae"]
    assert acts("drop_second_factor") == ["rae"]


def test_a_one_time_link_is_looked_at_without_harm_and_lets_in_once(own_copy: Served) -> None:
    link = link_for(own_copy, "rae")
    for _ in range(10):
        page = own_copy.client().get(link)
        assert page.status_code == 200
        assert "Rae Rivers" in page.content.decode()
    assert own_copy.client().head(link).status_code == 200

    guest = own_copy.client()
    assert "at least 12 characters" in guest.post(link, {"password": "short", "again": "short"}).content.decode()
    assert "not the same" in guest.post(link, {"password": OTHER_PASSWORD, "again": PASSWORD}).content.decode()
    assert guest.post(link, {"password": OTHER_PASSWORD, "again": OTHER_PASSWORD}).headers["Location"] == "/"
    assert is_in(guest)
    ended = own_copy.client().get(link)
    assert ended.status_code == 410
    assert "used already" in ended.content.decode()
    assert not is_in_with(own_copy, PASSWORD)
    assert is_in_with(own_copy, OTHER_PASSWORD)


def is_in_with(firm: Served, password: str) -> bool:
    client = firm.client()
    sign_in(client, "rae", password)
    return is_in(client)


def test_of_a_hundred_replays_of_a_link_one_succeeds(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services.accept_invitation import LinkEnded, accept_invitation
    from courtside.store.connect import disconnect

    secret = link_for(own_copy, "rae").strip("/").rsplit("/", 1)[1]
    won: list[int] = []
    lost: list[int] = []

    def replay(numbers: range) -> None:
        for number in numbers:
            try:
                accept_invitation(secret, f"{OTHER_PASSWORD} {number}", own_copy.caller)
                won.append(number)
            except LinkEnded:
                lost.append(number)
        disconnect()

    threads = [threading.Thread(target=replay, args=(range(n, 100, 4),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 99)
    assert is_in_with(own_copy, f"{OTHER_PASSWORD} {won[0]}")
    assert acts("accept_invitation") == ["rae"]
    counted("replays of a one-time link refused", len(lost))


def test_a_link_ends_after_three_days_and_when_a_new_one_is_made(own_copy: Served) -> None:
    first = link_for(own_copy, "rae")
    second = link_for(own_copy, "rae")
    assert own_copy.client().get(first).status_code == 410
    own_copy.clock.move(timedelta(hours=71))
    assert own_copy.client().get(second).status_code == 200
    own_copy.clock.move(timedelta(hours=2))
    assert own_copy.client().get(second).status_code == 410
    assert own_copy.client().get("/account/welcome/never-made/").status_code == 410
    assert own_copy.clock.now() - NOW == timedelta(hours=73)


def test_a_link_does_not_go_round_the_second_factor(own_copy: Served, steady: Any) -> None:
    activated(own_copy, "rae", steady)
    guest = own_copy.client()
    chosen = {"password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert guest.post(link_for(own_copy, "rae"), chosen).headers["Location"] == "/account/sign-in/code/"
    assert not is_in(guest)


def test_a_link_takes_the_place_of_whoever_is_signed_in(own_copy: Served) -> None:
    client = own_copy.client("ada")
    client.post(link_for(own_copy, "rae"), {"password": OTHER_PASSWORD, "again": OTHER_PASSWORD})
    assert "Rae Rivers" in client.get(ACCOUNT).content.decode()


def test_a_token_is_shown_once_and_revoked_by_its_owner_alone(own_copy: Served) -> None:
    from courtside.store.accounts import viewer_by_token

    rae, tom = own_copy.client("rae"), own_copy.client("tom")
    page = rae.post("/account/tokens/", {"name": "my sheet", "days": 30}).content.decode()
    secret = re.findall(r"<code>(cs_[\w-]+)</code>", page)[0]
    assert secret not in rae.get(ACCOUNT).content.decode()
    assert secret.encode() not in (own_copy.root / "app.sqlite3").read_bytes()
    viewer = viewer_by_token(secret, own_copy.clock.now())
    assert viewer is not None
    assert viewer.username == "rae"

    path = re.findall(r'action="(/account/tokens/\d+/revoke/)"', rae.get(ACCOUNT).content.decode())[0]
    assert tom.post(path).status_code == 404
    assert viewer_by_token(secret, own_copy.clock.now()) is not None
    assert rae.post(path).headers["Location"] == ACCOUNT
    assert viewer_by_token(secret, own_copy.clock.now()) is None
    assert (acts("make_token"), acts("revoke_token")) == (["rae"], ["rae"])


@pytest.mark.parametrize("days", ["0", "366", "-1", "many", ""])
def test_a_token_lasts_from_one_to_365_days(own_copy: Served, days: str) -> None:
    rae = own_copy.client("rae")
    assert rae.post("/account/tokens/", {"name": "x", "days": days}).status_code == 400
    assert not acts("make_token")


def test_a_token_ends_on_its_day_and_with_the_account(own_copy: Served) -> None:
    from courtside.services.account_rules import account_named
    from courtside.services.close_account import close_account
    from courtside.services.make_token import make_token
    from courtside.store.accounts import viewer_by_token, viewer_named

    rae = viewer_named("rae")
    assert rae is not None
    secret = make_token(rae, own_copy.caller, "x", 365)
    own_copy.clock.move(timedelta(days=364))
    assert viewer_by_token(secret, own_copy.clock.now()) is not None
    own_copy.clock.move(timedelta(days=2))
    assert viewer_by_token(secret, own_copy.clock.now()) is None
    another = make_token(rae, own_copy.caller, "y", 1)
    close_account(Changing(own_copy.caller), account_named("rae").user_id)
    assert viewer_by_token(another, own_copy.clock.now()) is None
