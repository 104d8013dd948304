"""Verifying a sealed document: whatever cannot be shown to be as it was sealed is not valid."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from courtside.analysis.wording import plural
from courtside.documents.sealing import DATA, EVIDENCE, FIELD

if TYPE_CHECKING:
    from asn1crypto.cms import ContentInfo

UNKNOWN_SEAL = (
    "whose seal it is cannot be told from the file alone; give the fingerprint the organisation publishes, or verify "
    "it in the workspace it comes from"
)
_OWN_CLOCK = "the time is of the organisation's own clock"
_LARGEST = 64_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `ok`: as it should be, not so, or (None) it cannot be told from what was given."""

    ok: bool | None
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a file is a document as it was sealed, and what was found. `record` is empty where it says none."""

    valid: bool
    findings: tuple[Finding, ...]
    sha256: str
    record: str = ""
    authority: str = ""
    """SHA-256 of the certificate of the authority behind the seal, as the file has it."""
    evidence: dict[str, Any] = field(default_factory=dict)
    """What the file says of how it was signed; to be relied on only where it is valid."""


def verify(pdf: bytes, known_sha256: str | None = None, trusted: Collection[str] = ()) -> Verdict:
    """Verify a file: `known_sha256` is what the register has of it, `trusted` fingerprints of authorities.

    It is valid if the seal covers every byte, nothing was added after it, what is attached agrees with the pages,
    and the register or a trusted authority vouches for it. Anything that goes wrong while looking makes it invalid;
    nothing is raised.
    """
    _hush()
    seen = sha256(pdf).hexdigest()
    findings: list[Finding] = []
    look = _Look(pdf, frozenset(one.lower().replace(":", "") for one in trusted))
    if known_sha256 is not None:
        findings.append(_of_register(seen, known_sha256))
    for step in (_size, _one_seal, _gap, _signature, _attached, _whose):
        findings.extend(_safely(step, look))
        if any(finding.ok is False for finding in findings):
            break
    vouched = known_sha256 is not None or look.is_trusted
    is_fine = all(finding.ok is not False for finding in findings)
    return Verdict(is_fine and vouched, tuple(findings), seen, look.record, look.authority, look.evidence)


@dataclass(slots=True)
class _Look:
    """What one verification has found out so far."""

    pdf: bytes
    trusted: frozenset[str]
    seal: Any = None
    der: bytes = b""
    content: ContentInfo | None = None
    record: str = ""
    authority: str = ""
    is_trusted: bool = False
    is_stamped: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)


def _safely(step: Callable[[_Look], Iterator[Finding]], look: _Look) -> list[Finding]:
    """What a step finds; a file that a step cannot read is not as it was sealed."""
    try:
        return list(step(look))
    except (Exception, RecursionError) as error:  # noqa: BLE001  (a damaged file makes a parser raise anything)
        return [Finding(False, f"the file cannot be read as it was sealed ({type(error).__name__})")]


def _hush() -> None:
    """What is wrong with a file is said in the findings; the library's own log of it would be noise."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        logger.propagate = False


def _of_register(seen: str, known: str) -> Finding:
    if seen == known:
        return Finding(True, "the whole file is the one in the register, byte for byte")
    return Finding(False, f"the register has another file under this record: SHA-256 {known}, this one is {seen}")


def _size(look: _Look) -> Iterator[Finding]:
    if len(look.pdf) > _LARGEST:
        yield Finding(False, "the file is larger than any sealed document")
    elif not look.pdf.startswith(b"%PDF-"):
        yield Finding(False, "this is no PDF")


def _one_seal(look: _Look) -> Iterator[Finding]:
    """There is one seal, it is the last thing in the file, and it covers the whole of it."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415  (half a second, for verifying alone)

    reader = PdfFileReader(BytesIO(look.pdf), strict=True)
    seals = reader.embedded_signatures
    if len(seals) != 1 or seals[0].field_name != FIELD:
        yield Finding(
            False, f"one seal is needed, and {len(seals)} are there" if len(seals) != 1 else "it is not our seal"
        )
        return
    start, before, after, rest = (int(number) for number in seals[0].byte_range)
    if (start, after + rest) != (0, len(look.pdf)) or not before < after:
        yield Finding(False, "the seal does not cover the whole file: something was added or cut off after it")
        return
    look.seal = seals[0]
    yield Finding(True, "the seal covers the whole file, and nothing was added after it")


def _gap(look: _Look) -> Iterator[Finding]:
    """The only bytes a seal cannot cover, those it is written in, hold the signature and nothing else."""
    from asn1crypto.cms import ContentInfo  # noqa: PLC0415

    _, before, after, _ = (int(number) for number in look.seal.byte_range)
    gap = look.pdf[before:after]
    filled = bytes.fromhex(gap[1:-1].decode("ascii"))
    look.content = ContentInfo.load(filled)
    look.der = look.content.dump()
    written = b"<" + look.der.hex().upper().encode("ascii") + b"0" * (len(gap) - 2 - 2 * len(look.der)) + b">"
    if gap != written:
        yield Finding(False, "there is something beside the signature in the place kept for it")
    elif _written_anew(look.content["content"]) != look.der:
        yield Finding(False, "the signature is not written in its one form")


def _written_anew(signed: Any) -> bytes:
    """The signature put together again from the parts that are checked: nothing else can hide in it."""
    from asn1crypto import algos, cms  # noqa: PLC0415

    told, key = signed["signer_infos"][0], _own_certificate(signed)
    sha256_alone = algos.DigestAlgorithm({"algorithm": "sha256"})
    sid = cms.IssuerAndSerialNumber({"issuer": key.issuer, "serial_number": key.serial_number})
    values = {
        "version": "v1", "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
        "digest_algorithm": sha256_alone, "signed_attrs": told["signed_attrs"],
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        "signature": told["signature"].native,
    }  # fmt: skip
    if told["unsigned_attrs"].native is not None:
        values["unsigned_attrs"] = told["unsigned_attrs"]
    content = cms.SignedData({
        "version": "v1", "digest_algorithms": [sha256_alone], "encap_content_info": {"content_type": "data"},
        "certificates": signed["certificates"], "signer_infos": [cms.SignerInfo(values)],
    })  # fmt: skip
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def _own_certificate(signed: Any) -> Any:
    """The certificate of the key, beside that of the authority."""
    return next(one.chosen for one in signed["certificates"] if not one.chosen.ca)


def _signature(look: _Look) -> Iterator[Finding]:
    from pyhanko.sign.diff_analysis import ModificationLevel  # noqa: PLC0415
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    signed = look.content["content"]  # type: ignore[index]
    certificates = [one.chosen for one in signed["certificates"]]
    authorities = [one for one in certificates if one.ca]
    if len(certificates) != 2 or len(authorities) != 1:
        yield Finding(False, "the seal carries other certificates than those of its key and its authority")
        return
    look.authority = sha256(authorities[0].dump()).hexdigest()
    moment = look.seal.self_reported_timestamp
    context = ValidationContext(trust_roots=authorities, moment=moment, allow_fetching=False)
    status = validate_pdf_signature(look.seal, signer_validation_context=context)
    is_whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    is_unchanged = status.modification_level == ModificationLevel.NONE and bool(status.docmdp_ok)
    if status.intact and status.valid and status.trusted and is_whole and is_unchanged:
        yield Finding(True, f"the signature is intact; it says it was made at {moment.isoformat()}")
    else:
        yield Finding(False, "the signature does not fit the file: a part of it was changed")
    yield from _unsigned(look, signed["signer_infos"][0], status)


def _unsigned(look: _Look, signer: Any, status: Any) -> Iterator[Finding]:
    """Beside the signature there may be one time-stamp that fits it, and nothing else."""
    if signer["unsigned_attrs"].native is None:
        return
    attributes, stamp = list(signer["unsigned_attrs"]), status.timestamp_validity
    names = [attribute["type"].native for attribute in attributes]
    is_one = names == ["signature_time_stamp_token"] and len(attributes[0]["values"]) == 1
    if not is_one or stamp is None or not (stamp.intact and stamp.valid):
        yield Finding(False, "there is something beside the signature that it does not cover")
        return
    look.is_stamped = True
    by, certificate = stamp.signing_cert.subject.human_friendly, sha256(stamp.signing_cert.dump()).hexdigest()
    yield Finding(
        True,
        f"the time-stamp of {stamp.timestamp.isoformat()} fits it, by {by!r}, whose certificate has the SHA-256 "
        f"{certificate}; whether that authority can be relied on was not looked at",
    )


def _attached(look: _Look) -> Iterator[Finding]:
    """The data and acts that travel in the file agree with each other and with the pages it begins with."""
    files = _files(look.seal.reader)
    if set(files) != {DATA, EVIDENCE}:
        yield Finding(False, "the data and the acts are not both attached")
        return
    evidence = json.loads(files[EVIDENCE])
    wrong = list(_disagreements(look, evidence, sha256(files[DATA]).hexdigest()))
    yield from (Finding(False, what) for what in wrong)
    if not wrong:
        look.evidence, look.record = evidence, evidence["record"]
        if not look.is_stamped:
            yield Finding(True, f"no authority's time-stamp: {evidence.get('not_stamped') or _OWN_CLOCK}")
        acts = plural(len(evidence["acts"]), "act", "acts")
        yield Finding(True, f"record {look.record}: the pages and the data are those that were signed ({acts})")


def _disagreements(look: _Look, evidence: dict[str, Any], data_sha256: str) -> Iterator[str]:
    if evidence["document_sha256"] != data_sha256:
        yield "the attached data is not what was signed"
    if evidence["content_sha256"] != sha256(look.pdf[: evidence["content_length"]]).hexdigest():
        yield "the pages are not those that were signed"
    stamped_by = evidence.get("stamped_by", "")
    if stamped_by and not look.is_stamped:
        yield f"the time-stamp of {stamped_by!r} that belongs to the seal was taken out"
    if look.is_stamped and not stamped_by:
        yield "there is a time-stamp that the acts do not tell of"
    if evidence["authority_sha256"] != look.authority:
        yield "the acts name another authority than the seal"
    if any(act["document_sha256"] not in ("", data_sha256) for act in evidence["acts"]):
        yield "somebody signed other data than this"


def _files(reader: Any) -> dict[str, bytes]:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    return {str(names[at]): names[at + 1]["/EF"]["/F"].data for at in range(0, len(names), 2)}


def _whose(look: _Look) -> Iterator[Finding]:
    """Whether an authority that is trusted issued the certificate of the seal."""
    look.is_trusted = look.authority in look.trusted
    if look.is_trusted:
        yield Finding(True, f"the seal is of the authority you trust: {look.authority}")
    elif look.trusted:
        yield Finding(False, f"the seal is of another authority than you trust: {look.authority}")
    else:
        yield Finding(None, UNKNOWN_SEAL)
