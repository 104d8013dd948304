"""`courtside import`: bring records in, or undo an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

import click

from courtside.cli import output
from courtside.cli.options import format_option
from courtside.cli.session import Session

_COLUMNS = ("batch", "at", "connector", "created", "updated", "unchanged", "refused")
_WIDEST = 28
"""Letters of a cell that a preview shows."""


def _answers(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if "=" not in value.strip("="):
            raise click.BadParameter(f"{value!r} is not KEY=VALUE, such as date_order=dmy", ctx, param)
    return dict(value.split("=", 1) for value in values)


@click.command("import")
@click.argument("paths", metavar="PATH… | undo N", nargs=-1, required=True)
@click.option("--connector", help="The source they come from. Default: recognised by the headers.")
@click.option(
    "--mapping", type=click.Path(path_type=Path), metavar="FILE", help="Which column is which field, as YAML."
)
@click.option("--dry-run", is_flag=True, help="Show the first rows as they would be read, and change nothing.")
@click.option(
    "--save-mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --dry-run: write the mapping that was proposed or used to a new file.",
)
@click.option("--set-aside", is_flag=True, help="Import the good rows and keep the refused ones out of every figure.")
@click.option("--answer", "answers", metavar="K=V", multiple=True, callback=_answers, help="Settle what is ambiguous.")
@format_option
@click.pass_context
def command(  # noqa: PLR0913  (one argument an option)
    ctx: click.Context,
    *,
    paths: tuple[str, ...],
    connector: str | None,
    mapping: Path | None,
    dry_run: bool,
    save_mapping: Path | None,
    set_aside: bool,
    answers: dict[str, str],
    form: str,
) -> None:
    """Import files or folders as one batch, or `undo N` to take batch N out again.

    One refused row refuses the batch and nothing changes, unless --set-aside is given.
    """
    session: Session = ctx.obj
    if paths[0] == "undo":
        if connector or mapping or save_mapping or dry_run or set_aside or answers:
            ctx.fail("`import undo N` takes no other option. To import a file named undo, write ./undo.")
        _undo(ctx, session, paths[1:], form)
        return
    if mapping and connector not in (None, "mapped"):
        ctx.fail(f"--mapping says how to read the files, and so does --connector {connector}; name one of them.")
    if save_mapping and not dry_run:
        ctx.fail("--save-mapping goes with --dry-run: look at the mapping, then import with --mapping.")
    from courtside.services.import_records import Request, import_records  # noqa: PLC0415  (keeps start-up short)

    session.begin("import", form)
    shown: list[Mapping[str, Any]] = []
    request = Request(
        tuple(map(Path, paths)), connector, set_aside=set_aside, dry_run=dry_run, answers=answers, mapping=mapping,
        save_mapping=save_mapping, show=_show_previews if form == "table" else shown.extend,
    )  # fmt: skip
    row, notes = import_records(session.open(), session.caller, request)
    session.show([{**row, "preview": shown}] if shown else [row], notes, columns=_COLUMNS)


def _show_previews(previews: Sequence[Mapping[str, Any]]) -> None:
    """What each file would become, in words and with its first rows."""
    for preview in previews:
        place = preview["file"] + (f", sheet {preview['sheet']}" if preview["sheet"] else "")
        click.echo(output.printable(f"{place} -> {preview['table']}"))
        renamed = [f"{name} <- {column}" for name, column in preview["columns"].items() if name != column]
        fixed = [f"{name} = {value}" for name, value in preview["constants"].items()]
        for what, words in (("fields", [*renamed, *fixed]), ("kept beside them", preview["extra"])):
            if words:
                click.echo(output.printable(f"  {what}: {', '.join(words)}"))
        if preview["sampled"]:
            click.echo(f"  a sample: the first {preview['sampled']:,} rows were looked at; the verdict below is on all")
        click.echo(indent(output.as_table([_short(row) for row in preview["rows"]]), "  ") + "\n")


def _short(row: Mapping[str, str]) -> dict[str, str]:
    return {name: text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…" for name, text in row.items()}


def _undo(ctx: click.Context, session: Session, numbers: tuple[str, ...], form: str) -> None:
    from courtside.services.undo_import import undo_import  # noqa: PLC0415

    if len(numbers) != 1 or not numbers[0].isdecimal():
        ctx.fail("Write `import undo N`, N being the number `courtside imports` shows.")
    session.begin("import undo", form)
    result: tuple[dict[str, Any], tuple[str, ...]] = undo_import(session.open(), session.caller, int(numbers[0]))
    session.show([result[0]], result[1], columns=(*_COLUMNS, "undone_at"))
