"""Sealing a document after the last signature: its pages and the acts behind them under the firm's signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from courtside.documents.faults import DocumentError
from courtside.documents.freeze import sha256_of
from courtside.documents.joined import with_pages
from courtside.documents.keys import Keys
from courtside.documents.sealing import DATA, EVIDENCE, FIELD, SealedAct, SealEvidence, evidence_pages

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

__all__ = ["DATA", "EVIDENCE", "FIELD", "NoTimeStamp", "SealEvidence", "Sealed", "SealedAct", "seal"]

_ROOM = 6_144
"""Bytes kept for the signature itself with its two certificates."""
MOST_STAMP = 18_432
"""Bytes kept for a time-stamp and the certificates that come with it."""

_NOT_OURS = "what the authority answered is no time-stamp of this seal"

Ask = Callable[[bytes], bytes]
"""Sends a request for a time-stamp to the authority the firm has chosen (RFC 3161, DER), and answers its response.

Raises NoTimeStamp where there is none.
"""


class NoTimeStamp(DocumentError):
    """The authority has given no time-stamp of this seal; nothing was sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file, and the hash of the whole of it, which goes into the register."""

    pdf: bytes = field(repr=False)
    sha256: str


def seal(content: bytes, evidence: SealEvidence, keys: Keys, at: datetime, ask: Ask | None = None) -> Sealed:
    """Seal a document's pages with what is known of how they were signed (PAdES-B-B; B-T where `ask` is given).

    The file begins with `content` as it was signed; after it come the pages of acts, the frozen data, the acts as
    data, and the seal, which forbids every later change. Raises DocumentError where the evidence is of other pages,
    or tells of a time-stamp that was not asked for; NoTimeStamp where none came that holds.
    """
    if bool(evidence.stamped_by) is not (ask is not None):
        raise DocumentError("the evidence and the seal must agree on whether there is a time-stamp", evidence.record)
    if sha256(content).hexdigest() != evidence.content_sha256:
        raise DocumentError("these are not the pages that were signed: their hash is another", evidence.record)
    if sha256_of(evidence.document_text) != evidence.document_sha256:
        raise DocumentError("this is not the data that was frozen: its hash is another", evidence.record)
    writer = with_pages(
        content,
        evidence_pages(evidence, at, keys.fingerprint),
        {
            DATA: evidence.document_text.encode("utf-8"),
            EVIDENCE: evidence.as_json(at, len(content), keys.fingerprint),
        },
    )
    pdf = _signed(writer, evidence, keys, at, ask)
    if ask is not None:
        _check_stamp(pdf, keys)
    return Sealed(pdf, sha256(pdf).hexdigest())


def _signed(writer: Any, evidence: SealEvidence, keys: Keys, at: datetime, ask: Ask | None) -> bytes:
    from pyhanko.sign import fields, signers  # noqa: PLC0415  (half a second, for sealing alone)

    about = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES, name=evidence.organisation, reason=f"Record {evidence.record}",
    )  # fmt: skip

    class AtThatTime(signers.PdfSigner):
        """Signs at the instant passed in, not by the machine's clock."""

        def init_signing_session(self, *given: Any, **named: Any) -> Any:
            session = super().init_signing_session(*given, **named)
            session.system_time = at
            return session

    stamper = None if ask is None else _stamper(ask)
    signer = AtThatTime(about, signer=_signer(keys), timestamper=stamper)
    out = BytesIO()
    signer.sign_pdf(writer, bytes_reserved=2 * (_ROOM if ask is None else _ROOM + MOST_STAMP), output=out)
    return out.getvalue()


def _signer(keys: Keys) -> SimpleSigner:
    from asn1crypto import keys as forms  # noqa: PLC0415
    from asn1crypto import pem  # noqa: PLC0415
    from asn1crypto.x509 import Certificate  # noqa: PLC0415
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    private, sealing, authority = (pem.unarmor(one)[2] for one in (keys.private, keys.sealing, keys.certificate))
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(Certificate.load(authority))
    return SimpleSigner(
        signing_cert=Certificate.load(sealing), signing_key=forms.PrivateKeyInfo.load(private), cert_registry=store
    )


def _check_stamp(pdf: bytes, keys: Keys) -> None:
    """What was sealed is looked at as anybody would: a stamp of something else, or a forged one, does not pass."""
    from courtside.documents.verify import verify  # noqa: PLC0415  (only where a time-stamp is asked for)

    if not verify(pdf, None, [keys.fingerprint]).valid:
        raise NoTimeStamp(_NOT_OURS)


def _stamper(ask: Ask) -> Any:
    from asn1crypto.tsp import TimeStampReq, TimeStampResp  # noqa: PLC0415
    from pyhanko.sign.timestamps import TimeStamper  # noqa: PLC0415

    class Asking(TimeStamper):
        """Asks through the given connection; whatever is no stamp of what was asked about is none."""

        async def async_request_tsa_response(self, req: TimeStampReq) -> TimeStampResp:
            return TimeStampResp.load(ask(req.dump()))

        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            try:
                token = await super().async_timestamp(message_digest, md_algorithm)
                told = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
                is_ours = told["hashed_message"].native == message_digest and len(token.dump()) <= MOST_STAMP
            except NoTimeStamp:
                raise
            except Exception as error:  # what an authority sends may make a parser raise anything
                raise NoTimeStamp(_NOT_OURS) from error
            if not is_ours:
                raise NoTimeStamp(_NOT_OURS)
            return token

    return Asking()  # type: ignore[no-untyped-call]
