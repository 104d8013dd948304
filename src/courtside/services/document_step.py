"""One step in signing a document: the change, the act in the log, the entry bound to both, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from courtside.services.document_door import Paper, known_paper
from courtside.services.document_signing import START, seated, text_of
from courtside.services.document_tell import settle_all, settle_party, tell
from courtside.services.plan_ground import ground_of
from courtside.services.plan_rules import actor_as
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.workflow.actors import Actor, Illegal, Part, Person
from courtside.workflow.signing import Signing, Stage, advance
from courtside.workflow.signing_acts import Act, Session, Stand

if TYPE_CHECKING:
    from courtside.services.step_up import Proof
    from courtside.store.documents import SignatureEntry
    from courtside.store.signing import Bound
    from courtside.workflow.events import Event

_ANOTHER = "this is not the document as it was issued; open it again"
_ASIDE = "this document holds no longer; what is in its place is among your documents"
_TAKEN = "this form was sent before, or has grown too old; open the page again"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form brought back: the hash of the document it was about, and its own one-time number."""

    document_sha256: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Doing:
    """A step somebody takes: as which part, on which party's behalf they speak, and how it is written down."""

    purpose: str
    part: Part
    make: Callable[[Actor, Session], Act]
    entry: Mapping[str, Any]
    sent: Sent | None = None
    proof: Proof | None = None
    event: Callable[[Actor, Paper], Event] | None = None
    before: Callable[[], None] | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def bound(visit: Visit, document_id: str, purpose: str, document_sha256: str) -> Bound:
    """What the number of a form is good for."""
    from courtside.store.signing import Bound  # noqa: PLC0415  (Django stays out of start-up)

    return Bound(visit.viewer.user_id, purpose, document_id, document_sha256)


def nonce_for(visit: Visit, paper: Paper, purpose: str) -> str:
    """The one-time number of a form; to ask for it changes nothing."""
    from courtside.store.signing import new_nonce  # noqa: PLC0415

    return new_nonce(bound(visit, paper.document.id, purpose, paper.document.data_sha256))


def take_step(visit: Visit, document_id: str, doing: Doing) -> Paper:
    """The document after a step of somebody the caller has let in. Raises Refused, and then nothing has happened."""
    from courtside.store import audit  # noqa: PLC0415

    if visit.viewer.is_read_only:
        raise NotFound
    with audit.together():
        paper = known_paper(visit, document_id)
        if paper.is_put_aside:
            raise Refused(_ASIDE)
        if doing.sent is not None:
            _check_sent(visit, paper, doing)
        if doing.before is not None:
            doing.before()
        after = _advanced(visit, paper, doing)
        _keep(visit, paper, after, doing)
        if doing.event is not None and paper.document.template in START:
            _in_the_plan(visit, paper, doing)
        return replace(paper, signing=after, document=replace(paper.document, state=after.stage.value))


def _check_sent(visit: Visit, paper: Paper, doing: Doing) -> None:
    """Raises Refused for a form of another document or hash, of somebody else, too old, or sent before."""
    from courtside.store.signing import spend  # noqa: PLC0415

    sent, held = doing.sent, paper.document
    if sent is None or sent.document_sha256 != held.data_sha256 or not held.is_as_frozen:
        raise Refused(_ANOTHER)
    if not spend(sent.nonce, bound(visit, held.id, doing.purpose, held.data_sha256), visit.caller.clock()):
        raise Refused(_TAKEN)


def _actor(visit: Visit, paper: Paper, doing: Doing) -> Actor:
    age = doing.proof.age_s if doing.proof else None
    return actor_as(visit, doing.part, paper.plan.manager_id, age)


def _advanced(visit: Visit, paper: Paper, doing: Doing) -> Signing:
    by, signing = _actor(visit, paper, doing), paper.signing
    session = Session(by.auth_age_s, is_read_only=visit.viewer.is_read_only)
    try:
        if doing.purpose == "open" and doing.part in (Part.MANAGER, Part.HR):
            signing = seated(signing, doing.part, by.person)
        after, _ = advance(signing, doing.make(by, session), visit.caller.clock())
    except Illegal as why:
        raise Refused(str(why)) from None
    return after


def _keep(visit: Visit, paper: Paper, after: Signing, doing: Doing) -> None:
    """The act in the log, the entry that carries the log's head, and the document as it stands now."""
    from courtside.store import audit, documents  # noqa: PLC0415

    held, at = paper.document, visit.caller.clock()
    party = str(doing.entry.get("attests") or doing.part.value)
    detail: dict[str, Any] = {
        "document": held.id, "plan": held.plan_id, "person": held.person_id, "hash": held.data_sha256,
        "party": party, "by": doing.part.value, "stand": after.party(Part(party)).stand.value,
        "stage": after.stage.value, **doing.detail,
    }  # fmt: skip
    if doing.proof is not None:
        detail |= {"auth": doing.proof.method, "auth_age_s": doing.proof.age_s}
    audit.write(audit.Act(at, visit.caller.who, _verb(doing), detail))
    documents.sign(_entry(visit, paper, doing))
    if not documents.move(held.id, held.state, after.stage.value, signing=text_of(after)):
        raise Refused("somebody else has changed the document; open it again")
    _tell(visit, paper, after, doing)


def _verb(doing: Doing) -> str:
    return "return_paper" if doing.purpose == "paper" else f"{doing.purpose}_document"


def _entry(visit: Visit, paper: Paper, doing: Doing) -> SignatureEntry:
    from courtside.store import audit, documents  # noqa: PLC0415
    from courtside.store.audit_chain import ORIGIN  # noqa: PLC0415

    head, proof, viewer = audit.head(), doing.proof, visit.viewer
    plain: dict[str, Any] = {"statement": "", "statement_version": 0, "comment": "", "name": viewer.name, "attests": ""}
    return documents.SignatureEntry(
        document_id=paper.document.id, party=doing.part.value, username=viewer.username,
        person_id=viewer.person_id or "", document_sha256=paper.document.data_sha256, at=visit.caller.clock(),
        method=proof.method if proof else "", method_age_s=proof.age_s if proof else None,
        ip=str(ORIGIN.get().get("ip", "")), log_seq=head.seq if head else 0, log_head=head.hash if head else "",
        **(plain | dict(doing.entry)),
    )  # fmt: skip


def _tell(visit: Visit, paper: Paper, after: Signing, doing: Doing) -> None:
    """What was asked of this party is done; HR is told of a party that declined; a settled document asks nobody."""
    ground, held = ground_of(visit), paper.document
    party = after.party(Part(str(doing.entry.get("attests") or doing.part.value)))
    if doing.purpose != "open":
        settle_party(ground, held.id, party.person)
    if doing.purpose == "witness":
        settle_party(ground, held.id, Person(visit.viewer.username, visit.viewer.person_id))
    if party.stand in (Stand.DECLINED, Stand.PAPER) and not party.witnesses and held.template not in START:
        partners = [one.person for one in after.parties if one.part is Part.HR]
        leading = [one.person for one in after.parties if one.part is Part.MANAGER]
        tell(ground, held.id, "task", f"witness:{party.part.value}", partners or leading)
    if after.stage is Stage.READY:
        settle_all(ground, held)


def _in_the_plan(visit: Visit, paper: Paper, doing: Doing) -> None:
    """The same step in the plan whose paper this is."""
    from courtside.services.plan_step import take_in  # noqa: PLC0415  (the two lean on each other)

    if doing.event is None:
        return
    party = Part(str(doing.entry.get("attests") or doing.part.value))
    if party in paper.plan.content.wanted:
        take_in(ground_of(visit), paper.plan.id, doing.event(_actor(visit, paper, doing), paper))
