"""`python -m bench.diagnosis WORKSPACE`: everybody's gaps and leaks over eight quarters, beside the metrics alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from bench.refresh import session_of, workspace_inputs
from courtside.analysis.gaps.why import taken_apart, why_for_all
from courtside.analysis.leaks.rows import AskLeaks, leaks_for_all
from courtside.records.period import Grain, Period
from courtside.services.caller import utc_now
from courtside.warehouse.answer import Question, Session

QUARTERS = 8
STAGES = "stage_conversion"


def quarters(session: Session, today: date) -> Sequence[Period]:
    """The last eight whole quarters."""
    calendar = session.calendar
    found = [calendar.period_of(today, Grain.QUARTER)]
    while len(found) <= QUARTERS:
        found.append(calendar.period_of(found[-1].starts_on - timedelta(days=1), Grain.QUARTER))
    return found[:0:-1]


def main(arguments: Sequence[str]) -> None:
    """The figures as JSON. Raises RuntimeError if nothing was taken apart or no stage was looked at."""
    inputs, today = workspace_inputs(Path(arguments[0])), utc_now().date()

    def timed(work: Callable[[Session], int]) -> tuple[int, float]:
        """Rows and seconds of some work in a session of its own: neither side profits from what the other read."""
        session = session_of(inputs, today)
        started = time.perf_counter()
        return work(session), time.perf_counter() - started

    def gaps(session: Session) -> int:
        return sum(
            len(parts)
            for name in taken_apart(session.catalogue) for period in quarters(session, today)
            for parts in why_for_all(session, _asked(name, period, period, today)).values()
        )  # fmt: skip

    def leaks(session: Session) -> int:
        asked = quarters(session, today)
        by_person = AskLeaks(today, by="person", first=asked[0].starts_on, last=asked[-1].last_on)
        return len(leaks_for_all(session, by_person).rows)

    def alone(*names: str) -> Callable[[Session], int]:
        def ask(session: Session) -> int:
            first, *_, last = quarters(session, today)
            each = names or taken_apart(session.catalogue)
            return sum(len(session.ask(_asked(name, first, last, today)).rows) for name in each)

        return ask

    told: dict[str, float] = {}
    for what, work in (("why", gaps), ("figures", alone()), ("leaks", leaks), ("stages", alone(STAGES))):
        rows, seconds = timed(work)
        if not rows:
            raise RuntimeError(f"nothing to show for {what}")
        told |= {what: seconds, f"{what}_rows": rows}
    print(json.dumps(told))


def _asked(name: str, first: Period, last: Period, today: date) -> Question:
    return Question(name, ("person",), Grain.QUARTER, first.starts_on, last.last_on, today)


if __name__ == "__main__":
    main(sys.argv[1:])
