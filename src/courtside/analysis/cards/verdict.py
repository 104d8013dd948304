"""What may be said of a figure: verdict and sentence, from the numbers alone. The one place that judges in words.

A verdict is about action, in this precedence: `too_early`, `eligible`, `coach`, `watch`, `as_expected`. `coach`
and `eligible` rest on the sequential evidence of a whole review year; what is done about them a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from math import ceil

from courtside.analysis.cards.year_words import YearSoFar, year_sentences
from courtside.analysis.kinds import Kind
from courtside.analysis.wording import (
    amount,
    between,
    chance,
    day,
    noun,
    percent,
    plural,
    rounded,
    stretch,
    time,
    whole,
)
from courtside.metrics.metric import Direction, Unit

WATCH = 0.8
"""P(true < 0.85 target) above which a shortfall is worth watching (METHODS 1.6)."""
OTHER_MIX = 0.1
"""By how much a fair target must differ from the one set before it is spoken of."""
APART = -1.96
"""Standard deviations below the pool, real differences allowed for, from which the same holds."""
THIRD = 1 / 3
"""Where more of a pool than this would be watched, the target is the question and not the person."""


class Early(Enum):
    """Why it is too early to judge, the weightiest first."""

    EMPTY = "empty"
    IDLE = "idle"
    UNFINISHED = "unfinished"
    UNRIPE = "unripe"
    RAMP = "ramp"
    LEAVE = "leave"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class About:
    """The metric a figure is of."""

    label: str
    kind: Kind
    unit: Unit
    direction: Direction
    is_input: bool
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Peers:
    """The pool of like people: how many, what they share (nothing: everybody), and what to expect of one of them."""

    people: int
    same: str
    expected: float
    is_alike: bool

    def __str__(self) -> str:
        return f"{self.people} people of the same {self.same}" if self.same else f"all {self.people} people of any role"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a figure. Everything but `period` speaks of the period that is judged."""

    about: About
    period: str
    judged: str
    early: Early | None = None
    ready_on: date | None = None
    ripens_in_days: float | None = None
    value: float | None = None
    n: float | None = None
    hits: float | None = None
    interval: tuple[float, float] | None = None
    shrunk: float | None = None
    likely: tuple[float, float] | None = None
    target: float | None = None
    misses: float | None = None
    """P(true < 0.85 target); for lower-is-better P(true > target / 0.85)."""
    below: float | None = None
    """P(true is on the wrong side of the target)."""
    apart: float | None = None
    peers: Peers | None = None
    share_watched: float = 0.0
    position: str = "no_reference"
    weeks_needed: float | None = None
    share: float = 1.0
    """What a fair target is of the one set, for the cases handed: half of it where those close half as often."""
    year: YearSoFar | None = None
    """The review year, where it calls for more than a look."""


def verdict_of(evidence: Evidence) -> str:
    """`too_early`, `eligible`, `coach`, `watch` or `as_expected`. Source: DATA 4 "verdict", METHODS 1.6.

    What is handed to a person (an input), or has no better and worse, is never watched; nor is anybody
    where more than a third of the pool would be.
    """
    if evidence.early is not None:
        return "too_early"
    if not looks_bad(evidence) or evidence.share_watched > THIRD:
        return "as_expected"
    if evidence.year is None:
        return "watch"
    return "eligible" if evidence.year.is_eligible else "coach"


def looks_bad(evidence: Evidence) -> bool:
    """Whether a figure would be watched if it were nobody else's: a likely shortfall, far from like people, alarm."""
    about = evidence.about
    if about.is_input or about.direction is Direction.NONE:
        return False
    is_short = evidence.misses is not None and evidence.misses > WATCH
    return is_short or _is_apart(evidence) or evidence.year is not None


def _is_apart(evidence: Evidence) -> bool:
    if evidence.apart is None:
        return False
    return (-evidence.apart if evidence.about.direction is Direction.DOWN else evidence.apart) < APART


def sentence_of(evidence: Evidence) -> str:
    """One to four plain sentences: what was seen, how sure it is, against what, and what to make of it."""
    verdict = verdict_of(evidence)
    if verdict == "too_early":
        return _too_early(evidence)
    told = [f"{_seen(evidence)}{_how_sure(evidence)}."]
    if verdict in ("coach", "eligible") and evidence.year is not None:
        told += year_sentences(evidence.year, evidence.about.direction)
    else:
        told += _watched(evidence) if verdict == "watch" else _expected(evidence)
    return " ".join(told)


def _seen(evidence: Evidence) -> str:
    """The figure itself, and over which stretch if that is not the one asked for."""
    over = f"Over {stretch(evidence.judged)}: " if evidence.judged != evidence.period else ""
    return f"{over}{_figure(evidence)}"


def _figure(evidence: Evidence) -> str:
    about, value = evidence.about, evidence.value
    if value is None:
        return "nothing"
    shown = amount(value, about.unit, about.currency)
    if about.kind is Kind.RATE and evidence.hits is not None and evidence.n is not None:
        return f"{whole(evidence.hits)} of {whole(evidence.n)} is {shown}"
    if about.kind is Kind.COUNT:
        return f"{about.label}: 1" if value == 1 else f"{shown} {noun(about.label)}"
    if about.kind is Kind.BARE or evidence.n is None:
        return shown
    return f"{shown} from {plural(evidence.n, 'case', 'cases')}"


def _how_sure(evidence: Evidence) -> str:
    about = evidence.about
    if evidence.shrunk is not None and evidence.likely is not None and evidence.peers is not None:
        if evidence.peers.is_alike:
            return ""
        best = amount(evidence.shrunk, _fine(about.unit), about.currency)
        return f"; best estimate {best}, likely {between(*evidence.likely, about.unit, about.currency)}"
    if evidence.interval is not None:
        return f"; chance alone could have made it {between(*evidence.interval, about.unit, about.currency)}"
    return ""


def _fine(unit: Unit) -> Unit:
    """Estimates of counts are no whole numbers."""
    return Unit.SCORE if unit is Unit.COUNT else unit


def _expected(evidence: Evidence) -> list[str]:
    """What there is to say where nothing calls for action."""
    told = []
    peers = evidence.peers
    if peers is not None and peers.is_alike and evidence.shrunk is not None:
        mean = amount(evidence.shrunk, _fine(evidence.about.unit), evidence.about.currency)
        told.append(
            f"{_capital(str(peers))} differ no more than chance would make them; the best estimate here is {mean}."
        )
    if looks_bad(evidence):
        share = percent(evidence.share_watched, 2)
        told.append(f"{share} of {peers or 'the pool'} would look like this: question the target first.")
    elif evidence.target is not None and evidence.about.kind is Kind.BARE:
        told.append(f"{_beside(evidence.value or 0.0, evidence.target)} the target of {_target(evidence)}.")
    elif evidence.target is not None:
        told.append(f"{_against(evidence.position)} {_the_target(evidence)}{_no_action(evidence)}.")
    elif peers is not None and not peers.is_alike:
        within = ", as far as people really differ" if evidence.position in ("above", "below") else ""
        told.append(f"{_against(evidence.position)} {peers} ({_peers_figure(evidence, peers)}){within}.")
    elif peers is None:
        told.append("No target is set.")
    return told


def _against(position: str) -> str:
    return {"above": "Clearly above", "below": "Clearly below"}.get(position, "Too close to call against")


def _beside(value: float, target: float) -> str:
    """A figure that has no range of chance lies where it lies."""
    return "At" if value == target else ("Above" if value > target else "Below")


def _no_action(evidence: Evidence) -> str:
    """A figure on the wrong side that is not far from the target calls for nothing yet."""
    wrong = "above" if evidence.about.direction is Direction.DOWN else "below"
    is_judged = evidence.misses is not None and evidence.about.direction is not Direction.NONE
    return ", though hardly by as much as 15 %" if is_judged and evidence.position == wrong else ""


def _target(evidence: Evidence) -> str:
    return amount(evidence.target or 0.0, evidence.about.unit, evidence.about.currency)


def _the_target(evidence: Evidence) -> str:
    """The target, or what it comes to for the cases that were handed to them where these are not the usual ones."""
    if evidence.target is None or not _is_other_mix(evidence):
        return f"the target of {_target(evidence)}"
    fair = amount(evidence.target * evidence.share, evidence.about.unit, evidence.about.currency)
    return f"the {fair} that the target of {_target(evidence)} comes to for what was handed to them"


def _is_other_mix(evidence: Evidence) -> bool:
    return abs(evidence.share - 1) >= OTHER_MIX


def _peers_figure(evidence: Evidence, peers: Peers) -> str:
    about = evidence.about
    days = " for the same days" if about.kind is Kind.COUNT else ""
    days = " for what was handed to them" if _is_other_mix(evidence) else days
    return amount(peers.expected, _fine(about.unit), about.currency) + days


def _watched(evidence: Evidence) -> list[str]:
    """Why it is worth a look, and that this is all it is."""
    wrong = "above" if evidence.about.direction is Direction.DOWN else "below"
    told = []
    if evidence.misses is not None and evidence.misses > WATCH:
        far = "18 % above" if wrong == "above" else "15 % below"
        below = evidence.below if evidence.below is not None else evidence.misses
        told.append(
            f"{_capital(chance(below))} likely {wrong} {_the_target(evidence)}, "
            f"{chance(evidence.misses)} likely more than {far}."
        )
    if _is_apart(evidence) and evidence.peers is not None:
        told.append(
            f"Further {wrong} {evidence.peers} ({_peers_figure(evidence, evidence.peers)}) "
            "than chance and their real differences explain."
        )
    told.append("Worth a conversation; not enough for a plan.")
    return told


def _too_early(evidence: Evidence) -> str:
    early, seen = evidence.early, _seen(evidence)
    if early is Early.EMPTY:
        return f"Nothing is recorded for {evidence.period}, which is not the same as nothing done."
    if early is Early.IDLE:
        return f"{seen}, and none in the year before: there is nothing to judge by."
    if early is Early.UNFINISHED and evidence.ready_on is not None:
        return f"{seen} so far. The period runs until {day(evidence.ready_on)}: too early to tell."
    if early is Early.UNRIPE and evidence.ready_on is not None:
        days = f"{rounded(evidence.ripens_in_days or 0)} days"
        ripe = f"95 in 100 take up to {days}, so this is ripe on {day(evidence.ready_on)}"
        return f"{seen} so far. {ripe}: too early to tell."
    if early is Early.RAMP:
        return f"{seen}. Still new in the work: too early to tell."
    if early is Early.LEAVE:
        return f"{seen}. Away for most of the working days: too early to tell."
    return " ".join([f"{seen}.", *_few(evidence)])


def _few(evidence: Evidence) -> list[str]:
    """Why the cases do not suffice, what chance could have made of them, the best estimate, and what it would take."""
    about, told = evidence.about, []
    if about.kind in (Kind.DEALT, Kind.RANKED):
        return ["That is too few to say how sure it is: too early to tell."]
    if evidence.interval is not None:
        what, few = ("rate", "cases") if about.kind is Kind.RATE else ("level", "events")
        span = between(*evidence.interval, about.unit, about.currency)
        told.append(f"With so few {few} the true {what} could be anywhere from {span}.")
    if evidence.shrunk is not None and evidence.peers is not None:
        best = amount(evidence.shrunk, _fine(about.unit), about.currency)
        told.append(f"Best estimate beside {evidence.peers}: {best}.")
    told.append(_no_problem(evidence))
    if evidence.weeks_needed is not None:
        told.append(f"At this volume a real 30 % drop would show after {_about(evidence.weeks_needed)}.")
    return told


def _no_problem(evidence: Evidence) -> str:
    return "This does not show a problem." if _falls_short(evidence) else "Too early to tell."


def _about(weeks: float) -> str:
    stretch = time(weeks)
    return stretch if stretch.startswith("more") else f"about {stretch}"


def _falls_short(evidence: Evidence) -> bool:
    """Whether the bare figure lies on the wrong side of what it is measured by."""
    reference = None if evidence.target is None else evidence.target * evidence.share
    if reference is None and evidence.peers is not None:
        reference = evidence.peers.expected
    if reference is None or evidence.value is None or evidence.about.direction is Direction.NONE:
        return False
    return evidence.value > reference if evidence.about.direction is Direction.DOWN else evidence.value < reference


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What it takes until a metric can show a real 30 % drop for somebody."""

    label: str
    kind: Kind
    per_week: float
    base: float | None
    needed: float
    weeks: float | None
    shows_in_a_year: float | None = None
    instead: str | None = None
    instead_weeks: float | None = None


def waiting_sentence(waiting: Waiting) -> str:
    """How long one has to wait, what a year could show, and what would tell sooner."""
    what = "cases" if waiting.kind is Kind.RATE else "events"
    rate = f" at {percent(waiting.base)}" if waiting.base is not None else ""
    if waiting.weeks is None:
        told = [f"{rounded(waiting.per_week)} {what} a week{rate}: no number of them would show a real 30 % drop."]
    else:
        told = [
            f"{rounded(waiting.per_week)} {what} a week{rate}: a real 30 % drop would show after "
            f"{_about(waiting.weeks)} ({whole(ceil(waiting.needed))} {what})."
        ]
    if waiting.shows_in_a_year is not None and (waiting.weeks is None or waiting.weeks > 52):
        told.append(f"A year of them shows only a drop of {percent(waiting.shows_in_a_year, 2)} or more.")
    if waiting.instead is not None and waiting.instead_weeks is not None:
        told.append(f"Look at {noun(waiting.instead)} instead: {time(waiting.instead_weeks)}.")
    return " ".join(told)
