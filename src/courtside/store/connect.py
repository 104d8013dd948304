"""Pointing Django at one workspace's database, from a command or a server process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from courtside.store.settings import SQLITE

_SETTINGS = "courtside.store.settings"
SCHEMA = "courtside"
"""The schema of an address that names none."""


Database = Path | str
"""A file of SQLite, or the address of a schema of PostgreSQL: `postgresql://user@host/database?schema=courtside`."""


def connect(database: Database) -> None:
    """Use this database from now on in this process. It must exist; `create` makes one.

    Raises FileNotFoundError, NotDurable where it would not keep what it acknowledges, and django.db.Error
    if it is no database.
    """
    if isinstance(database, Path) and not database.is_file():
        raise FileNotFoundError(database)
    _point_at(database)
    from django.db import connection  # noqa: PLC0415  (needs the settings)

    connection.ensure_connection()
    if isinstance(database, str) and not connection.introspection.table_names():
        raise FileNotFoundError(database)


def create(database: Database) -> None:
    """Make the file, or the schema, with every table, and use it. Raises FileExistsError for a schema in use."""
    _point_at(database)
    from django.db import connection  # noqa: PLC0415  (needs the settings)

    if isinstance(database, str):
        if connection.introspection.table_names():
            raise FileExistsError(database)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(_schema(database))}")
    upgrade()


def upgrade() -> None:
    """Bring the connected database to this version's tables."""
    from django.core.management import call_command  # noqa: PLC0415  (slow, and needs the settings)

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def is_current() -> bool:
    """Whether the connected database has this version's tables."""
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def forget_old_pages() -> None:
    """See that overwritten content is neither in the tables' files nor, with SQLite, in the write-ahead log.

    PostgreSQL's own log keeps it until the server recycles its segments.
    """
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")


def disconnect() -> None:
    """Close this thread's connection, if there is one."""
    from django.db import connection  # noqa: PLC0415

    connection.close()


def _point_at(database: Database) -> None:
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
        django.setup()
    from django.db import connections  # noqa: PLC0415

    wanted = _sqlite(database) if isinstance(database, Path) else _postgres(database)
    if {name: connections.settings["default"].get(name) for name in wanted} == wanted:
        return
    connections["default"].close()
    settings.DATABASES["default"] = wanted
    connections.settings = connections.configure_settings(settings.DATABASES)
    del connections["default"]  # the next to ask gets one of the other kind


def _sqlite(file: Path) -> dict[str, Any]:
    return {**SQLITE, "NAME": str(file)}


def _postgres(address: str) -> dict[str, Any]:
    """The settings of a schema. What commits is synced, and what overlaps is refused, as with SQLite's one writer."""
    from psycopg import IsolationLevel  # noqa: PLC0415  (only for those who use it)
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    parts = urlsplit(address)
    rest = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "schema"])
    told: dict[str, Any] = dict(conninfo_to_dict(urlunsplit(parts._replace(query=rest))))
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{ours: str(told.pop(theirs, "") or "") for ours, theirs in named.items()},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **told,
            "options": f"-c search_path={_schema(address)} -c synchronous_commit=on",
            "isolation_level": IsolationLevel.SERIALIZABLE,
        },
    }


def _schema(address: str) -> str:
    return dict(parse_qsl(urlsplit(address).query)).get("schema", SCHEMA)
