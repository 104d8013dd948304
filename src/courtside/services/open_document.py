"""Opening a document: that it reached somebody, noted when they ask for it themself and not before."""

from __future__ import annotations

from courtside.services.document_door import Paper, paper_for
from courtside.services.document_step import Doing, take_step
from courtside.services.viewing import NotFound, Visit
from courtside.workflow.actors import Part
from courtside.workflow.signing import OpenDocument
from courtside.workflow.signing_acts import Stage, Stand


def open_document(visit: Visit, document_id: str) -> Paper:
    """The document, opened by one of its parties. Raises NotFound for anybody else, Refused for what is not issued.

    Whoever leads the plan now, or is HR partner now, takes that place by opening it. What holds no longer is
    read as it is, and nothing is noted.
    """
    paper = paper_for(visit, document_id, is_logged=False)
    if paper.is_put_aside:
        return paper
    if paper.part is None or visit.viewer.is_read_only:
        raise NotFound
    if not is_to_open(visit, paper):
        return paper
    doing = Doing("open", paper.part, OpenDocument, {"act": "opened"})
    return take_step(visit, document_id, doing)


def is_to_open(visit: Visit, paper: Paper) -> bool:
    """Whether opening it would be noted: it is issued, it holds, and they have not opened it before."""
    if paper.part is None or paper.is_put_aside or paper.signing.stage not in (Stage.ISSUED, Stage.OPENED):
        return False
    held = paper.signing.party(paper.part)
    is_another = held.person.username.casefold() != visit.viewer.username.casefold()
    may_take = paper.part is not Part.REP and is_another and held.stand is Stand.OPENED
    return held.stand is Stand.WAITING or may_take
