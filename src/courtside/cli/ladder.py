"""`courtside ladder`: from a result down to the activities that move it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click

from courtside.cli.options import clocks, format_option
from courtside.cli.session import Session


@click.command("ladder")
@click.argument("name", metavar="[METRIC]", required=False)
@click.option("--period", help="The period of the figures, such as 2017-Q4. Default: all.")
@click.option("--scope", default="company", show_default=True, help="Whose figures, such as team:North or person:P1.")
@clocks
@format_option
@click.pass_obj
def command(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    name: str | None,
    period: str | None,
    scope: str,
    as_of: date | None,
    known_at: datetime | date | None,
    form: str,
) -> None:
    """Walk the ladder from METRIC, or from every result, down to what moves it, with lags and figures."""
    from courtside.services.walk_ladder import Walk, walk_ladder  # noqa: PLC0415  (keeps start-up short)

    session.begin("ladder", form)
    walked = walk_ladder(session.open(), session.caller, Walk(name, period, scope, as_of, known_at))
    rows = walked.rows if form != "table" else _tree(walked.rows)
    session.show(rows, walked.notes, as_of=walked.as_of, known_at=walked.known_at)


def _tree(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as they stand in the tree, each metric behind the branch it hangs on."""
    lines: list[dict[str, Any]] = []
    is_open: set[int] = set()
    for row in reversed(rows):
        depth = row["depth"]
        is_open = {level for level in is_open if level <= depth}
        bars = "".join("│  " if level in is_open else "   " for level in range(1, depth))
        branch = "" if depth == 0 else "├─ " if depth in is_open else "└─ "
        is_open.add(depth)
        shown = {key: row[key] for key in ("rung", "unit", "period", "value", "n")}
        lines.append(
            {"metric": bars + branch + row["metric"], "lag": f"{row['lag_weeks']} wk" if depth else "", **shown}
        )
    return lines[::-1]
