"""A team as one of its reps sees it: the own figure, and the others without names, numbers or order of theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from courtside.services.box_score_figures import Everyone
from courtside.services.box_score_periods import Choice, Frame, choices
from courtside.services.team_compare import Comparison, Figure, compare
from courtside.services.team_funnel import Audience, FunnelPlot, funnel_of
from courtside.services.team_page import Head, Scale, Tab, TeamWanted, spanning
from courtside.services.team_people import Mate, of_role
from courtside.services.team_words import cases_words, likely_words, on_scale, state_of, value_words
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

FEWEST_DOTS = 8
"""With fewer others than this their dots are not drawn: a dot could be told to be somebody."""


@dataclass(frozen=True, slots=True)
class OwnRow:
    """The viewer's own figure."""

    value: str
    likely: str
    cases: str
    state: str
    state_words: str
    at: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Others:
    """The others of the same role: places to draw from low to high, or a range in words, or why there is neither."""

    number: int
    dots: tuple[float, ...]
    words: str


@dataclass(frozen=True, slots=True)
class OwnInTeam:
    """The page of a rep."""

    head: Head
    frame: Frame
    choices: tuple[Choice, ...]
    tabs: tuple[Tab, ...]
    metric: str
    label: str
    person_id: str
    """The viewer's own, for the way to their box score."""
    sentence: str
    own: OwnRow
    others: Others
    scale: Scale | None
    funnel: FunnelPlot | None


def own_in_team(
    visit: Visit, head: Head, frame: Frame, wanted: TeamWanted, metrics: Sequence[Metric], all_of_it: Everyone,
    mates: Sequence[Mate],
) -> OwnInTeam:  # fmt: skip
    """The page for one of the team. Raises NotFound for who is not."""
    own = next((mate for mate in mates if mate.person_id == visit.viewer.person_id), None)
    if own is None:
        raise NotFound
    chosen = _chosen(all_of_it, wanted, metrics, own)
    comparison = _comparison(visit, chosen, all_of_it, of_role(mates, own.role))
    mine = next(figure for figure in comparison.figures if figure.mate == own)
    currency = visit.standing.workspace.settings.currency
    others = others_of(comparison, mine, currency)
    line = comparison.line if others.dots else None
    same = of_role(mates, own.role)
    audience = Audience(frozenset(), FEWEST_DOTS, own.person_id)
    needed = [mine.row["time_frame"]] if mine.row is not None and comparison.kind.value in ("rate", "count") else []
    return OwnInTeam(
        head, frame, choices(visit, frame, needed),
        tuple(Tab(one.name, one.label, "", one is chosen) for one in metrics),
        chosen.name, chosen.label, own.person_id, _sentence(comparison, mine, currency, line),
        _own_row(comparison, mine, currency, line), others, _scale(mine, others, line),
        funnel_of(visit, frame, wanted.funnel, own.role, all_of_it, same, audience),
    )  # fmt: skip


def _chosen(all_of_it: Everyone, wanted: TeamWanted, metrics: Sequence[Metric], own: Mate) -> Metric:
    """The metric asked for, else the first of which anything is recorded of the viewer."""
    named = [one for one in metrics if one.name == wanted.metric]
    rows = [(one, all_of_it.row(one.name, own.person_id)) for one in metrics]
    recorded = [one for one, row in rows if row is not None and row["value"] is not None]
    return (named or recorded or list(metrics))[0]


def _comparison(visit: Visit, metric: Metric, all_of_it: Everyone, mates: Sequence[Mate]) -> Comparison:
    from courtside.analysis.kinds import kind_of  # noqa: PLC0415  (numpy and scipy load now)

    return compare(metric, kind_of(metric, visit.catalogue()), all_of_it, mates)


def others_of(comparison: Comparison, mine: Figure, currency: str) -> Others:
    """What a rep is shown of the others of the role: dots, a widened range, or nothing."""
    values = sorted(
        one.at for one in comparison.figures if one is not mine and one.side != "apart" and one.at is not None
    )
    if len(values) < SMALLEST_GROUP:
        few = f"Fewer than {SMALLEST_GROUP} others of your role can be compared here: nothing of theirs is shown."
        return Others(0, (), few)
    if comparison.line is None:
        return Others(0, (), comparison.why_not)
    if len(values) >= FEWEST_DOTS:
        return Others(len(values), tuple(values), "")
    low, high = (on_scale(comparison, end, currency) for end in _outward(values[0], values[-1]))
    told = f"{len(values)} others of your role lie between about {low.removesuffix(' per week there')} and {high}."
    return Others(len(values), (), told)


def _outward(low: float, high: float) -> tuple[float, float]:
    """A range widened to two digits, so that neither end is anybody's figure: 0.1234 and 17.8 -> 0.12 and 18."""
    return _two_digits(low, floor), _two_digits(high, ceil)


def _two_digits(value: float, to: Callable[[float], int]) -> float:
    if value == 0:
        return 0.0
    step = 10.0 ** (floor(log10(abs(value))) - 1)
    return to(value / step) * step


def _own_row(comparison: Comparison, mine: Figure, currency: str, line: float | None) -> OwnRow:
    state, words = state_of(comparison, mine)
    if line is None and not mine.why:
        state, words = "early", "not compared here"
    return OwnRow(
        value_words(comparison, mine, currency, False), likely_words(comparison, mine, currency, False),
        cases_words(comparison, mine), state, words, mine.at, mine.low, mine.high,
    )  # fmt: skip


def _sentence(comparison: Comparison, mine: Figure, currency: str, line: float | None) -> str:
    label = comparison.metric.label
    if mine.row is None or mine.row["value"] is None:
        return f"{label}: nothing is recorded of you in this period, which is not the same as nothing done."
    value, likely = (words(comparison, mine, currency, False) for words in (value_words, likely_words))
    told = f"{label}: {value}" + (f", likely {likely}" if mine.row["likely"] is not None else "")
    if line is None:
        return f"{told}."
    return f"{told}: {state_of(comparison, mine)[1]}."


def _scale(mine: Figure, others: Others, line: float | None) -> Scale | None:
    """A scale that holds what is drawn; a figure alone needs none."""
    known = [end for end in (mine.at, mine.low, mine.high, line, *others.dots) if end is not None]
    return spanning(known, line) if others.dots else None
