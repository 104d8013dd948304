"""The evidence of one person's review years as it was noted, for those who look back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.services.caller import Caller
from courtside.services.refused import Refused


def show_evidence(caller: Caller, person_id: str, metric: str | None = None) -> tuple[Mapping[str, Any], ...]:
    """One row an entry, the oldest first. Raises Refused where nothing was noted. The look goes into the log."""
    from courtside.store import audit, evidence  # noqa: PLC0415  (Django stays out of start-up)

    audit.write(audit.Act(caller.clock(), caller.who, "show_evidence", {"person": person_id, "metric": metric}))
    found = evidence.noted(person_id, metric)
    if not found:
        raise Refused(
            f"no evidence is noted of {person_id}{f' and {metric}' if metric else ''}; "
            "it is noted of rates and counts of the card that have a target: courtside evidence note"
        )
    return tuple(
        {
            "metric": one.entry.metric, "version": one.entry.version, "since": one.entry.since,
            "until": one.entry.until, "hits": one.entry.hits, "of": one.entry.of, "due": one.entry.due,
            "evidence": one.entry.evidence, "alarm": one.entry.rings, "noted_at": one.at,
        }
        for one in found
    )  # fmt: skip
