"""The floors hold: the contracts are kept, they cover every package, and a planted breach is caught."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

GATES = ("contracts kept", "planted breaches of a contract caught")

BELOW_DJANGO = {
    "records", "metrics", "connectors", "simulate", "warehouse", "analysis", "calls", "rules", "workflow", "documents",
}  # fmt: skip
TOP = {"web", "api", "cli"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the tree in `folder`, not on the installed package."""
    program = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as go; go()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path, project_root: Path) -> Path:
    """The package and its contracts, to be broken."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(project_root / "src", tmp_path / "src", ignore=ignored)
    shutil.copy(project_root / "pyproject.toml", tmp_path / "pyproject.toml")
    return tmp_path


def test_every_contract_is_kept(project_root: Path, counted: Callable[[str, int], None]) -> None:
    done = lint_imports(project_root)

    assert done.returncode == 0, done.stdout
    summary = re.search(r"Contracts: (\d+) kept, (\d+) broken", done.stdout)
    assert summary, done.stdout
    counted("contracts kept", int(summary[1]))


BREACHES = {
    "a lower floor imports a higher one": ("records/planted.py", "import courtside.services\n", "Each floor"),
    "a package without a floor": ("planted/__init__.py", "", "Each floor"),
    "the judgement imports the framework": ("metrics/planted.py", "import django.conf\n", "no framework"),
    "a command reads rows": ("cli/planted.py", "import courtside.store.models\n", "ask services"),
    "a command reads the warehouse": ("cli/planted.py", "import courtside.warehouse\n", "ask services"),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_planted_breach_is_caught(breach: str, copy: Path, counted: Callable[[str, int], None]) -> None:
    name, text, contract = BREACHES[breach]
    planted = copy / "src" / "courtside" / name
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(text)

    done = lint_imports(copy)

    assert done.returncode == 1, done.stdout
    assert re.search(rf"{contract}.* BROKEN", done.stdout), done.stdout
    counted("planted breaches of a contract caught", 1)


def test_a_planted_cycle_is_caught(copy: Path, counted: Callable[[str, int], None]) -> None:
    records = copy / "src" / "courtside" / "records"
    (records / "planted_a.py").write_text("import courtside.records.planted_b\n")
    (records / "planted_b.py").write_text("import courtside.records.planted_a\n")

    done = lint_imports(copy)

    assert done.returncode == 1, done.stdout
    assert re.search(r"No cycles.* BROKEN", done.stdout), done.stdout
    counted("planted breaches of a contract caught", 1)


def test_the_contracts_name_every_package_that_exists(project_root: Path) -> None:
    """A forbidden import is only looked for in the packages a contract names."""
    settings = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    named = [{module.removeprefix("courtside.") for module in c.get("source_modules", ())} for c in contracts]
    present = {path.name for path in (project_root / "src" / "courtside").iterdir() if path.is_dir()}

    assert present & BELOW_DJANGO in named
    assert present & TOP in named
