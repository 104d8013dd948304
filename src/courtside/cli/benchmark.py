"""`courtside benchmark`: top and the rest, like with like."""

from __future__ import annotations

from datetime import date, datetime

import click

from courtside.cli.options import clocks, format_option
from courtside.cli.session import Session

_WHAT = ("top", "people", "sources", "persistence", "bands", "accounts", "levels", "map")

_COLUMNS = {
    "top": ("metric", "rung", "period", "top", "rest", "unit", "interval", "verdict", "sentence"),
    "people": ("label", "value", "n", "typical", "ratio", "interval", "position", "sentence"),
    "sources": ("label", "source", "value", "n", "typical", "interval", "position", "sentence"),
    "persistence": ("metric", "period", "people", "n", "change", "interval", "verdict", "sentence"),
    "bands": ("band", "value", "n", "typical", "ratio", "interval", "verdict", "focus", "sentence"),
    "accounts": ("account_size", "touches", "hours", "key_hours", "accounts", "retention", "growth", "sentence"),
    "levels": ("role", "seniority", "n", "value", "unit", "middle_half", "next_value", "review_on", "sentence"),
    "map": ("team", "rung", "n", "position", "sentence"),
}
"""What a table shows; JSON and CSV carry everything."""


@click.command("benchmark")
@click.argument("metric", metavar="METRIC", required=False)
@click.option(
    "--what", type=click.Choice(_WHAT), default="top", show_default=True,
    help="top: the top third beside the rest. people: each beside what is typical of their very cases. sources: each "
    "lead source of each person, and what a customer costs. persistence: whether following up pays here. bands: "
    "which sizes and title levels are won. accounts: effort by account size beside what it yields. levels: what each "
    "seniority reaches. map: teams and rungs.",
)  # fmt: skip
@click.option("--by", default="source", show_default=True, help="What cases are alike in: source, account_size, …")
@click.option("--person", metavar="P", help="Only this person's rows of people and sources.")
@click.option("--period", help="A period's name, such as 2017-Q4 or 2017. Default: the last year that is ripe.")
@clocks
@format_option
@click.pass_obj
def command(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    metric: str | None,
    what: str,
    by: str,
    person: str | None,
    period: str | None,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Compare METRIC like with like: who is ahead, what differs, and which cases are won. Never why."""
    from courtside.services.show_benchmark import ShowBenchmark, show_benchmark  # noqa: PLC0415  (start-up is short)

    session.begin("benchmark", form)
    show = ShowBenchmark(metric, what, by, period, person, as_of, known_at)
    shown = show_benchmark(session.open(), session.caller, show)
    columns = _COLUMNS[what]
    session.show(shown.rows, shown.notes, as_of=shown.as_of, known_at=shown.known_at, columns=columns)
