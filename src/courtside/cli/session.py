"""One run of a command: who asks, which workspace, where progress, answers and refusals go."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from courtside.cli import output
from courtside.services.caller import Caller, system_user

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from courtside.services.refused import Refused
    from courtside.services.workspace import Workspace

SHOWN_LINES = 20
"""How many refusals are listed in words."""
SHOWN_ROWS = 1_000
"""How many refusals JSON and CSV carry."""


class Progress:
    """The step a long piece of work is at, on a terminal's standard error; silent in a pipe."""

    def __init__(self) -> None:
        self._is_shown = False

    def __call__(self, step: str) -> None:
        """Show a step in place of the one before."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{step}", err=True, nl=False)
            self._is_shown = True

    def clear(self) -> None:
        """Take the last step off the screen."""
        if self._is_shown:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._is_shown = False


class Session:
    """What every command needs from its surroundings."""

    def __init__(self) -> None:
        self.root: Path | None = None
        self.command = ""
        self.format = "table"
        self._progress = Progress()

    @property
    def caller(self) -> Caller:
        """The person at the terminal."""
        return Caller(who=system_user(), progress=self._progress, warn=self.warn)

    def open(self) -> Workspace:
        """The workspace named before the command. Raises Refused."""
        from courtside.services.open_workspace import open_workspace  # noqa: PLC0415  (YAML and Django load now)

        return open_workspace(self.root)

    def begin(self, command: str, form: str) -> Session:
        """Remember what is being run and how its answer is to be written."""
        self.command, self.format = command, form
        return self

    def warn(self, text: str) -> None:
        """Say something on standard error."""
        self._progress.clear()
        click.echo(text, err=True)

    def show(
        self,
        rows: Iterable[Mapping[str, Any]],
        notes: Iterable[str] = (),
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
        columns: tuple[str, ...] = (),
    ) -> None:
        """Write the answer on standard output. `columns` are the ones a table shows (all, if none are named)."""
        self._progress.clear()
        rows, notes = list(rows), list(notes)
        if self.format == "json":
            head = {"command": self.command, "as_of": as_of, "known_at": known_at}
            click.echo(output.as_json({**head, "rows": rows, "notes": notes}))
        elif self.format == "csv":
            click.echo(output.as_csv(rows), nl=False)
            for note in notes:
                click.echo(f"note: {output.printable(note)}", err=True)
        else:
            click.echo(output.as_table(rows, columns))
            for note in notes:
                click.echo(f"note: {output.printable(note)}")

    def show_refusal(self, refused: Refused) -> None:
        """Write why something was refused: words on standard error, rows on standard output if asked for."""
        self.warn(f"refused: {output.printable(refused.reason)}")
        for line in refused.lines[:SHOWN_LINES]:
            self.warn(f"  {output.printable(line)}")
        if len(refused.lines) > SHOWN_LINES:
            self.warn(f"  … and {len(refused.lines) - SHOWN_LINES} more")
        for note in refused.notes:
            self.warn(f"note: {output.printable(note)}")
        if refused.rows and self.format != "table":
            self.show(refused.rows[:SHOWN_ROWS], (refused.reason, *refused.notes))
