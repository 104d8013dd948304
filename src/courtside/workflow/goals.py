"""Goals of plans: whether they can be told from chance and reached at all, and what is found of them at the end."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

from courtside.analysis.wording import amount, between, noun, percent, plural, rounded, whole
from courtside.metrics.metric import Direction, Rung, Unit
from courtside.workflow.content import Content, Goal
from courtside.workflow.events import Judged, Met

ENOUGH = 64.0
"""Expected events (times phi) from which a real drop by 30 % is found four times in five (METHODS 1.6)."""
FEW_REACHED = 0.2
"""Where fewer peers than this sustained it, whoever sets the goal is told."""
CONFIDENCE = 0.9
"""A goal is missed where the range of chance ends short of it: one person in twenty at target would be wronged."""
LEAST_CASES = 30
"""Fewer cases than this (events due: `ENOUGH_EVENTS` times phi) are never held against anybody (METHODS 1.2, 1.5)."""
_SLIGHTLY = 1e-9


@dataclass(frozen=True, slots=True)
class Proposed:
    """A goal somebody thinks of, for a period of so many calendar days.

    `target` is for the whole period; `due_events` how many events (for a rate: cases) are expected in it.
    """

    metric: str
    label: str
    rung: Rung
    unit: Unit
    direction: Direction
    target: float
    due_events: float
    phi: float
    share_of_peers: float | None
    days: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What speaks against a goal, what should be thought of, and the events and days that would be enough."""

    refusals: tuple[str, ...]
    warnings: tuple[str, ...]
    needed: float
    days_needed: int | None

    @property
    def is_fine(self) -> bool:
        """Whether it can decide an improvement plan."""
        return not self.refusals


def check_goal(goal: Proposed) -> Checked:
    """Whether a goal is in the person's hands, large enough to be told from chance, and reachable.

    60 days at 8 meetings a week are 69 expected: fine. 4 placements in 60 days: not, and 960 days would be
    enough. A rate needs the cases that find the same drop as often. Source: METHODS 1.6, last paragraph.
    """
    needed = _needed(goal)
    refusals, warnings = list(_not_in_hand(goal)), []
    days = None
    if goal.due_events > 0 and needed < inf:
        days = ceil(goal.days * needed / goal.due_events - _SLIGHTLY)
    if goal.due_events < needed:
        refusals.append(_too_few(goal, needed, days))
    share = goal.share_of_peers
    if share is None:
        warnings.append("It is not known how many peers sustained this.")
    elif share <= 0:
        refusals.append("None of the peers has sustained this: it cannot be asked of one person.")
    elif share < FEW_REACHED:
        warnings.append(f"Only {percent(share, 2)} of the peers sustained this.")
    return Checked(tuple(refusals), tuple(warnings), needed, days)


def _needed(goal: Proposed) -> float:
    if goal.unit is Unit.PERCENT:
        from courtside.analysis.statistics.window import cases_needed  # noqa: PLC0415  (scipy is slow to import)

        return cases_needed(goal.target) * goal.phi
    return ENOUGH * goal.phi


def _not_in_hand(goal: Proposed) -> tuple[str, ...]:
    if goal.rung not in (Rung.ACTIVITY, Rung.OBJECTIVE):
        where = "is handed to a person" if goal.rung is Rung.INPUT else "is a result"
        return (f"{goal.label} {where}; a goal is an activity or an objective in the person's own hands.",)
    if goal.unit not in (Unit.COUNT, Unit.PERCENT):
        return (f"{goal.label} is counted in {goal.unit.value}; a goal is a count or a share of cases.",)
    return ()


def _too_few(goal: Proposed, needed: float, days: int | None) -> str:
    what = "cases" if goal.unit is Unit.PERCENT else "events"
    if needed == inf:
        return f"No number of {what} tells a shortfall from {rounded(100 * goal.target)} % of them from chance."
    told = (
        f"{plural(goal.days, 'day', 'days')} bring about {rounded(goal.due_events)} {what} ({noun(goal.label)}); "
        f"below {rounded(needed)} the end would be a toss of a coin."
    )
    return told if days is None else f"{told} {whole(days)} days would be enough."


def goal_faults(content: Content) -> tuple[str, ...]:
    """What is wrong with the goals that decide, each said of its goal; nothing where all are fine."""
    days = (content.ends_on - content.starts_on).days
    return tuple(
        f"{goal.label}: {fault}"
        for goal in content.goals
        if goal.is_decisive
        for fault in check_goal(proposed(goal, days)).refusals
    )


def proposed(goal: Goal, days: int) -> Proposed:
    """A goal of a plan as it is checked."""
    return Proposed(
        goal.metric, goal.label, goal.rung, goal.unit, goal.direction, goal.target, goal.due_events, goal.phi,
        goal.share_of_peers, days,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is found of a goal: the figure, the range of chance around it, the target, and a sentence."""

    verdict: Met
    value: float
    n: float
    low: float
    high: float
    target: float
    sentence: str


def judged(key: str, found: Judgement) -> Judged:
    """A judgement as a determination holds it."""
    return Judged(
        key, found.verdict, found.value, found.n, found.low, found.high, found.target, found.sentence
    )  # fmt: skip


def judge_count(label: str, seen: float, due: float, phi: float, direction: Direction) -> Judgement:
    """A count against what was due at target in the days present: met, not met, or cannot be told.

    Met: the target is reached; chance is not held against anybody. Not met: the 90 % range of the expectation
    (exact Poisson, negative binomial for phi above 1) ends short of it. 69 due: 69 -> met; 62 -> 50 to 76, cannot
    be told; 50 -> 39 to 63, not met. Source: METHODS 1.6, DATA 4 "verdict".
    """
    from courtside.analysis.statistics.window import ENOUGH_EVENTS  # noqa: PLC0415

    low, high = count_range(seen, phi)
    is_judgeable = due >= ENOUGH_EVENTS * phi
    verdict = _verdict(seen, due, low, high, direction, is_judgeable) if due > 0 else Met.CANNOT_TELL
    figure = f"{noun(label)}: {whole(seen)}, with {rounded(due)} due"
    span = between(low, high, Unit.COUNT)
    return Judgement(verdict, seen, seen, low, high, due, _sentence(verdict, figure, span, is_judgeable))


def judge_rate(label: str, hits: float, n: float, target: float, direction: Direction) -> Judgement:
    """A share of cases against its target: met, not met, or cannot be told, by Wilson's 90 % range.

    160 of 200 at a target of 85 % -> 75 % to 84 %, not met. 167 of 200 -> 79 % to 87 %, cannot be told.
    """
    if n <= 0:
        sentence = f"{_capital(noun(label))}: no cases; it cannot be told whether the goal is met."
        return Judgement(Met.CANNOT_TELL, 0.0, 0.0, 0.0, 1.0, target, sentence)
    from courtside.analysis.statistics.intervals import wilson  # noqa: PLC0415

    found = wilson(hits, n, CONFIDENCE)
    low, high, value = float(found.low), float(found.high), hits / n
    is_judgeable = n >= LEAST_CASES
    verdict = _verdict(value, target, low, high, direction, is_judgeable)
    shown, wanted = amount(value, Unit.PERCENT), amount(target, Unit.PERCENT)
    figure = f"{noun(label)}: {whole(hits)} of {whole(n)} is {shown}, with {wanted} as the target"
    span = between(low, high, Unit.PERCENT)
    return Judgement(verdict, value, n, low, high, target, _sentence(verdict, figure, span, is_judgeable))


def _verdict(value: float, target: float, low: float, high: float, direction: Direction, is_judgeable: bool) -> Met:
    is_down = direction is Direction.DOWN
    if value <= target + _SLIGHTLY if is_down else value >= target - _SLIGHTLY:
        return Met.MET
    is_short = low > target if is_down else high < target
    return Met.NOT_MET if is_short and is_judgeable else Met.CANNOT_TELL


def _sentence(verdict: Met, figure: str, span: str, is_judgeable: bool) -> str:
    told = f"{_capital(figure)}; chance alone could have made it {span}"
    if verdict is Met.MET:
        return f"{_capital(figure)}. The goal is met."
    if verdict is Met.NOT_MET:
        return f"{told}, which does not reach it. The goal is not met."
    if not is_judgeable:
        return f"{told}. That is too few to judge by: it cannot be told whether the goal is met."
    return f"{told}. It cannot be told whether the goal is met."


def count_range(seen: float, phi: float = 1.0) -> tuple[float, float]:
    """The 90 % range of what is expected where so many were seen: exact Poisson, or negative binomial above phi 1.

    Each end is the expectation at which so many, or anything further, would come about one time in twenty.
    10 -> 5.43 to 16.96 (Garwood 1936). Source: METHODS 1.1.
    """
    tail = (1 - CONFIDENCE) / 2
    if phi <= 1:
        from courtside.analysis.statistics.intervals import exact_poisson  # noqa: PLC0415

        found = exact_poisson(seen, CONFIDENCE)
        return float(found.low), float(found.high)
    above = seen + 40 * (phi + (phi * (seen + 1)) ** 0.5)
    low = _where(seen, phi, tail, (0.0, max(seen, 1.0)), is_down=True) if seen > 0 else 0.0
    return low, _where(seen, phi, tail, (seen, above), is_down=False)


def _where(seen: float, phi: float, tail: float, within: tuple[float, float], *, is_down: bool) -> float:
    """The expectation at which the tail is that rare, by bisection."""
    from courtside.analysis.statistics.alarms import count_tail  # noqa: PLC0415

    low, high = within
    for _ in range(60):
        middle = (low + high) / 2
        is_rare = float(count_tail(seen, middle, phi, is_down)) < tail
        low, high = (middle, high) if is_rare is is_down else (low, middle)
    return (low + high) / 2


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
