"""The record tables as columns of bytes: how each thing simulated is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate import names
from courtside.simulate.answers import SURVEY_KINDS, Surveys
from courtside.simulate.books import Accounts, Contacts, annual_revenue
from courtside.simulate.cases import PIPELINES, STAGES, STATUSES, Cases
from courtside.simulate.cells import (
    NONE,
    Bytes,
    Dates,
    Ints,
    beside,
    ids,
    money,
    numbers,
    same,
    table_of,
    tenths,
    words,
)
from courtside.simulate.desk import Desk, World
from courtside.simulate.horizon import Horizon
from courtside.simulate.leads import Leads
from courtside.simulate.money import TRANSACTION_KINDS, Transactions
from courtside.simulate.orders import ORDER_KINDS, ORDER_STATUSES, Orders
from courtside.simulate.planning import FORECAST_CATEGORIES, Forecasts, Observation, Spend, Target, lead_costs
from courtside.simulate.rates import SOURCES
from courtside.simulate.recording import Recorded
from courtside.simulate.roster import Person, Roster
from courtside.simulate.streams import stream
from courtside.simulate.work import Prospects

Sheet = Mapping[str, Bytes]
"""Columns of a record table by name."""

_FLAGS = ("false", "true")


@cache
def _table(texts: tuple[str, ...]) -> Bytes:
    return table_of(texts)


def _plain(value: float) -> str:
    """Six digits of a number that count, written out: 2381230, 0.25; never with a power of ten."""
    return np.format_float_positional(float(f"{value:.6g}"), trim="-")


def _text(texts: Iterable[str]) -> Bytes:
    return table_of(list(texts))[:-1]


def person_ids(values: Ints) -> Bytes:
    """P00017."""
    return ids("P", values, 5)


def account_ids(values: Ints) -> Bytes:
    """F000170042: the owner's number, then the place in the book."""
    return ids("F", values, 9)


def contact_ids(values: Ints) -> Bytes:
    """C0001700042."""
    return ids("C", values, 10)


def _lead_ids(values: Ints) -> Bytes:
    return ids("L", values, 10)


def _opportunity_ids(values: Ints) -> Bytes:
    return ids("O", values, 10)


def _order_ids(values: Ints) -> Bytes:
    return ids("J", values, 9)


def full_name(seed: int, number: int) -> str:
    """The name of a person of the firm."""
    rng = stream(seed, "name", number)
    return f"{rng.choice(names.GIVEN)} {rng.choice(names.FAMILY)}"


def people(world: World, persons: Sequence[Person], dates: Dates) -> Sheet:
    """The people of a team."""
    number = np.array([person.number for person in persons])
    return {
        "person_id": person_ids(number),
        "name": _text(full_name(world.setting.seed, n) for n in number),
        "email": _text(f"p{n:05}@{names.MAIL_DOMAIN}" for n in number),
        "role": _text(person.role for person in persons),
        "hired_on": dates.days(np.array([person.hired for person in persons])),
        "left_on": dates.days(np.array([NONE if person.left is None else person.left for person in persons])),
    }


def assignments(roster: Roster, persons: Sequence[Person], dates: Dates) -> Sheet:
    """Who belonged where; managers report to the first of them."""
    rows = [(person, belonging) for person in persons for belonging in person.belongings]
    managers = [1 if p.role == "manager" else roster.manager(b.team) for p, b in rows]
    return {
        "person_id": person_ids(np.array([p.number for p, _ in rows])),
        "valid_from": dates.days(np.array([b.first for _, b in rows])),
        "valid_to": dates.days(np.array([NONE if b.last is None else b.last for _, b in rows])),
        "manager_id": person_ids(
            np.array([-1 if p.number == m else m for m, (p, _) in zip(managers, rows, strict=True)])
        ),
        "team": _text(names.team_name(b.team) for _, b in rows),
        "segment": _text(roster.segment(b.team) for _, b in rows),
        "region": _text(roster.region(b.team) for _, b in rows),
        "seniority": _text(roster.seniority(p) for p, _ in rows),
    }


def absences(persons: Sequence[Person], dates: Dates) -> Sheet:
    """Days away."""
    rows = [(person.number, absence) for person in persons for absence in person.absences]
    return {
        "person_id": person_ids(np.array([n for n, _ in rows], np.int64)),
        "starts_on": dates.days(np.array([a.first for _, a in rows], np.int64)),
        "ends_on": dates.days(np.array([a.last for _, a in rows], np.int64)),
        "kind": _text(a.kind for _, a in rows),
    }


def holidays(horizon: Horizon, dates: Dates) -> Sheet:
    """Days nobody works."""
    return {
        "on": dates.days(np.array([day for day, _ in horizon.holidays])),
        "region": _text(region or "" for _, region in horizon.holidays),
    }


def accounts(book: Accounts, owner: int, segment: str, dates: Dates) -> Sheet:
    """A seller's accounts."""
    count = len(book.numbers)
    root, trade = book.name
    return {
        "account_id": account_ids(book.numbers),
        "name": beside(words(_table(names.FIRM_ROOTS), root), same(" ", count), words(_table(names.TRADES), trade)),
        "segment": same(segment, count),
        "industry": words(_table(names.INDUSTRIES), trade),
        "employees": numbers(book.employees),
        "annual_revenue": money(annual_revenue(book.employees)),
        "owner_id": person_ids(np.full(count, owner)),
        "is_key": words(_table(_FLAGS), book.is_key),
        "customer_since": dates.days(book.since),
        "left_on": dates.days(book.left),
    }


@cache
def _titles() -> Bytes:
    return table_of([title for titles in names.TITLES for title in titles])


def contacts(known: Contacts) -> Sheet:
    """People one can call."""
    given, family = known.name
    return {
        "contact_id": contact_ids(known.numbers),
        "account_id": account_ids(known.account),
        "name": beside(words(_table(names.GIVEN), given), same(" ", len(given)), words(_table(names.FAMILY), family)),
        "title": words(_titles(), known.title),
        "level": words(_table(names.LEVELS), known.level),
    }


def leads(desk: Desk, prospects: Prospects, book: Accounts, level: Ints, dates: Dates) -> Sheet:
    """A seller's leads; `level` is that of their contacts."""
    found: Leads = prospects.leads
    axis, count = desk.axis, len(found)
    disqualified = axis.past(prospects.fate.disqualified_x)
    return {
        "lead_id": _lead_ids(found.numbers(desk)),
        "person_id": person_ids(np.full(count, desk.person.number)),
        "source": words(_table(SOURCES), found.source),
        "campaign": words(_table(names.CAMPAIGNS), found.campaign),
        "created_at": dates.instants(axis.instants(found.x)),
        "contact_id": contact_ids(book.contact(found.account, found.which)),
        "account_id": account_ids(book.numbers[found.account]),
        "employees": numbers(book.employees[found.account]),
        "level": words(_table(names.LEVELS), level),
        "qualified_at": dates.instants(axis.past(prospects.fate.qualified_x)),
        "disqualified_at": dates.instants(disqualified),
        "disqualified_reason": words(
            _table(names.DISQUALIFIED), np.where(disqualified == NONE, -1, prospects.fate.reason)
        ),
        "opportunity_id": _opportunity_ids(prospects.opportunity),
        "cost": money(lead_costs(found.source)),
    }


def activities(rows: Recorded, person: int, first: int, dates: Dates) -> Sheet:
    """What was recorded, numbered from the person's number times 1,000,000 on, plus `first`."""
    done, count = rows.done, len(rows.at)
    return {
        "activity_id": ids("A", person * 1_000_000 + first + np.arange(count), 11),
        "person_id": same(f"P{person:05}", count),
        "at": dates.instants(rows.at),
        "kind": words(_table(did.KINDS), done.kind),
        "status": words(_table(did.STATUSES), done.status),
        "created_at": dates.instants(rows.created),
        "direction": words(_table(did.DIRECTIONS), done.direction),
        "place": words(_table(did.PLACES), done.place),
        "contact_id": contact_ids(done.contact),
        "account_id": account_ids(done.account),
        "opportunity_id": _opportunity_ids(done.opportunity),
        "lead_id": _lead_ids(done.lead),
        "duration_s": numbers(done.duration),
        "outcome": words(_table(did.OUTCOMES), done.outcome),
    }


def job_orders(orders: Orders, dates: Dates) -> Sheet:
    """Orders of a team."""
    return {
        "job_order_id": _order_ids(orders.number),
        "person_id": person_ids(orders.seller),
        "account_id": account_ids(orders.account),
        "contact_id": contact_ids(orders.contact),
        "title": words(_table(names.OPENINGS), orders.title),
        "kind": words(_table(ORDER_KINDS), orders.kind),
        "opened_at": dates.instants(orders.opened),
        "openings": numbers(orders.openings),
        "closed_at": dates.instants(orders.closed),
        "status": words(_table(ORDER_STATUSES), orders.status),
    }


def opportunities(cases: Cases, person: int, dates: Dates) -> Sheet:
    """Opportunities of one pipeline and person."""
    count = len(cases)
    reasons = _table(names.LOST_SALES if cases.pipeline == 0 else names.LOST_CANDIDATES)
    return {
        "opportunity_id": _opportunity_ids(cases.number),
        "person_id": person_ids(np.full(count, person)),
        "pipeline": same(PIPELINES[cases.pipeline], count),
        "account_id": account_ids(cases.account),
        "contact_id": contact_ids(cases.contact),
        "lead_id": _lead_ids(cases.lead),
        "job_order_id": _order_ids(cases.order),
        "candidate_id": contact_ids(cases.candidate),
        "source": words(_table(SOURCES), cases.source),
        "product": words(_table(names.PRODUCTS), cases.product),
        "opened_at": dates.instants(cases.opened),
        "expected_close_on": dates.days(cases.expected),
        "closed_at": dates.instants(cases.closed),
        "status": words(_table(STATUSES), cases.status),
        "stage": words(_table(STAGES), cases.stage),
        "amount": money(cases.amount),
        "gross_margin": money(cases.margin),
        "cost": money(cases.cost),
        "list_price": money(cases.list_price),
        "cancelled_at": dates.instants(cases.cancelled),
        "lost_reason": words(reasons, np.where(cases.status == STATUSES.index("lost"), cases.reason, -1)),
    }


def stage_changes(cases: Cases, person: int, dates: Dates) -> Sheet:
    """Every stage entered."""
    case, stage = np.nonzero(cases.entered != NONE)
    first = STAGES.index("submittal") if cases.pipeline else 0
    return {
        "opportunity_id": _opportunity_ids(cases.number[case]),
        "stage": words(_table(STAGES), first + stage),
        "at": dates.instants(cases.entered[case, stage]),
        "person_id": person_ids(np.full(len(case), person)),
    }


def transactions(bills: Transactions, cases: Cases, person: int, dates: Dates) -> Sheet:
    """Bills and refunds."""
    return {
        "transaction_id": ids("T", bills.number, 11),
        "at": dates.instants(bills.at),
        "amount": money(bills.amount),
        "gross_margin": money(bills.margin),
        "opportunity_id": _opportunity_ids(cases.number[bills.case]),
        "account_id": account_ids(cases.account[bills.case]),
        "person_id": person_ids(np.full(len(bills.case), person)),
        "kind": words(_table(TRANSACTION_KINDS), bills.kind),
    }


def surveys(answers: Surveys, person: int, dates: Dates) -> Sheet:
    """Answers about one person's work."""
    count = len(answers.at)
    return {
        "survey_id": ids("S", person * 100_000 + np.arange(count), 10),
        "person_id": person_ids(np.full(count, person)),
        "account_id": account_ids(answers.account),
        "opportunity_id": _opportunity_ids(answers.opportunity),
        "at": dates.instants(answers.at),
        "score": tenths(answers.score),
        "kind": words(_table(SURVEY_KINDS), answers.kind),
    }


def spend(costs: Spend, dates: Dates) -> Sheet:
    """What sources cost."""
    return {
        "source": words(_table(SOURCES), costs.source),
        "campaign": words(_table(names.CAMPAIGNS), costs.campaign),
        "month": dates.days(costs.month),
        "amount": money(costs.amount),
    }


def targets(rows: Sequence[Target]) -> Sheet:
    """Numbers to reach."""
    return {
        "metric": _text(row.metric for row in rows),
        "scope": _text(row.scope for row in rows),
        "period": _text(row.period for row in rows),
        "value": _text(_plain(row.value) for row in rows),
        "version": same("1", len(rows)),
        "in_force_from": _text(row.in_force_from.isoformat() for row in rows),
    }


def forecast_calls(calls: Forecasts, person: int, dates: Dates) -> Sheet:
    """What people themselves forecast."""
    return {
        "person_id": person_ids(np.full(len(calls.at), person)),
        "period": _text(calls.period),
        "category": words(_table(FORECAST_CATEGORIES), calls.category),
        "amount": money(calls.amount),
        "at": dates.instants(calls.at),
        "by": person_ids(calls.by),
    }


def observations(rows: Sequence[Observation]) -> Sheet:
    """Figures no CRM holds."""
    return {
        "metric": _text(row.metric for row in rows),
        "scope": _text(row.scope for row in rows),
        "on": _text(row.on.isoformat() for row in rows),
        "value": _text(_plain(row.value) for row in rows),
        "n": _text("" if row.n is None else str(row.n) for row in rows),
    }
