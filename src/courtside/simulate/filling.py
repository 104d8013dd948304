"""Filling orders: sourcing calls that become interviews, interviews that become submittals, and the words around."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate.activities import Activities, With
from courtside.simulate.candidates import Progress, Runs, ends, filled_at, progress, put_forward, run
from courtside.simulate.cases import Cases
from courtside.simulate.cells import NONE, Flags, Floats, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.orders import Orders, settled
from courtside.simulate.prospecting import reaches, rounds
from courtside.simulate.rates import CANDIDATE_CONNECT, INTERVIEWED, SUBMITTED
from courtside.simulate.work import recruiting_cases

_CANDIDATE_ROUNDS = 0.5
"""Persistence with candidates: each is called twice in a round."""
_INTERVIEW_KEPT = (0.88, 0.07, 0.05)
"""Shares of interviews that take place, where the candidate does not come, that are called off."""
_INTAKE = 0.85
_TOLD = (1.0, 0.8, 0.9)
"""Chance of a word to the client when a candidate is put forward (an e-mail), and at interview and offer (a call)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Orders worked on, with the candidates put forward and everything done for them."""

    orders: Orders
    cases: Cases
    is_contract: Flags
    activities: list[Activities]


def _windows(desk: Desk, orders: Orders) -> tuple[Floats, Floats]:
    return desk.axis.place(orders.opened), desk.axis.place(orders.expires)


def intakes(desk: Desk, orders: Orders, opens: Floats) -> tuple[Activities, Flags]:
    """The talk with the client about what is wanted, soon after an order opens; some are never held."""
    rng = desk.stream("intakes")
    x = opens + 0.1 + rng.exponential(0.6, len(orders))
    is_held = (rng.random(len(orders)) < _INTAKE) & (x < desk.axis.length)
    places = np.flatnonzero(is_held)
    return did.held(x[places], did.INTAKE, With(orders.contact, orders.account).of(places), rng), is_held


def tell_client(desk: Desk, runs: Runs, cases: Cases) -> list[Activities]:
    """Words with the client about each candidate as it enters a stage."""
    rng = desk.stream("client words")
    found = []
    for stage, chance in enumerate(_TOLD):
        x = runs.entered_x[:, stage] + 0.01
        places = np.flatnonzero((x < desk.axis.length) & (rng.random(len(x)) < chance))
        whom = With(cases.contact, cases.account, cases.number).of(places)
        if stage:
            found.append(did.calls(x[places], rng.random(len(places)) < 0.8, whom, rng))
        else:
            found.append(did.made(x[places], did.EMAIL, whom))
    return found


def _interviews(desk: Desk, called_x: Floats, whom: With, rng: np.random.Generator) -> tuple[Activities, Floats, Flags]:
    """Interviews agreed on in calls, a day or more later; those that lie ahead are planned."""
    x = called_x + 0.8 + rng.exponential(1.5, len(called_x))
    status = rng.choice((did.DONE, did.NO_SHOW, did.CANCELLED), len(x), p=_INTERVIEW_KEPT)
    batch = did.planned(did.held(x, did.INTERVIEW, whom, rng), called_x + 0.005, status)
    return batch, x, (status == did.DONE) & (x < desk.axis.length)


def _finished(desk: Desk, orders: Orders, order: Ints, candidate: Ints, going: Progress) -> tuple[Orders, Runs]:
    """The orders closed, and what became of their candidates."""
    filled = filled_at(orders, order, going)
    runs = run(order, candidate, going, filled)
    over = ends(orders, runs, filled, desk.axis.length)
    return settled(orders, over, desk.axis, desk.world.horizon.end, desk.stream("order ends")), runs


def work_orders(desk: Desk, orders: Orders, candidates: Ints) -> Filled:
    """A recruiter's work: calls to candidates for the orders that are open, interviews, submittals."""
    rng = desk.stream("sourcing")
    opens, runs_out = _windows(desk, orders)
    x = desk.moments(desk.world.model.recruiter_dials * desk.pace, rng)
    person = candidates[rounds(len(x), len(candidates), _CANDIDATE_ROUNDS)]
    reached = reaches(x, CANDIDATE_CONNECT, rng)
    agreed = np.flatnonzero(reached & (rng.random(len(x)) < INTERVIEWED))
    interviews, at, is_held = _interviews(desk, x[agreed], With(person[agreed]), desk.stream("interviews"))
    submitted = at + 0.3 + rng.exponential(0.5, len(at))
    goes = np.flatnonzero(is_held & (rng.random(len(at)) < SUBMITTED) & (submitted < desk.axis.length))
    goes = goes[np.argsort(submitted[goes], kind="stable")]
    going = progress(desk, submitted[goes], desk.stream("candidates"))
    order = put_forward(orders, (opens, runs_out), submitted[goes], going, rng.random(len(goes)))
    closed, runs = _finished(desk, orders, order, person[agreed[goes]], going)
    account = _sourced_for(desk, closed, opens, x, rng.random(len(x)))
    forward = order >= 0
    account[agreed[goes[forward]]] = orders.account[order[forward]]
    interviews = replace(interviews, account=account[agreed])
    intake, had_intake = intakes(desk, orders, opens)
    cases = recruiting_cases(desk, runs, orders, had_intake)
    calls = did.calls(x, reached, With(person, account), rng)
    done = [calls, interviews, intake, *tell_client(desk, runs, cases)]
    return Filled(closed, cases, orders.kind[runs.order] == 0, done)


def _sourced_for(desk: Desk, orders: Orders, opens: Floats, x: Floats, luck: Floats) -> Ints:
    """The account each call is made for: that of an order open on the day, NONE where there is none."""
    length = desk.axis.length
    first = np.minimum(opens, length).astype(np.int64)
    closed = np.where(orders.closed == NONE, length, desk.axis.place(orders.closed))
    last = np.minimum(closed, length - 1).astype(np.int64)
    spans = np.maximum(last - first + 1, 0)
    order = np.repeat(np.arange(len(orders)), spans)
    day = np.repeat(first - (np.cumsum(spans) - spans), spans) + np.arange(len(order))
    by_day = np.argsort(day, kind="stable")
    starts = np.searchsorted(day[by_day], np.arange(length + 1))
    on = np.floor(x).astype(np.int64)
    count = starts[on + 1] - starts[on]
    place = np.minimum(starts[on] + (luck * count).astype(np.int64), max(len(order) - 1, 0))
    if not len(order):
        return np.full(len(x), NONE)
    return np.where(count > 0, orders.account[order[by_day[place]]], NONE)


def fill_alone(desk: Desk, orders: Orders, candidates: Ints) -> Filled:
    """A seller's work on the orders of new customers: a few candidates for each opening, within weeks."""
    rng = desk.stream("own orders")
    opens = desk.axis.place(orders.opened)
    count = np.where(opens < desk.axis.length, 1 + rng.poisson(1.6 * orders.openings), 0)
    order = np.repeat(np.arange(len(orders)), count)
    x = opens[order] + 1.5 + rng.random(len(order)) * (6 + 2.5 * orders.openings[order])
    by_time = np.argsort(x, kind="stable")
    order, x = order[by_time], x[by_time]
    going = progress(desk, x, desk.stream("own candidates"))
    order = np.where((x < filled_at(orders, order, going)[order]) & (x < desk.axis.length), order, -1)
    person = candidates[np.arange(len(x)) % len(candidates)]
    closed, runs = _finished(desk, orders, order, person, going)
    intake, had_intake = intakes(desk, orders, opens)
    cases = recruiting_cases(desk, runs, orders, had_intake)
    forward = np.flatnonzero(order >= 0)
    whom = With(person[forward], orders.account[order[forward]])
    before = np.maximum(x[forward] - 1 + 0.5 * rng.random(len(forward)), 0.0)
    talks = did.held(before, did.INTERVIEW, whom, rng)
    return Filled(closed, cases, orders.kind[runs.order] == 0, [talks, intake, *tell_client(desk, runs, cases)])
