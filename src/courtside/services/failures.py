"""What may go wrong outside the product: a full disk, a busy or broken database, a file that vanished."""

from __future__ import annotations

import sys

_KINDS = (
    ("django.db", "Error"),
    ("duckdb", "Error"),
    ("psycopg", "Error"),
    ("courtside.store.durability", "NotDurable"),
    ("courtside.warehouse.engine", "EngineError"),
)


def expected_failures() -> tuple[type[Exception], ...]:
    """The kinds of failure that are told in a sentence; those of libraries not loaded cannot have happened."""
    kinds: list[type[Exception]] = [OSError]
    for module, name in _KINDS:
        if module in sys.modules:
            kinds.append(getattr(sys.modules[module], name))
    return tuple(kinds)
