"""The sales pipeline: how a qualified lead goes from stage to stage until it is won or lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate.activities import Activities, With
from courtside.simulate.books import Accounts
from courtside.simulate.cells import NONE, Flags, Floats, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.effort import ramp_of_skill
from courtside.simulate.leads import Fate, Leads, Reaching, decide
from courtside.simulate.rates import BENCHMARK, MOST_WON, SALES_LOSS_TIMES, SALES_STEPS, SALES_TIMES, SOURCES
from courtside.simulate.shapes import shocks
from courtside.simulate.stories import FATES

_STEPS = len(SALES_STEPS)
_MEETS = (0.0, 1.0, 0.5, 0.4, 0.0)
"""Chance that a stage is entered in a meeting; otherwise by a call or an e-mail."""
_DEMO = 0.3
"""Share of the meetings that open a proposal in which it is presented."""
_NO_SHOW = 0.08
_TOUCHES_A_DAY, _MOST_TOUCHES = 0.22, 6


@dataclass(frozen=True, slots=True)
class Deals:
    """The opportunities of qualified leads. `lead` is the place of each one's lead."""

    lead: Ints
    entered_x: Floats
    """Opportunities by stages: where each stage is entered, infinite if never."""
    ended_x: Floats
    is_won: Flags

    def __len__(self) -> int:
        return len(self.lead)


def _chance(desk: Desk, leads: Leads, accounts: Accounts, x: Floats, chosen: Ints) -> Floats:
    """The chance of each qualified lead to be won: by source, seller, ramp, account size, and shocks of mean 1."""
    benchmark = np.array([BENCHMARK[name].won for name in SOURCES])[leads.source[chosen]]
    days = np.minimum(desk.axis.day(x), desk.world.horizon.days - 1)
    skill = desk.person.traits.skill * ramp_of_skill(desk.person, days)
    of_account = shocks(desk.stream("account shocks"), desk.world.shape.account_sd, len(accounts.numbers))
    effects = (accounts.size_effects * of_account)[leads.account[chosen]]
    month = desk.world.month_shocks[desk.world.horizon.months[days]]
    return np.minimum(benchmark * skill * effects * month, MOST_WON)


def pursue(desk: Desk, leads: Leads, reaching: Reaching, accounts: Accounts, nth: int = 0) -> tuple[Fate, Deals]:
    """Draw what becomes of each lead and opportunity, from the `nth` stream of fates.

    A chance w to be won is spread over the stages as SALES_STEPS ** e, with e such that their product is w.
    """
    rng = desk.stream("fates", nth)
    fate = decide(leads, reaching, rng)
    chosen = np.flatnonzero(fate.qualified_x < desk.axis.length)
    chosen = chosen[np.argsort(fate.qualified_x[chosen], kind="stable")]
    x = fate.qualified_x[chosen]
    exponent = np.log(_chance(desk, leads, accounts, x, chosen)) / np.log(np.prod(SALES_STEPS))
    luck = rng.random((len(chosen), _STEPS))
    shape, duration = desk.world.shape, desk.world.model.duration
    times = shape.times(rng, np.broadcast_to(np.array(SALES_TIMES) * duration, luck.shape))
    losses = shape.times(rng, np.broadcast_to(np.array(SALES_LOSS_TIMES) * duration, luck.shape))
    entered = np.full(luck.shape, np.inf)
    ended = x.copy()
    alive = np.ones(len(chosen), np.bool_)
    for stage, step in enumerate(SALES_STEPS):
        entered[:, stage] = np.where(alive, ended, np.inf)
        passes = luck[:, stage] < step**exponent * desk.factor("sales", stage, ended)
        ended += np.where(alive, np.where(passes, times[:, stage], losses[:, stage]), 0.0)
        alive &= passes
    return fate, Deals(chosen, entered, ended, alive)


def fated(desk: Desk, leads: Leads, reaching: Reaching, accounts: Accounts) -> tuple[Fate, Deals]:
    """As `pursue`; the lucky and the unlucky one get the best and the worst of FATES others.

    Every stream has the same true rates. The outcome compared is the share won of the leads that came in the last
    year (or in the whole time, if that is shorter) and are decided.
    """
    sign = desk.person.traits.fates
    if not sign:
        return pursue(desk, leads, reaching, accounts)
    tried = [pursue(desk, leads, reaching, accounts, nth) for nth in range(1, FATES + 1)]
    return max(tried, key=lambda one: sign * share_won(desk, leads, *one))


def share_won(desk: Desk, leads: Leads, fate: Fate, deals: Deals) -> float:
    """The share won of the leads of the last year that are decided: what luck is measured by."""
    since = desk.axis.place(np.array([max(desk.world.horizon.days - 365, 0) * 86_400]))[0]
    is_won = np.zeros(len(leads), np.bool_)
    over = deals.ended_x < desk.axis.length
    is_won[deals.lead[deals.is_won & over]] = True
    is_decided = fate.disqualified_x < desk.axis.length
    is_decided[deals.lead[over]] = True
    counted = is_decided & (leads.x >= since)
    return float(is_won[counted].mean()) if counted.any() else 0.0


def work_on(desk: Desk, deals: Deals, whom: With) -> list[Activities]:
    """The meetings, calls and e-mails of each opportunity; `whom` is with each of them."""
    rng = desk.stream("sales work")
    happened = desk.axis.length
    found: list[Activities] = []
    until = np.minimum(deals.ended_x, happened)
    for stage in range(_STEPS):
        x = deals.entered_x[:, stage]
        places = np.flatnonzero(x < happened)
        ends = np.minimum(deals.entered_x[:, stage + 1], until) if stage + 1 < _STEPS else until
        if stage:
            before = deals.entered_x[places, stage - 1]
            found += _entering(stage, x[places], before, whom.of(places), rng)
        found += _touching(x[places], ends[places], whom.of(places), rng)
    return found


def _entering(stage: int, x: Floats, before: Floats, whom: With, rng: np.random.Generator) -> list[Activities]:
    """What moves an opportunity into a stage: a meeting planned before, or a call or an e-mail."""
    meets = np.flatnonzero(rng.random(len(x)) < _MEETS[stage])
    others = np.setdiff1d(np.arange(len(x)), meets)
    planned_x = before[meets] + (x[meets] - before[meets]) * rng.uniform(0.02, 0.6, len(meets))
    kind = np.where((stage == 2) & (rng.random(len(meets)) < _DEMO), did.DEMO, did.MEETING)
    found = []
    for one in (did.MEETING, did.DEMO):
        of_it = np.flatnonzero(kind == one)
        batch = did.held(x[meets[of_it]], one, whom.of(meets[of_it]), rng)
        found.append(did.planned(batch, planned_x[of_it]))
    missed = np.flatnonzero(rng.random(len(meets)) < _NO_SHOW)
    middle = planned_x[missed] + 0.7 * (x[meets[missed]] - planned_x[missed])
    status = np.where(rng.random(len(missed)) < 0.5, did.NO_SHOW, did.CANCELLED)
    batch = did.held(middle, did.MEETING, whom.of(meets[missed]), rng)
    found.append(did.planned(batch, planned_x[missed], status))
    written = others[rng.random(len(others)) < 0.5]
    called = np.setdiff1d(others, written)
    found.append(did.made(x[written], did.EMAIL, whom.of(written)))
    return [*found, did.calls(x[called], np.ones(len(called), np.bool_), whom.of(called), rng)]


def _touching(x: Floats, ends: Floats, whom: With, rng: np.random.Generator) -> list[Activities]:
    """Calls and e-mails while an opportunity is in a stage."""
    count = np.minimum(rng.poisson(_TOUCHES_A_DAY * (ends - x)), _MOST_TOUCHES)
    of = np.repeat(np.arange(len(x)), count)
    at = x[of] + rng.random(len(of)) * (ends[of] - x[of])
    is_call = rng.random(len(of)) < 0.55
    calls, mails = np.flatnonzero(is_call), np.flatnonzero(~is_call)
    answered = rng.random(len(calls)) < 0.45
    coming = rng.random(len(mails)) < 0.3
    return [
        did.calls(at[calls], answered, whom.of(of[calls]), rng),
        did.made(at[mails[~coming]], did.EMAIL, whom.of(of[mails[~coming]])),
        did.made(at[mails[coming]], did.EMAIL, whom.of(of[mails[coming]]), direction=did.INBOUND),
    ]


def opportunity_of(leads: Leads, deals: Deals, first: int) -> Ints:
    """The number of each lead's opportunity, NONE where there is none."""
    found = np.full(len(leads), NONE)
    found[deals.lead] = first + np.arange(len(deals))
    return found
