"""`python -m bench.team WORKSPACE TEAM`: one team's weeks from the rollup, asked in a process already running."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.baseline import COLUMNS
from bench.refresh import session_of, weeks, workspace_inputs
from courtside.services.caller import utc_now
from courtside.warehouse.asked import Scope

RECOUNTED = ("prospects_approached", "accounts_touched", "follow_ups_per_contact")
"""A team's distinct counts do not add up from its people's: they are counted anew from the rows."""
TIMES = 5


def main(arguments: Sequence[str]) -> None:
    """The best of a few askings in a running process, as a page asks again and again."""
    root, team = Path(arguments[0]), arguments[1]
    today = utc_now().date()
    session = session_of(workspace_inputs(root), today)
    names = [name for name in COLUMNS if name not in RECOUNTED]
    taken, answers = [], 0
    for _ in range(TIMES):
        started = time.perf_counter()
        answers = len(list(session.figures(names, weeks(session, today, Scope("team", team))))) * len(names)
        taken.append(time.perf_counter() - started)
    print(json.dumps({"seconds": min(taken), "metrics": len(names), "answers": answers}))


if __name__ == "__main__":
    main(sys.argv[1:])
