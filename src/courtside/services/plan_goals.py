"""Goals of plans as live metrics: what may be asked for, how far it has come, and what is found of it at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from courtside.analysis.wording import day
from courtside.records.working_days import is_working_day
from courtside.services.plan_figures import Recent, days_of, over, recent
from courtside.services.refused import Refused, unknown
from courtside.services.viewing import Visit
from courtside.workflow.content import Figure, Goal
from courtside.workflow.events import Judged, Met
from courtside.workflow.goals import Checked, Judgement, check_goal, judge_count, judge_rate, judged, proposed
from courtside.workflow.record import Plan

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

WEEK = 5.0
"""Working days in a full week: a count is asked for by the week."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A metric that could become a goal: its name and label, and how it is asked for (`a week` or as a share)."""

    metric: str
    label: str
    is_rate: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """A goal as it would stand in a plan, and what speaks against it."""

    goal: Goal
    checked: Checked


@dataclass(frozen=True, slots=True)
class Live:
    """A goal as it stands today.

    `due` is what is to be reached by now; `whole` by the end, at the person's days present. `expected` by the pace of
    the days gone.
    """

    goal: Goal
    now: Judgement
    due: float
    whole: float
    share_gone: float


def choices(visit: Visit) -> tuple[Choice, ...]:
    """The metrics a goal can be about: activities and objectives, counted or shares of cases."""
    return tuple(Choice(one.name, one.label, _is_rate(visit, one)) for one in _metrics(visit))


def _metrics(visit: Visit) -> Iterator[Metric]:
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415  (numpy loads now)
    from courtside.metrics.metric import Direction, Rung, Unit  # noqa: PLC0415

    catalogue = visit.catalogue()
    for one in catalogue:
        is_theirs = one.rung in (Rung.ACTIVITY, Rung.OBJECTIVE) and one.unit in (Unit.COUNT, Unit.PERCENT)
        if one.internal or not is_theirs or one.direction is Direction.NONE:
            continue
        if kind_of(one, catalogue) in (Kind.RATE, Kind.COUNT):
            yield one


def _is_rate(visit: Visit, metric: Metric) -> bool:
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415

    return kind_of(metric, visit.catalogue()) is Kind.RATE


def weigh(
    visit: Visit, person_id: str, metric: str, level: float, period: tuple[date, date], *, is_decisive: bool
) -> Weighed:
    """A goal for the days of a period (the second excluded): a count by the full week, or a share of cases.

    8 a week over 60 days (43 working days) -> 69. Raises Refused for what can be no goal, and without figures.
    """
    if metric not in visit.catalogue():
        raise unknown("metric", metric, (one.metric for one in choices(visit)))
    found = recent(visit, metric, person_id)
    of = visit.catalogue()[metric]
    if found is None:
        raise Refused(
            f"{of.label} cannot be a goal: it is no count and no share of cases, or nothing of it is recorded of the "
            "person in the last half year"
        )
    goal = _goal(visit, person_id, of, found, level, period, is_decisive=is_decisive)
    return Weighed(goal, check_goal(proposed(goal, (period[1] - period[0]).days)))


def _goal(  # noqa: PLR0913  (a goal in all its parts)
    visit: Visit, person_id: str, of: Metric, found: Recent, level: float, period: tuple[date, date], *,
    is_decisive: bool,
) -> Goal:  # fmt: skip
    from courtside.metrics.metric import Direction  # noqa: PLC0415

    days = days_of(visit, person_id, *period)
    share = days.present / days.working if days.working else 0.0
    target = level if found.is_rate else level / WEEK * days.working
    cases = found.of / found.days * days.present if found.is_rate and found.days else 0.0
    version = visit.published().get(of.name)
    return Goal(
        key=of.name, metric=of.name, version=version.version if version else 0, label=of.label, target=target,
        unit=of.unit, direction=of.direction, rung=of.rung, due_events=cases if found.is_rate else target * share,
        phi=found.phi,
        share_of_peers=found.share_reached(level if found.is_rate else level / WEEK, is_down=of.direction is
                                           Direction.DOWN),
        is_decisive=is_decisive, figure=Figure(found.value, found.n, found.low, found.high),
        expected_next=found.expected,
    )  # fmt: skip


def expectations(visit: Visit, person_id: str, goals: Iterable[Goal]) -> Mapping[str, Any]:
    """What is to be expected of a person next of their own accord, made now: metric -> `Expectation.to_json`.

    It goes into the act that writes the goals down, so that nobody can make it afterwards (METHODS 10 b).
    """
    found = {one.metric: recent(visit, one.metric, person_id) for one in goals}
    return {name: one.expectation for name, one in found.items() if one is not None and one.expectation is not None}


def level_of(goal: Goal, content_days: float) -> float:
    """What a goal asks for as the form puts it: by the full week, or as a share."""
    return goal.target if _of_cases(goal) else goal.target * WEEK / content_days if content_days else goal.target


def _of_cases(goal: Goal) -> bool:
    return goal.unit.value == "percent"


def prefilled(visit: Visit, person_id: str, metrics: Iterable[str], period: tuple[date, date]) -> tuple[Goal, ...]:
    """Goals to begin a draft with: what like people usually do, of those metrics in which that can be told by the end.

    At most three, in the order given. Whoever writes the plan changes them.
    """
    allowed = {one.metric for one in choices(visit)}
    found: list[Goal] = []
    for name in dict.fromkeys(metrics):
        figure = recent(visit, name, person_id) if name in allowed else None
        if figure is None or not figure.usual:
            continue
        level = round(figure.usual, 2) if figure.is_rate else _round_week(figure.usual * WEEK)
        weighed = weigh(visit, person_id, name, level, period, is_decisive=True) if level > 0 else None
        if weighed is not None and weighed.checked.is_fine:
            found.append(weighed.goal)
    return tuple(found[:3])


def _round_week(value: float) -> float:
    return round(value) if value >= 2 else round(value, 1)  # noqa: PLR2004  (below two a week, tenths matter)


def live(visit: Visit, plan: Plan) -> tuple[Live, ...]:
    """Every goal of a plan as it stands today; none before it has begun. While days are to come nothing is final."""
    if plan.began_on is None:
        return ()
    found = (live_goal(visit, plan, goal, min(visit.today, plan.last_on)) for goal in plan.content.goals)
    return tuple(found) if visit.today > plan.last_on else tuple(map(_so_far, found))


def _so_far(one: Live) -> Live:
    """The same while days are to come: on course or behind by now, and neither met nor missed."""
    figure, _, rest = one.now.sentence.partition(". ")
    if "Records stop" in rest or "Nothing is recorded" in rest:
        return one
    figure = figure.removesuffix(", which does not reach it").rstrip(".")
    return replace(one, now=replace(one.now, sentence=f"{figure}. {_COURSE[one.now.verdict]}"))


_COURSE: Mapping[Met, str] = {
    Met.MET: "On course so far.",
    Met.NOT_MET: "Behind so far, by more than chance alone would make it.",
    Met.CANNOT_TELL: "It cannot be told yet.",
}


def live_goal(visit: Visit, plan: Plan, goal: Goal, last: date) -> Live:
    """One goal over the days from the beginning to `last`: judged against what was due in the days present.

    Where records stop earlier, only the days before are looked at, and nothing is called met or not met but a target
    that is reached already: days nobody has brought in are held against nobody.
    """
    until = visit.recorded_until()
    known = last if until is None or until >= last else until
    seen = over(visit, goal.metric, plan.person_id, plan.starts_on, known)
    whole, due = (due_in(visit, plan, goal, at) for at in (plan.ends_on, max(known + _ONE_DAY, plan.starts_on)))
    hits, of = (seen.hits, seen.of) if seen else (0.0, 0.0)
    if _of_cases(goal):
        now = judge_rate(goal.label, hits, of, goal.target, goal.direction)
        due = whole = goal.target
    else:
        now = judge_count(goal.label, hits, due, goal.phi, goal.direction)
    if until is None or _is_short(until, last):
        now = _unknown(now, until, is_reached=_is_reached(goal, hits, whole))
    total = (plan.ends_on - plan.starts_on).days
    return Live(goal, now, due, whole, min((last + _ONE_DAY - plan.starts_on).days / total, 1.0) if total else 1.0)


def _is_short(until: date, last: date) -> bool:
    """Whether a working day is not recorded yet."""
    return any(is_working_day(until + n * _ONE_DAY) for n in range(1, (last - until).days + 1))


def _is_reached(goal: Goal, hits: float, whole: float) -> bool:
    """Whether no further day could undo it: the whole count is there already."""
    return not _of_cases(goal) and goal.direction.value == "up" and whole > 0 and hits >= whole


def _unknown(now: Judgement, until: date | None, *, is_reached: bool) -> Judgement:
    """What can be said while days are missing."""
    if is_reached:
        return now
    stop = "Nothing is recorded yet." if until is None else f"Records stop on {day(until)}, before the last day of it."
    said = f"{now.sentence.partition('. ')[0].rstrip('.')}. {stop} It cannot be told whether the goal is met."
    return replace(now, verdict=Met.CANNOT_TELL, sentence=said)


def due_in(visit: Visit, plan: Plan, goal: Goal, until: date) -> float:
    """What is due at target from the beginning until a day, which is excluded, in the days the person was there.

    The target is for a full presence over the period as written: 69 in 43 working days, of which 33 are gone and 30
    were worked -> 48. Working days a pause took that the records do not show as an absence are not counted either.
    """
    content = plan.content
    base = days_of(visit, plan.person_id, content.starts_on, content.ends_on).working
    return goal.target * present_in(visit, plan, until) / base if base else 0.0


def present_in(visit: Visit, plan: Plan, until: date) -> float:
    """The days the person was there from the beginning of a plan until a day, pauses left out."""
    person, since = plan.person_id, plan.starts_on
    present = days_of(visit, person, since, until).present
    for pause in plan.pauses:
        first, end = max(pause.since, since), min(pause.until or until, until)
        if first < end:
            present -= days_of(visit, person, first, end).present
    return max(present, 0.0)


def judge(visit: Visit, plan: Plan) -> tuple[Judged, ...]:
    """Every goal as it is found at the end, or today where that is earlier: from the records, by nobody's hand."""
    last = min(visit.today, plan.last_on)
    return tuple(judged(goal.key, live_goal(visit, plan, goal, last).now) for goal in plan.content.goals)


def causes_of(visit: Visit, metric: str, named: Iterable[str] = ()) -> tuple[str, ...]:
    """The metrics goals are looked for in: those named, then what moves a metric, then the metric itself."""
    catalogue = visit.catalogue()
    moved_by = [one.metric for one in catalogue[metric].moved_by] if metric in catalogue else []
    below = [one.metric for name in moved_by for one in catalogue[name].moved_by]
    return tuple(dict.fromkeys([*(one for one in named if one in catalogue), *moved_by, *below, metric]))


def by_key(goals: Iterable[Goal]) -> Mapping[str, Goal]:
    """Goals by their keys."""
    return {goal.key: goal for goal in goals}
