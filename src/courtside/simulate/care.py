"""Looking after customers, and planning the next talk at the end of one."""

from __future__ import annotations

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate.activities import Activities, With
from courtside.simulate.books import Accounts
from courtside.simulate.cells import NONE, Floats, Ints
from courtside.simulate.desk import Desk

_KEY_A_DAY, _OTHER_A_DAY = 0.22, 0.05
"""Touches of a key account and of another one on a working day."""
_KINDS = (did.CALL, did.EMAIL, did.MEETING)
_SHARES = (0.42, 0.33, 0.25)
_ANSWERED = 0.6
_NEXT_KINDS = (did.CALL, did.EMAIL, did.MEETING)
_NEXT_SHARES = {"seller": (0.61, 0.28, 0.11), "recruiter": (0.72, 0.28, 0.0)}
_KEPT = (0.86, 0.06, 0.08)
"""Shares of planned steps that are done, forgotten (still planned) and cancelled."""
_ANSWERED_WHEN_AGREED = 0.55


def touches(x: Floats, whom: With, rng: np.random.Generator) -> list[Activities]:
    """Calls, e-mails and meetings with customers at those places."""
    kind = rng.choice(_KINDS, len(x), p=_SHARES)
    calls, mails, meetings = (np.flatnonzero(kind == one) for one in _KINDS)
    return [
        did.calls(x[calls], rng.random(len(calls)) < _ANSWERED, whom.of(calls), rng),
        did.made(x[mails], did.EMAIL, whom.of(mails)),
        did.held(x[meetings], did.MEETING, whom.of(meetings), rng),
    ]


def look_after(desk: Desk, accounts: Accounts) -> list[Activities]:
    """A seller's care for the customers of the first day, until each one leaves."""
    rng = desk.stream("care")
    is_key = accounts.is_key[: accounts.customers] == 1
    a_day = np.where(is_key, _KEY_A_DAY, _OTHER_A_DAY) * desk.person.traits.care * desk.world.model.care
    account = np.repeat(np.arange(accounts.customers), rng.poisson(a_day * desk.axis.length))
    x = rng.random(len(account)) * desk.axis.length
    left = accounts.left[account]
    stays = np.flatnonzero((left == NONE) | (desk.axis.day(x) < left))
    account, x = account[stays], x[stays]
    whom = With(accounts.contact(account, rng.integers(0, 2, len(account))), accounts.numbers[account])
    return touches(x, whom, rng)


def visit(desk: Desk, contact: Ints, account: Ints, a_day: float) -> list[Activities]:
    """A manager's touches of the team's customers."""
    rng = desk.stream("visits")
    x = desk.moments(np.full(len(desk.days), a_day), rng)
    chosen = rng.integers(0, len(account), len(x)) if len(account) else np.zeros(0, np.int64)
    return touches(x[: len(chosen)], With(contact[chosen], account[chosen]), rng)


def next_steps(desk: Desk, talks: Activities) -> list[Activities]:
    """Calls, e-mails and meetings agreed on when a meeting or a call that reached somebody ends, the same day."""
    rng = desk.stream("next steps")
    is_talk = (talks.kind == did.MEETING) | (talks.outcome == did.CONNECTED)
    is_talk &= (talks.status == did.DONE) & (talks.account != NONE) & (talks.direction != did.INBOUND)
    agreed = np.flatnonzero(is_talk & (rng.random(len(talks)) < desk.person.traits.next_step))
    x = talks.x[agreed]
    planned_x = np.minimum(x + 0.06 + 0.05 * rng.random(len(x)), np.floor(x) + 0.995)
    at = x + 0.6 + rng.exponential(3.0, len(x))
    status = rng.choice((did.DONE, did.PLANNED, did.CANCELLED), len(x), p=_KEPT)
    kind = rng.choice(_NEXT_KINDS, len(x), p=_NEXT_SHARES[desk.person.role])
    whom = With(talks.contact[agreed], talks.account[agreed], talks.opportunity[agreed], talks.lead[agreed])
    calls, mails, meetings = (np.flatnonzero(kind == one) for one in _NEXT_KINDS)
    answered = rng.random(len(calls)) < _ANSWERED_WHEN_AGREED
    return [
        did.planned(did.calls(at[calls], answered, whom.of(calls), rng), planned_x[calls], status[calls]),
        did.planned(did.made(at[mails], did.EMAIL, whom.of(mails)), planned_x[mails], status[mails]),
        did.planned(did.held(at[meetings], did.MEETING, whom.of(meetings), rng), planned_x[meetings], status[meetings]),
    ]
