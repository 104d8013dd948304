"""Registering a copy that was signed by hand: its scan is kept with its hash, and two people attest it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from courtside.services.case_door import may_open
from courtside.services.document_door import Paper, paper_for
from courtside.services.document_step import Doing, Sent, take_step
from courtside.services.refused import Refused, unknown
from courtside.services.step_up import require_fresh
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import CaseAction
from courtside.workflow.actors import Part
from courtside.workflow.events import SignatureOnPaper
from courtside.workflow.signing import ReturnOnPaper
from courtside.workflow.signing_acts import Stage, Stand

LARGEST = 10_000_000
"""Bytes of a scan."""
_KINDS: Mapping[str, tuple[bytes, bytes]] = {
    "PDF": (b"%PDF-", b"%%EOF"),
    "PNG": (b"\x89PNG\r\n\x1a\n", b"IEND"),
    "JPEG": (b"\xff\xd8\xff", b"\xff\xd9"),
}
"""How a file of a kind begins, and what stands near its end."""
_TAIL = 2_048


def kind_of_scan(content: bytes) -> str:
    """PDF, PNG or JPEG, by what is in it; its name says nothing. Raises Refused for anything else.

    >>> kind_of_scan(b"%PDF-1.7 ... %%EOF")
    'PDF'
    """
    if not content or len(content) > LARGEST:
        raise Refused(f"a scan has from 1 byte to {LARGEST // 1_000_000} MB; this one has {len(content):,} bytes")
    for kind, (start, end) in _KINDS.items():
        if content.startswith(start) and end in content[-_TAIL:]:
            return kind
    raise Refused("this is no whole PDF, PNG or JPEG; scan the signed copy as one of these")


def paper_parties(visit: Visit, document_id: str) -> tuple[Paper, tuple[Part, ...]]:
    """A document whose paper copies the viewer may register, and the parties still open. Raises NotFound.

    HR does, for coaching plans too, in which they sign nothing themselves.
    """
    paper = paper_for(visit, document_id, is_logged=False)
    if visit.viewer.is_read_only or not may_open(visit, CaseAction.SEE_FILE, paper.facts):
        raise NotFound
    if paper.is_put_aside or paper.signing.stage not in (Stage.ISSUED, Stage.OPENED):
        raise NotFound
    open_ = (Stand.WAITING, Stand.OPENED, Stand.DECLINED)
    return paper, tuple(one.part for one in paper.signing.parties if one.stand in open_)


def return_paper(  # noqa: PLR0913, PLR0917  (a registered copy in all its parts)
    visit: Visit, session: Mapping[str, Any], document_id: str, sent: Sent, party: str, scan: bytes
) -> Paper:
    """The document with a party's paper copy registered by HR. Raises NotFound, StepUpNeeded, Refused."""
    _, parties = paper_parties(visit, document_id)
    proof = require_fresh(visit, session)
    kind = kind_of_scan(scan)
    if party not in {one.value for one in parties}:
        raise unknown("party", party, [one.value for one in parties])
    of, digest = Part(party), sha256(scan).hexdigest()
    at, who = visit.caller.clock(), visit.viewer.username
    doing = Doing(
        "paper", Part.HR,
        lambda by, how: ReturnOnPaper(by, of, sent.document_sha256, digest, how),
        {"act": "paper", "attests": party, "comment": f"Scan ({kind}), SHA-256 {digest}"},
        sent, proof,
        lambda by, held: SignatureOnPaper(by, of, held.plan.content_hash, held.document.id, digest),
        lambda: _keep_scan(document_id, scan, at, who),
        {"scan": digest, "kind": kind},
    )  # fmt: skip
    return take_step(visit, document_id, doing)


def _keep_scan(document_id: str, scan: bytes, at: datetime, who: str) -> None:
    from courtside.store import documents  # noqa: PLC0415  (Django stays out of start-up)

    documents.put_file(document_id, "scan", scan, at, who)
