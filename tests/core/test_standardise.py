"""Direct standardisation and common odds ratios reproduce their published examples (METHODS 7)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2

from courtside.analysis.statistics.distributions import Array
from courtside.analysis.statistics.standardise import (
    CommonOdds,
    Standardised,
    chi_square_above,
    direct,
    mantel_haenszel,
    rate_ratio,
)

GATES = ("published like-with-like figures reproduced", "crude rates caught that would have told the opposite")

Counted = Callable[[str, int], None]

MEN = np.array([(512, 825), (353, 560), (120, 325), (138, 417), (53, 191), (22, 373)], dtype=np.float64)
WOMEN = np.array([(89, 108), (17, 25), (202, 593), (131, 375), (94, 393), (24, 341)], dtype=np.float64)
"""Admitted and applied, departments A to F. Source: Bickel, Hammel and O'Connell 1975."""

OPEN = np.array([(81, 87), (192, 263)], dtype=np.float64)
KEYHOLE = np.array([(234, 270), (55, 80)], dtype=np.float64)
"""Successes and operations, small and large kidney stones. Source: Charig et al. 1986."""

BIRTHS = np.array([
    [230061, 329449, 114920, 39487, 14208, 3052], [72202, 326701, 208667, 83228, 28466, 5375],
    [15050, 175702, 207081, 117300, 45026, 8660], [2293, 68800, 132424, 98301, 46075, 9834],
    [327, 30666, 123419, 149919, 104088, 34392],
])  # fmt: skip
DOWN = np.array([
    [107, 141, 60, 40, 39, 25], [25, 150, 110, 84, 82, 39], [3, 71, 114, 103, 108, 75], [1, 26, 64, 89, 137, 96],
    [0, 8, 63, 112, 262, 295],
])  # fmt: skip
"""Births in Michigan 1950 to 1964 by birth order (1 to 5 and more) and the mother's age, and those with Down's
syndrome. Source: Stark and Mantel 1966, as in epitools' `ageadjust.direct`."""


def _direct(group: Array, standard: Array) -> Standardised:
    return direct(group[:, 0], group[:, 1], standard)


def _men_and_women(correction: float = 0.5) -> CommonOdds:
    return mantel_haenszel(MEN[:, 0], MEN[:, 1], WOMEN[:, 0], WOMEN[:, 1], correction)


def test_berkeley_women_are_behind_over_all_and_ahead_with_everybodys_mix(counted: Counted) -> None:
    """Bickel 1975; Freedman, Pisani and Purves: 39 % and 43 %."""
    standard = MEN[:, 1] + WOMEN[:, 1]
    men, women = _direct(MEN, standard), _direct(WOMEN, standard)
    assert [men.crude, women.crude] == pytest.approx([0.445, 0.304], abs=5e-4)
    assert [men.rate, women.rate] == pytest.approx([0.387, 0.430], abs=5e-4)
    assert (men.crude > women.crude) is not (men.rate > women.rate)  # the broken twin: what the crude rates say
    counted("published like-with-like figures reproduced", 4)
    counted("crude rates caught that would have told the opposite", 1)


def test_berkeley_common_odds_ratio(counted: Counted) -> None:
    """R: mantelhaen.test(UCBAdmissions) and without correction."""
    corrected, plain = _men_and_women(), _men_and_women(correction=0.0)
    assert corrected.ratio == pytest.approx(0.9046968, abs=5e-8)
    assert [corrected.square, corrected.chance] == pytest.approx([1.4269, 0.2323], abs=5e-5)
    assert [plain.square, plain.chance] == pytest.approx([1.5246, 0.2169], abs=5e-5)
    counted("published like-with-like figures reproduced", 5)


def test_berkeley_departments_have_odds_ratios_of_their_own(counted: Counted) -> None:
    """Breslow and Day 1980, 4.4, with each stratum's expected cell found by bisection instead of the quadratic."""
    found = _men_and_women()
    square = 0.0
    for (a, n1), (c, n2) in zip(MEN, WOMEN, strict=True):

        def beside(e: float, n1: float = n1, n2: float = n2, m: float = a + c) -> float:
            return e * (n2 - m + e) - found.ratio * (n1 - e) * (m - e)

        e = float(brentq(beside, max(0, a + c - n2) + 1e-9, min(n1, a + c) - 1e-9))
        square += (a - e) ** 2 * (1 / e + 1 / (n1 - e) + 1 / (a + c - e) + 1 / (n2 - a - c + e))
    assert found.apart == pytest.approx(square)
    assert found.apart_chance == pytest.approx(float(chi2.sf(square, 5)))


def test_kidney_stones(counted: Counted) -> None:
    """Charig 1986: open surgery is better on small and on large stones, and looks worse over both."""
    standard = OPEN[:, 1] + KEYHOLE[:, 1]
    one, other = _direct(OPEN, standard), _direct(KEYHOLE, standard)
    assert np.round(100 * OPEN[:, 0] / OPEN[:, 1]).tolist() == [93, 73]
    assert np.round(100 * KEYHOLE[:, 0] / KEYHOLE[:, 1]).tolist() == [87, 69]
    assert (round(100 * one.crude), round(100 * other.crude)) == (78, 83)
    assert [one.rate, other.rate] == pytest.approx([0.833, 0.779], abs=5e-4)
    assert (one.crude > other.crude) is not (one.rate > other.rate)
    counted("published like-with-like figures reproduced", 8)
    counted("crude rates caught that would have told the opposite", 1)


@pytest.mark.parametrize(
    ("order", "crude", "rate", "low", "high"), [(1, 56.3, 92.3, 80.4, 105.8), (5, 167.1, 75.5, 67.7, 188.3)]
)
def test_downs_syndrome_by_birth_order(  # noqa: PLR0913  (a published row)
    order: int, crude: float, rate: float, low: float, high: float, counted: Counted
) -> None:
    """Fay and Feuer 1997; R: epitools::ageadjust.direct, per 100,000 births."""
    found = direct(DOWN[order - 1], BIRTHS[order - 1], BIRTHS.sum(axis=0))
    figures = [100_000 * part for part in (found.crude, found.rate, found.low, found.high)]
    assert figures == pytest.approx([crude, rate, low, high], abs=0.05)
    counted("published like-with-like figures reproduced", 4)


def test_a_stratum_without_cases_cannot_be_standardised() -> None:
    with pytest.raises(ValueError, match="without cases"):
        direct([1, 0], [10, 0], [5, 5])


def test_equal_groups_have_the_odds_ratio_one() -> None:
    found = mantel_haenszel([10, 20], [40, 40], [5, 10], [20, 20])
    assert [found.ratio, found.apart] == pytest.approx([1, 0], abs=1e-9)


def test_chi_square_is_scipys() -> None:
    squares, freedom = np.array([3.841459, 33.3, 0.0, 120.0]), np.array([1, 29, 4, 99])
    assert chi_square_above(squares, freedom) == pytest.approx(chi2.sf(squares, freedom), abs=1e-12)
    assert float(chi_square_above(5.0, 0)) == 1.0


def test_the_common_ratio_of_rates_is_the_plain_one_in_one_stratum() -> None:
    """ln 2 -/+ 1.96 sqrt(1/10 - 1/20 + 1/5 - 1/20), the delta method of a risk ratio (Greenland and Robins 1985)."""
    found = rate_ratio([10], [20], [5], [20])
    reach = 1.959964 * np.sqrt(1 / 10 - 1 / 20 + 1 / 5 - 1 / 20)
    assert [found.ratio, found.low, found.high] == pytest.approx([2, 2 * np.exp(-reach), 2 * np.exp(reach)])


def test_a_common_ratio_is_not_the_crude_one(counted: Counted) -> None:
    """Kidney stones again: open surgery succeeds more often on either, and less often in all."""
    found = rate_ratio(OPEN[:, 0], OPEN[:, 1], KEYHOLE[:, 0], KEYHOLE[:, 1])
    crude = rate_ratio([OPEN[:, 0].sum()], [OPEN[:, 1].sum()], [KEYHOLE[:, 0].sum()], [KEYHOLE[:, 1].sum()])
    assert found.ratio > 1 > crude.ratio
    counted("crude rates caught that would have told the opposite", 1)


def test_nothing_won_on_a_side_says_nothing() -> None:
    assert np.isnan(rate_ratio([0, 0], [10, 5], [3, 1], [9, 4]).ratio)
