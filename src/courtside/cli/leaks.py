"""`courtside leaks`: where cases stay behind."""

from __future__ import annotations

from datetime import date, datetime

import click

from courtside.cli.options import Day, clocks, format_option
from courtside.cli.session import Session

_CUTS = ("person", "team", "source", "account_size")
_COLUMNS = (
    "pipeline", "stage", "scope", "entered", "advanced", "lost", "open", "rate", "interval", "median_days",
    "value_lost", "currency", "verdict", "sentence",
)  # fmt: skip


@click.command("leaks")
@click.option("--pipeline", metavar="P", help="One pipeline, such as sales or recruiting. Default: every one.")
@click.option("--by", type=click.Choice(_CUTS), help="Whose cases, or which. Default: the firm's.")
@click.option(
    "--horizon", type=click.IntRange(1, 3650), metavar="DAYS",
    help="Within how many days a stage is to be passed. Default: from the pipeline's own times.",
)  # fmt: skip
@click.option("--from", "first", type=Day(), help="Cases that entered a stage from this day on.")
@click.option("--to", "last", type=Day(), help="Cases that entered by the end of this day.")
@clocks
@format_option
@click.pass_obj
def command(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    pipeline: str | None,
    by: str | None,
    horizon: int | None,
    first: date | None,
    last: date | None,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Show how many get past each stage in the same time, what is lost there, and who loses more than the others."""
    from courtside.services.show_leaks import ShowLeaks, show_leaks  # noqa: PLC0415  (keeps start-up short)

    session.begin("leaks", form)
    shown = show_leaks(session.open(), session.caller, ShowLeaks(pipeline, by, horizon, first, last, as_of, known_at))
    session.show(shown.rows, shown.notes, as_of=shown.as_of, known_at=shown.known_at, columns=_COLUMNS)
