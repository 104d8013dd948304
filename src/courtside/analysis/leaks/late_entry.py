"""How long after the day they carry cases are written down: whether the newest losses are in yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from courtside.analysis.leaks.words import late_entry_note
from courtside.warehouse.engine import Engine
from courtside.warehouse.sql import template

_CLOSED = """
SELECT pipeline, status, CAST(closed_at AS DATE) AS closed_on, _batch, COUNT(*) FROM opportunities
WHERE status <> 'open' AND CAST(closed_at AS DATE) > :first AND CAST(closed_at AS DATE) <= :d
GROUP BY pipeline, status, CAST(closed_at AS DATE), _batch
"""
_LEAST, _LATER_DAYS = 20, 7
"""So many losses and wins before their lags are told, and by so many days the losses' must be longer."""


def late_entries(engine: Engine, recorded: Mapping[int, date], as_of: date, wanted: str | None = None) -> Iterator[str]:
    """A note for each pipeline whose losses are imported later after their day than its wins.

    Only cases closed after the first import tell: of earlier ones nobody knows when they were written down. The lag
    is that of the batch which holds the row now, in days; both kinds are measured alike. Nothing is dated anew.
    Source: METHODS 3, "late-recorded losses".
    """
    if len(recorded) <= 1:
        return
    query = template(_CLOSED, first=min(recorded.values()), d=as_of)
    lags: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pipeline, status, closed_on, batch, n in engine.run(query):  # type: ignore[arg-type]
        if batch in recorded and wanted in (None, pipeline):
            lags[pipeline, status] += [(recorded[batch] - closed_on).days] * int(n)
    for pipeline in sorted({name for name, _ in lags}):
        lost, won = lags[pipeline, "lost"], lags[pipeline, "won"]
        if min(len(lost), len(won)) >= _LEAST and np.median(lost) >= np.median(won) + _LATER_DAYS:
            yield late_entry_note(pipeline, float(np.median(lost)), float(np.median(won)), len(lost) + len(won))
