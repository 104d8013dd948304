"""`courtside evidence`: what the evidence of review years was after every month."""

from __future__ import annotations

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session

_COLUMNS = ("metric", "since", "until", "hits", "of", "due", "evidence", "alarm", "noted_at")


@click.group("evidence")
def command() -> None:
    """The evidence of review years, month by month, as it was noted.

    `evidence` is 1 where figures say nothing against the target, and 20 where chance alone comes as far in no more
    than one year of 20, however often one looks. It starts anew with every review year.
    """


@command.command("note")
@format_option
@click.pass_obj
def note(session: Session, *, form: str) -> None:
    """Note what is new: everybody's evidence after every month of this review year. A server does it by itself."""
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.note_evidence import note_evidence  # noqa: PLC0415

    session.begin("evidence note", form)
    workspace = session.open()
    bring_tables_up_to_date()
    added, of = note_evidence(workspace, session.caller)
    session.show([{"added": added, "looked_at": of}], columns=("added", "looked_at"))


@command.command("show")
@click.option("--person", required=True, metavar="P", help="Whose, by id.")
@click.option("--metric", metavar="M", help="Of one metric alone.")
@format_option
@click.pass_obj
def show(session: Session, *, person: str, metric: str | None, form: str) -> None:
    """Show what was noted of a person, the oldest first."""
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.show_evidence import show_evidence  # noqa: PLC0415

    session.begin("evidence show", form)
    session.open()
    bring_tables_up_to_date()
    session.show(show_evidence(session.caller, person, metric), columns=_COLUMNS)
