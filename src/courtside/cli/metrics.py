"""`courtside metrics`: the catalogue, one definition with who uses it, and publishing drafts."""

from __future__ import annotations

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session

_COLUMNS = ("metric", "label", "rung", "kind", "unit", "direction", "version", "state", "question")


@click.command("metrics")
@click.argument("names", metavar="[NAME] | publish [NAME]…", nargs=-1)
@format_option
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], form: str) -> None:
    """The metrics in force and the drafts; or one definition; or `publish` to put drafts in force."""
    from courtside.services.list_metrics import describe_metric, list_metrics  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.publish_metrics import publish_metrics  # noqa: PLC0415

    session: Session = ctx.obj
    if names[:1] == ("publish",):
        session.begin("metrics publish", form)
        made = publish_metrics(session.open(), session.caller, names[1:])
        session.show(made, () if made else ("there is no draft; every definition on disk is in force",))
        return
    if len(names) > 1:
        ctx.fail("Name one metric, or none.")
    session.begin("metrics", form)
    workspace = session.open()
    if names:
        described = describe_metric(workspace, names[0])
        session.show([described] if form != "table" else [{"field": key, "is": is_} for key, is_ in described.items()])
        return
    rows, notes = list_metrics(workspace)
    session.show(rows, notes, columns=_COLUMNS)
