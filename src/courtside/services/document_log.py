"""The entries of the log about some cases, taken out with what is needed to check them away from here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtside.services import document_verifier
from courtside.services.anchor_log import files_of_anchors
from courtside.services.workspace import Workspace

_NAMED = ("plan", "document", "case", "proposal", "statement", "index")
OWN_VERBS = frozenset({
    "approve_plan", "issue_plan", "begin_plan", "record_check_in", "note_owed", "pause_plan", "resume_plan",
    "extend_plan", "hand_over_plan", "determine_plan", "deliver_follow_up", "close_plan", "sign_plan", "decline_plan",
    "paper_plan", "witness_plan", "write_statement", "state_rebuttal",
})  # fmt: skip
"""The steps of a plan that its person has anyway; what is only being prepared is not among them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: of these cases and documents. With `own_name`, as the person whose file it is may have them."""

    cases: Collection[str]
    documents: Collection[str]
    own_name: str = ""


def excerpt(asked: Asked) -> Iterator[dict[str, Any]]:
    """The entries, each with the hash before it, so that it can be checked alone.

    In somebody's own file what others did is there with its hash, and without what it says of them.
    """
    from courtside.store import audit_chain  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.store.log_verifier import BEGINNING  # noqa: PLC0415

    before = BEGINNING
    for entry in audit_chain.entries():
        if _is_asked(asked, entry):
            told = {**entry, "before": before, "is_withheld": False}
            payload = entry["payload"] or {}
            if asked.own_name and payload.get("who") != asked.own_name:
                told |= {"salt": None, "payload": None, "is_withheld": True}
            yield told
        before = entry["hash"]


def _is_asked(asked: Asked, entry: Mapping[str, Any]) -> bool:
    detail = (entry["payload"] or {}).get("detail") or {}
    document = detail.get("document") or detail.get("index")
    if document:
        return document in asked.documents
    if asked.own_name and entry["verb"] not in OWN_VERBS:
        return False
    return any(detail.get(name) in asked.cases for name in _NAMED)


def log_parts(workspace: Workspace, asked: Asked) -> dict[str, bytes]:
    """The entries, the anchors, and the two programs that check them, by name."""
    from courtside.store import audit_chain  # noqa: PLC0415

    lines = [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in excerpt(asked)]
    anchors = files_of_anchors(workspace)[0]
    return {
        "log/entries.jsonl": "".join(f"{line}\n" for line in lines).encode("utf-8"),
        "log/anchors.txt": anchors.read_bytes() if anchors.exists() else b"",
        "log/verify_log.py": audit_chain.verifier_source(),
        "verify_file.py": Path(document_verifier.__file__).read_bytes(),
    }
