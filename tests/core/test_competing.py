"""Shares of stays that end in some way: against printed figures, exact fractions, the bootstrap and planted truths."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.simulated import seeds

from courtside.analysis.statistics.competing import ADVANCED, LOST, OPEN, Stays, incidence, medians, steps, survival
from courtside.warehouse.survival import aalen_johansen

GATES = ("incidences compared with exact fractions", "planted rates recovered", "losses taken for censoring caught")

REMISSION = "6,6,6,6+,7,9+,10,10+,11+,13,16,17+,19+,20+,22,23,25+,32+,32+,34+,35+"
"""Weeks in remission under 6-MP, `+` still in it. Source: Freireich 1963, as in Kleinbaum, Survival Analysis, ch. 2."""
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
"""Weeks under placebo, the same source."""
Ended = list[tuple[int, int]]
LOST_SIGHT_OF = {1: 1, 10: 1, 28: 1, 35: 1, 44: 1, 47: 1, 48: 1, 52: 3, 53: 2, 56: 3, 57: 2, 58: 3, 59: 7, 60: 3}
PROGRESSED = tuple(map(int, "0020111022211120120002120000021001111012002011000002200012002"))
DIED = (
    0, 42, 28, 15, 16, 10, 9, 6, 12, 9, 10, 6, 6, 5, 3, 4, 4, 7, 6, 4, 9, 2, 11, 3, 8, 6, 5, 7, 6, 6, 8, 7, 8, 4, 6, 6,
    4, 5, 6, 5, 5, 3, 8, 7, 5, 5, 14, 3, 9, 8, 8, 1, 5, 8, 5, 5, 2, 4, 5, 4, 4,
)  # fmt: skip
STILL_THERE = 865
"""Months to plasma cell malignancy, death or the last look in 1,384 people, by month up to 60: counts of `mgus2` of
R's survival package (Kyle and others, New England Journal of Medicine 2002). 865 were watched for longer."""


def _stays(ended: Ended, group: list[int] | None = None) -> Stays:
    days, ends = np.array([d for d, _ in ended], dtype=np.int64), np.array([e for _, e in ended], dtype=np.int64)
    groups = np.array(group if group is not None else [0] * len(ended), dtype=np.int64)
    return Stays(days, ends, groups, int(groups.max(initial=0)) + 1)


def _remission() -> Ended:
    return [(int(text.rstrip("+")), OPEN if "+" in text else LOST) for text in REMISSION.split(",")]


def _exact(ended: Ended, horizon: int, cause: int) -> Fraction:
    """The same in fractions, moment by moment."""
    left, reached = Fraction(1), Fraction(0)
    for moment in sorted({day for day, end in ended if end != OPEN and day <= horizon}):
        at_risk = sum(day >= moment for day, _ in ended)
        reached += left * Fraction(sum(one == (moment, cause) for one in ended), at_risk)
        left *= 1 - Fraction(sum(day == moment and end != OPEN for day, end in ended), at_risk)
    return reached


def test_6_mp_against_placebo_as_printed() -> None:
    """Freireich 1963 / Kleinbaum (METHODS 3): S, median remission 23 and 8 weeks, log-rank 16.79."""
    drug, placebo = _stays(_remission()), _stays([(week, LOST) for week in PLACEBO])
    printed = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert survival(drug, [6, 7, 10, 13, 16, 22, 23]).round(3).tolist() == printed
    assert (medians(drug).tolist(), medians(placebo).tolist()) == ([23.0], [8.0])
    censored = stats.CensoredData(
        uncensored=[d for d, e in _remission() if e == LOST], right=[d for d, e in _remission() if e == OPEN]
    )
    assert round(stats.logrank(censored, list(PLACEBO)).statistic ** 2, 2) == 16.79


def _gammopathy() -> Ended:
    ended = [(month, OPEN) for month, n in LOST_SIGHT_OF.items() for _ in range(n)] + STILL_THERE * [(61, OPEN)]
    ended += [(month, ADVANCED) for month, n in enumerate(PROGRESSED) for _ in range(n)]
    return ended + [(month, LOST) for month, n in enumerate(DIED) for _ in range(n)]


def test_ties_are_exact_at_five_years_of_gammopathy() -> None:
    """mgus2 at 60 months, exact 0.034104 (METHODS 3); jittering the ties gives 0.0326 to 0.0334."""
    ended = _gammopathy()
    assert len(ended) == 1384
    assert incidence(_stays(ended), 60).share[0].round(6) == 0.034104


def test_kaplan_and_meiers_curve_is_scipys() -> None:
    ended = _remission()
    censored = stats.CensoredData([d for d, e in ended if e], right=[d for d, e in ended if not e])
    curve = stats.ecdf(censored).sf
    found = steps(_stays(ended))
    assert found.after.tolist() == pytest.approx(curve.evaluate(found.day.astype(float)).tolist())


_ENDED = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([OPEN, ADVANCED, LOST])), min_size=1, max_size=40)


@settings(max_examples=150)
@given(groups=st.lists(_ENDED, min_size=1, max_size=5), horizon=st.integers(0, 14), data=st.data())
def test_every_group_has_its_exact_share_in_whatever_order_the_stays_come(
    groups: list[Ended], horizon: int, data: st.DataObject, counted: Callable[[str, int], None]
) -> None:
    flat = [(one, number) for number, ended in enumerate(groups) for one in ended]
    mixed = data.draw(st.permutations(flat))
    stays = _stays([one for one, _ in mixed], [number for _, number in mixed])
    shares = {cause: incidence(stays, horizon, cause).share for cause in (ADVANCED, LOST)}
    for number, ended in enumerate(groups):
        for cause in (ADVANCED, LOST):
            assert shares[cause][number] == pytest.approx(float(_exact(ended, horizon, cause)), abs=1e-12)
        asked = aalen_johansen([d for d, _ in ended], [e for _, e in ended], horizon)
        assert shares[ADVANCED][number] == pytest.approx(asked, abs=1e-12)
        left = survival(_stays(ended), [horizon])[0]
        assert shares[ADVANCED][number] + shares[LOST][number] + left == pytest.approx(1)
    counted("incidences compared with exact fractions", 2 * len(groups))


@settings(max_examples=60)
@given(ended=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([ADVANCED, LOST])), min_size=2, max_size=60))
def test_without_censoring_it_is_a_proportion_with_its_variance_and_wilsons_interval(ended: Ended) -> None:
    found = incidence(_stays(ended), 5)
    share = sum(one[1] == ADVANCED and one[0] <= 5 for one in ended) / len(ended)
    assert found.share[0] == pytest.approx(share)
    assert found.variance[0] == pytest.approx(share * (1 - share) / len(ended), abs=1e-12)
    assert found.cases[0] == pytest.approx(len(ended))


def _censored(draw: np.random.Generator, n: int, share: float = 0.4, slow: float = 1.0) -> Stays:
    """Stays that advance with a known chance, watched for 0 to 90 days; losses take `slow` times as long."""
    advances = draw.random(n) < share
    ends_at = np.floor(draw.gamma(2.0, 8.0, n) * np.where(advances, 1.0, slow))
    watched = np.floor(draw.uniform(0, 90, n))
    end = np.where(ends_at > watched, OPEN, np.where(advances, ADVANCED, LOST))
    days = np.minimum(ends_at, watched).astype(np.int64)
    return Stays(days, end.astype(np.int64), np.zeros(n, dtype=np.int64), 1)


def test_the_variance_is_what_drawing_the_cases_again_gives() -> None:
    """METHODS 3 names the bootstrap as the variance of an incidence; the formula agrees within a fifth."""
    (seed,) = seeds(1)
    draw = np.random.default_rng(seed)
    stays, n, times = _censored(draw, 250), 250, 1_500
    found = incidence(stays, 30)
    chosen = draw.integers(0, n, (times, n))
    drawn = Stays(stays.days[chosen].ravel(), stays.end[chosen].ravel(), np.repeat(np.arange(times), n), times)
    assert found.variance[0] == pytest.approx(incidence(drawn, 30).share.var(), rel=0.2)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    (seed,) = seeds(1)
    draw = np.random.default_rng(seed)
    n, times = 60, 1_500
    many = [_censored(draw, n) for _ in range(times)]
    stays = Stays(
        np.concatenate([s.days for s in many]), np.concatenate([s.end for s in many]),
        np.repeat(np.arange(times), n), times,
    )  # fmt: skip
    truth = 0.4 * stats.gamma.cdf(31, 2.0, scale=8.0)
    interval = incidence(stays, 30).interval
    holds = float(np.mean((interval.low <= truth) & (truth <= interval.high)))
    assert 0.925 <= holds <= 0.975


Shares = Callable[[np.ndarray, np.ndarray, int], float]


def _aj(days: np.ndarray, end: np.ndarray, horizon: int) -> float:
    return float(incidence(Stays(days, end, np.zeros(len(days), dtype=np.int64), 1), horizon).share[0])


def _one_minus_km(days: np.ndarray, end: np.ndarray, horizon: int) -> float:
    """The broken twin: a loss is taken for a case one has lost sight of."""
    return _aj(days, np.where(end == LOST, OPEN, end), horizon)


def _pipeline(seed: int, growth: float, lag: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Age at as-of, days and end of cases opened over 4 years: 25 % are won after 60 days, losses entered after lag."""
    draw = np.random.default_rng(seed)
    months = np.arange(48)
    opened = draw.poisson(120 * (1 + growth) ** (months - 40))
    age = np.concatenate([draw.uniform(30 * (47 - m), 30 * (48 - m), k) for m, k in zip(months, opened, strict=True)])
    wins = draw.random(len(age)) < 0.25
    took = np.where(wins, draw.gamma(4.0, 15.0, len(age)), draw.gamma(4.0, lag / 4, len(age)))
    end = np.where(took > age, OPEN, np.where(wins, ADVANCED, LOST)).astype(np.int64)
    return age, np.minimum(took, age).astype(np.int64), end


def _recovers(share: Shares, seed: int, growth: float, lag: float) -> bool:
    _, days, end = _pipeline(seed, growth, lag)
    return abs(share(days, end, 720) - 0.25) < 4.5 * float(np.sqrt(0.25 * 0.75 / len(days)))


@pytest.mark.parametrize(("growth", "lag"), [(0.0, 60), (0.0, 150), (0.06, 60), (0.06, 150), (-0.06, 150)])
def test_the_planted_25_percent_is_found_where_won_of_closed_says_40(
    growth: float, lag: float, counted: Callable[[str, int], None]
) -> None:
    """METHODS 3, table "synthetic truth 25 %": Aalen-Johansen 24.8 to 25.0 whatever the growth and the loss lag."""
    (seed,) = seeds(1)
    assert _recovers(_aj, seed, growth, lag)
    counted("planted rates recovered", 1)
    age, days, end = _pipeline(seed, growth, lag)
    assert _one_minus_km(days, end, 720) > _aj(days, end, 720) + 0.015, "losses out of sight are not seen"
    counted("losses taken for censoring caught", 1)
    recent = end[age <= 180]
    if lag > 60:
        assert np.sum(recent == ADVANCED) / np.sum(recent != OPEN) > 0.33
        assert np.sum(recent == ADVANCED) / len(recent) < 0.22


def test_nothing_is_known_of_a_group_without_stays_and_all_open_stays_have_not_moved() -> None:
    stays = Stays(np.array([3, 5]), np.array([OPEN, OPEN]), np.array([1, 1]), 3)
    found = incidence(stays, 30)
    assert np.isnan(found.share).tolist() == [True, False, True]
    assert (found.share[1], found.cases[1]) == (0.0, 0.0)
    assert np.isnan(medians(stays)).all()
    assert np.isnan(found.interval.low).all()


def test_groups_do_not_speak_to_each_other() -> None:
    draw = random.Random(7)
    ended = [(draw.randrange(20), draw.choice([OPEN, ADVANCED, LOST])) for _ in range(300)]
    group = [draw.randrange(6) for _ in ended]
    together = incidence(_stays(ended, group), 12)
    for number in range(6):
        alone = incidence(_stays([one for one, at in zip(ended, group, strict=True) if at == number]), 12)
        assert together.share[number] == pytest.approx(alone.share[0], abs=1e-12)
        assert together.variance[number] == pytest.approx(alone.variance[0], abs=1e-12)
