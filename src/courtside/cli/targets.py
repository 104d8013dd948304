"""`courtside targets`: numbers to reach, set and shown with where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from courtside.cli.options import Day, clocks, format_option
from courtside.cli.session import Session

if TYPE_CHECKING:
    from courtside.services.target_values import Amount

_COLUMNS = (
    "metric", "scope", "label", "period", "value", "currency", "target", "pace", "attainment", "attainment_to_date",
    "met", "from_members", "complete", "origin",
)  # fmt: skip
_TOLD = 20
_SCOPE = "Whose: person:ID, team:NAME, segment:, region:, seniority:, source:, product: or company."


class Number(click.ParamType["Amount"]):
    """A number such as 1200, 0.25 or 25%."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Amount:
        """The number, or wrong usage."""
        from courtside.services.target_values import Amount, read_amount  # noqa: PLC0415  (keeps start-up short)

        if isinstance(value, Amount):
            return value
        try:
            return read_amount(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group("targets")
def command() -> None:
    """Numbers to reach: for any metric, scope and period, each version kept with the day it is in force from."""


@command.command("set")
@click.argument("metric", metavar="METRIC")
@click.option("--scope", required=True, metavar="S", help=_SCOPE)
@click.option("--period", required=True, help="For when, such as 2027-Q1, 2027-W05, FY2027 or 2027-01-05/2027-02-04.")
@click.option(
    "--value", required=True, type=Number(), help="The number to reach; 25% where the metric is a percentage."
)
@click.option(
    "--in-force-from",
    type=Day(),
    help="From which day the number counts. Default: the first one always; a change from today.",
)
@format_option
@click.pass_obj
def set_(  # noqa: PLR0913  (one argument an option)
    session: Session, *, metric: str, scope: str, period: str, value: Amount, in_force_from: date | None, form: str
) -> None:
    """Set a target of METRIC. What was set or imported before is kept and can be asked for.

    It is a batch of its own: `courtside imports` lists it, `courtside import undo N` takes it back.
    """
    from courtside.services.set_target import SetTarget, set_target  # noqa: PLC0415  (keeps start-up short)

    session.begin("targets set", form)
    wish = SetTarget(metric, scope, period, value, in_force_from)
    row, notes = set_target(session.open(), session.caller, wish)
    _show(session, [row], notes, columns=("batch", *_COLUMNS, "before"))


@command.command("show")
@click.option("--metric", metavar="METRIC", help="Only this metric. Default: every one that has a target.")
@click.option("--scope", metavar="S", help=f"{_SCOPE} Default: all, and the teams and firm they add up to.")
@click.option("--period", help="In this period, whichever periods the targets are for. Default: those periods.")
@clocks
@format_option
@click.pass_obj
def show(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    metric: str | None,
    scope: str | None,
    period: str | None,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Show targets: where each comes from, how much is due by now, and how far the figure has come.

    A number is a scope's own, inherited (rates and means), or the sum over its members; a shorter period has its
    share by working days, a longer one the sum. Where a group's own number and its members' differ, both are shown.
    """
    from courtside.services.show_targets import ShowTargets, show_targets  # noqa: PLC0415  (keeps start-up short)

    session.begin("targets show", form)
    wanted = ShowTargets(metric, scope, period, as_of, known_at)
    answered = show_targets(session.open(), session.caller, wanted)
    _show(session, answered.rows, answered.notes, _COLUMNS, as_of=answered.as_of, known_at=answered.known_at)


def _show(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    notes: Iterable[str],
    columns: tuple[str, ...],
    **clocks: Any,
) -> None:
    """Write the rows; in a table, what members add up to only where it differs, and what is odd below it."""
    if session.format == "table":
        notes = (*notes, *_oddities(rows))
        rows = [{**row, "from_members": row["from_members"] if row["sums_differ"] else None} for row in rows]
    session.show(rows, notes, columns=columns, **clocks)


def _oddities(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What there is to know about some targets, the first of them."""
    odd = [f"{row['metric']} {row['scope']} {row['period']}: {row['note']}" for row in rows if row["note"]]
    yield from odd[:_TOLD]
    if len(odd) > _TOLD:
        yield f"{len(odd) - _TOLD} more have something to know; --format json has it in each row"
