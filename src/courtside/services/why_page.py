"""Why somebody is short, as a page: the headline, what is theirs, what was handed, timing and the plan, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtside.services.box_score_periods import Frame, frame_of
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import SMALLEST_GROUP

if TYPE_CHECKING:
    from courtside.metrics.metric import Metric

AGAINST = {"target": "the target", "previous": "the period before", "peers": "others of the role"}
"""What a result can be held against, and what that is called."""
_NOBODY = "nobody of this role has a figure to take apart"
_BLOCKS = {
    "theirs": ("Theirs", "what a person does, or brings about"),
    "handed": ("Handed to them, not theirs", "leave and late starts, the ramp, how many leads came and of what mix"),
    "timing": ("Timing", "what the period counted that its cases did not bring, or the other way round"),
    "plan": ("The plan", "what the plan asks for beyond what its factors lead to"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One factor: its words, and where its effect and range lie on the page's scale."""

    label: str
    effect_words: str
    range_words: str
    chance_words: str
    sentence: str
    effect: float
    low: float | None
    high: float | None
    state: str


@dataclass(frozen=True, slots=True)
class Block:
    """The factors in the same hands."""

    name: str
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
class WhyPage:
    """The page."""

    person_id: str
    name: str
    metric: str
    label: str
    frame: Frame
    choices: tuple[Choice, ...]
    others: tuple[Other, ...]
    headline: str
    of_the_team: str
    blocks: tuple[Block, ...]
    least: float
    most: float
    how: tuple[str, ...]
    why_not: str
    """Why nothing can be taken apart, where that is so."""


def why_page(visit: Visit, person_id: str, metric: str, grain: str, period: str, against: str) -> WhyPage:
    """Where a person's result is short. Raises NotFound for people and metrics one may not see, Refused."""
    person = visit.person(person_id)
    if metric not in visit.catalogue() or visit.catalogue()[metric].internal:
        raise NotFound
    found, frame = visit.catalogue()[metric], frame_of(visit, grain, period)
    held = against if against in AGAINST else "target"
    rows, notes = _told(visit, person, found, frame, held)
    choices = tuple(Choice(name, label, name == held) for name, label in AGAINST.items())
    ends = [end for row in rows for end in (row["effect"], *(row["interval"] or ()))]
    is_refused = not rows
    return WhyPage(
        person, visit.hierarchy.name(person), metric, found.label, frame, choices, _others(visit, found),
        "" if is_refused else notes[0],
        "" if is_refused else next((note for note in notes if " are short on " in note), ""),
        _blocks(visit, found, rows), min(ends, default=0.0), max(ends, default=0.0),
        () if is_refused else tuple(note for note in notes[1:] if " are short on " not in note),
        notes[0] if is_refused else "",
    )  # fmt: skip


Told = tuple[Sequence[Mapping[str, Any]], Sequence[str]]
"""Rows and notes; no rows and the reason where nothing can be taken apart."""


def _told(visit: Visit, person: str, metric: Metric, frame: Frame, against: str) -> Told:
    """What there is to say of one person."""
    everybody, why_not = _of_all(visit, metric, frame, against)
    return everybody.get(person, ((), (why_not or _NOBODY,)))


def _of_all(visit: Visit, metric: Metric, frame: Frame, against: str) -> tuple[Mapping[str, Told], str]:
    """What there is to say of everybody, worked out at once: the next to look waits for nothing."""
    key = ("why", metric.name, frame.period.name, against, visit.today)
    return visit.remembered(key, lambda: _everybody(visit, metric, frame, against), is_bulky=True)


def whys_ahead(visit: Visit) -> None:
    """Take apart everybody's gaps to their targets in the latest quarter before anybody asks."""
    from courtside.analysis.gaps.why import taken_apart  # noqa: PLC0415  (numpy and scipy load now)

    catalogue = visit.catalogue()
    for name in taken_apart(catalogue):
        _of_all(visit, catalogue[name], frame_of(visit, "", ""), next(iter(AGAINST)))


def _everybody(visit: Visit, metric: Metric, frame: Frame, against: str) -> tuple[Mapping[str, Told], str]:
    """Person -> what there is to say; nobody, and why, where the metric or the period cannot be taken apart."""
    from courtside.analysis.gaps import rows as why_rows  # noqa: PLC0415  (numpy and scipy load now)
    from courtside.analysis.gaps.planned import Against  # noqa: PLC0415
    from courtside.analysis.gaps.why import Whys  # noqa: PLC0415
    from courtside.warehouse.question import Question  # noqa: PLC0415

    question = Question(metric.name, (), None, frame.period.starts_on, frame.period.last_on, visit.today)
    try:
        with visit.session() as session:
            whys = Whys(session, question, Against(against), least_others=SMALLEST_GROUP)
            _ = whys.period  # refuses a metric without factors and a period that is not over
            return {one: why_rows.of_person(whys, one, SMALLEST_GROUP + 1) for one in whys.people}, ""
    except Refused as refused:
        return {}, refused.reason


def _others(visit: Visit, metric: Metric) -> tuple[Other, ...]:
    from courtside.analysis.gaps.why import taken_apart  # noqa: PLC0415

    catalogue = visit.catalogue()
    return tuple(Other(name, catalogue[name].label) for name in taken_apart(catalogue) if name != metric.name)


def _blocks(visit: Visit, metric: Metric, rows: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    found = []
    for name, (label, hint) in _BLOCKS.items():
        bars = tuple(_bar(visit, metric, row) for row in rows if row["whose"] == name)
        if bars:
            found.append(Block(name, label, hint, bars))
    return tuple(found)


def _bar(visit: Visit, metric: Metric, row: Mapping[str, Any]) -> Bar:
    from courtside.analysis.wording import amount, chance  # noqa: PLC0415

    currency = visit.standing.workspace.settings.currency

    def signed(value: float) -> str:
        sign = "−" if value < 0 else "+" if value > 0 else ""
        return f"{sign}{amount(abs(value), metric.unit, currency)}"

    effect, interval = row["effect"], row["interval"]
    state, words = "even", ""
    low, high = interval or (None, None)
    if interval is not None:
        words = f"{signed(interval[0])} to {signed(interval[1])}"
        state = "above" if interval[0] > 0 else "below" if interval[1] < 0 else "even"
    likely = chance(row["chance"]) if row["chance"] is not None else ""
    return Bar(row["label"], signed(effect), words, likely, row["sentence"], effect, low, high, state)
