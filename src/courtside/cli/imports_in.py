"""`courtside import`: bring records in, or undo an import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session

_COLUMNS = ("batch", "at", "connector", "created", "updated", "unchanged", "refused")


def _answers(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if "=" not in value.strip("="):
            raise click.BadParameter(f"{value!r} is not KEY=VALUE, such as date_order=dmy", ctx, param)
    return dict(value.split("=", 1) for value in values)


@click.command("import")
@click.argument("paths", metavar="PATH… | undo N", nargs=-1, required=True)
@click.option("--connector", help="The source they come from. Default: recognised by the headers.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--set-aside", is_flag=True, help="Import the good rows and keep the refused ones out of every figure.")
@click.option("--answer", "answers", metavar="K=V", multiple=True, callback=_answers, help="Settle what is ambiguous.")
@format_option
@click.pass_context
def command(  # noqa: PLR0913  (one argument an option)
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    connector: str | None,
    dry_run: bool,
    set_aside: bool,
    answers: dict[str, str],
    form: str,
) -> None:
    """Import files or folders as one batch, or `undo N` to take batch N out again.

    One refused row refuses the batch and nothing changes, unless --set-aside is given.
    """
    session: Session = ctx.obj
    if paths[0] == "undo":
        if connector or dry_run or set_aside or answers:
            ctx.fail("`import undo N` takes no other option. To import a file named undo, write ./undo.")
        _undo(ctx, session, paths[1:], form)
        return
    from courtside.services.import_records import Request, import_records  # noqa: PLC0415  (keeps start-up short)

    session.begin("import", form)
    request = Request(tuple(map(Path, paths)), connector, set_aside=set_aside, dry_run=dry_run, answers=answers)
    row, notes = import_records(session.open(), session.caller, request)
    session.show([row], notes, columns=_COLUMNS)


def _undo(ctx: click.Context, session: Session, numbers: tuple[str, ...], form: str) -> None:
    from courtside.services.undo_import import undo_import  # noqa: PLC0415

    if len(numbers) != 1 or not numbers[0].isdecimal():
        ctx.fail("Write `import undo N`, N being the number `courtside imports` shows.")
    session.begin("import undo", form)
    result: tuple[dict[str, Any], tuple[str, ...]] = undo_import(session.open(), session.caller, int(numbers[0]))
    session.show([result[0]], result[1], columns=(*_COLUMNS, "undone_at"))
