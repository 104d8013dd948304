"""One number opened: its definition, its formula with the person's own figures, what happened, and the rows behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.services.box_score import Head, card_in_force, days_in_words, head_of
from courtside.services.box_score_figures import everyone, series
from courtside.services.box_score_lines import Desk, Line, line_of
from courtside.services.box_score_periods import Frame, frame_of
from courtside.services.number_chart import Drawn, chart_of
from courtside.services.number_events import Happened, happened
from courtside.services.number_formula import Formula, formula_of
from courtside.services.viewing import NotFound, Published, Visit
from courtside.services.year_so_far import year_so_far

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.metric import Metric

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Definition:
    """What the metric is, as published."""

    question: str
    version: int
    published_on: date | None
    direction: str
    notes: str
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Mover:
    """A metric beside this one on the ladder, and how many weeks lie between; `is_on_card` if the page has it."""

    metric: str
    label: str
    rung: str
    lag_weeks: int
    value: str


@dataclass(frozen=True, slots=True)
class Behind:
    """One record behind the number."""

    table: str
    identifier: str
    on: str
    value: str
    counted_as: str


@dataclass(frozen=True, slots=True)
class Stage:
    """The figure of one stage, where a metric is told stage by stage."""

    stage: str
    value: str
    cases: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the rows behind: the first is number 1."""

    rows: tuple[Behind, ...]
    number: int
    pages: int
    total: int

    @property
    def before(self) -> int | None:
        """The page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The page after."""
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True, slots=True)
class Opened:
    """The page of one number."""

    head: Head
    frame: Frame
    days: str
    line: Line
    definition: Definition
    formula: Formula
    stages: tuple[Stage, ...]
    chart: Drawn | None
    events: tuple[Happened, ...]
    moved_by: tuple[Mover, ...]
    moves: tuple[Mover, ...]
    behind: Page
    how: tuple[str, ...]
    has_factors: bool
    """Whether a gap of the number can be taken apart."""


def open_number(visit: Visit, person_id: str, metric: str, grain: str, period: str, page: int) -> Opened:
    """A number with all that stands behind it. Raises NotFound for people and metrics one may not see, Refused."""
    from courtside.analysis.gaps.why import has_identity  # noqa: PLC0415  (numpy and scipy load now)

    person, found = visit.person(person_id), _metric(visit, metric)
    frame = frame_of(visit, grain, period)
    names = _names(visit, found)
    desk = _desk(visit, person, frame, names)
    version, chart = visit.published().get(metric), chart_of(visit, person, found, names, frame.period)
    line = line_of(desk, found, version.version if version else 1)
    return Opened(
        head_of(visit, desk), frame, days_in_words(frame), line, _definition(found, version),
        formula_of(visit, person, found, frame.period), _stages(desk, found),
        chart, happened(visit, person, found, chart.periods if chart else ()),
        _movers(visit, desk, found, is_up=False), _movers(visit, desk, found, is_up=True),
        page_of(rows_behind(visit, person, found, frame), page),
        (*how_do_we_know(visit, desk, found), *year_so_far(visit, person, found, frame.period)),
        has_identity(found),
    )  # fmt: skip


def rows_for_download(visit: Visit, person_id: str, metric: str, grain: str, period: str) -> tuple[Behind, ...]:
    """Every row behind a number; taking them away goes into the log. Raises NotFound, Refused."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    person, found = visit.person(person_id), _metric(visit, metric)
    frame = frame_of(visit, grain, period)
    detail = {"person": person, "metric": metric, "period": frame.period.name}
    audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "box_score_rows", detail))
    return rows_behind(visit, person, found, frame)


def _metric(visit: Visit, name: str) -> Metric:
    catalogue = visit.catalogue()
    if name not in catalogue:
        raise NotFound
    return catalogue[name]


def _names(visit: Visit, metric: Metric) -> Sequence[str]:
    """The metrics of the card if this one is on it, else this metric alone."""
    names = card_in_force(visit).names
    return names if metric.name in names else [metric.name]


def _desk(visit: Visit, person: str, frame: Frame, names: Sequence[str]) -> Desk:
    currency = visit.standing.workspace.settings.currency
    return Desk(person, everyone(visit, names, frame.period), series(visit, names, frame.period), currency)


def _definition(metric: Metric, published: Published | None) -> Definition:
    better = {"up": "higher is better", "down": "lower is better", "none": "neither high nor low is better"}
    version, on = (published.version, published.on) if published else (1, None)
    return Definition(
        metric.question, version, on, better[metric.direction.value], metric.notes or "", metric.review_on
    )  # fmt: skip


def _stages(desk: Desk, metric: Metric) -> tuple[Stage, ...]:
    from courtside.analysis.wording import amount, whole  # noqa: PLC0415

    rows = desk.everyone.rows.get(metric.name, {}).get(desk.person, ())
    return tuple(
        Stage(
            str(row["stage"]), "–" if row["value"] is None else amount(row["value"], metric.unit, desk.currency),
            "" if row["n"] is None else f"n {whole(row['n'])}", str(row["sentence"]),
        )
        for row in rows if row.get("stage")
    )  # fmt: skip


# The ladder ------------------------------------------------------------------------------------------------


def _movers(visit: Visit, desk: Desk, metric: Metric, *, is_up: bool) -> tuple[Mover, ...]:
    """What moves a metric, or what it moves, with this person's figure where the card has it."""
    catalogue: Catalogue = visit.catalogue()
    if is_up:
        pairs = [(m, c.lag_weeks) for m in catalogue for c in m.moved_by if c.metric == metric.name]
    else:
        pairs = [(catalogue[cause.metric], cause.lag_weeks) for cause in metric.moved_by]
    return tuple(
        Mover(each.name, each.label, each.rung.value, lag, _shown(desk, each)) for each, lag in pairs
        if not each.internal
    )  # fmt: skip


def _shown(desk: Desk, metric: Metric) -> str:
    from courtside.analysis.wording import amount  # noqa: PLC0415

    row = desk.everyone.row(metric.name, desk.person)
    return "" if row is None or row["value"] is None else amount(row["value"], metric.unit, desk.currency)


# The rows --------------------------------------------------------------------------------------------------


def rows_behind(visit: Visit, person: str, metric: Metric, frame: Frame) -> tuple[Behind, ...]:
    """Every record behind a person's number, in the order they happened; none where the figure has no rows."""
    from courtside.warehouse.question import CannotAnswer, Question  # noqa: PLC0415

    period, scope = frame.period, f"person:{person}"
    question = Question(metric.name, (), None, period.starts_on, period.last_on, visit.today, None, (scope,))

    def read() -> tuple[Behind, ...]:
        with visit.session() as session:
            try:
                return tuple(map(_behind, session.behind(question).rows))
            except CannotAnswer:
                return ()

    return visit.remembered(("rows", question), read, is_bulky=True)


def _behind(row: Mapping[str, Any]) -> Behind:
    from courtside.analysis.wording import whole  # noqa: PLC0415

    on, value = row["on"], row["value"]
    words = whole(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value or "")
    return Behind(
        str(row["table"]).replace("_", " "), str(row["id"]), str(on)[:10] if on is not None else "", words,
        str(row["counted_as"]).replace("_", " "),
    )  # fmt: skip


def page_of(rows: Sequence[Behind], number: int) -> Page:
    """A page of fifty; a number beyond the last gives the last."""
    pages = max(-(-len(rows) // ROWS_A_PAGE), 1)
    number = min(max(number, 1), pages)
    start = (number - 1) * ROWS_A_PAGE
    return Page(tuple(rows[start : start + ROWS_A_PAGE]), number, pages, len(rows))


# How do we know? -------------------------------------------------------------------------------------------


def how_do_we_know(visit: Visit, desk: Desk, metric: Metric) -> tuple[str, ...]:
    """In plain sentences how sure one can be of this number, and why."""
    from courtside.analysis.kinds import kind_of  # noqa: PLC0415

    row = desk.everyone.row(metric.name, desk.person)
    told = [_METHOD[kind_of(metric, visit.catalogue()).value]]
    if row is None:
        return tuple(told)
    if row["likely"] is not None:
        told.append(
            "The likely range leans on people of the same role, segment and time with the firm, the more so the fewer "
            "one’s own cases are: the true level lies in it in 90 of 100 such cases."
        )
    over = row.get("verdict_period")
    if over and over != row["period"]:
        told.append(f"{row['period']} alone is too short to judge by, so the verdict is that of {over}.")
    if row["time_frame"]:
        told.append(f"The shortest period in which this figure can speak for this person is a {row['time_frame']}.")
    if not row["complete"] and row["matures_on"]:
        told.append(f"It is complete on {row['matures_on']}; until then it enters no trend and no comparison.")
    return tuple(told)


_METHOD = {
    "rate": "So many of so many: its range is Wilson’s, which stays honest with few cases.",
    "count": "A count of events: its range is the exact Poisson one for as many events as happened.",
    "dealt": "A figure of money or a mean: its range comes from dealing its own cases anew 2,000 times.",
    "ranked": "A middle value: its range comes from the order of its cases.",
    "bare": "A figure without chance in it, such as a stock on a day: it has no range.",
}
