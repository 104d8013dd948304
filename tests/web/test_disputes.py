"""Disputes: opened on a row by whom it is about, decided by somebody else, the record mended, both told."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from tests.serving import Clock, Served

if TYPE_CHECKING:
    from django.test import Client

GATES = ("acts of disputes found in the log", "disputes hidden from others", "decisions refused to those concerned")
WORDS = "I was on leave that day."
_NEXT = count()


@pytest.fixture(scope="module")
def shared_copy(untouched_firm: Served, tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A copy for all tests here: each disputes rows of its own."""
    return untouched_firm.copied(tmp_path_factory.mktemp("disputes") / "firm")


@pytest.fixture
def firm(shared_copy: Served, clock: Clock) -> Served:
    """The copy, served."""
    return shared_copy.point()


def number_page(served: Served, client: Client, who: str = "rae", metric: str = "dials") -> str:
    return str(client.get(f"/people/{served.people[who]}/{metric}/").content.decode())


def ways(page: str) -> list[str]:
    """The addresses at which rows of an opened number are disputed."""
    return [unescape(found) for found in re.findall(r'href="(/disputes/new/[^"]+)"', page)]


def dials(page: str) -> int:
    found = re.search(r'<span class="s">([\d,]+) rows', page)
    assert found is not None, page
    return int(found[1].replace(",", ""))


def own_way(served: Served, client: Client) -> str:
    """Where a row is disputed that no other test here touches."""
    return ways(number_page(served, client))[next(_NEXT)]


def opened(served: Served, claim: str = "did_not_happen", who: str = "rae") -> str:
    """The page of a dispute somebody opened about a row behind rae's number."""
    client = served.client(who)
    way = own_way(served, client)
    answer = client.post(way, {"claim": claim, "words": WORDS})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def decided(served: Served, at: str, decision: str, who: str = "ola", **told: str) -> Any:
    fields = {f"{decision}-{name}": value for name, value in {"reason": "The calendar says so.", **told}.items()}
    return served.client(who).post(f"{at}decide/", {"decision": decision, **fields})


def number_of(at: str) -> int:
    return int(at.strip("/").rpartition("/")[2])


def logged(verb: str, at: str) -> list[dict[str, Any]]:
    """What the log holds about a dispute."""
    from courtside.store import audit

    return [{**act.detail, "who": act.who} for act in audit.acts(verb) if act.detail.get("dispute") == number_of(at)]


def dispute_numbers(page: bytes) -> list[bytes]:
    return re.findall(rb"Dispute \d+", page)


def text(served: Served, who: str, at: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", served.client(who).get(at).content.decode())))


def test_a_row_that_did_not_happen_leaves_every_figure_and_both_are_told(
    firm: Served, counted: Callable[[str, int], None]
) -> None:
    rae = firm.client("rae")
    before = dials(number_page(firm, rae))
    at = opened(firm)
    assert "Open: operations decide" in text(firm, "rae", at)
    assert dials(number_page(firm, rae)) == before

    answer = decided(firm, at, "accept")

    assert answer.status_code == 302, answer.content.decode()
    assert dials(number_page(firm, rae)) == before - 1
    told = text(firm, "rae", f"/people/{firm.people['rae']}/")
    assert "was accepted: status was done, is cancelled. Figures follow. The calendar says so." in told
    assert "was accepted" in text(firm, "maya", f"/people/{firm.people['maya']}/")
    assert f"dispute-{number_of(at)}.parquet" in text(firm, "ola", "/data/")
    assert "done, is cancelled" in text(firm, "ola", at)
    for verb in ("open_dispute", "accept_dispute", "see_dispute"):
        assert [act["person"] for act in logged(verb, at)] == [firm.people["rae"]], verb
        counted("acts of disputes found in the log", 1)

    (accepted,) = logged("accept_dispute", at)
    firm.client("ola").post(f"/data/imports/{accepted['batch']}/undo/")
    assert dials(number_page(firm, rae)) == before


def test_a_notice_is_shown_until_it_is_read(firm: Served) -> None:
    at = opened(firm)
    decided(firm, at, "decline")
    page = f"/people/{firm.people['rae']}/"
    notices = re.findall(r"/disputes/notices/\d+/read/", firm.client("rae").get(page).content.decode())
    assert f"Disputes ({len(notices)})" in text(firm, "rae", page)
    for notice in notices:
        assert firm.client("tom").post(notice).status_code == 404
        assert firm.client("rae").post(notice).status_code == 302
        assert firm.client("rae").post(notice).status_code == 404
    assert "was declined" not in text(firm, "rae", page)
    assert "Disputes (" not in text(firm, "rae", page)


def test_a_declined_claim_changes_no_record(firm: Served, counted: Callable[[str, int], None]) -> None:
    rae = firm.client("rae")
    before = dials(number_page(firm, rae))
    at = opened(firm)
    assert decided(firm, at, "decline").status_code == 302
    assert dials(number_page(firm, rae)) == before
    assert "The calendar says so." in text(firm, "rae", at)
    assert decided(firm, at, "accept").status_code == 404
    counted("acts of disputes found in the log", len(logged("decline_dispute", at)))


def test_a_row_of_somebody_else_goes_to_them_without_saying_so_to_everybody(firm: Served) -> None:
    tom = firm.people["tom"]
    rae_before = dials(number_page(firm, firm.client("rae")))
    tom_before = dials(number_page(firm, firm.client("tom"), "tom"))
    at = opened(firm, "not_mine")
    assert decided(firm, at, "accept").status_code == 400
    assert decided(firm, at, "accept", person=tom).status_code == 302
    assert dials(number_page(firm, firm.client("rae"))) == rae_before - 1
    assert dials(number_page(firm, firm.client("tom"), "tom")) == tom_before + 1
    assert firm.hierarchy.name(tom) not in text(firm, "rae", at)
    assert firm.hierarchy.name(tom) in text(firm, "ola", at)
    assert "is yours now" in text(firm, "tom", "/disputes/")
    assert firm.client("tom").get(at).status_code == 404


def test_a_day_is_mended_with_its_time_kept_and_a_wrong_one_is_refused(firm: Served) -> None:
    at = opened(firm, "wrong_date")
    for wrong in ("soon", "2026-13-01", ""):
        answer = decided(firm, at, "accept", column="at", value=wrong)
        assert answer.status_code == 400, wrong
    assert "write it as 2026-12-31" in unescape(decided(firm, at, "accept", column="at", value="soon").content.decode())
    assert decided(firm, at, "accept", column="at", value="2026-08-03").status_code == 302
    shown = re.search(r"at was (\d{4}-\d\d-\d\d) (\d\d:\d\d), is 2026-08-03 (\d\d:\d\d)", text(firm, "ola", at))
    assert shown is not None
    assert shown[2] == shown[3]


def test_a_row_is_disputed_once_at_a_time(firm: Served) -> None:
    client = firm.client("rae")
    way = own_way(firm, client)
    sent = {"claim": "did_not_happen", "words": WORDS}
    at = client.post(way, sent)["Location"]
    again = client.post(way, sent)
    assert again.status_code == 400
    assert "disputed already" in again.content.decode()
    assert client.post(f"{at}withdraw/").status_code == 302
    assert client.post(way, sent).status_code == 302
    assert firm.client("tom").post(f"{at}withdraw/").status_code == 404


@pytest.mark.parametrize(("sent", "said"), [
    ({"claim": "did_not_happen", "words": " "}, "This field is required"),
    ({"claim": "nonsense", "words": WORDS}, "not one of the available choices"),
    ({"claim": "did_not_happen", "words": "x" * 1_001}, "at most 1000 characters"),
])  # fmt: skip
def test_a_claim_needs_a_kind_and_a_sentence(firm: Served, sent: dict[str, str], said: str) -> None:
    client = firm.client("rae")
    way = own_way(firm, client)
    before = firm.client("ola").get("/disputes/").content
    answer = client.post(way, sent)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert dispute_numbers(firm.client("ola").get("/disputes/").content) == dispute_numbers(before)


def test_others_find_neither_the_dispute_nor_a_way_to_open_one(
    firm: Served, counted: Callable[[str, int], None]
) -> None:
    way = own_way(firm, firm.client("rae"))
    at = opened(firm)
    for who in ("tom", "gwen", "hana", "eve", "ada", "ari", "otto"):
        client = firm.client(who)
        assert client.get(way).status_code == 404, who
        for path in (at, f"{at}withdraw/", f"{at}decide/"):
            assert client.get(path).status_code == 404, f"{who} {path}"
            assert client.post(path, {"decision": "accept"}).status_code in (404, 405), f"{who} {path}"
            counted("disputes hidden from others", 2)
        assert not dispute_numbers(client.get("/disputes/").content), who
    for who in ("rae", "maya", "ola"):
        assert firm.client(who).get(at).status_code == 200, who
    assert firm.client("maya").get(f"{at}decide/").status_code == 404
    assert firm.client().get(at).status_code == 302


def test_a_door_left_open_to_everybody_would_be_seen(firm: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broken twin: whoever asks may open and see."""
    at = opened(firm)
    assert firm.client("tom").get(at).status_code == 404
    monkeypatch.setattr("courtside.services.dispute_rules.may_open", lambda *_: True)
    assert firm.client("tom").get(at).status_code == 200


def test_a_row_that_is_not_behind_the_number_cannot_be_disputed(firm: Served) -> None:
    client = firm.client("rae")
    way = ways(number_page(firm, client))[0]
    others = ways(number_page(firm, firm.client("tom"), "tom"))[0]
    row_of_tom = re.findall(r"row=([^&]+)", others)[0]
    assert client.get(re.sub(r"row=[^&]+", f"row={row_of_tom}", way)).status_code == 404
    assert client.get(re.sub(r"table=[^&]+", "table=leads", way)).status_code == 404
    assert client.get(way.partition("?")[0]).status_code == 404


def test_a_manager_opens_one_for_the_person_who_is_told(firm: Served) -> None:
    at = opened(firm, who="maya")
    assert "Maya Moss disputes" in text(firm, "rae", f"/people/{firm.people['rae']}/")
    assert firm.client("rae").get(at).status_code == 200
    assert firm.client("rae").post(f"{at}withdraw/").status_code == 404


def test_nobody_decides_in_a_matter_of_their_own(firm: Served, counted: Callable[[str, int], None]) -> None:
    from courtside.store import accounts
    from courtside.store.access import Role

    at, users = opened(firm), {one.username: one.user_id for one in accounts.accounts()}
    for who in ("rae", "maya", "gwen"):
        accounts.grant(users[who], Role.OPERATIONS, "host", firm.clock.now())
        assert "You cannot decide this one" in text(firm, who, at)
        for decision in ("accept", "decline"):
            assert decided(firm, at, decision, who=who).status_code == 404
            counted("decisions refused to those concerned", 1)
        accounts.revoke(users[who], Role.OPERATIONS, firm.clock.now())
    assert decided(firm, at, "decline").status_code == 302


def test_the_database_itself_refuses_a_decision_by_the_opener_or_without_a_reason(firm: Served) -> None:
    from django.db import IntegrityError, connection, transaction

    number = number_of(opened(firm))
    for by, reason in (("rae", "Because."), ("ola", "")):
        with (
            pytest.raises(IntegrityError, match="decided_by_another"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE store_dispute SET status = 'accepted', ended_by = %s, reason = %s WHERE id = %s",
                [by, reason, number],
            )


def test_people_with_an_open_dispute_are_known_to_those_who_ask(firm: Served) -> None:
    from courtside.store.disputes import disputed_people

    for number in dispute_numbers(firm.client("ola").get("/disputes/").content):
        decided(firm, f"/disputes/{int(number.split()[1])}/", "decline")
    assert disputed_people() == frozenset()
    opened(firm)
    assert disputed_people() == {firm.people["rae"]}


def test_one_decided_meanwhile_is_decided_once_and_the_record_is_as_the_first_said(
    firm: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from courtside.services import decide_dispute
    from courtside.services.list_disputes import deciding_on_host
    from courtside.services.mend_row import mend_row
    from courtside.services.refused import Refused
    from courtside.store import disputes

    before = dials(number_page(firm, firm.client("rae")))
    number = number_of(opened(firm))
    host = deciding_on_host(firm.workspace, firm.caller)

    def slow(*given: Any) -> Any:
        mended = mend_row(*given)
        disputes.end(number, disputes.Ending(disputes.DECLINED, firm.clock.now(), "ola", "No."))
        return mended

    monkeypatch.setattr(decide_dispute, "mend_row", slow)
    with pytest.raises(Refused, match="by somebody else meanwhile"):
        decide_dispute.accept_dispute(host, number, decide_dispute.Mend(), "Yes.")
    found = disputes.one(number)
    assert found is not None
    assert found.status == "declined"
    assert dials(number_page(firm, firm.client("rae"))) == before


def test_a_decision_cut_off_after_its_import_can_be_made_again(firm: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from courtside.services import decide_dispute
    from courtside.services.list_disputes import deciding_on_host

    before = dials(number_page(firm, firm.client("rae")))
    number = number_of(opened(firm))
    host = deciding_on_host(firm.workspace, firm.caller)
    with monkeypatch.context() as cut:
        cut.setattr(decide_dispute, "_ended", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            decide_dispute.accept_dispute(host, number, decide_dispute.Mend(), "Yes.")
    batch, _ = decide_dispute.accept_dispute(host, number, decide_dispute.Mend(), "Yes.")
    assert batch is None
    assert dials(number_page(firm, firm.client("rae"))) == before - 1


def test_nothing_formal_rests_on_figures_in_dispute_and_what_was_kept_is_made_anew(firm: Served) -> None:
    from courtside.services.scoring import scorer_of
    from courtside.services.viewing import visit_of
    from courtside.store.accounts import accounts
    from courtside.store.state import fingerprint

    (maya,) = (one.user_id for one in accounts() if one.username == "maya")
    visit = visit_of(maya)
    assert visit is not None

    def disputed() -> frozenset[str]:
        with visit.session() as session:
            return scorer_of(session).disputed

    before, kept = disputed(), fingerprint()
    at = opened(firm)
    assert disputed() == before | {firm.people["rae"]}
    assert fingerprint() != kept, "pages go on showing what was judged before the dispute"
    assert firm.client("rae").post(f"{at}withdraw/").status_code == 302
    assert disputed() == before
