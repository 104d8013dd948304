"""Whom a person knows: customers and prospects with their contacts, and candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate.cells import NONE, Floats, Ints
from courtside.simulate.horizon import Horizon
from courtside.simulate.names import FAMILY, FIRM_ROOTS, GIVEN, LEVELS, TITLES, TRADES
from courtside.simulate.rates import CUSTOMERS, SIZE_BANDS, SIZE_CENTRE, SIZE_SD, size_effect
from courtside.simulate.roster import Person

ACCOUNTS, CONTACTS = 10_000, 100_000
"""A person's accounts and contacts are numbered from their own number times this."""
_AT_AN_ACCOUNT = 2
_PROSPECTS_A_MONTH = 20
_CANDIDATES_A_MONTH = 90
_CHURN_A_DAY = 0.015 / 30
_LEVEL_SHARES = (0.08, 0.12, 0.22, 0.38, 0.2)
_REVENUE_A_HEAD = 180_000


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one person's book: the first `customers` buy from the first day on."""

    numbers: Ints
    name: tuple[Ints, Ints]
    employees: Ints
    is_key: Ints
    since: Ints
    """Day from which an account is a customer, NONE for prospects."""
    left: Ints
    customers: int
    stays: Ints
    """Days each account stays once it is a customer."""
    growth: Floats
    """How much more a customer orders a year later; 0.1 is 10 %."""

    @property
    def bands(self) -> Ints:
        """Size band of each account: 0 for 1-49 employees to 3 for 1000 and more."""
        return np.searchsorted(SIZE_BANDS, self.employees, side="right")

    @property
    def size_effects(self) -> Floats:
        """How each account's size multiplies the chance to win it."""
        return np.take(size_effect(), self.bands)

    def contact(self, accounts: Ints, which: Ints) -> Ints:
        """The number of one of the contacts at each account; `accounts` are places in the book."""
        first = int(self.numbers[0]) // ACCOUNTS * CONTACTS
        return first + accounts * _AT_AN_ACCOUNT + which % _AT_AN_ACCOUNT


@dataclass(frozen=True, slots=True)
class Contacts:
    """People one can call. `account` is NONE for candidates."""

    numbers: Ints
    account: Ints
    name: tuple[Ints, Ints]
    level: Ints
    title: Ints
    """Place in the list of all titles, -1 for none."""


def accounts_of(person: Person, horizon: Horizon, months: int, rng: np.random.Generator) -> Accounts:
    """A seller's book. How well customers are looked after decides how long they stay and how they grow."""
    customers = CUSTOMERS if person.traits.has_customers else 0
    count = customers + _PROSPECTS_A_MONTH * months
    employees = np.maximum(np.exp(np.log(SIZE_CENTRE) + SIZE_SD * rng.standard_normal(count)), 1).astype(np.int64)
    stays = (rng.exponential(1 / _CHURN_A_DAY, count) * person.traits.care).astype(np.int64)
    growth = 0.2 * (person.traits.care - 1) + 0.15 * rng.standard_normal(count)
    since = -rng.integers(30, 2000, count)
    is_customer = np.arange(count) < customers
    largest = np.sort(employees[:customers])[-3:][:1]
    left = np.where(is_customer & (stays < horizon.days), stays, NONE)
    return Accounts(
        numbers=person.number * ACCOUNTS + np.arange(count),
        name=(rng.integers(0, len(FIRM_ROOTS), count), rng.integers(0, len(TRADES), count)),
        employees=employees,
        is_key=(is_customer & (employees >= largest.sum()) | (employees >= 2_500)).astype(np.int64),
        since=np.where(is_customer, since, NONE),
        left=left,
        customers=customers,
        stays=stays,
        growth=growth,
    )


def annual_revenue(employees: Ints) -> Ints:
    """An account's revenue in cents, by its size, in whole thousands."""
    return employees * _REVENUE_A_HEAD // 1000 * 1000 * 100


def contacts_of(accounts: Accounts, rng: np.random.Generator) -> Contacts:
    """Two people at each account."""
    count = len(accounts.numbers) * _AT_AN_ACCOUNT
    level = rng.choice(len(LEVELS), count, p=_LEVEL_SHARES)
    return Contacts(
        numbers=accounts.numbers[0] // ACCOUNTS * CONTACTS + np.arange(count),
        account=np.repeat(accounts.numbers, _AT_AN_ACCOUNT),
        name=_people(rng, count),
        level=level,
        title=level * len(TITLES[0]) + rng.integers(0, len(TITLES[0]), count),
    )


def candidates_of(person: Person, after: int, months: int, rng: np.random.Generator) -> Contacts:
    """People looking for work, numbered after a person's `after` other contacts."""
    count = _CANDIDATES_A_MONTH * months
    nothing = np.full(count, -1)
    return Contacts(
        numbers=person.number * CONTACTS + after + np.arange(count),
        account=np.full(count, NONE),
        name=_people(rng, count),
        level=nothing,
        title=nothing,
    )


def _people(rng: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    return rng.integers(0, len(GIVEN), count), rng.integers(0, len(FAMILY), count)
