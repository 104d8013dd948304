"""Whether the connected database has a table: that of an earlier version, not served or changed since, may lack it."""

from __future__ import annotations

from django.db import connection
from django.db.models import Model

_KEPT: set[tuple[str, str, str]] = set()
"""The tables that are known to be there, by database."""


def is_kept(model: type[Model]) -> bool:
    """Whether rows of a kind are kept here.

    Asked of each database until they are; tables are added only, never taken away.
    """
    told = connection.settings_dict
    key = str(told["NAME"]), str(told.get("OPTIONS", {})), model._meta.db_table
    if key not in _KEPT and model._meta.db_table in connection.introspection.table_names():
        _KEPT.add(key)
    return key in _KEPT
