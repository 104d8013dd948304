"""Preparing the documents of a plan: frozen, printed and kept in the step that asks for them, and moved on with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from courtside.services.approve_document import approve_document
from courtside.services.document_annex import annex_of, is_wanted
from courtside.services.document_data import Sheet, data_of, decided_of
from courtside.services.document_parties import Parties, parties_of
from courtside.services.document_signing import ALONE, ANNEX, START, text_of
from courtside.services.document_tell import settle_all
from courtside.services.issue_document import issue_document
from courtside.services.plan_ground import Ground
from courtside.services.preview_document import template_named
from courtside.services.refused import Refused
from courtside.workflow.actors import Illegal, Person
from courtside.workflow.record import Plan
from courtside.workflow.signing import begin_signing

if TYPE_CHECKING:
    from courtside.documents.freeze import Frozen
    from courtside.documents.template import Template
    from courtside.store.documents import Document

_LETTERS = ("determination", "release", "new_plan", "removed")
_PROPOSED = {"extension": ("last_on", "reasons"), "determination": ("outcome", "reasons")}
"""What is proposed before it is decided, and what of it a draft must say to be the one that was decided."""
_DRAFT, _APPROVED = "draft", "approved"


class Voided(Protocol):
    """That what a plan was to begin with holds no longer."""

    @property
    def ground(self) -> Ground: ...
    @property
    def plan(self) -> Plan: ...


class Wanted(Voided, Protocol):
    """A document a step of a plan asks for, in a state, with the words written for it alone."""

    @property
    def template(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def words(self) -> Mapping[str, Any]: ...


def prepare(wanted: Wanted) -> str:
    """The id of a plan's document once it is in the state asked for, in the open transaction of the plan's step.

    What was drafted before is taken on as it is, so that what is issued is what was approved, byte for byte; a new
    draft takes the place of the one before. Raises Refused, and then the step is not taken either.
    """
    held = None if wanted.state == _DRAFT or wanted.template in ALONE else _waiting(wanted)
    if held is None:
        _replace_drafts(wanted)
        if wanted.template in START:
            _keep_annex(wanted)
        held = _made(wanted)
    held = _moved(wanted, held)
    annex = annex_of(wanted.plan.id) if wanted.template in START else None
    if annex is not None:
        _moved(wanted, annex)
    return held.id


def _moved(wanted: Wanted, held: Document) -> Document:
    """The document brought on to the state asked for; one that is further stays as it is."""
    if wanted.state != _DRAFT and held.state == _DRAFT:
        held = approve_document(wanted.ground, held, _approver(wanted) or _author(wanted))
    if wanted.state not in (_DRAFT, _APPROVED) and held.state == _APPROVED:
        held = issue_document(wanted.ground, held, wanted.plan)
    return held


def void(voided: Voided) -> int:
    """Put aside what a plan was to begin with, since its content is another now; what is sealed stays.

    So an annex that was handed out stays the annex: the evidence is the same, whatever the plan says.
    """
    from courtside.store import audit, documents  # noqa: PLC0415  (Django stays out of start-up)

    done = 0
    for one in documents.of_plan(voided.plan.id):
        if one.template not in (*START, ANNEX) or not documents.supersede(one.id, ""):
            continue
        done += 1
        settle_all(voided.ground, one)
        detail = {"document": one.id, "plan": one.plan_id, "person": one.person_id, "hash": one.data_sha256}
        audit.write(audit.Act(voided.ground.at, voided.ground.caller.who, "void_document", detail))
    return done


@dataclass(frozen=True, slots=True)
class _Annexed:
    """The annex, wanted beside a document a plan begins with."""

    ground: Ground
    plan: Plan
    template: str = ANNEX
    state: str = _DRAFT
    words: Mapping[str, Any] = field(default_factory=dict)


def _keep_annex(wanted: Wanted) -> None:
    """The annex of a plan that came from a proposal: the one there is, as long as it says the same, else a new one."""
    from courtside.store import documents  # noqa: PLC0415

    if not is_wanted(wanted.plan):
        return
    annexed, held = _Annexed(wanted.ground, wanted.plan), annex_of(wanted.plan.id)
    if held is not None and held.created_by == _author(wanted).username and _is_as_before(annexed, held):
        return
    if held is not None:
        documents.supersede(held.id, "")
    _made(annexed)


def _is_as_before(annexed: _Annexed, held: Document) -> bool:
    """Whether an annex made now would say what this one says, but for its number and its day."""
    told, now = json.loads(held.data) if held.data else {}, json.loads(_frozen(annexed, held.id).text)
    if told.get("template_sha256") != now["template_sha256"]:
        return False
    return all(told["data"][name] == one for name, one in now["data"].items() if name not in ("record", "made_on"))


def _waiting(wanted: Wanted) -> Document | None:
    """The document of this kind that was prepared for this step, and not handed out yet."""
    from courtside.store import documents  # noqa: PLC0415

    found = [one for one in documents.of_plan(wanted.plan.id) if one.template == wanted.template]
    held = next((one for one in reversed(found) if one.state in (documents.DRAFT, documents.APPROVED)), None)
    return held if held is None or _says_the_same(wanted, held) else None


def _says_the_same(wanted: Wanted, held: Document) -> bool:
    """Whether a draft is of what was decided now, and not of something that was given back."""
    if wanted.template not in _PROPOSED:
        return True
    told = json.loads(held.data)["data"]
    meant = _frozen(wanted, held.id).data
    return all(told.get(name) == meant.get(name) for name in _PROPOSED[wanted.template])


def _replace_drafts(wanted: Wanted) -> None:
    from courtside.store import documents  # noqa: PLC0415

    if wanted.template in ALONE:
        return
    for one in documents.of_plan(wanted.plan.id):
        if one.template == wanted.template and one.state in (documents.DRAFT, documents.APPROVED):
            documents.supersede(one.id, "")


def _made(wanted: Wanted) -> Document:
    """A new draft: its data frozen, its pages printed, who signs it named."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415  (the typesetter stays out of start-up)
    from courtside.documents.render import render  # noqa: PLC0415
    from courtside.store import audit, documents  # noqa: PLC0415

    ground, plan, author = wanted.ground, wanted.plan, _author(wanted)
    number = documents.new_id()
    frozen = _frozen(wanted, number)
    template, parties = frozen.template, parties_of(ground, plan, frozen.template)
    needs_second = plan.is_formal and template.name not in ALONE
    try:
        content = render(frozen)
        signing = begin_signing(number, frozen.sha256, author, plan.person_id, parties, needs_second=needs_second)
    except (DocumentError, Illegal) as why:
        raise Refused(str(why)) from None
    new = documents.NewDocument(
        number, plan.id, plan.person_id, template.name, template.version, template.label, frozen.text, frozen.sha256,
        content, ground.at, author.username, tuple(part.value for part, _ in parties), needs_second,
        signing=text_of(signing),
    )  # fmt: skip
    held = documents.add(new)
    audit.write(audit.Act(ground.at, ground.caller.who, "prepare_document", _detail(held, template, parties)))
    return held


def _frozen(wanted: Wanted, number: str) -> Frozen:
    """What a document of this kind says now. Raises Refused."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415
    from courtside.documents.freeze import freeze  # noqa: PLC0415

    ground, plan = wanted.ground, wanted.plan
    template = template_named(ground.workspace, wanted.template)
    parties = parties_of(ground, plan, template)
    sheet = Sheet(ground, plan, template, number, parties, _author(wanted), _approver(wanted), wanted.words)
    try:
        return freeze(template, data_of(sheet))
    except DocumentError as why:
        raise Refused(str(why)) from None


def _detail(held: Document, template: Template, parties: Parties) -> dict[str, object]:
    return {
        "document": held.id, "plan": held.plan_id, "person": held.person_id, "template": template.name,
        "version": template.version, "hash": held.data_sha256, "content": held.content_sha256,
        "parties": [part.value for part, _ in parties],
    }  # fmt: skip


def _author(wanted: Wanted) -> Person:
    """Who wrote what a document says."""
    plan, decided = wanted.plan, decided_of(wanted.plan)
    if wanted.template in (*START, ANNEX):
        return plan.author
    if wanted.template == "extension":
        asked = plan.asked or (plan.extensions[-1].asked if plan.extensions else None)
        return asked.by if asked else plan.author
    if wanted.template in _LETTERS and decided is not None:
        return decided.prepared_by
    return _caller(wanted)


def _caller(wanted: Wanted) -> Person:
    from courtside.store import accounts  # noqa: PLC0415

    viewer = accounts.viewer_named(wanted.ground.caller.who)
    return Person(wanted.ground.caller.who, viewer.person_id if viewer else None)


def _approver(wanted: Wanted) -> Person | None:
    """The second person who agreed to it in the plan; None before, and for what needs none."""
    plan: Plan = wanted.plan
    decided = decided_of(plan)
    if wanted.template in ALONE:
        return None
    if wanted.template in (*START, ANNEX):
        return plan.approval.by if plan.approval else None
    if wanted.template == "extension":
        return plan.extensions[-1].approved_by if plan.extensions and plan.asked is None else None
    return decided.approved_by if decided else None
