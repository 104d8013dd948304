"""`courtside scorecard`: the firm's card, a team's with each member's, or one person's."""

from __future__ import annotations

from datetime import date, datetime

import click

from courtside.cli.options import clocks, format_option
from courtside.cli.session import Session

_GRAINS = ("week", "month", "quarter", "half", "year")
_COLUMNS = (
    "label", "period", "metric", "value", "currency", "n", "target", "likely", "position", "time_frame", "verdict",
    "sentence",
)  # fmt: skip


@click.command("scorecard")
@click.option("--person", metavar="P", help="One person's card, by id.")
@click.option("--team", metavar="T", help="A team's card, then each member's.")
@click.option("--grain", type=click.Choice(_GRAINS), help="The last finished one; with --period each one in it.")
@click.option("--period", help="A period's name, such as 2017-Q4, 2017-W47, FY2018 or all. Default: the last quarter.")
@clocks
@format_option
@click.pass_context
def command(  # noqa: PLR0913  (one argument an option)
    ctx: click.Context,
    *,
    person: str | None,
    team: str | None,
    grain: str | None,
    period: str | None,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Show a score card: each figure with how sure it is, against what, and what may be said of it."""
    from courtside.records.period import Grain  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.score_card import ShowCard, score_card  # noqa: PLC0415

    if person is not None and team is not None:
        ctx.fail("Give --person or --team, not both.")
    session: Session = ctx.obj
    session.begin("scorecard", form)
    show = ShowCard(person, team, Grain(grain) if grain else None, period, as_of, known_at)
    card = score_card(session.open(), session.caller, show)
    session.show(card.rows, card.notes, as_of=card.as_of, known_at=card.known_at, columns=_COLUMNS)
