"""What a gap says: where it sits, row by row and in one headline. It tells where, never why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courtside.analysis.gaps.factor import Whose
from courtside.analysis.gaps.gap import PLAN_GAP, TIMING, Part
from courtside.analysis.gaps.identity import MIX
from courtside.analysis.wording import amount, noun, percent
from courtside.metrics.metric import Metric, Unit

_SHORT_ON = " are short on "
MOST_NAMED = 3
"""A headline names so many factors on either side."""
LEAST_SHARE = 0.05
"""A factor below this share of the largest is not named."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the sentences need to know of the result."""

    metric: Metric
    currency: str
    value: float
    plan: float

    def money(self, effect: float) -> str:
        """The size of an effect, in the result's unit."""
        return amount(abs(effect), self.metric.unit, self.currency)

    def figure(self, part: Part, value: float | None) -> str:
        """A figure of a factor, in its own unit."""
        if value is None:
            return "not known"
        if part.about.unit is Unit.COUNT:
            return amount(round(value, 1), Unit.COUNT)
        return amount(value, part.about.unit, self.currency)


def headline(said: Said, parts: Sequence[Part]) -> str:
    """`USD 20,800 short of plan (…). USD 18,400 of it sits in … . It tells where, not why.` (METHODS 2, "Say it")."""
    gap = said.value - said.plan
    whole = f"{said.money(said.value)} against a plan of {said.money(said.plan)}"
    if not gap:
        return f"As planned: {whole}."
    sign = 1 if gap > 0 else -1
    named = _named(parts)
    with_it = [part for part in named if part.effect * sign > 0][:MOST_NAMED]
    against_it = [part for part in named if part.effect * sign < 0][:MOST_NAMED]
    side = "above plan" if sign > 0 else "short of plan"
    sentence = f"{said.money(gap)} {side}: {whole}."
    if with_it:
        first, *others = with_it
        verb = "comes from" if sign > 0 else "sits in"
        sentence += f" {said.money(first.effect)} of it {verb} {_where(said, first)}"
        sentence += "".join(f", {said.money(part.effect)} in {_where(said, part)}" for part in others)
        if against_it:
            verb = "took" if sign > 0 else "gave"
            back = [f"{_short(part)} {verb} {said.money(part.effect)}" for part in against_it]
            sentence += "; " + _listed(back) + (" away" if sign > 0 else " back")
        sentence += "."
    return f"{sentence} It tells where, not why."


def row_sentence(said: Said, part: Part) -> str:
    """What one row says: the figure, what it is held against, and whether chance alone could make it."""
    if part.about.name == TIMING:
        more = "more" if part.effect > 0 else "less"
        came = f"{said.money(part.effect)} {more} was counted in the period than these cases brought"
        return f"{came}." if part.effect else "What was counted in the period is what these cases brought."
    if part.about.name == PLAN_GAP:
        return (
            f"The factors as planned lead to {said.money(part.actual or 0)}, and the plan asks for "
            f"{said.money(part.plan or 0)}."
        )
    if not part.is_observed:
        return "Could not be observed: there was nothing to divide by. It takes the plan's value and adds nothing."
    compared = _compared(said, part)
    sentence = compared[:1].upper() + compared[1:]
    if not part.effect:
        return f"{sentence}: no difference."
    sentence += f": {said.money(part.effect)} {'more' if part.effect > 0 else 'less'}."
    if part.about.whose is Whose.HANDED:
        return f"{sentence} Handed to them, not theirs."
    return f"{sentence} {'Chance alone would rarely do that.' if part.is_sure else 'Could be chance.'}"


def of_the_team(part: Part, short: int, of: int, team: str, *, is_beyond: bool) -> str:
    """That at least half of a team are short on the same factor; `is_beyond`: this person much more than they."""
    whose = "it is the team's, and here more than the others'" if is_beyond else "this is the team's, not the person's"
    return f"{short} of {of} in {team}{_SHORT_ON}{noun(part.about.label)}: {whose}."


def half_the_team(labels: Sequence[str], of: int, team: str) -> str:
    """That at least half of a team are short on the same factors; how many they are is not said, nor who."""
    factors = _listed([noun(label) for label in labels])
    return f"At least half of the {of} in {team}{_SHORT_ON}{factors}: this is the team's, not one person's."


def is_of_the_team(note: str) -> bool:
    """Whether a note says that a shortfall is the team's."""
    return _SHORT_ON in note


def _named(parts: Sequence[Part]) -> list[Part]:
    """The parts worth naming, the largest first."""
    ordered = sorted(parts, key=lambda part: -abs(part.effect))
    return [part for part in ordered if abs(part.effect) >= LEAST_SHARE * abs(ordered[0].effect)]


def _where(said: Said, part: Part) -> str:
    if part.about.name == TIMING:
        return "timing"
    if part.about.name == PLAN_GAP:
        return "a plan that asks for more than its factors give" if part.effect < 0 else "a plan below its factors"
    handed = "handed, " if part.about.whose is Whose.HANDED else ""
    figures = _compared(said, part)
    return f"{noun(part.about.label)} ({handed}{figures})"


def _compared(said: Said, part: Part) -> str:
    if part.about.name == MIX.name and part.actual is not None:
        return f"such leads close {percent(part.actual)} as often as a typical mix"
    return f"{said.figure(part, part.actual)} against {said.figure(part, part.plan)}"


def _short(part: Part) -> str:
    return "the plan itself" if part.about.name == PLAN_GAP else noun(part.about.label)


def _listed(texts: Sequence[str]) -> str:
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
