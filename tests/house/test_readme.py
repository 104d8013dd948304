"""A newcomer who types what the README says gets what it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

GATES = ("commands of the README run",)

_FILE = re.compile(r"^`(?P<name>[\w./-]+)`\n```csv\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def readme(project_root: Path) -> str:
    """The README's text."""
    return (project_root / "README.md").read_text(encoding="utf-8")


def typed(readme: str) -> Iterator[tuple[str, list[str]]]:
    """What the README asks to be typed, in order, each with the lines it promises to print."""
    for block in _CONSOLE.findall(readme):
        for part in f"\n{block}".split("\n$ ")[1:]:
            line, *promised = part.splitlines()
            yield line, promised


def run(words: list[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_every_command_of_the_readme_does_what_it_says(
    readme: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    for file in _FILE.finditer(readme):
        path = tmp_path / file["name"]
        path.parent.mkdir(exist_ok=True)
        path.write_text(file["text"], encoding="utf-8")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("COURTSIDE_WORKSPACE", None)
    printed: dict[str, str] = {}

    for line, promised in typed(readme):
        words = shlex.split(line, comments=True)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            environment[name] = value
            continue
        done = run(words, tmp_path, environment)
        assert done.returncode == (1 if line.endswith("# refused") else 0), f"{line}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        assert [missing for missing in promised if missing not in f"{done.stdout}{done.stderr}".splitlines()] == []
        printed[line] = done.stdout
        counted("commands of the README run", 1)

    in_json = next(line for line in printed if line.endswith("--format json"))
    by_source = {row["scope"]: row["value"] for row in json.loads(printed[in_json])["rows"]}
    assert by_source["source:web"] == 1200
    assert by_source["source:fair"] == 800


def test_the_readme_names_every_command_there_is(readme: str) -> None:
    from courtside.cli.main import COMMANDS  # noqa: PLC0415

    assert [name for name in COMMANDS if f"courtside {name}" not in readme and name != "warehouse"] == []
