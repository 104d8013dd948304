"""What is said of a rate beside the cases somebody was handed."""

from __future__ import annotations

from dataclasses import dataclass

from courtside.analysis.wording import noun, percent, plural

_NOTABLE = 0.05
"""A mix that moves the typical rate by less than this part of itself is not worth a sentence."""
_VAGUE = (0.6, 1.6)
"""An interval of observed over expected that reaches beyond both says nothing yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """One person's rate, what others reach over all and on the very same cases, and what is odd about the mix."""

    hits: int
    of: int
    overall: float | None
    typical: float | None
    interval: tuple[float, float]
    position: str
    stratum: str | None
    most: str | None
    """The stratum this person has most of, beside others."""
    share: float
    share_rest: float

    @property
    def is_mix_notable(self) -> bool:
        """Whether the mix moves what is typical enough to be spoken of."""
        if self.typical is None or not self.overall or self.stratum is None:
            return False
        return abs(self.typical - self.overall) >= _NOTABLE * self.overall


def mix_sentence(told: Told) -> str:
    """The rate, what was handed, what is typical of it, and whether the difference is more than chance.

    Source: METHODS 7, "Say it".
    """
    seen = f"{told.hits:,} of {told.of:,} is {percent(told.hits / told.of)}"
    if told.typical is None or told.overall is None:
        return f"{seen}. Nobody else has such cases, so nothing can be said of what is typical."
    if told.position == "not_comparable":
        return f"{seen}. Too few of these cases have a like among those of others: not comparable."
    told_parts = [f"{seen}; others reach {percent(told.overall)} over all their cases."]
    if told.is_mix_notable and told.most is not None:
        told_parts.append(
            f"{percent(told.share, 2)} of these cases are {told.most} ({percent(told.share_rest, 2)} of those of "
            f"others): typical handling of these very cases would reach {percent(told.typical)}."
        )
    elif told.stratum is not None:
        told_parts.append(f"Typical handling of these very cases would reach {percent(told.typical)}.")
    told_parts.append(_judged(told))
    return " ".join(told_parts)


def _judged(told: Told) -> str:
    low, high = told.interval
    if told.position == "not_separable":
        times = f"{low:.2f} to {high:.2f} times as many"
        is_vague = low < _VAGUE[0] and high > _VAGUE[1]
        return f"Too few to tell: {times}." if is_vague else f"That is as expected, chance allowed for ({times})."
    side = "more" if told.position == "above" else "fewer"
    return f"That is {side} than expected: {low:.2f} to {high:.2f} times as many."


def alike_sentence(label: str, people: int, square: float, freedom: int, chance: float) -> str:
    """Whether people differ in a rate at all: `Win rate of 30 people: ... no more than chance ...`."""
    figures = f"chi-square {square:.1f} with {plural(freedom, 'degree', 'degrees')} of freedom"
    if chance >= 0.05:  # noqa: PLR2004  (homogeneity's own level)
        return (
            f"{people} people differ in {noun(label)} no more than chance alone makes them ({figures}; chance would "
            f"give as much {_often(chance)}). Nobody here is top, nobody is last."
        )
    return f"{people} people differ in {noun(label)} by more than chance ({figures})."


def _often(chance: float) -> str:
    return f"in {100 * chance:.0f} of 100 such tables"
