"""Two imports of the same records at once end in the records and the answers of one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.asking import Asking
from tests.shell.firm import ACTIVITIES, OPPORTUNITIES, figures, write_firm, write_table

GATES = ("pairs of imports at once compared with one",)


def _start(asking: Asking, *paths: Path) -> subprocess.Popen[str]:
    typed = [sys.executable, "-m", "courtside.cli", "--workspace", str(asking.workspace), "import", *map(str, paths)]
    return subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def _living(asking: Asking) -> dict[str, list[tuple[Any, ...]]]:
    """Every living row of every table."""
    import duckdb

    from courtside.records.tables import TABLES
    from courtside.store import ledger
    from courtside.warehouse.batches import known, living, living_texts

    asking.rows("imports")
    batches = known(ledger.batches(), None)
    found = {}
    with duckdb.connect() as engine:
        for name, table in TABLES.items():
            rows = f"SELECT * EXCLUDE (_batch) FROM ({living(table, batches, asking.workspace)}) ORDER BY ALL"
            texts = f"SELECT id, field, value FROM ({living_texts(table, batches, asking.workspace)}) ORDER BY ALL"
            found[name] = [*engine.execute(rows).fetchall(), *engine.execute(texts).fetchall()]
    return found


def _overlapping(folder: Path, dice: Random) -> tuple[Sequence[Path], Sequence[Path]]:
    """Two shares of the firm's files that hold everything between them, and much of it twice, in any order."""
    firm = write_firm(folder / "firm")
    shares: tuple[list[Path], list[Path]] = ([firm / "people.csv"], [firm / "people.csv"])
    for table, all_rows in {"opportunities": OPPORTUNITIES, "activities": ACTIVITIES}.items():
        rows = dice.sample(list(all_rows), len(all_rows))
        cut = len(rows) // 2
        for number, part in enumerate((rows[: cut + 9], rows[cut - 9 :])):
            shares[number].append(write_table(folder / str(number), table, part))
    for name in ("accounts", "assignments", "leads"):
        shares[dice.randrange(2)].append(firm / f"{name}.csv")
    return shares


@pytest.mark.parametrize("seed", range(3))
def test_two_imports_at_once_end_as_one(
    seed: int, empty: Asking, full: Asking, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    from courtside.store.connect import disconnect

    disconnect()
    shares = _overlapping(tmp_path / "shares", Random(seed))
    with _start(empty, *shares[0]) as one, _start(empty, *shares[1]) as other:
        ended = [process.communicate(timeout=300) for process in (one, other)]

    assert (one.returncode, other.returncode) == (0, 0), ended
    assert _living(empty) == _living(full)
    assert figures(empty) == figures(full)
    counted("pairs of imports at once compared with one", 1)
