"""Lots for who begins first, which anybody can draw again; and what those who began gained on those who waited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from math import sqrt

from courtside.analysis.statistics.distributions import Numbers, array, student_quantile
from courtside.analysis.statistics.intervals import CONFIDENCE


@dataclass(frozen=True, slots=True)
class Drawn:
    """The lot of a person: the day they begin, and the ticket they were put in order by."""

    person_id: str
    starts_on: date
    ticket: str


def draw(people: Sequence[str], starts_on: Sequence[date], seed: str) -> tuple[Drawn, ...]:
    """People in order of their tickets, dealt out to the days as evenly as can be, the earlier days first.

    A ticket is the SHA-256 of `seed:person`, in hexadecimal: whoever knows the seed can check it with `sha256sum`.
    State the seed before the people are known, so that nobody can choose among draws: the last line of the log
    of the day before, say. Only people who are all eligible may be drawn for: a lot decides when and never whether.
    Raises ValueError for somebody named twice, no day, days out of order, or no seed. Source: METHODS 10 (a).
    """
    if len(set(people)) < len(people):
        raise ValueError("somebody is in the draw twice")
    if not starts_on or list(starts_on) != sorted(set(starts_on)) or not seed:
        raise ValueError("a draw needs a seed and days to begin, each once and in order")
    order = sorted((sha256(f"{seed}:{person}".encode()).hexdigest(), person) for person in people)
    each, more = divmod(len(order), len(starts_on))
    days = [day for n, day in enumerate(starts_on) for _ in range(each + (n < more))]
    return tuple(Drawn(person, day, ticket) for (ticket, person), day in zip(order, days, strict=True))


@dataclass(frozen=True, slots=True)
class Gained:
    """What those who began first were ahead while the others waited, with its interval (95 %)."""

    gain: float
    low: float
    high: float
    began: int
    waited: int


def ahead(began: Numbers, waited: Numbers, confidence: float = CONFIDENCE) -> Gained | None:
    """The difference of the two means by Welch's t; None with fewer than 3 people on a side.

    `began` and `waited` are everybody's figures (those who left with what they had) over the same days, in which
    those with the earlier lot had begun and the others had not. Source: Welch 1947; METHODS 10 (a).
    """
    one, other = array(began), array(waited)
    if min(len(one), len(other)) < 3:
        return None
    gain = float(one.mean() - other.mean())
    a, b = float(one.var(ddof=1)) / len(one), float(other.var(ddof=1)) / len(other)
    if a + b == 0:
        return Gained(gain, gain, gain, len(one), len(other))
    freedom = (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(other) - 1))
    reach = student_quantile((1 + confidence) / 2, freedom) * sqrt(a + b)
    return Gained(gain, gain - reach, gain + reach, len(one), len(other))
