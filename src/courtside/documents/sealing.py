"""What a sealed document says of how it was signed: every act by every party, and where the log of acts stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from courtside.analysis.wording import day, plural, whole
from courtside.documents.printed import visible
from courtside.documents.render import typeset
from courtside.records.canonical import canonical

DATA = "document.json"
EVIDENCE = "evidence.json"
FIELD = "Seal"
"""What the files attached to a sealed document are called, and the field its seal is in."""
SOURCE = Path(__file__).with_name("templates") / "sealing.typ"
ACTS: Mapping[str, str] = {
    "approved": "approved it",
    "issued": "handed it over",
    "opened": "opened it",
    "signed": "signed it",
    "signed_with_comment": "signed it with a comment",
    "declined": "declined to sign it",
    "paper": "handed in its paper copy, signed by hand",
    "witnessed": "attested that it was handed over",
}
PARTIES: Mapping[str, str] = {
    "rep": "person", "manager": "manager", "hr": "human resources", "witness": "witness", "approver": "approver",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SealedAct:
    """One act by one party, as the register has it. `method_age_s`: seconds since they gave a second factor.

    `comment` holds their words, or their reason where they declined; of a paper copy, the hash of its scan.
    """

    party: str
    who: str
    username: str
    act: str
    statement: str
    statement_version: int
    comment: str
    at: datetime
    method: str
    method_age_s: int | None
    ip: str
    document_sha256: str
    log_seq: int
    log_head: str


@dataclass(frozen=True, slots=True)
class SealEvidence:
    """All that is printed and kept beside a document when it is sealed.

    `document_text` is the frozen text and `document_sha256` its hash; `log_seq` and `log_head` say where the log of
    acts stood; `zone` is where the firm's clocks are. `stamped_by` is the authority whose time-stamp the seal carries;
    without one `not_stamped` may say why there is none.
    """

    record: str
    label: str
    organisation: str
    document_text: str
    document_sha256: str
    content_sha256: str
    acts: tuple[SealedAct, ...]
    log_seq: int
    log_head: str
    zone: str = "UTC"
    stamped_by: str = ""
    not_stamped: str = ""

    def as_json(self, sealed_at: datetime, content_length: int, fingerprint: str) -> bytes:
        """The evidence as canonical JSON, which travels inside the sealed file."""
        told = {name: value for name, value in asdict(self).items() if name != "document_text"}
        more = {"sealed_at": sealed_at, "content_length": content_length, "authority_sha256": fingerprint}
        return canonical(told | more)


def evidence_pages(evidence: SealEvidence, sealed_at: datetime, fingerprint: str) -> bytes:
    """The pages that say who did what, as a PDF to be put behind the document's own pages."""
    zone = ZoneInfo(evidence.zone)
    field = {
        "record": evidence.record,
        "label": visible(evidence.label),
        "organisation": visible(evidence.organisation),
        "document_sha256": evidence.document_sha256,
        "content_sha256": evidence.content_sha256,
        "log": f"entry {whole(evidence.log_seq)}",
        "log_head": evidence.log_head,
        "sealed_at": _instant(sealed_at, zone),
        "authority": fingerprint,
        "stamp": _stamp(evidence),
        "acts": [_printed(act, zone) for act in evidence.acts],
    }
    told = {
        "label": evidence.label, "title": f"Document {evidence.record}", "record": evidence.record, "mark": "",
        "sha256": evidence.document_sha256, "version": 1, "statement": "", "statement_version": 0, "template": "",
    }  # fmt: skip
    return typeset(SOURCE.read_text("utf-8"), field, told, file=str(SOURCE))


def _stamp(evidence: SealEvidence) -> str:
    if evidence.stamped_by:
        return f"of the authority {visible(evidence.stamped_by)}, kept in the seal"
    return visible(evidence.not_stamped) or "none; the time is of the organisation's own clock"


def _printed(act: SealedAct, zone: ZoneInfo) -> dict[str, Any]:
    rows = [
        ("At", _instant(act.at, zone)),
        ("Statement", f"“{visible(act.statement)}” (version {act.statement_version})" if act.statement else ""),
        ("Signed in with", _method(act)),
        ("Address", visible(act.ip)),
        ("Log", f"entry {whole(act.log_seq)}" if act.log_seq else ""),
    ]
    codes = [("Document data", act.document_sha256), ("Log head", act.log_head)]
    return {
        "who": visible(act.who),
        "party": PARTIES.get(act.party, act.party),
        "username": visible(act.username),
        "did": ACTS.get(act.act, visible(act.act)),
        "comment": visible(act.comment),
        "rows": [list(row) for row in rows if row[1]],
        "codes": [list(row) for row in codes if row[1]],
    }


def _method(act: SealedAct) -> str:
    if not act.method:
        return ""
    given = "" if act.method_age_s is None else f", {plural(act.method_age_s, 'second', 'seconds')} before"
    return f"{visible(act.method)}{given}"


def _instant(at: datetime, zone: ZoneInfo) -> str:
    """An instant in UTC and by the firm's clocks: 2 November 2026, 09:00:00 UTC (10:00:00 Europe/Paris)."""
    utc, local = at.astimezone(UTC), at.astimezone(zone)
    there = f"{local:%H:%M:%S} {zone.key}"
    if local.date() != utc.date():
        there = f"{day(local.date())}, {there}"
    return f"{day(utc.date())}, {utc:%H:%M:%S} UTC ({there})"
