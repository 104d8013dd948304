"""`courtside file`: everything the cases of a person hold, as one ZIP whose index is sealed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import click

from courtside.cli.as_user import as_user_option, visiting
from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("file")
@click.argument("person")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The ZIP to write.")
@as_user_option
@format_option
@click.pass_obj
def command(session: Session, *, person: str, out: Path, username: str, form: str) -> None:
    """Take the file of PERSON (an id) as one ZIP: documents, data, evidence, timeline, log and manifest.

    For the person, and for HR who handles their cases. The ZIP holds verify_file.py, which checks it by itself; its
    index is checked by `courtside documents verify index.pdf`.
    """
    from courtside.services.person_file import take_file  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.refused import Refused  # noqa: PLC0415

    session.begin("file", form)
    if out.exists():
        raise Refused(f"{out} is there already; name another file")
    content = take_file(visiting(session, username), person)
    out.touch(mode=0o600)
    out.write_bytes(content)
    session.show([{"file": str(out), "bytes": len(content), "sha256": sha256(content).hexdigest()}])
