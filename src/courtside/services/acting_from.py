"""Noting where the acts of a moment come from, beside each of them in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def acting_from(origin: Mapping[str, str]) -> Iterator[None]:
    """Every act written meanwhile, in this thread, says that it came from here."""
    from courtside.store.audit_chain import ORIGIN  # noqa: PLC0415  (Django stays out of start-up)

    token = ORIGIN.set(origin)
    try:
        yield
    finally:
        ORIGIN.reset(token)
