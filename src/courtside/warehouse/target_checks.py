"""What is wrong with staged rows of `targets`: scopes and periods nobody could ever be measured in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb

from courtside.metrics.target_rows import check_scope, parse_period
from courtside.records.period import Calendar
from courtside.warehouse.stage import Stage

_TABLE = "targets"


def _check_period(text: str) -> None:
    """Which month a fiscal year starts in does not matter for whether its name is one."""
    parse_period(text, Calendar())


_CHECKS: Mapping[str, tuple[str, Callable[[str], None]]] = {
    "scope": ("not_a_scope", check_scope),
    "period": ("not_a_period", _check_period),
}
"""Column -> code of the refusal, and what raises ValueError for a cell that cannot be used."""


def fault_in(column: str, text: str) -> str | None:
    """What is wrong with a cell of `targets` and how to mend it; None if nothing is."""
    try:
        _CHECKS[column][1](text)
    except ValueError as error:
        return str(error)
    return None


def find_unusable(engine: duckdb.DuckDBPyConnection, stage: Stage, flaws: str) -> None:
    """Add to the flaws of a stage of `targets` every scope and period that cannot be used."""
    if stage.table.name != _TABLE or not stage.rows:
        return
    for column, (reason, _) in _CHECKS.items():
        if column in stage.present:
            cell = f'CAST("{column}" AS VARCHAR)'
            found = engine.execute(f'SELECT DISTINCT {cell} FROM {stage.name} WHERE "{column}" IS NOT NULL').fetchall()
            wrong = [str(text) for (text,) in found if fault_in(column, str(text)) is not None]
            if wrong:
                engine.execute(
                    f"INSERT INTO {flaws} SELECT _row, '{column}', '{reason}', {cell}, NULL FROM {stage.name} "
                    f"WHERE list_contains($wrong, {cell})",
                    {"wrong": wrong},
                )
