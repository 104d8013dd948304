"""`python -m bench.refresh WORKSPACE`: the full weekly refresh, timed from inside: rollup, then everyone's weeks."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.baseline import COLUMNS
from bench.company import STARTS_ON, company
from courtside.records.period import Grain
from courtside.services.caller import Caller, utc_now
from courtside.services.figures import inputs_now
from courtside.services.open_workspace import open_workspace
from courtside.warehouse.answer import Session, open_session
from courtside.warehouse.asked import Asked, Scope
from courtside.warehouse.clock import Clock
from courtside.warehouse.generation import Inputs, cache
from courtside.warehouse.question import Question
from courtside.warehouse.refresh import refresh

WEEKLY = "weekly"


def workspace_inputs(root: Path) -> Inputs:
    """What the figures of a workspace are made from now."""
    return inputs_now(open_workspace(root), Caller(who="bench"))


def session_of(inputs: Inputs, today: date) -> Session:
    """A place to ask from, over the generation just published."""
    session = open_session(inputs, Question(COLUMNS[0], (), None, None, None, today))
    if session.rollup is None:
        raise RuntimeError("the figures kept ready are not for this workspace's batches")
    return session


def weeks(session: Session, today: date, *scopes: Scope) -> Asked:
    """Every week of the benchmark's company: each person's, or those of one group."""
    calendar = session.calendar
    periods = calendar.between(STARTS_ON, company(1).last_on, Grain.WEEK)
    settled = session.rollup is not None and today >= session.rollup.settled_on
    people = session.people_of(scopes)
    clock, by = Clock(today, is_open_ended=settled), () if scopes else ("person",)
    return Asked(by, periods, clock, calendar, scopes, people, session.stretches_of(people))


def main(arguments: Sequence[str]) -> None:
    """Everything anew: nothing of an earlier generation is used."""
    root = Path(arguments[0])
    today = utc_now().date()
    inputs = workspace_inputs(root)
    shutil.rmtree(cache(root), ignore_errors=True)
    started = time.perf_counter()
    refresh(inputs)
    refreshed = time.perf_counter()
    session = session_of(inputs, today)
    session.engine.keep(WEEKLY, session.query((*COLUMNS, "days_present"), weeks(session, today)))
    done = time.perf_counter()
    told = {"seconds": done - started, "refresh": refreshed - started, "weekly": done - refreshed}
    print(json.dumps({**told, "metrics": len(COLUMNS) + 1}))


if __name__ == "__main__":
    main(sys.argv[1:])
