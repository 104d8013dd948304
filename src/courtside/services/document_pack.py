"""The parts of a person's file as one ZIP: documents, data, evidence, timeline, log and manifest, its index sealed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from courtside.records.canonical import canonical
from courtside.services.anchor_log import anchor_log
from courtside.services.document_door import Paper
from courtside.services.document_log import Asked, log_parts
from courtside.services.document_signing import INDEX
from courtside.services.document_timeline import OTHERS, Happened
from courtside.services.document_verifier import INDEX as INDEX_FILE
from courtside.services.document_verifier import MANIFEST, manifest_of, packed
from courtside.services.plan_ground import Ground, ground_of
from courtside.services.plan_timeline import own_plan
from courtside.services.refused import Refused
from courtside.services.seal_document import keys_for
from courtside.services.viewing import Visit
from courtside.workflow.record import Plan
from courtside.workflow.written import written

if TYPE_CHECKING:
    from courtside.store.audit import Head

LABEL = "Index of a file"
_COLUMNS = ("at", "record", "what", "who", "words")
_RUN = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would run."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a file for one viewer. `is_own`: it is theirs, and third parties have no name in it."""

    person_id: str
    plans: tuple[Plan, ...]
    papers: tuple[Paper, ...]
    moments: tuple[Happened, ...]
    is_own: bool


def parts_of(contents: Contents) -> dict[str, bytes]:
    """Every part but the log and the index, by name."""
    parts: dict[str, bytes] = {"timeline.csv": timeline_csv(contents.moments)}
    for paper in contents.papers:
        parts |= dict(_of_paper(contents, paper))
    masked = _others(contents) if contents.is_own else frozenset()
    for plan in contents.plans:
        shown = own_plan(plan) if contents.is_own else plan
        parts[f"cases/{plan.id}/plan.json"] = canonical(_masked(written(shown), masked))
        parts |= dict(_evidence(plan))
    return parts


def sealed_zip(visit: Visit, contents: Contents) -> bytes:
    """The whole file as a ZIP. That it was taken is an act of the log; so are the hashes of the index and the ZIP."""
    from courtside.store import audit, documents  # noqa: PLC0415  (Django stays out of start-up)

    ground, number = ground_of(visit), documents.new_id()
    detail = {"person": contents.person_id, "index": number, "documents": len(contents.papers),
              "cases": len(contents.plans)}  # fmt: skip
    audit.write(audit.Act(ground.at, ground.caller.who, "take_file", detail))
    anchor_log(ground.workspace, ground.caller)
    asked = Asked(
        frozenset(_case_ids(contents)), frozenset(one.document.id for one in contents.papers) | {number},
        visit.viewer.username if contents.is_own else "",
    )  # fmt: skip
    parts = parts_of(contents) | log_parts(ground.workspace, asked)
    manifest = manifest_of(parts)
    with audit.together():
        parts |= {MANIFEST: manifest, INDEX_FILE: _index(visit, contents, number, manifest)}
        content = packed(parts)
        told = {"person": contents.person_id, "index": number, "manifest": sha256(manifest).hexdigest(),
                "sealed": sha256(parts[INDEX_FILE]).hexdigest(), "zip": sha256(content).hexdigest()}  # fmt: skip
        audit.write(audit.Act(ground.at, ground.caller.who, "seal_file", told))
    return content


def timeline_csv(moments: tuple[Happened, ...]) -> bytes:
    """What happened, a line each; no cell is one a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for one in moments:
        writer.writerow([f"'{cell}" if cell.startswith(_RUN) else cell for cell in one.row])
    return text.getvalue().encode("utf-8")


def _case_ids(contents: Contents) -> Iterator[str]:
    for plan in contents.plans:
        yield plan.id
        if plan.proposal:
            yield plan.proposal


def _of_paper(contents: Contents, paper: Paper) -> Iterator[tuple[str, bytes]]:
    """The sealed PDF, else its pages; the frozen data; and scans, of which a person gets their own."""
    from courtside.store import documents  # noqa: PLC0415

    held = paper.document
    at = f"cases/{held.plan_id}/documents/{held.id}"
    sealed = documents.file(held.id, "sealed")
    content = sealed or documents.file(held.id, "content")
    if content is not None:
        yield f"{at}-{'sealed' if sealed else held.state}.pdf", content
    yield f"{at}.json", held.data.encode("utf-8")
    own = {one.comment[-64:] for one in documents.entries(held.id) if one.act == "paper" and one.attests == "rep"}
    for file in documents.files(held.id):
        if file.kind == "scan" and (not contents.is_own or file.sha256 in own):
            scan = documents.scan(held.id, file.number)
            if scan is not None:
                yield f"{at}-scan-{file.number}", scan


def _evidence(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """The evidence frozen when the plan was proposed, and the records behind it, each with its hash."""
    from courtside.store import proposals  # noqa: PLC0415

    found = proposals.of_plan(plan.id)
    if found is not None and found.evidence:
        yield f"cases/{plan.id}/evidence.json", found.evidence.encode("utf-8")
        yield f"cases/{plan.id}/evidence-rows.json", proposals.rows_of(found.id).encode("utf-8")


def _others(contents: Contents) -> frozenset[str]:
    """The ids and user names of everybody but the person whose file it is."""
    from courtside.store import accounts  # noqa: PLC0415

    found: set[str] = set()
    for one in accounts.accounts():
        if one.person_id != contents.person_id:
            found |= {one.username, one.person_id, one.name}
    found |= {one.manager_id for one in contents.plans}
    return frozenset(found - {""})


def _masked(value: Any, others: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _masked(one, others) for key, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, others) for one in value]
    return OTHERS if isinstance(value, str) and value in others else value


def _index(visit: Visit, contents: Contents, number: str, manifest: bytes) -> bytes:
    """The sealed index: a PDF that lists every part with its hash, kept in the register like any sealed document."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415  (the typesetter stays out of start-up)
    from courtside.documents.seal import SealEvidence, seal  # noqa: PLC0415
    from courtside.store import audit, documents  # noqa: PLC0415

    ground, head = ground_of(visit), audit.head()
    if head is None:
        raise Refused("nothing has been done in this workspace yet")
    text = manifest.decode("utf-8")
    digest = sha256(manifest).hexdigest()
    try:
        pages = _pages(visit, ground, contents, number, text, head)
        evidence = SealEvidence(
            number, LABEL, ground.workspace.settings.name, text, digest, sha256(pages).hexdigest(), (), head.seq,
            head.hash, ground.workspace.zone.key,
        )  # fmt: skip
        sealed = seal(pages, evidence, keys_for(ground), ground.at)
    except DocumentError as why:
        raise Refused(str(why)) from None
    documents.add(documents.NewDocument(
        number, "", contents.person_id, INDEX, 1, LABEL, text, digest, pages, ground.at, ground.caller.who, (),
        state=documents.READY,
    ))  # fmt: skip
    documents.put_sealed(number, sealed.pdf, ground.at, ground.caller.who)
    return sealed.pdf


def _pages(visit: Visit, ground: Ground, contents: Contents, number: str, text: str, head: Head) -> bytes:  # noqa: PLR0913, PLR0917
    from courtside.analysis.wording import day, whole  # noqa: PLC0415
    from courtside.documents.printed import visible  # noqa: PLC0415
    from courtside.documents.render import typeset  # noqa: PLC0415
    from courtside.documents.template import PARTS  # noqa: PLC0415

    files = json.loads(text)["files"]
    source = PARTS.with_name("file_index.typ")
    field = {
        "organisation": visible(ground.workspace.settings.name), "made_on": day(ground.today), "record": number,
        "person": visible(visit.hierarchy.name(contents.person_id)), "count": whole(len(files)),
        "taken_by": "the person themself" if contents.is_own else visible(visit.viewer.name or visit.viewer.username),
        "log": f"entry {whole(head.seq)}", "log_head": head.hash,
        "files": [{"name": name, "sha256": row["sha256"], "size": f"{row['bytes']:,} bytes"}
                  for name, row in files.items()],
        "moments": [{"on": day(one.on), "what": visible(f"{one.what}. {one.words}" if one.words else one.what),
                     "who": visible(one.who)} for one in contents.moments],
    }  # fmt: skip
    told = {
        "label": LABEL, "title": f"Document {number}", "record": number, "mark": "",
        "sha256": sha256(text.encode("utf-8")).hexdigest(), "version": 1, "statement": "", "statement_version": 0,
        "template": INDEX,
    }  # fmt: skip
    return typeset(source.read_text("utf-8"), field, told, file=str(source))
