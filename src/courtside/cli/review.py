"""`courtside review`: metrics on trial, the card they propose, and records worth a second look."""

from __future__ import annotations

from datetime import date, datetime

import click

from courtside.cli.options import clocks, format_option
from courtside.cli.session import Session

_REVIEW: tuple[str, ...] = (
    "metric", "rung", "varies", "stable", "precedes", "result", "lag_weeks", "effect", "still", "verdict", "n",
    "review_on", "sentence",
)  # fmt: skip
_CARD = ("metric", "rung", "weeks_to_tell", "verdict", "reason")
_NOTES = ("note", "label", "count", "n", "value", "usual", "peers", "sentence")


@click.command("review")
@click.argument("metric", required=False, metavar="[METRIC]")
@click.option(
    "--card", "wants_card", is_flag=True, help="Propose a card of at most eight metrics, each with its reason."
)
@click.option("--authenticity", "wants_notes", is_flag=True, help="Records worth a look at how they came about.")
@clocks
@format_option
@click.pass_context
def command(  # noqa: PLR0913  (one argument an option)
    ctx: click.Context,
    *,
    metric: str | None,
    wants_card: bool,
    wants_notes: bool,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Put metrics on trial: does each vary between people, stay so, come before its result, and does it still?"""
    from courtside.services.show_review import (  # noqa: PLC0415  (keeps start-up short)
        ShowReview,
        propose_card,
        show_authenticity,
        show_review,
    )

    if (metric is not None) + wants_card + wants_notes > 1:
        ctx.fail("Give METRIC, --card or --authenticity, one of them.")
    session: Session = ctx.obj
    session.begin("review", form)
    show = ShowReview(metric, as_of, known_at)
    work, columns = show_review, _REVIEW
    if wants_card:
        work, columns = propose_card, _CARD
    if wants_notes:
        work, columns = show_authenticity, _NOTES
    shown = work(session.open(), session.caller, show)
    session.show(shown.rows, shown.notes, as_of=shown.as_of, known_at=shown.known_at, columns=columns)
