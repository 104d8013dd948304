"""`courtside holds`: what stands under a legal hold, and what has been kept as long as it is to be kept."""

from __future__ import annotations

import click

from courtside.cli.as_user import as_user_option, visiting
from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.group("holds")
def command() -> None:
    """Legal holds: nothing that is held can be erased. Releasing one takes two people and a code, on the pages."""


@command.command("list")
@as_user_option
@format_option
@click.pass_obj
def list_(session: Session, *, username: str, form: str) -> None:
    """The holds on people the user looks after."""
    from courtside.services.retention_holds import holds_page  # noqa: PLC0415  (keeps start-up short)

    session.begin("holds list", form)
    found = holds_page(visiting(session, username))
    columns = ("hold", "person", "case", "placed_at", "placed_by", "release_asked_by")
    rows = [
        dict(
            zip(
                columns,
                (one.number, one.person_id, one.case_id, one.placed_at, one.placed_by, one.asked_by),
                strict=True,
            )
        )
        for one in found
    ]
    session.show(rows, columns=columns)


@command.command("place")
@click.argument("person", metavar="PERSON")
@click.option("--case", default="", metavar="ID", help="A plan or proposal about them; without, everything is held.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept.")
@as_user_option
@format_option
@click.pass_obj
def place(session: Session, *, person: str, case: str, reason: str, username: str, form: str) -> None:
    """Hold everything about PERSON, or one case."""
    from courtside.services.place_hold import place_hold  # noqa: PLC0415

    session.begin("holds place", form)
    number = place_hold(visiting(session, username), person, case, reason)
    session.show([{"hold": number, "person": person, "case": case}])


@command.command("due")
@format_option
@click.pass_obj
def due(session: Session, *, form: str) -> None:
    """What has been kept long enough, and why: a list. Nothing is erased by it."""
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415
    from courtside.services.retention_due import what_is_due  # noqa: PLC0415

    session.begin("holds due", form)
    workspace = session.open()
    bring_tables_up_to_date()
    found = what_is_due(workspace, session.caller)
    rows = [
        {
            "kind": one.kind,
            "person": one.person_id,
            "due_on": one.due_on,
            "count": one.count,
            "held": one.is_held,
            "why": one.why,
        }
        for one in found
    ]
    session.show(rows, columns=("kind", "person", "due_on", "count", "held", "why"))
