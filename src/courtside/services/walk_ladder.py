"""Walking the ladder: from a result down to the activities that move it, with lags and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from courtside.services.answer_metric import Answered, Ask, answer_all
from courtside.services.asking import read_clocks
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.list_metrics import require_metric
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.ladder import Step


@dataclass(frozen=True, slots=True)
class Walk:
    """Where to start (every result, if no metric is named), and whose figures to show on the way."""

    metric: str | None = None
    period: str | None = None
    scope: str = "company"
    as_of: date | None = None
    known_at: date | datetime | None = None


def walk_ladder(workspace: Workspace, caller: Caller, walk: Walk) -> Answered:
    """The steps, depth first. Raises Refused for an unknown metric, scope or period."""
    from courtside.metrics.ladder import tops  # noqa: PLC0415  (keeps start-up short)
    from courtside.metrics.ladder import walk as steps_below  # noqa: PLC0415

    catalogue = catalogue_in_force(workspace)
    if walk.metric is not None:
        require_metric(workspace, catalogue, walk.metric)
    starts = (walk.metric,) if walk.metric else tops(catalogue)
    steps = [step for start in starts for step in steps_below(catalogue, start)]
    asks = [
        Ask(name, period=walk.period, scopes=(walk.scope,), as_of=walk.as_of, known_at=walk.known_at)
        for name in dict.fromkeys(step.metric.name for step in steps)
    ]
    clocks = read_clocks(workspace, caller, walk.as_of, walk.known_at)
    figures, notes = _figures(workspace, caller, catalogue, asks)
    return Answered(tuple(_row(step, figures) for step in steps), notes, clocks.as_of, clocks.known_at)


def _figures(
    workspace: Workspace, caller: Caller, catalogue: Catalogue, asks: Sequence[Ask]
) -> tuple[dict[str, Mapping[str, Any]], tuple[str, ...]]:
    """The figure of each metric, if the workspace holds any record; those with several rows are left to `metric`."""
    from courtside.store.ledger import entries  # noqa: PLC0415  (Django stays out of start-up)

    if all(entry.undone_at is not None for entry in entries()):
        return {}, ("nothing has been imported yet, so there are no figures",)
    answers, notes = answer_all(workspace, caller, catalogue, asks)
    found = {a.metric: answer.rows[0] for a, answer in zip(asks, answers, strict=True) if len(answer.rows) == 1}
    return found, notes


def _row(step: Step, figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    metric = step.metric
    figure = figures.get(metric.name, {})
    return {
        "metric": metric.name,
        "label": metric.label,
        "rung": metric.rung.value,
        "depth": step.depth,
        "moves": step.moves,
        "lag_weeks": step.lag_weeks,
        "unit": metric.unit.value,
        "direction": metric.direction.value,
        **{key: figure.get(key) for key in ("scope", "period", "value", "n")},
    }
