"""Leads: those handed to a seller and those found by prospecting, the calls until one is reached, and their fate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate.activities import Activities, With
from courtside.simulate.books import Accounts
from courtside.simulate.cells import NONE, Flags, Floats, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.effort import ramp
from courtside.simulate.rates import ATTEMPTS, BENCHMARK, HANDED, PROSPECTING, SOURCES, qualified_once_reached

LEADS = 100_000
"""A person's leads are numbered from their own number times this."""
_GIVEN_UP_AFTER = 6.0
"""Working days after the last attempt until a lead nobody reached is closed."""
_NEVER_REACHED = 1
_OWN_CAMPAIGN = {"web": (0, 1), "event": (2, 3)}
"""Campaigns of a source: places in the list of names."""


@dataclass(frozen=True, slots=True)
class Leads:
    """A seller's leads in the order they came. `account` is a place in the seller's book."""

    x: Floats
    source: Ints
    campaign: Ints
    account: Ints
    which: Ints
    """Which contact at the account."""

    def __len__(self) -> int:
        return len(self.x)

    def numbers(self, desk: Desk) -> Ints:
        """The number of each lead."""
        return desk.person.number * LEADS + np.arange(len(self.x))


@dataclass(frozen=True, slots=True)
class Reaching:
    """The attempts to reach each lead: `x` is leads by attempts, infinite where there was none."""

    x: Floats
    is_reached: Flags
    last_x: Floats

    @property
    def attempts(self) -> Ints:
        """How many attempts each lead had."""
        attempts: Ints = np.count_nonzero(np.isfinite(self.x), axis=1)
        return attempts


def handed(desk: Desk, accounts: Accounts) -> Leads:
    """Leads handed out while the seller was there; nobody hands leads to somebody on leave."""
    rng = desk.stream("handed leads")
    demand = desk.world.horizon.demand[desk.days] * ramp(desk.person, desk.days)
    x = desk.moments(desk.world.model.handed * demand, rng)
    source = rng.choice(len(HANDED), len(x), p=desk.person.traits.mix)
    return _leads(desk, x, source, accounts, rng)


def _leads(desk: Desk, x: Floats, source: Ints, accounts: Accounts, rng: np.random.Generator) -> Leads:
    """Leads of the prospects in the book; web and events have campaigns, in spring and autumn different ones."""
    account = rng.integers(accounts.customers, len(accounts.numbers), len(x))
    half = (desk.world.horizon.months[np.minimum(desk.axis.day(x), desk.world.horizon.days - 1)] // 6) % 2
    campaign = np.full(len(x), did.NO)
    for name, choices in _OWN_CAMPAIGN.items():
        of_it = source == SOURCES.index(name)
        campaign[of_it] = np.array(choices)[half[of_it]]
    return Leads(x, source, campaign, account, rng.integers(0, 2, len(x)))


def found(x: Floats, account: Ints, which: Ints) -> Leads:
    """Leads found by prospecting calls at those moments."""
    return Leads(x, np.full(len(x), PROSPECTING), np.full(len(x), did.NO), account, which)


def in_order(one: Leads, other: Leads) -> Leads:
    """All leads in the order they came."""
    parts = [
        np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("x", "source", "campaign", "account", "which")
    ]
    order = np.argsort(parts[0], kind="stable")
    return Leads(*(part[order] for part in parts))


def reach(desk: Desk, leads: Leads) -> Reaching:
    """Call each lead until somebody is reached or the seller gives up: the first call soon, then every other day."""
    rng = desk.stream("attempts")
    count = (len(leads), ATTEMPTS)
    connects = np.array([BENCHMARK[name].connect for name in SOURCES])[leads.source]
    connected = rng.random(count) < connects[:, None]
    goes_on = rng.random(count) < desk.person.traits.persistence
    gaps = 0.4 + rng.exponential(1.4, count)
    is_found = leads.source == PROSPECTING
    gaps[:, 0] = np.where(is_found, 0.8 + gaps[:, 0], 0.02 + rng.exponential(0.3, len(leads)))
    happens = np.ones(count, np.bool_)
    happens[:, 1:] = np.logical_and.accumulate(~connected[:, :-1] & goes_on[:, :-1], axis=1)
    x = np.where(happens, leads.x[:, None] + np.cumsum(gaps, axis=1), np.inf)
    last = happens.sum(axis=1) - 1
    rows = np.arange(len(leads))
    return Reaching(x, connected[rows, last], x[rows, last])


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of each lead: where on the axis it was qualified or given up, infinite if not."""

    qualified_x: Floats
    disqualified_x: Floats
    reason: Ints


def decide(leads: Leads, reaching: Reaching, rng: np.random.Generator) -> Fate:
    """Qualify reached leads with the chance of their source; the others are given up."""
    chance = np.array([qualified_once_reached(name) for name in SOURCES])[leads.source]
    is_qualified = reaching.is_reached & (rng.random(len(leads)) < chance)
    reason = rng.choice([0, 2, 3], len(leads))
    given_up = reaching.last_x + np.where(reaching.is_reached, 0.005, _GIVEN_UP_AFTER)
    return Fate(
        qualified_x=np.where(is_qualified, reaching.last_x + 0.005, np.inf),
        disqualified_x=np.where(is_qualified, np.inf, given_up),
        reason=np.where(reaching.is_reached, reason, _NEVER_REACHED),
    )


def calls_of(desk: Desk, leads: Leads, reaching: Reaching, opportunity: Ints, accounts: Accounts) -> Activities:
    """The attempts as calls, with an e-mail after some that reached nobody."""
    rng = desk.stream("lead calls")
    lead, attempt = np.nonzero(np.isfinite(reaching.x) & (reaching.x < desk.axis.length))
    x = reaching.x[lead, attempt]
    reached = reaching.is_reached[lead] & (attempt == reaching.attempts[lead] - 1)
    whom = With(
        contact=accounts.contact(leads.account, leads.which)[lead],
        account=accounts.numbers[leads.account][lead],
        opportunity=np.where(reached, opportunity[lead], NONE),
        lead=leads.numbers(desk)[lead],
    )
    mails = np.flatnonzero(~reached & (rng.random(len(x)) < 0.4))
    written = did.made(x[mails] + 0.01, did.EMAIL, whom.of(mails))
    return did.joined([did.calls(x, reached, whom, rng), written])
