"""`courtside access-request`: everything there is about one person, in a ZIP for them."""

from __future__ import annotations

from pathlib import Path

import click

from courtside.cli.as_user import as_user_option, visiting
from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("access-request")
@click.argument("person", metavar="PERSON")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The ZIP to write.")
@as_user_option
@format_option
@click.pass_obj
def command(session: Session, *, person: str, out: Path, username: str, form: str) -> None:
    """Write everything there is about PERSON: records, figures, cases, documents, definitions, who looked.

    The person themself may, and the HR partners who look after them. Other people's names are masked. It is logged.
    """
    from courtside.services.answer_access_request import answer_access_request  # noqa: PLC0415  (keeps start-up short)

    session.begin("access-request", form)
    pack = answer_access_request(visiting(session, username), person)
    out.touch(mode=0o600)
    out.write_bytes(pack)
    session.show([{"person": person, "file": str(out), "bytes": len(pack)}])
