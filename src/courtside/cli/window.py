"""`courtside window`: how long a metric needs before it can tell."""

from __future__ import annotations

from datetime import date, datetime

import click

from courtside.cli.options import clocks, format_option
from courtside.cli.session import Session


@click.command("window")
@click.argument("metric", metavar="METRIC")
@click.option("--person", required=True, metavar="P", help="Whose volume, by id.")
@clocks
@format_option
@click.pass_obj
def command(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    metric: str,
    person: str,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Say how long until METRIC can show a real 30 % drop for this person, in their own volume."""
    from courtside.services.show_window import ShowWindow, show_window  # noqa: PLC0415  (keeps start-up short)

    session.begin("window", form)
    shown = show_window(session.open(), session.caller, ShowWindow(metric, person, as_of, known_at))
    session.show(shown.rows, shown.notes, as_of=shown.as_of, known_at=shown.known_at)
