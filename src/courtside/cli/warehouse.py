"""`courtside warehouse rebuild`: the figures made again from the batches."""

from __future__ import annotations

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.group("warehouse")
def command() -> None:
    """The figures kept ready beside the records. They can be thrown away and made again at any time."""


@command.command("rebuild")
@format_option
@click.pass_obj
def rebuild(session: Session, form: str) -> None:
    """Check every file of every batch against its SHA-256, then make all figures again."""
    from courtside.services.rebuild_warehouse import rebuild_warehouse  # noqa: PLC0415  (keeps start-up short)

    session.begin("warehouse rebuild", form)
    row, notes = rebuild_warehouse(session.open(), session.caller)
    session.show([row], notes)
