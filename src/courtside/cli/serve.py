"""`courtside serve`: the pages of a workspace, for browsers."""

from __future__ import annotations

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that give out pages."
)
@click.option(
    "--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Pages at once in each of them."
)
@click.option("--check", is_flag=True, help="Say whether it could serve, and serve nothing.")
@click.option("--allow-plain-http", is_flag=True, help="Listen beyond this host without TLS, on a network you trust.")
@click.option("--no-work", is_flag=True, help="Leave what is due and what is to be sent to `courtside work` elsewhere.")
@format_option
@click.pass_obj
def command(  # noqa: PLR0913  (one argument an option)
    session: Session,
    *,
    host: str,
    port: int,
    workers: int,
    threads: int,
    check: bool,
    allow_plain_http: bool,
    no_work: bool,
    form: str,
) -> None:
    """Serve the pages of a workspace.

    Refuses to start where a commit could be lost, a key could be read by others, or a page does not say who may open
    it. While nobody can administer it prints a one-time link; there is no default password. Behind a proxy that
    speaks https set COURTSIDE_ORIGIN to its address; COURTSIDE_HOSTS names further hosts people may ask for.
    """
    from courtside.services.serve import Serving, prepare, run  # noqa: PLC0415  (keeps start-up short)

    session.begin("serve", form)
    serving = Serving(host, port, workers, threads, allow_plain_http, has_worker=not no_work)
    ready = prepare(session.root, session.caller, serving, only_look=check)
    if check:
        session.show(ready.checks)
        return
    if ready.link:
        session.warn(f"nobody can administer yet; choose the first administrator's password here, once: {ready.link}")
    session.warn(f"serving {ready.address} (stop with Ctrl-C)")
    run(ready.root, serving)
