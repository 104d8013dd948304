"""The signing of one document, bound to its hash: who may approve, open, sign, comment, decline, attest; then sealed.

Nothing is ever signed by itself, in bulk, for another, before it was opened, or because a day has passed.
Source: TRUST 2.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from courtside.workflow.actors import (
    Actor,
    Illegal,
    Part,
    Person,
    demand_fresh,
    demand_words,
    why_not_second,
)
from courtside.workflow.effects import Audit, Effect, Task, Tell
from courtside.workflow.record import WITNESSES
from courtside.workflow.signing_acts import SETTLED, VERBS
from courtside.workflow.signing_acts import Act as Act
from courtside.workflow.signing_acts import ApproveDocument as ApproveDocument
from courtside.workflow.signing_acts import AttestDelivery as AttestDelivery
from courtside.workflow.signing_acts import DeclineDocument as DeclineDocument
from courtside.workflow.signing_acts import IssueDocument as IssueDocument
from courtside.workflow.signing_acts import OpenDocument as OpenDocument
from courtside.workflow.signing_acts import ReturnOnPaper as ReturnOnPaper
from courtside.workflow.signing_acts import SealDocument as SealDocument
from courtside.workflow.signing_acts import Session as Session
from courtside.workflow.signing_acts import Signatory as Signatory
from courtside.workflow.signing_acts import SignDocument as SignDocument
from courtside.workflow.signing_acts import Signing as Signing
from courtside.workflow.signing_acts import Stage as Stage
from courtside.workflow.signing_acts import Stand as Stand

RESET_HOURS = 24
"""So long after an administrator has reset an account it cannot sign, unless HR has checked who it is."""


def begin_signing(
    document: str,
    document_hash: str,
    author: Person,
    person_id: str,
    parties: tuple[tuple[Part, Person], ...],
    *,
    needs_second: bool,
) -> Signing:
    """A document that nobody has seen yet. Raises Illegal for parties that are not different people."""
    if not document or not document_hash:
        raise Illegal("a document has an id and a hash")
    people = [person for _, person in parties]
    is_twice = any(one.is_same(two) for n, one in enumerate(people) for two in people[n + 1 :])
    if is_twice or len({part for part, _ in parties}) < len(parties):
        raise Illegal("every party is somebody else")
    for part, person in parties:
        if (part is Part.REP) != (person.person_id == person_id):
            raise Illegal("the person it is about signs as themself, and nobody else does")
    signatories = tuple(Signatory(part, person) for part, person in parties)
    return Signing(document, document_hash, person_id, author, needs_second, signatories)


def advance(signing: Signing, act: Act, at: datetime) -> tuple[Signing, tuple[Effect, ...]]:
    """The signing after an act, and what follows: exactly one act for the log, first. Raises Illegal."""
    if signing.stage is Stage.SEALED:
        raise Illegal("the document is sealed; nothing is changed in it any more")
    if isinstance(act, SealDocument):
        after = _seal(signing, act)
        by_part: str | None = None
    else:
        _check_by(signing, act)
        after = _ACTS[type(act)](signing, act, at)
        by_part = act.by.part
    detail = {"document": signing.document, "hash": signing.document_hash, "stage": after.stage, "by": by_part}
    if isinstance(act, SignDocument | DeclineDocument | ReturnOnPaper | AttestDelivery):
        detail |= {"party": act.part, "stand": after.party(act.part).stand}
    return after, (Audit(VERBS[type(act)], detail), *_told(signing, after))


def is_ready(signing: Signing) -> bool:
    """Whether it can be sealed."""
    return signing.stage is Stage.READY


def waiting_for(signing: Signing) -> tuple[Part, ...]:
    """The parties that are not settled."""
    return tuple(one.part for one in signing.parties if one.stand not in SETTLED)


def _told(before: Signing, after: Signing) -> tuple[Effect, ...]:
    if after.stage is Stage.ISSUED and before.stage is not Stage.ISSUED:
        return tuple(Tell(one.part, Task.REVIEW) for one in after.parties)
    if after.stage is Stage.SEALED:
        return tuple(Tell(one.part, Task.KNOW) for one in after.parties)
    is_declined = Stand.DECLINED in {one.stand for one in after.parties} - {one.stand for one in before.parties}
    return (Tell(Part.HR, Task.DO),) if is_declined else ()


def _check_by(signing: Signing, act: Any) -> None:
    """Raises Illegal for nobody, for somebody who looks through another's eyes, and for what is no page of ours."""
    by: Actor = act.by
    if by.part is Part.SYSTEM or not by.username.strip():
        raise Illegal("a person does this; nothing happens by itself")
    if (by.person_id == signing.person_id) != (by.part is Part.REP):
        raise Illegal("nobody acts for somebody else here")
    session: Session | None = getattr(act, "session", None)
    if session is None:
        return
    if session.is_read_only:
        raise Illegal("while looking with somebody else's eyes nothing is signed, approved or decided")
    if session.via != "page":
        raise Illegal("this is done signed in, at the page itself; not by a link or a token")
    if session.documents_at_once != 1:
        raise Illegal("documents are signed one at a time")


def _check_hash(signing: Signing, given: str) -> None:
    if given != signing.document_hash:
        raise Illegal("this is not the document that was issued; open it again")


def _check_may_sign(session: Session) -> None:
    demand_fresh(session.auth_age_s)
    ago = session.reset_hours_ago
    if ago is not None and ago < RESET_HOURS and not session.is_identity_checked:
        raise Illegal(
            "an administrator has reset this account less than 24 hours ago; it can sign after that, "
            "or once HR has checked who you are"
        )


def _approve(signing: Signing, act: ApproveDocument, at: datetime) -> Signing:
    if signing.stage is not Stage.DRAFT:
        raise Illegal(f"the document is {signing.stage}; it cannot be approved now")
    _check_hash(signing, act.document_hash)
    if act.by.part not in (Part.MANAGER, Part.HR, Part.APPROVER):
        raise Illegal("a document is approved by the manager, HR, or an approver")
    if signing.needs_second:
        demand_fresh(act.session.auth_age_s)
        if why := why_not_second(signing.author, act.by, signing.person_id):
            raise Illegal(why)
    return replace(signing, stage=Stage.APPROVED, approved_by=act.by.person, approved_at=at)


def _issue(signing: Signing, act: IssueDocument, at: datetime) -> Signing:
    if signing.stage is not Stage.APPROVED:
        raise Illegal("a document is issued once it is approved")
    if act.by.part not in (Part.MANAGER, Part.HR):
        raise Illegal("a document is issued by the manager or HR")
    return replace(signing, stage=Stage.ISSUED, issued_at=at)


def _demand_issued(signing: Signing) -> None:
    if signing.stage not in (Stage.ISSUED, Stage.OPENED):
        raise Illegal(f"the document is {signing.stage}; this cannot be done now")


def _open(signing: Signing, act: OpenDocument, at: datetime) -> Signing:
    _demand_issued(signing)
    own = _own(signing, act.by, act.by.part)
    if own.stand is not Stand.WAITING:
        return signing
    return _put(signing, replace(own, stand=Stand.OPENED, opened_at=at))


def _own(signing: Signing, by: Actor, part: Part) -> Signatory:
    """The party somebody is. Raises Illegal for anybody else."""
    party = signing.party(part)
    if by.part is not part or not by.person.is_same(party.person):
        raise Illegal("nobody signs for somebody else")
    return party


def _put(signing: Signing, party: Signatory) -> Signing:
    parties = tuple(party if one.part is party.part else one for one in signing.parties)
    is_settled = all(one.stand in SETTLED for one in parties)
    return replace(signing, parties=parties, stage=Stage.READY if is_settled else Stage.OPENED)


def _demand_opened(party: Signatory, *stands: Stand) -> None:
    if party.stand is Stand.WAITING:
        raise Illegal("open the document and read it first")
    if party.stand not in stands:
        raise Illegal(f"this has been done: {party.stand.replace('_', ' ')}")


def _sign(signing: Signing, act: SignDocument, at: datetime) -> Signing:
    _demand_issued(signing)
    _check_hash(signing, act.document_hash)
    own = _own(signing, act.by, act.part)
    _demand_opened(own, Stand.OPENED, Stand.DECLINED)
    _check_may_sign(act.session)
    demand_words(act.typed_name, "your name")
    if act.comment:
        demand_words(act.comment, "a comment")
    stand = Stand.COMMENT if act.comment else Stand.SIGNED
    return _put(
        signing,
        replace(own, stand=stand, acted_at=at, typed_name=act.typed_name, words=act.comment, witnesses=()),
    )


def _decline(signing: Signing, act: DeclineDocument, at: datetime) -> Signing:
    _demand_issued(signing)
    _check_hash(signing, act.document_hash)
    own = _own(signing, act.by, act.part)
    _demand_opened(own, Stand.OPENED)
    _check_may_sign(act.session)
    demand_words(act.reason)
    return _put(signing, replace(own, stand=Stand.DECLINED, acted_at=at, words=act.reason, before=Stand.DECLINED))


def _return_on_paper(signing: Signing, act: ReturnOnPaper, at: datetime) -> Signing:
    """The paper path is always open: nobody must sign here. It counts once two people have attested it."""
    _demand_issued(signing)
    _check_hash(signing, act.document_hash)
    if act.by.part is not Part.HR:
        raise Illegal("HR registers what was signed on paper")
    demand_fresh(act.session.auth_age_s)
    party = signing.party(act.part)
    if party.stand not in (Stand.WAITING, Stand.OPENED, Stand.DECLINED):
        raise Illegal(f"this has been done: {party.stand.replace('_', ' ')}")
    if not act.scan_hash:
        raise Illegal("a copy signed on paper is registered with the hash of its scan")
    paper = replace(
        party, stand=Stand.PAPER, acted_at=at, scan_hash=act.scan_hash, before=Stand.PAPER, witnesses=()
    )  # fmt: skip
    return _put(signing, paper)


def _attest(signing: Signing, act: AttestDelivery, _at: datetime) -> Signing:
    _demand_issued(signing)
    _check_hash(signing, act.document_hash)
    party, by = signing.party(act.part), act.by.person
    if party.stand not in (Stand.DECLINED, Stand.PAPER):
        raise Illegal(f"the {act.part} has not declined, nor signed on paper: there is nothing to attest")
    if act.by.part not in (Part.WITNESS, Part.HR, Part.MANAGER) or by.is_same(party.person):
        raise Illegal("it is attested by two people other than the one who was to sign")
    if any(by.is_same(one) for one in party.witnesses):
        raise Illegal("you have attested it; a second person does so too")
    _check_may_sign(act.session)
    witnesses = (*party.witnesses, by)
    stand = Stand.WITNESSED if len(witnesses) >= WITNESSES else party.stand
    return _put(signing, replace(party, witnesses=witnesses, stand=stand))


def _seal(signing: Signing, act: SealDocument) -> Signing:
    if signing.stage is not Stage.READY:
        raise Illegal(f"not settled yet: {', '.join(waiting_for(signing)) or 'it has not been issued'}")
    if not act.sealed_hash:
        raise Illegal("a sealed document has the hash of its file")
    return replace(signing, stage=Stage.SEALED, sealed_hash=act.sealed_hash)


_ACTS: Mapping[type[Any], Callable[[Signing, Any, datetime], Signing]] = {
    ApproveDocument: _approve,
    IssueDocument: _issue,
    OpenDocument: _open,
    SignDocument: _sign,
    DeclineDocument: _decline,
    ReturnOnPaper: _return_on_paper,
    AttestDelivery: _attest,
}
