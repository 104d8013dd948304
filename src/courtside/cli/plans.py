"""`courtside plans`: plans as their own people see them, by the token of one of them."""

from __future__ import annotations

from datetime import date

import click

from courtside.cli.as_user import as_user_option, visiting
from courtside.cli.options import Day, format_option
from courtside.cli.session import Session


@click.group("plans")
def command() -> None:
    """Coaching plans and improvement plans, by the same rules as on the site.

    Nothing is approved, signed or decided here: that takes a fresh code of one's authenticator, on the page.
    """


@command.command("list")
@as_user_option
@format_option
@click.pass_obj
def list_(session: Session, *, username: str, form: str) -> None:
    """The plans somebody may see: their own first, then what waits first."""
    from courtside.services.plan_rows import plan_rows  # noqa: PLC0415  (keeps start-up short)

    session.begin("plans list", form)
    session.show(plan_rows(visiting(session, username)))


@command.command("show")
@click.argument("plan", metavar="PLAN")
@as_user_option
@format_option
@click.pass_obj
def show(session: Session, *, plan: str, username: str, form: str) -> None:
    """What has happened in one plan, in order; goals and what is owed as notes."""
    from courtside.services.plan_rows import one_plan  # noqa: PLC0415

    session.begin("plans show", form)
    rows, notes = one_plan(visiting(session, username), plan)
    session.show(rows, notes)


@command.command("check-in")
@click.argument("plan", metavar="PLAN")
@click.option("--due", "due_on", required=True, type=Day(), help="The day it was due.")
@click.option("--held", "held_on", required=True, type=Day(), help="The day it was held.")
@click.option("--note", required=True, metavar="TEXT", help="What was said and agreed; both sign it.")
@as_user_option
@format_option
@click.pass_obj
def check_in(  # noqa: PLR0913  (one argument an option)
    session: Session, *, plan: str, due_on: date, held_on: date, note: str, username: str, form: str
) -> None:
    """Record that a check-in was held."""
    from courtside.services.plan_rows import one_plan  # noqa: PLC0415
    from courtside.services.record_check_in import record_check_in  # noqa: PLC0415

    session.begin("plans check-in", form)
    visit = visiting(session, username)
    record_check_in(visit, plan, due_on, held_on, note)
    rows, notes = one_plan(visit, plan)
    session.show(rows, notes)


@command.command("owed")
@click.argument("plan", metavar="PLAN")
@click.argument("key", metavar="KEY")
@click.option("--done", "done_on", required=True, type=Day(), help="The day it was done.")
@as_user_option
@format_option
@click.pass_obj
def owed(  # noqa: PLR0913  (one argument an option)
    session: Session, *, plan: str, key: str, done_on: date, username: str, form: str
) -> None:
    """Note that something owed to the person was done."""
    from courtside.services.plan_owed import note_owed  # noqa: PLC0415
    from courtside.services.plan_rows import one_plan  # noqa: PLC0415

    session.begin("plans owed", form)
    visit = visiting(session, username)
    note_owed(visit, plan, key, done_on)
    rows, notes = one_plan(visit, plan)
    session.show(rows, notes)


@command.command("due")
@format_option
@click.pass_obj
def due(session: Session, *, form: str) -> None:
    """Tell now what plans are due, as the worker does; says how many things were told, and nothing of whom."""
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415
    from courtside.services.due_plans import due as tell_due  # noqa: PLC0415

    session.begin("plans due", form)
    workspace = session.open()
    bring_tables_up_to_date()
    session.show([{"done": tell_due(workspace, session.caller)}])
