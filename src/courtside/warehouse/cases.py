"""Chances of winning from a stage: the pack's, or the firm's own where these fit its past better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlglot import exp

from courtside.metrics.pack import Pack
from courtside.warehouse.frame import Frame
from courtside.warehouse.relations import standing
from courtside.warehouse.sql import template

_LEAST_DECIDED = 30
"""Fewer decided cases say too little to set the pack's figure aside."""

_DECIDED = """
SELECT o.pipeline, h.stage, COUNT(DISTINCT CASE WHEN o.status = 'won' THEN o.opportunity_id END),
  COUNT(DISTINCT o.opportunity_id)
FROM :cases AS o JOIN stage_changes AS h ON h.opportunity_id = o.opportunity_id
WHERE o.status <> 'open' AND CAST(o.closed_at AS DATE) > :d - INTERVAL '24' MONTH AND CAST(h."at" AS DATE) <= :d
GROUP BY o.pipeline, h.stage
"""


def stage_probabilities(frame: Frame, pack: Pack) -> tuple[list[Sequence[Any]], list[str]]:
    """Rows (pipeline, stage, probability), and for each pipeline a sentence saying whose they are.

    The firm's own chance of a stage is won / decided among cases of the last 24 months that entered it.
    It counts where at least 30 are decided and its leave-one-out Brier score is lower than the pack's.
    """
    cases = exp.Subquery(this=standing("opportunities", frame))
    decided = frame.engine.run(_query(template(_DECIDED, d=frame.clock.as_of, cases=cases)))
    own = {(pipeline, stage): (int(won), int(n)) for pipeline, stage, won, n in decided}
    rows: list[Sequence[Any]] = []
    notes: list[str] = []
    for pipeline, stages in pack.stages.items():
        found = [(s.name, *_better(s.probability, *own.get((pipeline, s.name), (0, 0)))) for s in stages]
        rows.extend((pipeline, name, chance) for name, chance, _ in found if chance is not None)
        notes.append(_note(pipeline, [name for name, _, is_own in found if is_own]))
    return rows, notes


def _query(tree: exp.Expr) -> exp.Query:
    if not isinstance(tree, exp.Query):
        raise TypeError(type(tree).__name__)
    return tree


def _better(pack: float | None, won: int, decided: int) -> tuple[float | None, bool]:
    """The chance that fits better and whether it is the firm's own.

    >>> _better(0.5, 10, 100)
    (0.1, True)
    """
    if decided < _LEAST_DECIDED:
        return pack, False
    lost, others = decided - won, decided - 1
    own = won * (1 - (won - 1) / others) ** 2 + lost * (won / others) ** 2
    if pack is not None and won * (1 - pack) ** 2 + lost * pack**2 <= own:
        return pack, False
    return won / decided, True


def _note(pipeline: str, own: Iterable[str]) -> str:
    listed = ", ".join(own)
    if not listed:
        return f"Stage probabilities of the {pipeline} pipeline are the pack's."
    return f"Stage probabilities of the {pipeline} pipeline are the firm's own for {listed}, else the pack's."
