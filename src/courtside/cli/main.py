"""The `courtside` command: where a workspace is named and a command is found, loaded only when asked for."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from courtside.cli.session import Session
from courtside.services.failures import expected_failures
from courtside.services.refused import Refused

COMMANDS = {
    "demo": ("courtside.cli.demo", "Look around in a made-up company: simulated, imported, scored and served."),
    "init": ("courtside.cli.init", "Make a new workspace."),
    "import": ("courtside.cli.imports_in", "Bring records in, or undo an import."),
    "imports": ("courtside.cli.imports", "What was imported, and when."),
    "warehouse": ("courtside.cli.warehouse", "The figures kept ready: make them again."),
    "doctor": ("courtside.cli.doctor", "Check an installation and say how to mend it."),
    "metric": ("courtside.cli.metric", "Any metric, any cut, and the rows behind it."),
    "scorecard": ("courtside.cli.scorecard", "How sure each figure is, and what may be said of it."),
    "window": ("courtside.cli.window", "How long until a metric can show a 30 % drop for a person."),
    "benchmark": ("courtside.cli.benchmark", "Top and the rest, like with like; which cases are won, and by whom."),
    "review": ("courtside.cli.review", "Metrics on trial: keep, watch or retire; a card of eight; records to look at."),
    "leaks": ("courtside.cli.leaks", "Where cases stay behind: every stage, and whose rate is clearly below."),
    "metrics": ("courtside.cli.metrics", "The catalogue, one definition, or publish drafts."),
    "ladder": ("courtside.cli.ladder", "Walk from a result down to what moves it."),
    "why": ("courtside.cli.why", "Where a result is short: each factor's part of the gap, and whose it is."),
    "targets": ("courtside.cli.targets", "Set numbers to reach, and see how far one has come."),
    "evidence": ("courtside.cli.evidence", "What the evidence of review years was after every month."),
    "rules": ("courtside.cli.rules", "Rules over score cards: check, replay on the past, run those in force."),
    "proposals": ("courtside.cli.proposals", "What rules proposed about people; deciding, as one of the users."),
    "plans": ("courtside.cli.plans", "Plans as their own people see them, by their token."),
    "disputes": ("courtside.cli.disputes", "Claims that a record is wrong, and deciding them."),
    "simulate": ("courtside.cli.simulate", "Write the records of a made-up firm, to try things on."),
    "serve": ("courtside.cli.serve", "Serve the pages of a workspace to browsers."),
    "work": ("courtside.cli.work", "Do what is due, and send what people are to be told."),
    "users": ("courtside.cli.users", "Who can sign in, and with which duties."),
    "documents": ("courtside.cli.documents", "Templates with their preview; whether a document is as it was sealed."),
    "file": ("courtside.cli.files", "The cases of a person as one ZIP whose index is sealed."),
    "audit": ("courtside.cli.audit", "The log of acts: check it, keep its head elsewhere, take it out."),
    "holds": ("courtside.cli.holds", "Legal holds, and what has been kept long enough."),
    "access-request": ("courtside.cli.access_request", "Everything there is about one person, in a ZIP for them."),
    "erase": ("courtside.cli.erase", "Erase one person's identity; every figure still adds up."),
}
"""Every command: the module that holds it as `command`, and its line in the help."""


class Commands(click.Group):
    """Loads a command's module when the command is run, and turns a refusal into exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click calls it so)
        """Names in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (as above)
        """The command of a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, naming the nearest commands when there is none of that name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=3, cutoff=0.5)
            hint = f" Nearest: {', '.join(near)}." if near else f" There is: {', '.join(COMMANDS)}."
            ctx.fail(f"No command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. A refusal ends with status 1 and its reason on standard error."""
        session: Session = ctx.ensure_object(Session)
        try:
            return super().invoke(ctx)
        except Refused as refused:
            session.show_refusal(refused)
        except BrokenPipeError:
            raise  # the reader of our output has left: click ends quietly
        except expected_failures() as failure:
            session.show_refusal(Refused(str(failure)))
        return ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="courtside", message="%(prog)s %(version)s")
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="COURTSIDE_WORKSPACE",
    help="The folder of the workspace; COURTSIDE_WORKSPACE otherwise.",
)
@click.pass_context
def main(ctx: click.Context, workspace: Path | None) -> None:
    """Sales and recruiting figures from a CRM export: defined once, dated, reversible.

    Whoever can run this command on the host can read the workspace.
    """
    ctx.ensure_object(Session).root = workspace
