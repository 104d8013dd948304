"""Starting the command: quick, because it loads nothing it does not need; helpful, when a word is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from courtside.cli.main import COMMANDS, main

_HEAVY = ("django", "duckdb", "sqlglot", "ruamel", "numpy")


def _modules_after(*words: str) -> set[str]:
    code = (
        "import sys\n"
        "from courtside.cli.main import main\n"
        f"main({list(words)!r}, standalone_mode=False)\n"
        "print('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_loads_neither_django_nor_duckdb() -> None:
    loaded = _modules_after("--help")
    assert "courtside.cli.main" in loaded
    assert not loaded & set(_HEAVY)
    assert not [name for name in loaded if name.startswith("courtside.cli.") and name[14:] in ("metric", "init")]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_loads_neither_django_nor_duckdb(command: str) -> None:
    assert not _modules_after(command, "--help") & set(_HEAVY)


def test_the_installed_command_answers() -> None:
    script = Path(sys.executable).with_name("courtside")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("courtside ")


def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "courtside.cli", "doctor", "--format", "csv"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert "Traceback" not in said
    assert "refused" not in said


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout
    assert all(f"\n  {name} " in shown for name in COMMANDS)


def test_an_unknown_command_is_wrong_usage_and_names_the_nearest() -> None:
    result = CliRunner().invoke(main, ["metrc"])
    assert result.exit_code == 2
    assert "metric" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ["metric"],
        ["metric", "dials", "--grain", "fortnight"],
        ["metric", "dials", "--from", "yesterday"],
        ["metric", "dials", "--from", "2017-02-01", "--to", "2017-01-01"],
        ["metric", "dials", "--period", "2017", "--from", "2017-01-01"],
        ["metric", "dials", "--known-at", "noon"],
        ["metric", "dials", "--format", "xml"],
        ["import"],
        ["import", "x.csv", "--answer", "dmy"],
        ["import", "undo"],
        ["import", "undo", "one"],
        ["import", "undo", "1", "--dry-run"],
        ["init"],
        ["init", "somewhere"],
        ["init", "somewhere", "--pack", "sales", "--fiscal-year-starts", "13"],
        ["erase"],
        ["erase", "--person", "P1"],
        ["metrics", "dials", "emails"],
        ["warehouse", "burn"],
    ],
)
def test_wrong_usage_ends_with_status_2_and_says_why_on_standard_error(words: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--workspace", str(tmp_path), *words])
    assert result.exit_code == 2, result.output
    assert result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("words", [["imports"], ["metric", "dials"], ["warehouse", "rebuild"], ["import", "x.csv"]])
def test_a_command_without_a_workspace_is_refused(words: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--workspace", str(tmp_path), *words])
    assert result.exit_code == 1
    assert "courtside init" in result.stderr
    nameless = CliRunner().invoke(main, words, env={"COURTSIDE_WORKSPACE": None})
    assert nameless.exit_code == 1
    assert "COURTSIDE_WORKSPACE" in nameless.stderr
