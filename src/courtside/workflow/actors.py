"""Who acts in a plan, what they are to it, and who may be the second pair of eyes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

STEP_UP_SECONDS = 300
"""How fresh a second factor must be before somebody approves, signs or determines (TRUST 2.3)."""
LONGEST_WORDS = 2_000


class Illegal(ValueError):
    """What cannot be, in words for the person who tried."""


class Part(StrEnum):
    """What somebody is to one plan. The parties who sign are the first three."""

    REP = "rep"
    MANAGER = "manager"
    HR = "hr"
    APPROVER = "approver"
    """Somebody from outside the case who may approve: a manager further up, or a named executive."""
    WITNESS = "witness"
    SYSTEM = "system"
    """Nobody: it may note that evidence has weakened, and do nothing else."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; `person_id` None where they have no records of their own."""

    username: str
    person_id: str | None = None

    def is_same(self, other: Person) -> bool:
        """Whether both are one human being: by account, or by whose records are theirs."""
        is_known = self.person_id is not None and self.person_id == other.person_id
        return is_known or self.username.casefold() == other.username.casefold()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step, as the service found them when they took it.

    `led_by`: the person ids of everybody above them that day. `acting_for`: the manager whose place an acting
    manager takes. `auth_age_s`: seconds since their second factor, None without one.
    """

    username: str
    person_id: str | None
    part: Part
    led_by: tuple[str, ...] = ()
    acting_for: str | None = None
    auth_age_s: int | None = None

    @property
    def person(self) -> Person:
        """The human being alone."""
        return Person(self.username, self.person_id)


SYSTEM = Actor("", None, Part.SYSTEM)


def why_not_second(first: Person, second: Actor, subject_id: str) -> str:
    """Why somebody cannot be the second pair of eyes on what another wrote; empty if they can.

    author != approver != subject, and the approver does not report to the author. Source: TRUST 2.3.
    """
    if second.part is Part.SYSTEM:
        return "a person decides this"
    if second.person_id == subject_id:
        return "it is about you; somebody else decides"
    if second.person.is_same(first):
        return "you wrote it; somebody else looks at it"
    if first.person_id is not None and first.person_id in second.led_by:
        return "you report to the person who wrote it; somebody else looks at it"
    if subject_id in second.led_by:
        return "you report to the person it is about; somebody else looks at it"
    return ""


def demand_fresh(age_s: int | None) -> None:
    """Raises Illegal without a second factor in the last five minutes."""
    if age_s is None or not 0 <= age_s <= STEP_UP_SECONDS:
        raise Illegal("this needs your second factor, entered in the last 5 minutes")


def demand_words(text: str, what: str = "a reason") -> None:
    """Raises Illegal for none, and for too many."""
    if not text.strip():
        raise Illegal(f"{what} is needed: a sentence in your own words")
    if len(text) > LONGEST_WORDS or not text.replace("\n", " ").isprintable():
        raise Illegal(f"{what} may have up to {LONGEST_WORDS:,} printable characters")
