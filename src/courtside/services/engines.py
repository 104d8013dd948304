"""Where figures are counted: the engine a workspace names, and whether it can be used."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from urllib.parse import urlsplit

from courtside.services.refused import unknown

EMBEDDED = "duckdb"
"""The engine inside this process: the setting of a workspace that names no other."""
VARIABLE = "COURTSIDE_WAREHOUSE"
"""Environment variable that wins over the setting; it alone may hold a password."""
IN_A_FILE = "sqlite"
"""The application database inside the workspace's folder: the setting of a workspace that names no other."""
DATABASE_VARIABLE = "COURTSIDE_DATABASE"
"""Environment variable that wins over the setting of the application database; it alone may hold a password."""
_GROUP = "courtside.engines"
_FORMS = "duckdb, or an address such as postgresql://user@host/database"


def fault_in(address: str, *, may_hold_password: bool = False) -> str | None:
    """Why the address of a warehouse cannot be used; None if it can.

    >>> fault_in("postgresql://courtside:secret@db/sales")
    'it holds a password, as would its backups; keep that in ~/.pgpass, PGPASSWORD or COURTSIDE_WAREHOUSE'
    """
    engine, has_address, _ = address.partition("://")
    known = {point.name for point in entry_points(group=_GROUP)}
    if engine not in known:
        return f"{unknown('engine', engine, known).reason}; write {_FORMS}"
    if bool(has_address) == (engine == EMBEDDED) or not _can_be_read(address):
        return f"{engine!r} stands in no address that can be read; write {_FORMS}"
    if not may_hold_password and _password(address):
        return f"it holds a password, as would its backups; keep that in ~/.pgpass, PGPASSWORD or {VARIABLE}"
    return None


def fault_in_database(address: str, *, may_hold_password: bool = False) -> str | None:
    """Why the address of an application database cannot be used; None if it can.

    >>> fault_in_database("mysql://db/courtside")
    "'mysql' is no kind of database; write sqlite, or an address such as postgresql://user@host/database"
    """
    kind, has_address, _ = address.partition("://")
    form = f"write {IN_A_FILE}, or an address such as postgresql://user@host/database"
    if kind not in (IN_A_FILE, "postgresql"):
        return f"{kind!r} is no kind of database; {form}"
    if bool(has_address) == (kind == IN_A_FILE) or not _can_be_read(address):
        return f"{kind!r} stands in no address that can be read; {form}"
    if find_spec("psycopg") is None and kind != IN_A_FILE:
        return "PostgreSQL needs a driver; install it with: pip install 'courtside[postgres]'"
    if not may_hold_password and _password(address):
        return f"it holds a password, as would its backups; keep that in ~/.pgpass, PGPASSWORD or {DATABASE_VARIABLE}"
    return None


def _can_be_read(address: str) -> bool:
    try:
        return urlsplit(address).port is None or True
    except ValueError:
        return False


def _password(address: str) -> str | None:
    parts = urlsplit(address)
    return parts.password or ("in the query" if "password=" in parts.query else None)


def shown(address: str) -> str:
    """An address as it may be shown: without its password.

    >>> shown("postgresql://courtside:secret@db/sales?connect_timeout=5")
    'postgresql://courtside@db/sales?…'
    """
    parts = urlsplit(address)
    if not parts.netloc and not parts.query:
        return address
    netloc = parts.netloc.rpartition("@")
    user = netloc[0].partition(":")[0]
    place = f"{user}@{netloc[2]}" if netloc[1] else netloc[2]
    return f"{parts.scheme}://{place}{parts.path}{'?…' if parts.query else ''}"
