"""The box score: one person's figures of a period in ladder order, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtside.services.box_score_figures import everyone, series
from courtside.services.box_score_lines import Desk, Line, line_of, told_of
from courtside.services.box_score_looks import Seen, may_see_looks, who_looked
from courtside.services.box_score_periods import Choice, Frame, choices, earlier, frame_of
from courtside.services.score_card import card_of
from courtside.services.viewing import Visit

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

RUNGS = {
    "input": ("Handed to them", "Not in the person's hands: read results beside it."),
    "activity": ("Causes", "Fully in one's own hands."),
    "objective": ("Influence", "Partly in one's own hands."),
    "result": ("Results", "Reached only through what stands above."),
}
"""The rungs in the order of the page: what they are called, and what that means."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the period's length, its name, and whether to set it beside an earlier one."""

    grain: str = ""
    period: str = ""
    is_compared: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """Who the page is about, as they were in the period."""

    person_id: str
    name: str
    is_self: bool
    facts: tuple[str, ...]
    ramp: str


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one rung."""

    rung: str
    label: str
    hint: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class BoxScore:
    """The page."""

    head: Head
    frame: Frame
    days: str
    headline: tuple[str, ...]
    groups: tuple[Group, ...]
    choices: tuple[Choice, ...]
    series_label: str
    compared: str
    compared_period: str
    compare_label: str
    shows_looks: bool
    looks: tuple[Seen, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is recorded of the person in the period."""
        return all(line.drawn.value is None for group in self.groups for line in group.lines)


def box_score(visit: Visit, person_id: str, wanted: Wanted) -> BoxScore:
    """A person's box score. Raises NotFound for whom the viewer may not see, Refused for a period nobody knows."""
    person = visit.person(person_id)
    frame = frame_of(visit, wanted.grain, wanted.period)
    card = card_in_force(visit)
    desk = _desk_of(visit, person, frame, card, wanted.is_compared)
    told = [told_of(desk, metric, frame.period.name) for metric in card.metrics]
    compared_with, ago = earlier(visit, frame)
    from courtside.analysis.cards.headline import headline  # noqa: PLC0415  (numpy and scipy are loaded by now)

    return BoxScore(
        head_of(visit, desk), frame, days_in_words(frame), headline(told), tuple(_groups(desk, card)),
        choices(visit, frame, _frames_needed(desk, card)), series_label(desk),
        compared_with.name if wanted.is_compared else "", compared_with.name, f"Compare with {ago}",
        may_see_looks(visit, person), who_looked(visit, person),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """The metrics of the workspace's card from causes to results, the versions in force, and which are counted."""

    metrics: tuple[Metric, ...]
    versions: Mapping[str, int]
    counted: frozenset[str]

    @property
    def names(self) -> list[str]:
        """The names of the metrics."""
        return [metric.name for metric in self.metrics]


def card_in_force(visit: Visit) -> Card:
    """The workspace's card as published. Raises Refused if its pack has no such card."""

    def read() -> Card:
        from courtside.analysis.kinds import Kind, kind_of  # noqa: PLC0415  (numpy and scipy load now)

        catalogue, order = visit.catalogue(), list(RUNGS)
        found = [catalogue[name] for name in card_of(visit.standing.workspace) if name in catalogue]
        return Card(
            tuple(sorted(found, key=lambda metric: order.index(metric.rung.value))),
            {name: one.version for name, one in visit.published().items()},
            frozenset(m.name for m in found if kind_of(m, catalogue) in (Kind.RATE, Kind.COUNT)),
        )

    return visit.remembered("card in force", read)


def card_metrics(visit: Visit) -> tuple[Metric, ...]:
    """The metrics of the workspace's card, from causes to results."""
    return card_in_force(visit).metrics


def _desk_of(visit: Visit, person: str, frame: Frame, card: Card, is_compared: bool) -> Desk:
    """What the lines are written from; everybody's figures stay in here."""
    before = everyone(visit, card.names, earlier(visit, frame)[0]) if is_compared else None
    everybody, runs = everyone(visit, card.names, frame.period), series(visit, card.names, frame.period)
    return Desk(person, everybody, runs, visit.standing.workspace.settings.currency, before)


def _groups(desk: Desk, card: Card) -> Iterator[Group]:
    for rung, (label, hint) in RUNGS.items():
        own = [metric for metric in card.metrics if metric.rung.value == rung]
        if own:
            yield Group(rung, label, hint, tuple(line_of(desk, m, card.versions.get(m.name, 1)) for m in own))


def _frames_needed(desk: Desk, card: Card) -> list[str | None]:
    """The time frame of each figure that is counted; None where a year is too short."""
    rows = [desk.everyone.row(name, desk.person) for name in card.names if name in card.counted]
    return [row["time_frame"] for row in rows if row is not None and row["value"] is not None]


def head_of(visit: Visit, desk: Desk) -> Head:
    """Name, role, team, segment and time in the work."""
    from courtside.records.working_days import month_of_employment  # noqa: PLC0415

    member = desk.everyone.members.get(desk.person)
    is_self = visit.viewer.person_id == desk.person
    name = visit.hierarchy.name(desk.person)
    if member is None:
        return Head(desk.person, name, is_self, (), "")
    facts = [member.role, member.team, member.segment, member.seniority, member.region]
    ramp = ""
    if member.readiness == "new" and member.hired_on is not None:
        ramp = f"new in the work, month {max(month_of_employment(member.hired_on, visit.today), 1)}"
    elif member.readiness == "away":
        ramp = "away for most of this period"
    return Head(desk.person, name, is_self, tuple(dict.fromkeys(fact for fact in facts if fact)), ramp)


def days_in_words(frame: Frame) -> str:
    """The first and last day of the period in words, and whether it is over."""
    from courtside.analysis.wording import day  # noqa: PLC0415

    days = f"{day(frame.period.starts_on)} to {day(frame.period.last_on)}"
    return days if frame.is_over else f"{days}, not over yet"


def series_label(desk: Desk) -> str:
    """What the small lines are drawn over."""
    periods = desk.series.periods
    if not periods:
        return "12 weeks"
    return "12 weeks" if (periods[0].ends_on - periods[0].starts_on).days == 7 else "12 months"
