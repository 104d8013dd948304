"""A gap taken apart as a person's and a team's page show it: what is theirs, what was handed, timing and the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.services.box_score_periods import Frame
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP

if TYPE_CHECKING:
    from courtside.analysis.gaps.why import Whys
    from courtside.metrics.metric import Metric
    from courtside.warehouse.session import Session

AGAINST = {"target": "the target", "previous": "the period before", "peers": "others of the role"}
"""What a result can be held against, and what that is called."""
BLOCKS = {
    "theirs": ("Theirs", "what a person does, or brings about"),
    "handed": ("Handed to them, not theirs", "leave and late starts, the ramp, how many leads came and of what mix"),
    "timing": ("Timing", "what the period counted that its cases did not bring, or the other way round"),
    "plan": ("The plan", "what the plan asks for beyond what its factors lead to"),
}
"""In whose hands a factor lies, in the order of the page: what that is called, and what it holds."""

Told = tuple[Sequence[Mapping[str, Any]], Sequence[str]]
"""Rows and notes; no rows and the reason where nothing can be taken apart."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One factor: its words, and where its effect and range lie on the page's scale.

    `metric` is that of a factor that is theirs and short, so that its number can be opened; else empty.
    """

    label: str
    effect_words: str
    range_words: str
    chance_words: str
    sentence: str
    effect: float
    low: float | None
    high: float | None
    state: str
    metric: str


@dataclass(frozen=True, slots=True)
class Block:
    """The factors in the same hands."""

    label: str
    hint: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to hold the result against something."""

    against: str
    label: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Another result that can be taken apart."""

    metric: str
    label: str


@dataclass(frozen=True, slots=True)
class GapPage:
    """What both pages show. `why_not` says why nothing can be taken apart, where that is so."""

    metric: str
    label: str
    frame: Frame
    choices: tuple[Choice, ...]
    others: tuple[Other, ...]
    headline: str
    of_the_team: str
    blocks: tuple[Block, ...]
    how: tuple[str, ...]
    why_not: str

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the most of the scale all effects and ranges share; it holds 0."""
        bars = [bar for block in self.blocks for bar in block.bars]
        known = [end for bar in bars for end in (0.0, bar.effect, bar.low, bar.high) if end is not None]
        return min(known, default=0.0), max(known, default=0.0)


def result_of(visit: Visit, name: str) -> Metric:
    """The metric an address names. Raises NotFound."""
    if name not in visit.catalogue() or visit.catalogue()[name].internal:
        raise NotFound
    return visit.catalogue()[name]


def held_against(asked: str) -> str:
    """What a result is held against; its target unless asked otherwise."""
    return asked if asked in AGAINST else next(iter(AGAINST))


def gap_page(visit: Visit, metric: Metric, frame: Frame, against: str, told: Told) -> GapPage:
    """The page of what there is to say."""
    from courtside.analysis.gaps.words import is_of_the_team  # noqa: PLC0415  (keeps start-up short)

    rows, notes = told
    of_the_team = [note for note in notes if is_of_the_team(note)]
    rest = [note for note in notes if note not in of_the_team]
    choices = tuple(Choice(name, label, name == against) for name, label in AGAINST.items())
    others = tuple(other for other in results(visit) if other.metric != metric.name)
    if not rows:
        return GapPage(metric.name, metric.label, frame, choices, others, "", "", (), (), notes[0])
    return GapPage(
        metric.name, metric.label, frame, choices, others, rest[0], " ".join(of_the_team),
        tuple(_blocks(visit, metric, rows)), tuple(rest[1:]), "",
    )  # fmt: skip


def results(visit: Visit) -> tuple[Other, ...]:
    """Every result that can be taken apart."""
    from courtside.analysis.gaps.why import taken_apart  # noqa: PLC0415  (numpy and scipy load now)

    catalogue = visit.catalogue()
    return tuple(Other(name, catalogue[name].label) for name in taken_apart(catalogue))


def asked_whys(visit: Visit, session: Session, metric: Metric, frame: Frame, against: str, team: str | None) -> Whys:
    """Gaps of everybody, or of a team; what few others do is nobody's plan.

    Raises CannotAnswer for a metric without factors and a period that is not over.
    """
    from courtside.analysis.gaps.planned import Against  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.gaps.why import Whys  # noqa: PLC0415
    from courtside.warehouse.question import Question  # noqa: PLC0415

    question = Question(metric.name, (), None, frame.period.starts_on, frame.period.last_on, visit.today)
    whys = Whys(session, question, Against(against), team, least_others=SMALLEST_GROUP)
    _ = whys.period
    return whys


def _blocks(visit: Visit, metric: Metric, rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    held = {name: tuple(_bar(visit, metric, row) for row in rows if row["whose"] == name) for name in BLOCKS}
    return [Block(label, hint, held[name]) for name, (label, hint) in BLOCKS.items() if held[name]]


def _bar(visit: Visit, metric: Metric, row: Mapping[str, Any]) -> Bar:
    from courtside.analysis.wording import amount, chance  # noqa: PLC0415  (keeps start-up short)

    currency = visit.standing.workspace.settings.currency

    def signed(value: float) -> str:
        sign = "−" if value < 0 else "+" if value > 0 else ""
        return f"{sign}{amount(abs(value), metric.unit, currency)}"

    effect, interval = row["effect"], row["interval"]
    low, high = interval if interval is not None else (None, None)
    state, words = "even", ""
    if interval is not None:
        words = f"{signed(interval[0])} to {signed(interval[1])}"
        state = "above" if interval[0] > 0 < effect else "below" if interval[1] < 0 > effect else "even"
    likely = chance(row["chance"]) if row["chance"] is not None else ""
    is_open = row["whose"] == "theirs" and effect < 0 and row["factor"] in visit.catalogue()
    factor = str(row["factor"]) if is_open and not visit.catalogue()[str(row["factor"])].internal else ""
    return Bar(row["label"], signed(effect), words, likely, row["sentence"], effect, low, high, state, factor)
