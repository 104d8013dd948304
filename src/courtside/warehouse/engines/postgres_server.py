"""A PostgreSQL server: its address, a connection that means the same on every one, names and trees in its words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlglot import exp

from courtside.records.tables import Table
from courtside.warehouse.batches import SQL_TYPES
from courtside.warehouse.engine import EngineError

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

DIALECT = "postgres"
SCHEMA = "courtside"
"""The schema of an address that names none (`?schema=`)."""
OLDEST = 110000
"""PostgreSQL 11: the first with the hashes of names that `postgres_copies` locks by."""
_LONGEST_NAME = 63
"""Bytes of a name; PostgreSQL cuts longer ones short without a word."""
_TYPES = {"VARCHAR": 'TEXT COLLATE "C"', "DOUBLE": "DOUBLE PRECISION"}
"""Texts compare by code point, whatever the database's own collation is."""
_SETTINGS = """
SET standard_conforming_strings = on; SET search_path = pg_temp; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';
SET extra_float_digits = 1; SET jit = off
"""
"""What a role's or a database's own settings must not change. Compiling a query costs more than these queries take."""


def split_address(address: str) -> tuple[str, str]:
    """The address as PostgreSQL knows it, and the schema named in it.

    >>> split_address("postgresql://db/sales?schema=figures&connect_timeout=5")
    ('postgresql://db/sales?connect_timeout=5', 'figures')
    """
    parts = urlsplit(address)
    said = parse_qsl(parts.query, keep_blank_values=True)
    schema = next((value for name, value in said if name == "schema"), SCHEMA)
    rest = urlencode([(name, value) for name, value in said if name != "schema"])
    return urlunsplit(parts._replace(query=rest)), schema


def connect(address: str) -> Connection:
    """A connection in which the same query means the same on every server. Raises EngineError, psycopg.Error."""
    try:
        import psycopg  # noqa: PLC0415  (an extra: only who uses PostgreSQL needs it)
    except ImportError:
        raise EngineError(
            "PostgreSQL needs the extra postgres; install it: pip install 'courtside[postgres]'"
        ) from None
    try:
        con = psycopg.connect(
            address, autocommit=True, client_encoding="UTF8", application_name="courtside", prepare_threshold=None
        )
    except psycopg.Error as failure:
        raise EngineError(f"the PostgreSQL of the warehouse cannot be used: {first_line(failure)}") from None
    if con.info.server_version < OLDEST:
        con.close()
        raise EngineError("this PostgreSQL is older than 11; use a newer one")
    con.execute(_SETTINGS.encode())
    con.autocommit = False
    return con


def first_line(failure: Exception) -> str:
    """What went wrong, without the hints of the driver."""
    return str(failure).partition("\n")[0]


def name_of(name: str, schema: str | None = None) -> str:
    """A quoted name; too long a one ends with a digest of what is cut off."""
    return exp.table_(short_name(name), db=schema, quoted=True).sql(dialect=DIALECT)


def short_name(name: str) -> str:
    """A name PostgreSQL keeps whole: `m_` and 80 letters become the first 50 and a digest."""
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name.encode()[:50].decode(errors='ignore')}_{digest}"


def typed(columns: Mapping[str, str]) -> str:
    """Columns with their types, as a table's definition lists them."""
    return ", ".join(f"{name_of(name)} {_TYPES.get(kind, kind)}" for name, kind in columns.items())


def facts_of(table: Table) -> dict[str, str]:
    """The columns of a record table that stay with the figures, with their types."""
    return {fact.name: SQL_TYPES[fact.kind] for fact in table.facts}


def text_of(tree: exp.Expr) -> str:
    """A tree in PostgreSQL's dialect: names it would cut are shortened, texts made in a CASE sort as columns do."""

    def fitted(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Identifier):
            node.set("this", short_name(node.name))
        elif isinstance(node, exp.Literal) and node.is_string and _is_result(node):
            return exp.Collate(this=node.copy(), expression=exp.Identifier(this="C", quoted=True))
        return node

    return tree.transform(fitted).sql(dialect=DIALECT, copy=False)


def _is_result(node: exp.Expr) -> bool:
    """Whether a text is what a CASE gives."""
    parent, key = node.parent, node.arg_key
    return (isinstance(parent, exp.If) and key == "true") or (isinstance(parent, exp.Case) and key == "default")
