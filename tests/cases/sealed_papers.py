"""Documents for the tests of sealing: printed from samples and signed by made-up people."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from courtside.documents.freeze import Frozen, freeze
from courtside.documents.keys import Keys, sealing_keys
from courtside.documents.render import render
from courtside.documents.samples import sample
from courtside.documents.seal import SealedAct, SealEvidence
from courtside.documents.template import templates

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ORGANISATION = "Northwind & Söhne"


def frozen_sample(name: str = "improvement_plan", kind: str = "shortest", record: str = "AAAABBBBCCCC") -> Frozen:
    """A frozen document of samples."""
    template = templates()[name]
    return freeze(template, {**sample(template, kind), "record": record})


def one_act(frozen: Frozen, party: str, did: str, who: str = "", comment: str = "") -> SealedAct:
    """One act on a document."""
    statement = frozen.template.statement if did.startswith("signed") else ""
    return SealedAct(
        party, who or f"{party.title()} Person", f"{party}.account", did, statement, 1, comment, AT,
        "password and one-time code", 42, "192.0.2.7", frozen.sha256, 12, "ab" * 32,
    )  # fmt: skip


def evidence_of(frozen: Frozen, content: bytes, acts: tuple[SealedAct, ...] | None = None) -> SealEvidence:
    """The evidence behind a document; without acts, all three parties have signed."""
    signed = tuple(one_act(frozen, party, "signed") for party in ("rep", "manager", "hr"))
    return SealEvidence(
        frozen.record, frozen.template.label, ORGANISATION, frozen.text, frozen.sha256, sha256(content).hexdigest(),
        signed if acts is None else acts, 13, "cd" * 32, "Europe/Paris",
    )  # fmt: skip


def keys_in(folder: Path) -> Keys:
    """A key made in a folder."""
    return sealing_keys(folder / "keys", ORGANISATION, AT)


def printed_sample(name: str = "improvement_plan", kind: str = "shortest") -> tuple[Frozen, bytes]:
    """A frozen document and its pages."""
    frozen = frozen_sample(name, kind)
    return frozen, render(frozen)
