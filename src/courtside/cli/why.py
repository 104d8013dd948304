"""`courtside why`: where a result's gap sits, factor by factor."""

from __future__ import annotations

from datetime import date, datetime

import click

from courtside.cli.options import clocks, format_option
from courtside.cli.session import Session

_COLUMNS = ("factor", "plan", "actual", "effect", "currency", "interval", "chance", "whose", "sentence")
_AGAINST = ("target", "previous", "peers")


@click.command("why")
@click.argument("metric", metavar="METRIC")
@click.option("--person", metavar="P", help="Whose gap, by id.")
@click.option("--team", metavar="T", help="A team's gap: its people's added up.")
@click.option("--period", required=True, metavar="Q", help="A finished period, such as 2026-Q3.")
@click.option(
    "--against", type=click.Choice(_AGAINST), default="target", show_default=True,
    help="Held against the targets (others of the role where none is set), the period before, or others.",
)  # fmt: skip
@clocks
@format_option
@click.pass_context
def command(  # noqa: PLR0913  (one argument an option)
    ctx: click.Context,
    *,
    metric: str,
    person: str | None,
    team: str | None,
    period: str,
    against: str,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Say where METRIC is short: what each factor adds to the gap, how sure that is, and whose it is."""
    from courtside.services.show_why import ShowWhy, show_why  # noqa: PLC0415  (keeps start-up short)

    if (person is None) == (team is None):
        ctx.fail("Give either --person or --team.")
    session: Session = ctx.obj
    session.begin("why", form)
    shown = show_why(session.open(), session.caller, ShowWhy(metric, period, person, team, against, as_of, known_at))
    session.show(shown.rows, shown.notes, as_of=shown.as_of, known_at=shown.known_at, columns=_COLUMNS)
