"""Whether plans worked: published figures, and simulations in which the true effect is known (METHODS 10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

import numpy as np
import pytest

from courtside.analysis.effect.expectation import Expectation, expect_count, expect_rate
from courtside.analysis.effect.lots import ahead, draw
from courtside.analysis.effect.matched import Case, difference_in_differences, matched, pairs_of
from courtside.analysis.effect.outcome import Effect, Followed, effect_of, effects_of
from courtside.analysis.effect.pooling import dersimonian_laird, pooled, random_effects
from courtside.analysis.effect.power import error_of_plan, plans_needed
from courtside.analysis.effect.regression import return_to_mean
from courtside.analysis.effect.words import sentence_of_plan, sentence_of_pool, sentence_of_power
from courtside.analysis.statistics.distributions import Array, array
from courtside.analysis.statistics.shrinkage import Pools, fit_counts, fit_rates
from courtside.records.canonical import canonical

GATES = (
    "published figures of effects reproduced",
    "batches simulated without effect, none credited",
    "batches simulated with an effect, recovered",
    "naive comparisons caught that credit plans with what comes back anyway",
    "golden effect sentences compared",
)
Counted = Callable[[str, int], None]

CHOSEN_ON = date(2026, 4, 1)
REPS, DEALS, TARGET = 40, 30, 0.2
A, B = 12.6, 50.4
"""True rates are Beta(12.6, 50.4): mean 20 %, deviation 5 points, size 63 (METHODS 0.3)."""
KNOWN = Pools(array([0.2]), array([63.0]), array([1000.0]), array([5000.0]), array([REPS]))

BCG = np.array([
    (4, 123, 11, 139), (6, 306, 29, 303), (3, 231, 11, 220), (62, 13598, 248, 12867), (33, 5069, 47, 5808),
    (180, 1541, 372, 1451), (8, 2545, 10, 629), (505, 88391, 499, 88391), (29, 7499, 45, 7277), (17, 1716, 65, 1665),
    (186, 50634, 141, 27338), (5, 2498, 3, 2341), (27, 16913, 29, 17854),
], dtype=np.float64)  # fmt: skip
"""Tuberculosis among the vaccinated and the others, 13 trials. Source: Colditz et al. 1994 (dat.bcg of metafor)."""


def test_barnetts_return_to_the_mean(counted: Counted) -> None:
    """Barnett, van der Pols and Dobson 2005: mean 60, deviation 15, those below 40."""
    found = [return_to_mean(60, 15, reliability, 40) for reliability in (0.5, 0.8, 0.0)]
    assert found == pytest.approx([13.49, 5.39, 26.97], abs=5e-3)
    assert return_to_mean(60, 15, 0.5, 40, baselines=2) == pytest.approx(8.54, abs=5e-3)
    assert return_to_mean(60, 15, 1.0, 40) == 0.0
    people, rng = 400_000, np.random.default_rng(10)
    true = rng.normal(60, 15 * 0.5**0.5, people)
    first, second = (true + rng.normal(0, 15 * 0.5**0.5, people) for _ in range(2))
    assert float((second - first)[first < 40].mean()) == pytest.approx(13.49, abs=0.2)
    counted("published figures of effects reproduced", 6)


def test_card_and_krueger(counted: Counted) -> None:
    """1994, table 3: employment in New Jersey 20.44 to 21.03, in Pennsylvania 23.33 to 21.17; 2.76 unrounded."""
    assert difference_in_differences(20.44, 21.03, 23.33, 21.17) == pytest.approx(2.75)
    counted("published figures of effects reproduced", 1)


def test_the_incinerator_of_north_andover(counted: Counted) -> None:
    """Kiel and McClain 1995; Wooldridge, example 13.3: mean prices near and far, 1978 and 1981 -> -11,863.9."""
    near, far = (82_517.23 - 18_824.37, 101_307.51 - 30_688.27), (82_517.23, 101_307.51)
    assert difference_in_differences(*near, *far) == pytest.approx(-11_863.9, abs=0.05)
    counted("published figures of effects reproduced", 1)


def test_random_effects_of_the_thirteen_trials(counted: Counted) -> None:
    """R, metafor: rma(measure="RR", data=dat.bcg): DL 0.3088 and -0.7141 (0.1787), PM 0.3181; knha by Hartung-Knapp."""
    x1, n1, x2, n2 = BCG.T
    y, v = np.log(x1 / n1) - np.log(x2 / n2), 1 / x1 - 1 / n1 + 1 / x2 - 1 / n2
    tau2 = dersimonian_laird(y, v)
    assert tau2 == pytest.approx(0.3088, abs=5e-5)
    w = 1 / (v + tau2)
    assert (float((w * y).sum() / w.sum()), float(w.sum() ** -0.5)) == pytest.approx((-0.7141, 0.1787), abs=5e-5)
    found = random_effects(y, v)
    assert found.tau2 == pytest.approx(0.3181, abs=5e-5)
    assert found.mean == pytest.approx(-0.7150, abs=5e-5)
    counted("published figures of effects reproduced", 5)


def test_an_interval_over_few_plans_is_honest() -> None:
    """Six plans that truly differ: 2,000 pools, the true mean in at least 94 of 100 intervals; by DL and z in fewer."""
    rng, ours, naive, times = np.random.default_rng(11), 0, 0, 2000
    for _ in range(times):
        v = rng.uniform(0.3, 2.0, 6)
        y = rng.normal(1.0, 1.0, 6) + rng.normal(0, np.sqrt(v))
        found = random_effects(y, v)
        ours += found.low <= 1.0 <= found.high
        w = 1 / (v + dersimonian_laird(y, v))
        naive += abs(float((w * y).sum() / w.sum()) - 1.0) <= 1.96 * float(w.sum() ** -0.5)
    assert ours / times >= 0.94
    assert naive / times < 0.925  # the broken twin


def test_expectations_are_drawn_towards_like_people_and_kept_word_for_word() -> None:
    """METHODS 1.2: 3 of 30 in a pool of mean 0.2 and size 63: (63 x 0.2 + 3) / 93 = 16.8 %."""
    made = expect_rate("closing_rate", CHOSEN_ON, 3, 30, KNOWN)
    assert made.mean == pytest.approx(15.6 / 93)
    assert made.low < made.mean < made.high
    assert made.variance == pytest.approx(made.mean * (1 - made.mean) / 94)
    again = Expectation.from_json(made.to_json())
    assert again == made
    assert canonical(again.to_json()) == canonical(made.to_json())
    days = fit_counts([80, 90, 200, 130], [60, 60, 60, 60], np.zeros(4, dtype=np.int64), 1)
    calls = expect_count("calls", CHOSEN_ON, 80, 60, days)
    assert 80 / 60 < calls.mean < float(days.mean[0])
    assert Expectation.from_json(calls.to_json()) == calls


@pytest.mark.parametrize(
    "change", [{"mean": "x"}, {"kind": "level"}, {"made_on": "soon"}, {"first": 0}, {"of": float("nan")}, {"mean": -1}]
)
def test_what_is_no_expectation_is_refused(change: dict[str, object]) -> None:
    made = expect_rate("closing_rate", CHOSEN_ON, 3, 30, KNOWN).to_json()
    with pytest.raises(ValueError, match="expectation"):
        Expectation.from_json({**made, **change})
    with pytest.raises(ValueError, match="expectation"):
        Expectation.from_json({name: made[name] for name in made if name not in change})


@dataclass(frozen=True)
class Batch:
    """A quarter of 40 reps, who of them were chosen for being below 70 % of target, and the quarter after."""

    before: Array
    after: Array
    chosen: Array
    history: Array

    def expected(self, pools: Pools) -> list[Effect]:
        followed = [
            Followed(str(n), expect_rate("closing_rate", CHOSEN_ON, self.before[n], DEALS, pools), self.after[n], DEALS)
            for n in np.flatnonzero(self.chosen)
        ]
        return list(effects_of(followed))

    @property
    def simple(self) -> float:
        return float((self.after - self.before)[self.chosen].mean()) / DEALS

    @property
    def beside_unflagged(self) -> float:
        return self.simple - float((self.after - self.before)[~self.chosen].mean()) / DEALS


def _batches(effect: float, number: int, seed: int) -> list[Batch]:
    rng, found = np.random.default_rng(seed), []
    while len(found) < number:
        true = rng.beta(A, B, REPS)
        before = rng.binomial(DEALS, true)
        chosen = before < 0.7 * TARGET * DEALS
        if chosen.sum() >= 5:
            after = rng.binomial(DEALS, np.clip(true + effect * chosen, 0, 1))
            found.append(Batch(before, after, chosen, rng.binomial(3 * DEALS, true)))
    return found


@pytest.mark.parametrize("effect", [0.0, 0.03])
def test_the_true_effect_is_found_where_before_and_after_find_one_of_nothing(effect: float, counted: Counted) -> None:
    """METHODS 10: pre/post +6.7 / +9.6, beside the unflagged +9.6 / +12.6, beside the expectation +0.04 / +2.98."""
    batches = _batches(effect, 300, seed=17)
    simple, beside = np.mean([one.simple for one in batches]), np.mean([one.beside_unflagged for one in batches])
    assert (simple, beside) == pytest.approx((0.067 + effect, 0.096 + effect), abs=0.006)
    pools = [pooled(one.expected(KNOWN)) for one in batches]
    gains = array([one.gain for one in pools if one is not None])
    error = float(gains.std() / len(gains) ** 0.5)
    assert abs(float(gains.mean()) - effect) < 2.5 * error
    assert error < 0.0016
    holds = np.mean([one.low <= effect <= one.high for one in pools if one is not None])
    assert holds >= 0.94
    counted(GATES[2] if effect else GATES[1], len(batches))
    counted("naive comparisons caught that credit plans with what comes back anyway", 2)


def test_pools_fitted_to_a_year_of_the_same_people_do_as_well(counted: Counted) -> None:
    batches = _batches(0.0, 150, seed=18)
    of, one_pool = np.full(REPS, 4 * DEALS), np.zeros(REPS, dtype=np.int64)
    fitted = [fit_rates(one.before + one.history, of, one_pool, 1).floored() for one in batches]
    gains = [pooled(one.expected(pools)) for one, pools in zip(batches, fitted, strict=True)]
    assert abs(float(np.mean([one.gain for one in gains if one is not None]))) < 0.005
    counted("batches simulated without effect, none credited", len(batches))


def test_beside_people_as_low_nothing_is_found_of_nothing(counted: Counted) -> None:
    """Half of the low ones get a plan that does nothing; the others of them are the pairs."""
    rng, found, naive = np.random.default_rng(19), [], []
    for _ in range(120):
        true = rng.beta(A, B, 80)
        before, after = (rng.binomial(DEALS, true) / DEALS for _ in range(2))
        cases = [Case(f"p{n:02}", *row) for n, row in enumerate(zip(before, before, after, strict=True))]
        low = [one for one in cases if one.score < 0.7 * TARGET]
        planned, high = low[::2], [one for one in cases if one not in low]
        difference = matched(planned, low[1::2])
        if difference is not None:
            found.append(difference.gain)
        naive.append(np.mean([a.after - a.before for a in planned]) - np.mean([b.after - b.before for b in high]))
        assert matched(planned, high) is None  # nobody who was never low is like them
    error = float(np.std(found) / len(found) ** 0.5)
    assert abs(float(np.mean(found))) < 2.5 * error
    assert float(np.mean(naive)) > 0.08  # the broken twin
    counted("batches simulated without effect, none credited", len(found))
    counted("naive comparisons caught that credit plans with what comes back anyway", 1)


def test_pairs_are_the_nearest_and_nobody_is_in_two() -> None:
    planned = [Case("a", 0.10, 0.1, 0.2), Case("b", 0.11, 0.1, 0.2), Case("c", 0.50, 0.1, 0.2)]
    others = [Case("x", 0.11, 0.1, 0.1), Case("y", 0.10, 0.1, 0.1), Case("z", 0.90, 0.1, 0.1)]
    assert [(one.person_id, other.person_id) for one, other in pairs_of(planned, others)] == [("a", "y"), ("b", "x")]
    assert matched(planned, others) is None
    assert pairs_of([], others) == ()


def test_leavers_are_carried_forward_and_count_for_no_gain() -> None:
    made = expect_rate("closing_rate", CHOSEN_ON, 3, 30, KNOWN)
    assert effect_of(Followed("one", made, 0, 0)) is None
    gone = effect_of(Followed("one", made, 0, 0, has_left=True))
    assert gone is not None
    assert (gone.gain, gone.is_carried, gone.simple_gain) == (0.0, True, 0.0)
    early = effect_of(Followed("one", made, 0, 6, has_left=True))
    assert early is not None
    assert early.gain == pytest.approx(-made.mean)


def test_leaving_out_those_who_left_would_credit_a_plan_that_did_nothing(counted: Counted) -> None:
    """Whoever does badly at first leaves. Of those who stay the gain is bought with the others; ours keeps them."""
    rng, ours, completers = np.random.default_rng(20), [], []
    for _ in range(150):
        true = rng.beta(A, B, 60)
        before = rng.binomial(DEALS, true)
        first, second = rng.binomial(15, true), rng.binomial(15, true)
        for n in np.flatnonzero(before < 0.7 * TARGET * DEALS):
            leaves = first[n] <= 1
            made = expect_rate("closing_rate", CHOSEN_ON, before[n], DEALS, KNOWN)
            seen, of = (first[n], 15) if leaves else (first[n] + second[n], 30)
            effect = effect_of(Followed("x", made, seen, of, has_left=leaves))
            assert effect is not None
            ours.append(effect.gain)
            completers += [] if leaves else [effect.gain]
    assert float(np.mean(completers)) > 0.02  # the broken twin
    assert float(np.mean(ours)) < 0.0  # errs against the plan, never for it
    counted("naive comparisons caught that credit plans with what comes back anyway", 1)


def test_fewer_is_better_turns_gains_round() -> None:
    made = expect_rate("cancelled", CHOSEN_ON, 12, 30, KNOWN)
    up, down = (effect_of(Followed("x", made, 3, 30, is_down=is_down)) for is_down in (False, True))
    assert up is not None
    assert down is not None
    assert (down.gain, down.low, down.high) == pytest.approx((-up.gain, -up.high, -up.low))
    assert down.gain > 0
    assert down.simple_gain == pytest.approx(0.3)


def test_gains_of_counts_are_found_per_working_day() -> None:
    """60 people at 2 calls a day, chosen below 1.7 over 20 days: nothing comes of nothing."""
    rng, gains = np.random.default_rng(21), []
    for _ in range(60):
        true = rng.gamma(30, 2 / 30, 60)
        before, after = rng.poisson(20 * true), rng.poisson(20 * true)
        pools = fit_counts(before, np.full(60, 20), np.zeros(60, dtype=np.int64), 1)
        gains += [
            Followed("x", expect_count("calls", CHOSEN_ON, before[n], 20, pools), after[n], 20)
            for n in np.flatnonzero(before < 34)
        ]
    found = pooled(effects_of(gains))
    assert found is not None
    assert abs(found.gain) < 0.03
    assert found.simple_gain > 0.15


def test_plans_of_different_metrics_have_no_common_gain_and_few_plans_none_at_all() -> None:
    (effect,) = _batches(0.0, 1, 3)[0].expected(KNOWN)[:1]
    with pytest.raises(ValueError, match="no common unit"):
        pooled([effect, replace(effect, metric="calls")])
    assert pooled([effect] * 4) is None
    with pytest.raises(ValueError, match="two or more"):
        random_effects([1.0], [1.0])


def test_lots_can_be_drawn_again_by_anybody() -> None:
    """A ticket is what `printf 'seed:person' | sha256sum` prints."""
    days = (date(2026, 5, 4), date(2026, 6, 1))
    drawn = draw(["ann", "bob", "cid", "dan", "eve"], days, "line 812 of 30 April")
    assert drawn == draw(["eve", "dan", "cid", "bob", "ann"], days, "line 812 of 30 April")
    assert [one.ticket for one in drawn] == sorted(
        sha256(f"line 812 of 30 April:{one.person_id}".encode()).hexdigest() for one in drawn
    )
    assert [one.starts_on for one in drawn] == [days[0]] * 3 + [days[1]] * 2
    assert [one.person_id for one in drawn] != [
        one.person_id for one in draw(["ann", "bob", "cid", "dan", "eve"], days, "another")
    ]


def test_everybody_is_as_likely_to_be_drawn_first() -> None:
    first = [draw(["ann", "bob", "cid", "dan"], [CHOSEN_ON], str(seed))[0].person_id for seed in range(2000)]
    shares = [first.count(name) / 2000 for name in ("ann", "bob", "cid", "dan")]
    assert max(abs(share - 0.25) for share in shares) < 0.04


@pytest.mark.parametrize(
    ("people", "days", "seed"),
    [(["a", "a"], [CHOSEN_ON], "s"), (["a"], [], "s"), (["a"], [CHOSEN_ON, CHOSEN_ON], "s"), (["a"], [CHOSEN_ON], "")],
)
def test_a_draw_that_is_none_is_refused(people: list[str], days: list[date], seed: str) -> None:
    with pytest.raises(ValueError, match="draw"):
        draw(people, days, seed)


def test_those_who_began_beside_those_who_wait(counted: Counted) -> None:
    """METHODS 10: a randomised start finds +0.1 of nothing and +2.9 of 3 points."""
    for effect, gate in ((0.0, GATES[1]), (0.03, GATES[2])):
        rng, gains = np.random.default_rng(22), []
        for batch in range(300):
            true = rng.beta(A, B, 120)
            low = np.flatnonzero(rng.binomial(DEALS, true) < 0.7 * TARGET * DEALS)
            lots = draw([str(n) for n in low], [CHOSEN_ON, date(2026, 7, 1)], str(batch))
            first = np.array([int(one.person_id) for one in lots if one.starts_on == CHOSEN_ON])
            waits = np.array([int(one.person_id) for one in lots if one.starts_on != CHOSEN_ON])
            found = ahead(rng.binomial(DEALS, true[first] + effect) / DEALS, rng.binomial(DEALS, true[waits]) / DEALS)
            assert found is not None
            gains.append(found.gain)
        assert abs(float(np.mean(gains)) - effect) < 2.5 * float(np.std(gains)) / len(gains) ** 0.5
        counted(gate, len(gains))
    assert ahead([0.1, 0.2], [0.1, 0.2, 0.3]) is None


def test_how_many_plans_it_takes(counted: Counted) -> None:
    """3 points at 30 deals before and after, size 63: 64 plans; simulated, 8 of 10 such pools tell it."""
    error = error_of_plan(0.2, 63, DEALS, DEALS)
    assert error == pytest.approx(0.0839, abs=5e-5)
    assert plans_needed(0.03, error) == 64
    rng, told = np.random.default_rng(23), 0
    for _ in range(400):
        true = rng.beta(A, B, 64)
        before, after = rng.binomial(DEALS, true), rng.binomial(DEALS, np.clip(true + 0.03, 0, 1))
        effects = effects_of([
            Followed(str(n), expect_rate("closing_rate", CHOSEN_ON, before[n], DEALS, KNOWN), after[n], DEALS)
            for n in range(64)
        ])  # fmt: skip
        found = pooled(effects)
        told += found is not None and found.low > 0
    assert told / 400 == pytest.approx(0.8, abs=0.06)
    with pytest.raises(ValueError, match="above 0"):
        plans_needed(0, error)
    counted("batches simulated with an effect, recovered", 400)


LEE = Effect("p1", "closing_rate", 0.0, -0.1, 0.1, 0.007, expected=0.168, actual=0.17, before=0.1)


def test_the_same_gains_give_the_same_words(counted: Counted) -> None:
    """METHODS 10, "Say it"."""
    assert sentence_of_plan(LEE, "Lee", "rate") == (
        "Lee went from 10 % to 17 %. Reps with a start like that usually come back to about 17 % on their own. "
        "So we cannot credit the plan yet."
    )
    assert sentence_of_plan(replace(LEE, is_carried=True), "Lee", "rate") == (
        "Lee left before anything could be seen; counted as no gain, so that those who left are not forgotten."
    )
    pool = pooled([replace(LEE, plan_id=str(n)) for n in range(12)])
    assert pool is not None
    said = sentence_of_pool(replace(pool, gain=0.004, low=-0.04, high=0.05), 12, "rate")
    assert said == (
        "Across 12 plans the gain beyond that is +0.4 points (-4 to +5). That is not told apart from none. "
        "Before and after alone would say +7: most who are chosen for being low come back without help."
    )
    assert sentence_of_pool(None, 3, "rate") == ("3 plans so far: fewer than 5 are too few to say anything over them.")
    assert sentence_of_pool(replace(pool, gain=0.03, low=0.01, high=0.05), 12, "rate").split(". ")[1] == (
        "That is more than would have come anyway"
    )
    assert sentence_of_power(64, 0.03) == ("A true gain of +3 points would show in 8 of 10 cases after about 64 plans.")
    told = [said, sentence_of_plan(LEE, "Lee", "rate"), sentence_of_power(None, 0.03)]
    assert not any(word in one.lower() for one in told for word in ("underperform", "caused", "proves", "worked"))
    counted("golden effect sentences compared", 6)
