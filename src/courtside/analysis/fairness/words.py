"""What is said of a step of two groups: who, how often, by chance how often, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from courtside.analysis.fairness.impact import Comparison, Stratified
from courtside.analysis.fairness.steps import GOT, Step
from courtside.analysis.fairness.suppression import Withheld
from courtside.analysis.wording import plural, rounded, whole

_NUMBERS = ("", "", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times",
            "nine times", "ten times")  # fmt: skip
MANY = "Worth a look; among as many comparisons as were made, chance makes such a gap now and then."
REVIEW = "Hold the documents; HR review required."


def sentence_of(comparison: Comparison, *, is_one_of_many: bool = False) -> str:
    """One to four plain sentences about a comparison, in agreement with its verdict.

    `is_one_of_many`: so many were made at once that chance may have made it one that calls for a hold.

    10 of 100 beside 4 of 200 -> "10 of 100 in group B and 4 of 200 in group A got plans: five times as likely; a
    gap this big would arise by chance about 3 times in 1,000. Hold the documents; HR review required."
    """
    if comparison.verdict == "watch" and not comparison.is_rare:
        return f"{_both(comparison)}: too few people to tell."
    if comparison.verdict == "no_sign":
        return f"{_both(comparison)}: no more apart than chance and four fifths allow."
    by_chance = how_often(_least(comparison))
    told = [f"{_both(comparison)}{_likely(comparison)}; a gap this big would arise by chance {by_chance}."]
    told += [_alike(one, comparison) for one in comparison.stratified]
    told.append(_what_to_do(comparison, is_one_of_many))
    return " ".join(told)


def _what_to_do(comparison: Comparison, is_one_of_many: bool) -> str:
    if comparison.verdict != "hold":
        return "Small, but hardly chance: worth a look."
    return MANY if is_one_of_many else REVIEW


def how_often(chance: float) -> str:
    """A chance in words: 0.0033 -> about 3 times in 1,000."""
    if chance >= 0.1:
        return f"about {_times(10 * chance)} in 10"
    for of in (100, 1_000, 10_000):
        if chance * of >= 1:
            return f"about {_times(chance * of)} in {of:,}"
    return "less than once in 10,000"


def as_likely(ratio: float | None) -> str:
    """A ratio in words: 5.0 -> five times as likely; None stands for none in the other group."""
    if ratio is None:
        return "none in the other group"
    if ratio == 0:
        return "none in this group"
    nearest = round(ratio)
    if 2 <= nearest < len(_NUMBERS) and abs(ratio - nearest) < 0.05:
        return f"{_NUMBERS[nearest]} as likely"
    return f"{rounded(ratio, 2)} times as likely"


def withheld_sentence(withheld: Withheld) -> str:
    """What is not shown of a grouping, and why."""
    if withheld.is_whole:
        return f"By {withheld.grouping}: not shown, as figures of fewer than 5 people could be worked out from it."
    groups = plural(withheld.groups, "group is", "groups are")
    return f"By {withheld.grouping}: {groups} shown together, so that no figure speaks of fewer than 5 people."


def summary(comparisons: Sequence[Comparison], held: Sequence[Comparison]) -> tuple[str, ...]:
    """The sentences of all that calls for review, then of what is worth a look, then how many cannot be told."""
    if not comparisons:
        return ("There are no two groups of 5 people or more to compare.",)
    holds = [sentence_of(one) for one in held]
    others = [one for one in comparisons if one.verdict == "hold" and one not in held]
    looks = [sentence_of(one, is_one_of_many=True) for one in others]
    looks += [sentence_of(one) for one in comparisons if one.verdict == "watch" and one.is_rare]
    few = sum(one.verdict == "watch" and not one.is_rare for one in comparisons)
    told = [f"{plural(len(comparisons), 'comparison was', 'comparisons were')} made{_by_chance(len(comparisons))}."]
    if few:
        told.append(f"In {whole(few)} of them groups differ, with too few people to tell.")
    if not holds:
        told.append("None of them calls for a hold. This does not show that the steps are even-handed.")
    return (*dict.fromkeys(holds), *dict.fromkeys(looks), " ".join(told))


def _by_chance(made: int) -> str:
    """How many would call for a look if nothing were uneven: at most one in twenty."""
    if made < 20:
        return ""
    return f"; if every step were even-handed, chance would make up to {whole(made // 20)} of them look otherwise"


def _both(comparison: Comparison) -> str:
    one, other = comparison.count, comparison.reference_count
    return (
        f"{_of(comparison)}{whole(one.reached)} of {whole(one.total)} in {comparison.group} and "
        f"{whole(other.reached)} of {whole(other.total)} in {comparison.reference} "
        f"{GOT.get(comparison.step, comparison.step)}"
    )


def _of(comparison: Comparison) -> str:
    """Whom it speaks of, where not of everybody."""
    if not comparison.of:
        return ""
    return {
        Step.WATCH: "Of those watched, ",
        Step.COACH: "Of those coached, ",
        Step.ELIGIBLE: "Of those eligible, ",
        Step.PLAN: "Of those with plans, ",
    }.get(Step(comparison.of), "")


def _likely(comparison: Comparison) -> str:
    return f": {as_likely(comparison.adverse_ratio)}"


def _least(comparison: Comparison) -> float:
    """The chance that is told: Fisher's, or Barnard's where only that one is small."""
    if comparison.barnard is None or comparison.chance < 0.05:
        return comparison.chance
    return min(comparison.chance, comparison.barnard)


def _alike(one: Stratified, comparison: Comparison) -> str:
    among = f"Among people of the same {one.by}"
    if one.ratio is None:
        return f"{among} nobody in {comparison.reference} did; by chance {how_often(one.chance)}."
    return f"{among}: {as_likely(one.ratio)}; by chance {how_often(one.chance)}."


def _times(number: float) -> str:
    count = round(number)
    return "once" if count <= 1 else f"{count} times"
