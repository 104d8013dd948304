"""Setting what was proposed of somebody beside their records once these were mended, before the next look."""

from __future__ import annotations

from courtside.services.caller import Caller
from courtside.services.due_proposals import FOLLOWED, look_again
from courtside.services.workspace import Workspace


def reweigh_proposals(workspace: Workspace, caller: Caller, person_id: str) -> int:
    """Look again, with the records of now, at every open proposal about a person and every plan one became.

    One that would not hold any more is marked, and those who decide, or the plan, are told; how many were.
    Raises Refused where nothing can be answered now.
    """
    from courtside.services.rule_evaluate import evaluate_version  # noqa: PLC0415  (the figures load now)
    from courtside.store import proposals, rules  # noqa: PLC0415  (Django stays out of start-up)
    from courtside.store.proposals import Later  # noqa: PLC0415

    marked, today = 0, workspace.day(caller.clock())
    for one in proposals.followed(caller.clock() - FOLLOWED):
        stored = rules.evaluation(one.evaluation) if one.person_id == person_id else None
        if stored is None or one.weakened_on is not None:
            continue
        found = evaluate_version(workspace, caller, stored.version, {person_id}, one.seen_until)
        if found and not found[0].holds:
            marked += look_again(workspace, caller, one, Later(today, holds=False, sha256=found[0].sha256))
    return marked
