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
    Where there are HR partners, one asks for it on the pages and another approves: the host alone is refused. So is
    whatever a legal hold keeps, or the law asks to be kept for a while.
    """
    from courtside.services.erase_on_host import erase_on_host  # noqa: PLC0415  (keeps start-up short)

    session: Session = ctx.obj
    if not yes:
        if not sys.stdin.isatty():
            ctx.fail("This cannot be undone; without a terminal to ask on, confirm with --yes.")
        click.confirm(f"Erase person {person_id} for ever?", abort=True, err=True)
    session.begin("erase", form)
    rows, notes = erase_on_host(session.open(), session.caller, person_id)
    session.show(rows, notes)
