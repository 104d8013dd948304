"""Published figures of fairness, its alarms, and its words: every step looked at, by both ratios (METHODS 8)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import comb

import numpy as np
import pytest
from scipy.stats import barnard_exact, fisher_exact
from scipy.stats.contingency import odds_ratio as conditional_odds

from courtside.analysis.fairness.fourfold import barnard, deviations, fisher, odds_ratio, shortfall
from courtside.analysis.fairness.impact import Comparison, Count, compare_all, impact_ratio
from courtside.analysis.fairness.panel import panel
from courtside.analysis.fairness.preview import preview
from courtside.analysis.fairness.steps import ORDER, Person, Step
from courtside.analysis.fairness.words import as_likely, how_often, sentence_of

GATES = (
    "published fairness figures reproduced",
    "tables compared with another implementation",
    "golden fairness sentences compared",
    "uneven steps caught that the bottom line or one ratio alone would pass",
    "false holds counted where nothing is uneven",
)
Counted = Callable[[str, int], None]

FORBIDDEN = ("underperform", "caused", "proves", "fail", " red", "rank")
FLIP = {"group A": Count(4, 200), "group B": Count(10, 100)}
"""The flip problem of METHODS 8: four fifths are kept, and plans are five times as likely."""


def _one(counts: dict[str, Count], step: str = "plan") -> Comparison:
    (found,) = compare_all(step, "group", counts)
    return found


def test_rates_of_the_commission_give_their_impact_ratios(counted: Counted) -> None:
    """EEOC, Questions and Answers on the Uniform Guidelines, 1979: 60, 45, 48 and 51 % -> 0.75, 0.80, 0.85."""
    found = [impact_ratio(rate, 0.60) for rate in (0.45, 0.48, 0.51)]
    assert found == pytest.approx([0.75, 0.80, 0.85])
    counts = {label: Count(100 - chosen, 100) for label, chosen in zip("ABCD", (60, 45, 48, 51), strict=True)}
    ratios = {one.group: (one.impact_ratio, one.is_apart) for one in compare_all("plan", "group", counts)}
    assert {group: pytest.approx(ratio) for group, (ratio, _) in ratios.items()} == {"B": 0.75, "C": 0.8, "D": 0.85}
    is_below = {group: 5 * chosen < 4 * 60 for group, chosen in (("B", 45), ("C", 48), ("D", 51))}
    assert is_below == {"B": True, "C": False, "D": False}  # exactly four fifths is not below four fifths
    counted("published fairness figures reproduced", 6)


def test_exactly_four_fifths_and_five_fourths_are_kept_and_a_person_more_is_not() -> None:
    """In whole numbers: 0.32 over 0.4, as 1 less the others, comes to less than 0.8 in doubles."""
    assert (1 - 0.68) / (1 - 0.6) < 0.8  # the broken twin
    found = [_one({"A": Count(60, 100), "B": Count(concerned, 100)}).is_apart for concerned in (68, 69)]
    assert found == [False, True]
    found = [_one({"A": Count(40, 1000), "B": Count(concerned, 1000)}).is_apart for concerned in (50, 51)]
    assert found == [False, True]


def test_teal(counted: Counted) -> None:
    """Connecticut v. Teal, 457 U.S. 440 (1982): 26 of 48 and 206 of 259 passed the first step."""
    found = _one({"black": Count(22, 48), "white": Count(53, 259)}, "watch")
    assert (1 - found.count.rate, 1 - found.reference_count.rate) == pytest.approx((0.5417, 0.7954), abs=5e-5)
    assert found.impact_ratio == pytest.approx(0.68, abs=5e-3)
    assert found.chance == pytest.approx(0.000404, abs=5e-7)
    assert found.deviations == pytest.approx(3.76, abs=5e-3)
    assert deviations(206, 259, 26, 48) == pytest.approx(3.76, abs=5e-3)
    assert found.verdict == "hold"
    counted("published fairness figures reproduced", 5)


def test_fishers_tea_and_twins(counted: Counted) -> None:
    """Fisher 1935, The Design of Experiments; R's fisher.test on the convictions of like-sex twins."""
    assert [fisher(3, 4, 1, 4), fisher(3, 4, 1, 4, is_one_sided=True)] == pytest.approx([0.4857, 0.2429], abs=5e-5)
    assert fisher(2, 17, 10, 13) == pytest.approx(0.0005367241, abs=5e-11)
    twins = odds_ratio(2, 17, 10, 13)
    assert twins.ratio == pytest.approx(0.04693661, abs=1e-7)
    assert (twins.low, twins.high) == pytest.approx((0.003325764, 0.363182271), rel=3e-3)  # R stops at 1e-4 of the root
    counted("published fairness figures reproduced", 6)


def test_castaneda(counted: Counted) -> None:
    """Castaneda v. Partida, 430 U.S. 482 (1977), note 17: 870 jurors, 79.1 %, 339 seen."""
    found = shortfall(339, 870, 0.791)
    assert (round(found.expected), round(found.deviation), round(-found.apart)) == (688, 12, 29)
    counted("published fairness figures reproduced", 3)


def test_exact_tests_agree_with_another_implementation(counted: Counted) -> None:
    """scipy: fisher_exact, barnard_exact (never higher than ours, which looks harder), contingency.odds_ratio."""
    rng, tables = np.random.default_rng(8), 0
    for _ in range(40):
        n1, n2 = (int(n) for n in rng.integers(3, 40, 2))
        x1, x2 = int(rng.integers(0, n1 + 1)), int(rng.integers(0, n2 + 1))
        table = [[x1, x2], [n1 - x1, n2 - x2]]
        rows = [[x1, n1 - x1], [x2, n2 - x2]]
        assert fisher(x1, n1, x2, n2) == pytest.approx(fisher_exact(rows).pvalue, rel=1e-9)
        if 0 < x1 + x2 < n1 + n2:
            theirs = float(barnard_exact(table, n=256).pvalue)
            ours = barnard(x1, n1, x2, n2)
            assert ours is not None
            assert theirs - 1e-6 <= ours <= theirs + 0.05
        if 0 < x1 < n1 and 0 < x2 < n2:
            other, mine = conditional_odds(rows), odds_ratio(x1, n1, x2, n2)
            interval = other.confidence_interval(0.95)
            assert mine.ratio == pytest.approx(other.statistic, rel=1e-5)
            assert (mine.low, mine.high) == pytest.approx((interval.low, interval.high), rel=1e-5)
        tables += 1
    counted("tables compared with another implementation", tables)


def test_an_alarm_by_both_exact_tests_rings_by_chance_no_more_than_one_time_in_twenty(counted: Counted) -> None:
    """Every table of two sizes, weighed by its chance at every common rate: never above 5 % (and a little rounding)."""
    looked = 0
    for n1, n2 in ((6, 30), (12, 20), (15, 15)):
        is_rung = {
            (a, b): min(fisher(a, n1, b, n2), barnard(a, n1, b, n2) or 1.0) < 0.05
            for a, b in product(range(n1 + 1), range(n2 + 1))
        }
        for p in np.linspace(0.02, 0.98, 49):
            chance = sum(
                comb(n1, a) * comb(n2, b) * p ** (a + b) * (1 - p) ** (n1 + n2 - a - b)
                for (a, b), rings in is_rung.items()
                if rings
            )
            assert chance <= 0.0501
            looked += 1
    counted("tables compared with another implementation", looked)


def test_the_flip_problem_is_held_though_four_fifths_are_kept(counted: Counted) -> None:
    """METHODS 8: 4 of 200 and 10 of 100: not-plan ratio 0.918 "passes", adverse ratio 5.0, p 0.0033."""
    found = _one(FLIP)
    assert found.impact_ratio == pytest.approx(0.918, abs=5e-4)
    assert found.adverse_ratio == pytest.approx(5.0)
    assert found.chance == pytest.approx(0.0033, abs=5e-5)
    assert found.verdict == "hold"
    is_caught_by_four_fifths_alone = found.impact_ratio is not None and found.impact_ratio < 0.8  # the broken twin
    assert not is_caught_by_four_fifths_alone
    counted("published fairness figures reproduced", 3)
    counted("uneven steps caught that the bottom line or one ratio alone would pass", 1)


def test_a_tiny_group_nobody_of_whom_is_concerned_does_not_hide_a_gap(counted: Counted) -> None:
    """The bare lowest rate as reference (the broken twin) would be the group of five, and too few to tell anything."""
    counts = {**FLIP, "group C": Count(0, 5)}
    found = {one.group: one for one in compare_all("plan", "group", counts)}
    assert found["group B"].reference == "group A"
    assert found["group B"].verdict == "hold"
    assert min(counts, key=lambda group: counts[group].rate) == "group C"
    assert fisher(10, 100, 0, 5) > 0.05
    counted("uneven steps caught that the bottom line or one ratio alone would pass", 1)


GOLDEN = {
    "flip": (
        FLIP,
        "10 of 100 in group B and 4 of 200 in group A got plans: five times as likely; a gap this big would arise by "
        "chance about 3 times in 1,000. Hold the documents; HR review required.",
    ),
    "few": (
        {"group A": Count(2, 30), "group B": Count(1, 6)},
        "1 of 6 in group B and 2 of 30 in group A got plans: too few people to tell.",
    ),
    "even": (
        {"group A": Count(10, 100), "group B": Count(11, 100)},
        "11 of 100 in group B and 10 of 100 in group A got plans: no more apart than chance and four fifths allow.",
    ),
    "small but sure": (
        {"group A": Count(1000, 10_000), "group B": Count(1150, 10_000)},
        "1,150 of 10,000 in group B and 1,000 of 10,000 in group A got plans: 1.1 times as likely; a gap this big "
        "would arise by chance about 7 times in 10,000. Small, but hardly chance: worth a look.",
    ),
    "none of the reference": (
        {"group A": Count(0, 100), "group B": Count(8, 60)},
        "8 of 60 in group B and 0 of 100 in group A got plans: none in the other group; a gap this big would arise by "
        "chance about 3 times in 10,000. Hold the documents; HR review required.",
    ),
}


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_same_counts_give_the_same_words(name: str, counted: Counted) -> None:
    counts, sentence = GOLDEN[name]
    found = sentence_of(_one(counts))
    assert found == sentence
    assert not any(word in found.lower() for word in FORBIDDEN)
    counted("golden fairness sentences compared", 1)


def test_numbers_in_words(counted: Counted) -> None:
    told = [how_often(p) for p in (0.0033, 0.049, 0.43, 0.012, 0.00001, 1.0)]
    assert told == [
        "about 3 times in 1,000", "about 5 times in 100", "about 4 times in 10", "about once in 100",
        "less than once in 10,000", "about 10 times in 10",
    ]  # fmt: skip
    assert [as_likely(r) for r in (5.0, 2.5, 1.4, 0.0, None)] == [
        "five times as likely", "2.5 times as likely", "1.4 times as likely", "none in this group",
        "none in the other group",
    ]  # fmt: skip
    counted("golden fairness sentences compared", 11)


def _people(reached: dict[str, dict[Step | None, int]]) -> tuple[list[Person], dict[str, dict[str, str]]]:
    people: list[Person] = []
    of: dict[str, str] = {}
    for group, steps in reached.items():
        for step, number in steps.items():
            for _ in range(number):
                person = f"p{len(people)}"
                people.append(Person(person, step))
                of[person] = group
    return people, {"group": of}


def test_a_step_is_held_though_the_bottom_line_balances(counted: Counted) -> None:
    """Teal: uneven at the first step, made up for later. A look at the last step alone sees nothing."""
    people, groups = _people({
        "A": {None: 160, Step.WATCH: 20, Step.PLAN: 20},
        "B": {None: 50, Step.WATCH: 40, Step.PLAN: 10},
    })  # fmt: skip
    seen = preview(people, groups)
    assert seen.hold
    assert {(one.step, one.of) for one in seen.held} >= {("watch", "")}
    bottom = [one for one in seen.comparisons if (one.step, one.of) == ("plan", "")]
    assert [one.verdict for one in bottom] == ["no_sign"]
    counted("uneven steps caught that the bottom line or one ratio alone would pass", 1)


def test_a_gap_inside_every_team_is_held_though_the_sums_are_alike(counted: Counted) -> None:
    """Simpson: group B works where few get plans, and gets more of them in every team."""
    people, of = [], {}
    for team, group, plans, total in (("N", "A", 40, 100), ("N", "B", 14, 20), ("S", "A", 1, 20), ("S", "B", 30, 100)):
        for n in range(total):
            person = f"{team}{group}{n}"
            people.append(Person(person, Step.PLAN if n < plans else None, {"team": team}))
            of[person] = group
    seen = preview(people, {"group": of})
    plan = next(one for one in seen.comparisons if (one.step, one.of) == ("plan", ""))
    assert plan.chance > 0.05
    assert plan.stratified[0].by == "team"
    assert plan.stratified[0].is_uneven
    assert plan in seen.held
    assert "Among people of the same team" in seen.sentence_of(plan)
    counted("uneven steps caught that the bottom line or one ratio alone would pass", 1)


def test_a_preview_of_everybody_even_handed_is_seldom_held(counted: Counted) -> None:
    """30 firms of 120 people, three groupings, five steps: at most one in five may be held by chance."""
    rng, held, alone, firms = np.random.default_rng(6), 0, 0, 30
    for _ in range(firms):
        people: list[Person] = []
        groups: dict[str, dict[str, str]] = {name: {} for name in ("one", "two", "three")}
        for n in range(120):
            gone = rng.random(5) < (0.3, 0.5, 0.5, 0.7, 0.3)
            far = int(np.argmin(gone)) if not gone.all() else 5
            people.append(Person(str(n), ORDER[far - 1] if far else None))
            for number, name in enumerate(groups, 2):
                groups[name][str(n)] = "abcd"[int(rng.integers(number))]
        seen = preview(people, groups)
        held += seen.hold
        alone += any(one.verdict == "hold" for one in seen.comparisons)
    assert held <= firms / 5
    assert alone > firms / 3  # the broken twin: each comparison taken for the only one
    counted("false holds counted where nothing is uneven", firms)


def test_a_record_of_a_preview_can_be_kept_word_for_word() -> None:
    from courtside.records.canonical import canonical

    people, groups = _people({"A": {None: 196, Step.PLAN: 4}, "B": {None: 90, Step.PLAN: 10}})
    written = preview(people, groups).to_json()
    assert written["hold"] is True
    assert GOLDEN["flip"][1].replace("group ", "") in written["sentences"]
    assert canonical(written) == canonical(preview(people, groups).to_json())


def test_a_manager_far_from_all_others_is_noted_and_one_who_is_not_is_not() -> None:
    even = {f"Manager {n:02}": Count(1 + n % 3, 20) for n in range(14)}
    assert panel("manager", even).notes == ()
    found = panel("manager", {**even, "Zoe": Count(15, 20)})
    assert [row.group for row in found.rows if row.is_outlier] == ["Zoe"]
    assert len(found.notes) == 1
    assert found.notes[0].startswith("Zoe: 15 plans for 20 people, 75 per 100 (50.9 to 91.3), more than the ")
    assert found.notes[0].endswith("A reason to look at how plans are opened there, and no finding.")
    few = panel("manager", {f"M{n}": Count(1, 9) for n in range(4)})
    assert few.notes == ("4 managers with 5 people or more: too few to say how far managers differ.",)


def test_plans_per_100_have_exact_intervals() -> None:
    """Clopper and Pearson: 10 of 100 -> 4.9 to 17.6."""
    (row,) = panel("role", {"closer": Count(10, 100)}).rows
    assert (row.per_100, row.low, row.high) == pytest.approx((10, 4.9005, 17.6223), abs=5e-4)
    assert panel("role", {}).rows == ()


def test_impossible_counts_and_people_counted_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="5 of 4"):
        Count(5, 4)
    with pytest.raises(ValueError, match="ann is counted twice"):
        preview([Person("ann"), Person("ann")], {})


def test_nothing_is_compared_where_there_is_one_group_or_few_people() -> None:
    assert compare_all("plan", "group", {"A": Count(1, 50)}) == ()
    assert compare_all("plan", "group", {"A": Count(1, 50), "B": Count(3, 4)}) == ()
    assert preview([], {}).sentences == ("There are no two groups of 5 people or more to compare.",)
