"""Whether a connection really keeps what it acknowledges: a log ahead of the tables, synced at every commit."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_FULL = 2
"""What `PRAGMA synchronous` answers for FULL; 3 is EXTRA, which is stricter still."""
_SYNCED = ("on", "remote_write", "remote_apply", "local")
"""What `synchronous_commit` of PostgreSQL may say: only `off` acknowledges before the log is on the disk."""


class NotDurable(RuntimeError):
    """The database would acknowledge a commit that a power cut could undo."""


def pragmas(connection: BaseDatabaseWrapper) -> tuple[str, int]:
    """The journal mode and the synchronous level in force on a connection to SQLite."""
    journal, synchronous = _answers(connection, "PRAGMA journal_mode", "PRAGMA synchronous")
    return str(journal).lower(), int(synchronous)


def promise(connection: BaseDatabaseWrapper) -> str:
    """What makes a connection durable, in words."""
    if connection.vendor == "sqlite":
        journal, synchronous = pragmas(connection)
        return f"journal_mode {journal}, synchronous {synchronous} (2 is FULL)"
    commit, fsync = _answers(connection, "SHOW synchronous_commit", "SHOW fsync")
    return f"PostgreSQL, synchronous_commit {commit}, fsync {fsync}"


def refuse_unless_durable(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Raise NotDurable unless a file runs with WAL and synchronous=FULL (or stricter), or PostgreSQL syncs."""
    if connection.vendor == "sqlite":
        _refuse_file(connection)
        return
    commit, fsync = _answers(connection, "SHOW synchronous_commit", "SHOW fsync")
    if fsync != "on" or commit not in _SYNCED:
        raise NotDurable(
            f"PostgreSQL database {connection.settings_dict['NAME']}: synchronous_commit is {commit} and fsync is "
            f"{fsync}, where on and on are needed. Let the server's administrator switch them on."
        )


def fault_within(connection: BaseDatabaseWrapper) -> str | None:
    """What a quick look through the database finds broken; None if nothing."""
    if connection.vendor == "sqlite":
        (verdict,) = _answers(connection, "PRAGMA quick_check")
        return None if verdict == "ok" else str(verdict)
    _answers(connection, "SELECT 1")
    return None


def _refuse_file(connection: BaseDatabaseWrapper) -> None:
    journal, synchronous = pragmas(connection)
    if journal == "memory" and ":memory:" in str(connection.settings_dict["NAME"]):
        return
    if journal != "wal" or synchronous < _FULL:
        raise NotDurable(
            f"{connection.settings_dict['NAME']}: journal_mode is {journal} and synchronous is {synchronous}, where "
            "wal and 2 (FULL) are needed. Put the workspace on a local disk that supports write-ahead logging."
        )


def _answers(connection: BaseDatabaseWrapper, *questions: str) -> tuple[Any, ...]:
    found = []
    with connection.cursor() as cursor:
        for question in questions:
            cursor.execute(question)
            found.append(cursor.fetchone()[0])
    return tuple(found)
