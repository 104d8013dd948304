"""`courtside metric`: any metric, any cut, and the rows behind it."""

from __future__ import annotations

from datetime import date, datetime

import click

from courtside.cli.options import Day, clocks, format_option
from courtside.cli.session import Session
from courtside.records.period import Grain

_COLUMNS = (
    "scope", "label", "stage", "period", "value", "currency", "n", "numerator", "denominator", "target", "attainment",
    "complete",
)  # fmt: skip


@click.command("metric")
@click.argument("name", metavar="NAME")
@click.option("--by", multiple=True, metavar="DIMENSION", help="One row for each of them: person, team, source …")
@click.option("--grain", type=click.Choice([grain.value for grain in Grain]), help="One row for each week, month …")
@click.option("--from", "first", type=Day(), help="The first day.")
@click.option("--to", "last", type=Day(), help="The last day, included.")
@click.option("--period", help="A period's name instead, such as 2017-Q4, 2017-W47, FY2018 or all.")
@click.option("--scope", "scopes", multiple=True, metavar="S", help="Only this scope, such as team:North or person:P1.")
@clocks
@click.option("--rows", "wants_rows", is_flag=True, help="The records behind the figure.")
@format_option
@click.pass_context
def command(  # noqa: PLR0913  (one argument an option)
    ctx: click.Context,
    *,
    name: str,
    by: tuple[str, ...],
    grain: str | None,
    first: date | None,
    last: date | None,
    period: str | None,
    scopes: tuple[str, ...],
    as_of: date | None,
    known_at: datetime | date | None,
    wants_rows: bool,
    form: str,
) -> None:
    """Answer metric NAME for the whole range, or cut by dimensions and periods."""
    from courtside.services.answer_metric import Ask, answer_metric  # noqa: PLC0415  (keeps start-up short)

    if period and (first or last):
        ctx.fail("Give --period, or --from and --to, not both.")
    if first and last and first > last:
        ctx.fail(f"--from {first} lies after --to {last}.")
    session: Session = ctx.obj
    session.begin("metric", form)
    ask = Ask(
        name, by, Grain(grain) if grain else None, first, last, period, scopes, as_of, known_at, wants_rows=wants_rows
    )
    answered = answer_metric(session.open(), session.caller, ask)
    columns = () if wants_rows else (*by, *_COLUMNS)
    session.show(answered.rows, answered.notes, as_of=answered.as_of, known_at=answered.known_at, columns=columns)
