"""The ladder as its pages show it: results and what moves them, with the figures of whom the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from courtside.records.period import Grain, Period
from courtside.services.box_score import RUNGS, days_in_words
from courtside.services.box_score_figures import latest_period
from courtside.services.box_score_periods import Frame, frame_of
from courtside.services.metric_page import lag_words
from courtside.services.refused import Refused
from courtside.services.scopes import COMPANY, check_scope, label_of, may_see_total
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Action, Errand

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.metric import Cause, Metric

GRAINS = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR)
_HINTS = {rung: hint for rung, (_, hint) in RUNGS.items()} | {"result": "Reached only through what moves it."}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody, or some people, whose figures can be shown on the ladder."""

    scope: str
    label: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A metric on the ladder with one figure, and the steps below it."""

    metric: str
    label: str
    rung: str
    value: str
    n: str
    lag: str = ""
    below: tuple[Step, ...] = ()
    more: int = 0
    """How many steps lie further below, and are not listed here."""
    is_met_before: bool = False
    """Whether its own steps stand further up the page already."""
    is_folded: bool = False
    """Whether the steps below are listed only when somebody asks for them."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose figures stand on the page and for when; without a frame there are no figures."""

    scope: str
    label: str
    choices: tuple[Choice, ...]
    frame: Frame | None
    days: str
    is_empty: bool
    """Whether nothing has been imported yet."""
    may_import: bool


@dataclass(frozen=True, slots=True)
class LadderPage:
    """Every result that moves nothing else, and all that moves it, step below step."""

    whose: Whose
    tops: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StepPage:
    """One metric: what it moves above, what moves it below."""

    whose: Whose
    step: Step
    question: str
    rung_hint: str
    above: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose figures, over which length of period, and which one."""

    scope: str = ""
    grain: str = ""
    period: str = ""


def ladder_page(visit: Visit, wanted: Wanted) -> LadderPage:
    """The ladder from its tops, with a figure beside every step.

    Raises NotFound for whom the viewer may not see, Refused for an unknown period.
    """
    from courtside.metrics.ladder import tops, walk  # noqa: PLC0415  (keeps start-up short)

    whose, catalogue = _whose(visit, wanted), visit.catalogue()
    below = {name: {step.metric.name for step in walk(catalogue, name)} for name in tops(catalogue)}
    starts = sorted(below, key=lambda name: (-len(below[name]), name))  # what most hangs on comes first
    desk = _desk(visit, whose)
    opened: set[str] = set()
    return LadderPage(whose, tuple(desk.tree(catalogue[name], opened) for name in starts))


def step_page(visit: Visit, name: str, wanted: Wanted) -> StepPage:
    """One metric of the ladder. Raises NotFound for one that is not in force, or whom the viewer may not see."""
    catalogue = visit.catalogue()
    if name not in catalogue:
        raise NotFound
    whose, metric = _whose(visit, wanted), catalogue[name]
    above = [(other, cause.lag_weeks) for other in catalogue for cause in other.moved_by if cause.metric == name]
    desk = _desk(visit, whose)
    return StepPage(
        whose, desk.step(metric, depth=2), metric.question, _HINTS[metric.rung.value],
        tuple(desk.step(other, lag_words(weeks)) for other, weeks in above),
    )  # fmt: skip


def _desk(visit: Visit, whose: Whose) -> _Desk:
    currency = visit.standing.workspace.settings.currency
    return _Desk(visit.catalogue(), _figures(visit, whose), currency)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What steps are written from."""

    catalogue: Catalogue
    figures: Mapping[str, Row | None]
    currency: str

    def tree(self, metric: Metric, opened: set[str], lag: str = "", depth: int = 0) -> Step:
        """A metric and everything below it, folded below its first steps; what was opened is not opened again."""
        if metric.name in opened:
            return self._written(metric, lag, (), is_met_before=bool(metric.moved_by))
        opened.add(metric.name)
        causes = self._causes(metric)
        below = tuple(self.tree(self.catalogue[cause.metric], opened, words, depth + 1) for cause, words in causes)
        return replace(self._written(metric, lag, below), is_folded=depth == 1)

    def step(self, metric: Metric, lag: str = "", depth: int = 0) -> Step:
        """A metric and, to some depth, what moves it."""
        causes = self._causes(metric)
        if not depth:
            return self._written(metric, lag, (), more=len(causes))
        below = tuple(self.step(self.catalogue[cause.metric], words, depth - 1) for cause, words in causes)
        return self._written(metric, lag, below)

    def _causes(self, metric: Metric) -> list[tuple[Cause, str]]:
        """What moves a metric, results before what leads to them, and after how long it shows."""
        order = list(RUNGS)
        causes = sorted(
            metric.moved_by,
            key=lambda cause: (-order.index(self.catalogue[cause.metric].rung.value), cause.lag_weeks),
        )
        return [(cause, lag_words(cause.lag_weeks)) for cause in causes]

    def _written(
        self, metric: Metric, lag: str, below: tuple[Step, ...], more: int = 0, is_met_before: bool = False
    ) -> Step:  # fmt: skip
        value, n = self._shown(metric)
        rung = RUNGS[metric.rung.value][0]
        return Step(metric.name, metric.label, rung, value, n, lag, below, more, is_met_before)

    def _shown(self, metric: Metric) -> tuple[str, str]:
        from courtside.analysis.wording import amount, whole  # noqa: PLC0415  (keeps start-up short)

        if metric.name not in self.figures:
            return "", ""
        row = self.figures[metric.name]
        if row is None:
            return "by stage", ""
        if row["value"] is None:
            return "not recorded", ""
        is_count = metric.unit.value == "count"
        n = "" if row["n"] is None or is_count else f"n {whole(row['n'])}"
        return amount(row["value"], metric.unit, self.currency), n


# Whose figures ---------------------------------------------------------------------------------------------


def _whose(visit: Visit, wanted: Wanted) -> Whose:
    scope = wanted.scope or _usual(visit)
    check_scope(visit, scope)
    is_empty = not _has_records(visit)
    frame = None if is_empty or not scope else frame_of(visit, wanted.grain, wanted.period)
    found = tuple(Choice(one, label, one == scope) for one, label in _choices(visit, scope))
    return Whose(
        scope, label_of(visit, scope), found, frame, days_in_words(frame) if frame else "", is_empty,
        visit.may_run(Errand.IMPORT_RECORDS),
    )  # fmt: skip


def _has_records(visit: Visit) -> bool:
    """Whether anything has been imported that figures could be made of."""
    try:
        return bool(latest_period(visit, Grain.WEEK))
    except Refused:
        return False


def _usual(visit: Visit) -> str:
    """The team of somebody who leads one, the firm for those who may see it, else one's own figures, else nothing."""
    led = _led(visit)
    if len(led) == 1:
        return f"team:{led[0]}"
    if visit.may_run(Errand.SEE_COMPANY):
        return COMPANY
    own = visit.viewer.person_id
    return f"person:{own}" if own and own in visit.hierarchy.names else ""


def _led(visit: Visit) -> Sequence[str]:
    """The teams of those the viewer leads."""
    led = visit.people() - {visit.viewer.person_id}
    return sorted({team for one in led for team in visit.hierarchy.teams_of(one, visit.today)})


def _choices(visit: Visit, scope: str) -> Iterable[tuple[str, str]]:
    found = {f"person:{visit.viewer.person_id}": "My own figures"} if _is_somebody(visit) else {}
    if scope.startswith("person:") and scope not in found:
        found[scope] = label_of(visit, scope)
    found |= {f"team:{team}": f"Team {team}" for team in sorted(visit.teams(Action.SEE_TEAM_TOTAL))}
    if visit.may_run(Errand.SEE_COMPANY):
        found[COMPANY] = "The whole firm"
    return found.items()


def _is_somebody(visit: Visit) -> bool:
    return visit.viewer.person_id in visit.hierarchy.names


def _figures(visit: Visit, whose: Whose) -> Mapping[str, Row | None]:
    """The bare figure of each metric; None where there are several, nothing where it cannot be cut so."""
    if whose.frame is None:
        return {}
    period, scope = whose.frame.period, whose.scope
    if scope.startswith("team:") and not may_see_total(
        visit, scope.removeprefix("team:"), period.starts_on, period.last_on
    ):
        return {}
    dimension, _, value = scope.partition(":")
    return _of_all(visit, dimension, period).get(value, {})


def _of_all(visit: Visit, dimension: str, period: Period) -> Mapping[str, Mapping[str, Row | None]]:
    """The figures of the whole ladder of every person or team, read in one go: the next to look waits for nothing."""
    by = () if dimension == COMPANY else (dimension,)
    return visit.remembered(
        ("ladder", by, period.name), lambda: _read(visit, _on_ladder(visit.catalogue()), by, period)
    )


def _on_ladder(catalogue: Catalogue) -> Sequence[str]:
    """Every metric of which a page shows a step."""
    return [metric.name for metric in catalogue if not metric.internal]


def read_ahead(visit: Visit) -> None:
    """Read the figures of the ladder as it opens, so that nobody waits for them. Raises Refused without records."""
    period = frame_of(visit, "", "").period
    for dimension in ("person", "team", COMPANY):
        _of_all(visit, dimension, period)


def _read(
    visit: Visit, names: Sequence[str], by: tuple[str, ...], period: Period
) -> Mapping[str, Mapping[str, Row | None]]:
    """Bare figures in one query, by whose they are (empty where they are not cut). Conversions come by stage: None."""
    from courtside.metrics.metric import Conversion  # noqa: PLC0415  (keeps start-up short)
    from courtside.warehouse.question import Question  # noqa: PLC0415  (DuckDB loads now)

    catalogue = visit.catalogue()
    staged = {name: None for name in names if isinstance(catalogue[name].body, Conversion)}
    rest = [name for name in names if name not in staged]
    question = Question(rest[0], by, None, period.starts_on, period.last_on, visit.today)
    with visit.session() as session:
        asked = session.asked_of(question, catalogue[rest[0]])
        figures = [(str(keys[0]) if keys else "", values) for _, keys, values in session.figures(rest, asked)]
    return {whose: {**staged, **values} for whose, values in figures}
