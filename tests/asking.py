"""The command line, asked in this process: the same words a person types, the answer as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from courtside.cli.main import main


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command wrote and how it ended."""

    words: Sequence[str]
    status: int
    out: str
    said: str

    @property
    def answer(self) -> Mapping[str, Any]:
        """The JSON object on standard output."""
        answer: Mapping[str, Any] = json.loads(self.out)
        return answer

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows of a command that must have succeeded."""
        assert self.status == 0, f"courtside {' '.join(self.words)} ended with {self.status}: {self.said}{self.out}"
        rows: Sequence[Mapping[str, Any]] = self.answer["rows"]
        return rows

    @property
    def notes(self) -> str:
        """The notes in one text."""
        return "\n".join(map(str, self.answer["notes"]))


@dataclass(frozen=True, slots=True)
class Asking:
    """Commands on one workspace."""

    workspace: Path

    def run(self, *words: object) -> Reply:
        """Any command."""
        typed = ["--workspace", str(self.workspace), *map(str, words)]
        result = CliRunner().invoke(main, typed, catch_exceptions=False)
        return Reply(typed, result.exit_code, result.stdout, result.stderr)

    def rows(self, *words: object) -> Sequence[Mapping[str, Any]]:
        """The rows of a command asked for JSON."""
        return self.run(*words, "--format", "json").rows

    def metric(self, name: str, *words: object) -> Mapping[str, Any]:
        """The one row of a metric that has one."""
        rows = self.rows("metric", name, *words)
        assert len(rows) == 1, f"{name} {words}: {len(rows)} rows"
        return rows[0]


def new_workspace(folder: Path, pack: str = "sales") -> Asking:
    """A workspace made by `init`."""
    asking = Asking(folder)
    reply = asking.run("init", folder, "--pack", pack)
    assert reply.status == 0, reply.said
    return asking
