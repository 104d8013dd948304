"""`courtside audit`: checking the log of acts, keeping its head elsewhere, taking it out."""

from __future__ import annotations

from pathlib import Path

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session

_SHOWN = 20


@click.group("audit")
def command() -> None:
    """The log of acts: a chain in which altering, leaving out, adding or moving an entry is found.

    Only anchors kept elsewhere find a log that was written anew as a whole: every sealed document prints one, and
    `audit anchor` adds one to anchors.txt in the workspace and to the file the setting `anchors` names.
    """


@command.command("verify")
@click.option(
    "--anchors",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file of anchors kept elsewhere; several may be named.",
)
@format_option
@click.pass_obj
def verify(session: Session, *, anchors: tuple[Path, ...], form: str) -> None:
    """Check the whole log; ends with 1 and names the first bad entry if it does not hold."""
    from courtside.services.refused import Refused  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.verify_log import verify_log  # noqa: PLC0415

    session.begin("audit verify", form)
    found = verify_log(session.open(), session.caller, anchors)
    counts = f"{found.entries} entries, {found.erased} payloads erased, {found.anchors} anchors"
    if found.faults:
        lines = [f"entry {number}: {reason}" for number, reason in found.faults[:_SHOWN]]
        rows = [{"entry": number, "reason": reason} for number, reason in found.faults]
        raise Refused(f"the log does not hold ({counts}); first bad entry: {found.first_bad}", lines, rows)
    session.show([{"entries": found.entries, "erased": found.erased, "anchors": found.anchors, "first_bad": None}])


@command.command("anchor")
@format_option
@click.pass_obj
def anchor(session: Session, *, form: str) -> None:
    """Keep the head of the log: one line more in every file of anchors."""
    from courtside.services.anchor_log import anchor_log, files_of_anchors  # noqa: PLC0415

    session.begin("audit anchor", form)
    workspace = session.open()
    line = anchor_log(workspace, session.caller)
    session.show([{"anchor": line, "file": str(path)} for path in files_of_anchors(workspace)])


@command.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@format_option
@click.pass_obj
def export(session: Session, *, folder: Path, form: str) -> None:
    """Write the log, its anchors and a program that checks them by itself into FOLDER."""
    from courtside.services.export_log import export_log  # noqa: PLC0415

    session.begin("audit export", form)
    session.show(export_log(session.open(), session.caller, folder))
