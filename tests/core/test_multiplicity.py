"""Many people looked at together: published corrections, and who is named by chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulated import seeds

from courtside.analysis.statistics import multiplicity, sequential

GATES = ("simulated teams in which few were named by chance", "wrong corrections caught")

Counted = Callable[[str, int], None]

P = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0)
"""Benjamini and Hochberg 1995, section 3.2."""


def test_the_example_of_benjamini_and_hochberg() -> None:
    """4 named at 5 %, Bonferroni 3; adjusted as R's p.adjust prints them."""
    assert int(multiplicity.benjamini_hochberg(P, 0.05).sum()) == 4
    assert sum(p <= 0.05 / len(P) for p in P) == 3
    assert multiplicity.adjusted(P)[:4] == pytest.approx((0.0015, 0.003, 0.0095, 0.035625), abs=1e-9)


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=30), st.floats(0.01, 0.5))
def test_naming_equals_the_step_up_rule(p: list[float], share: float) -> None:
    known = sorted(value for value in p if not np.isnan(value))
    met = [k for k, value in enumerate(known, start=1) if value * len(known) / k <= share + 1e-12]
    limit = known[met[-1] - 1] if met else -1.0
    named = multiplicity.benjamini_hochberg(p, share)
    assert named.tolist() == [not np.isnan(value) and value <= limit for value in p]


@given(st.lists(st.one_of(st.floats(1e-3, 1e6), st.just(np.nan)), max_size=30), st.floats(0.01, 0.5))
def test_naming_by_evidence_equals_naming_by_its_inverse(e: list[float], share: float) -> None:
    """e-BH is BH of 1 / E (Wang and Ramdas 2022), apart from rounding at the very limit."""
    values = np.array(e, dtype=float)
    named = multiplicity.e_benjamini_hochberg(values, share)
    wide, narrow = (multiplicity.benjamini_hochberg(1 / values, share * (1 + by)) for by in (1e-9, -1e-9))
    assert (narrow <= named).all()
    assert (named <= wide).all()
    if named.any():
        assert values[named].min() >= multiplicity.e_needed(values, share) * (1 - 1e-12)


def _teams(random: np.random.Generator, teams: int) -> tuple[np.ndarray, np.ndarray]:
    """E month by month of 40 people a team, a quarter of them truly at 10 % where 20 % is due; who is at the target."""
    is_fine = np.arange(40) >= 10
    won = random.binomial(20, np.where(is_fine, 0.2, 0.1)[None, :, None], (teams, 40, 12))
    return sequential.rates(won, 20.0, 0.2), is_fine


def _share_by_chance(named: np.ndarray, is_fine: np.ndarray) -> float:
    return float(np.mean([row[is_fine].sum() / max(row.sum(), 1) for row in named]))


def test_of_those_named_few_are_named_by_chance(counted: Counted) -> None:
    (seed,) = seeds(1)
    e, is_fine = _teams(np.random.default_rng(seed), 300)
    named = np.stack([multiplicity.e_benjamini_hochberg(team[:, -1]) for team in e])
    assert _share_by_chance(named, is_fine) <= multiplicity.SHARE
    assert named[:, ~is_fine].mean() > 0.8, "nobody is found"
    counted(GATES[0], len(e))


def test_greatest_evidence_there_ever_was_is_not_what_is_looked_at(counted: Counted) -> None:
    """Broken on purpose: with running maxima innocents are named who are not by current evidence."""
    (seed,) = seeds(1)
    e, is_fine = _teams(np.random.default_rng(seed), 300)
    current = np.stack([multiplicity.e_benjamini_hochberg(team[:, -1]) for team in e])
    greatest = np.stack([multiplicity.e_benjamini_hochberg(team.max(axis=1)) for team in e])
    assert greatest[:, is_fine].sum() > 2 * current[:, is_fine].sum()
    counted(GATES[1], 1)


def test_evidence_needed_of_one_among_many() -> None:
    """10 looked at, 10 %: one needs 100; two need 50 each."""
    assert multiplicity.e_needed(np.ones(10)) == 100
    assert multiplicity.e_benjamini_hochberg([60, 55, *[1] * 8]).sum() == 2
    assert not multiplicity.e_benjamini_hochberg([60, *[1] * 9]).any()
