"""Disputes as commands on the host show them."""

from __future__ import annotations

from typing import Any

from courtside.services.caller import Caller
from courtside.services.dispute_rules import CLAIMS, Deciding, columns_for
from courtside.services.standing import stand
from courtside.services.workspace import Workspace


def list_disputes(*, only_open: bool) -> tuple[dict[str, Any], ...]:
    """Every dispute, the oldest first, or those that wait for a decision."""
    from courtside.store import disputes  # noqa: PLC0415  (Django stays out of start-up)

    found = []
    for one in disputes.every():
        claim, ending = one.claim, one.ending
        if ending is not None and only_open:
            continue
        found.append({
            "dispute": one.number, "status": one.status, "person": claim.person_id, "table": claim.table,
            "row": claim.row_id, "on": claim.on, "metric": claim.metric, "claim": CLAIMS.get(claim.claim, claim.claim),
            "words": claim.words, "mends": [column.name for column in columns_for(claim.table, claim.claim)],
            "opened_at": claim.opened_at, "opened_by": claim.opened_by,
            "ended_at": ending.at if ending else None, "ended_by": ending.by if ending else None,
            "reason": ending.reason if ending else None, "column": ending.column if ending else None,
            "before": ending.before if ending else None, "after": ending.after if ending else None,
            "batch": ending.batch if ending else None,
        })  # fmt: skip
    return tuple(found)


def deciding_on_host(workspace: Workspace, caller: Caller) -> Deciding:
    """Somebody on the host about to decide. Raises Refused while nothing has been imported."""
    standing = stand(workspace)
    try:
        return Deciding(workspace, caller, standing.hierarchy(caller), standing.today(caller))
    finally:
        standing.close()
