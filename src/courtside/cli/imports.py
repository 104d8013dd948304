"""`courtside imports`: what was imported, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("imports")
@format_option
@click.pass_obj
def command(session: Session, form: str) -> None:
    """Every batch, oldest first, with its files, counts and data quality; undone ones say when."""
    from courtside.services.list_imports import list_imports  # noqa: PLC0415  (keeps start-up short)

    session.begin("imports", form)
    rows = list_imports(session.open())
    session.show(rows if form != "table" else [{**row, "quality": _briefly(row["quality"])} for row in rows])


def _briefly(quality: Iterable[Mapping[str, Any]]) -> list[str]:
    """What was odd in the data, in a table cell."""
    return [f"{note['code']} {note['count']}" for note in quality]
