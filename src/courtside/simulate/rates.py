"""What is true of the simulated firm: rates, volumes and times at benchmark, and how one person's follow from them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from courtside.simulate.cells import Floats

SOURCES = ("web", "referral", "event", "partner", "cold_list", "prospecting")
PROSPECTING = SOURCES.index("prospecting")
HANDED = SOURCES[:PROSPECTING]
"""Sources whose leads the firm hands out; those of prospecting a seller finds alone."""

SALES_STAGES = ("qualified", "meeting", "proposal", "negotiation", "agreement")
RECRUITING_STAGES = ("submittal", "interview", "offer", "placement")


@dataclass(frozen=True, slots=True)
class Source:
    """Leads of one source: their share of those handed out, and what becomes of them at benchmark."""

    share: float
    connect: float
    """Chance that one attempt reaches somebody."""
    qualified: float
    """Chance that a lead is qualified, attempts included."""
    closed: float
    """Chance that a lead becomes a customer: its closing rate."""

    @property
    def won(self) -> float:
        """Chance that a qualified lead becomes a customer."""
        return self.closed / self.qualified


BENCHMARK: Mapping[str, Source] = {
    "web": Source(0.37, 0.50, 0.65, 0.20),
    "referral": Source(0.16, 0.60, 0.80, 0.40),
    "event": Source(0.16, 0.45, 0.60, 0.20),
    "partner": Source(0.16, 0.55, 0.70, 0.25),
    "cold_list": Source(0.15, 0.25, 0.30, 0.05),
    "prospecting": Source(0.0, 1.0, 0.55, 0.15),
}
"""Handed mix: web 37 %, referral, event and partner 16 % each, cold list 15 %. With a quarter of all leads from
prospecting the closing rate of the mix is 0.2, the target."""
COLD_MIX = (0.085, 0.025, 0.025, 0.015, 0.85)
"""What the seller with cold leads is handed instead."""

SALES_STEPS = (0.80, 0.72, 0.75, 0.75, 0.95)
"""Chance to get past each sales stage for a qualified lead of the usual kind; their product is 0.308."""
SALES_TIMES = (5.0, 6.0, 8.0, 6.0, 2.0)
"""Median working days to the next stage."""
SALES_LOSS_TIMES = (9.0, 10.0, 14.0, 12.0, 6.0)
"""Median working days until a loss is entered."""
RECRUITING_STEPS = (0.45, 0.40, 0.80)
"""Chance to get past each recruiting stage, if the order stays open long enough."""
RECRUITING_TIMES = (4.0, 6.0, 3.0)
RECRUITING_LOSS_TIMES = (7.0, 7.0, 4.0)

ATTEMPTS = 8
"""After so many calls a lead is given up."""
MOST_WON = 0.9
"""However good the lead and the seller: no chance to win is above this."""
PERSISTENCE = 0.8
"""Chance of another attempt after one that reached nobody."""
RAMP = (0.4, 0.55, 0.7, 0.8, 0.9, 0.95)
"""Share of usual work and leads in each of the first six months of employment."""
RAMP_SKILL = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""Share of the usual chance to win in those months."""
RAMP_DAYS = 30.44
"""Days in a month, on average."""

SIZE_BANDS = (50, 250, 1000)
SIZE_CENTRE, SIZE_SD = 120.0, 1.4
"""Employees of an account: lognormal, with this median and spread."""
_SIZE_EFFECT = (0.85, 1.15, 1.0, 0.7)


def _below(employees: float) -> float:
    return 0.5 * (1 + math.erf(math.log(employees / SIZE_CENTRE) / SIZE_SD / math.sqrt(2)))


def size_effect() -> Floats:
    """How the chance to win varies with account size (1-49, 50-249, 250-999, 1000+), the mean being 1."""
    below = [0.0, *map(_below, SIZE_BANDS), 1.0]
    mean = sum(e * (b - a) for e, a, b in zip(_SIZE_EFFECT, below, below[1:], strict=False))
    return np.array(_SIZE_EFFECT) / mean


def reached(connect: float, persistence: float) -> float:
    """Chance that a lead is reached at all. 0.5 a call, going on with 0.8 -> 0.833.

    Attempt k happens if the k - 1 before reached nobody and were followed up; after `ATTEMPTS` it ends.
    """
    again = (1 - connect) * persistence
    return connect * (1 - again**ATTEMPTS) / (1 - again)


def qualified_once_reached(source: str) -> float:
    """Chance that a reached lead is qualified, such that the benchmark's persistence gives `qualified`."""
    rates = BENCHMARK[source]
    return rates.qualified / reached(rates.connect, PERSISTENCE)


def qualified(source: str, persistence: float) -> float:
    """Chance that a lead is qualified by somebody so persistent. Cold list at 0.8 -> 0.30, at 0.9 -> 0.35."""
    return qualified_once_reached(source) * reached(BENCHMARK[source].connect, persistence)


def closing_rates(persistence: float, skill: float, closing: float = 1.0) -> dict[str, float]:
    """One person's true closing rate for leads of each source. (0.8, 1.0) -> web 0.20, cold list 0.05.

    `skill` multiplies the chance to win a qualified lead, `closing` that of one stage (the weak closer's).
    """
    return {
        name: qualified(name, persistence) * min(rates.won * skill, MOST_WON) * closing
        for name, rates in BENCHMARK.items()
    }


def mean_closing_rate(rates: Mapping[str, float], shares: Sequence[float], prospecting: float) -> float:
    """The closing rate over a mix: `shares` of the handed leads, `prospecting` the share found alone."""
    handed = sum(rates[name] * share for name, share in zip(HANDED, shares, strict=True))
    return (1 - prospecting) * handed + prospecting * rates["prospecting"]


@dataclass(frozen=True, slots=True)
class Model:
    """How the firm sells: volumes a working day at benchmark, and how long and large its sales are."""

    handed: float
    """Leads handed to a seller."""
    seller_dials: float
    seller_emails: float
    recruiter_dials: float
    recruiter_emails: float
    care: float
    """Touches of customers, as a multiple."""
    duration: float
    """Time a sales stage takes, as a multiple."""
    value: float
    """Value of a sale, as a multiple."""
    inmails: float = 6.0
    found: float = 0.138
    """Leads found by a prospecting call that reached somebody."""
    connect: float = 0.16
    """Chance that a prospecting call reaches somebody."""

    @property
    def leads(self) -> float:
        """Leads a working day, found ones included."""
        return self.handed + self.seller_dials * self.connect * self.found

    @property
    def prospecting_share(self) -> float:
        """Share of leads that are found. Inside: 0.4 of 1.65 -> 0.24."""
        return 1 - self.handed / self.leads

    @property
    def closing_target(self) -> float:
        """The target for closing %: what the benchmark closes of the usual mix, in whole points. Inside: 0.20."""
        shares = [BENCHMARK[name].share for name in HANDED]
        rate = mean_closing_rate(closing_rates(PERSISTENCE, 1.0), shares, self.prospecting_share)
        return math.floor(100 * rate) / 100


MODELS: Mapping[str, Model] = {
    "inside": Model(1.25, 18, 6, 46, 8, 1.0, 1.0, 1.0),
    "inbound": Model(1.6, 6, 10, 36, 12, 1.0, 0.9, 0.9),
    "complex": Model(0.35, 8, 9, 36, 12, 1.8, 2.2, 5.0),
}
"""Each model by name. `inside` and `inbound` decide more than 20 leads a month for each seller, `complex` fewer."""

CANDIDATE_CONNECT = 0.22
INTERVIEWED = 0.21
"""Interviews agreed on in a sourcing call that reached somebody."""
SUBMITTED = 0.7
"""Share of interviewed candidates put forward, where an order is open."""
ORDERS_PER_CUSTOMER = 0.27
"""Orders a month of an ordinary customer."""
CUSTOMERS = 14
"""Customers in a seller's book on the first day."""
