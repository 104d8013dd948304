"""All steps of all groups looked at before documents go out: whether to hold them, and what is said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courtside.analysis.fairness.groups import Groups
from courtside.analysis.fairness.impact import Comparison, Count, Strata, compare_all
from courtside.analysis.fairness.steps import ORDER, Person, Step, before
from courtside.analysis.fairness.suppression import NOT_STATED, OTHER, Cut, Published, Withheld, publishable
from courtside.analysis.fairness.words import sentence_of, summary, withheld_sentence
from courtside.analysis.statistics.multiplicity import benjamini_hochberg


@dataclass(frozen=True, slots=True)
class Line:
    """A group that is shown: how many people, and how many of them reached each step."""

    grouping: str
    group: str
    people: int
    reached: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """What there is to see before documents go out. `hold`: somebody in HR has to look at it first."""

    hold: bool
    lines: tuple[Line, ...]
    comparisons: tuple[Comparison, ...]
    held: tuple[Comparison, ...]
    """Those that call for the hold."""
    withheld: tuple[Withheld, ...]
    sentences: tuple[str, ...]

    def sentence_of(self, comparison: Comparison) -> str:
        """What is said of one of the comparisons."""
        return sentence_of(comparison, is_one_of_many=comparison not in self.held)

    def to_json(self) -> dict[str, Any]:
        """Everything shown, for the record of a decision."""
        return {
            "hold": self.hold,
            "lines": [
                {"grouping": one.grouping, "group": one.group, "people": one.people, "reached": dict(one.reached)}
                for one in self.lines
            ],
            "comparisons": [
                {**one.to_json(), "is_held": one in self.held, "sentence": self.sentence_of(one)}
                for one in self.comparisons
            ],
            "withheld": [
                {"grouping": one.grouping, "groups": one.groups, "is_whole": one.is_whole} for one in self.withheld
            ],
            "sentences": list(self.sentences),
        }


def preview(people: Sequence[Person], groups: Groups) -> Preview:
    """Every step of every grouping, over everybody and over those who had reached the step before.

    A bottom line that balances does not make up for a step that does not (Connecticut v. Teal 1982), and what
    stands before a step (territory, leads) may hide its effect, so each is shown unadjusted and stratum by stratum.
    Raises ValueError for the same person twice. Source: METHODS 8.
    """
    if twice := [person for person, times in Counter(one.person_id for one in people).items() if times > 1]:
        raise ValueError(f"{twice[0]} is counted twice")
    published = publishable(groups, {one.person_id for one in people})
    return _seen(people, published)


def _seen(people: Sequence[Person], published: Published) -> Preview:
    lines = [line for grouping, cut in published.cuts.items() for line in _lines(people, grouping, cut)]
    found = tuple(one for grouping, cut in published.cuts.items() for one in _comparisons(people, grouping, cut))
    held = tuple(
        one for grouping in published.cuts for one in _held([one for one in found if one.grouping == grouping])
    )
    sentences = (*summary(found, held), *map(withheld_sentence, published.withheld))
    return Preview(bool(held), tuple(lines), found, held, published.withheld, sentences)


def _held(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Those of one grouping that call for a hold, and still do with all its comparisons looked at together.

    An alarm that rings for every firm is heard by nobody: false discoveries are kept to 1 in 10 (METHODS 1.5).
    """
    survives = benjamini_hochberg([one.rarest for one in comparisons])
    return [one for one, is_left in zip(comparisons, survives, strict=True) if is_left and one.verdict == "hold"]


def _lines(people: Sequence[Person], grouping: str, cut: Cut) -> Iterator[Line]:
    for group in _in_order(cut):
        members = [one for one in people if one.person_id in cut[group]]
        yield Line(
            grouping, group, len(members), {step: sum(one.has_reached(step) for one in members) for step in ORDER}
        )


def _comparisons(people: Sequence[Person], grouping: str, cut: Cut) -> Iterator[Comparison]:
    group_of = {person: group for group, members in cut.items() for person in members}
    for step in ORDER:
        yield from _at_step(people, grouping, group_of, step, None)
        if before(step) is not None:
            yield from _at_step(people, grouping, group_of, step, before(step))


def _at_step(
    people: Sequence[Person], grouping: str, group_of: Mapping[str, str], step: Step, of: Step | None
) -> tuple[Comparison, ...]:
    there = [one for one in people if one.has_reached(of)]
    counts = _counted([(group_of[one.person_id], one.has_reached(step)) for one in there])
    return compare_all(step, grouping, counts, _strata(there, grouping, group_of, step), of or "")


def _strata(there: Sequence[Person], grouping: str, group_of: Mapping[str, str], step: Step) -> Strata:
    """The counts of each group inside each stratum, for all that people are alike in but the grouping itself."""
    names = sorted({by for one in there for by in one.strata} - {grouping})
    found: dict[str, dict[str, Mapping[str, Count]]] = {}
    for by in names:
        rows = [(group_of[one.person_id], one.strata[by], one.has_reached(step)) for one in there if by in one.strata]
        found[by] = {
            group: _counted([(stratum, is_reached) for own, stratum, is_reached in rows if own == group])
            for group in {own for own, _, _ in rows}
        }
    return found


def _counted(rows: Sequence[tuple[str, bool]]) -> dict[str, Count]:
    total = Counter(key for key, _ in rows)
    reached = Counter(key for key, is_reached in rows if is_reached)
    return {key: Count(reached[key], total[key]) for key in sorted(total)}


def _in_order(cut: Cut) -> Sequence[str]:
    """The groups by name; those put together and those not stated at the end."""
    return sorted(cut, key=lambda group: (group in (OTHER, NOT_STATED), group))
