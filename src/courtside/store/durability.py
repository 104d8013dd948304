"""Whether a connection really keeps what it acknowledges: write-ahead log, synced at every commit."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_FULL = 2
"""What `PRAGMA synchronous` answers for FULL; 3 is EXTRA, which is stricter still."""


class NotDurable(RuntimeError):
    """The database would acknowledge a commit that a power cut could undo."""


def pragmas(connection: BaseDatabaseWrapper) -> tuple[str, int]:
    """The journal mode and the synchronous level in force on a connection."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (journal,) = cursor.fetchone()
        cursor.execute("PRAGMA synchronous")
        (synchronous,) = cursor.fetchone()
    return str(journal).lower(), int(synchronous)


def refuse_unless_durable(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Raise NotDurable unless a file database runs with WAL and synchronous=FULL (or stricter)."""
    journal, synchronous = pragmas(connection)
    if journal == "memory" and ":memory:" in str(connection.settings_dict["NAME"]):
        return
    if journal != "wal" or synchronous < _FULL:
        raise NotDurable(
            f"{connection.settings_dict['NAME']}: journal_mode is {journal} and synchronous is {synchronous}, where "
            "wal and 2 (FULL) are needed. Put the workspace on a local disk that supports write-ahead logging."
        )
