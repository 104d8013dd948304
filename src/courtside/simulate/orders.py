"""Job orders: what customers want filled, what new customers bring, and what becomes of each order."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from courtside.simulate.books import Accounts
from courtside.simulate.cells import DAY, NONE, Floats, Ints
from courtside.simulate.names import OPENINGS
from courtside.simulate.presence import Axis
from courtside.simulate.rates import ORDERS_PER_CUSTOMER, RAMP_DAYS
from courtside.simulate.stories import PROJECT_OPENINGS
from courtside.simulate.streams import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courtside.simulate.desk import World
    from courtside.simulate.roster import Person

ORDERS = 10_000
"""A person's orders are numbered from their own number times this."""
_OWN = 5_000
"""Orders a seller works alone are numbered from here on, those of customers before."""
ORDER_KINDS = ("contract", "permanent")
ORDER_STATUSES = ("open", "filled", "lost", "cancelled")
OPEN, FILLED, LOST, CANCELLED = range(4)

_CONTRACT = 0.6
_OPENING_SHARES = (0.66, 0.2, 0.09, 0.05)
_LASTS_AT_LEAST, _LASTS_LONGER = 21, 45.0
"""Days an order stays open: at least so many, and longer by so many on average."""
_KEY_ORDERS_MORE = 2.0
_WITHDRAWN = 0.3
"""Share of orders nobody filled that the customer withdraws; the others are lost."""
_BRINGS_ORDER = 0.2
"""Share of new agreements that bring an order soon."""
_TAKEN_OVER_UNTIL = 45
"""Days a recruiter must still stay to be given an order."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Job orders; instants in seconds, `closed` NONE while open."""

    number: Ints
    seller: Ints
    account: Ints
    contact: Ints
    title: Ints
    kind: Ints
    opened: Ints
    expires: Ints
    openings: Ints
    worker: Ints
    """Who fills it: a recruiter, or the seller of a new customer."""
    closed: Ints
    status: Ints

    def __len__(self) -> int:
        return len(self.number)

    def where(self, chosen: Ints) -> Orders:
        """Some of them, or all in another order."""
        return Orders(*(getattr(self, field.name)[chosen] for field in fields(self)))


def merged(batches: Sequence[Orders]) -> Orders:
    """All orders, by number."""
    every = Orders(*(np.concatenate([getattr(b, field.name) for b in batches]) for field in fields(Orders)))
    return every.where(np.argsort(every.number, kind="stable"))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Orders before they have numbers: `account` is a place in the book."""

    account: Ints
    opened: Ints
    first: int


def _orders(seller: Person, accounts: Accounts, wanted: _Wanted, rng: np.random.Generator) -> Orders:
    count = len(wanted.opened)
    lasts = (_LASTS_AT_LEAST + rng.exponential(_LASTS_LONGER, count)).astype(np.int64) * DAY
    return Orders(
        number=seller.number * ORDERS + wanted.first + np.arange(count),
        seller=np.full(count, seller.number),
        account=accounts.numbers[wanted.account],
        contact=accounts.contact(wanted.account, rng.integers(0, 2, count)),
        title=rng.integers(0, len(OPENINGS), count),
        kind=(rng.random(count) >= _CONTRACT).astype(np.int64),
        opened=wanted.opened,
        expires=wanted.opened + lasts,
        openings=1 + rng.choice(len(_OPENING_SHARES), count, p=_OPENING_SHARES),
        worker=np.full(count, seller.number),
        closed=np.full(count, NONE),
        status=np.full(count, OPEN),
    )


def of_customers(world: World, seller: Person, accounts: Accounts, recruiters: Sequence[Person]) -> Orders:
    """What the customers of the first day want, whatever their seller does: with their season and growth.

    Each customer has a recruiter of the team of their own; another one stands in where that one is not employed.
    """
    rng, horizon = stream(world.setting.seed, "customer orders", seller.number), world.horizon
    most = 2.0 * _KEY_ORDERS_MORE
    a_day = ORDERS_PER_CUSTOMER * rng.gamma(4, 0.25, accounts.customers) / RAMP_DAYS
    account = np.repeat(np.arange(accounts.customers), rng.poisson(a_day * most * horizon.days))
    day = rng.integers(0, horizon.days, len(account))
    level = 1 + accounts.growth[account] * (day / 365.0)
    level *= horizon.demand[day] * np.where(accounts.is_key[account] == 1, _KEY_ORDERS_MORE, 0.8)
    stays = (accounts.left[account] == NONE) | (day < accounts.left[account])
    day = np.where((rng.random(len(account)) < level / most) & stays, horizon.on_business_day(day), NONE)
    taken = np.flatnonzero((day != NONE) & (day < horizon.days))
    taken = taken[np.argsort(day[taken], kind="stable")]
    opened = np.sort(day[taken] * DAY + rng.integers(9 * 3600, 17 * 3600, len(taken)))
    orders = _orders(seller, accounts, _Wanted(account[taken], opened, 0), rng)
    turn = rng.integers(0, len(recruiters), max(accounts.customers, 1))
    worker = [_worker(recruiters, int(turn[a]), int(o) // DAY) for a, o in zip(account[taken], opened, strict=True)]
    return replace(orders, worker=np.array(worker, np.int64))


def _worker(recruiters: Sequence[Person], turn: int, day: int) -> int:
    """The recruiter whose turn it is, or the next one who is there and stays."""
    for n in range(len(recruiters)):
        recruiter = recruiters[(turn + n) % len(recruiters)]
        if recruiter.works_at(day, day + _TAKEN_OVER_UNTIL):
            return recruiter.number
    return recruiters[turn].number


def of_agreements(
    seller: Person, accounts: Accounts, won_account: Ints, won_at: Ints, rng: np.random.Generator
) -> Orders:
    """The first orders of new customers, some weeks after the agreement; their seller fills them alone."""
    brings = rng.random(len(won_at)) < _BRINGS_ORDER
    opened = won_at + ((3 + rng.exponential(9, len(won_at))).astype(np.int64)) * DAY
    chosen = np.flatnonzero(brings)
    chosen = chosen[np.argsort(opened[chosen], kind="stable")]
    return _orders(seller, accounts, _Wanted(won_account[chosen], opened[chosen], _OWN), rng)


def of_project(seller: Person, accounts: Accounts, opened: int, closes: int, rng: np.random.Generator) -> Orders:
    """The one large order of the big project, from a prospect or customer that is new to such volumes."""
    account = np.array([len(accounts.numbers) - 1])
    orders = _orders(seller, accounts, _Wanted(account, np.array([opened]), _OWN - 1), rng)
    return replace(orders, openings=np.array([PROJECT_OPENINGS]), expires=np.array([closes]))


def within(orders: Orders, end: int) -> Orders:
    """Those opened by the end of the last day."""
    return orders.where(np.flatnonzero(orders.opened < end))


@dataclass(frozen=True, slots=True)
class Ends:
    """How the work on each order ended, on its worker's axis."""

    filled_x: Floats
    """Where the last opening was filled, infinite if never."""
    last_x: Floats
    """Where the last candidate was no longer under way; 0 without candidates."""
    placed: Ints
    """How many were placed by the last day."""


def settled(orders: Orders, ends: Ends, axis: Axis, end: int, rng: np.random.Generator) -> Orders:
    """Close orders: when they are filled, else when they have run out and nobody is under way any more.

    Then the customer keeps those who were placed and wants no more; an order nobody was placed on is lost or withdrawn.
    """
    filled, last = axis.past(ends.filled_x), axis.past(ends.last_x)
    is_filled = filled != NONE
    ran_out = ~is_filled & (orders.expires < end) & (last != NONE)
    is_partly = ran_out & (ends.placed > 0)
    gone = np.where(rng.random(len(orders)) < _WITHDRAWN, CANCELLED, LOST)
    over = np.where(is_partly, FILLED, np.where(ran_out, gone, OPEN))
    return replace(
        orders,
        openings=np.where(is_partly, ends.placed, orders.openings),
        closed=np.where(is_filled, filled, np.where(ran_out, np.maximum(orders.expires, last), NONE)),
        status=np.where(is_filled, FILLED, over),
    )
