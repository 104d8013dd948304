"""Documents as frozen values: their frozen text, files and signatures. Who may see one is asked by the services."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from courtside.documents.sealing import SealedAct
from courtside.records.canonical import canonical
from courtside.store import models
from courtside.store.forgetting import Forgetting
from courtside.store.models.documents import (
    ACTS,
    APPROVED,
    DRAFT,
    ISSUED,
    OPENED,
    READY,
    SEALED,
    SUPERSEDED,
)

__all__ = ["APPROVED", "DRAFT", "ISSUED", "OPENED", "READY", "SEALED", "SUPERSEDED"]
_ASKED_ABOVE = "a document is found by its number, plan or person; the service that asks says who may see it"
_ERASED = "the erasure of a person"
_NEVER_ERASED = (
    "party", "act", "statement", "statement_version", "at", "method", "method_age_s", "document_sha256", "log_seq",
    "log_head",
)  # fmt: skip


class NotTheDocument(ValueError):
    """Somebody acts on other data than was frozen, or a file is not what the document says it is."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands. `signing` is the text of its pure state, which the services keep here."""

    id: str
    plan_id: str
    person_id: str
    template: str
    version: int
    label: str
    data: str
    data_sha256: str
    content_sha256: str
    parties: tuple[str, ...]
    needs_second: bool
    state: str
    signing: str
    created_at: datetime
    created_by: str
    approved_by: str
    sealed_sha256: str
    superseded_by: str

    @property
    def is_as_frozen(self) -> bool:
        """Whether the text is still the one whose hash people signed; one that was erased is not looked at."""
        return not self.data or sha256(self.data.encode("utf-8")).hexdigest() == self.data_sha256


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a document begins as; `content` is its PDF. With `needs_second`, another than its author approves it."""

    id: str
    plan_id: str
    person_id: str
    template: str
    version: int
    label: str
    data: str
    data_sha256: str
    content: bytes
    created_at: datetime
    created_by: str
    parties: tuple[str, ...]
    needs_second: bool = False
    state: str = DRAFT
    approved_by: str = ""
    signing: str = ""


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """One act by one person on one document. `attests`: the party whose paper or delivery they speak for."""

    document_id: str
    party: str
    username: str
    person_id: str
    act: str
    statement: str
    statement_version: int
    comment: str
    document_sha256: str
    at: datetime
    method: str
    method_age_s: int | None
    ip: str
    log_seq: int = 0
    log_head: str = ""
    name: str = ""
    attests: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file of a document, without its bytes."""

    number: int
    kind: str
    sha256: str
    length: int
    added_at: datetime
    added_by: str


def new_id() -> str:
    """An opaque id: 12 characters, 60 bits by chance."""
    return base64.b32encode(secrets.token_bytes(8)).decode("ascii")[:12]


def add(new: NewDocument) -> Document:
    """A new document with its pages, in the open transaction. Raises NotTheDocument where data and hash differ."""
    if sha256(new.data.encode("utf-8")).hexdigest() != new.data_sha256:
        raise NotTheDocument(f"document {new.id}: the hash is not of this data")
    named = {one.name: getattr(new, one.name) for one in fields(NewDocument) if one.name not in ("content", "parties")}
    content_sha256 = sha256(new.content).hexdigest()
    parties = {"parties": ",".join(new.parties), "wanted": len(new.parties)}
    models.Document.objects.create(**named, **parties, content_sha256=content_sha256)
    put_file(new.id, "content", new.content, new.created_at, new.created_by)
    return _kept(new.id)


def document(number: str) -> Document | None:
    """A document by its id."""
    return next(_documents(id=number), None)


def of_plan(plan_id: str) -> tuple[Document, ...]:
    """The documents of a plan, the oldest first."""
    return tuple(_documents(plan_id=plan_id))


def about(people: Collection[str]) -> tuple[Document, ...]:
    """The documents about some people, the oldest first."""
    return tuple(_documents(person_id__in=list(people)))


def every() -> tuple[Document, ...]:
    """All documents, the oldest first: for checks of the whole register."""
    return tuple(_documents())


def sealed_by_sha256(digest: str) -> Document | None:
    """The document whose sealed file has a hash."""
    return next(_documents(sealed_sha256=digest), None) if digest else None


def move(number: str, before: str, after: str, *, signing: str | None = None, approved_by: str | None = None) -> bool:
    """Move a document from one state to another, in the open transaction; False if it is not in `before` any more."""
    changed: dict[str, Any] = {"state": after}
    changed |= {} if signing is None else {"signing": signing}
    changed |= {} if approved_by is None else {"approved_by": approved_by}
    return bool(_rows(id=number, state=before).update(**changed))


def supersede(number: str, by: str) -> bool:
    """Put another document (or, with an empty id, nothing) in the place of one that is not sealed."""
    return bool(_rows(id=number).exclude(state__in=(SEALED, SUPERSEDED)).update(state=SUPERSEDED, superseded_by=by))


def sign(entry: SignatureEntry) -> int:
    """Add an act, in the open transaction; its number. Raises NotTheDocument for another hash than the frozen one."""
    values = {one.name: getattr(entry, one.name) for one in fields(SignatureEntry) if one.name != "number"}
    if not _rows(id=entry.document_id, data_sha256=entry.document_sha256).exists():
        raise NotTheDocument(f"document {entry.document_id}: this is not the data that was frozen")
    return int(models.SignatureEntry.objects.create(**values).pk)


def entries(number: str) -> tuple[SignatureEntry, ...]:
    """The acts on a document, in the order they happened."""
    found = models.SignatureEntry.objects.unscoped(_ASKED_ABOVE).filter(document_id=number).values()
    return tuple(map(_entry, found))


def sealed_acts(number: str) -> tuple[SealedAct, ...]:
    """The acts on a document as its seal prints them."""
    return tuple(map(_sealed_act, entries(number)))


def other_acts(number: str, told: Sequence[Mapping[str, Any]]) -> int:
    """How many acts of the register differ from those a seal tells of (as JSON), or are missing on either side.

    What an erasure blanks (words, address and, with the address, the account) is not missed.
    """
    left = [act for act in told if act["act"] in ACTS]
    differing = 0
    for entry in entries(number):
        found = next((act for act in left if _is_same_act(entry, act)), None)
        differing += found is None
        if found is not None:
            left.remove(found)
    return differing + len(left)


def _sealed_act(one: SignatureEntry) -> SealedAct:
    words = f"For: {one.attests}. {one.comment}".strip() if one.attests else one.comment
    return SealedAct(
        one.party, one.name or one.username, one.username, one.act, one.statement, one.statement_version, words,
        one.at, one.method, one.method_age_s, one.ip, one.document_sha256, one.log_seq, one.log_head,
    )  # fmt: skip


def _is_same_act(entry: SignatureEntry, told: Mapping[str, Any]) -> bool:
    here = json.loads(canonical(asdict(_sealed_act(entry))))
    if any(here[name] != told[name] for name in _NEVER_ERASED):
        return False
    is_erased = not entry.ip and not entry.comment
    return is_erased or all(here[name] == told[name] for name in ("comment", "ip", "username"))


def put_file(number: str, kind: str, content: bytes, at: datetime, by: str) -> str:
    """Keep a file of a document, in the open transaction; its hash."""
    digest = sha256(content).hexdigest()
    models.DocumentFile.objects.create(
        document_id=number, kind=kind, content=content, sha256=digest, added_at=at, added_by=by
    )
    return digest


def file(number: str, kind: str) -> bytes | None:
    """The newest file of a kind, None if there is none. Raises NotTheDocument if its bytes were changed."""
    row = _files(document_id=number, kind=kind).order_by("-id").values("content", "sha256").first()
    return None if row is None else _checked(number, row)


def scan(number: str, file_number: int) -> bytes | None:
    """One scan of a document by its number. Raises NotTheDocument if its bytes were changed."""
    row = _files(document_id=number, kind="scan", pk=file_number).values("content", "sha256").first()
    return None if row is None else _checked(number, row)


def files(number: str) -> tuple[File, ...]:
    """The files of a document without their bytes, the oldest first."""
    found = _files(document_id=number).values_list("pk", "kind", "sha256", "content", "added_at", "added_by")
    return tuple(File(pk, kind, digest, len(held), at, by) for pk, kind, digest, held, at, by in found)


def put_sealed(number: str, pdf: bytes, at: datetime, by: str, *, signing: str | None = None) -> bool:
    """Keep the sealed file of a document that is ready, in the open transaction; False if it is not ready (any more).

    The database refuses it (IntegrityError) unless every party has signed, or declined before two witnesses.
    """
    changed: dict[str, Any] = {"state": SEALED, "sealed_sha256": sha256(pdf).hexdigest()}
    changed |= {} if signing is None else {"signing": signing}
    if not _rows(id=number, state=READY).update(**changed):
        return False
    put_file(number, "sealed", pdf, at, by)
    return True


def problems(number: str) -> tuple[str, ...]:
    """What of a document is not as it was frozen: its text, its files, or the hashes of its acts."""
    held = _kept(number)
    found = [] if held.is_as_frozen else ["its data was changed"]
    wanted = {"content": held.content_sha256, "sealed": held.sealed_sha256}
    rows = list(_files(document_id=number).values("kind", "content", "sha256"))
    for row in rows:
        kept_hash = sha256(bytes(row["content"])).hexdigest()
        if kept_hash != row["sha256"] or wanted.get(row["kind"], kept_hash) != kept_hash:
            found.append(f"its {row['kind']} file was changed")
    kinds = {row["kind"] for row in rows}
    if held.data and not {kind for kind, digest in wanted.items() if digest} <= kinds:
        found.append("a file of it is missing")
    if any(entry.document_sha256 != held.data_sha256 for entry in entries(number)):
        found.append("an act on it was changed")
    return tuple(found)


def forget_person(person_id: str, token: str) -> tuple[str, ...]:
    """Erase what documents say of a person, in the open transaction: texts, files and words; hashes and acts stay.

    What they did to other people's documents keeps its place under the token. Answers the documents erased.
    """
    erased = tuple(_rows(person_id=person_id).values_list("id", flat=True))
    _files(document_id__in=erased).delete()
    _rows(person_id=person_id).update(person_id=token, data="", signing="", label="erased")
    acts = models.SignatureEntry.objects.unscoped(_ERASED)
    acts.filter(document_id__in=erased).update(comment="", ip="", name="")
    own = Concat(Value(f"{token}."), Cast("pk", CharField()))
    acts.filter(person_id=person_id).update(person_id=token, username=own, name="", ip="", comment="")
    for number, signing in _rows(signing__contains=f'"{person_id}"').values_list("pk", "signing"):
        forgetting = Forgetting(person_id, token, is_subject=False)
        forgetting.learn(json.loads(signing))
        _rows(pk=number).update(signing=forgetting.without(signing))
    return erased


def _rows(**named: Any) -> Any:
    return models.Document.objects.unscoped(_ASKED_ABOVE).filter(**named)


def _files(**named: Any) -> Any:
    return models.DocumentFile.objects.unscoped(_ASKED_ABOVE).filter(**named)


def _documents(**named: Any) -> Iterator[Document]:
    return map(_document, _rows(**named).values())


def _kept(number: str) -> Document:
    return _document(_rows(id=number).values().get())


def _document(row: dict[str, Any]) -> Document:
    named = {one.name: row[one.name] for one in fields(Document)}
    return Document(**{**named, "parties": tuple(filter(None, row["parties"].split(",")))})


def _entry(row: dict[str, Any]) -> SignatureEntry:
    named = {one.name: row[one.name] for one in fields(SignatureEntry) if one.name != "number"}
    return replace(SignatureEntry(**named), number=row["id"])


def _checked(number: str, row: dict[str, Any]) -> bytes:
    content = bytes(row["content"])
    if sha256(content).hexdigest() != row["sha256"]:
        raise NotTheDocument(f"document {number}: a file of it was changed after it was kept")
    return content
