"""What the firm plans and measures besides: targets, forecasts, spend, and figures no CRM holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from courtside.simulate.cases import RECRUITING, WON, Cases
from courtside.simulate.cells import DAY, NONE, Floats, Ints
from courtside.simulate.desk import World
from courtside.simulate.rates import BENCHMARK, CANDIDATE_CONNECT, HANDED, INTERVIEWED
from courtside.simulate.roster import Person
from courtside.simulate.streams import stream
from courtside.simulate.work import Work

FORECAST_CATEGORIES = ("commit", "best_case")
WORKING_DAYS = 63
"""Working days in a quarter, on which quarterly targets are based."""
_STAGE_CHANCES = np.array([0.3, 0.38, 0.53, 0.71, 0.95, 0.14, 0.32, 0.8, 1.0])
"""What people think of the chance to win from each stage of either pipeline."""
_QUOTA = 0.95
"""What is asked for, as a share of what the benchmark reaches."""
_COST_A_LEAD = {"web": 70.0, "referral": 15.0, "event": 120.0, "partner": 60.0, "cold_list": 9.0}
_SALES_COST_A_HEAD = 900.0
_COMPANY_TARGETS = {
    "gross_margin_rate": 0.4,
    "cancellation_rate": 0.06,
    "nps": 25.0,
    "compliance_rate": 0.75,
    "next_step_secured_rate": 0.55,
    "account_retention": 0.9,
}


@dataclass(frozen=True, slots=True)
class Target:
    """A row of `targets`."""

    metric: str
    scope: str
    period: str
    value: float
    in_force_from: date


def _quarters(world: World) -> list[tuple[str, date]]:
    """The calendar quarters of the simulated days by name, with their first days."""
    months = [(on.year, (on.month - 1) // 3) for on in _recorded(world)]
    return [(f"{year}-Q{quarter + 1}", date(year, 3 * quarter + 1, 1)) for year, quarter in dict.fromkeys(months)]


def _years(world: World) -> list[int]:
    return sorted({on.year for on in _recorded(world)})


def _recorded(world: World) -> tuple[date, ...]:
    """The days with records of activities."""
    return world.horizon.calendar[world.horizon.opens : world.horizon.days]


def firm_targets(world: World) -> Iterator[Target]:
    """The targets of the whole firm, a year at a time."""
    for year in _years(world):
        yield Target("closing_rate", "company", str(year), world.model.closing_target, date(year, 1, 1))
        for metric, value in _COMPANY_TARGETS.items():
            yield Target(metric, "company", str(year), value, date(year, 1, 1))


def usual(world: World, role: str) -> dict[str, float]:
    """What the benchmark of a role reaches in a quarter of 63 working days; the base of its targets.

    The factors were measured on 160 people without stories. Inside: 20.8 sales of a seller, 9.3 placements of a
    recruiter.
    """
    model = world.model
    if role == "seller":
        sold = model.leads * model.closing_target * WORKING_DAYS
        return {
            "dials": (model.seller_dials + 4.1 * model.leads + 1.1 * model.care) * WORKING_DAYS,
            "meetings": (0.85 * model.leads + 0.27 * model.care) * WORKING_DAYS,
            "closed_sales": sold,
            "submittals": 0.66 * sold,
            "placements": 0.084 * sold,
            "revenue": sold * (3_880 * model.value + 0.084 * 18_500),
        }
    interviews = 0.98 * 0.88 * model.recruiter_dials * CANDIDATE_CONNECT * INTERVIEWED * WORKING_DAYS
    placements = 0.115 * 0.69 * interviews
    return {
        "dials": 1.05 * model.recruiter_dials * WORKING_DAYS,
        "candidate_interviews": interviews,
        "submittals": 0.69 * interviews,
        "placements": placements,
        "revenue": 18_100 * placements,
    }


def _rounded(value: float) -> float:
    """Two digits that mean something: 1,234 -> 1,200."""
    places = 1 - len(str(int(value))) if value >= 10 else 1
    return round(value, places + (places < 0))


def targets_of(world: World, person: Person) -> Iterator[Target]:
    """A person's targets, a quarter at a time; leave, late starts and ramp are for the product to take off."""
    if person.role == "manager":
        return
    for metric, value in usual(world, person.role).items():
        for quarter, first in _quarters(world):
            yield Target(metric, f"person:P{person.number:05}", quarter, _rounded(_QUOTA * value), first)


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What a person and their manager expected of a quarter, month by month; amounts in cents."""

    period: list[str]
    category: Ints
    amount: Ints
    at: Ints
    by: Ints


def forecasts(world: World, work: Work, manager: int) -> Forecasts:
    """Early in each month: what is closed and what is expected of the rest of the quarter, with each one's leaning."""
    person, horizon = work.desk.person, world.horizon
    rng = stream(world.setting.seed, "forecasts", person.number)
    leaning = np.exp(0.15 * rng.standard_normal(2))
    periods: list[str] = []
    rows: list[tuple[int, int, int, int]] = []
    for start in horizon.month_starts:
        place = int(np.searchsorted(work.desk.days, start))
        if start < horizon.opens or place >= len(work.desk.days) or work.desk.days[place] - start > 9:
            continue
        at = int(work.desk.days[place]) * DAY + 9 * 3600
        on = horizon.on(int(start))
        quarter = (on.month - 1) // 3
        first = horizon.day(date(on.year, 3 * quarter + 1, 1)) * DAY
        left = 1 - (on.month - 1) % 3 / 3
        seen = sum(_expected(cases, first, at, left) for cases in work.cases)
        for n, by in enumerate((person.number, manager)):
            guess = seen * leaning[n] * float(np.exp(0.1 * rng.standard_normal()))
            for category, more in enumerate((1.0, 1.35)):
                periods.append(f"{on.year}-Q{quarter + 1}")
                rows.append((category, int(guess * more / 10_000) * 10_000, at + 600 * n, by))
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Forecasts(periods, columns[0], columns[1], columns[2], columns[3])


def _expected(cases: Cases, first: int, at: int, left: float) -> float:
    """Cents closed from the quarter's first instant until now, and open ones by their stage, as now known."""
    closed = (cases.status == WON) & (cases.closed >= first) & (cases.closed < at)
    is_open = (cases.opened < at) & ((cases.closed == NONE) | (cases.closed >= at))
    entered = np.count_nonzero((cases.entered != NONE) & (cases.entered < at), axis=1)
    first_stage = 5 if cases.pipeline == RECRUITING else 0
    chance = _STAGE_CHANCES[np.maximum(entered - 1, 0) + first_stage]
    new = 0.8 * left * float(cases.amount[closed].sum())
    return float(cases.amount[closed].sum() + (cases.amount * chance)[is_open].sum() * 0.8 + new)


@dataclass(frozen=True, slots=True)
class Spend:
    """What sources cost, in cents. Campaigns are places in the list of names, -1 for none."""

    source: Ints
    campaign: Ints
    month: Ints
    amount: Ints


def spend(world: World) -> Spend:
    """A budget by source and month, set by how many sellers there are and not by the leads that came."""
    rng, horizon = stream(world.setting.seed, "spend"), world.horizon
    sellers = world.setting.people * 0.5
    rows = []
    for start in horizon.month_starts:
        leads = world.model.handed * 21 * sellers * horizon.demand[start]
        half = int(horizon.months[start] // 6) % 2
        for n, name in enumerate(HANDED):
            if name == "cold_list":
                continue  # bought by the lead, so each carries its own cost
            campaign = {"web": half, "event": 2 + half}.get(name, -1)
            amount = leads * BENCHMARK[name].share * _COST_A_LEAD[name] * float(np.exp(0.1 * rng.standard_normal()))
            rows.append((n, campaign, int(start), int(amount / 10) * 1000))
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return Spend(*columns)


def lead_costs(source: Ints) -> Ints:
    """What a lead cost by itself, in cents: cold lists are bought by the lead; NONE for others."""
    cold = HANDED.index("cold_list")
    return np.where(source == cold, round(_COST_A_LEAD["cold_list"] * 100), NONE)


@dataclass(frozen=True, slots=True)
class Observation:
    """A row of `observations`."""

    metric: str
    scope: str
    on: date
    value: float
    n: int | None


def observations(world: World) -> Iterator[Observation]:
    """Month by month: what selling cost besides, and what customers measured themselves."""
    rng = stream(world.setting.seed, "observations")
    draws: Floats = rng.standard_normal((len(world.horizon.month_starts), 3))
    for start, (cost, delivery, savings) in zip(world.horizon.month_starts, draws, strict=True):
        on = _month_end(world.horizon.on(int(start)))
        if on > world.horizon.until or start < world.horizon.opens:
            continue
        people = world.setting.people
        yield Observation(
            "sales_cost", "company", on, float(round(_SALES_COST_A_HEAD * people * np.exp(0.04 * cost))), None
        )
        yield Observation("on_time_delivery", "company", on, round(min(0.93 + 0.015 * delivery, 1.0), 3), 6 * people)
        yield Observation("customer_savings", "company", on, float(round(1_500 * people * np.exp(0.2 * savings))), None)


def _month_end(on: date) -> date:
    return date(on.year + on.month // 12, on.month % 12 + 1, 1) - timedelta(days=1)
