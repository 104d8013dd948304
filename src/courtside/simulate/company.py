"""Writing a whole company: team by team, so that memory does not grow with its size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from courtside.simulate import planning, sheets
from courtside.simulate.answers import surveys
from courtside.simulate.books import Accounts
from courtside.simulate.cells import Dates
from courtside.simulate.desk import World
from courtside.simulate.files import Files, new_folder
from courtside.simulate.money import transactions
from courtside.simulate.people_at_work import team_at_work
from courtside.simulate.recording import record
from courtside.simulate.setting import Setting
from courtside.simulate.truth import truth
from courtside.simulate.work import Work, with_new_customers


def simulate(setting: Setting, folder: Path, progress: Callable[[str], None]) -> Mapping[str, int]:
    """Write a company into a new or empty folder; answers how many rows each table has.

    `progress` is told which team is being written. Raises FileExistsError or NotADirectoryError for a folder that
    cannot be used; whatever fails, the folder is either complete or as it was.
    """
    world = World(setting)
    dates = Dates(world.horizon.history_on, world.horizon.days)
    with new_folder(folder) as files:
        _write_firm(world, files, dates)
        for team in range(world.roster.teams):
            progress(f"team {team + 1} of {world.roster.teams}")
            _write_team(world, team, files, dates)
        files.write_truth(truth(world))
        return dict(files.rows)


def _write_firm(world: World, files: Files, dates: Dates) -> None:
    """What belongs to nobody in particular."""
    files.write("holidays", sheets.holidays(world.horizon, dates))
    files.write("spend", sheets.spend(planning.spend(world), dates))
    files.write("targets", sheets.targets(list(planning.firm_targets(world))))
    files.write("observations", sheets.observations(list(planning.observations(world))))


def _write_team(world: World, team: int, files: Files, dates: Dates) -> None:
    persons = world.roster.team(team)
    files.write("people", sheets.people(world, persons, dates))
    files.write("assignments", sheets.assignments(world.roster, persons, dates))
    files.write("absences", sheets.absences(persons, dates))
    works, orders = team_at_work(world, team)
    files.write("job_orders", sheets.job_orders(orders, dates))
    for work in works:
        _write_person(world, work, files, dates)
        if work.accounts is not None:
            _write_book(world, work, work.accounts, files, dates)


def _write_person(world: World, work: Work, files: Files, dates: Dates) -> None:
    person = work.desk.person
    rows = record(work.desk, work.activities)
    files.write("activities", sheets.activities(rows, person.number, 0, dates))
    for known in work.contacts:
        files.write("contacts", sheets.contacts(known))
    for cases in work.cases:
        files.write("opportunities", sheets.opportunities(cases, person.number, dates))
        files.write("stage_changes", sheets.stage_changes(cases, person.number, dates))
        is_contract = work.is_contract if cases is work.placements and work.is_contract is not None else None
        flags = np.zeros(len(cases), np.bool_) if is_contract is None else is_contract
        bills = transactions(cases, flags, world.horizon.end)
        files.write("transactions", sheets.transactions(bills, cases, person.number, dates))
    files.write("surveys", sheets.surveys(surveys(work), person.number, dates))
    targets = list(planning.targets_of(world, person))
    if targets:
        files.write("targets", sheets.targets(targets))
        calls = planning.forecasts(world, work, world.roster.manager(person.team))
        files.write("forecast_calls", sheets.forecast_calls(calls, person.number, dates))


def _write_book(world: World, work: Work, book: Accounts, files: Files, dates: Dates) -> None:
    """A seller's accounts and leads."""
    person = work.desk.person
    segment = world.roster.segment(person.team)
    won = book if work.sales is None else with_new_customers(book, work.sales, world.horizon.days)
    files.write("accounts", sheets.accounts(won, person.number, segment, dates))
    if work.prospects is not None:
        known = work.contacts[0]
        contact = book.contact(work.prospects.leads.account, work.prospects.leads.which)
        level = known.level[contact - known.numbers[0]]
        files.write("leads", sheets.leads(work.desk, work.prospects, book, level, dates))
