"""A gate that counts nothing must fail the run: the mechanism of tests/counting.py, with twins that break it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GATES = ("broken twins of a gate caught",)

HONEST = """
from counting import counted

GATES = ("things seen",)

def test_first():
    counted("things seen", 2)

def test_second():
    counted("things seen", 3)
"""
ZERO = HONEST.replace("2)", "0)").replace("3)", "0)")
SILENT = "GATES = ('things seen',)\n\ndef test_nothing():\n    pass\n"
SKIPPED = "import pytest\nGATES = ('things seen',)\n\ndef test_elsewhere():\n    pytest.skip('needs the data')\n"


@pytest.fixture
def run(tmp_path: Path, project_root: Path):
    """Run pytest in a folder of its own with this project's conftest."""
    for name in ("conftest.py", "counting.py"):
        shutil.copy(project_root / "tests" / name, tmp_path / name)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\ndjango_find_project = false\n")

    def go(text: str, *arguments: str, strict: str = "") -> subprocess.CompletedProcess[str]:
        (tmp_path / "test_it.py").write_text(text)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments, "test_it.py"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COURTSIDE"))}
        environment["COURTSIDE_CI"] = strict
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return go


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_counts_of_all_tests_and_processes_are_added_up_and_printed(run, workers) -> None:
    done = run(HONEST, *workers)

    assert "gate: things seen: 5" in done.stdout
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_gate_at_zero_or_silent_fails_a_run_whose_tests_all_pass(run, workers, counted) -> None:
    caught = 0
    for twin, says in ((ZERO, "things seen counted nothing"), (SILENT, "things seen never reported (test_it.py)")):
        done = run(twin, *workers)
        assert done.returncode == 1, done.stdout
        assert f"gate failed: {says}" in done.stdout
        caught += 1
    counted("broken twins of a gate caught", caught)


def test_a_skipped_gate_says_so_and_passes_at_home_but_not_in_ci(run, counted) -> None:
    at_home = run(SKIPPED)
    assert at_home.returncode == 0, at_home.stdout
    assert "gate: things seen: skipped" in at_home.stdout

    in_ci = run(SKIPPED, strict="1")
    assert in_ci.returncode == 1, in_ci.stdout
    assert "needs the data" in in_ci.stdout
    counted("broken twins of a gate caught", 1)


def test_asking_for_one_test_does_not_demand_the_whole_count(run) -> None:
    done = run(ZERO, "-k", "test_first")

    assert done.returncode == 0, done.stdout
