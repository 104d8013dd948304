"""CSV cells that a spreadsheet would run as a formula are written so that it shows them instead."""

from __future__ import annotations

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def harmless(value: object) -> object:
    """The value; a text a spreadsheet would run gets a leading apostrophe. Numbers stay numbers.

    `harmless("=1+1")` is `'=1+1`; `harmless(-1)` is -1.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUN) else value
