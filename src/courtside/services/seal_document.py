"""Sealing a document once every party is settled: its pages, the acts behind them and the log's head, for good."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from courtside.records.crash import crash_point
from courtside.services.anchor_log import anchor_log, files_of_anchors, known_anchors
from courtside.services.caller import Caller
from courtside.services.document_data import name_of
from courtside.services.document_signing import signing_of, text_of
from courtside.services.document_tell import tell
from courtside.services.plan_ground import Ground, ground_at
from courtside.services.refused import Refused
from courtside.services.seal_time_stamp import NotStampedYet, asking, authority_of, without
from courtside.services.verify_document import KEYS
from courtside.services.workspace import Workspace
from courtside.workflow.actors import Illegal, Person
from courtside.workflow.signing import SealDocument, Signing, advance

if TYPE_CHECKING:
    from courtside.documents.keys import Keys
    from courtside.documents.seal import Ask, Sealed, SealedAct, SealEvidence
    from courtside.store.audit import Head
    from courtside.store.documents import Document, SignatureEntry

VERB = "seal_document"
STATED = "stated in their own words, in record {}"
_LOG = logging.getLogger(__name__)


def seal_if_ready(workspace: Workspace, caller: Caller, document: Document) -> None:
    """Seal a document that was settled just now. What goes wrong holds no signature up: due work tries it again."""
    from courtside.store import documents  # noqa: PLC0415  (Django stays out of start-up)

    if document.state != documents.READY:
        return
    try:
        seal_document(workspace, caller, document.id)
    except NotStampedYet as why:
        _LOG.info("document %s is settled and waits for its time-stamp: %s", document.id, why.reason)
    except Refused as why:
        _LOG.warning("document %s is settled and not sealed yet: %s", document.id, why.reason)


def seal_document(workspace: Workspace, caller: Caller, document_id: str, *, asks: bool = True) -> bool:
    """Seal a document that every party has settled; False if it is not ready, or sealed already.

    Where a firm has chosen a time-stamp authority, it is asked first, unless `asks` is off since it does not answer.
    NotStampedYet: it is to be asked again, for a day at most, and nothing was sealed.

    Killed anywhere, it is done by doing it again: the sealed file, its hash in the register and the act in the log
    are one transaction, and an anchor that is missing after it is added. Raises Refused where the sealing key cannot
    be used or the document is not as it was frozen.
    """
    from courtside.store import audit, documents  # noqa: PLC0415

    ground, held = ground_at(workspace, caller), documents.document(document_id)
    signing = signing_of(held) if held else None
    if held is None or signing is None or held.state != documents.READY:
        return False
    sealed, head = _sealed(ground, held, signing, asks=asks)
    crash_point("seal-made")
    with audit.together():
        if not _keep(ground, held, signing, sealed, head):
            return False
        crash_point("seal-kept")
    crash_point("seal-told")
    anchor_log(workspace, caller)
    return True


def anchor_missing(workspace: Workspace, caller: Caller) -> int:
    """Add the anchor that a kill after the last seal has left out: 1 if it was missing, else 0."""
    from courtside.store import audit  # noqa: PLC0415

    last = audit.last(VERB)
    known = known_anchors(files_of_anchors(workspace)[:1])
    if last is None or max(known, default=0) > int(last.detail.get("log_seq", 0)):
        return 0
    anchor_log(workspace, caller)
    return 1


def _sealed(ground: Ground, held: Document, signing: Signing, *, asks: bool) -> tuple[Sealed, Head]:
    """The sealed file, and the head of the log it prints."""
    from courtside.documents.seal import NoTimeStamp  # noqa: PLC0415  (the seal's library stays out of start-up)
    from courtside.store import audit, documents  # noqa: PLC0415

    head = audit.head()
    content = documents.file(held.id, "content")
    if head is None or content is None or documents.problems(held.id):
        raise Refused(f"document {held.id} is not as it was frozen and signed; it is not sealed")
    evidence = _evidence(ground, held, signing, head)
    host = authority_of(ground.workspace)
    if not host:
        return _under_seal(ground, content, evidence), head
    try:
        if not asks:
            raise NoTimeStamp("it did not answer")
        return _under_seal(ground, content, replace(evidence, stamped_by=host), asking(ground.workspace)), head
    except NoTimeStamp as why:
        said = without(host, _settled_at(held, signing, ground), ground.at, str(why))
    return _under_seal(ground, content, replace(evidence, not_stamped=said)), head


def _under_seal(ground: Ground, content: bytes, evidence: SealEvidence, ask: Ask | None = None) -> Sealed:
    """The sealed file. Raises NoTimeStamp, Refused."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415
    from courtside.documents.seal import NoTimeStamp, seal  # noqa: PLC0415

    try:
        return seal(content, evidence, keys_for(ground), ground.at, ask)
    except NoTimeStamp:
        raise
    except DocumentError as why:
        raise Refused(str(why)) from None


def _settled_at(held: Document, signing: Signing, ground: Ground) -> datetime:
    """When the last that was asked for was done."""
    from courtside.store import documents  # noqa: PLC0415

    done = [entry.at for entry in documents.entries(held.id)]
    return max(done, default=signing.issued_at or ground.at)


def keys_for(ground: Ground) -> Keys:
    """The workspace's sealing key, made with the first seal. Raises Refused where others can read it."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415
    from courtside.documents.keys import sealing_keys  # noqa: PLC0415

    try:
        return sealing_keys(ground.workspace.root / KEYS, ground.workspace.settings.name, ground.at)
    except DocumentError as why:
        raise Refused(str(why)) from None


def _keep(ground: Ground, held: Document, signing: Signing, sealed: Sealed, head: Head) -> bool:
    """The file, its register, the act and what the parties are told, in the open transaction."""
    from courtside.store import audit, documents  # noqa: PLC0415

    try:
        after, _ = advance(signing, SealDocument(sealed.sha256), ground.at)
    except Illegal as why:
        raise Refused(str(why)) from None
    if not documents.put_sealed(held.id, sealed.pdf, ground.at, ground.caller.who, signing=text_of(after)):
        return False
    detail = {
        "document": held.id, "plan": held.plan_id, "person": held.person_id, "hash": held.data_sha256,
        "sealed": sealed.sha256, "log_seq": head.seq, "log_head": head.hash,
    }  # fmt: skip
    audit.write(audit.Act(ground.at, ground.caller.who, VERB, detail))
    tell(ground, held.id, "evidence", "sealed", [one.person for one in after.parties])
    return True


def _evidence(ground: Ground, held: Document, signing: Signing, head: Head) -> SealEvidence:
    from courtside.documents.seal import SealEvidence  # noqa: PLC0415

    return SealEvidence(
        record=held.id, label=held.label, organisation=ground.workspace.settings.name, document_text=held.data,
        document_sha256=held.data_sha256, content_sha256=held.content_sha256,
        acts=(*_handing_out(ground, held, signing), *_acts(ground, held), *_statements(ground, held)),
        log_seq=head.seq, log_head=head.hash, zone=ground.workspace.zone.key,
    )  # fmt: skip


def _handing_out(ground: Ground, held: Document, signing: Signing) -> Iterator[SealedAct]:
    """Who approved it, and when it was handed over."""
    by = signing.approved_by or signing.author
    party = "approver" if signing.needs_second else _part_of(signing, by)
    if signing.approved_at is not None:
        yield _act(ground, held, party, by, "approved", at=signing.approved_at)
    if signing.issued_at is not None:
        author = signing.author
        yield _act(ground, held, _part_of(signing, author), author, "issued", at=signing.issued_at)


def _part_of(signing: Signing, person: Person) -> str:
    return next((one.part.value for one in signing.parties if one.person.is_same(person)), "author")


def _acts(ground: Ground, held: Document) -> Iterator[SealedAct]:
    from courtside.store import documents  # noqa: PLC0415

    for entry in documents.entries(held.id):
        yield _act_of(ground, held, entry)


def _act_of(ground: Ground, held: Document, entry: SignatureEntry) -> SealedAct:
    attested = f"For: {entry.attests}. " if entry.attests else ""
    named = Person(entry.username, entry.person_id or None)
    return _act(
        ground, held, entry.party, named, entry.act, who=entry.name, at=entry.at, statement=entry.statement,
        statement_version=entry.statement_version, comment=f"{attested}{entry.comment}".strip(), method=entry.method,
        method_age_s=entry.method_age_s, ip=entry.ip, log_seq=entry.log_seq, log_head=entry.log_head,
    )  # fmt: skip


def _statements(ground: Ground, held: Document) -> Iterator[SealedAct]:
    """The person's own words on the same plan: always part of what is sealed."""
    from courtside.store import documents  # noqa: PLC0415

    for one in documents.of_plan(held.plan_id):
        if one.template != "rep_statement" or one.id == held.id or not one.data:
            continue
        told = json.loads(one.data)["data"]
        person = Person(one.created_by, one.person_id)
        yield _act(
            ground, held, "rep", person, STATED.format(one.id), who=told["person"], at=one.created_at,
            comment=told["account"],
        )  # fmt: skip


def _act(ground: Ground, held: Document, party: str, person: Person, act: str, **more: Any) -> SealedAct:
    from courtside.documents.seal import SealedAct  # noqa: PLC0415

    plain: dict[str, Any] = {
        "who": name_of(ground, person), "username": person.username, "statement": "", "statement_version": 0,
        "comment": "", "method": "", "method_age_s": None, "ip": "", "document_sha256": held.data_sha256,
        "log_seq": 0, "log_head": "",
    }  # fmt: skip
    told = plain | {name: value for name, value in more.items() if name != "who" or value}
    return SealedAct(party=party, act=act, **told)
