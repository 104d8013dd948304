"""Pointing Django at one workspace's database, from a command or a server process."""

from __future__ import annotations

import os
from pathlib import Path

_SETTINGS = "courtside.store.settings"


def connect(database: Path) -> None:
    """Use this file from now on in this process. It must exist; `create` makes one.

    Raises FileNotFoundError, NotDurable where the file system cannot keep its promise, and django.db.Error
    if it is no database.
    """
    if not database.is_file():
        raise FileNotFoundError(database)
    _point_at(database)
    from django.db import connection  # noqa: PLC0415  (needs the settings)

    connection.ensure_connection()


def create(database: Path) -> None:
    """Make the file with every table, and use it."""
    _point_at(database)
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
    """Fold the write-ahead log into the file, so that overwritten content is in neither."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def disconnect() -> None:
    """Close this thread's connection, if there is one."""
    from django.db import connection  # noqa: PLC0415

    connection.close()


def _point_at(database: Path) -> None:
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
        django.setup()
    from django.db import connection  # noqa: PLC0415

    name = str(database)
    if connection.settings_dict["NAME"] != name:
        connection.close()
        connection.settings_dict["NAME"] = name
        settings.DATABASES["default"]["NAME"] = name
