"""The questions of like with like: what each page asks, of which metrics, and what it allows for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.box_score import RUNGS
from courtside.services.show_benchmark import USUAL

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.metric import Metric

_FIRST = "closing_rate"
"""What a page opens with where the command wants a metric named."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One page: its tab, its title, what it asks, and what it allows for in words."""

    tab: str
    title: str
    asks: str
    allowed: tuple[str, ...]


QUESTIONS: Mapping[str, Asked] = {
    "people": Asked(
        "Top and rest", "The top third and the rest",
        "Where do those on top differ from people like them? Two groups, never single people.",
        (
            "Like with like: people of the same role, and where these are enough the same segment and time with the "
            "firm, are split into their top third and the others, and compared inside that group alone.",
            "Rates of leads and opportunities are counted as if all had been handed the same mix of sources, and every "
            "figure is drawn towards those of like people as far as it rests on few cases.",
            "New people and those who were away for most of the time take no part. A group of fewer than five is not "
            "shown, and nobody is shown who is in which.",
            "They differ only where the likely range, 95 in 100, leaves out that they do not; that so many things are "
            "compared is allowed for. It says that groups differ, not why.",
        ),
    ),
    "sources": Asked(
        "Lead sources", "Lead sources in the same hands",
        "Which sources are closed more often, whoever works them?",
        (
            "Like with like: each source is held against all others of the very people who worked it, so that a source "
            "good people happen to be handed is not named for that.",
            "The ranges of all sources hold together, 95 in 100. A source fewer than five people worked is left out.",
            "Which leads come is handed to people; a low rate of cold leads is the leads’, not theirs.",
        ),
    ),
    "persistence": Asked(
        "Following up", "Does following up pay here?",
        "Do more leads close in months in which somebody follows up more than is usual for them?",
        (
            "Like with like: everybody is compared with their own other months, never with others, so that who follows "
            "up more by nature does not matter.",
            "The sources of the leads, the number of leads and the calendar month are allowed for.",
            "It takes 40 people and 480 months of theirs. An association is no proof: a trial would be one.",
        ),
    ),
    "bands": Asked(
        "Sizes and levels", "Sizes of company and title levels",
        "Which cases are won more often, and is there a band to look for more of?",
        (
            "Like with like: each band is held against all others of the very people who worked it, so that a band "
            "good people happen to work is not named for that.",
            "The ranges of all bands hold together, 95 in 100. A band needs 30 cases.",
            "A band is proposed only where its whole range lies above that of the same people elsewhere.",
        ),
    ),
    "accounts": Asked(
        "Key accounts", "Effort with customers, and what it yields",
        "Where do touches and hours go by size of account, beside whether accounts stay and grow?",
        (
            "Nothing is evened out here: effort stands beside yield, and says not that the one brought the other.",
            "Who stayed: of those who were customers when the days began. How they grew: customers since a year "
            "before, beside the same days of that year; the range comes from dealing the accounts anew.",
        ),
    ),
    "levels": Asked(
        "Levels", "What each level really reaches",
        "What does the middle half of a level reach, and what does the next level do?",
        (
            "Like with like: roles apart, from the newest level to the oldest. New people and those who were away for "
            "most of the time take no part.",
            "The middle half is that of true levels: what chance alone adds is taken out. It takes ten people; a level "
            "of fewer than five is left out.",
        ),
    ),
    "map": Asked(
        "Map", "Teams and rungs",
        "On which rung is a team ahead of or behind people like its own?",
        (
            "Like with like: a team’s people beside those of the same role in all other teams, with the cases and days "
            "they really had.",
            "A gap or a strength only where the likely range, 95 in 100, leaves out what like people do; real "
            "differences between people are allowed for. Cells of fewer than five people are hidden.",
        ),
    ),
}  # fmt: skip
"""The questions in the order of their tabs."""


@dataclass(frozen=True, slots=True)
class MetricChoice:
    """A metric that can be chosen."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """The metrics of one rung."""

    label: str
    metrics: tuple[MetricChoice, ...]


def metric_groups(catalogue: Catalogue, what: str) -> tuple[MetricGroup, ...]:
    """The metrics a question can be asked of, rung by rung; none where it is asked of no single one."""
    if what in ("accounts", "map"):
        return ()
    fit = [metric for metric in catalogue if not metric.internal and _fits(metric, catalogue, what)]
    groups = []
    for rung, (label, _) in RUNGS.items():
        own = [MetricChoice(metric.name, metric.label) for metric in fit if metric.rung.value == rung]
        if own:
            groups.append(MetricGroup(label, tuple(own)))
    return tuple(groups)


def usual_metric(groups: Sequence[MetricGroup], what: str) -> str:
    """The metric a page opens with; empty where it is asked of none."""
    names = [one.name for group in groups for one in group.metrics]
    usual = USUAL.get(what) or _FIRST
    return usual if usual in names else next(iter(names), "")


def _fits(metric: Metric, catalogue: Catalogue, what: str) -> bool:
    from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.metrics.metric import Conversion, Measure, Ratio, Stock  # noqa: PLC0415

    if isinstance(metric.body, Conversion | Stock):
        return False
    kind = kind_of(metric, catalogue)
    if what == "levels":
        return kind in (Kind.RATE, Kind.COUNT, Kind.DEALT)
    if what == "people" and kind is Kind.COUNT:
        return True
    of = catalogue[metric.body.denominator].body if isinstance(metric.body, Ratio) else None
    return kind is Kind.RATE and isinstance(of, Measure) and of.table in ("leads", "opportunities")
