"""The guard: its published table reproduced, its false alarms bounded, and every condition able to say no."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta
from tests.simulated import seeds

from courtside.analysis.statistics import alarms, funnel, guard, sequential
from courtside.analysis.statistics.distributions import beta_below
from courtside.analysis.statistics.guard import Beside, Condition, Guarded, Years

GATES = (
    "settings of the guard's table reproduced",
    "person-years at the target looked at by the full guard",
    "conditions without which nobody would be eligible",
    "guards with a condition left out caught",
)

Counted = Callable[[str, int], None]

TABLE = {0.2: (0.4, 0.8, 0.9, 0.7), 0.14: (5, 17, 39, 66), 0.1: (22, 61, 94, 99.9)}
"""METHODS 1.5, row "guard": true rate -> per cent of years found, at 5, 10, 20 and 40 cases a month."""
ALARMS = {0.2: (4.5, 4.6, 4.3, 4.9), 0.14: (25, 40, 63, 90), 0.1: (58, 84, 98.5, 100)}
"""The row "E >= DP threshold"."""
FITTED = {0.2: (0.04, 0.23, 0.42, 0.30), 0.14: (1.2, 9.3, 29.9, 59.5), 0.1: (7.8, 47.2, 90.0, 99.8)}
"""The guard with the fitted prior Beta(12.6, 50.4)."""
VOLUMES = (5, 10, 20, 40)
YEARS = 20_000


def _upper(times: int, of: int) -> float:
    """The upper 95 % limit of a share, one-sided, exact."""
    return float(beta.ppf(0.95, times + 1, of - times))


@pytest.mark.parametrize("rate", TABLE)
def test_the_table_from_20000_person_years_a_setting(rate: float, counted: Counted) -> None:
    """Conditions 1 to 4, target 20 %, Beta(6, 24) and Beta(12.6, 50.4); and the alarm beside it. Within 2 points."""
    (seed,) = seeds(1)
    random = np.random.default_rng(seed)
    for column, volume in enumerate(VOLUMES):
        won = random.binomial(volume, rate, (YEARS, 12))
        hits, of = won.cumsum(axis=1), np.full(won.shape, float(volume)).cumsum(axis=1)
        e = sequential.rates(won, float(volume), 0.2)
        for (a, b), table in (((6, 24), TABLE), ((12.6, 50.4), FITTED)):
            misses = beta_below(0.85 * 0.2, a + hits, b + of - hits)
            found = 100 * guard.sustained(e, misses, 0.2 * of).any(axis=1).mean()
            assert float(found) == pytest.approx(table[rate][column], abs=2)
        rung = 100 * (e >= alarms.threshold(volume, 0.2)).any(axis=1).mean()
        assert float(rung) == pytest.approx(ALARMS[rate][column], abs=2)
        counted(GATES[0], 1)


PEOPLE, AT_TARGET, WEAK = 40, 20, 2


def _team(random: np.random.Generator, volume: int, weak: float) -> np.ndarray:
    """Won by (people, months): 20 exactly at the target, 2 truly weak, the others 20 % with sd 5 points."""
    rates = np.concatenate(
        [np.full(AT_TARGET, 0.2), np.full(WEAK, weak), random.beta(12.6, 50.4, PEOPLE - AT_TARGET - WEAK)]
    )
    return np.asarray(random.binomial(volume, rates[:, None], (PEOPLE, 12)).astype(float))


def _found(won: np.ndarray, volume: int) -> np.ndarray:
    """Who is eligible at any of a year's checks; everybody's cause is taken to be below its limit (the worst case)."""
    eligible = np.zeros(PEOPLE, dtype=bool)
    of = np.full(won.shape, float(volume))
    misses = beta_below(0.17, 12.6 + won.cumsum(axis=1), 50.4 + (of - won).cumsum(axis=1))
    for month in range(2, 13):
        hits, cases = won[:, :month].sum(axis=1), of[:, :month].sum(axis=1)
        beside = Beside(
            misses[:, month - 2 : month], funnel.rates_apart(hits, cases),
            np.full(PEOPLE, (misses[:, month - 1] > 0.8).mean()), {}, np.ones(PEOPLE, dtype=bool),
        )  # fmt: skip
        years = Years(won[:, :month], of[:, :month], 0.2 * of[:, :month], np.ones(PEOPLE), is_rate=True)
        eligible |= guard.guarded(years, beside).is_eligible
    return eligible


@pytest.mark.parametrize(("volume", "weak"), [(10, 0.1), (20, 0.1), (40, 0.14)])
def test_the_full_guard_names_hardly_anybody_at_the_target(volume: int, weak: float, counted: Counted) -> None:
    """At most 1 year of 100, upper 95 % limit; how many of the weak it finds is printed."""
    (seed,) = seeds(1)
    random = np.random.default_rng(seed)
    found = np.stack([_found(_team(random, volume, weak), volume) for _ in range(120)])
    innocent, power = found[:, :AT_TARGET], 100 * found[:, AT_TARGET : AT_TARGET + WEAK].mean()
    sys.stdout.write(
        f"{volume} cases a month: {innocent.sum()} of {innocent.size} person-years at the target eligible; "
        f"{power:.0f} % of those truly at {100 * weak:.0f} % found within the year\n"
    )
    assert _upper(int(innocent.sum()), innocent.size) <= 0.01
    counted(GATES[1], innocent.size)


def _weak_year() -> tuple[Years, Beside]:
    """30 people over 12 months, the first at 2 of 20 a month where 4 are due; everything speaks against the first."""
    won = np.full((30, 12), 4.0)
    won[0] = 2
    of = np.full(won.shape, 20.0)
    misses = np.zeros((30, 2))
    misses[0] = 0.97
    apart = np.zeros(30)
    apart[0] = -2.6
    years = Years(won, of, 0.2 * of, np.ones(30), is_rate=True)
    return years, Beside(misses, apart, np.full(30, 1 / 30), {}, np.arange(30) == 0)


def test_a_clear_case_meets_all_eight_conditions() -> None:
    years, beside = _weak_year()
    found = guard.guarded(years, beside)
    assert np.flatnonzero(found.is_eligible).tolist() == [0]
    assert [outcome.condition for outcome in found.outcomes(0)] == list(Condition)
    assert guard.eligible(years, beside)
    assert guard.coach(years)
    assert not guard.coach(years, 1)


def _first(values: np.ndarray, to: float) -> np.ndarray:
    changed = values.copy()
    changed[0] = to
    return changed


def _without(condition: Condition) -> Guarded:
    """The clear case with one circumstance changed."""
    years, beside = _weak_year()
    match condition:
        case Condition.EVIDENCE:
            years = replace(years, hits=_first(years.hits, 3.5))
        case Condition.SHORTFALL:
            beside = replace(beside, misses=np.column_stack([beside.misses[:, 0], _first(beside.misses[:, 1], 0.89)]))
        case Condition.CASES:
            years = Years(np.zeros((30, 12)), np.full((30, 12), 20.0), np.full((30, 12), 0.4), years.phi, is_rate=True)
        case Condition.AGAIN:
            beside = replace(beside, misses=np.column_stack([_first(beside.misses[:, 0], 0.5), beside.misses[:, 1]]))
        case Condition.PEERS:
            beside = replace(beside, share_short=np.full(30, 0.4))
        case Condition.CIRCUMSTANCES:
            beside = replace(beside, hindered={0: ("moved to another team on 1 September 2026",)})
        case Condition.MULTIPLICITY:
            hits, of, due = (np.repeat(part[:, :7], 40, axis=0) for part in (years.hits, years.of, years.due))
            years = Years(hits, of, due, np.ones(1200), is_rate=True)
            years.hits[1:] = 4.0
            beside = Beside(
                np.repeat(beside.misses, 40, axis=0), np.repeat(beside.apart, 40), np.full(1200, 1 / 30), {},
                np.repeat(beside.cause_below, 40),
            )  # fmt: skip
        case Condition.CAUSE:
            beside = replace(beside, cause_below=np.zeros(30, dtype=bool))
    return guard.guarded(years, beside)


@pytest.mark.parametrize("condition", list(Condition))
def test_each_condition_alone_can_say_no(condition: Condition, counted: Counted) -> None:
    found = _without(condition)
    failing = {outcome.condition for outcome in found.outcomes(0) if not outcome.holds}
    assert condition in failing
    assert not found.is_eligible[0]
    needed = {Condition.EVIDENCE: {Condition.AGAIN, Condition.MULTIPLICITY},
              Condition.SHORTFALL: {Condition.AGAIN},
              Condition.CASES: {Condition.EVIDENCE, Condition.AGAIN, Condition.MULTIPLICITY}}  # fmt: skip
    assert failing <= {condition} | needed.get(condition, set())
    assert found.is_all_but_cause[0] == (condition is Condition.CAUSE)
    counted(GATES[2], 1)


def test_a_year_of_one_month_is_never_enough() -> None:
    years, beside = _weak_year()
    first = Years(years.hits[:, :1] * 0, years.of[:, :1] * 10, years.due[:, :1] * 10, years.phi, is_rate=True)
    found = guard.guarded(first, beside)
    assert found.holds[0, 0]
    assert not found.is_eligible.any()


def test_no_months_at_all_say_nothing() -> None:
    years = Years(*(np.zeros((3, 0)),) * 3, np.ones(3), is_rate=False)
    beside = Beside(np.zeros((3, 2)), np.zeros(3), np.zeros(3), {}, np.zeros(3, dtype=bool))
    assert not guard.guarded(years, beside).is_eligible.any()
    assert not years.alarm().any()


def test_fewer_is_better_turns_everything_round() -> None:
    """Twice the cancellations of everybody else: found; half of them: not."""
    won = np.full((30, 12), 2.0)
    won[0], won[1] = 6, 0
    of = np.full(won.shape, 20.0)
    years = Years(won, of, 0.1 * of, np.ones(30), is_rate=True, is_down=True)
    apart = np.zeros(30)
    apart[0], apart[1] = 3.0, -3.0
    misses = np.zeros((30, 2))
    misses[0] = 0.99
    beside = Beside(misses, apart, np.zeros(30), {}, np.ones(30, dtype=bool))
    assert np.flatnonzero(guard.guarded(years, beside).is_eligible).tolist() == [0]
    assert np.flatnonzero(years.alarm()).tolist() == [0]


def test_a_thin_year_of_dials_calls_for_a_conversation_and_bursts_are_allowed_for() -> None:
    due = np.full((2, 12), 80.0)
    years = Years(np.array([[60.0] * 12, [79.0] * 12]), np.zeros((2, 12)), due, np.ones(2), is_rate=False)
    assert years.alarm().tolist() == [True, False]
    assert not replace(years, phi=np.full(2, 60.0)).alarm().any()


def test_a_guard_that_looks_at_one_check_only_is_caught(counted: Counted) -> None:
    """Broken on purpose: without "two checks running" and the shrunken shortfall more than 1 in 100 are named."""
    (seed,) = seeds(1)
    won = np.random.default_rng(seed).binomial(20, 0.2, (YEARS, 12))
    e = sequential.rates(won, 20.0, 0.2)
    assert _upper(int((e >= sequential.FORMAL).any(axis=1).sum()), YEARS) > 0.015
    counted(GATES[3], 1)
