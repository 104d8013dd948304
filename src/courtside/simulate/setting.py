"""What is to be simulated: how large a firm, how long, from which seed, in which shape, without which stories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

FEWEST_PEOPLE, MOST_PEOPLE = 24, 10_000
FEWEST_MONTHS, MOST_MONTHS = 6, 60
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
SHAPES = ("steady", "bursty")
MODELS = ("inside", "inbound", "complex")

Ordered = TypeVar("Ordered", int, date)

STORIES: Mapping[str, str] = {
    "leak": "in one team half as many candidates get past one recruiting stage, from a day on",
    "weak-closer": "a seller wins half as often as the target says",
    "cold-leads": "a good seller is handed mostly cold leads",
    "lucky": "a seller exactly at target has good luck",
    "unlucky": "a seller exactly at target has bad luck",
    "ramping": "a seller was hired a few months ago",
    "leave": "a seller was on leave for weeks",
    "moved-team": "a seller moved to another team",
    "thin-logging": "a recruiter does everything and records a third of it, from a day on",
    "big-project": "a seller's prospecting fell by 55 % while a large order took their time",
}
"""Every story by name, in a sentence. Each changes a probability, an exposure or what is recorded, never a row."""


class SettingError(ValueError):
    """A firm that cannot be simulated. The message says what to ask for instead."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A firm to simulate. Equal settings give equal files, byte for byte, under one version of numpy."""

    until: date
    """The last day on which anything is recorded."""
    seed: int = 1
    people: int = 40
    months: int = 18
    """Whole months before the one of the day after `until`; what has passed of that month comes on top."""
    model: str = "inside"
    shape: str = "steady"
    without: frozenset[str] = frozenset()
    """Stories that are not told."""

    def __post_init__(self) -> None:
        _within("people", self.people, FEWEST_PEOPLE, MOST_PEOPLE)
        _within("months", self.months, FEWEST_MONTHS, MOST_MONTHS)
        _within("until", self.until, FIRST_DAY, LAST_DAY)
        _within("seed", self.seed, 0, 2**63 - 1)
        for what, word, known in (("model", self.model, MODELS), ("shape", self.shape, SHAPES)):
            _among(what, word, known)
        for story in sorted(self.without):
            _among("story", story, tuple(STORIES))

    def tells(self, story: str) -> bool:
        """Whether a story is told."""
        return story not in self.without


def _within(what: str, value: Ordered, least: Ordered, most: Ordered) -> None:
    if not least <= value <= most:
        raise SettingError(f"{what} is {value}; choose from {least} to {most}")


def _among(what: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise SettingError(f"there is no {what} {word!r}; there is: {', '.join(known)}")
