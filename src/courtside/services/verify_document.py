"""Verifying a sealed document: with the register of the workspace it comes from, or offline by a fingerprint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.documents.keys import Keys
    from courtside.documents.verify import Finding, Verdict

KEYS = "keys"
"""The folder of a workspace that holds the sealing key; it is in no backup of the database."""
TEMPLATES = "documents"
"""The folder of a workspace that holds a firm's own templates."""


def verify_document(workspace: Workspace, pdf: bytes) -> Verdict:
    """Whether a file is, byte for byte, one that this workspace has sealed, and whether its own rows still agree.

    Asks the register, so a seal that anybody else could have made does not pass. Raises Refused where the sealing
    key lies open to others.
    """
    from courtside.documents.verify import Finding, verify  # noqa: PLC0415  (the seal's library stays out of start-up)
    from courtside.store import documents  # noqa: PLC0415
    from courtside.store.models import Document  # noqa: PLC0415
    from courtside.store.tables import is_kept  # noqa: PLC0415

    trusted = trusted_here(workspace)
    alone = verify(pdf, None, trusted)
    if not is_kept(Document):
        return _with(alone, Finding(False, "this workspace has sealed no document yet"))
    held = documents.sealed_by_sha256(alone.sha256) or documents.document(alone.record)
    if held is None or not held.sealed_sha256:
        return _with(alone, Finding(False, "the register of this workspace has no such sealed document"))
    known = verify(pdf, held.sealed_sha256, trusted)
    broken = [f"in the register, {what}" for what in documents.problems(held.id)]
    if known.valid and documents.other_acts(held.id, known.evidence["acts"]):
        broken.append("the register tells of other acts than the sealed file")
    return _with(known, *(Finding(False, what) for what in broken))


def verify_offline(pdf: bytes, fingerprints: Collection[str] = ()) -> Verdict:
    """Whether a file is as it was sealed, by the fingerprints of authorities alone."""
    from courtside.documents.verify import verify  # noqa: PLC0415  (as above)

    return verify(pdf, None, fingerprints)


def trusted_here(workspace: Workspace) -> tuple[str, ...]:
    """The fingerprint of the workspace's own authority; none before it has sealed anything. Raises Refused."""
    keys = keys_here(workspace)
    return (keys.fingerprint,) if keys else ()


def keys_here(workspace: Workspace) -> Keys | None:
    """The workspace's sealing key, None before it was made. Raises Refused where others can read it."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415  (as above)
    from courtside.documents.keys import kept_keys  # noqa: PLC0415

    try:
        return kept_keys(workspace.root / KEYS)
    except DocumentError as error:
        raise Refused(str(error)) from None


def own_templates(workspace: Workspace | None) -> Path | None:
    """The folder of a firm's own templates, where there is a workspace."""
    return None if workspace is None else workspace.root / TEMPLATES


def _with(verdict: Verdict, *more: Finding) -> Verdict:
    """The verdict with further findings, every one of which speaks against it."""
    return replace(verdict, valid=verdict.valid and not more, findings=(*verdict.findings, *more))
