"""The recruiting pipeline: candidates put forward for orders, their stages, and the orders they fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from courtside.simulate.cells import Floats, Ints
from courtside.simulate.desk import Desk
from courtside.simulate.effort import ramp_of_skill
from courtside.simulate.orders import Ends, Orders
from courtside.simulate.rates import RECRUITING_LOSS_TIMES, RECRUITING_STEPS, RECRUITING_TIMES

_STEPS = len(RECRUITING_STEPS)
NOT_PUT_FORWARD = -1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far candidates would get if their order stayed open: `entered_x` is candidates by four stages."""

    entered_x: Floats
    ended_x: Floats

    @property
    def accepted_x(self) -> Floats:
        """Where each one would be placed, infinite if never."""
        return self.entered_x[:, _STEPS]


@dataclass(frozen=True, slots=True)
class Runs:
    """Candidates put forward, with what really became of them. `order` is a place among the orders."""

    order: Ints
    candidate: Ints
    entered_x: Floats
    ended_x: Floats
    is_crowded_out: Ints
    """1 if the order was filled or withdrawn first."""

    def __len__(self) -> int:
        return len(self.order)

    @property
    def placed_x(self) -> Floats:
        """Where each was placed, infinite if never."""
        return self.entered_x[:, _STEPS]


def progress(desk: Desk, x: Floats, rng: np.random.Generator) -> Progress:
    """How far candidates put forward at those places get: skill decides on the first step, a leak on its stage."""
    shape = desk.world.shape
    luck = rng.random((len(x), _STEPS))
    times = shape.times(rng, np.broadcast_to(np.array(RECRUITING_TIMES), luck.shape))
    losses = shape.times(rng, np.broadcast_to(np.array(RECRUITING_LOSS_TIMES), luck.shape))
    days = np.minimum(desk.axis.day(x), desk.world.horizon.days - 1)
    skill = desk.person.traits.skill * ramp_of_skill(desk.person, days)
    entered = np.full((len(x), _STEPS + 1), np.inf)
    ended, alive = x.copy(), np.ones(len(x), np.bool_)
    for stage, step in enumerate(RECRUITING_STEPS):
        entered[:, stage] = np.where(alive, ended, np.inf)
        chance = np.minimum(step * (skill if stage == 0 else 1.0), 0.95) * desk.factor("recruiting", stage, ended)
        passes = luck[:, stage] < chance
        ended += np.where(alive, np.where(passes, times[:, stage], losses[:, stage]), 0.0)
        alive &= passes
    entered[:, _STEPS] = np.where(alive, ended, np.inf)
    return Progress(entered, ended)


def put_forward(orders: Orders, windows: tuple[Floats, Floats], x: Floats, going: Progress, luck: Floats) -> Ints:
    """The order each candidate is put forward for, in order of time: one open then, NOT_PUT_FORWARD if none is.

    `windows` are where orders open and run out; nobody is put forward for an order whose openings are filled.
    """
    opens, until = (values.tolist() for values in windows)
    openings, accepted = orders.openings.tolist(), going.accepted_x.tolist()
    coming = sorted(range(len(orders)), key=opens.__getitem__, reverse=True)
    placed: list[list[float]] = [[] for _ in opens]
    working: list[int] = []
    chosen = np.full(len(x), NOT_PUT_FORWARD)
    for n, (at, share) in enumerate(zip(x.tolist(), luck.tolist(), strict=True)):
        while coming and opens[coming[-1]] <= at:
            working.append(coming.pop())
        working = [order for order in working if until[order] > at]
        if not working:
            continue
        order = working[int(share * len(working))]
        chosen[n] = order
        placed[order] = sorted([*placed[order], accepted[n]])[: openings[order]]
        if len(placed[order]) == openings[order]:
            until[order] = min(until[order], placed[order][-1])
    return chosen


def filled_at(orders: Orders, order: Ints, going: Progress) -> Floats:
    """Where the last opening of each order is filled, infinite if never."""
    filled = np.full(len(orders), np.inf)
    for place in np.unique(order[order >= 0]):
        accepted = np.sort(going.accepted_x[order == place])
        openings = int(orders.openings[place])
        if len(accepted) >= openings:
            filled[place] = accepted[openings - 1]
    return filled


def run(order: Ints, candidate: Ints, going: Progress, filled: Floats) -> Runs:
    """What really became of those put forward: whoever is still under way when the order is filled is lost then."""
    forward = np.flatnonzero(order >= 0)
    end = filled[order[forward]]
    entered, ended = going.entered_x[forward], going.ended_x[forward]
    crowded = ended > end
    return Runs(
        order=order[forward],
        candidate=candidate[forward],
        entered_x=np.where(entered > end[:, None], np.inf, entered),
        ended_x=np.where(crowded, end, ended),
        is_crowded_out=crowded.astype(np.int64),
    )


def ends(orders: Orders, runs: Runs, filled: Floats, length: int) -> Ends:
    """How the work on each order ended."""
    last = np.zeros(len(orders))
    np.maximum.at(last, runs.order, runs.ended_x)
    is_placed = runs.placed_x < length
    return Ends(filled, last, np.bincount(runs.order[is_placed], minlength=len(orders)))
