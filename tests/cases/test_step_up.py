"""A fresh code before something is approved or signed: nothing typed is lost, and a reset account waits."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.cases.stepping_up import code_at, has_factor, stepped_up
from tests.serving import NOW, PASSWORD, Served

if TYPE_CHECKING:
    from django.test import Client

    from courtside.services.viewing import Visit

GATES = ("acts refused without a fresh code", "acts done with one", "signatures held back after a reset")


def user_id(username: str) -> int:
    from courtside.services.account_rules import account_named

    return account_named(username).user_id


def visit(username: str) -> Visit:
    from courtside.services.viewing import visit_of

    found = visit_of(user_id(username))
    assert found is not None
    return found


def reset(firm: Served, username: str) -> None:
    """An administrator hands out a one-time link, and somebody uses it."""
    from courtside.services.accept_invitation import accept_invitation
    from courtside.services.account_rules import Changing
    from courtside.services.invite_user import invite_user

    accept_invitation(invite_user(Changing(firm.caller), user_id(username)), PASSWORD, firm.caller)


def check(client: Client, username: str, **more: Any) -> Any:
    """The act of HR that takes a fresh code."""
    return client.post(f"/settings/standing-in/identity/{user_id(username)}/", more)


def is_checked(username: str) -> bool:
    from courtside.services.account_rules import account_named

    return account_named(username).identity_checked_at is not None


def acts(verb: str) -> list[dict[str, Any]]:
    from courtside.store import audit

    return [{"who": one.who, **one.detail} for one in audit.acts(verb)]


def test_whoever_has_no_second_factor_is_shown_how_to_set_one_up(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    reset(own_copy, "rae")
    answer = check(own_copy.client("hana"), "rae")
    assert answer.status_code == 403
    assert "/account/second-factor/activate/" in answer.content.decode()
    assert not is_checked("rae")
    counted("acts refused without a fresh code", 1)


def test_without_a_fresh_code_the_page_asks_for_one_and_keeps_what_was_typed(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    reset(own_copy, "rae")
    for age in (301, 3600, -60):
        hana = stepped_up(own_copy.client("hana"), "hana", age_s=age)
        answer = check(hana, "rae", words='she said "yes" & <b>smiled</b>', several=["one", "two"])
        page = answer.content.decode()
        assert answer.status_code == 403
        assert 'name="words" value="she said &quot;yes&quot; &amp; &lt;b&gt;smiled&lt;/b&gt;"' in page
        assert re.findall(r'name="several" value="(\w+)"', page) == ["one", "two"]
        assert 'name="step_up_code"' in page
        assert not is_checked("rae")
        counted("acts refused without a fresh code", 1)


def test_a_wrong_code_does_nothing_and_the_right_one_goes_on_where_it_stopped(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    reset(own_copy, "rae")
    has_factor("hana")
    hana = own_copy.client("hana")
    wrong = check(hana, "rae", step_up_code="000000", words="kept")
    assert wrong.status_code == 403
    assert 'role="alert"' in wrong.content.decode()
    assert 'value="kept"' in wrong.content.decode()
    assert "000000" not in wrong.content.decode()
    assert not is_checked("rae")
    code = code_at(time.time())
    assert check(hana, "rae", step_up_code=code).status_code == 302
    assert is_checked("rae")
    assert acts("check_identity") == [{"who": "hana", "user": "rae"}]
    reset(own_copy, "tom")
    assert check(hana, "tom").status_code == 302, "five minutes have not passed"
    other = own_copy.client("hana")
    assert check(other, "tom", step_up_code=code).status_code == 403, "a code works once"
    counted("acts refused without a fresh code", 2)
    counted("acts done with one", 2)


@pytest.mark.parametrize("case", ["fresh", "at the limit", "recovery code"])
def test_a_proof_says_how_and_how_long_ago(own_copy: Served, case: str, counted: Callable[[str, int], None]) -> None:
    from courtside.services.step_up import require_fresh

    has_factor("maya")
    age = {"fresh": 0, "at the limit": 299, "recovery code": 10}[case]
    kind = "recovery_codes" if case == "recovery code" else "totp"
    session = {
        "account_authentication_methods_user": str(user_id("maya")),
        "account_authentication_methods": [
            {"method": "password", "at": time.time() - 400},
            {"method": "mfa", "type": kind, "at": time.time() - age},
            {"method": "password", "at": time.time(), "reauthenticated": True},
        ],
    }
    proof = require_fresh(visit("maya"), session)
    assert proof.method == kind
    assert age <= proof.age_s <= age + 5
    counted("acts done with one", 1)


def test_no_other_proof_than_a_second_factor_of_ones_own_counts(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from dataclasses import replace

    from courtside.services.step_up import StepUpNeeded, require_fresh
    from courtside.services.viewing import NotFound

    has_factor("maya")
    mine, now = str(user_id("maya")), time.time()
    key, whose = "account_authentication_methods", "account_authentication_methods_user"
    given = [{"method": "mfa", "type": "totp", "at": now}]
    sessions: tuple[dict[str, Any], ...] = (
        {},
        {whose: mine, key: [{"method": "password", "at": now, "reauthenticated": True}]},
        {whose: str(user_id("rae")), key: given},
        {whose: mine, key: [{"method": "mfa", "type": "totp", "at": now + 600}]},
        {whose: mine, key: [{"method": "mfa", "type": "totp"}]},
        {whose: mine, key: "yes"},
        {key: given},
    )
    for session in sessions:
        with pytest.raises(StepUpNeeded):
            require_fresh(visit("maya"), session)
    looking = visit("maya")
    with pytest.raises(NotFound):
        require_fresh(replace(looking, viewer=replace(looking.viewer, seen_by="Ada")), {whose: mine, key: given})
    counted("acts refused without a fresh code", len(sessions) + 1)


def test_an_account_somebody_else_could_open_signs_nothing_for_a_day_or_until_it_is_checked(
    own_copy: Served, counted: Callable[[str, int], None]
) -> None:
    from courtside.services.check_identity import check_identity
    from courtside.services.refused import Refused
    from courtside.services.step_up import refuse_after_reset

    refuse_after_reset(visit("rae"))
    reset(own_copy, "rae")
    for hours in (0, 12, 23.99):
        own_copy.clock.move(timedelta(hours=hours) - (own_copy.clock.now() - NOW))
        with pytest.raises(Refused, match="less than 24 hours ago"):
            refuse_after_reset(visit("rae"))
        counted("signatures held back after a reset", 1)
    own_copy.clock.move(timedelta(minutes=1))
    refuse_after_reset(visit("rae"))
    reset(own_copy, "rae")
    with pytest.raises(Refused):
        refuse_after_reset(visit("rae"))
    check_identity(visit("hana"), user_id("rae"))
    refuse_after_reset(visit("rae"))
    own_copy.clock.move(timedelta(minutes=1))
    reset(own_copy, "rae")
    with pytest.raises(Refused):
        refuse_after_reset(visit("rae"))
    counted("signatures held back after a reset", 2)


def test_forgetting_a_second_factor_is_a_reset_too(own_copy: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.services.account_rules import Changing
    from courtside.services.invite_user import invite_user
    from courtside.services.step_up import may_sign_from

    has_factor("maya")
    invite_user(Changing(own_copy.caller), user_id("maya"))
    assert may_sign_from(user_id("maya")) is None, "a link nobody has used opens nothing"
    invite_user(Changing(own_copy.caller), user_id("maya"), without_second_factor=True)
    assert may_sign_from(user_id("maya")) == NOW + timedelta(hours=24)
    counted("signatures held back after a reset", 1)


def test_only_hr_partners_check_identities_and_not_their_own(own_copy: Served) -> None:
    from courtside.services.check_identity import check_identity
    from courtside.services.refused import Refused
    from courtside.services.viewing import NotFound

    reset(own_copy, "rae")
    reset(own_copy, "hana")
    for who in ("ada", "maya", "eve", "ari", "otto"):
        assert check(stepped_up(own_copy.client(who), who), "rae").status_code == 404
        with pytest.raises(NotFound):
            check_identity(visit(who), user_id("rae"))
    with pytest.raises(Refused, match="another HR partner"):
        check_identity(visit("hana"), user_id("hana"))
    page = own_copy.client("hana").get("/settings/standing-in/").content.decode()
    assert "I have checked that it is Rae Rivers" in page
    assert "I have checked that it is Hana Hale" not in page
    assert not is_checked("rae")
