"""A team as those see it who may see what it came to together, and none of its people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.box_score_figures import Row
from courtside.services.box_score_lines import state_of, state_words
from courtside.services.box_score_periods import Choice, Frame, choices
from courtside.services.figures_groups import grouped
from courtside.services.team_page import Head
from courtside.services.viewing import Visit
from courtside.store.access import SMALLEST_GROUP

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

TOO_FEW = f"Fewer than {SMALLEST_GROUP} people were in this team then: a figure of theirs would speak of single people."


@dataclass(frozen=True, slots=True)
class TotalLine:
    """What the team came to in one metric. `state` is that of its target, `early` without one."""

    metric: str
    label: str
    value: str
    likely: str
    cases: str
    target: str
    state: str
    state_words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TotalOnly:
    """The page of an executive. `why_not` says why there are no lines."""

    head: Head
    frame: Frame
    choices: tuple[Choice, ...]
    headline: tuple[str, ...]
    lines: tuple[TotalLine, ...]
    why_not: str


def total_only(visit: Visit, head: Head, frame: Frame, metrics: Sequence[Metric]) -> TotalOnly:
    """The team's figures together, none where too few were in it."""
    period = frame.period
    members = visit.hierarchy.members(head.team, period.starts_on, period.last_on)
    if len(members) < SMALLEST_GROUP:
        return TotalOnly(head, frame, choices(visit, frame, ()), (), (), TOO_FEW)
    key = ("team total", head.team, period.name)
    rows = visit.remembered(key, lambda: dict(_rows(visit, head.team, frame, metrics)))
    currency = visit.standing.workspace.settings.currency
    lines = tuple(_line(metric, rows[metric.name], currency) for metric in metrics if metric.name in rows)
    told = _headline(metrics, rows, frame, currency)
    return TotalOnly(head, frame, choices(visit, frame, ()), told, lines, "")


def _headline(metrics: Sequence[Metric], rows: Mapping[str, Row], frame: Frame, currency: str) -> tuple[str, ...]:
    from courtside.analysis.cards.headline import Told, headline  # noqa: PLC0415  (numpy and scipy are loaded by now)
    from courtside.metrics.metric import Rung  # noqa: PLC0415

    told = []
    for metric in (one for one in metrics if one.name in rows):
        row = rows[metric.name]
        over = row["verdict_period"] if row["verdict_period"] != frame.period.name else None
        told.append(
            Told(
                metric.label, metric.unit, metric.direction, row["verdict"], row["position"], row["value"],
                row["target"], over, currency, metric.rung is Rung.INPUT,
            )
        )  # fmt: skip
    return headline(told)


def _rows(visit: Visit, team: str, frame: Frame, metrics: Sequence[Metric]) -> Iterator[tuple[str, Row]]:
    """The complete row of each metric that can be told by team."""
    from courtside.warehouse.asked import Scope  # noqa: PLC0415  (DuckDB loads now)
    from courtside.warehouse.question import CannotAnswer, Question  # noqa: PLC0415

    scope, period = f"team:{team}", frame.period
    with visit.session() as session:
        for metric in metrics:
            question = Question(metric.name, (), None, period.starts_on, period.last_on, visit.today, None, (scope,))
            try:
                answer = grouped(visit, session, question, (Scope("team", team),))
            except CannotAnswer:
                continue
            if len(answer.rows) == 1:
                yield metric.name, answer.rows[0]


def _line(metric: Metric, row: Row, currency: str) -> TotalLine:
    from courtside.analysis.wording import amount, between, whole  # noqa: PLC0415

    span = (row["likely"] or row["interval"]) if row["value"] is not None else None
    state = state_of(row) if row["target"] is not None else "early"
    return TotalLine(
        metric.name, metric.label,
        "–" if row["value"] is None else amount(row["value"], metric.unit, currency),
        between(span[0], span[1], metric.unit, currency) if span else "",
        "" if row["n"] is None else whole(float(row["n"])),
        amount(row["target"], metric.unit, currency) if row["target"] is not None else "",
        state, state_words(row, state) if row["target"] is not None else "no target set", str(row["sentence"]),
    )  # fmt: skip
