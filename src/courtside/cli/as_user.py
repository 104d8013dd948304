"""The option `--as USER`: a command that obeys the same rules as the site, by that user's token."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from courtside.cli.session import Session

if TYPE_CHECKING:
    from courtside.services.viewing import Visit

TOKEN = "COURTSIDE_TOKEN"  # noqa: S105  (the name of a variable)
as_user_option = click.option(
    "--as", "username", required=True, metavar="USER",
    help=f"Whose eyes and hands these are; their token is read from {TOKEN}, or asked for.",
)  # fmt: skip


def visiting(session: Session, username: str) -> Visit:
    """The visit of a user. Raises Refused without a token of theirs."""
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.visit_as import visit_as  # noqa: PLC0415

    workspace = session.open()
    bring_tables_up_to_date()
    token = os.environ.get(TOKEN, "")
    if not token and sys.stdin.isatty():
        token = click.prompt(f"Token of {username}", hide_input=True, err=True)
    return visit_as(workspace, username, token, session.caller)
