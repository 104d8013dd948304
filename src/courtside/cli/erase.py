"""`courtside erase`: one person's identity is taken out, and every figure still adds up."""

from __future__ import annotations

import sys

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("erase")
@click.option("--person", "person_id", metavar="ID", required=True, help="The person_id of whom to erase.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@format_option
@click.pass_context
def command(ctx: click.Context, person_id: str, yes: bool, form: str) -> None:
    """Erase a person's name, e-mail and free text, and replace their id by a random one everywhere.

    This cannot be undone. Sums stay as they are; the log keeps the old and the new hash of every file written anew.
    """
    from courtside.services.erase_person import erase_person  # noqa: PLC0415  (keeps start-up short)

    session: Session = ctx.obj
    if not yes:
        if not sys.stdin.isatty():
            ctx.fail("This cannot be undone; without a terminal to ask on, confirm with --yes.")
        click.confirm(f"Erase person {person_id} for ever?", abort=True, err=True)
    session.begin("erase", form)
    rows, notes = erase_person(session.open(), session.caller, person_id)
    session.show(rows, notes)
