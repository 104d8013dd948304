"""`python -m bench.team WORKSPACE TEAM`: one team's weeks from the rollup, asked in a process already running."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.baseline import COLUMNS
from bench.refresh import session_of, weeks, workspace_inputs
from bench.scorecards import METRICS
from courtside.services.caller import utc_now
from courtside.warehouse.answer import Session
from courtside.warehouse.asked import Scope

RECOUNTED = ("prospects_approached", "accounts_touched", "follow_ups_per_contact")
"""A team's distinct counts do not add up from its people's: they are counted anew from the rows."""
TIMES = 9


def asked(session: Session, names: Sequence[str], team: str) -> tuple[float, int]:
    """The best of a few askings in a running process, as a page asks again and again; seconds, and figures given."""
    today, taken, answers = utc_now().date(), [], 0
    for _ in range(TIMES):
        started = time.perf_counter()
        answers = len(list(session.figures(names, weeks(session, today, Scope("team", team))))) * len(names)
        taken.append(time.perf_counter() - started)
    return min(taken), answers


def main(arguments: Sequence[str]) -> None:
    """The metrics of a card, which a team's page shows; and, for information, all that the query by hand has."""
    root, team = Path(arguments[0]), arguments[1]
    session = session_of(workspace_inputs(root), utc_now().date())
    card, answers = asked(session, METRICS, team)
    wide = [name for name in COLUMNS if name not in RECOUNTED]
    everything, more = asked(session, wide, team)
    told = {"seconds": card, "metrics": len(METRICS), "answers": answers}
    print(json.dumps({**told, "wide": everything, "wide_metrics": len(wide), "wide_answers": more}))


if __name__ == "__main__":
    main(sys.argv[1:])
