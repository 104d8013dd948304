"""Calls and e-mails to people who did not ask for them, in rounds over a list, and what they lead to."""

from __future__ import annotations

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate.activities import Activities, With
from courtside.simulate.books import Accounts
from courtside.simulate.cells import NONE, Flags, Floats, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.effort import on_project
from courtside.simulate.leads import Leads, found

_AT_A_TIME = 40
"""People on the list that is worked at a time; then the next ones follow."""
_ANSWERS = np.array([0.85, 1.15, 0.9, 1.0, 1.1])
"""How readily people answer in each fifth of the day; the mean is 1."""
_REPLIED = 0.08
_NOTED_AFTER = 0.01
"""The part of a working day from a call to the lead it found."""
_CALL_PLANS_A_DAY = 1.8


def rounds(count: int, pool: int, persistence: float) -> Ints:
    """Whom each of so many calls goes to: a list of 40 is called several times over, then the next 40.

    Persistence 0.8 means 1 / (1 - 0.8) = 5 rounds.
    """
    times = max(round(1 / (1 - persistence)), 1)
    lap, place = np.divmod(np.arange(count), _AT_A_TIME * times)
    called: Ints = (lap * _AT_A_TIME + place % _AT_A_TIME) % pool
    return called


def reaches(x: Floats, chance: float, rng: np.random.Generator) -> Flags:
    """Which calls reach somebody: more do late in the morning and in the afternoon."""
    fifth = (np.floor((x - np.floor(x)) * len(_ANSWERS))).astype(np.int64)
    reached: Flags = rng.random(len(x)) < chance * _ANSWERS[np.minimum(fifth, len(_ANSWERS) - 1)]
    return reached


def replies(x: Floats, whom: With, rng: np.random.Generator, axis_length: int) -> Activities:
    """E-mails that come back, within a day or two."""
    places = np.flatnonzero(rng.random(len(x)) < _REPLIED)
    at = x[places] + rng.exponential(0.5, len(places))
    seen = at < axis_length
    return did.made(at[seen], did.EMAIL, whom.of(places[seen]), direction=did.INBOUND)


def call_plans(desk: Desk) -> Activities:
    """Plans written first thing in the morning, more by the diligent."""
    rng = desk.stream("call plans")
    a_day = np.full(len(desk.days), _CALL_PLANS_A_DAY * desk.person.traits.diligence)
    x = desk.moments(a_day, rng)
    return did.held(np.floor(x) + 0.06 * (x - np.floor(x)), did.CALL_PLAN, With(), rng)


def prospect(desk: Desk, accounts: Accounts) -> tuple[list[Activities], Leads]:
    """A seller's own search for leads. The big project takes its time from this."""
    rng, model = desk.stream("prospecting"), desk.world.model
    pace = desk.pace * on_project(desk.person, desk.days)
    first, pool = 2 * accounts.customers, 2 * (len(accounts.numbers) - accounts.customers)

    def whom(count: int) -> tuple[Ints, With]:
        place = first + rounds(count, pool, desk.person.traits.persistence)
        account = place // 2
        return place, With(contact=accounts.contact(account, place % 2), account=accounts.numbers[account])

    x = desk.moments(model.seller_dials * pace, rng)
    place, called = whom(len(x))
    reached = reaches(x, model.connect, rng)
    is_found = reached & (rng.random(len(x)) < model.found)
    calls = did.calls(x, reached, called, rng)
    mails_x = desk.moments(model.seller_emails * pace, rng)
    _, written = whom(len(mails_x))
    mails = did.made(mails_x, did.EMAIL, written)
    back = replies(mails_x, written, rng, desk.axis.length)
    leads = found(_noted(x[is_found]), place[is_found] // 2, place[is_found] % 2)
    return [calls, mails, back], leads


def _noted(x: Floats) -> Floats:
    """When what a call found is noted: a little later on the same day, which may be the seller's last."""
    noted: Floats = np.minimum(x + _NOTED_AFTER, np.floor(x) + 0.999)
    return noted


def sourcing_mail(desk: Desk, candidates: Ints, rng: np.random.Generator) -> list[Activities]:
    """A recruiter's e-mails and InMails to candidates, and the answers."""
    model = desk.world.model
    batches = []
    for kind, a_day in ((did.EMAIL, model.recruiter_emails), (did.INMAIL, model.inmails)):
        x = desk.moments(a_day * desk.pace, rng)
        whom = With(contact=candidates[rounds(len(x), len(candidates), 0.5)], account=NONE)
        batches += [did.made(x, kind, whom), replies(x, whom, rng, desk.axis.length)]
    return batches
