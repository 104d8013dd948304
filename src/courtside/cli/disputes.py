"""`courtside disputes`: claims that a record is wrong, and deciding them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session

if TYPE_CHECKING:
    from courtside.services.workspace import Workspace

_COLUMNS = ("dispute", "status", "person", "table", "row", "on", "claim", "words", "mends", "batch")


@click.group("disputes")
def command() -> None:
    """Claims that a record behind somebody's figure is wrong.

    They are opened on the pages, by the person whose figure it is or their manager, and decided here or there by
    somebody else.
    """


@command.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that wait for a decision.")
@format_option
@click.pass_obj
def list_(session: Session, *, only_open: bool, form: str) -> None:
    """Every dispute, the oldest first."""
    from courtside.services.list_disputes import list_disputes  # noqa: PLC0415  (keeps start-up short)

    session.begin("disputes list", form)
    _open(session)
    session.show(list_disputes(only_open=only_open), columns=_COLUMNS)


@command.command("decide")
@click.argument("number", metavar="N", type=click.IntRange(min=1))
@click.option("--accept/--decline", "is_accepted", required=True, help="Whether the claim holds.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a sentence; those concerned read it.")
@click.option("--column", default="", metavar="COLUMN", help="Which column is wrong, where it can be several.")
@click.option("--value", default="", metavar="VALUE", help="What it should say: a day, an amount, or a person's id.")
@format_option
@click.pass_obj
def decide(  # noqa: PLR0913  (one argument an option)
    session: Session, *, number: int, is_accepted: bool, reason: str, column: str, value: str, form: str
) -> None:
    """Accept or decline dispute N; accepting imports a mended version of that one row."""
    from courtside.services.decide_dispute import Mend, accept_dispute, decline_dispute  # noqa: PLC0415
    from courtside.services.list_disputes import deciding_on_host, list_disputes  # noqa: PLC0415

    session.begin("disputes decide", form)
    decider = deciding_on_host(_open(session), session.caller)
    notes: tuple[str, ...] = ()
    if is_accepted:
        _, notes = accept_dispute(decider, number, Mend(column, value), reason)
    else:
        decline_dispute(decider, number, reason)
    rows = [row for row in list_disputes(only_open=False) if row["dispute"] == number]
    session.show(rows, notes, columns=(*_COLUMNS, "column", "before", "after", "reason"))


def _open(session: Session) -> Workspace:
    """The workspace, with the tables of this version."""
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415

    workspace = session.open()
    bring_tables_up_to_date()
    return workspace
