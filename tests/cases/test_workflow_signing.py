"""The signing of one document: bound to its hash, by people themselves, one at a time, never by itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cases.plan_walks import APPROVER, HR, MANAGER, RAE, REP, WES, WIL, actor

from courtside.workflow.actors import SYSTEM, Actor, Illegal, Part, Person
from courtside.workflow.effects import Audit
from courtside.workflow.signing import (
    ApproveDocument,
    AttestDelivery,
    DeclineDocument,
    IssueDocument,
    OpenDocument,
    ReturnOnPaper,
    SealDocument,
    Session,
    SignDocument,
    Signing,
    Stage,
    Stand,
    advance,
    begin_signing,
    is_ready,
    waiting_for,
)
from courtside.workflow.written import read, written

GATES = ("ways to sign that are refused", "random acts on documents", "documents that became ready")
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
HASH = "d" * 64
FRESH = Session(auth_age_s=20)
PARTIES = tuple((one.part, one.person) for one in (REP, MANAGER, HR))


def drafted() -> Signing:
    return begin_signing("DOC", HASH, MANAGER.person, RAE, PARTIES, needs_second=True)


def after(signing: Signing, *acts: Any) -> Signing:
    for act in acts:
        signing, effects = advance(signing, act, AT)
        assert sum(isinstance(one, Audit) for one in effects) == 1
    return signing


def issued() -> Signing:
    return after(drafted(), ApproveDocument(HR, HASH, FRESH), IssueDocument(MANAGER))


def opened() -> Signing:
    return after(issued(), *(OpenDocument(one, FRESH) for one in (REP, MANAGER, HR)))


def signs(by: Actor, part: Part | None = None, **changes: Any) -> SignDocument:
    act = SignDocument(by, part or by.part, HASH, by.username.title(), "", FRESH)
    return replace(act, **changes)


def test_three_sign_and_the_document_can_be_sealed() -> None:
    signing = after(opened(), signs(REP, comment="I see it differently."), signs(MANAGER))
    assert (signing.stage, waiting_for(signing)) == (Stage.OPENED, (Part.HR,))
    assert not is_ready(signing)
    signing = after(signing, signs(HR))
    assert is_ready(signing)
    assert signing.party(Part.REP).stand is Stand.COMMENT
    sealed = after(signing, SealDocument("f" * 64))
    assert sealed.stage is Stage.SEALED
    with pytest.raises(Illegal, match="sealed"):
        advance(sealed, signs(REP), AT)
    assert read(Signing, written(sealed)) == sealed


def test_what_must_never_sign_does_not(counted: Callable[[str, int], None]) -> None:
    signing = opened()
    refused = {
        "nothing happens by itself": signs(SYSTEM, Part.REP),
        "nobody signs for somebody else": signs(MANAGER, Part.REP),
        "nobody acts for somebody else": signs(replace(MANAGER, part=Part.REP)),
        "nobody signs for somebody else ": signs(actor("hugo", "p-hugo", Part.HR)),
        "not the document that was issued": signs(REP, document_hash="0" * 64),
        "second factor": signs(REP, session=Session(None)),
        "the last 5 minutes": signs(REP, session=Session(301)),
        "less than 24 hours ago": signs(REP, session=Session(20, reset_hours_ago=23.9)),
        "with somebody else's eyes": signs(REP, session=Session(20, is_read_only=True)),
        "not by a link or a token": signs(REP, session=Session(20, via="token")),
        "at the page itself": signs(REP, session=Session(20, via="link")),
        "one at a time": signs(REP, session=Session(20, documents_at_once=2)),
        "your name is needed": signs(REP, typed_name=" "),
    }
    for words, act in refused.items():
        with pytest.raises(Illegal, match=words.strip()):
            advance(signing, act, AT)
    with pytest.raises(Illegal, match="open the document and read it first"):
        advance(issued(), signs(REP), AT)
    for earlier in (drafted(), after(drafted(), ApproveDocument(HR, HASH, FRESH))):
        with pytest.raises(Illegal, match="cannot be done now"):
            advance(earlier, signs(REP), AT)
    with pytest.raises(Illegal, match="has been done"):
        advance(after(signing, signs(REP)), signs(REP), AT)
    counted("ways to sign that are refused", len(refused) + 4)
    for session in (Session(20, reset_hours_ago=24.0), Session(20, reset_hours_ago=1.0, is_identity_checked=True)):
        assert after(signing, signs(REP, session=session)).party(Part.REP).stand is Stand.SIGNED


def test_somebody_else_approves_it_under_its_hash() -> None:
    for by in (MANAGER, actor("hugo", "p-hugo", Part.HR, "p-maya"), actor("rae", RAE, Part.HR), WES, SYSTEM):
        with pytest.raises(Illegal):
            advance(drafted(), ApproveDocument(by, HASH, FRESH), AT)
    with pytest.raises(Illegal, match="not the document"):
        advance(drafted(), ApproveDocument(HR, "0" * 64, FRESH), AT)
    with pytest.raises(Illegal, match="second factor"):
        advance(drafted(), ApproveDocument(HR, HASH, Session(999)), AT)
    assert after(drafted(), ApproveDocument(APPROVER, HASH, FRESH)).stage is Stage.APPROVED
    own = begin_signing("DOC", HASH, MANAGER.person, RAE, PARTIES, needs_second=False)
    assert after(own, ApproveDocument(MANAGER, HASH, Session(None))).stage is Stage.APPROVED
    with pytest.raises(Illegal, match="once it is approved"):
        advance(drafted(), IssueDocument(MANAGER), AT)


def test_declined_it_is_attested_by_two_others() -> None:
    signing = after(opened(), DeclineDocument(REP, Part.REP, HASH, "I see it differently.", FRESH))
    attest = AttestDelivery(WES, Part.REP, HASH, FRESH)
    signing = after(signing, signs(MANAGER), signs(HR), attest)
    assert signing.party(Part.REP).stand is Stand.DECLINED
    for again in (attest, AttestDelivery(REP, Part.REP, HASH, FRESH)):
        with pytest.raises(Illegal):
            advance(signing, again, AT)
    settled = after(signing, AttestDelivery(WIL, Part.REP, HASH, FRESH))
    assert settled.party(Part.REP).stand is Stand.WITNESSED
    assert settled.party(Part.REP).words == "I see it differently."
    assert is_ready(settled)
    # until then the person may still sign
    assert is_ready(after(signing, signs(REP)))
    with pytest.raises(Illegal, match="nothing to attest"):
        advance(opened(), attest, AT)


def test_on_paper_it_counts_once_two_people_attest_the_scan() -> None:
    signing = after(issued(), ReturnOnPaper(HR, Part.REP, HASH, "5" * 64, FRESH))
    assert signing.party(Part.REP).stand is Stand.PAPER
    for wrong in (
        ReturnOnPaper(MANAGER, Part.HR, HASH, "5" * 64, FRESH),
        ReturnOnPaper(HR, Part.MANAGER, HASH, "", FRESH),
        ReturnOnPaper(HR, Part.MANAGER, "0" * 64, "5" * 64, FRESH),
        ReturnOnPaper(HR, Part.REP, HASH, "5" * 64, FRESH),
        signs(REP),
    ):
        with pytest.raises(Illegal):
            advance(signing, wrong, AT)
    attested = after(signing, *(AttestDelivery(one, Part.REP, HASH, FRESH) for one in (HR, WES)))
    assert attested.party(Part.REP).stand is Stand.WITNESSED
    assert attested.party(Part.REP).scan_hash == "5" * 64


def test_parties_are_different_people() -> None:
    for parties in (
        ((Part.REP, REP.person), (Part.MANAGER, MANAGER.person), (Part.HR, Person("MAYA"))),
        ((Part.REP, REP.person), (Part.HR, HR.person), (Part.HR, WES.person)),
        ((Part.REP, MANAGER.person), (Part.HR, HR.person)),
        ((Part.MANAGER, REP.person), (Part.HR, HR.person)),
    ):
        with pytest.raises(Illegal):
            begin_signing("DOC", HASH, MANAGER.person, RAE, parties, needs_second=True)


def test_random_acts_never_make_a_signature_nobody_gave(counted: Callable[[str, int], None]) -> None:
    """1,000 documents, 60 acts each, by the right people and the wrong: every settled party settled itself."""
    tried = ready = 0
    for seed in range(1_000):
        signing, acts, count = _walked(seed)
        _check_settled(signing, acts)
        tried += count
        ready += signing.stage in (Stage.READY, Stage.SEALED)
    assert ready > 100
    counted("random acts on documents", tried)
    counted("documents that became ready", ready)


def _walked(seed: int) -> tuple[Signing, list[Any], int]:
    """A document after random acts, those that were accepted, and how many were tried."""
    draw = random.Random(seed)
    signing = drafted() if draw.random() < 0.2 else issued()
    acts: list[Any] = []
    for _ in range(60):
        act = _drawn(draw)
        try:
            signing, effects = advance(signing, act, AT)
        except Illegal:
            continue
        assert sum(isinstance(one, Audit) for one in effects) == 1
        acts.append(act)
    return signing, acts, 60


def _check_settled(signing: Signing, acts: list[Any]) -> None:
    for party in signing.parties:
        own = [one for one in acts if isinstance(one, SignDocument) and one.by.person == party.person]
        if party.stand in (Stand.SIGNED, Stand.COMMENT):
            assert own
            assert own[-1].session.auth_age_s == 20
            assert own[-1].document_hash == HASH
            assert any(isinstance(one, OpenDocument) and one.by.person == party.person for one in acts)
        if party.stand is Stand.WITNESSED:
            people = {one.by.username for one in acts if isinstance(one, AttestDelivery) and one.part is party.part}
            assert len(people - {party.person.username}) >= 2
    if signing.stage is Stage.SEALED:
        assert waiting_for(signing) == ()


def _drawn(draw: random.Random) -> Any:
    by = draw.choice((REP, REP, MANAGER, MANAGER, HR, HR, WES, WIL, APPROVER, SYSTEM, replace(MANAGER, part=Part.REP)))
    part = by.part if draw.random() < 0.8 else draw.choice((Part.REP, Part.MANAGER, Part.HR))
    session = FRESH if draw.random() < 0.9 else Session(draw.choice((None, 999)), is_read_only=draw.random() < 0.5)
    given = HASH if draw.random() < 0.95 else "0" * 64
    sign = SignDocument(by, part, given, "A Name", draw.choice(("", "But.")), session)
    other = draw.choice((Part.REP, Part.MANAGER, Part.HR))
    acts = (
        ApproveDocument(by, given, session),
        IssueDocument(by),
        DeclineDocument(by, part, given, "No.", session),
        ReturnOnPaper(by, other, given, "5" * 64, session),
        SealDocument("f" * 64),
    )
    often = (OpenDocument(by, session), sign, AttestDelivery(by, other, given, session))
    return draw.choice(often if draw.random() < 0.75 else acts)


def _first_caught() -> str:
    for seed in range(300):
        try:
            signing, acts, _ = _walked(seed)
            _check_settled(signing, acts)
        except AssertionError as caught:
            return str(caught) or "caught"
    return ""


def test_a_signing_that_forgets_to_ask_who_signs_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _first_caught() == ""
    monkeypatch.setattr("courtside.workflow.signing._own", lambda one, _by, part: one.party(part))
    assert _first_caught() != ""
