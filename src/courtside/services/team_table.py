"""The page of a team: by name for those who lead its people, nameless for its reps, in total for executives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.box_score import card_metrics, days_in_words
from courtside.services.box_score_figures import Everyone, everyone
from courtside.services.box_score_periods import Choice, Frame, choices, frame_of
from courtside.services.refused import unknown
from courtside.services.team_compare import Comparison, Figure, compare
from courtside.services.team_funnel import Audience, FunnelPlot, funnel_of
from courtside.services.team_list import how_much
from courtside.services.team_own import OwnInTeam, own_in_team
from courtside.services.team_page import GROUPS, Head, Scale, Tab, TeamWanted, scale_of
from courtside.services.team_people import EVERYBODY, Mate, mates_of, of_role, roles_of
from courtside.services.team_spread import Spread, spread_of
from courtside.services.team_total import TotalOnly, total_only
from courtside.services.team_words import (
    cases_words,
    likely_words,
    note_of,
    on_scale,
    sentence_of,
    state_of,
    value_words,
)
from courtside.services.viewing import NotFound, Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A person's line. `link` is the id of a person whose box score the viewer may open, else empty."""

    name: str
    link: str
    chip: str
    value: str
    likely: str
    cases: str
    state: str
    state_words: str
    at: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """The lines on one side of the team's line, in the order of names."""

    label: str
    hint: str
    rows: tuple[NamedRow, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the table across."""

    value: str
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Across:
    """A person's figures in every metric."""

    name: str
    link: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class NamedTeam:
    """The page of those who may see everybody by name."""

    head: Head
    frame: Frame
    choices: tuple[Choice, ...]
    role: str
    roles: tuple[str, ...]
    tabs: tuple[Tab, ...]
    metric: str
    label: str
    shows_other: bool
    other_label: str
    value_label: str
    sentence: tuple[str, ...]
    line: str
    scale: Scale | None
    groups: tuple[NamedGroup, ...]
    why_not: str
    spread: Spread | None
    funnel: FunnelPlot | None
    across: tuple[Across, ...]
    is_empty: bool
    is_bare: bool
    """Whether nothing is recorded in any metric."""


TeamPage = NamedTeam | OwnInTeam | TotalOnly


def team_page(visit: Visit, team: str, wanted: TeamWanted) -> TeamPage:
    """A team as far as the viewer may see it. Raises NotFound, and Refused for periods and metrics nobody knows."""
    shows = how_much(visit, team)
    if shows is None:
        raise NotFound
    frame = frame_of(visit, wanted.grain, wanted.period)
    head = Head(team, days_in_words(frame))
    metrics = card_metrics(visit)
    if wanted.metric and wanted.metric not in {metric.name for metric in metrics}:
        raise unknown("metric on the card", wanted.metric, (metric.name for metric in metrics))
    if shows == "total":
        return total_only(visit, head, frame, metrics)
    all_of_it = everyone(visit, [metric.name for metric in metrics], frame.period)
    mates = mates_of(visit, team, all_of_it)
    if shows == "own":
        return own_in_team(visit, head, frame, wanted, metrics, all_of_it, mates)
    _note_look(visit, team, mates)
    return _named(visit, head, frame, wanted, metrics, all_of_it, mates)


def comparisons_of(
    visit: Visit, metrics: Sequence[Metric], all_of_it: Everyone, mates: Sequence[Mate]
) -> Mapping[str, Comparison]:
    """Some people beside each other in every metric."""
    from courtside.analysis.kinds import kind_of  # noqa: PLC0415  (numpy and scipy load now)

    catalogue = visit.catalogue()
    return {one.name: compare(one, kind_of(one, catalogue), all_of_it, mates) for one in metrics}


def _named(
    visit: Visit, head: Head, frame: Frame, wanted: TeamWanted, metrics: Sequence[Metric], all_of_it: Everyone,
    mates: Sequence[Mate],
) -> NamedTeam:  # fmt: skip
    roles = roles_of(mates)
    role = wanted.role if wanted.role in (*roles, EVERYBODY) else (roles[0] if roles else EVERYBODY)
    shown = of_role(mates, role)
    found = comparisons_of(visit, metrics, all_of_it, shown)
    chosen = found[wanted.metric or _first(found, metrics)]
    currency = visit.standing.workspace.settings.currency
    is_rate = chosen.kind.value == "rate"
    desk = _Desk(visit, chosen, currency, wanted.is_other and (is_rate or chosen.is_by_week))
    line = "" if chosen.line is None else on_scale(chosen, chosen.line, currency)
    return NamedTeam(
        head, frame, choices(visit, frame, _frames_needed(chosen)), role, roles if len(roles) > 1 else (),
        tuple(Tab(m.name, m.label, note_of(found[m.name]), m.name == chosen.metric.name) for m in metrics),
        chosen.metric.name, chosen.metric.label, desk.is_other, _other_label(chosen, desk.is_other),
        _value_label(chosen, desk.is_other), sentence_of(chosen), line, scale_of(chosen), _groups(desk), chosen.why_not,
        spread_of(chosen, all_of_it, role) if role != EVERYBODY and chosen.is_complete else None,
        funnel_of(visit, frame, wanted.funnel, role, all_of_it, shown, Audience(visit.people())),
        _across(visit, [found[metric.name] for metric in metrics], shown, currency), chosen.is_empty,
        all(one.is_empty for one in found.values()),
    )  # fmt: skip


def _first(found: Mapping[str, Comparison], metrics: Sequence[Metric]) -> str:
    """The first metric of which anything is recorded."""
    return next((one.name for one in metrics if not found[one.name].is_empty), metrics[0].name)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the lines are written from."""

    visit: Visit
    comparison: Comparison
    currency: str
    is_other: bool

    def row(self, figure: Figure) -> NamedRow:
        state, words = state_of(self.comparison, figure)
        link = figure.mate.person_id if figure.mate.person_id in self.visit.people() else ""
        return NamedRow(
            figure.mate.name, link, figure.mate.apart.partition(":")[0],
            value_words(self.comparison, figure, self.currency, self.is_other),
            likely_words(self.comparison, figure, self.currency, self.is_other),
            cases_words(self.comparison, figure), state, words, figure.at, figure.low, figure.high,
        )  # fmt: skip


def _groups(desk: _Desk) -> tuple[NamedGroup, ...]:
    labels = GROUPS if desk.comparison.line is not None else {**GROUPS, "even": ("Values", "in the order of names")}
    return tuple(
        NamedGroup(label, hint, tuple(desk.row(figure) for figure in desk.comparison.on(side)))
        for side, (label, hint) in labels.items()
        if desk.comparison.on(side)
    )


def _across(
    visit: Visit, found: Sequence[Comparison], mates: Sequence[Mate], currency: str
) -> tuple[Across, ...]:  # fmt: skip
    lines = []
    for number, mate in enumerate(mates):
        cells = []
        for comparison in found:
            figure = comparison.figures[number]
            cells.append(Cell(value_words(comparison, figure, currency, False), *state_of(comparison, figure)))
        lines.append(Across(mate.name, mate.person_id if mate.person_id in visit.people() else "", tuple(cells)))
    return tuple(lines)


def _frames_needed(comparison: Comparison) -> list[str | None]:
    """The time frame of each figure that can have one."""
    if comparison.kind.value not in ("rate", "count"):
        return []
    rows = [figure.row for figure in comparison.figures if figure.side != "apart"]
    return [row["time_frame"] for row in rows if row is not None]


def _other_label(comparison: Comparison, is_other: bool) -> str:
    """What the other way to show the values is called; empty where there is none."""
    if comparison.kind.value == "rate":
        return "Show as rates" if is_other else "Show as counts"
    if comparison.is_by_week:
        return "Show as counted" if is_other else "Show by week there"
    return ""


def _value_label(comparison: Comparison, is_other: bool) -> str:
    return "Per week there" if is_other and comparison.is_by_week else "Value"


def _note_look(visit: Visit, team: str, mates: Sequence[Mate]) -> None:
    """Looks at named figures by others than the direct manager go into the log, as one act."""
    from courtside.store import audit  # noqa: PLC0415  (Django stays out of start-up)

    own, hierarchy, today = visit.viewer.person_id, visit.hierarchy, visit.today
    others = [mate.person_id for mate in mates if mate.person_id != own]
    is_watched = visit.viewer.is_read_only
    persons = [one for one in others if is_watched or own not in hierarchy.managers_of(one, today)]
    if persons:
        audit.write(audit.Act(visit.caller.clock(), visit.caller.who, "see_team", {"team": team, "persons": persons}))
