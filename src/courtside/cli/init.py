"""`courtside init`: a new workspace."""

from __future__ import annotations

from pathlib import Path

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--pack", required=True, help="The vocabulary: staffing or sales.")
@click.option("--model", default="inside", show_default=True, help="How the firm sells: inside, inbound or complex.")
@click.option("--zone", default="UTC", show_default=True, help="The firm's time zone, such as Europe/Paris.")
@click.option("--currency", default="USD", show_default=True, help="The firm's currency.")
@click.option(
    "--fiscal-year-starts", type=click.IntRange(1, 12), default=1, show_default=True, help="The month it starts in."
)
@click.option(
    "--database",
    default="sqlite",
    show_default=True,
    help="Where accounts, imports and the log are kept: sqlite, in DIR, or postgresql://user@host/database?schema=NAME.",
)
@click.option("--name", help="The firm's name. Default: the folder's name.")
@format_option
@click.pass_obj
def command(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    folder: Path,
    pack: str,
    model: str,
    zone: str,
    currency: str,
    fiscal_year_starts: int,
    database: str,
    name: str | None,
    form: str,
) -> None:
    """Make a new workspace in DIR; shows the score card its model proposes, with reasons."""
    from courtside.services.initialise import initialise  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.workspace import Settings  # noqa: PLC0415

    session.begin("init", form)
    settings = Settings(
        name=name or folder.absolute().name,
        pack=pack,
        zone=zone,
        currency=currency,
        fiscal_year_starts=fiscal_year_starts,
        model=model,
        database=database,
    )
    workspace, card = initialise(folder, settings, session.caller)
    session.show(card, (f"workspace made in {workspace.root}; the rows are the score card of model {model}",))
