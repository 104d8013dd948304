"""`courtside simulate`: the records of a made-up firm whose truth is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from courtside.cli.options import Day, format_option
from courtside.cli.session import Session


@click.command("simulate")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds give equal files.")
@click.option("--people", type=int, default=40, show_default=True, help="From 24 to 10,000.")
@click.option("--months", type=int, default=18, show_default=True, help="Whole months of records, from 6 to 60.")
@click.option("--until", type=Day(), help="The last day of records. Default: yesterday.")
@click.option("--without", metavar="STORY", multiple=True, help="A story not to tell; may be given several times.")
@click.option("--model", default="inside", show_default=True, help="How the firm sells: inside, inbound or complex.")
@click.option("--shape", default="steady", show_default=True, help="Its randomness: steady or bursty.")
@format_option
@click.pass_obj
def command(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    folder: Path,
    seed: int,
    people: int,
    months: int,
    until: date | None,
    without: tuple[str, ...],
    model: str,
    shape: str,
    form: str,
) -> None:
    """Write the records of a simulated staffing firm into DIR, as files that `import` takes.

    The firm has planted stories: leak, weak-closer, cold-leads, lucky, unlucky, ramping, leave, moved-team,
    thin-logging, big-project. Without one of them nobody else's records change. Bursty firms type in their week on
    Friday, and their deals come in waves.
    """
    from courtside.services.simulate_company import Wanted, simulate_company  # noqa: PLC0415  (keeps start-up short)

    session.begin("simulate", form)
    wanted = Wanted(seed=seed, people=people, months=months, until=until, model=model, shape=shape, without=without)
    rows, notes = simulate_company(folder, wanted, session.caller)
    session.show(rows, notes)
