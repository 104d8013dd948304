"""Taking a document home: its pages, its sealed file, or a scan; every time it is taken is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from courtside.services.document_door import Paper, paper_for
from courtside.services.open_document import is_to_open
from courtside.services.preview_document import templates_here
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit

VERB = "download_document"
_TYPES = {b"%PDF": ("application/pdf", "pdf"), b"\x89PNG": ("image/png", "png"), b"\xff\xd8\xff": ("image/jpeg", "jpg")}


@dataclass(frozen=True, slots=True)
class Taken:
    """A file with the name it is saved under, which says nothing but the record, and its type."""

    name: str
    kind: str
    content: bytes = field(repr=False)


def download_document(visit: Visit, document_id: str, *, is_shown: bool = False) -> Taken:
    """The sealed file, else the pages; of a draft, marked as one. Raises NotFound, and Refused before it was opened.

    A party opens a document first: that it reached them is noted when they ask for it, not when a link is looked at.
    """
    from courtside.store import documents  # noqa: PLC0415  (Django stays out of start-up)

    paper = paper_for(visit, document_id, VERB if not is_shown else "see_document")
    if is_to_open(visit, paper) and not visit.viewer.is_read_only:
        raise Refused("open the document on its page first")
    held = paper.document
    if held.state == documents.DRAFT:
        return Taken(f"document-{held.id}-draft.pdf", "application/pdf", _draft(visit, paper))
    content = documents.file(held.id, "sealed") or documents.file(held.id, "content")
    if content is None:
        raise NotFound
    return Taken(f"document-{held.id}.pdf", "application/pdf", content)


def _draft(visit: Visit, paper: Paper) -> bytes:
    from courtside.documents.faults import DocumentError  # noqa: PLC0415  (the typesetter stays out of start-up)
    from courtside.documents.freeze import thaw  # noqa: PLC0415
    from courtside.documents.render import render  # noqa: PLC0415

    try:
        return render(thaw(paper.document.data, templates_here(visit.standing.workspace)), mark="Draft")
    except DocumentError as why:
        raise Refused(str(why)) from None


def download_scan(visit: Visit, document_id: str, number: int) -> Taken:
    """A scan of a copy signed by hand. Raises NotFound."""
    from courtside.store import documents  # noqa: PLC0415

    paper_for(visit, document_id, VERB)
    content = documents.scan(document_id, number)
    if content is None:
        raise NotFound
    kind, ending = next((told for start, told in _TYPES.items() if content.startswith(start)), ("", ""))
    if not kind:
        raise NotFound
    return Taken(f"document-{document_id}-scan-{number}.{ending}", kind, content)
