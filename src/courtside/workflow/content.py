"""What a plan says: its period, its goals, what the manager owes, when people meet, and who signs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from courtside.metrics.metric import Direction, Rung, Unit
from courtside.records.canonical import digest
from courtside.workflow.actors import Illegal, Part, demand_words
from courtside.workflow.written import written

MOST_GOALS, MOST_OWED, MOST_CHECK_INS = 10, 20, 60
LONGEST_DAYS = 366
SIGNERS = (Part.REP, Part.MANAGER, Part.HR)


class Kind(StrEnum):
    """What a plan is."""

    COACHING = "coaching"
    IMPROVEMENT = "improvement"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it stood on a day: the value, what stands behind it, and how far chance could have moved it."""

    value: float
    n: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Goal:
    """A live metric to be brought to a target over the whole period.

    `due_events`: how many events (or cases, for a rate) are to be expected at target in the period; `phi`: how far
    they come in bursts. `share_of_peers`: who sustained it, None where that is not known. `figure`: as it stood
    when the plan was written; `expected_next`: the shrunken expectation made at that time (METHODS 10).
    """

    key: str
    metric: str
    version: int
    label: str
    target: float
    unit: Unit
    direction: Direction
    rung: Rung
    due_events: float
    phi: float = 1.0
    share_of_peers: float | None = None
    is_decisive: bool = True
    figure: Figure | None = None
    expected_next: float | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """What the manager does for the person, and by when."""

    key: str
    what: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Content:
    """All that is approved and signed. `ends_on` is the day after the last one; `sign_by` the last day to sign."""

    starts_on: date
    ends_on: date
    sign_by: date
    goals: tuple[Goal, ...] = ()
    owed: tuple[Owed, ...] = ()
    check_ins: tuple[date, ...] = ()
    wanted: tuple[Part, ...] = SIGNERS
    evidence_sha256: str = ""
    purpose: str = ""


def content_hash(kind: Kind, person_id: str, manager_id: str, content: Content) -> str:
    """What an approval and a signature are bound to: kind, person, manager and content, as one SHA-256."""
    about = {"kind": kind, "person": person_id, "manager": manager_id}
    return digest({**about, "content": written(content)})


def check_shape(content: Content) -> None:
    """Raises Illegal for what could be no plan at all: days out of order, or something named twice."""
    since, until = content.starts_on, content.ends_on
    if not since < until:
        raise Illegal(f"the period ends on {until}, which is not after it begins ({since})")
    if (until - since).days > LONGEST_DAYS:
        raise Illegal(f"the period has {(until - since).days} days; a plan runs for at most {LONGEST_DAYS}")
    if content.sign_by >= until:
        raise Illegal(f"signatures are due on {content.sign_by}, which is not before the period ends ({until})")
    _check_lists(content)
    for day in content.check_ins:
        if not since <= day < until:
            raise Illegal(f"the check-in on {day} lies outside the period, {since} up to {until}")
    for owed in content.owed:
        demand_words(owed.what, "what is owed")
        if not owed.due_on < until:
            raise Illegal(f"{owed.key} is owed by {owed.due_on}, which is not before the period ends ({until})")
    for goal in content.goals:
        _check_goal(goal)


def _check_lists(content: Content) -> None:
    for named, most, what in (
        ([goal.key for goal in content.goals], MOST_GOALS, "goal"),
        ([owed.key for owed in content.owed], MOST_OWED, "item owed"),
        (content.check_ins, MOST_CHECK_INS, "check-in"),
        (content.wanted, len(SIGNERS), "signature"),
    ):
        _check_once(named, most, what)
    if any(part not in SIGNERS for part in content.wanted):
        raise Illegal("a plan is signed by the person, the manager and HR; others are witnesses")
    for part in (Part.REP, Part.MANAGER):
        if part not in content.wanted:
            raise Illegal(f"the {part} must be among those who sign")


def _check_once(named: Iterable[Hashable], most: int, what: str) -> None:
    given = list(named)
    if len(given) > most:
        raise Illegal(f"there are {len(given)} of {what}; a plan has at most {most}")
    if len(set(given)) < len(given):
        raise Illegal(f"a {what} is there twice")


def _check_goal(goal: Goal) -> None:
    if not goal.key or not goal.metric:
        raise Illegal("a goal needs a key and a metric")
    if not (goal.target > 0 and goal.due_events >= 0 and goal.phi >= 1):
        raise Illegal(f"{goal.key}: a target is above 0, events due are not below 0, and phi is 1 or more")
    if goal.direction is Direction.NONE:
        raise Illegal(f"{goal.key}: a metric without a better side cannot be a goal")


def check_complete(content: Content, kind: Kind, today: date) -> None:
    """Raises Illegal for what may be a draft and is not ready to be put before anybody else."""
    if content.starts_on < today:
        raise Illegal(f"the period would begin on {content.starts_on}, which is past; nothing is dated back")
    if content.sign_by < today:
        raise Illegal(f"signatures would be due on {content.sign_by}, which is past")
    if kind is Kind.COACHING:
        return
    if not any(goal.is_decisive for goal in content.goals):
        raise Illegal("an improvement plan needs at least one goal that decides")
    if not content.owed:
        raise Illegal("an improvement plan says what the manager owes, and by when")
    if not content.check_ins:
        raise Illegal("an improvement plan has at least one check-in")
    if set(content.wanted) != set(SIGNERS):
        raise Illegal("an improvement plan is signed by the person, the manager and HR")
    if not content.evidence_sha256:
        raise Illegal("an improvement plan names its evidence by its hash")
