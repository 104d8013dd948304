"""What a definition may not do: whatever is written into a block, no SQL comes of it and no file is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from courtside.metrics.errors import DefinitionErrors
from courtside.metrics.load import build
from courtside.metrics.pack import Pack
from courtside.warehouse.engines.duckdb import connect

GATES = ("attacks in a definition refused", "reaches out of the engine refused")

FILTERS = (
    "1; drop table activities",
    "kind = 'call' -- and status = 'done'",
    "kind = 'call' /* */ or 1 = 1; attach 'x' as y",
    "kind = 'call' union select * from people",
    "kind in (select name from people)",
    "(select count(*) from people) > 0",
    "read_csv('x.csv') is null",
    "read_text('/etc/passwd') is not null",
    "glob('*') = 'x'",
    "getenv('HOME') = 'x'",
    "kind like '%'",
    "kind = \"call\"",
    "kind::integer = 1",
    "$nobody_declared_this = 1",
    "people.name = 'Rae'",
    "account.owner.email = 'x'",
    "__class__ = 'x'",
    "kind.__init__ = 'x'",
    "kind = 'call",
    "",
)  # fmt: skip
TAKES = ("sum(duration_s); drop table people", "count(*) from people", "list(name)", "max(read_blob('x'))", "sum(")
FORMULAS = ("dials / (select 1)", "dials; drop table people", "__import__('os')", "dials.__class__", "9 ** 9 ** 9")


def block(**changes: object) -> dict[str, object]:
    """A sound metric block, with some of its values changed."""
    sound = {
        "metric": "dials",
        "label": "Dials",
        "rung": "activity",
        "question": "How many calls?",
        "unit": "count",
        "measure": {"from": "activities", "take": "count", "where": "kind = 'call'", "date": "at"},
        "example": {"given": {"activities": []}, "then": {"company": {"2026-11": None}}},
    }
    return {key: value for key, value in {**sound, **changes}.items() if value is not None}


def measured(**changes: str) -> dict[str, object]:
    """The sound block with a part of its measure changed."""
    return block(measure={"from": "activities", "take": "count", "date": "at", **changes})


def test_the_sound_block_is_accepted() -> None:
    assert "dials" in build([block()], Pack("firm", "Firm"))


ATTACKS = [
    *(measured(where=text) for text in FILTERS),
    *(measured(take=text) for text in TAKES),
    *(block(measure=None, derived=text) for text in FORMULAS),
    *(measured(**{key: "people; drop table people"}) for key in ("from", "date", "owner", "undated")),
    block(metric="dials; drop table people"),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_in_a_definition_is_refused(attack: dict[str, object], counted: Callable[[str, int], None]) -> None:
    with pytest.raises(DefinitionErrors):
        build([attack], Pack("firm", "Firm"))
    counted("attacks in a definition refused", 1)


REACHES = (
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM read_csv('{outside}')",
    "SELECT * FROM '{outside}'",
    "SELECT * FROM glob('{folder}/*')",
    "COPY (SELECT 1) TO '{folder}/written.csv'",
    "ATTACH '{folder}/other.duckdb' AS other",
    "INSTALL httpfs",
    "LOAD '{outside}'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['{folder}']",
)


@pytest.mark.parametrize("reach", REACHES)
def test_the_engine_reaches_nothing_outside_the_workspace(
    reach: str, tmp_path: Path, counted: Callable[[str, int], None]
) -> None:
    outside, workspace = tmp_path / "outside.csv", tmp_path / "workspace"
    outside.write_text("a\n1\n")
    workspace.mkdir()

    with connect(workspace) as con, pytest.raises(duckdb.Error):
        con.execute(reach.format(outside=outside, folder=tmp_path)).fetchall()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside.csv", "workspace"]
    counted("reaches out of the engine refused", 1)
