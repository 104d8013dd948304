"""All that one person did in the simulated time, and how opportunities are written up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from courtside.simulate import money
from courtside.simulate.activities import Activities
from courtside.simulate.books import Accounts, Contacts
from courtside.simulate.candidates import Runs
from courtside.simulate.cases import LOST, OPEN, OPPORTUNITIES, RECRUITING, SALES, WON, Cases
from courtside.simulate.cells import DAY, NONE, Flags, Floats, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.leads import Fate, Leads
from courtside.simulate.names import LOST_CANDIDATES, LOST_SALES
from courtside.simulate.orders import Orders
from courtside.simulate.sales import Deals

RECRUITING_FROM = 50_000
"""A person's recruiting opportunities are numbered from here on."""
_LOST_SALES_SHARES = (0.35, 0.25, 0.2, 0.2)
_CROWDED_OUT = LOST_CANDIDATES.index("position filled")
_EXPECTED_SALE, _EXPECTED_PLACEMENT = 40.0, 21.0
"""Days after opening on which people expect to close, before their own guess."""


@dataclass(frozen=True, slots=True)
class Prospects:
    """A seller's leads, what became of them, and the number of each one's opportunity (NONE without)."""

    leads: Leads
    fate: Fate
    opportunity: Ints


@dataclass(frozen=True, slots=True)
class Work:
    """What one person leaves behind."""

    desk: Desk
    activities: Activities
    sales: Cases | None = None
    placements: Cases | None = None
    is_contract: Flags | None = None
    """For each of the placements whether it is of a contract order."""
    prospects: Prospects | None = None
    accounts: Accounts | None = None
    contacts: tuple[Contacts, ...] = ()
    orders: Orders | None = None
    """The orders this person filled or tried to fill."""

    @property
    def cases(self) -> tuple[Cases, ...]:
        """The opportunities of both pipelines."""
        return tuple(cases for cases in (self.sales, self.placements) if cases is not None)


def _ended(desk: Desk, ended_x: Floats, is_won: Flags) -> tuple[Ints, Ints]:
    """When each opportunity closed, and its status; what a leaver leaves open is lost on the last day."""
    closed = desk.axis.past(ended_x)
    status = np.where(closed == NONE, OPEN, np.where(is_won, WON, LOST))
    if desk.person.left is not None and desk.person.left < desk.world.horizon.days and desk.axis.length:
        last = desk.axis.instants(np.array([desk.axis.length - 1e-6]))[0]
        closed = np.where(status == OPEN, last, closed)
        status = np.where(status == OPEN, LOST, status)
    return closed, status


def _expected(opened: Ints, days: float, rng: np.random.Generator) -> Ints:
    return opened // DAY + np.maximum(days * np.exp(0.3 * rng.standard_normal(len(opened))), 3).astype(np.int64)


def sales_cases(desk: Desk, leads: Leads, deals: Deals, accounts: Accounts) -> Cases:
    """The seller's opportunities as they stand in the books."""
    rng, count = desk.stream("sales money"), len(deals)
    account = leads.account[deals.lead]
    product = np.minimum(accounts.bands[account], 2)
    worth = money.of_sales(product, desk.world.model.value, rng)
    closed, status = _ended(desk, deals.ended_x, deals.is_won)
    entered = desk.axis.past(deals.entered_x)
    end = desk.world.horizon.end
    return Cases(
        number=desk.person.number * OPPORTUNITIES + np.arange(count),
        pipeline=SALES,
        account=accounts.numbers[account],
        contact=accounts.contact(account, leads.which[deals.lead]),
        lead=leads.numbers(desk)[deals.lead],
        order=np.full(count, NONE),
        candidate=np.full(count, NONE),
        source=leads.source[deals.lead],
        product=product,
        entered=entered,
        closed=closed,
        status=status,
        reason=rng.choice(len(LOST_SALES), count, p=_LOST_SALES_SHARES),
        expected=_expected(entered[:, 0], _EXPECTED_SALE * desk.world.model.duration, rng),
        amount=worth.amount,
        margin=worth.margin,
        cost=worth.cost,
        list_price=worth.list_price,
        cancelled=money.cancelled(closed, status == WON, worth.risk, end, rng),
    )


def recruiting_cases(desk: Desk, runs: Runs, orders: Orders, had_intake: Flags) -> Cases:
    """The candidates put forward as opportunities; `had_intake` is for each order."""
    rng, count = desk.stream("placement money"), len(runs)
    worth = money.of_placements(orders.kind[runs.order] == 0, had_intake[runs.order], rng)
    closed, status = _ended(desk, runs.ended_x, np.isfinite(runs.placed_x))
    entered = desk.axis.past(runs.entered_x)
    declined = rng.choice(2, count, p=(0.75, 0.25))
    nothing = np.full(count, NONE)
    return Cases(
        number=desk.person.number * OPPORTUNITIES + RECRUITING_FROM + np.arange(count),
        pipeline=RECRUITING,
        account=orders.account[runs.order],
        contact=orders.contact[runs.order],
        lead=nothing,
        order=orders.number[runs.order],
        candidate=runs.candidate,
        source=np.full(count, -1),
        product=np.full(count, -1),
        entered=entered,
        closed=closed,
        status=status,
        reason=np.where(runs.is_crowded_out == 1, _CROWDED_OUT, declined),
        expected=_expected(entered[:, 0], _EXPECTED_PLACEMENT, rng),
        amount=worth.amount,
        margin=worth.margin,
        cost=worth.cost,
        list_price=worth.list_price,
        cancelled=money.cancelled(closed, status == WON, worth.risk, desk.world.horizon.end, rng),
    )


def with_new_customers(book: Accounts, sales: Cases, days: int) -> Accounts:
    """The accounts, those won being customers since the day of their first agreement, until they leave.

    An account with which there was business later on is not said to have left.
    """
    account, day = sales.account - book.numbers[0], sales.closed // DAY
    won = sales.won[np.argsort(-day[sales.won], kind="stable")]
    won = won[book.since[account[won]] == NONE]
    since, left = book.since.copy(), book.left.copy()
    since[account[won]] = day[won]
    last = np.full(len(since), -1)
    np.maximum.at(last, account, np.where(sales.closed == NONE, days, day))
    until = since[account[won]] + book.stays[account[won]]
    left[account[won]] = np.where((until < days) & (until > last[account[won]]), until, NONE)
    return replace(book, since=since, left=left)
