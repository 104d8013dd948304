"""`python -m bench.scorecards WORKSPACE`: everybody's score cards for twelve weeks, beside the same metrics alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.company import STARTS_ON, company
from bench.refresh import session_of, workspace_inputs
from courtside.analysis.cards.scorecard import Scorer
from courtside.records.period import Grain
from courtside.services.caller import utc_now
from courtside.warehouse.answer import Answer, Question, Session

METRICS = (
    "new_leads", "dials", "emails", "connects", "meetings", "opportunities_opened", "qualified_rate", "closing_rate",
    "win_rate", "closed_sales", "days_to_close", "revenue", "cost_per_acquisition",
)  # fmt: skip
"""From causes to results: seven counts, three rates, a mean, a sum and a ratio of sums."""
WEEKS = 12
LEAST_JUDGED = 0.2
"""Fewer figures with a verdict would mean that hardly anything was judged."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one side took, how many figures it gave, and how many of them had a verdict other than too early."""

    seconds: float
    figures: int
    judged: int


def questions() -> Sequence[Question]:
    """The last twelve whole weeks of the benchmark's company, one question a metric."""
    last = company(1).last_on - timedelta(days=company(1).last_on.isoweekday() % 7)
    first = max(last - timedelta(days=7 * WEEKS - 1), STARTS_ON)
    today = utc_now().date()
    return [Question(name, ("person",), Grain.WEEK, first, last, today) for name in METRICS]


def side(root: Path, asking: Callable[[Session], Callable[[Question], Answer]]) -> Side:
    """One side in a session of its own: neither profits from what the other read."""
    session = session_of(workspace_inputs(root), utc_now().date())
    started = time.perf_counter()
    ask, figures, judged = asking(session), 0, 0
    for question in questions():
        rows = ask(question).rows
        figures += len(rows)
        judged += sum(row.get("verdict") not in (None, "too_early") for row in rows)
    return Side(time.perf_counter() - started, figures, judged)


def main(arguments: Sequence[str]) -> None:
    """The figures as JSON. Raises RuntimeError if the two sides did not answer the same questions."""
    root = Path(arguments[0])
    alone = side(root, lambda session: session.ask)
    cards = side(root, lambda session: Scorer(session, METRICS, most_rows=2**31).ask)
    if cards.figures != alone.figures or cards.judged < LEAST_JUDGED * cards.figures:
        raise RuntimeError(f"the cards are not those of the metrics alone: {cards}, {alone}")
    told = {"cards": cards.seconds, "alone": alone.seconds, "figures": cards.figures, "judged": cards.judged}
    print(json.dumps({**told, "metrics": len(METRICS), "weeks": WEEKS}))


if __name__ == "__main__":
    main(sys.argv[1:])
