"""Below the shell nothing reads the clock: ruff refuses it, and twins prove that it does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

GATES = ("planted clock reads refused",)

READS = {
    "date.today": "from datetime import date\n\nTODAY = date.today()\n",
    "datetime.now with a zone": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "datetime.utcnow": "from datetime import datetime\n\nNOW = datetime.utcnow()\n",
    "time.time": "import time\n\nNOW = time.time()\n",
}


def ruff(root: Path, text: str, pretended: str) -> subprocess.CompletedProcess[str]:
    """Lint a text as if it were the file `pretended` of this project."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--stdin-filename", pretended, "-"]
    return subprocess.run(command, cwd=root, input=text, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("floor", ["records", "metrics", "connectors", "warehouse"])
def test_reading_the_clock_below_the_shell_is_refused(
    read: str, floor: str, project_root: Path, counted: Callable[[str, int], None]
) -> None:
    done = ruff(project_root, READS[read], f"src/courtside/{floor}/planted.py")

    assert done.returncode == 1, done.stdout
    assert "TID251" in done.stdout
    counted("planted clock reads refused", 1)


def test_the_shell_may_read_it_with_a_zone_and_only_so(project_root: Path) -> None:
    aware = ruff(project_root, READS["datetime.now with a zone"], "src/courtside/services/planted.py")
    naive = ruff(project_root, READS["date.today"], "src/courtside/services/planted.py")

    assert aware.returncode == 0, aware.stdout
    assert "DTZ011" in naive.stdout
