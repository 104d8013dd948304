"""Metrics on trial: what tells people apart, what comes before what, and the verdicts and sentences of both."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulated import seeds

from courtside.analysis.review.calendar_effects import MonthsApart, months_apart
from courtside.analysis.review.metric_review import next_review, results_of, reviewed_metrics
from courtside.analysis.review.precedence import Asked, Found, Lag, Pair, Sample, judged, pair_of
from courtside.analysis.review.reliability import (
    Stability,
    Variation,
    split_half,
    stability_of_blocks,
    stability_of_values,
    variation_of_blocks,
    variation_of_rates,
    variation_of_values,
)
from courtside.analysis.review.suitability import Cycle, proposed_card, usual, weeks_to_tell, weeks_to_tell_rate
from courtside.analysis.review.weekly import Weeks
from courtside.analysis.review.words import Trial, sentence_of, verdict_of
from courtside.analysis.statistics.distributions import Array
from courtside.metrics.catalogue import Catalogue
from courtside.metrics.load import build_written, read_blocks
from courtside.metrics.metric import Unit
from courtside.metrics.pack import CardLine, read_pack
from courtside.packs import staffing

GATES = ("metrics alike by chance found alike", "differences invented by ignoring bursts", "planted lags found",
         "metrics that lead nowhere left alone")  # fmt: skip
ONE_ROLE = np.zeros(60, dtype=np.int64)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    pack = read_pack(Path(next(iter(staffing.__path__))))
    return build_written(read_blocks(pack.files), pack)


# how people differ --------------------------------------------------------------------------------------------


def test_the_agents_of_maven_do_not_differ(shared_data: Path) -> None:
    """PUBLISHED_FIGURES and data README: chi-square 33.3 on 29 degrees of freedom, p about 0.26."""
    won, decided = Counter[str](), Counter[str]()
    with (shared_data / "maven_crm" / "sales_pipeline.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            won[row["sales_agent"]] += row["deal_stage"] == "Won"
            decided[row["sales_agent"]] += row["deal_stage"] in ("Won", "Lost")
    agents = [agent for agent in decided if decided[agent]]
    found = variation_of_rates([won[a] for a in agents], [decided[a] for a in agents], ONE_ROLE[: len(agents)])
    assert found is not None
    assert (found.people, found.above) == (30, 29)
    assert found.f * found.above == pytest.approx(33.3, abs=0.05)
    assert found.chance == pytest.approx(0.26, abs=0.01)
    assert not found.is_beyond_chance


def test_halves_are_stepped_up_as_spearman_and_brown_did() -> None:
    """2 r / (1 + r): 0.6 -> 0.75."""
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(2, 40))
    one, two = one - one.mean(), two - two.mean()
    two -= one * (one @ two) / (one @ one)
    even = 0.6 * one / np.linalg.norm(one) + 0.8 * two / np.linalg.norm(two)
    found = split_half(one, even, role=ONE_ROLE[:40])
    assert found is not None
    assert found.reliability == pytest.approx(0.75)
    low, high = found.interval
    assert low < 0.75 < high


def _bursty(rng: np.random.Generator, people: int, spread: float) -> tuple[Array, Array]:
    """Counts of 26 blocks in bursts (variance five times the mean), people differing by `spread` in the logarithm."""
    own = np.exp(rng.normal(0, spread, people))[:, None] * 20
    return rng.negative_binomial(own / 4, 0.2, (people, 26)).astype(np.float64), np.full((people, 26), 20.0)


def test_people_who_are_alike_are_found_alike_bursts_and_all(counted: Callable[[str, int], None]) -> None:
    """Chance sets people apart in 5 of 100 firms; the broken twin, which takes bursts for skill, in nearly all."""
    alike = invented = 0
    for seed in seeds(100):
        x, of = _bursty(np.random.default_rng(seed), 40, 0.0)
        found = variation_of_blocks(x, of, ONE_ROLE[:40])
        assert found is not None
        alike += not found.is_beyond_chance
        total = x.sum(axis=1)
        naive = Variation(float(((total - total.mean()) ** 2 / total.mean()).sum()) / 39, 39, float("inf"), 40)
        invented += naive.is_beyond_chance
    assert alike >= 86
    assert invented >= 90
    counted(GATES[0], alike)
    counted(GATES[1], invented)


def test_real_differences_are_found_and_foretold() -> None:
    for seed in seeds(10):
        x, of = _bursty(np.random.default_rng(seed), 60, 0.4)
        varies, stable = variation_of_blocks(x, of, ONE_ROLE), stability_of_blocks(x, of, ONE_ROLE)
        assert varies is not None
        assert stable is not None
        assert varies.is_beyond_chance
        assert varies.share > 0.8
        assert stable.is_stable
        assert abs(varies.share - stable.reliability) < 0.15  # two ways to the same share
        low, high = varies.interval
        assert 0 <= low <= varies.share <= high <= 1


def test_a_role_is_never_compared_with_another() -> None:
    rng = np.random.default_rng(seeds(1)[0])
    role = np.repeat([0, 1], 20)
    x = rng.poisson(np.where(role == 0, 5.0, 50.0)[:, None], (40, 26)).astype(np.float64)
    found = variation_of_blocks(x, np.ones((40, 26)), role)
    assert found is not None
    assert found.chance > 1e-4
    assert found.above == 38


def test_figures_that_cannot_be_counted_are_compared_by_their_periods() -> None:
    rng = np.random.default_rng(seeds(1)[0])
    own = rng.normal(0, 3, 30)[:, None]
    values = 50 + own + rng.normal(0, 1, (30, 8)) + np.arange(8)  # a trend all share is no difference
    values[3, :6] = np.nan
    varies, stable = variation_of_values(values, ONE_ROLE[:30]), stability_of_values(values, ONE_ROLE[:30])
    assert varies is not None
    assert stable is not None
    assert varies.is_beyond_chance
    assert stable.is_stable
    assert varies.people == 29
    noise = variation_of_values(rng.normal(0, 1, (30, 8)), ONE_ROLE[:30])
    assert noise is not None
    assert noise.share < 0.6


@given(st.integers(0, 9))
def test_fewer_than_ten_people_are_not_compared(people: int) -> None:
    x, role = np.ones((people, 8)), ONE_ROLE[:people]
    assert variation_of_blocks(x, x, role) is None
    assert variation_of_values(x, role) is None
    assert variation_of_rates(x.sum(axis=1), 2 * x.sum(axis=1), role) is None
    assert stability_of_blocks(x, x, role) is None


# what comes before what ---------------------------------------------------------------------------------------


def _firm(seed: int, *, until: int = 104) -> Weeks:
    """60 people over two years: meetings follow dials two weeks later until some week; e-mails lead nowhere."""
    rng = np.random.default_rng(seed)
    shape = (60, 104)
    skill, season = rng.normal(0, 0.4, (60, 1)), rng.normal(0, 0.2, 104)
    dials = rng.poisson(np.exp(4 + skill + season + rng.normal(0, 0.4, shape))).astype(np.float64)
    emails = rng.poisson(np.exp(3 + season + rng.normal(0, 0.4, shape))).astype(np.float64)
    pull = np.where(np.arange(104) < until, 0.4, 0.0) * (np.roll(np.log1p(dials), 2, axis=1) - 4)
    meetings = rng.poisson(np.exp(1.5 + skill + season + pull)).astype(np.float64)
    days = np.where(rng.random(shape) < 0.05, 0.0, 5.0)
    counts = {
        name: np.where(days > 0, table, 0) for name, table in
        (("dials", dials), ("emails", emails), ("meetings", meetings))
    }  # fmt: skip
    return Weeks(tuple(f"P{n}" for n in range(60)), ONE_ROLE, (), days, counts)


def _found(weeks: Weeks) -> Mapping[str, Found]:
    asked = [Asked(name, (name,), "meetings", 1, 1) for name in ("dials", "emails")]
    return {one.pair.metric: one for one in judged([pair_of(weeks, each) for each in asked])}


def test_a_planted_lag_is_found_and_what_leads_nowhere_is_not(counted: Callable[[str, int], None]) -> None:
    planted = idle = 0
    drawn = seeds(20)
    for seed in drawn:
        found = _found(_firm(seed))
        dials = found["dials"]
        planted += dials.is_signal and dials.lag is not None and dials.lag.weeks == 2 and dials.still is True
        idle += not found["emails"].is_signal
    assert planted >= 18
    assert idle >= 15
    counted(GATES[2], planted)
    counted(GATES[3], idle)


def test_an_effect_that_has_ended_is_said_to_have_ended() -> None:
    ended = [_found(_firm(seed, until=78))["dials"] for seed in seeds(10)]
    assert sum(one.still is False for one in ended) >= 8
    assert all(one.lag is not None and one.lag.weeks == 2 for one in ended)


def test_too_few_people_or_weeks_are_not_asked() -> None:
    """METHODS 4: below 40 people x 52 weeks nothing is said."""
    weeks = _firm(seeds(1)[0])
    few = Weeks(
        weeks.people[:39], weeks.role[:39], (), weeks.days[:39], {name: t[:39] for name, t in weeks.counts.items()}
    )  # fmt: skip
    short = Weeks(
        weeks.people, weeks.role, (), weeks.days[:, :55], {name: t[:, :55] for name, t in weeks.counts.items()}
    )  # fmt: skip
    for part in (few, short):
        pair, _ = pair_of(part, Asked("dials", ("dials",), "meetings"))
        assert not pair.sample.is_enough
        assert pair.lags == ()


def test_longer_lags_of_the_ladder_are_looked_at_where_they_lie() -> None:
    assert Asked("a", ("a",), "b", 2).lags == (1, 2, 3, 4)
    assert Asked("a", ("a",), "b", 8).lags == (5, 6, 7, 8)


def test_the_way_up_the_ladder_ends_at_what_follows_later(catalogue: Catalogue) -> None:
    """Dials and connects are one week's work: what dials come before is what connects come before."""
    dials = results_of(catalogue["dials"], catalogue)
    assert "connects" not in dials
    assert dials["meetings"] >= 1
    assert results_of(catalogue["submittals"], catalogue)["client_interviews"] == 1
    assert results_of(catalogue["opportunities_opened"], catalogue)["closed_sales"] == 8
    assert results_of(catalogue["gross_margin"], catalogue) == {}
    assert max(results_of(catalogue["call_plans"], catalogue).values()) <= 4


def test_standings_and_parts_are_not_on_trial(catalogue: Catalogue) -> None:
    names = [metric.name for metric in reviewed_metrics(catalogue)]
    assert {"dials", "meetings", "closing_rate", "revenue", "nps"} <= set(names)
    assert not {"open_opportunities", "stage_conversion", "follow_ups", "days_present", "sales_cost"} & set(names)
    assert names.index("dials") < names.index("meetings") < names.index("revenue")


# verdicts and words -------------------------------------------------------------------------------------------

VARIES, ALIKE = Variation(5.0, 59, 900, 60), Variation(1.0, 59, 900, 60)
STEADY, LOOSE, UNSURE = (
    Stability(0.9, (0.8, 0.95), 60), Stability(0.1, (-0.2, 0.4), 60), Stability(0.5, (0.2, 0.7), 60),
)  # fmt: skip
PAIR = Pair("dials", "meetings", Sample(60, 100, 5400), 1, (Lag(2, 0.3, (0.1, 0.5), 1e-4),), 0.3, 0.9)
SIGNAL = Found(PAIR, PAIR.lags[0], 3, True)


def _trial(catalogue: Catalogue, name: str = "dials", **changes: object) -> Trial:
    given = Trial(
        catalogue[name], VARIES, STEADY, (SIGNAL,), has_results=True, is_weekly=True, labels={"meetings": "Meetings"}
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def test_verdicts(catalogue: Catalogue) -> None:
    silent = (Found(PAIR, None),)
    short = (Found(replace(PAIR, sample=Sample(30, 40, 1100), lags=()), None),)
    contrary = (Found(PAIR, Lag(2, -0.3, (-0.5, -0.1), 1e-4), 3, True),)
    cases = {
        "keep": [
            _trial(catalogue),
            _trial(catalogue, variation=ALIKE),
            _trial(catalogue, "revenue", has_results=False),
        ],
        "watch": [
            _trial(catalogue, found=(replace(SIGNAL, still=False),)),
            _trial(catalogue, found=silent),
            _trial(catalogue, found=silent, stability=UNSURE),
            _trial(catalogue, found=contrary),
            _trial(catalogue, "revenue", has_results=False, variation=ALIKE),
        ],
        "retire": [_trial(catalogue, found=silent, variation=ALIKE), _trial(catalogue, found=silent, stability=LOOSE)],
        "cannot_tell": [
            _trial(catalogue, found=short),
            _trial(catalogue, is_weekly=False),
            _trial(catalogue, "revenue", has_results=False, variation=None, stability=None),
        ],
    }
    for verdict, trials in cases.items():
        assert [verdict_of(trial) for trial in trials] == [verdict] * len(trials)


def test_a_sign_that_does_not_last_or_turns_is_no_signal() -> None:
    assert not replace(SIGNAL, agreeing=1).is_signal
    against = replace(SIGNAL, lag=Lag(2, -0.3, (-0.5, -0.1), 1e-4))
    assert not against.is_signal
    assert against.is_contrary
    assert not replace(against, agreeing=2).is_contrary
    assert not replace(against, still=None).is_contrary


def test_what_is_said_of_a_metric_that_leads(catalogue: Catalogue) -> None:
    """METHODS 4, "Say it"."""
    assert sentence_of(_trial(catalogue)) == (
        "In weeks when a person has 10 % more dials than their own normal, meetings two weeks later run about 2.9 % "
        "higher (0.96 % to 4.9 %). People who have more of it also have more of the result, but most of that is who "
        "they are. This is association inside the same person, not proof. The last half-year still shows it. 60 people "
        "differ on it by more than chance makes them. One half of a person's time foretells the other well "
        "(reliability 0.9, 0.8 to 0.95)."
    )


def test_what_is_said_where_nothing_can_be_told_names_the_sample_and_the_published_prior(catalogue: Catalogue) -> None:
    short = (Found(replace(PAIR, sample=Sample(30, 40, 1100), lags=()), None),)
    said = sentence_of(_trial(catalogue, found=short))
    assert said.startswith(
        "What it comes before cannot be told yet: that takes 40 people who do both over 52 weeks, and there are 30 "
        "over 40, so 10 more people and 12 more weeks are needed. Until then, published studies are the best guess: "
        "10 % more personal selling goes with about 3 % more sales (elasticity 0.34; Albers, Mantrala and Sridhar 2010"
    )


def test_no_sentence_blames_or_claims_a_cause(catalogue: Catalogue) -> None:
    for found in ((SIGNAL,), (Found(PAIR, None),), (replace(SIGNAL, still=None),), (replace(SIGNAL, still=False),)):
        for variation in (VARIES, ALIKE, None):
            said = sentence_of(_trial(catalogue, found=found, variation=variation)).lower()
            assert not any(word in said for word in ("underperform", "caused", "because", "proves", "leads to"))


def test_the_next_review_is_at_the_end_of_the_next_half_year() -> None:
    assert next_review(date(2026, 11, 22)) == date(2027, 6, 30)
    assert next_review(date(2026, 3, 1)) == date(2026, 12, 31)


# the calendar, and a card -------------------------------------------------------------------------------------


def test_months_of_a_quarter_that_differ_every_time_are_named() -> None:
    """Maven, 2017: closed-in-month win rate 78-83 % in the third month, about 49 % in the first."""
    found = months_apart([[0.49, 0.62, 0.81], [0.48, 0.64, 0.79], [0.50, 0.60, 0.80]])
    assert found is not None
    assert found[0] == pytest.approx((0.49, 0.62, 0.80))
    assert found[1] < 0.001
    effect = MonthsApart("win_rate", "Win %", Unit.PERCENT, found[0], 3, found[1])
    assert effect.sentence == (
        "Calendar: win % is 80 % in the third month of a quarter and 49 % in the first, over 3 quarters. That is the "
        "calendar and nobody's doing: compare whole quarters, not months."
    )


def test_months_that_merely_scatter_are_not() -> None:
    draws = [np.random.default_rng(seed).normal(0.5, 0.1, (8, 3)) for seed in seeds(200)]
    named = sum(found is not None and found[1] < 0.01 for found in map(months_apart, draws))
    assert named <= 9
    assert months_apart([[1, 2, 3], [1, 2, 3]]) is None


def test_how_soon_a_metric_can_tell() -> None:
    """METHODS 0: a 30 % drop shows in a week at 80 dials a week, in 8 weeks at 8 meetings; 271 cases at 20 %."""
    days = np.full((20, 52), 5.0)
    assert weeks_to_tell(np.full((20, 52), 80.0), days) == pytest.approx(0.8, abs=0.01)
    assert weeks_to_tell(np.full((20, 52), 8.0), days) == pytest.approx(8, abs=0.1)
    assert weeks_to_tell_rate(np.full((20, 52), 2.0), np.full((20, 52), 10.0)) == pytest.approx(27.1)
    assert weeks_to_tell(np.zeros((20, 52)), days) is None


def test_a_usual_person_is_one_of_those_whose_work_it_is() -> None:
    assert usual([10] * 8 + [1] * 20) == 10
    assert usual([3, 3, 3]) == 3
    assert usual([0, 0]) == 0


def test_a_cycle_is_the_firms_own() -> None:
    assert Cycle(42, 5.9, 9661).is_complex is False
    assert Cycle(150, 2.0, 90).is_complex
    assert Cycle(40, 0.4, 90).is_complex
    assert Cycle(40, 2.0, 9).is_complex is None
    assert "complex selling" in Cycle(150, 2.0, 90).sentence


def test_a_card_has_at_most_eight_metrics_each_with_its_reason() -> None:
    def row(name: str, verdict: str = "keep") -> dict[str, object]:
        return {
            "metric": name, "label": name, "rung": "activity", "verdict": verdict, "precedes": "yes", "people": 60,
            "result": "goal", "effect": 0.3, "lag_weeks": 2,
        }  # fmt: skip

    rows = [*(row(f"m{n}") for n in range(12)), row("bad", "retire"), row("goal")]
    pack = [CardLine("bad", "From the pack."), CardLine("m9", "From the pack."), CardLine("nobody", "From the pack.")]
    card = proposed_card(rows, pack, {**{f"m{n}": 2.0 + n for n in range(12)}, "nobody": None})
    names = [line["metric"] for line in card]
    assert names == ["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m9"]
    assert card[-1]["reason"].startswith("From the pack. A real 30 % drop shows in about 11 weeks")
    assert card[0]["reason"].startswith(
        "Here, 10 % more than a person's own normal goes with 2.9 % more goal 2 weeks later."
    )
