"""Whatever can be sent to the site is one act of its own; whom it is refused to leaves none; no address is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.cases import planned
from tests.serving import NOW, PASSWORD, FrozenTime, Served
from tests.trust import acts_of_accounts as accounts
from tests.trust.acts_of_accounts import WHY, user_id
from tests.trust.hands import Hands, Unlogged
from tests.trust.test_matrix import reviewed
from tests.trust.test_verbs import CHANGING as OF_CASES

GATES = (
    "things done on the site, one act each", "things refused on the site, no act", "addresses that change something",
    "things sent that leave no act, by design", "sent without an act, found",
)  # fmt: skip
NOT_HERE = {
    "account_signup", "account_set_password", "account_inactive", "mfa_download_recovery_codes", "api_root",
    "api_nothing", "api:openapi-json", "api:api-root",
}  # fmt: skip
"""Known to a library and not offered, or nothing but a page of words: they change nothing, whatever is sent."""
NO_ACT = {
    "hide_steps": "of one browser, until it is closed",
    "see_as_end": "one's own eyes again; looking through others' is the act",
    "account_reauthenticate": "of one browser: what is done with it is an act that says how it was proved",
    "mfa_reauthenticate": "as above",
    "data_upload": "files are kept for their sender alone, for a day at most; importing them is the act",
    "data_preview": "answers about such files", "data_mapping": "as above", "data_forget": "as above",
    "dispute_read": "a mark that its person has read a notice of their own",
}  # fmt: skip
"""What is sent without an act, and why that is right."""


@pytest.fixture(scope="module")
def hands(untouched_firm: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    """A copy of the firm for everything that can be done in it, one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courtside.services.caller.datetime", FrozenTime)
        FrozenTime.at = NOW
        untouched_firm.point()
        yield Hands(untouched_firm.copied(tmp_path_factory.mktemp("acts") / "firm"))
    FrozenTime.at = NOW


def changing() -> set[str]:
    """Every address of the site that takes something, by name: those that answer what is sent at all."""
    from courtside.web.policy import endpoints

    found: dict[str, set[str]] = {}
    for (name, method, _), answers in reviewed().items():
        if method == "post":
            found.setdefault(name, set()).update(answers[:-1])
    assert {one.name or one.pattern for one in endpoints()} == set(found), "an address has no line in matrix.csv"
    return {name for name, answers in found.items() if "405" not in answers}


def test_whatever_is_done_on_the_site_is_one_act(
    hands: Hands, counted: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.served.point()
    own = (accounts.users, accounts.signing_in, accounts.second_factor, accounts.tokens)
    for do in (*own, _standing_in, _channels, _rules, _records, _disputes):
        do(hands)
    accounts.sample(hands, monkeypatch)
    for do in (_console, _glass, _holds, _erasures):
        do(hands)
    assert changing() - _elsewhere() - NOT_HERE - hands.quiet - hands.done == set(), "not tried, and no act is known"
    assert (hands.done | hands.quiet) - changing() == set(), "tried, and takes nothing"
    assert hands.quiet == set(NO_ACT), "whatever leaves no act has a reason, and is tried"
    counted("things done on the site, one act each", hands.count)
    counted("things refused on the site, no act", hands.refused)
    counted("addresses that change something", len(changing()) - len(NOT_HERE))
    counted("things sent that leave no act, by design", len(hands.quiet))


def _elsewhere() -> set[str]:
    """Plans, documents and proposals: each address of theirs is done once in test_verbs.py."""
    return {one for one in OF_CASES if "_" in one} | {"plan_do"}


def _logged(verb: str) -> dict[str, Any]:
    """What the last act of a verb says."""
    return next(dict(detail) for one, detail in reversed(planned.acts()) if one == verb)


def test_what_is_sent_without_an_act_or_to_an_unknown_address_is_found(
    hands: Hands, counted: Callable[[str, int], None]
) -> None:
    """The broken twins: an address that does what it should and writes nothing, and one nobody has thought of."""
    from django.test import override_settings

    hands.served.point()
    with override_settings(ROOT_URLCONF="tests.trust.leaking"):
        with pytest.raises(Unlogged):
            hands.sends("ada", "silent", "/silent/", "allow_channel_host", {"host": "a.firm.example"})
        with pytest.raises(Unlogged):
            hands.refuses("rae", "/loud/")
        with pytest.raises(AssertionError, match="no line in matrix.csv"):
            changing()
    counted("sent without an act, found", 3)


# who stands in, and what people are told -----------------------------------------------------------------------


def _standing_in(hands: Hands) -> None:
    from courtside.services.accept_invitation import accept_invitation
    from courtside.services.account_rules import Changing
    from courtside.services.invite_user import invite_user

    at, people = "/settings/standing-in/", hands.served.people
    today = NOW.date()
    named = {
        "manager": people["maya"], "acting": people["tom"], "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=3)).isoformat(),
    }  # fmt: skip
    hands.sends("gwen", "standing_in_name", f"{at}name/", "name_acting_manager", named)
    number = _logged("name_acting_manager")["number"]
    hands.sends("gwen", "standing_in_end", f"{at}end/{number}/", "end_acting_manager")
    hands.refuses("eve", f"{at}conflicts/declare/", {"person": "Nobody At All"})
    hands.sends(
        "eve", "conflict_declare", f"{at}conflicts/declare/", "declare_conflict", {"person": people["tom"]}, stranger=""
    )
    hands.sends("hana", "conflict_end", f"{at}conflicts/end/1/", "end_conflict")
    accept_invitation(invite_user(Changing(hands.served.caller), user_id("tom")), PASSWORD, hands.served.caller)
    hands.sends("hana", "identity_check", f"{at}identity/{user_id('tom')}/", "check_identity")


def _channels(hands: Hands) -> None:
    at, host = "/settings/channels/", "hooks.firm.example"
    hands.sends("ada", "channels_host_add", f"{at}hosts/add/", "allow_channel_host", {"host": host})
    new = {"kind": "webhook", "name": "HR system", "address": "https://hooks.firm.example/in"}
    hands.refuses("ada", f"{at}add/", {**new, "address": "https://other.example/in"})
    hands.sends("ada", "channels_add", f"{at}add/", "add_channel", new, status=200)
    number = _logged("add_channel")["channel"]
    hands.sends("ada", "channels_try", f"{at}{number}/try/", "try_channel")
    hands.sends("ada", "channels_try_mail", f"{at}try/", "try_channel")
    hands.sends("ada", "channels_end", f"{at}{number}/end/", "end_channel")
    hands.sends("ada", "channels_host_remove", f"{at}hosts/remove/", "disallow_channel_host", {"host": host})
    _failed_once()
    hands.sends("ada", "tasks_retry", "/tasks/retry/", "retry_outbox")
    hands.refuses("rae", "/tasks/quiet/", {"words": ["document"]})
    hands.sends("rae", "tasks_quiet", "/tasks/quiet/", "mute_tasks", {"words": ["figures"]}, stranger="")


def _failed_once() -> None:
    """A message that could not be delivered."""
    from courtside.store.models import OutboxRow

    waiting = OutboxRow.objects.unscoped("a message that failed").filter(state="waiting")
    assert waiting.update(state="failed")


# rules, records, disputes ----------------------------------------------------------------------------------------


def _rules(hands: Hands) -> None:
    from tests.cases.test_rule_pages import FORM

    folder = hands.served.root / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "limits.yaml").write_text("months: 6\n", encoding="utf-8")
    at = "/rules/few_dials/1/"
    hands.sends("ola", "rule_new", "/rules/new/", "save_rule", FORM)
    hands.sends("ola", "rule_edit", f"{at}edit/", "save_rule", {**FORM, "count": "9"})
    hands.sends("ola", "rule_replay", f"{at}replay/", "replay_rule")
    hands.sends("ola", "rule_submit", f"{at}submit/", "submit_rule")
    (shown,) = re.findall(r'name="sha256" value="([0-9a-f]{64})"', hands.client("hana").get(at).content.decode())
    told = {"reason": "Its replay names few.", "sha256": shown}
    hands.refuses("hana", f"{at}approve/", {**told, "sha256": "0" * 64})
    hands.sends("hana", "rule_approve", f"{at}approve/", "approve_rule", told)
    hands.sends("hana", "rule_switch_on", f"{at}switch-on/", "switch_on_rule")
    hands.sends("hana", "rule_pause", f"{at}pause/", "pause_rule", {"reason": "Until targets are set."})


def _records(hands: Hands) -> None:
    from tests.web.test_data_pages import PEOPLE, kept, send

    ola = hands.client("ola")
    hands.leaves_none("data_upload", lambda: send(ola, people_csv=PEOPLE))
    sent = kept(ola, people_csv=PEOPLE)
    hands.leaves_none("data_preview", lambda: ola.post(sent, {"date_order": "dmy"}))
    hands.leaves_none("data_mapping", lambda: ola.post(f"{sent}mapping/", {"again": "1"}))
    hands.leaves_none("data_forget", lambda: ola.post(f"{sent}forget/"))
    sent = kept(ola, people_csv=PEOPLE)
    hands.sends("ola", "data_run", f"{sent}import/", "import_records")
    batch = _logged("import_records")["batch"]
    hands.sends("ola", "data_undo", f"/data/imports/{batch}/undo/", "undo_import")


def _disputes(hands: Hands) -> None:
    from tests.web.test_disputes import WORDS, number_page, ways

    rae = hands.client("rae")
    first, second, third = ways(number_page(hands.served, rae))[:3]
    claim = {"claim": "did_not_happen", "words": WORDS}
    at = [hands.sends("rae", "dispute_new", way, "open_dispute", claim)["Location"] for way in (first, second, third)]
    hands.sends("rae", "dispute_withdraw", f"{at[0]}withdraw/", "withdraw_dispute")
    said = {"decision": "decline", "decline-reason": "The calendar says so."}
    hands.refuses("maya", f"{at[1]}decide/", said)
    hands.sends("ola", "dispute_decide", f"{at[1]}decide/", "decline_dispute", said)
    said = {"decision": "accept", "accept-reason": "The calendar says so."}
    hands.sends("ola", "dispute_decide", f"{at[2]}decide/", "accept_dispute", said)
    page = rae.get(f"/people/{hands.served.people['rae']}/").content.decode()
    notice = re.findall(r"/disputes/notices/\d+/read/", page)[0]
    hands.leaves_none("dispute_read", lambda: rae.post(notice))


# HR ------------------------------------------------------------------------------------------------------------


def _console(hands: Hands) -> None:
    from tests.cases.walk_forms import forms_of

    planned.at(planned.SPRING.date())
    people = hands.served.people
    where = f"/plans/new/{people['rae']}/"
    form = next(one for one in forms_of(hands.client("maya").get(where), where) if "purpose" in one.names)
    goal = {"goal_0": "next_step_secured_rate", "level_0": "45", "decides_0": "on"}
    told = {**form.fields, **goal, "purpose": "To bring next steps back."}
    hands.sends("maya", "plan_new", where, "draft_plan", told)
    plan = planned.issued(planned.improvement(hands.served))
    at = f"/hr/cases/{plan.id}/"
    until = (planned.SPRING + timedelta(days=30)).date().isoformat()
    hands.sends("hana", "hr_case_assign", f"{at}auditor/", "assign_case", {"auditor": "ari", "until": until})
    hands.sends("hana", "hr_case_unassign", f"{at}auditor/end/", "unassign_case", {"auditor": "ari"})
    hands.sends("hana", "hr_case_approver", f"{at}approver/", "name_outside_approver", {"executive": "eve"})
    agree = f"/settings/standing-in/approvers/{plan.id}/eve/agree/"
    hands.sends("ari", "outside_agree", agree, "agree_outside_approver")
    hands.sends("hana", "hr_person_data", f"/hr/people/{people['rae']}/data.zip", "export_person", status=200)
    hands.sends("hana", "person_file_take", f"/file/{people['rae']}/take/", "take_file", status=200)
    hands.sends("rae", "my_data_zip", "/my-data/data.zip", "export_person", status=200, stranger="ari")
    FrozenTime.at = NOW


def _glass(hands: Hands) -> None:
    """An administrator asks to see a record: it is refused, and agreed to, and ended before its hour is over."""
    told, asked = {"person": hands.served.people["rae"], "reason": WHY}, list[str]()
    for _ in range(2):
        asked.append(hands.sends("ada", "glass_ask", "/glass/ask/", "ask_break_glass", told)["Location"])
        if len(asked) == 1:
            hands.sends("hana", "glass_refuse", f"{asked[0]}refuse/", "refuse_break_glass", {"reason": WHY})
    hands.refuses("ada", f"{asked[1]}agree/", {"reason": WHY})
    hands.sends("hana", "glass_agree", f"{asked[1]}agree/", "agree_break_glass", {"reason": WHY})
    hands.looks("ada", f"/people/{hands.served.people['rae']}/", "see_card")
    hands.sends("ada", "glass_end", f"{asked[1]}end/", "end_break_glass")


def _two_partners() -> None:
    """There is a second HR partner."""
    from courtside.store import accounts
    from courtside.store.access import Role

    accounts.grant(accounts.add("hugo", "Hugo Hill", "hugo@firm.example", "", NOW), Role.HR, "host", NOW)


def _holds(hands: Hands) -> None:
    _two_partners()
    at, told = "/hr/holds/", {"person": hands.served.people["gwen"], "case": "", "reason": WHY}
    hands.sends("hana", "hr_hold_place", f"{at}place/", "place_hold", told)
    hold = f"{at}{_hold()}/"
    hands.sends("hana", "hr_hold_ask", f"{hold}ask/", "ask_release", {"reason": WHY})
    hands.sends("hugo", "hr_hold_keep", f"{hold}keep/", "keep_hold")
    hands.sends("hana", "hr_hold_ask", f"{hold}ask/", "ask_release", {"reason": WHY})
    hands.refuses("hana", f"{hold}release/")
    hands.sends("hugo", "hr_hold_release", f"{hold}release/", "release_hold")


def _hold() -> int:
    from courtside.store import retention

    (hold,) = retention.open_holds()
    return hold.number


def _erasures(hands: Hands) -> None:
    from courtside.store import retention

    colleague = min(hands.served.members - set(hands.served.people.values()))
    wanted = {"kind": "person", "person": colleague, "reason": WHY}
    hands.sends("hana", "hr_erasure_ask", "/hr/retention/ask/", "request_erasure", wanted)
    asked = f"/hr/erasures/{retention.waiting_erasures()[0].opaque}/"
    hands.sends("hana", "hr_erasure_withdraw", f"{asked}withdraw/", "withdraw_erasure")
    hands.sends("hana", "hr_erasure_ask", "/hr/retention/ask/", "request_erasure", wanted)
    asked = f"/hr/erasures/{retention.waiting_erasures()[0].opaque}/"
    (shown,) = re.findall(r'name="shown" value="([0-9a-f]{64})"', hands.client("hugo").get(asked).content.decode())
    told = {"shown": shown, "reason": WHY}
    hands.refuses("hana", f"{asked}approve/", told)
    hands.sends("hugo", "hr_erasure_approve", f"{asked}approve/", "approve_erasure", told)
