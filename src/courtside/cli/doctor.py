"""`courtside doctor`: is everything as it should be, and if not, how to mend it."""

from __future__ import annotations

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("doctor")
@format_option
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Check the installation, and the workspace if one is named. Exit status 1 if something is wrong."""
    from courtside.services.diagnose import diagnose  # noqa: PLC0415  (keeps start-up short)

    session: Session = ctx.obj
    session.begin("doctor", form)
    findings = diagnose(session.root, session.caller)
    session.show(findings)
    wrong = [row for row in findings if row["state"] == "wrong"]
    if wrong:
        session.warn(f"{len(wrong)} of {len(findings)} checks found something wrong: see `mend`")
        ctx.exit(1)
