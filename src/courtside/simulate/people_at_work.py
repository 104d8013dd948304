"""Sellers, recruiters and managers: what each of them does, put together from its parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from courtside.simulate import activities as did
from courtside.simulate import care, prospecting, sales
from courtside.simulate.activities import With
from courtside.simulate.books import Accounts, accounts_of, candidates_of, contacts_of
from courtside.simulate.cases import OPPORTUNITIES
from courtside.simulate.cells import DAY, NONE, Ints
from courtside.simulate.desk import Desk, World
from courtside.simulate.filling import fill_alone, work_orders
from courtside.simulate.leads import calls_of, handed, in_order, reach
from courtside.simulate.orders import Orders, merged, of_agreements, of_customers, of_project, within
from courtside.simulate.roster import Person
from courtside.simulate.work import Prospects, Work, sales_cases

_PROJECT_MEETINGS_A_DAY = 0.5
_MANAGER_VISITS_A_DAY = 3.0


def desk_of(world: World, person: Person) -> Desk:
    """A person at their desk."""
    return Desk(world, person, world.roster.axis(person))


def book_of(world: World, person: Person) -> Accounts:
    """A seller's accounts."""
    return accounts_of(
        person, world.horizon, world.months, Desk(world, person, world.roster.axis(person)).stream("book")
    )


def sell(world: World, person: Person, accounts: Accounts) -> Work:
    """A seller: leads handed out and found, sales, customers looked after, the orders of new customers."""
    desk = desk_of(world, person)
    searched, found = prospecting.prospect(desk, accounts)
    leads = in_order(handed(desk, accounts), found)
    reaching = reach(desk, leads)
    fate, deals = sales.fated(desk, leads, reaching, accounts)
    opportunity = sales.opportunity_of(leads, deals, person.number * OPPORTUNITIES)
    cases = sales_cases(desk, leads, deals, accounts)
    contacts = contacts_of(accounts, desk.stream("contacts"))
    candidates = candidates_of(person, len(contacts.numbers), world.months, desk.stream("candidates known"))
    own = _own_orders(desk, accounts, leads.account[deals.lead[cases.won]], cases.closed[cases.won])
    filled = fill_alone(desk, own, candidates.numbers)
    whom = With(cases.contact, cases.account, cases.number, cases.lead)
    done = [
        *searched,
        calls_of(desk, leads, reaching, opportunity, accounts),
        *sales.work_on(desk, deals, whom),
        *care.look_after(desk, accounts),
        *_project(desk, own),
        *filled.activities,
        prospecting.call_plans(desk),
    ]
    talks = did.joined(done)
    return Work(
        desk,
        did.joined([talks, *care.next_steps(desk, talks)]),
        sales=cases,
        placements=filled.cases,
        is_contract=filled.is_contract,
        prospects=Prospects(leads, fate, opportunity),
        accounts=accounts,
        contacts=(contacts, candidates),
        orders=filled.orders,
    )


def _own_orders(desk: Desk, accounts: Accounts, won_account: Ints, won_at: Ints) -> Orders:
    """The orders a seller fills alone: those of new customers, and the big project's."""
    orders = [of_agreements(desk.person, accounts, won_account, won_at, desk.stream("new customers' orders"))]
    if desk.person.traits.project is not None:
        first, last = desk.person.traits.project
        opened = int(desk.days[np.searchsorted(desk.days, first)]) * DAY + 10 * 3600
        orders.append(of_project(desk.person, accounts, opened, (last + 14) * DAY, desk.stream("project")))
    return within(merged(orders), desk.world.horizon.end)


def _project(desk: Desk, own: Orders) -> list[did.Activities]:
    """Meetings with the client of the big project, every other day while it lasts."""
    if desk.person.traits.project is None:
        return []
    first, last = desk.person.traits.project
    rng = desk.stream("project meetings")
    lasts = (desk.days >= first) & (desk.days <= last)
    x = desk.moments(np.where(lasts, _PROJECT_MEETINGS_A_DAY, 0.0), rng)
    whom = With(int(own.contact[0]), int(own.account[0]))
    return [did.held(x, did.MEETING, whom, rng)]


def recruit(world: World, person: Person, orders: Orders) -> Work:
    """A recruiter: sourcing, interviews and submittals for the orders given to them."""
    desk = desk_of(world, person)
    candidates = candidates_of(person, 0, world.months, desk.stream("candidates known"))
    filled = work_orders(desk, orders, candidates.numbers)
    mails = prospecting.sourcing_mail(desk, candidates.numbers, desk.stream("sourcing mail"))
    talks = did.joined([*filled.activities, *mails, prospecting.call_plans(desk)])
    return Work(
        desk,
        did.joined([talks, *care.next_steps(desk, talks)]),
        placements=filled.cases,
        is_contract=filled.is_contract,
        contacts=(candidates,),
        orders=filled.orders,
    )


def manage(world: World, person: Person, books: Sequence[Accounts]) -> Work:
    """A manager, who visits the team's key accounts."""
    desk = desk_of(world, person)
    contacts, accounts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for book in books:
        key = np.flatnonzero((book.is_key[: book.customers] == 1) & (book.left[: book.customers] == NONE))
        contacts.append(book.contact(key, key))
        accounts.append(book.numbers[key])
    visits = care.visit(desk, np.concatenate(contacts), np.concatenate(accounts), _MANAGER_VISITS_A_DAY)
    return Work(desk, did.joined([*visits, prospecting.call_plans(desk)]))


def team_at_work(world: World, team: int) -> tuple[tuple[Work, ...], Orders]:
    """Everybody of a team in the order of their numbers, and all its orders by number.

    Customers of the first day order whatever their seller does, and recruiters work for them alone; what sellers win
    they fill themselves. So a story told of a seller changes no row of anybody else.
    """
    people = world.roster.team(team)
    books = {person.number: book_of(world, person) for person in people if person.role == "seller"}
    recruiters = [person for person in people if person.role == "recruiter"]
    wanted = merged([of_customers(world, p, books[p.number], recruiters) for p in people if p.role == "seller"])
    works = []
    for person in people:
        if person.role == "manager":
            works.append(manage(world, person, list(books.values())))
        elif person.role == "seller":
            works.append(sell(world, person, books[person.number]))
        else:
            works.append(recruit(world, person, wanted.where(np.flatnonzero(wanted.worker == person.number))))
    return tuple(works), merged([work.orders for work in works if work.orders is not None])
