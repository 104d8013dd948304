"""Records that are worth a second look at how they came about: very short calls, bursts, close dates moved again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlglot import exp

from courtside.analysis.statistics.distributions import Array, array
from courtside.analysis.statistics.funnel import ALARM, LEAST_UNITS, rates_apart
from courtside.analysis.statistics.intervals import wilson
from courtside.analysis.wording import between, percent, plural
from courtside.metrics.metric import Unit
from courtside.warehouse.engine import Engine
from courtside.warehouse.quality import BURST
from courtside.warehouse.recording import bursts, pushed, short_calls

SHORT_S = 15
"""Seconds in which two people hardly say hello."""
AGAIN = 2
"""From so many moves on, a close date was moved repeatedly."""
_LEAST_CASES = 20


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of record to look at: what it counts, out of what, and the words for both."""

    name: str
    of: str
    what: str
    look: str


SIGNS = {
    "short_calls": Sign(
        "short_calls", "connected calls", f"lasted less than {SHORT_S} seconds", "how calls are marked as connected"
    ),
    "bursts": Sign(
        "bursts", "activities", f"stand in a minute with {BURST} or more of them", "whether they are entered in bulk"
    ),
    "pushed": Sign(
        "pushed", "opportunities", "had the expected close moved later more than once", "how close dates are set"
    ),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of so many, for each person, of one kind of record."""

    sign: Sign
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def authenticity(engine: Engine, as_of: date) -> tuple[list[Mapping[str, Any]], list[str]]:
    """A row for everybody who stands out among people of the role in the year before as-of, and what was looked at.

    Standing out is 3.09 standard deviations above the pool with its real spread allowed for, 1 in 500 by chance
    (Spiegelhalter 2005; METHODS 1.3), from 20 cases on; roles of fewer than ten people are not compared.
    It speaks of records, never of intent.
    """
    since = as_of - timedelta(days=365)
    roles = {str(p): str(r or "") for p, r in engine.run(exp.select("person_id", "role").from_("people"))}
    names = engine.person_names()
    tallies = [
        Tally(SIGNS["short_calls"], short_calls(engine, since, as_of, SHORT_S)),
        Tally(SIGNS["bursts"], bursts(engine, since, as_of)),
        Tally(SIGNS["pushed"], pushed(engine, as_of, AGAIN)),
    ]
    rows = [row for tally in tallies for row in standing_out(tally, roles, names)]
    return rows, [_looked_at(tally) for tally in tallies]


def standing_out(tally: Tally, roles: Mapping[str, str], names: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """The rows of those who stand out for one kind of record, role by role, the furthest first."""
    enough = {person: counts for person, counts in tally.counts.items() if counts[1] >= _LEAST_CASES}
    for role in sorted({roles.get(person, "") for person in enough}):
        people = sorted(person for person in enough if roles.get(person, "") == role)
        if len(people) < LEAST_UNITS:
            continue
        seen, of = array([enough[person][0] for person in people]), array([enough[person][1] for person in people])
        if seen.sum() == 0:
            continue
        apart = rates_apart(seen, of)
        for at in np.argsort(-apart, kind="stable"):
            if apart[at] > ALARM:
                yield _row(tally.sign, people[at], names, (seen, of), int(at))


def _row(sign: Sign, person: str, names: Mapping[str, str], pool: tuple[Array, Array], at: int) -> Mapping[str, Any]:
    """One person's row, beside what is usual: the median share of the others of the role."""
    seen, of = pool
    usual = float(np.median(np.delete(seen / of, at)))
    found = wilson(seen[[at]], of[[at]])
    interval = (float(found.low[0]), float(found.high[0]))
    return {
        "note": sign.name, "scope": f"person:{person}", "label": names.get(person, person), "count": int(seen[at]),
        "n": int(of[at]), "value": float(seen[at] / of[at]), "interval": list(interval), "usual": usual,
        "peers": len(seen) - 1, "sentence": _sentence(sign, int(seen[at]), int(of[at]), interval, usual, len(seen) - 1),
    }  # fmt: skip


def _sentence(sign: Sign, seen: int, of: int, interval: tuple[float, float], usual: float, peers: int) -> str:
    """What was seen, what is usual, and what to look at; never why."""
    return (
        f"{seen:,} of {of:,} {sign.of} {sign.what}: {percent(seen / of, 2)} ({between(*interval, Unit.PERCENT)}). "
        f"Among {peers} others of the role {percent(usual, 2)} is usual. "
        f"Worth a look at {sign.look}; there may be a good reason for it."
    )


def _looked_at(tally: Tally) -> str:
    cases, people = sum(of for _, of in tally.counts.values()), len(tally.counts)
    if not cases:
        return f"{tally.sign.name}: nothing recorded that could be looked at."
    return f"{tally.sign.name}: looked at {cases:,} {tally.sign.of} of {plural(people, 'person', 'people')}."
