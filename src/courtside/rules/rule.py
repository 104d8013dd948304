"""A rule over score cards: what is looked at, for how long, how sure one must be, and what it then proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from courtside.records.canonical import digest
from courtside.records.period import Grain


class Level(StrEnum):
    """How sure one must be, the least first: the verdict of a card, or one beyond it."""

    WATCH = "watch"
    COACH = "coach"
    ELIGIBLE = "eligible"

    @property
    def place(self) -> int:
        """0 for the least."""
        return tuple(Level).index(self)


class Proposes(StrEnum):
    """What a rule suggests to a person who decides, the mildest first."""

    WATCH = "watch"
    COACHING_PLAN = "coaching_plan"
    IMPROVEMENT_PLAN = "improvement_plan"


class Exclusion(StrEnum):
    """What keeps a rule from suggesting anything about somebody."""

    LEAVE = "leave"
    RAMP = "ramp"
    TERRITORY_CHANGE = "territory_change"
    OPEN_DISPUTE = "open_dispute"
    THIN_LOGGING = "thin_logging"
    TARGET_MISSED_BY_PEERS = "target_missed_by_peers"


class Subject(StrEnum):
    """Who is judged: everybody with the figure, or those who lead, by what they control themselves."""

    PERSON = "person"
    MANAGER = "manager"


WEEKS, MONTHS = "weeks", "months"
MOST = {WEEKS: 52, MONTHS: 12}
"""No window is longer than a review year."""
DIMENSIONS = ("role", "segment", "team", "seniority", "region")
"""By what subjects may be narrowed."""


@dataclass(frozen=True, slots=True)
class Window:
    """So many complete weeks or months, the last of them over and its cases ripe at the check."""

    count: int
    unit: str

    @property
    def grain(self) -> Grain:
        """The grain of one of them."""
        return Grain.WEEK if self.unit == WEEKS else Grain.MONTH

    @property
    def days(self) -> float:
        """About how many days it spans: 8 weeks -> 56."""
        return self.count * (7 if self.unit == WEEKS else 365.25 / 12)

    @property
    def months(self) -> int:
        """In whole months, at least one: 8 weeks -> 2."""
        return max(1, round(self.days / (365.25 / 12)))

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count > 1 else self.unit[:-1]}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as its block declares it. `target` is that of a manager's figure; others have theirs from the firm."""

    name: str
    label: str
    metric: str
    window: Window
    level: Level
    proposes: Proposes
    subject: Subject = Subject.PERSON
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: frozenset[Exclusion] = frozenset()
    target: float | None = None
    history: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    block: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The hash of the block: approvals and replays are of exactly this text."""
        return digest(self.block)

    def is_about(self, like: Mapping[str, Any]) -> bool:
        """Whether somebody of that role, team and so on is a subject."""
        return all(like.get(dimension) in values for dimension, values in self.among.items())
