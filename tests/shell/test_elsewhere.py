"""A workspace whose figures are counted in PostgreSQL: what is copied there, what never is, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.asking import Asking
from tests.shell.firm import figures, write_firm, write_table

from courtside.records.crash import EXIT_STATUS
from courtside.services.caller import Caller
from courtside.services.definitions import catalogue_in_force
from courtside.services.engines import VARIABLE, fault_in, shown
from courtside.services.figures import inputs_now
from courtside.services.open_workspace import open_workspace
from courtside.warehouse.answer import open_engine
from courtside.warehouse.engine import EngineError
from courtside.warehouse.engines.postgres import PostgresEngine
from courtside.warehouse.engines.postgres_copies import COPIED, FILES
from courtside.warehouse.engines.postgres_server import connect, name_of, short_name, split_address

GATES = ("questions answered alike here and in PostgreSQL", "cells of the copy searched for what must not be there")


@pytest.fixture
def elsewhere(schema: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the warehouse of every command of the test."""
    monkeypatch.setenv(VARIABLE, schema)
    return schema


def copied(address: str, table: str) -> list[tuple[Any, ...]]:
    """The rows a schema holds of a table."""
    server, schema = split_address(address)
    with connect(server) as con:
        return con.execute(f"SELECT * FROM {name_of(table, schema)}".encode()).fetchall()


def cells(address: str) -> Iterator[str]:
    """Every cell of every copy."""
    for table in COPIED:
        yield from (str(cell) for row in copied(address, table.name) for cell in row)


def test_every_command_answers_alike_wherever_figures_are_counted(
    full: Asking, tmp_path: Path, schema: str, monkeypatch: pytest.MonkeyPatch, counted: Callable[[str, int], None]
) -> None:
    steps = (
        (),
        ("import", write_table(tmp_path, "leads", [{"lead_id": "L1", "person_id": "P1", "created_at": "2026-01-09"}])),
        ("import", "undo", 2),
        ("erase", "--person", "P2", "--yes"),
    )
    answered = 0
    for step in steps:
        monkeypatch.setenv(VARIABLE, schema)
        if step:
            full.rows(*step)
        there = figures(full)
        monkeypatch.delenv(VARIABLE)
        assert figures(full) == there
        answered += len(there)
    counted(GATES[0], answered)


def test_only_files_that_are_not_there_yet_are_copied(full: Asking, tmp_path: Path, elsewhere: str) -> None:
    assert _state(full) == "note"
    figures(full)
    first = copied(elsewhere, FILES)
    figures(full)
    assert copied(elsewhere, FILES) == first
    assert _state(full) == "fine"
    full.rows("import", write_table(tmp_path, "leads", [{"lead_id": "N1", "created_at": "2026-02-02"}]))
    assert _state(full) == "fine"
    assert copied(elsewhere, FILES)[: len(first)] == first
    assert len(copied(elsewhere, FILES)) == len(first) + 1


def _state(asking: Asking) -> str:
    (found,) = (row for row in asking.run("doctor", "--format", "json").answer["rows"] if row["check"] == "figures")
    assert "PostgreSQL" in found["found"]
    return str(found["state"])


def test_names_texts_and_protected_attributes_are_never_copied_and_the_erased_are_gone(
    full: Asking, tmp_path: Path, elsewhere: str, counted: Callable[[str, int], None]
) -> None:
    attributes = [{"person_id": "P1", "attribute": "religion", "value": "Pastafarian"}]
    full.rows("import", write_table(tmp_path, "protected", attributes))
    figures(full)
    everything = set(cells(elsewhere))
    assert {"P1", "P2"} <= everything
    assert not everything & {"Rae Ortiz", "rae@firm.example", "Tom Bell", "Pastafarian"}
    full.rows("erase", "--person", "P1", "--yes")
    after = list(cells(elsewhere))
    assert "P1" not in after
    assert any(cell.startswith("erased-") for cell in after)
    counted(GATES[1], len(everything) + len(after))


def test_rebuilding_copies_everything_again(full: Asking, elsewhere: str) -> None:
    before = figures(full)
    server, schema = split_address(elsewhere)
    with connect(server) as con:
        con.execute(f"DELETE FROM {name_of('activities', schema)}".encode())
    assert figures(full) != before
    full.rows("warehouse", "rebuild")
    assert figures(full) == before


def test_a_copy_that_is_killed_leaves_nothing_and_the_next_question_makes_it(full: Asking, elsewhere: str) -> None:
    words = [sys.executable, "-m", "courtside.cli", "--workspace", str(full.workspace), "metric", "dials"]
    killed = subprocess.run(words, env={**os.environ, "CRASH_AT": "postgres-copied"}, capture_output=True, check=False)
    assert killed.returncode == EXIT_STATUS
    server, schema = split_address(elsewhere)
    with connect(server) as con:
        assert con.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is None
    assert full.metric("dials", "--period", "2026-01")["value"]


def test_readers_that_come_at_once_copy_once_and_all_are_right(full: Asking, elsewhere: str) -> None:
    workspace = open_workspace(full.workspace)
    inputs = inputs_now(workspace, Caller(who="test"), catalogue_in_force(workspace))

    def opened(_: int) -> int:
        engine = open_engine(inputs, None)
        try:
            (row,) = engine.rows("SELECT count(*) FROM activities")
            return int(row[0])
        finally:
            engine.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened, range(4))) == [120] * 4
    assert len({row[1] for row in copied(elsewhere, FILES)}) == len(copied(elsewhere, FILES))


def test_text_that_looks_like_sql_is_only_text(empty: Asking, tmp_path: Path, elsewhere: str) -> None:
    odd = "O'Brien\\' %s; DROP TABLE people; --"
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = {
        "people": [{"person_id": odd, "name": "Rae"}],
        "leads": [{"lead_id": '"L"\n\\.', "person_id": odd, "source": "\\.", "created_at": "2026-01-09"}],
    }
    reply = empty.run("import", write_firm(tmp_path / "odd", tables))
    assert reply.status == 0, reply.said
    row = empty.metric("new_leads", "--by", "person", "--period", "2026-01")
    assert (row["scope"], row["value"]) == (f"person:{odd}", 1)
    (source,) = empty.rows("metric", "new_leads", "--by", "source", "--period", "2026-01")
    assert source["scope"] == "source:\\."


def test_another_workspaces_schema_is_refused(full: Asking, empty: Asking, elsewhere: str) -> None:
    figures(full)
    reply = empty.run("metric", "dials")
    assert reply.status == 1
    assert str(full.workspace) in reply.said
    assert "?schema=" in reply.said
    assert empty.run("warehouse", "rebuild").status == 1
    assert figures(full)


def test_a_schema_with_tables_of_somebody_elses_is_refused_and_they_stay(full: Asking, elsewhere: str) -> None:
    server, schema = split_address(elsewhere)
    with connect(server) as con:
        con.execute(f"CREATE SCHEMA {schema}".encode())
        con.execute(f"CREATE TABLE {name_of('accounts', schema)} AS SELECT 1 AS theirs".encode())
    reply = full.run("metric", "dials")
    assert reply.status == 1
    assert "'accounts'" in reply.said
    full.run("warehouse", "rebuild")
    assert copied(elsewhere, "accounts") == [(1,)]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgres://db/sales", "nearest: postgresql"),
        ("postgresql", "no address"),
        ("duckdb://x", "no address"),
        ("postgresql://db:port/sales", "no address"),
        ("postgresql://localhost:1/sales?connect_timeout=2", "Connection refused"),
    ],
)
def test_an_address_nobody_can_use_is_refused_with_the_reason(
    address: str, reason: str, full: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    reply = full.run("metric", "dials")
    assert reply.status == 1
    assert reason in reply.said


def test_the_setting_names_the_warehouse_and_may_hold_no_password(full: Asking, schema: str) -> None:
    settings = full.workspace / "courtside.yaml"
    written = settings.read_text(encoding="utf-8")
    settings.write_text(written.replace('warehouse: "duckdb"', f'warehouse: "{schema}"'), encoding="utf-8")
    before = figures(full)
    assert copied(schema, FILES)
    written_out = 'warehouse: "postgresql://courtside:secret@db/sales"'
    settings.write_text(written.replace('warehouse: "duckdb"', written_out), encoding="utf-8")
    reply = full.run("metric", "dials")
    assert reply.status == 1
    assert "courtside.yaml:" in reply.said
    assert "password" in reply.said
    assert "secret" not in reply.said
    settings.write_text(written, encoding="utf-8")
    assert figures(full) == before


def test_an_address_is_shown_without_its_password() -> None:
    assert (
        shown("postgresql://courtside:secret@db:5433/sales?sslmode=require") == "postgresql://courtside@db:5433/sales?…"
    )
    assert fault_in("postgresql://db/sales?password=secret") is not None
    assert fault_in("postgresql://courtside:secret@db/sales", may_hold_password=True) is None


def test_an_import_beside_a_warehouse_that_is_away_counts_and_says_so(
    full: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://localhost:1/sales?connect_timeout=2")
    path = write_table(tmp_path, "leads", [{"lead_id": "N1", "created_at": "2026-02-02"}])
    reply = full.run("import", path, "--format", "json")
    assert reply.status == 0, reply.said
    assert "could not be brought up to date" in reply.notes
    assert len(full.rows("imports")) == 2


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EngineError, match=r"courtside\[postgres\]"):
        PostgresEngine.over_rows({}, database="postgresql://db/sales")


def test_a_name_too_long_for_the_server_keeps_apart_from_others(postgres: str) -> None:
    one, other = (f"{'a' * 80}_{end}" for end in ("value", "n"))
    assert short_name("dials") == "dials"
    assert len(short_name(one)) <= 63
    engine = PostgresEngine.over_rows({}, database=postgres)
    try:
        engine.load("long", {one: "INTEGER", other: "INTEGER"}, [(1, 2)])
        assert engine.rows(f"SELECT {name_of(other)}, {name_of(one)} FROM long") == [(2, 1)]
    finally:
        engine.close()
